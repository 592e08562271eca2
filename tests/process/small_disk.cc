#include "tests/process/small_disk.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "tests/process/harness.h"

namespace comptoir::testing {
namespace {

std::string Why(const std::string& what) {
  return what + ": " + std::strerror(errno) + " (this test must run as root)";
}

}  // namespace

SmallDisk::SmallDisk(std::string path, uint64_t bytes)
    : path_(std::move(path)), filler_(path_ + "/filler") {
  Require(unshare(CLONE_NEWNS) == 0, Why("no mount namespace of its own"));
  Require(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, Why("not private"));
  const std::string options = "size=" + std::to_string(bytes);
  Require(mount("tmpfs", path_.c_str(), "tmpfs", 0, options.c_str()) == 0, Why("no tmpfs"));
}

SmallDisk::~SmallDisk() { umount2(path_.c_str(), MNT_DETACH); }

uint64_t SmallDisk::FreeBytes() const {
  struct statvfs disk {};
  Require(statvfs(path_.c_str(), &disk) == 0, Why("the disk does not say what is free"));
  return uint64_t{disk.f_bavail} * disk.f_frsize;
}

void SmallDisk::LeaveFree(uint64_t free_bytes) {
  const int file = open(filler_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  Require(file >= 0, Why("no filler"));
  // Others take and give meanwhile: what could not be had is tried again, smaller.
  int error = ENOSPC;
  for (int tries = 0; tries < 100 && error == ENOSPC; ++tries) {
    const uint64_t room = FreeBytes() + filled_bytes_;
    const uint64_t fill = room > free_bytes ? room - free_bytes : 0;
    Require(ftruncate(file, static_cast<off_t>(std::min(fill, filled_bytes_))) == 0, Why("filler"));
    error = fill == 0 ? 0 : posix_fallocate(file, 0, static_cast<off_t>(fill));
    if (error == 0) filled_bytes_ = fill;
  }
  close(file);
  Require(error == 0, "the disk could not be filled");
}

void SmallDisk::Empty() {
  Require(unlink(filler_.c_str()) == 0, Why("the filler stays"));
  filled_bytes_ = 0;
}

}  // namespace comptoir::testing
