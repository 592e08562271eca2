// Watches over a daemon that runs: asks its health, and tells those who should know.
// gRPC's health service and the log hear of changes; systemd's watchdog is fed only
// while a sale can be recorded, or is refused for want of disk only, so that a daemon
// that hangs is started anew.
//
// Thread use: made and destroyed by one thread; Tick by one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "common/base/mutex.h"
#include "common/daemon/health.h"

namespace comptoir::daemon {

class Supervisor {
 public:
  struct Wiring {
    Health* health = nullptr;
    std::function<void(bool)> set_serving;  // of gRPC's health service
    // A line for whoever asks the service manager how it goes.
    std::function<std::string()> status_line;
    // Once a minute, for what changes slowly.
    std::function<void()> each_minute = nullptr;
  };
  // Probes and ticks once before it returns; then by itself, on threads of its own.
  explicit Supervisor(Wiring wiring);
  ~Supervisor();

  // Once a second.
  void Tick();

 private:
  // Calls `task` every `seconds` until the end.
  void Repeat(int seconds, const std::function<void()>& task);

  const Wiring wiring_;
  const bool watched_;  // the service manager wants to be fed
  std::optional<bool> serving_;
  std::string told_;
  uint64_t ticks_ = 0;
  Mutex mutex_;
  CondVar wake_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread ticker_;
  std::thread prober_;  // apart: a probe blocks with the disk
};

}  // namespace comptoir::daemon
