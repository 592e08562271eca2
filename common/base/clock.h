// Time and randomness as interfaces: what decides anything takes them as
// arguments, so that a test or a simulator can be the one who gives them.
#pragma once

#include <cstdint>
#include <span>

namespace comptoir {

// Thread safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // Milliseconds since 1970; may jump either way.
  virtual int64_t WallMillis() = 0;
  // Milliseconds since the machine started, sleep included; never goes back.
  virtual int64_t BootMillis() = 0;
  // Offset of the shop's time zone from UTC at `wall_millis`, in minutes.
  virtual int UtcOffsetMinutes(int64_t wall_millis) = 0;
  // The system vouches for the wall clock: something keeps it synchronised (R10).
  virtual bool IsSynchronised() = 0;
};

// Thread safe. Fit for keys and tokens when it is the platform's.
class Random {
 public:
  virtual ~Random() = default;
  virtual void Fill(std::span<uint8_t> bytes) = 0;

  uint64_t Next64() {
    uint8_t bytes[8];
    Fill(bytes);
    uint64_t value = 0;
    for (uint8_t byte : bytes) value = value << 8 | byte;
    return value;
  }
};

}  // namespace comptoir
