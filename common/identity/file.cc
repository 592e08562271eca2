#include "common/identity/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/identity/pem.h"

namespace comptoir::identity {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }

 private:
  const int value_;
};

absl::Status SystemError(std::string_view what, const std::filesystem::path& file) {
  return absl::ErrnoToStatus(
      errno, absl::StrCat(absl::string_view(what.data(), what.size()), " ", file.string()));
}

absl::Status WriteAll(int descriptor, std::string_view content, const std::filesystem::path& file) {
  while (!content.empty()) {
    const ssize_t written = write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError("cannot write", file);
    content.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status WriteNewFile(const std::filesystem::path& file, std::string_view content,
                          mode_t mode) {
  const Descriptor descriptor(
      open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
  if (descriptor.get() < 0) return SystemError("cannot create", file);
  // Before the content: one left by a cut may have another mode.
  if (fchmod(descriptor.get(), mode) != 0) return SystemError("cannot set the mode of", file);
  COMPTOIR_RETURN_IF_ERROR(WriteAll(descriptor.get(), content, file));
  if (fsync(descriptor.get()) != 0) return SystemError("cannot flush", file);
  return absl::OkStatus();
}

absl::Status SyncFolder(const std::filesystem::path& folder) {
  const Descriptor descriptor(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.get() < 0) return SystemError("cannot open", folder);
  if (fsync(descriptor.get()) != 0) return SystemError("cannot flush", folder);
  return absl::OkStatus();
}

std::filesystem::path FolderOf(const std::filesystem::path& file) {
  const std::filesystem::path folder = file.parent_path();
  return folder.empty() ? std::filesystem::path(".") : folder;
}

}  // namespace

absl::StatusOr<std::string> ReadPemFile(const std::filesystem::path& file) {
  const Descriptor descriptor(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (descriptor.get() < 0) return SystemError("cannot open", file);
  std::string content(kPemBytesMax + 1, '\0');
  size_t size = 0;
  while (size < content.size()) {
    const ssize_t got = read(descriptor.get(), content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError("cannot read", file);
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  if (size > kPemBytesMax) {
    return absl::FailedPreconditionError(absl::StrCat(
        file.string(), " is too large for a key or certificate: over ", kPemBytesMax, " bytes"));
  }
  content.resize(size);
  return content;
}

absl::Status WriteFileAtomically(const std::filesystem::path& file, std::string_view content,
                                 mode_t mode) {
  std::filesystem::path unfinished = file;
  unfinished += ".new";
  COMPTOIR_RETURN_IF_ERROR(WriteNewFile(unfinished, content, mode));
  if (rename(unfinished.c_str(), file.c_str()) != 0) return SystemError("cannot replace", file);
  return SyncFolder(FolderOf(file));
}

absl::Status MakeSecretFolder(const std::filesystem::path& folder) {
  if (mkdir(folder.c_str(), S_IRWXU) == 0) return SyncFolder(FolderOf(folder));
  if (errno != EEXIST) return SystemError("cannot create", folder);
  struct stat about = {};
  if (stat(folder.c_str(), &about) != 0) return SystemError("cannot look at", folder);
  if (S_ISDIR(about.st_mode)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(folder.string(), " is in the way: it is not a folder"));
}

absl::Status InFile(const std::filesystem::path& file, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::FailedPreconditionError(absl::StrCat(file.string(), ": ", status.message()));
}

}  // namespace comptoir::identity
