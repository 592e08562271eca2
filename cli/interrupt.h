// Ctrl-C of a command that goes on until then: SIGINT and SIGTERM, taken by a thread of
// their own and told to whoever waits.
//
// Thread use: any. Made before gRPC starts its threads: they inherit that these signals
// are not for them.
#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

#include "common/base/mutex.h"

namespace comptoir::cli {

class Interrupt {
 public:
  Interrupt();
  // Signals do again what they did before.
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  bool has_come() const;
  // Called once it comes, at once where it has; null for nobody. Returns when no call
  // of the one before is under way.
  void OnCome(std::function<void()> listener);
  // Sleeps; true as soon as it has come.
  bool WaitFor(std::chrono::milliseconds patience);

 private:
  void Loop();

  sigset_t signals_{};
  sigset_t before_{};
  mutable Mutex mutex_;
  CondVar came_;
  bool has_come_ ABSL_GUARDED_BY(mutex_) = false;
  std::function<void()> listener_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace comptoir::cli
