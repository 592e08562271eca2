// Text from outside, on its way into a sentence; text for Abseil.
#pragma once

#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/base/utf8.h"

namespace comptoir {

// The distribution's Abseil has a string_view of its own.
inline absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// In quotes, control characters escaped, cut where it is long.
inline std::string Quoted(std::string_view text) {
  constexpr size_t kShownBytesMax = 64;
  return absl::StrCat("\"", absl::Utf8SafeCHexEscape(View(WholeCharacters(text, kShownBytesMax))),
                      "\"");
}

}  // namespace comptoir
