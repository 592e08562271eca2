#include "cli/cursor_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "cli/files.h"
#include "common/base/status.h"

namespace comptoir::cli {
namespace {

// What a service gives is far shorter.
constexpr size_t kCursorTextBytesMax = 2 << 20;

std::string NewFileOf(const std::string& path) { return path + ".new"; }

absl::Status NotWritten(const std::string& path) {
  return absl::InvalidArgumentError(path + ": cannot be written: " + std::strerror(errno));
}

}  // namespace

absl::StatusOr<std::string> ParseCursor(std::string_view text) {
  const absl::string_view trimmed =
      absl::StripAsciiWhitespace(absl::string_view(text.data(), text.size()));
  std::string cursor;
  if (!trimmed.empty() && absl::Base64Unescape(trimmed, &cursor) && !cursor.empty()) return cursor;
  return absl::InvalidArgumentError(
      "a cursor is written in base64, as 'comptoir watch --json' prints it");
}

absl::StatusOr<std::string> ReadCursorFile(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error) && !error) return std::string();
  COMPTOIR_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kCursorTextBytesMax));
  absl::StatusOr<std::string> cursor = ParseCursor(text);
  if (cursor.ok()) return cursor;
  return absl::InvalidArgumentError(path +
                                    ": this is no cursor that 'watch' left; to begin anew, "
                                    "name a file that does not exist");
}

absl::Status CheckCursorFile(const std::string& path) {
  const std::string next = NewFileOf(path);
  if (!std::ofstream(next, std::ios::app)) return NotWritten(path);
  std::remove(next.c_str());
  return absl::OkStatus();
}

absl::Status WriteCursorFile(const std::string& path, std::string_view cursor) {
  const std::string next = NewFileOf(path);
  std::ofstream file(next, std::ios::trunc);
  file << absl::Base64Escape(absl::string_view(cursor.data(), cursor.size())) << '\n';
  file.close();
  if (file && std::rename(next.c_str(), path.c_str()) == 0) return absl::OkStatus();
  return NotWritten(path);
}

}  // namespace comptoir::cli
