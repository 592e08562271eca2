#include "tests/unit/store/disk_fault.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace comptoir::store {
namespace {

std::atomic<int> flushes = 0;
std::atomic<bool> failing = false;

enum class Others { kPass, kWait, kFailOnNextOwn, kFail };

// Of OthersFlushFault.
struct OthersState {
  std::mutex mutex;
  std::condition_variable changed;
  Others others = Others::kPass;
  std::thread::id maker;
  int waiting = 0;

  void Become(Others next) {
    const std::lock_guard lock(mutex);
    others = next;
    changed.notify_all();
  }
  // False when this flush is to fail.
  bool Admit() {
    std::unique_lock lock(mutex);
    if (others == Others::kPass) return true;
    if (std::this_thread::get_id() == maker) {
      if (others == Others::kFailOnNextOwn) others = Others::kFail;
      changed.notify_all();
      return true;
    }
    ++waiting;
    changed.notify_all();
    changed.wait(lock, [this] { return others == Others::kPass || others == Others::kFail; });
    --waiting;
    return others == Others::kPass;
  }
};

OthersState& State() {
  static OthersState state;
  return state;
}

}  // namespace

int Flushes() { return flushes; }
FlushFault::FlushFault() { failing = true; }
FlushFault::~FlushFault() { failing = false; }

OthersFlushFault::OthersFlushFault() {
  State().maker = std::this_thread::get_id();
  State().Become(Others::kWait);
}
OthersFlushFault::~OthersFlushFault() { State().Become(Others::kPass); }
void OthersFlushFault::AwaitOne() {
  std::unique_lock lock(State().mutex);
  State().changed.wait(lock, [] { return State().waiting > 0; });
}
void OthersFlushFault::FailOnNextOwn() { State().Become(Others::kFailOnNextOwn); }

}  // namespace comptoir::store

extern "C" int fdatasync(int file) {
  ++comptoir::store::flushes;
  if (comptoir::store::failing || !comptoir::store::State().Admit()) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fdatasync, file));
}
