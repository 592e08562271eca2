#include "common/retail/check.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/code.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/calendar.h"
#include "common/retail/quantity.h"
#include "common/retail/reasons.h"

namespace comptoir::retail {

absl::Status Refuse(std::string_view reason, absl::string_view sentence) {
  return WithReason(absl::InvalidArgumentError(sentence), reason);
}

absl::Status CheckCodeField(std::string_view what, std::string_view text) {
  if (IsCode(text)) return absl::OkStatus();
  return WithReason(CheckCode(what, text), kBadCode);
}

absl::Status CheckOptionalCode(std::string_view what, std::string_view text) {
  return text.empty() ? absl::OkStatus() : CheckCodeField(what, text);
}

absl::Status CheckText(std::string_view what, std::string_view text, size_t bytes_max,
                       std::string_view reason) {
  if (text.size() > bytes_max) {
    return Refuse(reason, absl::StrCat("the ", View(what), " has ", text.size(), " bytes; at most ",
                                       bytes_max, " are taken: shorten it"));
  }
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (!control) return absl::OkStatus();
  return Refuse(reason, absl::StrCat("the ", View(what), " ", Quoted(text),
                                     " holds a control character: take it out"));
}

absl::Status CheckLot(std::string_view lot) { return CheckText("lot", lot, kLotBytesMax, kBadLot); }

absl::Status CheckUnit(v1::Unit unit) {
  switch (unit) {
    case v1::UNIT_PIECE:
    case v1::UNIT_KILOGRAM:
    case v1::UNIT_LITRE:
      return absl::OkStatus();
    default:
      return Refuse(kBadUnit, absl::StrCat("unit ", static_cast<int>(unit),
                                           " is none: say piece, kilogram or litre"));
  }
}

absl::Status CheckQuantity(int64_t milli) {
  if (milli > 0 && milli <= kQuantityMilliMax) return absl::OkStatus();
  return Refuse(kBadQuantity, absl::StrCat("a quantity of ", FormatQuantity(Quantity(milli)),
                                           " cannot be: it must be above zero and at most ",
                                           kQuantityMilliMax / 1000));
}

absl::Status CheckPrice(int64_t cents) {
  if (cents >= 0 && cents <= kMoneyCentsMax) return absl::OkStatus();
  return Refuse(kBadPrice, absl::StrCat("a price of ", FormatCents(Cents(cents)),
                                        " cannot be: it must be from 0 to ", kMoneyCentsMax / 100));
}

absl::Status CheckVat(int64_t basis_points) {
  if (basis_points >= 0 && basis_points <= kVatBasisPointsMax) return absl::OkStatus();
  return Refuse(kBadVat, absl::StrCat("a VAT rate of ", basis_points,
                                      " basis points cannot be: it must be from 0 to ",
                                      kVatBasisPointsMax, "; 600 is 6 %"));
}

absl::Status CheckDeposit(int64_t cents, v1::Unit unit) {
  if (cents < 0 || cents > kMoneyCentsMax) {
    return Refuse(kBadDeposit,
                  absl::StrCat("a deposit of ", FormatCents(Cents(cents)),
                               " cannot be: it must be from 0 to ", kMoneyCentsMax / 100));
  }
  if (cents == 0 || unit == v1::UNIT_PIECE) return absl::OkStatus();
  return Refuse(kBadDeposit, "a deposit is of a piece: what is sold by another unit bears none");
}

absl::Status CheckUnitChange(v1::Unit before, v1::Unit after, int64_t cents) {
  if (before == after || after == v1::UNIT_PIECE || cents == 0) return absl::OkStatus();
  return Refuse(kBadDeposit,
                absl::StrCat("it bears a deposit of ", FormatCents(Cents(cents)),
                             " a piece, and what is sold by another unit bears none: take the "
                             "deposit off (0), before or in the same edit"));
}

absl::Status CheckDay(std::string_view what, int32_t day) {
  if (day >= 0 && day <= kDayMax.value()) return absl::OkStatus();
  return Refuse(kBadDay, absl::StrCat("the ", View(what), " is day ", day,
                                      " since 1970-01-01: it must be from 0 to ", kDayMax.value()));
}

absl::Status CheckLineCount(int count) {
  if (count >= 1 && static_cast<size_t>(count) <= kLinesMax) return absl::OkStatus();
  return Refuse(kBadLines,
                absl::StrCat("there are ", count, " lines: 1 to ", kLinesMax, " are taken"));
}

absl::Status CheckReplaces(
    const google::protobuf::RepeatedPtrField<journal::v1::Reference>& replaces) {
  if (static_cast<size_t>(replaces.size()) > kReplacedWritesMax) {
    return Refuse(kBadReplaces, absl::StrCat("a write replaces ", replaces.size(),
                                             " others: at most ", kReplacedWritesMax));
  }
  for (const journal::v1::Reference& reference : replaces) {
    if (reference.journal() == 0 || reference.sequence() == 0) {
      return Refuse(kBadReplaces, "a write replaces an entry without a journal or number");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckCatalogueWriter(const Fact& fact) {
  const JournalContext& journal = *fact.journal;
  if (journal.scope != journal::v1::SCOPE_COOP) {
    return Refuse(kWrongScope, "the co-op's catalogue is written in COOP journals only");
  }
  if (journal.writer.hub || journal.writer.may_edit_catalogue) return absl::OkStatus();
  return Refuse(kNotAllowed, absl::StrCat("node ", journal.writer.node,
                                          " may not edit the catalogue: its certificate does not "
                                          "say so"));
}

absl::Status CheckShopWriter(const Fact& fact) {
  const JournalContext& journal = *fact.journal;
  if (journal.scope != journal::v1::SCOPE_SHOP) {
    return Refuse(kWrongScope, "what a shop does is written in its SHOP journals only");
  }
  if (!journal.writer.hub && journal.writer.shop == journal.shop) return absl::OkStatus();
  return Refuse(kNotAllowed,
                absl::StrCat("only a node of shop ", journal.shop, " may write this; node ",
                             journal.writer.node, " is not"));
}

absl::Status AtLine(const absl::Status& status, int line, std::string_view word) {
  if (status.ok()) return status;
  absl::Status placed(status.code(), absl::StrCat(View(word), " ", line, ": ", status.message()));
  status.ForEachPayload(
      [&](absl::string_view type, const absl::Cord& payload) { placed.SetPayload(type, payload); });
  return placed;
}

}  // namespace comptoir::retail
