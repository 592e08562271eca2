// Full-jitter exponential backoff (Brooker, 2015): each wait is uniform between
// zero and a ceiling that doubles from 0.5 s to 60 s.
#pragma once

#include <cstdint>

namespace comptoir::sync {

class Backoff {
 public:
  static constexpr int64_t kFirstMs = 500;
  static constexpr int64_t kMostMs = 60'000;

  // Milliseconds to wait before the next try; `random` is 64 uniform bits.
  int64_t NextDelayMs(uint64_t random);
  // The link worked: start over.
  void Reset() { ceiling_ms_ = kFirstMs; }

 private:
  int64_t ceiling_ms_ = kFirstMs;
};

}  // namespace comptoir::sync
