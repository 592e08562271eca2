// Waiting for what other threads and processes do, without guessing how long it takes.
#pragma once

#include <chrono>
#include <thread>

namespace comptoir::testing {

// Generous: only a test that fails waits for so long, and sanitizers are slow.
inline constexpr std::chrono::seconds kPatience(60);
inline constexpr std::chrono::milliseconds kPause(3);

// True as soon as `condition()` is; false when it was not within `patience`.
template <typename Condition>
bool Eventually(Condition condition, std::chrono::milliseconds patience = kPatience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return condition();
    std::this_thread::sleep_for(kPause);
  }
  return true;
}

}  // namespace comptoir::testing
