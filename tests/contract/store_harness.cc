#include "tests/contract/store_harness.h"

#include <gtest/gtest.h>

#include "common/store/memory_store.h"
#include "common/store/rocks_store.h"
#include "tests/support/temporary_folder.h"

namespace comptoir::store {
namespace {

class MemoryHarness final : public StoreHarness {
 public:
  Store& store() override { return store_; }
  void Restart() override { EXPECT_EQ(store_.Close(), absl::OkStatus()); }
  void CutPower() override { store_.LoseUnsynced(); }

 private:
  MemoryStore store_{ContractTables()};
};

class RocksHarness final : public StoreHarness {
 public:
  explicit RocksHarness(const RocksOptions& options) : options_(options) { Open(); }

  Store& store() override { return *store_; }

  void Restart() override {
    EXPECT_EQ(store_->Close(), absl::OkStatus());
    store_.reset();
    Open();
  }

  // The folder as it stands is what a killed process leaves behind.
  void CutPower() override {
    const std::string before = Folder();
    ++generation_;
    testing::CopyLiveFolder(before, Folder());
    store_.reset();
    Open();
  }

 private:
  std::string Folder() const { return folder_ / std::to_string(generation_); }

  void Open() {
    auto store = RocksStore::Open(Folder(), ContractTables(), options_);
    COMPTOIR_CHECK(store.ok());
    store_ = *std::move(store);
  }

  const RocksOptions options_;
  const testing::TemporaryFolder folder_{testing::TemporaryFolder::QuickParent()};
  int generation_ = 0;
  std::unique_ptr<RocksStore> store_;
};

}  // namespace

std::vector<TableSpec> ContractTables() {
  return {{kThings, "things", TableKind::kRows},
          {kOthers, "others", TableKind::kRows},
          {kNames, "names", TableKind::kLookups},
          {kSums, "sums", TableKind::kCounters}};
}

std::vector<StoreMaker> AllStores() {
  return {
      {"Memory", [] { return std::make_unique<MemoryHarness>(); }},
      {"Rocks", [] { return std::make_unique<RocksHarness>(RocksOptions()); }},
      // Rows reach files, and files are merged, all the while.
      {"RocksFlushing", [] {
         return std::make_unique<RocksHarness>(RocksOptions{
             .cache_bytes = 1 << 20, .write_buffer_bytes = 64 << 10, .log_bytes_max = 64 << 10});
       }}};
}

std::vector<KeyAndValue> Rows(const Snapshot& snapshot, TableId table, std::string_view first,
                              std::string_view limit) {
  std::vector<KeyAndValue> rows;
  const std::unique_ptr<Iterator> scan = snapshot.Scan(table, first, limit);
  for (; scan->Valid(); scan->Next()) rows.emplace_back(scan->key(), scan->value());
  EXPECT_EQ(scan->status(), absl::OkStatus());
  return rows;
}

std::vector<KeyAndValue> Rows(Store& store, TableId table, std::string_view first,
                              std::string_view limit) {
  return Rows(*store.NewSnapshot(), table, first, limit);
}

std::optional<std::string> Value(const Reader& reader, TableId table, std::string_view key) {
  auto value = reader.Get(table, key);
  EXPECT_EQ(value.status(), absl::OkStatus());
  return value.ok() ? *std::move(value) : std::nullopt;
}

std::optional<std::string> Value(Store& store, TableId table, std::string_view key) {
  return Value(*store.NewSnapshot(), table, key);
}

std::optional<std::vector<int64_t>> Sums(Store& store, std::string_view key) {
  const std::optional<std::string> value = Value(store, kSums, key);
  if (!value.has_value()) return std::nullopt;
  const auto sums = DecodeCounters(*value);
  EXPECT_EQ(sums.status(), absl::OkStatus());
  return sums.value_or(std::vector<int64_t>());
}

void PutNow(Store& store, TableId table, std::string_view key, std::string_view value,
            Durability durability) {
  auto batch = store.Begin();
  batch->Put(table, key, value);
  ASSERT_EQ(store.Commit(std::move(batch), durability), absl::OkStatus());
}

void AddNow(Store& store, std::string_view key, std::vector<int64_t> sums, Durability durability) {
  auto batch = store.Begin();
  batch->Add(kSums, key, sums);
  ASSERT_EQ(store.Commit(std::move(batch), durability), absl::OkStatus());
}

}  // namespace comptoir::store
