#include "cli/files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace comptoir::cli {
namespace {

constexpr size_t kChunkBytes = 64 << 10;

absl::StatusOr<std::string> ReadAll(std::FILE* file, const std::string& path, size_t bytes_max) {
  std::string content;
  while (true) {
    const size_t before = content.size();
    content.resize(before + kChunkBytes);
    const size_t count = std::fread(content.data() + before, 1, kChunkBytes, file);
    content.resize(before + count);
    if (content.size() > bytes_max) {
      return absl::InvalidArgumentError(path + ": more than " + std::to_string(bytes_max) +
                                        " bytes");
    }
    if (count == kChunkBytes) continue;
    if (std::ferror(file) == 0) return content;
    return absl::InvalidArgumentError(path + ": " + std::strerror(errno));
  }
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max) {
  if (path == "-") return ReadAll(stdin, "standard input", bytes_max);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (file == nullptr) return absl::NotFoundError(path + ": " + std::strerror(errno));
  return ReadAll(file.get(), path, bytes_max);
}

}  // namespace comptoir::cli
