// A machine's disk, and what may go wrong with it where.
//
// Recovery must stay possible, so that a failure is the product's and not the
// plan's. Allowed are:
// - power cuts and kills anywhere: before a commit, between writing and flushing it,
//   after it is on the disk and before anyone was told; a power cut leaves of what was
//   not flushed as many commits as it likes, from the first on;
// - a write or a flush that fails, once or for good: the process stops (R9), and a
//   disk that fails for good is replaced by an empty one, like one that was lost;
// - a node's disk lost, or put back to an older copy; the hub's put back to an older
//   copy, never lost, since its authority is on it;
// - the end of the write-ahead log lost, with synced commits in it (R8): tables go
//   back together, and the witness beside them does not;
// - no space but for the reserve (R9), for a while;
// - rows that rot, on one disk at a time, with an error or with a bit that flipped
//   unseen in an entry, which the chain shows. What another machine still holds of it
//   must come back by itself; a disk of which something does not is replaced.
// So an acknowledged fact may vanish in one way only: every disk that held it was
// replaced or put back before another one had it. The oracle works that out from the
// disks themselves at the moment it happens (Oracle::DiskReplaced), and allows for
// that and no more. Clones are copies of a disk: both go on.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/store/memory_store.h"
#include "common/store/store.h"
#include "comptoir/journal/v1/rows.pb.h"

namespace comptoir::simulation {

enum class CommitFault {
  kNone,
  kKillBefore,     // the process dies before the write
  kKillUnflushed,  // after the write, before the flush
  kKillAfter,      // after the flush, before anyone is told
  kFailWrite,      // an error; nothing was written
  kFailFlush,      // an error; written, but a power cut would lose it
  kFailReported,   // an error; all of it is on the disk
};

class Disk final : public store::Store {
 public:
  Disk();
  // As another disk stands now, what was not flushed included.
  std::unique_ptr<Disk> Copy();

  using Store::Begin;
  std::shared_ptr<store::Transaction> Begin(std::shared_ptr<store::Transaction> after) override;
  absl::Status Commit(std::shared_ptr<store::Transaction> transaction,
                      store::Durability durability) override;
  std::unique_ptr<store::Snapshot> NewSnapshot() override { return store_.NewSnapshot(); }
  absl::Status Clear(store::TableId table) override;
  absl::Status Close() override;

  // The `commits`th synced commit from now on, 1 for the next, meets `fault`.
  void Plan(CommitFault fault, uint64_t commits);
  // Every commit fails from now on, over restarts too.
  void FailForGood() { fails_for_good_ = true; }
  bool fails_for_good() const { return fails_for_good_; }
  // The witness file beside the store (R8).
  const absl::StatusOr<journal::v1::Witness>& witness() const { return witness_; }
  void KeepWitness(journal::v1::Witness witness) { witness_ = std::move(witness); }
  // Full but for the reserve: what the ledger asks before it takes anything on.
  void SetFull(bool full) { full_ = full; }
  absl::Status Room() const;
  // A commit killed the process, or the machine was switched off: nothing that is
  // asked of the disk after that happens.
  bool off() const { return off_; }
  void SwitchOff() { off_ = true; }
  // But for the first `kept` of the commits that were not flushed: the end of the log is torn
  // anywhere. Nobody may hold a snapshot.
  void LoseUnsynced(uint64_t kept) { store_.LoseUnsynced(kept); }
  void SwitchOn();

  // A row of a table of entries or views rots, chosen by `choice`: reading it is an error,
  // or, half of the time where it is an entry, gives a bit that was not written. False where
  // the disk is empty.
  bool Rot(uint64_t choice);
  bool rotten() const { return !rotten_rows_.empty(); }
  // Of entries that rotted, those that still do not read as they were written.
  std::vector<std::pair<JournalId, Sequence>> UnsoundEntries();
  // Can all rows be read that rotted? Then it is not rotten any more.
  bool NoteMended();
  // As the product reads it, but that a bit which flipped is seen: DATA_LOSS.
  absl::StatusOr<std::optional<std::string>> Entry(JournalId journal, Sequence sequence);
  // Rows of the table of entries that rotted, by key, as they were.
  const std::map<std::string, std::string>& rotten_entries() const { return rotten_entries_; }

  // Synced commits that were asked for.
  uint64_t commits() const { return commits_; }
  // What other threads of the process do once a batch can be read, and before it is
  // flushed. May be empty.
  void set_meanwhile(std::function<void()> meanwhile) { meanwhile_ = std::move(meanwhile); }

 private:
  absl::Status Die();
  bool FlipBit(const std::string& key, uint64_t choice);
  absl::Status Write(std::shared_ptr<store::Transaction> transaction);

  store::MemoryStore store_;
  CommitFault planned_ = CommitFault::kNone;
  uint64_t planned_in_ = 0;
  uint64_t commits_ = 0;
  bool fails_for_good_ = false;
  bool full_ = false;
  absl::StatusOr<journal::v1::Witness> witness_ = absl::NotFoundError("there is no witness");
  bool off_ = false;
  std::vector<std::pair<store::TableId, std::string>> rotten_rows_;
  std::map<std::string, std::string> rotten_entries_;
  std::function<void()> meanwhile_;
};

}  // namespace comptoir::simulation
