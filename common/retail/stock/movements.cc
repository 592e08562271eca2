#include "common/retail/stock/movements.h"

#include <optional>
#include <set>
#include <string>

#include "common/base/status.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {
namespace {

using Places = std::set<FactPlace>;

std::string ShopPrefix(std::string_view shop) {
  std::string prefix;
  AppendCode(shop, &prefix);
  return prefix;
}

std::string KeyOn(Day day, const Fact& fact) {
  std::string key = MovementDayPrefix(fact.journal->shop, day);
  AppendBigEndian64(fact.reference.journal.value(), &key);
  AppendBigEndian64(fact.reference.sequence.value(), &key);
  return key;
}

// Of movements in [first, limit).
absl::Status ReadMovements(const store::Transaction& rows, std::string_view first,
                           std::string_view limit, Places* places) {
  COMPTOIR_ASSIGN_OR_RETURN(const auto found, rows.ReadRange(kMovements, first, limit));
  for (const auto& [key, value] : found) {
    v1::MovementRow row;
    if (key.size() < 16 || !row.ParseFromString(value)) {
      return absl::DataLossError("a row of movements is damaged");
    }
    const std::string_view place = std::string_view(key).substr(key.size() - 16);
    if (!row.counted()) continue;
    places->insert({JournalId(ReadBigEndian64(place)), Sequence(ReadBigEndian64(place.substr(8)))});
  }
  return absl::OkStatus();
}

absl::Status ReadReceipts(const store::Transaction& rows, JournalId journal, uint32_t block,
                          Day first, Places* places) {
  const uint64_t ordinal = block * kReceiptsPerBlock;
  COMPTOIR_ASSIGN_OR_RETURN(const auto found,
                            rows.ReadRange(kReceipts, ReceiptKey(journal, ordinal),
                                           ReceiptKey(journal, ordinal + kReceiptsPerBlock)));
  for (const auto& [key, value] : found) {
    v1::ReceiptRow row;
    if (!row.ParseFromString(value)) return absl::DataLossError("a row of receipts is damaged");
    if (row.duplicate() || row.day() < first.value()) continue;
    places->insert({journal, Sequence(row.sequence())});
  }
  return absl::OkStatus();
}

}  // namespace

void NoteMovement(const Fact& fact, bool prints_receipt, Effect effect,
                  store::Transaction& transaction) {
  if (prints_receipt && !fact.doubtful) return;
  v1::MovementRow row;
  row.set_kind(fact.kind);
  row.set_counted(effect == Effect::kCount);
  row.set_second(fact.second_of_day());
  const std::string bytes = row.SerializeAsString();
  if (!prints_receipt) transaction.Put(kMovements, KeyOn(fact.business_day(), fact), bytes);
  if (fact.doubtful) transaction.Put(kMovements, KeyOn(kDoubtfulDay, fact), bytes);
}

absl::StatusOr<bool> IsNoted(const Fact& fact, const store::Reader& rows) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<std::string> row,
                            rows.Get(kMovements, KeyOn(fact.business_day(), fact)));
  return row.has_value();
}

absl::StatusOr<std::vector<FactPlace>> MovementsSince(const store::Transaction& rows,
                                                      std::string_view shop, Day first) {
  const std::string prefix = ShopPrefix(shop);
  const std::string limit = PrefixLimit(prefix);
  Places places;
  const std::string doubtful = MovementDayPrefix(shop, kDoubtfulDay);
  COMPTOIR_RETURN_IF_ERROR(ReadMovements(rows, doubtful, PrefixLimit(doubtful), &places));
  COMPTOIR_RETURN_IF_ERROR(ReadMovements(rows, MovementDayPrefix(shop, first), limit, &places));
  COMPTOIR_ASSIGN_OR_RETURN(const auto blocks,
                            rows.ReadRange(kReceiptDays, ReceiptDayPrefix(shop, first), limit));
  Places read;  // journal and block
  for (const auto& [key, value] : blocks) {
    if (key.size() != prefix.size() + 16) {
      return absl::DataLossError("a key of receipt_days is damaged");
    }
    const std::string_view place = std::string_view(key).substr(prefix.size() + 4);
    const JournalId journal(ReadBigEndian64(place));
    const uint32_t block = ReadBigEndian32(place.substr(8));
    if (!read.insert({journal, Sequence(block)}).second) continue;
    COMPTOIR_RETURN_IF_ERROR(ReadReceipts(rows, journal, block, first, &places));
  }
  return std::vector<FactPlace>(places.begin(), places.end());
}

}  // namespace comptoir::retail
