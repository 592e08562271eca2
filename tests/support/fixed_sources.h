// A clock that stands where the test puts it, and randomness from a seed.
#pragma once

#include <cstdint>
#include <random>
#include <span>

#include "common/base/clock.h"
#include "common/base/mutex.h"

namespace comptoir::testing {

// 2026-11-23 10:00:00 UTC.
inline constexpr int64_t kMonday = 1'795'428'000'000;

class FixedClock : public Clock {
 public:
  int64_t WallMillis() override {
    MutexLock lock(&mutex_);
    return wall_ms_;
  }
  int64_t BootMillis() override {
    MutexLock lock(&mutex_);
    return boot_ms_;
  }
  int UtcOffsetMinutes(int64_t) override { return 60; }
  bool IsSynchronised() override {
    MutexLock lock(&mutex_);
    return synchronised_;
  }

  void SetSynchronised(bool synchronised) {
    MutexLock lock(&mutex_);
    synchronised_ = synchronised;
  }
  void Advance(int64_t milliseconds) {
    MutexLock lock(&mutex_);
    wall_ms_ += milliseconds;
    boot_ms_ += milliseconds;
  }
  // The wall clock alone.
  void Jump(int64_t milliseconds) {
    MutexLock lock(&mutex_);
    wall_ms_ += milliseconds;
  }

 private:
  Mutex mutex_;
  int64_t wall_ms_ ABSL_GUARDED_BY(mutex_) = kMonday;
  int64_t boot_ms_ ABSL_GUARDED_BY(mutex_) = 1'000;
  bool synchronised_ ABSL_GUARDED_BY(mutex_) = false;
};

class SeededRandom : public Random {
 public:
  explicit SeededRandom(uint64_t seed) : generator_(seed) {}
  void Fill(std::span<uint8_t> bytes) override {
    MutexLock lock(&mutex_);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(generator_());
  }

 private:
  Mutex mutex_;
  std::mt19937_64 generator_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comptoir::testing
