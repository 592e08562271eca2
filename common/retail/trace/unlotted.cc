// What of a trace is of no lot: the index has no rows of it, deliveries have.
#include <cstdlib>

#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/retail/calendar.h"
#include "common/retail/keys.h"
#include "common/retail/recalls/recall_book.h"
#include "common/retail/stock/lots.h"
#include "common/retail/tables.h"
#include "common/retail/trace/keys.h"
#include "common/retail/trace/queries.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {
namespace {

// As Fact::business_day, of when it was written.
int32_t DayLotWritten(const v1::LotRow& row) {
  const int64_t local_ms = row.wall_ms() + row.utc_offset_minutes() * kMillisPerMinute;
  return static_cast<int32_t>(FloorDivide(local_ms, kMillisPerDay));
}

// Adds one line to its delivery's.
void AddUnlottedLine(const v1::LotRow& line, v1::TraceRow* row) {
  // What another shop sent says no day.
  const bool is_delivery = line.day() != 0 || line.doubtful();
  row->set_kind(is_delivery ? v1::FACT_KIND_GOODS_RECEIVED : v1::FACT_KIND_TRANSFER_RECEIVED);
  row->set_unit(line.unit());
  row->set_quantity_milli(row->quantity_milli() + line.received_milli());
  row->set_utc_offset_minutes(line.utc_offset_minutes());
  row->set_doubtful(line.doubtful());
  row->set_day(DayLotWritten(line));
  row->set_producer(line.producer());
  row->set_use_by_day(EarlierDay(row->use_by_day(), line.use_by_day()));
  row->set_best_before_day(EarlierDay(row->best_before_day(), line.best_before_day()));
}

absl::Status AddUnlottedOf(const store::Snapshot& snapshot, const v1::Recalled& recall,
                           std::string_view product, std::string_view shop,
                           std::map<std::string, v1::TraceRow>* found) {
  std::string prefix;
  AppendCode(shop, &prefix);
  AppendCode(product, &prefix);
  AppendCode("", &prefix);
  auto rows = snapshot.Scan(kLots, prefix, PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) {
    std::string_view place = rows->key().substr(prefix.size());
    uint64_t journal = 0;
    uint64_t sequence = 0;
    v1::LotRow line;
    if (!ConsumeBigEndian64(&place, &journal) || !ConsumeBigEndian64(&place, &sequence) ||
        !line.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size())) ||
        line.received_milli() < 0 || line.received_milli() > kQuantityMilliMax ||
        std::abs(line.wall_ms() / kMillisPerDay) > kDayMax.value()) {
      return absl::DataLossError("a row of lots is damaged");
    }
    if (recall.product().empty() && !IsDeliveryRecalled(recall, line)) continue;
    std::string key = TracePrefix(product, "", shop);
    AppendTracePlace({line.wall_ms(), JournalId(journal), Sequence(sequence)}, line.unit(), &key);
    AddUnlottedLine(line, &(*found)[key]);
  }
  return rows->status();
}

}  // namespace

absl::StatusOr<std::map<std::string, v1::TraceRow>> UnlottedDeliveries(
    const store::Snapshot& snapshot, const v1::Recalled& recall, std::string_view product,
    std::string_view shop) {
  std::map<std::string, v1::TraceRow> found;
  if (!shop.empty()) {
    COMPTOIR_RETURN_IF_ERROR(AddUnlottedOf(snapshot, recall, product, shop, &found));
    return found;
  }
  std::string from;
  while (true) {
    const auto rows = snapshot.Scan(kLots, from, "");
    if (!rows->Valid()) {
      COMPTOIR_RETURN_IF_ERROR(rows->status());
      return found;
    }
    std::string_view key = rows->key();
    std::string_view at;
    if (!ConsumeCode(&key, &at)) return absl::DataLossError("a row of lots is damaged");
    COMPTOIR_RETURN_IF_ERROR(AddUnlottedOf(snapshot, recall, product, at, &found));
    std::string prefix;
    AppendCode(at, &prefix);
    from = PrefixLimit(prefix);
  }
}

}  // namespace comptoir::retail
