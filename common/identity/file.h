// The few file operations that keys and certificates need.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace comptoir::identity {

inline constexpr mode_t kSecretFileMode = 0600;
inline constexpr mode_t kPublicFileMode = 0644;

// Whole content. NOT_FOUND when there is no such file, PERMISSION_DENIED when
// it may not be read, FAILED_PRECONDITION when it is over kPemBytesMax.
absl::StatusOr<std::string> ReadPemFile(const std::filesystem::path& file);

// After OK the file has this content and mode, whatever the power does; after
// an error or a cut it has its old content or the new, never a part.
absl::Status WriteFileAtomically(const std::filesystem::path& file, std::string_view content,
                                 mode_t mode);

// Makes a folder for the owner alone; fine when it exists.
absl::Status MakeSecretFolder(const std::filesystem::path& folder);

// Says of an error in which file it is; a file's content is FAILED_PRECONDITION.
absl::Status InFile(const std::filesystem::path& file, const absl::Status& status);
template <typename T>
absl::StatusOr<T> InFile(const std::filesystem::path& file, absl::StatusOr<T> result) {
  if (!result.ok()) return InFile(file, result.status());
  return result;
}

}  // namespace comptoir::identity
