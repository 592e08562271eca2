// Files that a command is given.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace comptoir::cli {

// The whole of a file, or of standard input for "-". NOT_FOUND or
// INVALID_ARGUMENT, with the path and why, where it cannot be read or holds
// more than `bytes_max`.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max);

// The same of a file of lines: reading stops at the first one that is longer than
// `line_bytes_max`, and says its number.
absl::StatusOr<std::string> ReadLines(const std::string& path, size_t bytes_max,
                                      size_t line_bytes_max);

// Whether the last line of `text` has its end; where there is none, it lacks nothing.
bool EndsItsLastLine(std::string_view text);

}  // namespace comptoir::cli
