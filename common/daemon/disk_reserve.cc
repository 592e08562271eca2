#include "common/daemon/disk_reserve.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/platform/files.h"
#include "common/platform/logging.h"
#include "common/retail/reasons.h"

namespace comptoir::daemon {
namespace {

using platform::Log;
using platform::LogLevel;

// So much more than needed before writes are let through again: else they would be
// refused and not, and refused, while the disk is at the very edge.
constexpr uint64_t kResumeShare = 8;
// Of the reserve: what the engine needs to read its log again and file it.
constexpr uint64_t kOpenShare = 4;
constexpr uint64_t kOpenBytesLeast = 8 << 20;

// "1.5 MiB", rounded down: what is free is not made more than it is.
std::string MibText(uint64_t bytes) {
  const uint64_t tenths = (bytes * 10) >> 20;
  return absl::StrCat(tenths / 10, ".", tenths % 10, " MiB");
}

}  // namespace

DiskReserve::DiskReserve(Wiring wiring)
    : wiring_([&wiring] {
        if (!wiring.free_bytes) {
          wiring.free_bytes = [folder = wiring.folder] { return platform::FreeDiskBytes(folder); };
        }
        return std::move(wiring);
      }()) {}

std::string DiskReserve::BallastPath() const { return wiring_.folder + "/ballast"; }

uint64_t DiskReserve::NeededLocked() const {
  const uint64_t missing = wiring_.reserve_bytes - std::min(wiring_.reserve_bytes, ballast_bytes_);
  return wiring_.reserve_bytes + missing;
}

absl::Status DiskReserve::PrepareToOpen() {
  MutexLock lock(&mutex_);
  ballast_bytes_ = platform::AllocatedBytes(BallastPath());
  LookLocked();
  if (!refusing_) return absl::OkStatus();
  if (ballast_bytes_ > 0) {
    Log(LogLevel::kWarning,
        "the disk is full: the ballast is given up, so that the store can open and sync; nothing "
        "is recorded until there is space",
        {{"free_bytes", free_bytes_}, {"ballast_bytes", ballast_bytes_}});
    COMPTOIR_RETURN_IF_ERROR(platform::RemoveFile(BallastPath()));
    ballast_bytes_ = 0;
    LookLocked();
  }
  const uint64_t least = std::max(wiring_.reserve_bytes / kOpenShare, kOpenBytesLeast);
  if (free_bytes_ >= least) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("the disk of ", wiring_.folder, " is full: ", MibText(free_bytes_),
                   " are free, and the store needs ", MibText(least),
                   " to open: free space there, then start again"));
}

void DiskReserve::LookLocked() {
  look_at_ms_ = wiring_.clock->BootMillis() + kLookMs;
  bytes_left_ = static_cast<int64_t>(kLookBytes);
  const auto free = wiring_.free_bytes();
  // A system that does not say hinders nobody: the engine will find out.
  if (!free.ok()) {
    refusing_ = false;
    return;
  }
  free_bytes_ = *free;
  uint64_t needed = NeededLocked();
  if (refusing_) needed += wiring_.reserve_bytes / kResumeShare;
  refusing_ = free_bytes_ < needed;
}

absl::Status DiskReserve::RefusalLocked() const {
  const uint64_t needed = NeededLocked();
  return retail::WithReason(
      absl::ResourceExhaustedError(
          absl::StrCat("nothing is recorded: the disk is nearly full, ", MibText(free_bytes_),
                       " are free and ", MibText(needed), " are needed: free space on the disk of ",
                       wiring_.folder, "; it goes on by itself then")),
      retail::kDiskReserve);
}

absl::Status DiskReserve::Check(uint64_t bytes) {
  const int64_t left =
      bytes_left_.fetch_sub(static_cast<int64_t>(bytes), std::memory_order_relaxed);
  if (left <= static_cast<int64_t>(bytes) ||
      wiring_.clock->BootMillis() >= look_at_ms_.load(std::memory_order_relaxed)) {
    MutexLock lock(&mutex_);
    LookLocked();
  }
  if (!refusing_) return absl::OkStatus();
  MutexLock lock(&mutex_);
  return RefusalLocked();
}

void DiskReserve::Tick() {
  {
    MutexLock lock(&mutex_);
    ballast_bytes_ = platform::AllocatedBytes(BallastPath());
    LookLocked();
    if (refusing_ || ballast_bytes_ >= wiring_.reserve_bytes) return;
    if (free_bytes_ < NeededLocked()) return;
  }
  const absl::Status made = platform::ReserveFile(BallastPath(), wiring_.reserve_bytes);
  MutexLock lock(&mutex_);
  ballast_bytes_ = platform::AllocatedBytes(BallastPath());
  LookLocked();
  if (made.ok() && ballast_bytes_ >= wiring_.reserve_bytes) {
    told_.clear();
    return;
  }
  std::string trouble = made.ok() ? "this file system keeps no space for it" : made.ToString();
  if (trouble != told_) {
    Log(LogLevel::kWarning, "no ballast: a start on a full disk may fail",
        {{"why", trouble}, {"path", BallastPath()}});
  }
  told_ = std::move(trouble);
}

DiskReserve::View DiskReserve::view() const {
  MutexLock lock(&mutex_);
  return {free_bytes_, wiring_.reserve_bytes, ballast_bytes_, refusing_};
}

}  // namespace comptoir::daemon
