// Text from outside, on its way into a sentence; text for Abseil.
#pragma once

#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace comptoir {

// The distribution's Abseil has a string_view of its own.
inline absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// In quotes, control characters escaped, cut where it is long, but no UTF-8
// character in two: sentences travel and are kept as protobuf's strings, which
// would not parse again.
inline std::string Quoted(std::string_view text) {
  constexpr size_t kShownBytesMax = 64;
  size_t end = text.size();
  if (end > kShownBytesMax) {
    end = kShownBytesMax;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  }
  return absl::StrCat("\"", absl::Utf8SafeCHexEscape(View(text.substr(0, end))), "\"");
}

}  // namespace comptoir
