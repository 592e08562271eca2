// Text of the standard library for Abseil, whose string_view is its own here.
#pragma once

#include <string_view>

#include "absl/strings/string_view.h"

namespace comptoir::identity {

// Shows the same bytes.
inline absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace comptoir::identity
