#include "common/retail/days/queries.h"

#include <string>

#include "common/base/status.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {
namespace {

// Calls `take(place, value)` for each row of a table whose keys are ShopEntryKey.
template <typename Take>
absl::Status ForEachShopEntry(const store::Snapshot& snapshot, store::TableId table,
                              std::string_view shop, const Take& take) {
  std::string prefix;
  AppendCode(shop, &prefix);
  auto rows = snapshot.Scan(table, prefix, PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) {
    std::string_view key = rows->key().substr(prefix.size());
    uint64_t journal = 0;
    uint64_t sequence = 0;
    if (!ConsumeBigEndian64(&key, &journal) || !ConsumeBigEndian64(&key, &sequence)) {
      return absl::DataLossError("a key of a shop's days is damaged");
    }
    COMPTOIR_RETURN_IF_ERROR(
        take(FactPlace{JournalId(journal), Sequence(sequence)}, rows->value()));
  }
  return rows->status();
}

}  // namespace

absl::StatusOr<std::vector<ListedDayFact>> ListDayFacts(const store::Snapshot& snapshot,
                                                        std::string_view shop) {
  std::vector<ListedDayFact> facts;
  COMPTOIR_RETURN_IF_ERROR(ForEachShopEntry(
      snapshot, kDays, shop, [&facts](FactPlace place, std::string_view bytes) -> absl::Status {
        ListedDayFact& listed = facts.emplace_back();
        listed.place = place;
        if (listed.row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
          return absl::OkStatus();
        }
        return absl::DataLossError("a row of days is damaged");
      }));
  return facts;
}

absl::StatusOr<UncountedEntries> ListUncounted(const store::Snapshot& snapshot,
                                               std::string_view shop) {
  UncountedEntries entries;
  COMPTOIR_RETURN_IF_ERROR(
      ForEachShopEntry(snapshot, kUncounted, shop, [&entries](FactPlace place, std::string_view) {
        entries[place.journal].insert(place.sequence);
        return absl::OkStatus();
      }));
  return entries;
}

absl::StatusOr<std::map<Sequence, uint64_t>> ReceiptsIn(const store::Snapshot& snapshot,
                                                        JournalId journal) {
  std::map<Sequence, uint64_t> receipts;
  std::string prefix;
  AppendBigEndian64(journal.value(), &prefix);
  auto rows = snapshot.Scan(kReceipts, prefix, PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) {
    v1::ReceiptRow row;
    if (rows->key().size() != 2 * sizeof(uint64_t) ||
        !row.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size()))) {
      return absl::DataLossError("a row of receipts is damaged");
    }
    receipts[Sequence(row.sequence())] = ReadBigEndian64(rows->key().substr(8));
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return receipts;
}

}  // namespace comptoir::retail
