#include "common/store/batch_rows.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "common/base/planted.h"
#include "common/base/status.h"
#include "common/store/counters.h"

namespace comptoir::store {
namespace {

uint32_t HashKey(TableId table, std::string_view key) {
  const size_t hash = absl::HashOf(table, absl::string_view(key.data(), key.size()));
  return static_cast<uint32_t>(hash ^ hash >> 32);
}

// The first 8 bytes of `text` as one number that sorts as they do.
uint64_t LeadingDigits(std::string_view text) {
  uint64_t digits = 0;
  if (text.empty()) return digits;
  std::memcpy(&digits, text.data(), std::min<size_t>(text.size(), 8));
  if constexpr (std::endian::native == std::endian::little) {
    digits = __builtin_bswap64(digits);
  }
  return digits;
}

// A row's value as it is handed to a store; good until the next.
class Encoder {
 public:
  std::string_view Value(const BatchRows::Row& row) {
    if (row.operation != Operation::kAdd) return row.value();
    sums_.resize(row.value_size / sizeof(int64_t));
    if (!sums_.empty()) std::memcpy(sums_.data(), row.value_bytes, row.value_size);
    encoded_.clear();
    AppendCounters(sums_, &encoded_);
    return encoded_;
  }

 private:
  CounterSums sums_;
  std::string encoded_;
};

}  // namespace

const BatchRows::Row* BatchRows::Find(TableId table, std::string_view key) const {
  if (slots_.empty()) return nullptr;
  const uint32_t hash = HashKey(table, key);
  const size_t mask = slots_.size() - 1;
  for (size_t i = hash & mask; slots_[i].row != 0; i = (i + 1) & mask) {
    if (slots_[i].hash != hash) continue;
    const Row& row = rows_[slots_[i].row - 1];
    if (row.table == table && row.key() == key) return &row;
  }
  return nullptr;
}

BatchRows::Row& BatchRows::FindOrMake(TableId table, std::string_view key) {
  if (rows_.size() * 2 >= slots_.size()) GrowSlots();
  const uint32_t hash = HashKey(table, key);
  const size_t mask = slots_.size() - 1;
  size_t i = hash & mask;
  for (; slots_[i].row != 0; i = (i + 1) & mask) {
    if (slots_[i].hash != hash) continue;
    Row& row = rows_[slots_[i].row - 1];
    if (row.table == table && row.key() == key) return row;
  }
  COMPTOIR_CHECK(key.size() <= UINT32_MAX && rows_.size() < UINT32_MAX - 1);
  rows_.push_back({.key_bytes = arena_.Copy(key),
                   .value_bytes = nullptr,
                   .key_size = static_cast<uint32_t>(key.size()),
                   .value_size = 0,
                   .hash = hash,
                   .table = table,
                   .operation = Operation::kErase});
  slots_[i] = {.hash = hash, .row = static_cast<uint32_t>(rows_.size())};
  return rows_.back();
}

void BatchRows::GrowSlots() {
  slots_.assign(std::max(kSlotsMin, slots_.size() * 2), Slot{0, 0});
  const size_t mask = slots_.size() - 1;
  for (size_t row = 0; row < rows_.size(); ++row) {
    size_t i = rows_[row].hash & mask;
    while (slots_[i].row != 0) i = (i + 1) & mask;
    slots_[i] = {.hash = rows_[row].hash, .row = static_cast<uint32_t>(row + 1)};
  }
}

void BatchRows::SetValue(Row& row, std::string_view value) {
  COMPTOIR_CHECK(value.size() <= UINT32_MAX);
  if (value.size() > row.value_size) row.value_bytes = arena_.Allocate(value.size());
  row.value_size = static_cast<uint32_t>(value.size());
  if (!value.empty()) std::memcpy(row.value_bytes, value.data(), value.size());
}

void BatchRows::Put(TableId table, std::string_view key, std::string_view value) {
  Row& row = FindOrMake(table, key);
  row.operation = Operation::kPut;
  SetValue(row, value);
}

void BatchRows::Erase(TableId table, std::string_view key) {
  Row& row = FindOrMake(table, key);
  row.operation = Operation::kErase;
  row.value_size = 0;
}

void BatchRows::Add(TableId table, std::string_view key, std::span<const int64_t> sums) {
  Row& row = FindOrMake(table, key);
  row.operation = Operation::kAdd;
  const size_t held = row.value_size / sizeof(int64_t);
  for (size_t i = 0; i < std::min(held, sums.size()); ++i) {
    char* const bytes = row.value_bytes + i * sizeof(int64_t);
    int64_t sum = 0;
    std::memcpy(&sum, bytes, sizeof sum);
    sum = COMPTOIR_PLANTED(kLoseSummedAddition) ? sums[i] : AddWrapping(sum, sums[i]);
    std::memcpy(bytes, &sum, sizeof sum);
  }
  if (sums.size() <= held) return;
  char* const longer = arena_.Allocate(sums.size_bytes());
  if (held > 0) std::memcpy(longer, row.value_bytes, row.value_size);
  std::memcpy(longer + row.value_size, sums.data() + held, sums.size_bytes() - row.value_size);
  row.value_bytes = longer;
  row.value_size = static_cast<uint32_t>(sums.size_bytes());
}

size_t BatchRows::SharedPrefix(std::span<const SortItem> items, size_t depth) const {
  const std::string_view first = rows_[items.front().row].key();
  size_t shared = first.size();
  for (const SortItem& item : items) {
    const std::string_view key = rows_[item.row].key();
    shared = std::min(shared, key.size());
    size_t same = depth;
    while (same < shared && key[same] == first[same]) ++same;
    shared = same;
  }
  return shared;
}

void BatchRows::Sort(std::span<SortItem> items, size_t depth) const {
  if (items.size() < 2) return;
  depth = SharedPrefix(items, depth);
  for (SortItem& item : items) {
    const std::string_view rest = rows_[item.row].key().substr(depth);
    item.digits = LeadingDigits(rest);
    item.length = static_cast<uint32_t>(std::min<size_t>(rest.size(), 8));
  }
  const auto before = [](const SortItem& a, const SortItem& b) {
    return a.digits != b.digits ? a.digits < b.digits : a.length < b.length;
  };
  // A journal's entries, most of the bytes, arrive in order.
  if (!std::is_sorted(items.begin(), items.end(), before)) {
    std::sort(items.begin(), items.end(), before);
  }
  // Keys differ, so those alike so far all go on: each round gets further.
  for (size_t start = 0; start < items.size();) {
    size_t end = start + 1;
    while (end < items.size() && !before(items[start], items[end])) ++end;
    Sort(items.subspan(start, end - start), depth + 8);
    start = end;
  }
}

std::vector<BatchRows::SortItem> BatchRows::Sorted() const {
  std::array<uint32_t, 257> starts{};  // of each TableId, and the end
  for (const Row& row : rows_) ++starts[row.table + 1];
  for (size_t table = 1; table < starts.size(); ++table) starts[table] += starts[table - 1];
  std::vector<SortItem> items(rows_.size());
  std::array<uint32_t, 257> next = starts;
  for (uint32_t row = 0; row < rows_.size(); ++row) items[next[rows_[row].table]++] = {0, 0, row};
  for (size_t table = 0; table + 1 < starts.size(); ++table) {
    Sort(std::span(items).subspan(starts[table], starts[table + 1] - starts[table]), 0);
  }
  return items;
}

void BatchRows::VisitRange(TableId table, std::string_view first, std::string_view limit,
                           absl::FunctionRef<void(const BatchRow&)> visit) const {
  Encoder encoder;
  for (const Row& row : rows_) {
    if (row.table != table || row.key() < first || (!limit.empty() && row.key() >= limit)) continue;
    visit({row.table, row.operation, row.key(), encoder.Value(row)});
  }
}

void BatchRows::VisitSorted(absl::FunctionRef<void(const BatchRow&)> visit) const {
  Encoder encoder;
  const std::vector<SortItem> items = Sorted();
  for (size_t i = 0; i < items.size(); ++i) {
    // Rows lie where they arrived: ask for those ahead before they are needed.
    if (i + 16 < items.size()) __builtin_prefetch(&rows_[items[i + 16].row]);
    if (i + 8 < items.size()) __builtin_prefetch(rows_[items[i + 8].row].key_bytes);
    const Row& row = rows_[items[i].row];
    visit({row.table, row.operation, row.key(), encoder.Value(row)});
  }
}

}  // namespace comptoir::store
