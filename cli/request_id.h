// Request ids: a random 12-byte till session and a 4-byte counter, so that a
// repeat is known for one and a day's worth compresses well.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/base/clock.h"

namespace comptoir::cli {

inline constexpr size_t kTillSessionBytes = 12;

// Thread use: one at a time.
class RequestIds {
 public:
  // `random` must outlive it.
  explicit RequestIds(Random& random) : random_(random) {}

  // 16 bytes, never the same twice; after 2^32 a new session begins.
  std::string Next();

 private:
  Random& random_;
  std::string session_;  // empty before the first
  uint32_t counter_ = 0;
};

// 32 hexadecimal digits, and back; dashes as in a UUID are passed over.
std::string RequestIdText(std::string_view request_id);
absl::StatusOr<std::string> ParseRequestId(std::string_view text);
// The same, or a new one where `text` is empty.
absl::StatusOr<std::string> RequestIdOrNew(std::string_view text);

// Randomness of the operating system.
class SystemRandom : public Random {
 public:
  void Fill(std::span<uint8_t> bytes) override;
};

}  // namespace comptoir::cli
