#include "common/base/code.h"

#include "absl/strings/str_cat.h"
#include "common/base/text.h"
#include "common/base/utf8.h"

namespace comptoir {

absl::Status CheckCode(std::string_view what, std::string_view text) {
  if (IsCode(text)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(View(what), " ", Quoted(text),
                   " is not a code: use 1 to 32 of a-z, 0-9 and '-', not starting with '-'"));
}

std::string CodeOf(std::string_view name) {
  std::string code;
  for (const char c : FoldCase(name)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      code.push_back(c);
    } else if (!code.empty() && code.back() != '-') {
      code.push_back('-');
    }
  }
  if (code.size() > kCodeBytesMax) code.resize(kCodeBytesMax);
  while (!code.empty() && code.back() == '-') code.pop_back();
  return code;
}

}  // namespace comptoir
