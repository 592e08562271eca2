// Group commit: many callers fill one open batch while the one before it is
// being flushed; one flush makes all of them durable (R5).
//
// Invariants:
// - at most one batch is being flushed and one is open, the open one standing
//   on the other, so that what fills it reads everything submitted before;
// - callbacks run in the order of submission, after their batch is durable;
// - after a failed commit nothing is acknowledged any more (R9).
//
// Thread use: any; `mutex` is the ledger's one lock. With Flusher::kOwner there are
// no threads but the owner's one, so that a simulator can stop the world between
// any two steps; all else is the same code.
#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "common/base/mutex.h"
#include "common/store/store.h"

namespace comptoir::ledger {

enum class Flusher {
  kThreads,  // two threads of GroupCommit, as soon as Submit was called, and Flush
  kOwner,    // Pump, and nothing else
};

class GroupCommit {
 public:
  // Told what became of a batch: OK once durable. Runs without the lock, on a thread of
  // this class or of whoever calls Flush, also for others: it must not block.
  using Done = std::function<void(const absl::Status&)>;

  // `on_failure` is called when a commit fails or a batch is poisoned, before
  // anyone is answered; maybe under the lock.
  explicit GroupCommit(store::Store& store,
                       std::function<void(const absl::Status&)> on_failure = nullptr,
                       Flusher flusher = Flusher::kThreads);
  // Flushes what is open, runs its callbacks, joins.
  ~GroupCommit();

  // Why nothing can be written any more, or OK.
  absl::Status health() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  store::Transaction& open() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) { return *open_; }
  // `done` belongs to what was written to open() so far.
  void Submit(Done done) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  // The same for a thread that calls Flush before it waits for anything: until then
  // nobody is woken.
  void SubmitForFlush(Done done) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  // Flushes and answers on this thread where one alone waits, which saves waking
  // another thread and being woken; else leaves it to the committer, so that those who
  // come meanwhile share a flush. May give the mutex up meanwhile. With Flusher::kOwner
  // all have been answered on return.
  void Flush() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  // Blocks until nothing is open, being flushed or unanswered: the store is then all
  // there is. Not to be called by a callback.
  void WaitUntilIdle() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  // Submits and flushes what was written to open() since WaitUntilIdle, alone. May give
  // the mutex up meanwhile.
  void FlushAlone(Done done) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  // Something failed half-way through filling open(): it is never written, and
  // neither is anything after it.
  void Poison(const absl::Status& why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  // Blocks until open() holds fewer than `bytes`, so that a fast sender cannot
  // fill memory.
  void WaitForRoom(size_t bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  // With Flusher::kOwner: something waits for Pump.
  bool waits() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) { return !waiting_.empty(); }
  // With Flusher::kOwner: flushes the open batch and answers who waits for it, on
  // this thread. False where nothing waits. Not from a callback.
  bool Pump() ABSL_LOCKS_EXCLUDED(mutex);

  Mutex mutex;

 private:
  struct Finished {
    absl::Status status;
    std::vector<Done> callbacks;
  };

  void CommitLoop();
  void FlushOnce() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  void NotifyLoop();
  static void RunCallbacks(Finished& finished);

  store::Store& store_;
  const std::function<void(const absl::Status&)> on_failure_;
  const Flusher flusher_;
  CondVar work_;         // open batch has something, or stop
  CondVar notify_work_;  // finished_ has something, or stop
  CondVar room_;
  std::shared_ptr<store::Transaction> open_ ABSL_GUARDED_BY(mutex);
  std::vector<Done> waiting_ ABSL_GUARDED_BY(mutex);
  std::vector<Finished> finished_ ABSL_GUARDED_BY(mutex);
  bool flushing_ ABSL_GUARDED_BY(mutex) = false;
  size_t last_group_ ABSL_GUARDED_BY(mutex) = 0;  // how many shared the last flush
  bool notifying_ ABSL_GUARDED_BY(mutex) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex) = false;
  bool commits_ended_ ABSL_GUARDED_BY(mutex) = false;
  absl::Status failure_ ABSL_GUARDED_BY(mutex);
  std::thread committer_;
  std::thread notifier_;
};

}  // namespace comptoir::ledger
