#include "common/rpc/live_channel.h"

#include <chrono>
#include <utility>

namespace comptoir::rpc {

using std::chrono::steady_clock;

void LiveChannel::Set(Channel channel) {
  MutexLock lock(&mutex_);
  channel_ = std::move(channel);
  changed_.SignalAll();
}

void LiveChannel::Close() {
  MutexLock lock(&mutex_);
  closed_ = true;
  changed_.SignalAll();
}

LiveChannel::Channel LiveChannel::Next(const Channel& last, int64_t pause_ms) {
  const auto until = steady_clock::now() + std::chrono::milliseconds(pause_ms);
  MutexLock lock(&mutex_);
  while (!closed_) {
    const auto left = until - steady_clock::now();
    const bool is_paused = channel_ == last && left > left.zero();
    if (channel_ != nullptr && !is_paused) return channel_;
    if (channel_ == nullptr) {
      changed_.Wait(&mutex_);
    } else {
      changed_.WaitFor(&mutex_, left);
    }
  }
  return nullptr;
}

}  // namespace comptoir::rpc
