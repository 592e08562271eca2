// Randomness of a run: everything that a run draws comes from its seed.
#pragma once

#include <cstdint>
#include <span>

#include "common/base/clock.h"

namespace comptoir::simulation {

// Mixes 64 bits so that neighbours have nothing in common (Steele and others, 2014).
constexpr uint64_t Mix(uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

// One thread. Draws of one part of the world move no draw of another: each has its
// own, forked from the seed.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(Mix(seed)) {}
  Dice Fork(uint64_t part) const { return Dice(state_ ^ Mix(part)); }

  uint64_t Next() { return Mix(state_++); }
  // 0 to below `limit`, which is above zero.
  uint64_t Below(uint64_t limit) { return Next() % limit; }
  // Both ends are in it.
  int64_t Between(int64_t least, int64_t most) {
    return least + static_cast<int64_t>(Below(static_cast<uint64_t>(most - least) + 1));
  }
  bool OneIn(uint64_t many) { return Below(many) == 0; }
  bool Percent(uint64_t chance) { return Below(100) < chance; }

 private:
  uint64_t state_;
};

// What the product draws: journal ids, series, runs.
class MachineRandom : public Random {
 public:
  explicit MachineRandom(Dice dice) : dice_(dice) {}
  void Fill(std::span<uint8_t> bytes) override {
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(dice_.Next());
  }

 private:
  Dice dice_;
};

}  // namespace comptoir::simulation
