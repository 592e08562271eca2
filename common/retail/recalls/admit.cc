#include "common/retail/recalls/admit.h"

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/check.h"
#include "common/retail/named.h"
#include "common/retail/quantity.h"
#include "common/retail/reasons.h"
#include "common/retail/recalls/code.h"

namespace comptoir::retail {
namespace {

absl::Status CheckRecallReason(std::string_view what, std::string_view reason) {
  if (reason.empty()) {
    return Refuse(kBadText, absl::StrCat(View(what), " has a reason: say it, for people"));
  }
  return CheckText("reason", reason, kRecallReasonBytesMax, kBadText);
}

absl::Status CheckProductOfRecall(const v1::Recalled& recalled) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", recalled.product()));
  COMPTOIR_RETURN_IF_ERROR(CheckLot(recalled.lot()));
  if (recalled.producer().empty() && recalled.first_day() == 0 && recalled.last_day() == 0) {
    return absl::OkStatus();
  }
  return Refuse(kBadRecall,
                "a recall is of a product, or of what a producer delivered: say one of the two");
}

absl::Status CheckDeliveriesOfRecall(const v1::Recalled& recalled) {
  if (recalled.producer().empty()) {
    return Refuse(kBadRecall,
                  "nothing is recalled: say a product, with a lot of it or without, or a producer "
                  "and the days on which it delivered");
  }
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("producer", recalled.producer()));
  if (!recalled.lot().empty()) {
    return Refuse(kBadRecall, "a lot is one of a product: say which product");
  }
  COMPTOIR_RETURN_IF_ERROR(CheckDay("first day", recalled.first_day()));
  COMPTOIR_RETURN_IF_ERROR(CheckDay("last day", recalled.last_day()));
  // Day 0 is what was not said.
  if (recalled.first_day() == 0 || recalled.last_day() < recalled.first_day()) {
    return Refuse(kBadDay,
                  "a recall of what a producer delivered says the first day and the last, "
                  "which is not before it");
  }
  if (recalled.last_day() - recalled.first_day() <= kRecallDaysMax) return absl::OkStatus();
  return Refuse(kBadDay, absl::StrCat("a recall of deliveries over more than ", kRecallDaysMax,
                                      " days: recall the products"));
}

// In COOP by the hub, in SHOP by the hub or a node of that shop.
absl::Status CheckRecallWriter(const Fact& fact) {
  const JournalContext& journal = *fact.journal;
  if (journal.scope == journal::v1::SCOPE_SHOP) {
    return journal.writer.hub ? absl::OkStatus() : CheckShopWriter(fact);
  }
  if (journal.scope != journal::v1::SCOPE_COOP) {
    return Refuse(kWrongScope, "recalls are written in COOP and SHOP journals only");
  }
  if (journal.writer.hub) return absl::OkStatus();
  return Refuse(kNotAllowed, absl::StrCat("only the hub recalls goods, or lifts a recall, in every "
                                          "shop; node ",
                                          journal.writer.node, " is not the hub"));
}

absl::Status CheckFound(const v1::FoundGoods& found) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", found.product()));
  COMPTOIR_RETURN_IF_ERROR(CheckUnit(found.unit()));
  COMPTOIR_RETURN_IF_ERROR(CheckLot(found.lot()));
  if (found.quantity_milli() >= 0 && found.quantity_milli() <= kQuantityMilliMax) {
    return absl::OkStatus();
  }
  return Refuse(kBadQuantity, absl::StrCat(FormatQuantity(Quantity(found.quantity_milli())),
                                           " cannot have been found: it must be from 0 to ",
                                           kQuantityMilliMax / 1000));
}

}  // namespace

absl::Status CheckRecalled(const v1::Recalled& recalled) {
  if (!IsRecallCode(recalled.code())) {
    return Refuse(kBadRecall, absl::StrCat(Quoted(recalled.code()), " is no code of a recall"));
  }
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("shop", recalled.shop()));
  COMPTOIR_RETURN_IF_ERROR(recalled.product().empty() ? CheckDeliveriesOfRecall(recalled)
                                                      : CheckProductOfRecall(recalled));
  COMPTOIR_RETURN_IF_ERROR(CheckRecallReason("a recall", recalled.reason()));
  COMPTOIR_RETURN_IF_ERROR(CheckText("advice", recalled.advice(), kRecallAdviceBytesMax, kBadText));
  return CheckOptionalCode("staff", recalled.staff());
}

absl::Status CheckRecallLifted(const v1::RecallLifted& lifted) {
  if (lifted.recalls().empty() || lifted.recalls_size() > kLiftedRecallsMax) {
    return Refuse(kBadLines, absl::StrCat(lifted.recalls_size(), " recalls are to be lifted: 1 to ",
                                          kLiftedRecallsMax, " at once are taken"));
  }
  for (const v1::NamedFact& recall : lifted.recalls()) {
    COMPTOIR_RETURN_IF_ERROR(CheckNamed(recall));
  }
  COMPTOIR_RETURN_IF_ERROR(CheckRecallReason("lifting a recall", lifted.reason()));
  return CheckOptionalCode("staff", lifted.staff());
}

absl::Status CheckRecallConfirmed(const v1::RecallConfirmed& confirmed) {
  COMPTOIR_RETURN_IF_ERROR(CheckNamed(confirmed.recall()));
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("staff", confirmed.staff()));
  if (confirmed.found_size() > kFoundGoodsMax) {
    return Refuse(kBadLines, absl::StrCat("what was found is said in ", confirmed.found_size(),
                                          " lines: at most ", kFoundGoodsMax, " are taken"));
  }
  for (int i = 0; i < confirmed.found_size(); ++i) {
    COMPTOIR_RETURN_IF_ERROR(AtLine(CheckFound(confirmed.found(i)), i + 1));
  }
  return absl::OkStatus();
}

absl::Status AdmitRecalled(const Fact& fact, const v1::Recalled& recalled) {
  COMPTOIR_RETURN_IF_ERROR(CheckRecallWriter(fact));
  // Of the co-op's journals the shop is empty, too.
  if (recalled.shop() != fact.journal->shop) {
    return Refuse(kWrongScope,
                  "a recall in one shop is written in that shop's SHOP journals only, "
                  "one in every shop in COOP journals");
  }
  return CheckRecalled(recalled);
}

absl::Status AdmitRecallLifted(const Fact& fact, const v1::RecallLifted& lifted) {
  COMPTOIR_RETURN_IF_ERROR(CheckRecallWriter(fact));
  return CheckRecallLifted(lifted);
}

absl::Status AdmitRecallConfirmed(const Fact& fact, const v1::RecallConfirmed& confirmed) {
  COMPTOIR_RETURN_IF_ERROR(CheckShopWriter(fact));
  return CheckRecallConfirmed(confirmed);
}

}  // namespace comptoir::retail
