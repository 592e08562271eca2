// The machine's random source.
#pragma once

#include "common/base/clock.h"

namespace comptoir::platform {

// Fit for keys and tokens. Waits only on a machine that has just started and
// has not gathered any randomness yet.
class SystemRandom final : public Random {
 public:
  void Fill(std::span<uint8_t> bytes) override;
};

}  // namespace comptoir::platform
