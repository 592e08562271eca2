// Small files beside the store: keys, certificates, the witness. Errors carry
// the path and the system's own word for what went wrong.
//
// Any number of threads, but one writer of one path at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comptoir::platform {

enum class FileReaders {
  kOwner,     // keys, tokens
  kEveryone,  // certificates
};

// The whole file. NOT_FOUND when there is none; RESOURCE_EXHAUSTED when it is
// longer than `bytes_max`.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max);

// Puts `content` in the place of what `path` held. When it returns OK the new
// content survives a power cut; when it fails, or the power goes meanwhile, the
// file is what it was before or the new one, whole. Goes by way of
// `path` + ".new", which a later write of the same path takes over.
absl::Status WriteFileDurably(const std::string& path, std::string_view content,
                              FileReaders readers);

// Makes `path` if it is not there; its parent must be. When it returns OK the
// folder survives a power cut. FAILED_PRECONDITION when something else has that name.
absl::Status MakeFolder(const std::string& path, FileReaders readers);

// Makes `path` a file for which the disk keeps `bytes`, whatever else is written to it:
// on the disk when it returns OK. Not every file system can: AllocatedBytes says.
absl::Status ReserveFile(const std::string& path, uint64_t bytes);
// What the disk keeps for the file `path`; 0 where there is none.
uint64_t AllocatedBytes(const std::string& path);
// Removes it, and waits until the disk has taken note; OK where there is none.
absl::Status RemoveFile(const std::string& path);

// Bytes that this process may still write on the disk that holds `path`.
absl::StatusOr<uint64_t> FreeDiskBytes(const std::string& path);

}  // namespace comptoir::platform
