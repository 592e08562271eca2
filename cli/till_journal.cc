#include "cli/till_journal.h"

#include <utility>

#include "cli/json.h"
#include "cli/request_id.h"
#include "common/base/utf8.h"

namespace comptoir::cli {
namespace {

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

TillJournal::Totals TillJournal::totals() const {
  const MutexLock lock(&mutex_);
  return totals_;
}

bool TillJournal::is_sound() const {
  const MutexLock lock(&mutex_);
  return (events_ == nullptr || events_->good()) && (answers_ == nullptr || answers_->good());
}

}  // namespace comptoir::cli
