#include "common/base/code.h"

#include "absl/strings/str_cat.h"
#include "common/base/text.h"

namespace comptoir {

absl::Status CheckCode(std::string_view what, std::string_view text) {
  if (IsCode(text)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(View(what), " ", Quoted(text),
                   " is not a code: use 1 to 32 of a-z, 0-9 and '-', not starting with '-'"));
}

}  // namespace comptoir
