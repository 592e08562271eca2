#include "common/platform/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <span>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace comptoir::platform {
namespace {

constexpr size_t kReadBytes = 64 << 10;

// Closes when it goes. Nothing is written through it after the last fsync, so
// that the result of close says nothing new.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int get() const { return descriptor_; }
  bool open() const { return descriptor_ >= 0; }

 private:
  const int descriptor_;
};

// Of the system call that just failed.
absl::Status Failure(std::string_view doing, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", std::string(doing), " ", path));
}

std::string ParentOf(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::Status WriteAll(const File& file, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = write(file.get(), content.data(), content.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return Failure("write", path);
    }
    content.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

// A new name is on the disk only once the folder that holds it is.
absl::Status FlushFolder(const std::string& path) {
  const File folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.open()) return Failure("open the folder", path);
  if (fsync(folder.get()) != 0) return Failure("flush the folder", path);
  return absl::OkStatus();
}

absl::Status WriteAndFlush(const std::string& path, std::string_view content, FileReaders readers) {
  const File file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.open()) return Failure("create", path);
  // Before the content: a left-over of an earlier write may be open to more.
  if (fchmod(file.get(), readers == FileReaders::kOwner ? 0600 : 0644) != 0) {
    return Failure("set who may read", path);
  }
  COMPTOIR_RETURN_IF_ERROR(WriteAll(file, content, path));
  if (fsync(file.get()) != 0) return Failure("flush", path);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max) {
  const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open()) return Failure("open", path);
  std::string content;
  while (true) {
    const size_t held = content.size();
    // One byte past the limit, to tell a full file from one that is too long.
    const size_t room = std::min(kReadBytes, bytes_max - held + 1);
    content.resize(held + room);
    const ssize_t got = read(file.get(), content.data() + held, room);
    content.resize(held + (got > 0 ? static_cast<size_t>(got) : 0));
    if (got < 0) {
      if (errno == EINTR) continue;
      return Failure("read", path);
    }
    if (got == 0) return content;
    if (content.size() > bytes_max) {
      return absl::ResourceExhaustedError(
          absl::StrCat(path, " is longer than the ", bytes_max, " bytes that it may have"));
    }
  }
}

absl::Status WriteFileDurably(const std::string& path, std::string_view content,
                              FileReaders readers) {
  const std::string fresh = path + ".new";
  absl::Status status = WriteAndFlush(fresh, content, readers);
  if (status.ok() && rename(fresh.c_str(), path.c_str()) != 0) status = Failure("replace", path);
  if (!status.ok()) {
    unlink(fresh.c_str());
    return status;
  }
  return FlushFolder(ParentOf(path));
}

absl::Status MakeFolder(const std::string& path, FileReaders readers) {
  if (mkdir(path.c_str(), readers == FileReaders::kOwner ? 0700 : 0755) != 0) {
    if (errno != EEXIST) return Failure("make the folder", path);
    struct stat found {};
    if (stat(path.c_str(), &found) != 0) return Failure("look at", path);
    if (!S_ISDIR(found.st_mode)) {
      return absl::FailedPreconditionError(absl::StrCat(path, " is there and is not a folder"));
    }
  }
  return FlushFolder(ParentOf(path));
}

absl::Status ReserveFile(const std::string& path, uint64_t bytes) {
  absl::Status status;
  {
    const File file(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.open()) return Failure("create", path);
    // Its result is an error number; errno stays as it was.
    const int error = posix_fallocate(file.get(), 0, static_cast<off_t>(bytes));
    if (error != 0) {
      status = absl::ErrnoToStatus(error, absl::StrCat("cannot keep space for ", path));
    } else if (fsync(file.get()) != 0) {
      status = Failure("flush", path);
    }
  }
  if (!status.ok()) {
    unlink(path.c_str());
    return status;
  }
  return FlushFolder(ParentOf(path));
}

uint64_t AllocatedBytes(const std::string& path) {
  constexpr uint64_t kStatBlockBytes = 512;  // whatever the file system's are
  struct stat found {};
  if (stat(path.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) return 0;
  return static_cast<uint64_t>(found.st_blocks) * kStatBlockBytes;
}

absl::Status RemoveFile(const std::string& path) {
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return Failure("remove", path);
  return FlushFolder(ParentOf(path));
}

absl::StatusOr<uint64_t> FreeDiskBytes(const std::string& path) {
  struct statvfs disk {};
  while (statvfs(path.c_str(), &disk) != 0) {
    if (errno != EINTR) return Failure("look at the disk of", path);
  }
  return uint64_t{disk.f_bavail} * uint64_t{disk.f_frsize};
}

}  // namespace comptoir::platform
