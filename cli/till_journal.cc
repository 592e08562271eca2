#include "cli/till_journal.h"

#include <utility>

#include "cli/json.h"
#include "cli/request_id.h"
#include "common/base/utf8.h"

namespace comptoir::cli {
namespace {

constexpr size_t kPastLotsMax = 1'000;

std::string AnswerLine(const shop::v1::TillAnswer& answer) {
  const std::string id = RequestIdText(answer.request_id());
  if (answer.has_recorded()) {
    return "sold\t" + id + "\t" + Printable(answer.recorded().number()) + "\t" +
           std::to_string(answer.recorded().total_cents());
  }
  return "refused\t" + id + "\t" + Printable(answer.refusal().reason()) + "\t" +
         Printable(answer.refusal().message());
}

}  // namespace

void TillJournal::Write(const std::string& line) {
  if (events_ != nullptr) *events_ << line << '\n' << std::flush;
}

void TillJournal::OnAnswer(std::function<void(const shop::v1::TillAnswer&)> listener) {
  const MutexLock lock(&mutex_);
  on_answer_ = std::move(listener);
}

void TillJournal::OnProgress(std::function<void(uint64_t answered)> listener) {
  const MutexLock lock(&mutex_);
  on_progress_ = std::move(listener);
}

void TillJournal::Connected() {
  const MutexLock lock(&mutex_);
  Write("connected");
}

void TillJournal::Sent(std::string_view request_id) {
  const MutexLock lock(&mutex_);
  Write("sent\t" + RequestIdText(request_id));
}

void TillJournal::Answered(const shop::v1::TillAnswer& answer) {
  const MutexLock lock(&mutex_);
  if (answer.has_recorded()) {
    ++totals_.sold;
    totals_.cents += answer.recorded().total_cents();
    for (const shop::v1::LotDay& lot : answer.recorded().past_use_by()) {
      if (past_use_by_.size() == kPastLotsMax) break;
      past_use_by_.emplace(std::pair(lot.product(), lot.lot()), lot);
    }
  } else {
    ++totals_.refused;
  }
  const std::string line = AnswerLine(answer);
  Write(line);
  if (answers_ != nullptr) {
    *answers_ << (answers_as_json_ ? MessageJson(answer) : line) << '\n' << std::flush;
  }
  if (on_answer_) on_answer_(answer);
  if (on_progress_) on_progress_(totals_.sold + totals_.refused);
}

void TillJournal::Broken(std::string_view why) {
  const MutexLock lock(&mutex_);
  ++totals_.broken;
  Write("broken\t" + Printable(why));
}

std::vector<shop::v1::LotDay> TillJournal::past_use_by() const {
  const MutexLock lock(&mutex_);
  std::vector<shop::v1::LotDay> lots;
  for (const auto& [named, lot] : past_use_by_) lots.push_back(lot);
  return lots;
}

TillJournal::Totals TillJournal::totals() const {
  const MutexLock lock(&mutex_);
  return totals_;
}

bool TillJournal::is_sound() const {
  const MutexLock lock(&mutex_);
  return (events_ == nullptr || events_->good()) && (answers_ == nullptr || answers_->good());
}

}  // namespace comptoir::cli
