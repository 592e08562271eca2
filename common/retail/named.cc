#include "common/retail/named.h"

#include <optional>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/check.h"
#include "common/retail/forks/moved.h"
#include "common/retail/keys.h"
#include "common/retail/reasons.h"
#include "common/retail/sales/receipts.h"
#include "common/retail/tables.h"

namespace comptoir::retail {

absl::Status CheckNamed(const v1::NamedFact& named) {
  if (named.reference().journal() == 0 || named.reference().sequence() == 0) {
    return Refuse(kBadReference, "it names no entry");
  }
  if (named.request_id().empty() || named.request_id().size() == kRequestIdBytes) {
    return absl::OkStatus();
  }
  return Refuse(kBadReference, "the request id that it names is not 16 bytes");
}

std::string FormatFactName(std::string_view shop, std::string_view series, Sequence sequence) {
  return absl::StrCat(View(shop), "-", View(series), "/", sequence.value());
}

absl::StatusOr<FactPlace> FindNamed(const store::Snapshot& snapshot, std::string_view shop,
                                    std::string_view name) {
  const std::string_view whole_name = name;
  const NameEnding ending = ConsumeEnding(&name);
  const size_t slash = name.find('/');
  uint64_t sequence = 0;
  // What stands before the number is written as on a receipt.
  const auto place = ParseReceiptNumber(std::string(name.substr(0, slash)) + "-1");
  const bool numbered = slash != std::string_view::npos && place.ok() &&
                        place->ending == NameEnding() &&
                        absl::SimpleAtoi(View(name.substr(slash + 1)), &sequence) && sequence > 0;
  if (!numbered) {
    return Refuse(kBadReference,
                  absl::StrCat(Quoted(whole_name),
                               " names nothing: it is written like "
                               "outremeuse-261123-k7qm2w/12, as it was shown when it "
                               "was recorded and by 'movements'"));
  }
  if (place->shop != shop) {
    return Refuse(kOtherShop, absl::StrCat(Quoted(whole_name), " is of ", place->shop,
                                           ": only that shop can correct it"));
  }
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<std::string> series,
                            snapshot.Get(kSeries, SeriesKey(place->shop, place->series)));
  const auto unknown = [&] {
    return WithReason(absl::NotFoundError(absl::StrCat("nothing named ", Quoted(whole_name),
                                                       " is held here: check it with 'movements'")),
                      kUnknownFact);
  };
  if (!series.has_value()) return unknown();
  if (series->size() != 8) return absl::DataLossError("a row of series is damaged");
  const JournalId journal(ReadBigEndian64(*series));
  const FactPlace kept{journal, Sequence(sequence)};
  if (ending.kept) return kept;
  COMPTOIR_ASSIGN_OR_RETURN(
      const std::vector<FactPlace> moved,
      FindMoved(snapshot, MovedNamePrefix(MovedBy::kSequence, journal, sequence),
                ending.moved.value_or("")));
  if (!ending.moved.has_value()) {
    return moved.empty() ? kept : absl::StatusOr<FactPlace>(Ambiguous(moved, /*or_kept=*/true));
  }
  if (moved.empty()) return unknown();
  if (moved.size() > 1) return Ambiguous(moved, /*or_kept=*/false);
  return moved.front();
}

}  // namespace comptoir::retail
