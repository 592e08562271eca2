// Short hands for putting effects together.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "common/sync/session.h"

namespace comptoir::sync {

// The frame of a new SendFrame at the end of `*effects`; good until the next is added.
inline v1::Frame& AddFrame(Effects* effects) {
  return std::get<SendFrame>(effects->emplace_back(SendFrame{})).frame;
}

// The longest beginning of `text` of at most `bytes_max` that cuts no UTF-8
// character in two, so that a frame which carries it still parses.
inline std::string Shorten(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end));
}

}  // namespace comptoir::sync
