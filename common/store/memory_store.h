// A store in memory, which can also play a disk: one that loses what was not
// synced, fails a write, or has gone bad in a place.
//
// Thread use: any, the part that plays a disk included. Snapshots and iterators
// may outlive the store; transactions may not.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "common/base/mutex.h"
#include "common/store/store.h"

namespace comptoir::store {

class MemoryState;

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(std::vector<TableSpec> tables);
  ~MemoryStore() override;

  using Store::Begin;
  std::shared_ptr<Transaction> Begin(std::shared_ptr<Transaction> after) override;
  absl::Status Commit(std::shared_ptr<Transaction> transaction, Durability durability) override;
  std::unique_ptr<Snapshot> NewSnapshot() override;
  // Synced, with everything before it, as the engine on a disk does it.
  absl::Status Clear(TableId table) override;
  // A clean end is a synced one. The rows stay: the next owner may go on.
  absl::Status Close() override;

  // Power cut: back to the last synced state, and the first `kept` of the commits after
  // it, which reached the disk although nobody asked. No snapshot may be alive, and batches
  // begun before must be dropped: who made them died with the power.
  void LoseUnsynced(uint64_t kept = 0);

  enum class FaultPoint {
    kBeforeApplied,  // the batch never reached the disk
    kAfterApplied,   // it did, as durably as was asked, and nobody was told
  };
  // The next Commit, and only that, returns `failure`, which must not be OK.
  void FailNextCommit(absl::Status failure, FaultPoint point);

  // Bit rot in a row that exists: reading it gives DATA_LOSS and a scan ends
  // there with that status, until it is put anew or erased. An addition leaves
  // it damaged.
  void DamageRow(TableId table, std::string_view key);

  // The `nth` read from now on, 1 for the next, gives `failure`, and only that: a Get, a step
  // of a scan, a Last. None for 0.
  void FailRead(uint64_t nth, absl::Status failure);
  // As if a bad disk had got past the engine's own checks: of the `nth` row that is read from
  // now on the value comes without its last byte.
  void SpoilRead(uint64_t nth);
  // It is still to come.
  bool WaitsToFailRead() const;

 private:
  class Latest;

  const std::shared_ptr<MemoryState> state_;
  const std::unique_ptr<Latest> latest_;
  Mutex commit_mutex_;  // one commit at a time, so that faults meet the commit they are for
  absl::Status fault_ ABSL_GUARDED_BY(commit_mutex_);
  FaultPoint fault_point_ ABSL_GUARDED_BY(commit_mutex_) = FaultPoint::kBeforeApplied;
};

}  // namespace comptoir::store
