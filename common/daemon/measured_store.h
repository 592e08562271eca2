// A store that measures its commits: what a daemon shows of how quick its disk is,
// and how it knows that one can be made now.
//
// Invariants: measures synced commits only, since those are what a till waits for;
// adds no lock, and per commit two readings of the clock.
//
// Thread use: as the store beneath.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "common/base/clock.h"
#include "common/store/store.h"

namespace comptoir::daemon {

// Upper bounds of a histogram's buckets, in seconds; one more bucket has none. From
// a good disk's flush to one that is as good as gone.
inline constexpr std::array<double, 14> kCommitBucketSeconds = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

struct CommitHistogram {
  std::array<uint64_t, kCommitBucketSeconds.size() + 1> buckets{};  // each alone, not cumulative
  double seconds_sum = 0;
};

class MeasuredStore final : public store::Store {
 public:
  // Both outlive this.
  MeasuredStore(store::Store& inner, Clock& clock) : inner_(inner), clock_(clock) {}

  using Store::Begin;
  std::shared_ptr<store::Transaction> Begin(std::shared_ptr<store::Transaction> after) override {
    return inner_.Begin(std::move(after));
  }
  absl::Status Commit(std::shared_ptr<store::Transaction> transaction,
                      store::Durability durability) override;
  std::unique_ptr<store::Snapshot> NewSnapshot() override { return inner_.NewSnapshot(); }
  absl::Status Clear(store::TableId table) override { return inner_.Clear(table); }
  absl::Status Close() override { return inner_.Close(); }

  CommitHistogram commits() const;
  // Boot clock at the end of the last synced commit that went well; 0 before the first.
  int64_t last_commit_ms() const { return last_commit_ms_.load(std::memory_order_relaxed); }

 private:
  store::Store& inner_;
  Clock& clock_;
  std::array<std::atomic<uint64_t>, kCommitBucketSeconds.size() + 1> buckets_{};
  std::atomic<uint64_t> nanoseconds_ = 0;
  std::atomic<int64_t> last_commit_ms_ = 0;
};

}  // namespace comptoir::daemon
