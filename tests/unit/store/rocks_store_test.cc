// What the contract suite cannot ask of every store: the folder, its files, and
// what happens when they are not as they were left.
#include "common/store/rocks_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <random>

#include "tests/support/temporary_folder.h"
#include "tests/unit/store/disk_fault.h"

namespace comptoir::store {
namespace {

using ::testing::HasSubstr;
using ::testing::Le;

constexpr TableId kThings = 1;
constexpr TableId kOthers = 2;
constexpr TableId kSums = 3;

std::vector<TableSpec> Tables() {
  return {{kThings, "things", TableKind::kRows},
          {kOthers, "others", TableKind::kLookups},
          {kSums, "sums", TableKind::kCounters}};
}

// Small enough that rows reach files after a few hundred kilobytes.
constexpr RocksOptions kSmall{
    .cache_bytes = 1 << 20, .write_buffer_bytes = 256 << 10, .log_bytes_max = 1 << 20};

class RocksStoreTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<RocksStore>> TryOpen(const std::string& name = "data") {
    return RocksStore::Open(folder_ / name, Tables(), kSmall);
  }
  std::unique_ptr<RocksStore> Open(const std::string& name = "data") {
    auto store = TryOpen(name);
    COMPTOIR_CHECK(store.ok());
    return *std::move(store);
  }

  static absl::Status Put(RocksStore& store, std::string_view key, std::string_view value,
                          Durability durability) {
    auto batch = store.Begin();
    batch->Put(kThings, key, value);
    return store.Commit(std::move(batch), durability);
  }

  // Batch `number`: the same in every table, so that any two tables tell
  // whether one is ahead.
  // Each tenth is synced.
  static void CommitNumber(RocksStore& store, int number, size_t padding) {
    auto batch = store.Begin();
    const std::string value = std::to_string(number);
    batch->Put(kThings, "number", value);
    batch->Put(kOthers, "number", value);
    batch->Put(kThings, "padding" + value, std::string(padding, 'x'));
    batch->Add(kSums, "number", std::vector<int64_t>{1});
    const Durability durability = number % 10 == 0 ? Durability::kSynced : Durability::kBuffered;
    ASSERT_EQ(store.Commit(std::move(batch), durability), absl::OkStatus());
  }
  // The number of the last batch in the store; all tables must agree on it.
  static int LastNumber(RocksStore& store) {
    const auto snapshot = store.NewSnapshot();
    const std::string things = snapshot->Get(kThings, "number")->value_or("0");
    const std::string others = snapshot->Get(kOthers, "number")->value_or("0");
    const auto sums = snapshot->Get(kSums, "number")->value_or(EncodeCounters({}));
    const auto added = DecodeCounters(sums).value();
    EXPECT_EQ(things, others);
    EXPECT_EQ(things, std::to_string(added.empty() ? 0 : added[0]));
    return std::stoi(things);
  }

  std::vector<std::string> Files(const std::string& name, const std::string& ending) {
    std::vector<std::string> found;
    for (const auto& file : std::filesystem::directory_iterator(folder_ / name)) {
      const std::string path = file.path().string();
      if (path.ends_with(ending)) found.push_back(path);
    }
    return found;
  }

  // A store with rows in one file of many blocks, closed.
  std::string MakeTableFile() {
    {
      auto store = Open();
      auto batch = store->Begin();
      std::mt19937_64 random(1);
      for (int i = 0; i < 1000; ++i) {
        std::string value(500, '\0');
        for (char& byte : value) byte = static_cast<char>(random());
        batch->Put(kThings, std::to_string(1000 + i), value);
      }
      EXPECT_TRUE(store->Commit(std::move(batch), Durability::kSynced).ok());
      EXPECT_TRUE(store->Close().ok());
    }
    const auto files = Files("data", ".sst");
    EXPECT_EQ(files.size(), 1u);
    return files.at(0);
  }

  static void FlipByte(const std::string& path, std::streamoff offset) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(offset);
    const char byte = static_cast<char>(file.get() ^ 0x55);
    file.seekp(offset);
    file.put(byte);
    ASSERT_TRUE(file.good());
  }

  const testing::TemporaryFolder folder_{testing::TemporaryFolder::QuickParent()};
};

TEST_F(RocksStoreTest, FolderOpenHereIsRefused) {
  const auto store = Open();
  const absl::Status status = TryOpen().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("is in use"));
}

TEST_F(RocksStoreTest, FolderOpenInAnotherProcessIsRefused) {
  Open()->Close().IgnoreError();
  const std::string lock_path = folder_ / "data/LOCK";
  int ready[2], done[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(done), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    char byte = ::fcntl(::open(lock_path.c_str(), O_RDWR), F_SETLK, &lock) == 0 ? 'y' : 'n';
    (void)!::write(ready[1], &byte, 1);
    (void)!::read(done[0], &byte, 1);
    ::_exit(0);
  }
  char locked = 0;
  ASSERT_EQ(::read(ready[0], &locked, 1), 1);
  EXPECT_EQ(locked, 'y');
  const absl::Status status = TryOpen().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("is in use"));
  ASSERT_EQ(::write(done[1], "x", 1), 1);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(TryOpen().ok());
}

TEST_F(RocksStoreTest, TablesGrowWithWhatIsFiled) {
  std::map<std::string, uint64_t> before;
  {
    const auto store = Open();
    ASSERT_TRUE(Put(*store, "key", std::string(100'000, 'x'), Durability::kSynced).ok());
    for (const auto& [table, bytes] : store->TableBytes()) before[table] = bytes;
    EXPECT_EQ(before.size(), 3U);
    EXPECT_EQ(before.at("things"), 0U) << "not in a file yet";
  }
  const auto store = Open();  // closing filed it
  for (const auto& [table, bytes] : store->TableBytes()) {
    if (table == "things") {
      EXPECT_GT(bytes, 0U);
    } else {
      EXPECT_EQ(bytes, 0U) << table;
    }
  }
}

TEST_F(RocksStoreTest, FolderIsFreeOnceClosed) {
  auto store = Open();
  EXPECT_EQ(store->Close(), absl::OkStatus());
  EXPECT_TRUE(TryOpen().ok());
}

TEST_F(RocksStoreTest, TableOfANewerReleaseIsRefused) {
  Open()->Close().IgnoreError();
  const auto older =
      RocksStore::Open(folder_ / "data", {{kThings, "things", TableKind::kRows}}, kSmall);
  EXPECT_EQ(older.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(older.status().message()), HasSubstr("newer release"));
  EXPECT_TRUE(TryOpen().ok());
}

TEST_F(RocksStoreTest, TableThatIsMissingIsMade) {
  ASSERT_TRUE(
      RocksStore::Open(folder_ / "data", {{kThings, "things", TableKind::kRows}}, kSmall).ok());
  auto store = Open();
  CommitNumber(*store, 1, 0);
  EXPECT_EQ(LastNumber(*store), 1);
}

TEST_F(RocksStoreTest, FolderThatCannotBeMadeIsAnError) {
  EXPECT_FALSE(TryOpen("no/such/parent").ok());
  std::ofstream(folder_ / "file") << "not a folder";
  EXPECT_FALSE(TryOpen("file").ok());
}

TEST_F(RocksStoreTest, DamagedBlockIsDataLossAndNeverAShortScan) {
  const std::string file = MakeTableFile();
  FlipByte(file, static_cast<std::streamoff>(std::filesystem::file_size(file) / 2));
  const auto store = Open();
  const auto snapshot = store->NewSnapshot();

  int read = 0;
  const auto scan = snapshot->Scan(kThings, "", "");
  for (; scan->Valid(); scan->Next()) ++read;
  EXPECT_EQ(scan->status().code(), absl::StatusCode::kDataLoss);
  EXPECT_GT(read, 0);
  EXPECT_LT(read, 1000);

  int lost = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto value = snapshot->Get(kThings, std::to_string(1000 + i));
    if (value.ok()) {
      ASSERT_TRUE(value->has_value()) << i;
    } else {
      EXPECT_EQ(value.status().code(), absl::StatusCode::kDataLoss);
      ++lost;
    }
  }
  EXPECT_GT(lost, 0);
  EXPECT_LT(lost, 1000);
  const std::string limit = std::to_string(1000 + read + 1);
  EXPECT_EQ(snapshot->Last(kThings, "", limit).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(store->Begin()->Get(kThings, std::to_string(1000 + read)).status().code(),
            absl::StatusCode::kDataLoss);
}

// Wherever a row's bytes are wrong, someone says so: opening, or reading.
TEST_F(RocksStoreTest, DamageAnywhereInAFileIsNoticed) {
  const std::string file = MakeTableFile();
  const auto size = static_cast<std::streamoff>(std::filesystem::file_size(file));
  const std::string name = std::filesystem::path(file).filename().string();
  for (int part = 0; part < 8; ++part) {
    testing::CopyLiveFolder(folder_ / "data", folder_ / "damaged");
    const std::streamoff offset = size * part / 9;
    FlipByte(folder_ / "damaged/" + name, offset);
    const auto store = TryOpen("damaged");
    if (!store.ok()) {
      EXPECT_EQ(store.status().code(), absl::StatusCode::kDataLoss) << offset;
      continue;
    }
    int read = 0;
    const auto scan = (*store)->NewSnapshot()->Scan(kThings, "", "");
    for (; scan->Valid(); scan->Next()) ++read;
    EXPECT_EQ(scan->status().code(), absl::StatusCode::kDataLoss) << offset;
    EXPECT_LT(read, 1000) << offset;
  }
}

TEST_F(RocksStoreTest, MissingOrShortTableFileIsDataLoss) {
  const std::string file = MakeTableFile();
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  EXPECT_EQ(TryOpen().status().code(), absl::StatusCode::kDataLoss);
  std::filesystem::remove(file);
  EXPECT_EQ(TryOpen().status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(RocksStoreTest, DamagedManifestIsDataLoss) {
  MakeTableFile();
  std::ofstream(folder_ / "data/CURRENT") << "nonsense";
  EXPECT_EQ(TryOpen().status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(RocksStoreTest, KilledProcessLosesNothingItWasToldIsSynced) {
  auto store = Open();
  for (int number = 1; number <= 100; ++number) {
    CommitNumber(*store, number, 5'000);
    if (number % 20 != 0) continue;
    testing::CopyLiveFolder(folder_ / "data", folder_ / "copy");
    auto copy = Open("copy");
    EXPECT_EQ(LastNumber(*copy), number);
  }
}

// R8: the engine opens cleanly with less in it, and never with one table ahead
// of another.
TEST_F(RocksStoreTest, LostLogLeavesTablesLevel) {
  auto store = Open();
  int with_some = 0;
  for (int number = 1; number <= 150; ++number) {
    CommitNumber(*store, number, 5'000);
    if (number % 30 != 0) continue;
    testing::CopyLiveFolder(folder_ / "data", folder_ / "copy");
    for (const std::string& log : Files("copy", ".log")) std::filesystem::remove(log);
    auto copy = Open("copy");
    const int last = LastNumber(*copy);
    EXPECT_THAT(last, Le(number));
    with_some += last > 0 ? 1 : 0;
  }
  EXPECT_GT(with_some, 0);
}

TEST_F(RocksStoreTest, TornLogKeepsWholeBatchesOnly) {
  auto store = RocksStore::Open(folder_ / "data", Tables(), RocksOptions()).value();
  for (int number = 1; number <= 100; ++number) CommitNumber(*store, number, 100);
  const auto logs = Files("data", ".log");
  ASSERT_EQ(logs.size(), 1u);
  const std::string name = std::filesystem::path(logs[0]).filename().string();
  const auto size = std::filesystem::file_size(logs[0]);
  int last = 0;
  for (uintmax_t cut = 0; cut <= size; cut += size / 12 + 1) {
    testing::CopyLiveFolder(folder_ / "data", folder_ / "copy");
    std::filesystem::resize_file(folder_ / "copy/" + name, cut);
    auto copy = Open("copy");
    const int found = LastNumber(*copy);
    EXPECT_GE(found, last);
    last = found;
  }
  EXPECT_GT(last, 80);
}

TEST_F(RocksStoreTest, OnlySyncedCommitsFlushTheDisk) {
  auto store = Open();
  int before = Flushes();
  ASSERT_TRUE(Put(*store, "a", "1", Durability::kBuffered).ok());
  EXPECT_EQ(Flushes(), before);
  ASSERT_TRUE(Put(*store, "a", "2", Durability::kSynced).ok());
  EXPECT_GT(Flushes(), before);
  ASSERT_TRUE(Put(*store, "a", "3", Durability::kBuffered).ok());
  before = Flushes();
  ASSERT_TRUE(store->Commit(store->Begin(), Durability::kSynced).ok());
  EXPECT_GT(Flushes(), before);
}

// R9: nothing may be acknowledged, now or later.
TEST_F(RocksStoreTest, FailedFlushFailsTheCommitAndAllAfterIt) {
  auto store = Open();
  ASSERT_TRUE(Put(*store, "a", "1", Durability::kSynced).ok());
  {
    const FlushFault fault;
    EXPECT_EQ(Put(*store, "b", "1", Durability::kSynced).code(), absl::StatusCode::kInternal);
  }
  EXPECT_FALSE(Put(*store, "c", "1", Durability::kSynced).ok());
  EXPECT_FALSE(store->Close().ok());
  store.reset();
  EXPECT_EQ(Open()->NewSnapshot()->Get(kThings, "a")->value_or("none"), "1");
}

// R9: a compaction that is at work when the store closes is part of it.
TEST_F(RocksStoreTest, WhatFailsBehindTheLastFlushIsToldByClose) {
  // The engine compacts four files: three of clean stops, and one that it makes of the
  // log of a copy when it opens that.
  for (const char* key : {"a", "b", "c"}) {
    auto store = Open();
    ASSERT_TRUE(Put(*store, key, "1", Durability::kSynced).ok());
    ASSERT_TRUE(store->Close().ok());
  }
  auto store = Open();
  ASSERT_TRUE(Put(*store, "d", "1", Durability::kSynced).ok());
  std::filesystem::copy(folder_ / "data", folder_ / "copy");
  ASSERT_TRUE(store->Close().ok());

  OthersFlushFault fault;
  store = Open("copy");
  fault.AwaitOne();
  fault.FailOnNextOwn();
  EXPECT_EQ(store->Close().code(), absl::StatusCode::kInternal);
}

TEST_F(RocksStoreTest, SnapshotOutlivesTheStore) {
  auto store = Open();
  ASSERT_TRUE(Put(*store, "a", "1", Durability::kBuffered).ok());
  auto snapshot = store->NewSnapshot();
  ASSERT_TRUE(store->Close().ok());
  store.reset();
  EXPECT_EQ(snapshot->Get(kThings, "a")->value_or("none"), "1");
  EXPECT_EQ(TryOpen().status().code(), absl::StatusCode::kFailedPrecondition);
  snapshot.reset();
  EXPECT_TRUE(TryOpen().ok());
}

TEST_F(RocksStoreTest, CleanStopLeavesNoLogToReadAgain) {
  auto store = Open();
  CommitNumber(*store, 1, 100);
  ASSERT_TRUE(store->Close().ok());
  for (const std::string& log : Files("data", ".log")) std::filesystem::remove(log);
  store = Open();
  EXPECT_EQ(LastNumber(*store), 1);
}

TEST_F(RocksStoreTest, EngineLogsStayFew) {
  for (int i = 0; i < 8; ++i) Open()->Close().IgnoreError();
  size_t logs = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder_ / "data")) {
    if (file.path().filename().string().starts_with("LOG")) ++logs;
  }
  EXPECT_THAT(logs, Le(4u));
}

}  // namespace
}  // namespace comptoir::store
