// A file that a command writes: whole under its name, or not at all.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comptoir::cli {

// Bytes go to `path` + ".new" until Commit. Errors name the path and say why, in the
// system's words. One thread.
class WrittenFile {
 public:
  static absl::StatusOr<std::unique_ptr<WrittenFile>> Create(const std::string& path);
  // Takes what is not committed away.
  ~WrittenFile();
  WrittenFile(const WrittenFile&) = delete;
  WrittenFile& operator=(const WrittenFile&) = delete;

  absl::Status Write(std::string_view bytes);
  // When it returns OK, the file is on the disk (or the stick) under its name, in the
  // place of what had that name, and may be unplugged.
  absl::Status Commit();

 private:
  WrittenFile(std::string path, int descriptor)
      : path_(std::move(path)), temporary_(path_ + ".new"), descriptor_(descriptor) {}
  absl::Status Failure(int error) const;
  absl::Status Close();

  const std::string path_;
  const std::string temporary_;
  int descriptor_;  // -1: closed
  bool committed_ = false;
};

}  // namespace comptoir::cli
