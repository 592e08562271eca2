#include "common/ledger/group_commit.h"

#include <utility>

#include "common/base/planted.h"
#include "common/base/status.h"

namespace comptoir::ledger {

GroupCommit::GroupCommit(store::Store& store, std::function<void(const absl::Status&)> on_failure,
                         Flusher flusher)
    : store_(store), on_failure_(std::move(on_failure)), flusher_(flusher) {
  {
    MutexLock lock(&mutex);
    open_ = store_.Begin();
  }
  if (flusher_ == Flusher::kOwner) return;
  committer_ = std::thread([this] { CommitLoop(); });
  notifier_ = std::thread([this] { NotifyLoop(); });
}

GroupCommit::~GroupCommit() {
  if (flusher_ == Flusher::kOwner) {
    while (Pump()) {
    }
    return;
  }
  {
    MutexLock lock(&mutex);
    stopping_ = true;
    work_.SignalAll();
  }
  committer_.join();
  notifier_.join();
}

absl::Status GroupCommit::health() const { return failure_; }

void GroupCommit::Submit(Done done) {
  waiting_.push_back(std::move(done));
  if (waiting_.size() == 1) work_.Signal();
}

void GroupCommit::SubmitForFlush(Done done) { waiting_.push_back(std::move(done)); }

void GroupCommit::Flush() {
  // Whoever flushes sees to what waits by then.
  if (waiting_.empty() || flushing_) return;
  // Where several share a flush, whoever comes first would flush for itself alone.
  const bool alone = waiting_.size() == 1 && last_group_ <= 1;
  if (alone || flusher_ == Flusher::kOwner) {
    FlushOnce();
  } else {
    work_.Signal();
  }
}

void GroupCommit::WaitUntilIdle() {
  while (flushing_ || !waiting_.empty() || !finished_.empty() || notifying_) {
    if (flusher_ == Flusher::kThreads) {
      room_.Wait(&mutex);
    } else {
      FlushOnce();
    }
  }
}

void GroupCommit::FlushAlone(Done done) {
  waiting_.push_back(std::move(done));
  FlushOnce();
}

void GroupCommit::Poison(const absl::Status& why) {
  if (failure_.ok()) {
    failure_ = why;
    if (on_failure_) on_failure_(why);
  }
  work_.Signal();
}

void GroupCommit::WaitForRoom(size_t bytes) {
  while (open_->bytes() >= bytes && failure_.ok() && !stopping_) {
    if (flusher_ == Flusher::kThreads) {
      room_.Wait(&mutex);
    } else {
      FlushOnce();
    }
  }
}

bool GroupCommit::Pump() {
  MutexLock lock(&mutex);
  COMPTOIR_CHECK(flusher_ == Flusher::kOwner && !flushing_ && !notifying_);
  if (waiting_.empty()) return false;
  FlushOnce();
  // Alone on its thread, FlushOnce left no answer to the notifier.
  COMPTOIR_CHECK(finished_.empty());
  return true;
}

void GroupCommit::RunCallbacks(Finished& finished) {
  for (Done& done : finished.callbacks) done(finished.status);
}

void GroupCommit::CommitLoop() {
  MutexLock lock(&mutex);
  while (!stopping_ || flushing_ || !waiting_.empty()) {
    if (flushing_ || waiting_.empty()) {
      work_.Wait(&mutex);
    } else {
      FlushOnce();
    }
  }
  commits_ended_ = true;
  room_.SignalAll();
  notify_work_.SignalAll();
}

void GroupCommit::FlushOnce() {
  flushing_ = true;
  std::shared_ptr<store::Transaction> batch = std::move(open_);
  open_ = store_.Begin(batch);
  Finished finished{failure_, std::move(waiting_)};
  waiting_.clear();
  last_group_ = finished.callbacks.size();
  room_.SignalAll();
  if (finished.status.ok()) {
    mutex.Unlock();
    if (COMPTOIR_PLANTED(kAnswerBeforeFlush)) RunCallbacks(finished);
    const auto durability =
        COMPTOIR_PLANTED(kSkipFlush) ? store::Durability::kBuffered : store::Durability::kSynced;
    finished.status = store_.Commit(std::move(batch), durability);
    if (COMPTOIR_PLANTED(kIgnoreFailedWrite)) finished.status = absl::OkStatus();
    if (COMPTOIR_PLANTED(kAnswerBeforeFlush)) finished.callbacks.clear();
    if (!finished.status.ok() && on_failure_) on_failure_(finished.status);
    mutex.Lock();
    if (!finished.status.ok() && failure_.ok()) failure_ = finished.status;
  }
  flushing_ = false;
  if (!waiting_.empty() || stopping_) work_.Signal();
  // With nothing else to flush, answering here saves a change of thread; else
  // the next flush goes on beside the answers. Order is kept either way.
  if (waiting_.empty() && finished_.empty() && !notifying_) {
    notifying_ = true;
    mutex.Unlock();
    RunCallbacks(finished);
    mutex.Lock();
    notifying_ = false;
  } else {
    finished_.push_back(std::move(finished));
  }
  room_.SignalAll();
  // To wake it for nothing costs a change of thread for each flush.
  if (!finished_.empty()) notify_work_.Signal();
}

void GroupCommit::NotifyLoop() {
  MutexLock lock(&mutex);
  while (true) {
    while ((finished_.empty() || notifying_) && !(commits_ended_ && finished_.empty())) {
      notify_work_.Wait(&mutex);
    }
    if (finished_.empty()) return;
    std::vector<Finished> batches = std::move(finished_);
    finished_.clear();
    notifying_ = true;
    mutex.Unlock();
    for (Finished& batch : batches) RunCallbacks(batch);
    mutex.Lock();
    notifying_ = false;
    room_.SignalAll();
  }
}

}  // namespace comptoir::ledger
