// A small disk of a test's own: a tmpfs that nobody else sees, gone with the test.
// Needs root, as does every mount.
//
// In a mount namespace of the thread that makes it, and of the programs that it starts;
// so to be made, and looked into, on the test's thread.
#pragma once

#include <cstdint>
#include <string>

namespace comptoir::testing {

class SmallDisk {
 public:
  // At `path`, an empty folder that is there.
  SmallDisk(std::string path, uint64_t bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  uint64_t FreeBytes() const;
  // Takes all but `free_bytes` of what is left, by a file beside everything else; or
  // gives back, so that as much is free.
  void LeaveFree(uint64_t free_bytes);
  // Takes the file away.
  void Empty();

 private:
  const std::string path_;
  const std::string filler_;
  uint64_t filled_bytes_ = 0;
};

}  // namespace comptoir::testing
