#include "common/daemon/measured_store.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace comptoir::daemon {
namespace {

constexpr double kNanosecondsPerSecond = 1e9;

}  // namespace

absl::Status MeasuredStore::Commit(std::shared_ptr<store::Transaction> transaction,
                                   store::Durability durability) {
  if (durability != store::Durability::kSynced) {
    return inner_.Commit(std::move(transaction), durability);
  }
  const auto begun = std::chrono::steady_clock::now();
  absl::Status status = inner_.Commit(std::move(transaction), durability);
  const auto took = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::steady_clock::now() - begun);
  const double seconds = static_cast<double>(took.count()) / kNanosecondsPerSecond;
  const auto bucket =
      std::lower_bound(kCommitBucketSeconds.begin(), kCommitBucketSeconds.end(), seconds);
  buckets_[static_cast<size_t>(bucket - kCommitBucketSeconds.begin())].fetch_add(
      1, std::memory_order_relaxed);
  nanoseconds_.fetch_add(static_cast<uint64_t>(took.count()), std::memory_order_relaxed);
  if (status.ok()) last_commit_ms_.store(clock_.BootMillis(), std::memory_order_relaxed);
  return status;
}

CommitHistogram MeasuredStore::commits() const {
  CommitHistogram histogram;
  for (size_t i = 0; i < buckets_.size(); ++i) {
    histogram.buckets[i] = buckets_[i].load(std::memory_order_relaxed);
  }
  histogram.seconds_sum =
      static_cast<double>(nanoseconds_.load(std::memory_order_relaxed)) / kNanosecondsPerSecond;
  return histogram;
}

}  // namespace comptoir::daemon
