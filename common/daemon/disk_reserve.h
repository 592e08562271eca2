// The reserve of free disk (R9). The store's engine cannot live on a full disk: it
// fails writes whose outcome is then unknown, and may not even open. So nothing is
// recorded while less than a reserve is free; and a ballast file of the same size,
// `ballast` in the data folder, is given up at a start that finds the disk full, so
// that the store can open, show what it holds, and bring it to its peers.
//
// Invariants:
// - writes are let through only while free space covers the reserve, and the ballast
//   too where that is not there: so it is made anew before selling resumes;
// - the disk is asked at most every kLookMs, or after kLookBytes of writes.
//
// Thread use: any, but for PrepareToOpen, which comes first.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/base/mutex.h"

namespace comptoir::daemon {

inline constexpr uint64_t kDiskReserveMibDefault = 64;
inline constexpr uint64_t kDiskReserveMibLeast = 16;
inline constexpr uint64_t kDiskReserveMibMost = 65'536;

class DiskReserve {
 public:
  static constexpr int64_t kLookMs = 20;
  static constexpr uint64_t kLookBytes = 1 << 20;

  struct Wiring {
    std::string folder;  // data folder
    uint64_t reserve_bytes = kDiskReserveMibDefault << 20;
    Clock* clock = nullptr;
    // What this process may still write there; absent: as the system says.
    std::function<absl::StatusOr<uint64_t>()> free_bytes = nullptr;
  };
  struct View {
    uint64_t free_bytes = 0;
    uint64_t reserve_bytes = 0;
    uint64_t ballast_bytes = 0;  // on the disk now
    bool refusing = false;
  };
  explicit DiskReserve(Wiring wiring);

  // Before the store is opened: gives up the ballast where the disk is full.
  // RESOURCE_EXHAUSTED when the engine could not open even so.
  absl::Status PrepareToOpen();
  // May `bytes` more be written? RESOURCE_EXHAUSTED and DISK_RESERVE with a sentence
  // that says how much is free, how much is needed and what to do.
  absl::Status Check(uint64_t bytes);
  // Looks, and makes the ballast anew where there is space. One thread, once or
  // twice a second; blocks with the disk.
  void Tick();
  View view() const;

 private:
  std::string BallastPath() const;
  // What must be free for writes to be let through.
  uint64_t NeededLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void LookLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status RefusalLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Wiring wiring_;
  // Until the next look, unless so much is written before.
  std::atomic<int64_t> look_at_ms_ = 0;
  std::atomic<int64_t> bytes_left_ = 0;
  std::atomic<bool> refusing_ = false;
  mutable Mutex mutex_;
  uint64_t free_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t ballast_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string told_;  // by Tick alone: each trouble once
};

}  // namespace comptoir::daemon
