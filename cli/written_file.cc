#include "cli/written_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "common/base/status.h"

namespace comptoir::cli {
namespace {

constexpr int kMode = 0666;  // less what the user's mask takes away

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

absl::StatusOr<std::unique_ptr<WrittenFile>> WrittenFile::Create(const std::string& path) {
  const std::string temporary = path + ".new";
  const int descriptor = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode);
  if (descriptor < 0) return absl::InvalidArgumentError(path + ": " + std::strerror(errno));
  return std::unique_ptr<WrittenFile>(new WrittenFile(path, descriptor));
}

WrittenFile::~WrittenFile() {
  if (descriptor_ >= 0) close(descriptor_);
  if (!committed_) unlink(temporary_.c_str());
}

absl::Status WrittenFile::Failure(int error) const {
  return absl::InvalidArgumentError(path_ + ": " + std::strerror(error));
}

absl::Status WrittenFile::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failure(errno);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return absl::OkStatus();
}

absl::Status WrittenFile::Close() {
  const int synced = fsync(descriptor_);
  const int sync_error = errno;
  const int closed = close(descriptor_);
  descriptor_ = -1;
  if (synced != 0) return Failure(sync_error);
  if (closed != 0) return Failure(errno);
  return absl::OkStatus();
}

absl::Status WrittenFile::Commit() {
  COMPTOIR_RETURN_IF_ERROR(Close());
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return Failure(errno);
  committed_ = true;
  const int folder = open(FolderOf(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return Failure(errno);
  const int synced = fsync(folder);
  const int error = errno;
  close(folder);
  // Some file systems of sticks sync no folders by themselves, and say so.
  if (synced != 0 && error != EINVAL && error != ENOTSUP) return Failure(error);
  return absl::OkStatus();
}

}  // namespace comptoir::cli
