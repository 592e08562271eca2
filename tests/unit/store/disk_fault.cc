#include "tests/unit/store/disk_fault.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace comptoir::store {
namespace {

std::atomic<int> flushes = 0;
std::atomic<bool> failing = false;

}  // namespace

int Flushes() { return flushes; }
FlushFault::FlushFault() { failing = true; }
FlushFault::~FlushFault() { failing = false; }

}  // namespace comptoir::store

extern "C" int fdatasync(int file) {
  ++comptoir::store::flushes;
  if (comptoir::store::failing) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fdatasync, file));
}
