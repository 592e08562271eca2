#include "common/sync/backoff.h"

#include <algorithm>

namespace comptoir::sync {

int64_t Backoff::NextDelayMs(uint64_t random) {
  // A ceiling of a minute against 64 random bits: the bias of the remainder is nil.
  const auto delay_ms = static_cast<int64_t>(random % static_cast<uint64_t>(ceiling_ms_ + 1));
  ceiling_ms_ = std::min(ceiling_ms_ * 2, kMostMs);
  return delay_ms;
}

}  // namespace comptoir::sync
