// Codes: the short names that people choose for products, producers, shops and
// nodes: [a-z0-9][a-z0-9-]{0,31}.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/base/limits.h"

namespace comptoir {

constexpr bool IsCode(std::string_view text) {
  if (text.empty() || text.size() > kCodeBytesMax || text.front() == '-') return false;
  for (char c : text) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
  }
  return true;
}

// INVALID_ARGUMENT with a sentence that names `what` ("product", "shop") and
// says how a code is written.
absl::Status CheckCode(std::string_view what, std::string_view text);

// A code made of a name: "L'Épicerie du Pré" is "l-epicerie-du-pre". Empty where the name has
// no letter that a code could have.
std::string CodeOf(std::string_view name);

}  // namespace comptoir
