// The sales of one till on their way to the node: which goes next, which wait
// for their answer, which go again after a broken stream.
//
// Invariants:
// - answers come in the order of the requests, so what is unanswered is one run
//   of sales, at most `window` long;
// - a sale is passed on only by its answer: after a break everything unanswered
//   goes again, under its first request id, so that none is sold twice (R11).
//
// Thread use: one thread sends, one takes answers.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/base/mutex.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::cli {

class TillFeed {
 public:
  using Clock = std::chrono::steady_clock;

  struct Options {
    size_t window = 8;                           // sales unanswered at once, from 1
    std::optional<double> sales_per_second;      // absent: as fast as answers come
    std::chrono::milliseconds patience{60'000};  // longest wait for an answer
  };

  // `sales` with their request ids.
  TillFeed(std::vector<shop::v1::RecordSaleRequest> sales, Options options);

  // A stream begins: what is unanswered will be sent again.
  void Open() ABSL_LOCKS_EXCLUDED(mutex_);
  // Waits for the window and the pace, then gives the next sale; it stays valid
  // as long as the feed. Null once the stream is closed, the feed is done,
  // or no answer came in `patience`: then the stream is of no more use.
  const shop::v1::RecordSaleRequest* WaitNext() ABSL_LOCKS_EXCLUDED(mutex_);
  // Did WaitNext give up on this stream for want of an answer?
  bool is_stalled() const ABSL_LOCKS_EXCLUDED(mutex_);
  // The answer to `request_id`. INTERNAL where that is not the oldest sale on
  // its way.
  absl::Status Answer(std::string_view request_id) ABSL_LOCKS_EXCLUDED(mutex_);
  // The stream has ended: WaitNext gives null.
  void Close() ABSL_LOCKS_EXCLUDED(mutex_);

  // Nothing more is sent. What is on its way may still be answered while its stream lasts.
  void Stop() ABSL_LOCKS_EXCLUDED(mutex_);

  size_t answered() const ABSL_LOCKS_EXCLUDED(mutex_);
  // All is answered; or, stopped, nothing is on its way any more.
  bool is_done() const ABSL_LOCKS_EXCLUDED(mutex_);
  size_t size() const { return sales_.size(); }

 private:
  bool IsDone() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool MaySend(Clock::time_point now) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Clock::duration WaitMax(Clock::time_point now) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::vector<shop::v1::RecordSaleRequest> sales_;
  const Options options_;
  mutable Mutex mutex_;
  CondVar changed_;
  bool is_open_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_stopped_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_stalled_ ABSL_GUARDED_BY(mutex_) = false;
  size_t answered_ ABSL_GUARDED_BY(mutex_) = 0;  // sales before this one are done
  size_t sent_ ABSL_GUARDED_BY(mutex_) = 0;      // sales before this one are on this stream
  Clock::time_point next_send_ ABSL_GUARDED_BY(mutex_);
  Clock::time_point last_progress_ ABSL_GUARDED_BY(mutex_);
};

// Baskets from text: a sale a line, `code=quantity code=quantity …`; empty lines
// and what follows a `#` are passed over. INVALID_ARGUMENT names every bad line.
struct BasketOptions {
  std::string till;
  std::string payment;  // as ParsePayment takes it; empty: cash
  std::optional<size_t> sales_max;
  bool takes_large = false;  // quantities over kUsualQuantityMilliMax are meant
  std::string file;          // that bad lines are named after
};
// `random` names the till's session: with the same 12 bytes the same text makes
// the same requests. `lines`, where given, gets the line of each sale.
absl::StatusOr<std::vector<shop::v1::RecordSaleRequest>> ReadBaskets(
    std::string_view text, const BasketOptions& options, Random& random,
    std::vector<size_t>* lines = nullptr);

}  // namespace comptoir::cli
