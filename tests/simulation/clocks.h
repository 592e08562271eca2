// Clocks of the simulated machines, over the run's virtual time.
#pragma once

#include <cstdint>

#include "common/base/clock.h"

namespace comptoir::simulation {

// 2026-11-23 10:00:00 UTC, when every run begins.
inline constexpr int64_t kStartWallMs = 1'795'428'000'000;

// One machine's: it drifts, jumps, and starts anew with the machine.
class MachineClock : public Clock {
 public:
  explicit MachineClock(const int64_t* now_ms) : now_ms_(now_ms) {}

  int64_t WallMillis() override { return kStartWallMs + *now_ms_ + offset_ms_ + Drifted(); }
  int64_t BootMillis() override { return *now_ms_ - started_ms_ + 1'000; }
  int UtcOffsetMinutes(int64_t) override { return 60; }
  bool IsSynchronised() override { return synchronised_; }

  void Start() {
    started_ms_ = *now_ms_;
    steady_ = offset_ms_ == 0 && drift_ppm_ == 0;
  }
  // Right when its machine started, and since then no nearer to right than a jump that
  // nobody would vouch for.
  bool steady() const { return steady_; }
  // The wall clock alone.
  void Jump(int64_t milliseconds) {
    offset_ms_ += milliseconds;
    steady_ = steady_ && (offset_ms_ > 3'600'000 || offset_ms_ < -3'600'000);
  }
  void SetDrift(int64_t parts_per_million) {
    offset_ms_ += Drifted();
    drift_from_ms_ = *now_ms_;
    drift_ppm_ = parts_per_million;
    steady_ = false;
  }
  // Someone sets it right.
  void Correct() {
    offset_ms_ = 0;
    drift_ppm_ = 0;
  }

 private:
  int64_t Drifted() const { return (*now_ms_ - drift_from_ms_) * drift_ppm_ / 1'000'000; }

  const int64_t* const now_ms_;
  int64_t started_ms_ = 0;
  int64_t offset_ms_ = 0;
  int64_t drift_ppm_ = 0;
  int64_t drift_from_ms_ = 0;
  bool synchronised_ = false;
  bool steady_ = true;
};

}  // namespace comptoir::simulation
