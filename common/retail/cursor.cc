#include "common/retail/cursor.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/text.h"
#include "common/retail/check.h"
#include "common/retail/reasons.h"

namespace comptoir::retail {

std::string SealCursor(List list, std::string_view place) {
  std::string plain(1, static_cast<char>(list));
  plain.append(place);
  return absl::WebSafeBase64Escape(plain);
}

absl::StatusOr<std::string> OpenCursor(List list, std::string_view cursor) {
  if (cursor.empty()) return std::string();
  std::string plain;
  if (!absl::WebSafeBase64Unescape(View(cursor), &plain) || plain.size() < 2 ||
      plain.front() != static_cast<char>(list)) {
    return BadCursor();
  }
  return plain.substr(1);
}

absl::Status BadCursor() {
  return Refuse(kBadCursor, "the cursor is not one that this list gave: start without a cursor");
}

absl::StatusOr<size_t> PageSize(uint32_t requested, size_t usual, size_t most) {
  if (requested == 0) return usual;
  if (requested <= most) return requested;
  return Refuse(kBadPageSize,
                absl::StrCat("a page of ", requested, " rows is too long: ask for at most ", most));
}

}  // namespace comptoir::retail
