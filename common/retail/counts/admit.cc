#include "common/retail/counts/admit.h"

#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/check.h"
#include "common/retail/quantity.h"
#include "common/retail/reasons.h"

namespace comptoir::retail {
namespace {

constexpr int64_t kExpectedMilliMax = 1'000 * kQuantityMilliMax;

absl::Status CheckLots(const v1::CountedLine& line, int64_t* quantity_milli) {
  if (line.lots_size() > kCountLotsMax) {
    return Refuse(kBadLot, absl::StrCat("there are ", line.lots_size(), " lots: at most ",
                                        kCountLotsMax, " are taken"));
  }
  if (!line.whole() && line.lots().empty()) {
    return Refuse(kBadLot, "neither the whole product nor any lot of it was counted");
  }
  const std::string* before = nullptr;
  for (const v1::LotQuantity& lot : line.lots()) {
    COMPTOIR_RETURN_IF_ERROR(CheckLot(lot.lot()));
    if (before != nullptr && *before >= lot.lot()) {
      return Refuse(kBadLot, "lots are not in their order, each once");
    }
    before = &lot.lot();
    if (lot.quantity_milli() < 0 || lot.quantity_milli() > kQuantityMilliMax) {
      return Refuse(kBadQuantity,
                    absl::StrCat("a count of ", FormatQuantity(Quantity(lot.quantity_milli())),
                                 " cannot be: it must be from 0 to ", kQuantityMilliMax / 1000));
    }
    *quantity_milli += lot.quantity_milli();
  }
  return absl::OkStatus();
}

absl::Status CheckExpected(const v1::CountedLine& line) {
  if (line.expected_milli() >= -kExpectedMilliMax && line.expected_milli() <= kExpectedMilliMax) {
    return absl::OkStatus();
  }
  return Refuse(kBadQuantity,
                absl::StrCat(line.expected_milli(), " thousandths cannot have been expected"));
}

absl::Status CheckHeads(const v1::Counted& counted) {
  if (counted.heads_size() > kCountHeadsMax) {
    return Refuse(kBadReplaces, absl::StrCat("it names ", counted.heads_size(),
                                             " journals: at most ", kCountHeadsMax, " are taken"));
  }
  uint64_t before = 0;
  for (const v1::SeenHead& head : counted.heads()) {
    if (head.journal() <= before || head.sequence() == 0) {
      return Refuse(kBadReplaces, "the journals it names are not in their order, each once");
    }
    before = head.journal();
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckCounted(const v1::Counted& counted) {
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("staff", counted.staff()));
  COMPTOIR_RETURN_IF_ERROR(CheckLineCount(counted.lines_size()));
  COMPTOIR_RETURN_IF_ERROR(CheckHeads(counted));
  int64_t quantity_milli = 0;  // at most 1,000 × 100 of 10^12: fits
  std::set<std::pair<std::string, v1::Unit>> items;
  for (int i = 0; i < counted.lines_size(); ++i) {
    const v1::CountedLine& line = counted.lines(i);
    absl::Status status = CheckCodeField("product", line.product());
    status.Update(CheckUnit(line.unit()));
    status.Update(CheckLots(line, &quantity_milli));
    status.Update(CheckReplaces(line.replaces()));
    status.Update(CheckExpected(line));
    if (!items.emplace(line.product(), line.unit()).second) {
      status.Update(Refuse(kTwice, absl::StrCat("product ", Quoted(line.product()),
                                                " is counted twice: once is "
                                                "enough")));
    }
    COMPTOIR_RETURN_IF_ERROR(AtLine(status, i + 1));
  }
  if (quantity_milli <= kQuantityMilliMax) return absl::OkStatus();
  return Refuse(kBadQuantity,
                absl::StrCat("the lines come to a quantity over ", kQuantityMilliMax / 1000));
}

absl::Status AdmitCounted(const Fact& fact, const v1::Counted& counted) {
  COMPTOIR_RETURN_IF_ERROR(CheckShopWriter(fact));
  return CheckCounted(counted);
}

}  // namespace comptoir::retail
