// The file in which `watch` keeps how far it has shown: the cursor in base64, one line,
// as --json prints it.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comptoir::cli {

// Bytes of a cursor as --json prints it. INVALID_ARGUMENT where it is not base64.
absl::StatusOr<std::string> ParseCursor(std::string_view text);

// Empty where there is no such file. INVALID_ARGUMENT, naming it, where it holds
// anything but one cursor.
absl::StatusOr<std::string> ReadCursorFile(const std::string& path);
// INVALID_ARGUMENT where a cursor could not be kept there.
absl::Status CheckCursorFile(const std::string& path);
// By a new file that takes the place of the old: whoever reads sees one or the other,
// also after a kill. It is not waited for until it is on the disk: after a power cut
// an older cursor may stand there. INVALID_ARGUMENT where it cannot be written.
absl::Status WriteCursorFile(const std::string& path, std::string_view cursor);

}  // namespace comptoir::cli
