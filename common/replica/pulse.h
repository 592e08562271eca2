// A thread that does one thing again and again, for as long as it lives.
//
// Thread use: any; not from within the thing that is done.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "common/base/mutex.h"

namespace comptoir::replica {

class Pulse {
 public:
  // Calls `beat` at once, then `pause` after each call has returned.
  Pulse(std::chrono::milliseconds pause, std::function<void()> beat);
  // Returns when no call is under way.
  ~Pulse();

 private:
  void Loop();

  const std::chrono::milliseconds pause_;
  const std::function<void()> beat_;
  Mutex mutex_;
  CondVar stopped_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace comptoir::replica
