#include "common/base/code.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace comptoir {

absl::Status CheckCode(std::string_view what, std::string_view text) {
  if (IsCode(text)) return absl::OkStatus();
  const absl::string_view shown(text.data(), text.size() < 64 ? text.size() : 64);
  return absl::InvalidArgumentError(
      absl::StrCat(absl::string_view(what.data(), what.size()), " \"", absl::CHexEscape(shown),
                   "\" is not a code: use 1 to 32 of a-z, 0-9 and '-', not starting with '-'"));
}

}  // namespace comptoir
