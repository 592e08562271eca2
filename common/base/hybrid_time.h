// Hybrid logical time (Kulkarni and others, 2014): 48 bits of milliseconds
// since 1970 and a 16-bit counter in one integer, so that plain comparison
// orders entries (R10).
#pragma once

#include <compare>
#include <cstdint>

namespace comptoir {

class HybridTime {
 public:
  static constexpr int kCounterBits = 16;

  constexpr HybridTime() = default;
  constexpr explicit HybridTime(uint64_t value) : value_(value) {}
  static constexpr HybridTime FromMillis(int64_t millis, uint16_t counter = 0) {
    return HybridTime(static_cast<uint64_t>(millis < 0 ? 0 : millis) << kCounterBits | counter);
  }

  constexpr uint64_t value() const { return value_; }
  constexpr int64_t millis() const { return static_cast<int64_t>(value_ >> kCounterBits); }
  constexpr uint16_t counter() const { return static_cast<uint16_t>(value_); }
  // The next instant; a full counter carries into the milliseconds. The last
  // instant of all is its own successor: time never goes back.
  constexpr HybridTime Successor() const {
    return HybridTime(value_ == UINT64_MAX ? value_ : value_ + 1);
  }
  constexpr auto operator<=>(const HybridTime&) const = default;

 private:
  uint64_t value_ = 0;
};

}  // namespace comptoir
