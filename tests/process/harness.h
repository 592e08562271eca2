// What a test cannot go on without.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace comptoir::testing {

// Ends the test, whatever is on the stack: GoogleTest reports what is thrown,
// and daemons and folders are tidied up on the way.
[[noreturn]] inline void GiveUp(const std::string& why) { throw std::runtime_error(why); }

inline void Require(bool condition, const std::string& why) {
  if (!condition) GiveUp(why);
}

template <typename Value>
Value Required(absl::StatusOr<Value> value) {
  if (!value.ok()) GiveUp(value.status().ToString());
  return *std::move(value);
}

// A number from the environment, else `otherwise`.
inline uint64_t SettingOr(const char* name, uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoull(text);
}

// What a test draws from, printed so that it can be drawn again.
inline uint64_t Seed(uint64_t otherwise) {
  const uint64_t seed = SettingOr("COMPTOIR_SEED", otherwise);
  std::cout << "COMPTOIR_SEED=" << seed << std::endl;
  return seed;
}

}  // namespace comptoir::testing
