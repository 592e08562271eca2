#include "cli/files.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <string_view>

namespace comptoir::cli {
namespace {

constexpr size_t kReadBytes = 64 << 10;

// Finds lines that are too long, chunk by chunk.
class LineMeter {
 public:
  explicit LineMeter(size_t line_bytes_max) : line_bytes_max_(line_bytes_max) {}

  // False once a line is too long; `line()` is its number then.
  bool Take(std::string_view chunk) {
    while (true) {
      const size_t end = chunk.find_first_of("\r\n");
      length_ += std::min(end, chunk.size());
      if (length_ > line_bytes_max_) return false;
      if (end == std::string_view::npos) return true;
      ++(chunk[end] == '\n' ? line_feeds_ : carriage_returns_);
      chunk.remove_prefix(end + 1);
      length_ = 0;
    }
  }
  size_t line() const { return 1 + std::max(line_feeds_, carriage_returns_); }

 private:
  const size_t line_bytes_max_;
  size_t length_ = 0;
  size_t line_feeds_ = 0;
  size_t carriage_returns_ = 0;  // alone or before a line feed, but hardly both in one file
};

absl::StatusOr<std::string> ReadAll(std::FILE* file, const std::string& path, size_t bytes_max,
                                    LineMeter meter) {
  std::string content;
  while (true) {
    const size_t before = content.size();
    content.resize(before + kReadBytes);
    const size_t count = std::fread(content.data() + before, 1, kReadBytes, file);
    content.resize(before + count);
    if (!meter.Take(std::string_view(content).substr(before))) {
      return absl::InvalidArgumentError(path + ":" + std::to_string(meter.line()) +
                                        ": this line is too long to be one: is it the right file?");
    }
    if (content.size() > bytes_max) {
      return absl::InvalidArgumentError(path + ": more than " + std::to_string(bytes_max) +
                                        " bytes");
    }
    if (count == kReadBytes) continue;
    if (std::ferror(file) == 0) return content;
    return absl::InvalidArgumentError(path + ": " + std::strerror(errno));
  }
}

absl::StatusOr<std::string> Read(const std::string& path, size_t bytes_max, LineMeter meter) {
  if (path == "-") return ReadAll(stdin, "standard input", bytes_max, meter);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (file == nullptr) return absl::NotFoundError(path + ": " + std::strerror(errno));
  return ReadAll(file.get(), path, bytes_max, meter);
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max) {
  return Read(path, bytes_max, LineMeter(std::numeric_limits<size_t>::max()));
}

absl::StatusOr<std::string> ReadLines(const std::string& path, size_t bytes_max,
                                      size_t line_bytes_max) {
  return Read(path, bytes_max, LineMeter(line_bytes_max));
}

bool EndsItsLastLine(std::string_view text) {
  return text.empty() || text.ends_with('\n') || text.ends_with('\r');
}

}  // namespace comptoir::cli
