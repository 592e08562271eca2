// A folder that a test has for itself, gone with all that is in it at the end.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <system_error>

#include "common/base/status.h"

namespace comptoir::testing {

class TemporaryFolder {
 public:
  explicit TemporaryFolder(
      const std::filesystem::path& parent = std::filesystem::temp_directory_path())
      : path_((parent / "comptoir-XXXXXX").string()) {
    COMPTOIR_CHECK(::mkdtemp(path_.data()) != nullptr);
  }
  // Where flushes cost nothing, when the machine has such a place: for tests
  // that flush thousands of times and cut no real power.
  static std::filesystem::path QuickParent() {
    return ::access("/dev/shm", W_OK) == 0 ? std::filesystem::path("/dev/shm")
                                           : std::filesystem::temp_directory_path();
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  // The path of `name` in the folder; nothing is made there.
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Copies the files of a folder that a program works in, as they stood at one
// instant: again, should a file have come, gone or grown meanwhile.
inline void CopyLiveFolder(const std::string& source, const std::string& target) {
  const auto sizes = [&source] {
    std::map<std::string, uintmax_t> found;
    std::error_code gone;
    for (const auto& file : std::filesystem::directory_iterator(source)) {
      found[file.path().filename().string()] = file.file_size(gone);
    }
    return found;
  };
  while (true) {
    const auto before = sizes();
    std::filesystem::remove_all(target);
    std::filesystem::create_directory(target);
    std::error_code failure;
    for (const auto& [name, size] : before) {
      std::filesystem::copy_file(source + "/" + name, target + "/" + name, failure);
      if (failure) break;
    }
    if (!failure && before == sizes()) return;
  }
}

}  // namespace comptoir::testing
