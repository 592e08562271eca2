#include "common/replica/pulse.h"

#include <utility>

namespace comptoir::replica {

Pulse::Pulse(std::chrono::milliseconds pause, std::function<void()> beat)
    : pause_(pause), beat_(std::move(beat)), thread_([this] { Loop(); }) {}

Pulse::~Pulse() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
    stopped_.SignalAll();
  }
  thread_.join();
}

void Pulse::Loop() {
  while (true) {
    beat_();
    const auto due = std::chrono::steady_clock::now() + pause_;
    MutexLock lock(&mutex_);
    while (!stopping_) {
      const auto left = due - std::chrono::steady_clock::now();
      if (left <= left.zero()) break;
      stopped_.WaitFor(&mutex_, left);
    }
    if (stopping_) return;
  }
}

}  // namespace comptoir::replica
