#include "common/retail/fact_names.h"

#include "common/base/ids.h"
#include "common/base/status.h"
#include "common/retail/forks/moved.h"
#include "common/retail/keys.h"
#include "common/retail/named.h"
#include "common/retail/sales/receipts.h"
#include "common/retail/tables.h"

namespace comptoir::retail {

absl::StatusOr<FactNames> FactNames::Of(const store::Snapshot& snapshot, std::string_view shop) {
  FactNames names(snapshot, shop);
  std::string prefix;
  AppendCode(shop, &prefix);
  auto rows = snapshot.Scan(kSeries, prefix, PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) {
    std::string_view key = rows->key().substr(prefix.size());
    std::string_view series;
    if (!ConsumeCode(&key, &series) || rows->value().size() != 8) {
      return absl::DataLossError("a row of series is damaged");
    }
    names.series_[ReadBigEndian64(rows->value())] = series;
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return names;
}

absl::StatusOr<std::string> FactNames::NameOf(uint64_t journal, uint64_t sequence) const {
  const auto found = series_.find(journal);
  if (found != series_.end()) return FormatFactName(shop_, found->second, Sequence(sequence));
  COMPTOIR_ASSIGN_OR_RETURN(const auto moved,
                            ReadMoved(snapshot_, JournalId(journal), Sequence(sequence)));
  if (!moved.has_value()) return std::string();
  return FormatFactName(shop_, moved->series(), Sequence(sequence))
      .append(MovedEnding(JournalId(journal)));
}

absl::StatusOr<std::string> FactNames::ReceiptNumberOf(uint64_t journal, uint64_t sequence,
                                                       uint64_t receipt_ordinal) const {
  const auto found = series_.find(journal);
  if (found != series_.end()) return FormatReceiptNumber(shop_, found->second, receipt_ordinal);
  COMPTOIR_ASSIGN_OR_RETURN(const auto moved,
                            ReadMoved(snapshot_, JournalId(journal), Sequence(sequence)));
  if (!moved.has_value()) return std::string();
  return FormatReceiptNumber(shop_, moved->series(), receipt_ordinal)
      .append(MovedEnding(JournalId(journal)));
}

}  // namespace comptoir::retail
