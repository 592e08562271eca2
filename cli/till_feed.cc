#include "cli/till_feed.h"

#include <algorithm>
#include <utility>

#include "cli/csv.h"
#include "cli/parse.h"
#include "cli/request_id.h"
#include "cli/sale_words.h"
#include "common/base/status.h"
#include "common/base/utf8.h"

namespace comptoir::cli {
namespace {

using shop::v1::RecordSaleRequest;

constexpr size_t kBadLinesShownMax = 20;

// Takes the word at the front of `*line`; empty at its end.
std::string_view ConsumeWord(std::string_view* line) {
  const size_t begin = line->find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  line->remove_prefix(begin);
  const size_t end = std::min(line->find_first_of(" \t\r"), line->size());
  const std::string_view word = line->substr(0, end);
  line->remove_prefix(end);
  return word;
}

absl::StatusOr<RecordSaleRequest> ReadBasket(std::string_view line, bool takes_large) {
  RecordSaleRequest request;
  for (std::string_view word = ConsumeWord(&line); !word.empty(); word = ConsumeWord(&line)) {
    COMPTOIR_RETURN_IF_ERROR(AddArticle(word, takes_large, &request));
  }
  return request;
}

}  // namespace

TillFeed::TillFeed(std::vector<RecordSaleRequest> sales, Options options)
    : sales_(std::move(sales)), options_(options) {
  COMPTOIR_CHECK(options_.window > 0);
}

void TillFeed::Open() {
  const MutexLock lock(&mutex_);
  is_open_ = true;
  is_stalled_ = false;
  sent_ = answered_;
  last_progress_ = Clock::now();
  next_send_ = std::max(next_send_, last_progress_);
}

bool TillFeed::MaySend(Clock::time_point now) const {
  return !is_stopped_ && sent_ < sales_.size() && sent_ - answered_ < options_.window &&
         now >= next_send_;
}

TillFeed::Clock::duration TillFeed::WaitMax(Clock::time_point now) const {
  const bool waits_for_pace =
      !is_stopped_ && sent_ < sales_.size() && sent_ - answered_ < options_.window;
  const Clock::duration until_stalled = last_progress_ + options_.patience - now;
  return waits_for_pace ? std::min(until_stalled, next_send_ - now) : until_stalled;
}

const RecordSaleRequest* TillFeed::WaitNext() {
  const MutexLock lock(&mutex_);
  while (is_open_ && !IsDone()) {
    const Clock::time_point now = Clock::now();
    if (MaySend(now)) {
      if (options_.sales_per_second) {
        next_send_ += std::chrono::duration_cast<Clock::duration>(
            std::chrono::duration<double>(1 / *options_.sales_per_second));
      }
      if (sent_ == answered_) last_progress_ = now;  // nothing was waited for until here
      return &sales_[sent_++];
    }
    const bool is_waiting = sent_ > answered_;
    if (is_waiting && now - last_progress_ >= options_.patience) {
      is_stalled_ = true;
      return nullptr;
    }
    if (is_waiting) {
      changed_.WaitFor(&mutex_, WaitMax(now));
    } else {
      changed_.WaitFor(&mutex_, next_send_ - now);
    }
  }
  return nullptr;
}

absl::Status TillFeed::Answer(std::string_view request_id) {
  const MutexLock lock(&mutex_);
  if (answered_ == sent_ || sales_[answered_].request_id() != request_id) {
    return absl::InternalError("the node answered a sale out of turn: " +
                               RequestIdText(request_id));
  }
  ++answered_;
  last_progress_ = Clock::now();
  changed_.SignalAll();
  return absl::OkStatus();
}

void TillFeed::Stop() {
  const MutexLock lock(&mutex_);
  is_stopped_ = true;
  changed_.SignalAll();
}

bool TillFeed::IsDone() const {
  return answered_ == sales_.size() || (is_stopped_ && sent_ == answered_);
}

bool TillFeed::is_done() const {
  const MutexLock lock(&mutex_);
  return IsDone();
}

void TillFeed::Close() {
  const MutexLock lock(&mutex_);
  is_open_ = false;
  // What was on its way is not any more; where more follows, it goes again.
  if (is_stopped_) sent_ = answered_;
  changed_.SignalAll();
}

bool TillFeed::is_stalled() const {
  const MutexLock lock(&mutex_);
  return is_stalled_;
}

size_t TillFeed::answered() const {
  const MutexLock lock(&mutex_);
  return answered_;
}

absl::StatusOr<std::vector<RecordSaleRequest>> ReadBaskets(std::string_view text,
                                                           const BasketOptions& options,
                                                           Random& random,
                                                           std::vector<size_t>* lines) {
  std::vector<RecordSaleRequest> sales;
  std::string bad_lines;
  size_t bad_count = 0;
  RequestIds request_ids(random);
  retail::v1::Payment payment;
  if (!options.payment.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(payment, ParsePayment(options.payment));
  }
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  for (size_t line_number = 1; !text.empty() && bad_count < kBadLinesShownMax; ++line_number) {
    if (options.sales_max && sales.size() == *options.sales_max) break;
    const std::string_view line = ConsumeLine(&text);
    absl::StatusOr<RecordSaleRequest> request =
        ReadBasket(line.substr(0, line.find('#')), options.takes_large);
    if (!request.ok()) {
      bad_lines += (options.file.empty() ? "line " : options.file + ":") +
                   std::to_string(line_number) + ": " + std::string(request.status().message()) +
                   "\n";
      ++bad_count;
      continue;
    }
    if (request->lines().empty()) continue;
    request->set_request_id(request_ids.Next());
    request->set_till(options.till);
    if (!options.payment.empty()) *request->add_payments() = payment;
    sales.push_back(*std::move(request));
    if (lines != nullptr) lines->push_back(line_number);
  }
  if (bad_count > 0) return absl::InvalidArgumentError(bad_lines + "nothing was sold");
  return sales;
}

}  // namespace comptoir::cli
