// Opens RocksDB for rocks_store.cc, which alone includes this: how the engine is set up,
// which tables it has, and what it says of a failure.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/slice.h>
#include <rocksdb/sst_file_manager.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/store/rocks_store.h"
#include "common/store/table_set.h"

namespace comptoir::store {

inline rocksdb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// DATA_LOSS for what is rotten or gone, RESOURCE_EXHAUSTED for a full disk, else INTERNAL.
absl::Status ToStatus(const rocksdb::Status& status);

// Once a write or a flush failed, what is on the disk is unknown (R9), and the engine
// may abort when it is asked to write on: it is not asked. The engine's own threads
// report here as well, so that a flush in the background that failed stops the next
// commit, and not the one after the engine has found out.
//
// Thread use: any.
class Failure final : public rocksdb::EventListener {
 public:
  absl::Status Get() {
    MutexLock lock(&mutex_);
    return status_;
  }
  absl::Status Remember(const absl::Status& outcome) {
    MutexLock lock(&mutex_);
    status_.Update(outcome);
    return outcome;
  }

  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* status) override {
    const bool is_compaction = reason == rocksdb::BackgroundErrorReason::kCompaction;
    // A compaction without room has lost nothing, and is tried again.
    if (is_compaction &&
        (status->IsNoSpace() || status->subcode() == rocksdb::Status::kSpaceLimit)) {
      return;
    }
    // Nor has one that came upon a rotten file: its input stays as it was. The engine, left
    // to itself, would write nothing from now on, at this start and the next.
    if (is_compaction && status->IsCorruption()) {
      NoteRot(status->ToString());
      *status = rocksdb::Status::OK();
      return;
    }
    (void)Remember(ToStatus(*status));  // told to the next who writes
  }

  // What the first compaction of this run that came upon a rotten file said; or empty.
  std::string rot() {
    MutexLock lock(&mutex_);
    return rot_;
  }

 private:
  void NoteRot(const std::string& what) {
    MutexLock lock(&mutex_);
    if (rot_.empty()) rot_ = what;
  }

  Mutex mutex_;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  std::string rot_ ABSL_GUARDED_BY(mutex_);
};

// An open engine and its tables. Snapshots share it, so that a table that was
// cleared lives on for those who still read it.
struct Tables {
  using Handle = std::shared_ptr<rocksdb::ColumnFamilyHandle>;

  std::shared_ptr<rocksdb::DB> engine;  // outlives the handles
  std::vector<Handle> handles;          // by TableSet::position

  static Handle Own(rocksdb::DB* engine, rocksdb::ColumnFamilyHandle* handle) {
    return Handle(handle, [engine](auto* raw) { engine->DestroyColumnFamilyHandle(raw); });
  }
};

// Where the engine's files and threads are.
rocksdb::Env* Environment();

rocksdb::ColumnFamilyOptions TableOptions(TableKind kind,
                                          const std::shared_ptr<rocksdb::Cache>& cache);

// What the engine is given besides its folder; all of it outlives the engine.
struct EngineParts {
  std::shared_ptr<rocksdb::Cache> cache;
  std::shared_ptr<rocksdb::SstFileManager> files;
  std::shared_ptr<Failure> failure;
};

// The tables of `set` in `folder`, those that are missing made. Errors: RocksStore::Open.
absl::StatusOr<std::shared_ptr<Tables>> OpenTables(const TableSet& set, const std::string& folder,
                                                   const RocksOptions& limits,
                                                   const EngineParts& parts);

}  // namespace comptoir::store
