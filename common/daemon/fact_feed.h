// Who watches facts, and the one thread that reads for them: a step each by turns, so
// that neither a large ledger nor many who watch take more than one core.
//
// Thread use: any.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <thread>

#include "absl/status/status.h"
#include "common/base/mutex.h"

namespace comptoir::daemon {

// One who watches. Must not call Add or Remove from within.
class FactWatcher {
 public:
  enum class Wants {
    kStep,  // again, at once
    kLook,  // again, with `look`
    kWait,  // nothing until a call of Ready or Advanced
  };
  virtual ~FactWatcher() = default;
  // A bounded piece of work. By the feed's thread.
  virtual Wants Step(bool look) = 0;
  // The feed ends. By any thread.
  virtual void Leave(const absl::Status& reason) = 0;
};

class FactFeed {
 public:
  static constexpr size_t kWatchersMax = 32;
  // Least time between two looks at a ledger that grows all the time.
  static constexpr std::chrono::milliseconds kLookPause{20};

  FactFeed();
  // Everyone must have left.
  ~FactFeed();

  // The ledger has grown. Does not block.
  void Advanced();
  // One who watches can go on. Does not block.
  void Ready();

  // False, and not added, where there are kWatchersMax.
  bool Add(FactWatcher* watcher);
  // Returns when no call of it is under way.
  void Remove(FactWatcher* watcher);
  // Everyone is to leave, and those that come later.
  void Close(const absl::Status& reason);

 private:
  void Loop();
  // False once it is time to stop; `*look`: the ledger may have grown.
  bool WaitForWork(bool* look);
  void StepAll(bool look);

  // Held while watchers are called, and taken before `mutex_`.
  Mutex watchers_mutex_;
  std::set<FactWatcher*> watchers_ ABSL_GUARDED_BY(watchers_mutex_);
  std::optional<absl::Status> closed_ ABSL_GUARDED_BY(watchers_mutex_);
  Mutex mutex_;
  CondVar wake_;
  bool ready_ ABSL_GUARDED_BY(mutex_) = false;
  bool advanced_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::chrono::steady_clock::time_point next_look_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace comptoir::daemon
