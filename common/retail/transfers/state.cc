#include "common/retail/transfers/state.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <tuple>

#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/retail/calendar.h"
#include "common/retail/keys.h"
#include "common/retail/stock/lots.h"
#include "common/retail/tables.h"
#include "common/retail/transfers/admit.h"
#include "common/retail/transfers/id.h"
#include "comptoir/retail/v1/transfer_rows.pb.h"

namespace comptoir::retail {
namespace {

constexpr size_t kFactKeyBytes = 8 + 8 + 8;
constexpr size_t kPlaceBytes = 8 + 8;

std::string TransferPrefix(std::string_view transfer) {
  std::string prefix;
  AppendCode(transfer, &prefix);
  return prefix;
}

void AppendPlace(const Reference& place, std::string* key) {
  AppendBigEndian64(place.journal.value(), key);
  AppendBigEndian64(place.sequence.value(), key);
}

// What orders what the hub told of one fact.
using NoteRank = std::tuple<uint64_t, uint64_t, std::string>;

// Within what gates take, so that no sum of it overflows?
bool IsSound(const v1::TransferRow& row) {
  const auto fits = [](const auto& lines) {
    return std::ranges::all_of(lines, [](const v1::TransferLine& line) {
      return line.quantity_milli() > 0 && line.quantity_milli() <= kQuantityMilliMax;
    });
  };
  return row.wall_ms() >= 0 && row.wall_ms() <= kTransferWallMillisMax &&
         std::abs(int64_t{row.utc_offset_minutes()}) <= kTransferOffsetMinutesMax &&
         fits(row.sent().lines()) && fits(row.received().lines()) && fits(row.settled().lines());
}

// Gathers rows into a state. Each key is the end that the index has.
class Assembly {
 public:
  Assembly(std::string_view transfer, const v1::TransferIndexRow& index) {
    state_.transfer = transfer;
    state_.latest_day = Day(index.latest_day());
    state_.too_many = index.too_many();
  }

  absl::Status AddFact(std::string_view key, std::string_view value) {
    TransferFact fact{std::string(key.substr(0, kFactKeyBytes)), {}, true};
    if (key.size() != kFactKeyBytes + kPlaceBytes ||
        !fact.row.ParseFromArray(value.data(), static_cast<int>(value.size())) ||
        !IsSound(fact.row)) {
      return absl::DataLossError("a row of transfers is damaged");
    }
    // At several places under one name, that which counts.
    TransferFact& known = facts_[fact.key];
    if (!known.is_held || fact.row.counted()) known = std::move(fact);
    return absl::OkStatus();
  }

  // After all facts.
  absl::Status AddNote(std::string_view key, std::string_view value) {
    v1::TransferNoteRow row;
    if (key.size() < kFactKeyBytes + kPlaceBytes ||
        !row.ParseFromArray(value.data(), static_cast<int>(value.size())) || !IsSound(row.told())) {
      return absl::DataLossError("a row of transfer_notes is damaged");
    }
    std::string fact_key(key.substr(0, kFactKeyBytes));
    NoteRank rank{row.revision(), row.hybrid_time(), key.substr(key.size() - kPlaceBytes)};
    const std::pair told{row.shop(), fact_key};
    if (rank >= note_ranks_[told]) {
      note_ranks_[told] = rank;
      state_.notes[told] = {row.revision(), row.told().counted()};
    }
    TransferFact& fact = facts_[fact_key];
    if (fact.is_held || rank < told_ranks_[fact_key]) return absl::OkStatus();
    told_ranks_[fact_key] = std::move(rank);
    fact = {std::move(fact_key), std::move(*row.mutable_told()), false};
    return absl::OkStatus();
  }

  TransferState Finish() && {
    for (auto& [key, fact] : facts_) state_.facts.push_back(std::move(fact));
    return std::move(state_);
  }

 private:
  TransferState state_;
  std::map<std::string, TransferFact> facts_;
  std::map<std::pair<std::string, std::string>, NoteRank> note_ranks_;
  std::map<std::string, NoteRank> told_ranks_;  // of facts that are not held
};

// Of a fact that counts.
template <typename Visit>
void VisitLines(const v1::TransferRow& row, const Visit& visit) {
  for (const v1::TransferLine& line : row.sent().lines()) visit(line, &TransferSums::sent_milli);
  for (const v1::TransferLine& line : row.received().lines()) {
    visit(line, &TransferSums::received_milli);
  }
  for (const v1::TransferLine& line : row.settled().lines()) {
    visit(line, &TransferSums::settled_milli);
  }
}

absl::StatusOr<v1::TransferIndexRow> ReadIndex(const store::Reader& rows,
                                               std::string_view transfer) {
  COMPTOIR_ASSIGN_OR_RETURN(
      const std::optional<std::string> value,
      rows.Get(kTransferLists, TransferListKey(TransferList::kIndex, transfer)));
  v1::TransferIndexRow index;
  if (value.has_value() && !index.ParseFromString(*value)) {
    return absl::DataLossError("a row of transfer_lists is damaged");
  }
  return index;
}

// One that the index has.
absl::StatusOr<std::string> ReadIndexedRow(const store::Reader& rows, store::TableId table,
                                           const std::string& key) {
  COMPTOIR_ASSIGN_OR_RETURN(std::optional<std::string> value, rows.Get(table, key));
  if (!value.has_value()) return absl::DataLossError("a row of a transfer is missing");
  return *std::move(value);
}

// Keeps the keys rising, each once.
void AddToIndex(std::string_view key_end, google::protobuf::RepeatedPtrField<std::string>* keys) {
  const auto at = std::lower_bound(keys->begin(), keys->end(), key_end);
  if (at != keys->end() && *at == key_end) return;
  const auto index = at - keys->begin();
  keys->Add(std::string(key_end));
  std::rotate(keys->begin() + index, keys->end() - 1, keys->end());
}

absl::Status IndexRow(store::TableId table, std::string_view transfer, std::string_view key,
                      Day day, store::Transaction& transaction) {
  COMPTOIR_ASSIGN_OR_RETURN(v1::TransferIndexRow index, ReadIndex(transaction, transfer));
  const bool is_first = index.facts().empty() && index.notes().empty() && !index.too_many();
  const int32_t latest = is_first ? day.value() : std::max(index.latest_day(), day.value());
  index.set_latest_day(latest);
  if (!index.too_many()) {
    AddToIndex(key.substr(transfer.size() + 1),
               table == kTransfers ? index.mutable_facts() : index.mutable_notes());
    const int rows = index.facts_size() + index.notes_size();
    if (rows > static_cast<int>(kTransferRowsMax)) {
      index.Clear();
      index.set_latest_day(latest);
      index.set_too_many(true);
    }
  }
  transaction.Put(kTransferLists, TransferListKey(TransferList::kIndex, transfer),
                  index.SerializeAsString());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TransferState> ReadTransfer(const store::Reader& rows, std::string_view transfer) {
  COMPTOIR_ASSIGN_OR_RETURN(const v1::TransferIndexRow index, ReadIndex(rows, transfer));
  const std::string prefix = TransferPrefix(transfer);
  Assembly assembly(transfer, index);
  for (const std::string& key : index.facts()) {
    COMPTOIR_ASSIGN_OR_RETURN(const std::string value,
                              ReadIndexedRow(rows, kTransfers, prefix + key));
    COMPTOIR_RETURN_IF_ERROR(assembly.AddFact(key, value));
  }
  for (const std::string& key : index.notes()) {
    COMPTOIR_ASSIGN_OR_RETURN(const std::string value,
                              ReadIndexedRow(rows, kTransferNotes, prefix + key));
    COMPTOIR_RETURN_IF_ERROR(assembly.AddNote(key, value));
  }
  return std::move(assembly).Finish();
}

// ---- what it comes to ----

TransferItems ItemsOf(const TransferState& state) {
  TransferItems items;
  for (const TransferFact& fact : state.facts) {
    if (!fact.row.counted()) continue;
    VisitLines(fact.row, [&](const v1::TransferLine& line, int64_t TransferSums::*sum) {
      TransferItemSums& item = items[{line.product(), line.unit()}];
      TransferLotSums& lot = item.lots[line.lot()];
      item.*sum += line.quantity_milli();
      lot.*sum += line.quantity_milli();
      lot.use_by_day = EarlierDay(lot.use_by_day, line.use_by_day());
      lot.best_before_day = EarlierDay(lot.best_before_day, line.best_before_day());
      if (lot.producer.empty()) lot.producer = line.producer();
    });
  }
  return items;
}

std::set<std::string> SentTo(const TransferState& state) {
  std::set<std::string> shops;
  for (const TransferFact& fact : state.facts) {
    if (fact.row.counted() && fact.row.has_sent()) shops.insert(fact.row.sent().to());
  }
  return shops;
}

bool IsSent(const TransferState& state) {
  return std::ranges::any_of(state.facts, [](const TransferFact& fact) {
    return fact.row.counted() && fact.row.has_sent();
  });
}

bool IsOpen(const TransferState& state) {
  if (state.too_many) return true;
  const TransferItems items = ItemsOf(state);
  if (!IsSent(state)) return !items.empty();
  return std::ranges::any_of(items, [](const auto& item) { return item.second.left_milli() > 0; });
}

std::set<std::string> ShopsOf(const TransferState& state) {
  std::set<std::string> shops = SentTo(state);
  shops.emplace(SenderOf(state.transfer));
  for (const TransferFact& fact : state.facts) {
    if (fact.row.counted()) shops.insert(fact.row.shop());
  }
  return shops;
}

Day DayOf(const v1::TransferRow& row) {
  const int64_t local_ms = row.wall_ms() + row.utc_offset_minutes() * kMillisPerMinute;
  return Day(static_cast<int32_t>(FloorDivide(local_ms, kMillisPerDay)));
}

std::vector<MissingNote> MissingNotes(const TransferState& state) {
  std::vector<MissingNote> missing;
  // Who was told something once hears all that counts, concerned or not by now: what
  // arrived elsewhere, too, else it would stay open there.
  std::set<std::string> shops = ShopsOf(state);
  for (const auto& [told, note] : state.notes) shops.insert(told.first);
  for (const std::string& shop : shops) {
    for (const TransferFact& fact : state.facts) {
      if (!fact.is_held || fact.row.shop() == shop) continue;
      const auto note = state.notes.find({shop, fact.key});
      const bool was_told = note != state.notes.end();
      const bool is_due =
          was_told ? note->second.counted != fact.row.counted() : fact.row.counted();
      const uint64_t revision = was_told ? note->second.revision + 1 : 1;
      if (is_due && revision <= kTransferRevisionsMax) missing.push_back({shop, &fact, revision});
    }
  }
  return missing;
}

// ---- keys of the tables ----

std::string TransferFactBytes(const journal::v1::Reference& reference) {
  std::string bytes;
  AppendBigEndian64(reference.journal(), &bytes);
  AppendBigEndian64(reference.sequence(), &bytes);
  AppendBigEndian64(reference.hash_prefix(), &bytes);
  return bytes;
}

journal::v1::Reference TransferReference(std::string_view fact_bytes) {
  journal::v1::Reference reference;
  reference.set_journal(ReadBigEndian64(fact_bytes));
  reference.set_sequence(ReadBigEndian64(fact_bytes.substr(8)));
  reference.set_hash_prefix(ReadBigEndian64(fact_bytes.substr(16)));
  return reference;
}

std::string TransferFactKey(std::string_view transfer, const journal::v1::Reference& name,
                            const Reference& place) {
  std::string key = TransferPrefix(transfer) + TransferFactBytes(name);
  AppendPlace(place, &key);
  return key;
}

std::string TransferNoteKey(std::string_view transfer, const journal::v1::Reference& reference,
                            std::string_view shop, const Reference& place) {
  std::string key = TransferPrefix(transfer) + TransferFactBytes(reference);
  AppendCode(shop, &key);
  AppendPlace(place, &key);
  return key;
}

std::string TransferListPrefix(TransferList list) {
  return std::string(1, static_cast<char>(list));
}

std::string TransferListKey(TransferList list, std::string_view transfer) {
  return TransferListPrefix(list).append(transfer);
}

std::string TransferDayKey(Day day, std::string_view transfer) {
  std::string key = TransferListPrefix(TransferList::kByDay);
  AppendDay(Day(-day.value()), &key);
  return key.append(transfer);
}

absl::Status PutTransferRow(store::TableId table, std::string_view transfer, std::string_view key,
                            std::string_view value, Day day, store::Transaction& transaction) {
  transaction.Put(table, key, value);
  transaction.Put(kTransferLists, TransferDayKey(day, transfer), "");
  COMPTOIR_RETURN_IF_ERROR(IndexRow(table, transfer, key, day, transaction));
  COMPTOIR_ASSIGN_OR_RETURN(const TransferState state, ReadTransfer(transaction, transfer));
  const auto set = [&](TransferList list, bool is_in) -> absl::Status {
    const std::string list_key = TransferListKey(list, transfer);
    COMPTOIR_ASSIGN_OR_RETURN(const auto held, transaction.Get(kTransferLists, list_key));
    if (held.has_value() == is_in) return absl::OkStatus();
    if (is_in) {
      transaction.Put(kTransferLists, list_key, "");
    } else {
      transaction.Erase(kTransferLists, list_key);
    }
    return absl::OkStatus();
  };
  COMPTOIR_RETURN_IF_ERROR(set(TransferList::kOpen, IsOpen(state)));
  return set(TransferList::kWaiting, !MissingNotes(state).empty());
}

}  // namespace comptoir::retail
