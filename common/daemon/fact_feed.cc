#include "common/daemon/fact_feed.h"

#include <utility>

namespace comptoir::daemon {

FactFeed::FactFeed() : thread_([this] { Loop(); }) {}

FactFeed::~FactFeed() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
    wake_.SignalAll();
  }
  thread_.join();
}

void FactFeed::Advanced() {
  MutexLock lock(&mutex_);
  // Else it is known and waits for its time: a burst of sales wakes nobody.
  if (!std::exchange(advanced_, true)) wake_.SignalAll();
}

void FactFeed::Ready() {
  MutexLock lock(&mutex_);
  ready_ = true;
  wake_.SignalAll();
}

bool FactFeed::WaitForWork(bool* look) {
  MutexLock lock(&mutex_);
  while (!stopping_ && !ready_) {
    const auto left = next_look_ - std::chrono::steady_clock::now();
    if (!advanced_) {
      wake_.Wait(&mutex_);
    } else if (left > left.zero()) {
      wake_.WaitFor(&mutex_, left);
    } else {
      break;
    }
  }
  ready_ = false;
  const auto now = std::chrono::steady_clock::now();
  *look = advanced_ && now >= next_look_;
  if (*look) {
    advanced_ = false;
    next_look_ = now + kLookPause;
  }
  return !stopping_;
}

void FactFeed::Loop() {
  bool look = false;
  while (WaitForWork(&look)) StepAll(look);
}

void FactFeed::StepAll(bool look) {
  MutexLock lock(&watchers_mutex_);
  for (FactWatcher* watcher : watchers_) {
    switch (watcher->Step(look)) {
      case FactWatcher::Wants::kStep:
        Ready();
        break;
      case FactWatcher::Wants::kLook:
        Advanced();
        break;
      case FactWatcher::Wants::kWait:
        break;
    }
  }
}

bool FactFeed::Add(FactWatcher* watcher) {
  MutexLock lock(&watchers_mutex_);
  if (watchers_.size() >= kWatchersMax) return false;
  watchers_.insert(watcher);
  if (closed_.has_value()) {
    watcher->Leave(*closed_);
  } else {
    Advanced();
  }
  return true;
}

void FactFeed::Remove(FactWatcher* watcher) {
  MutexLock lock(&watchers_mutex_);
  watchers_.erase(watcher);
}

void FactFeed::Close(const absl::Status& reason) {
  MutexLock lock(&watchers_mutex_);
  if (closed_.has_value()) return;
  closed_ = reason;
  for (FactWatcher* watcher : watchers_) watcher->Leave(reason);
}

}  // namespace comptoir::daemon
