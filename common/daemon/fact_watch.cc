#include "common/daemon/fact_watch.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/rpc/status.h"

namespace comptoir::daemon {

void FactWatch::Start(FactReader reader) {
  {
    MutexLock lock(&mutex_);
    reader_.emplace(std::move(reader));
  }
  if (feed_.Add(this)) return;
  Leave(absl::ResourceExhaustedError(
      absl::StrCat("as many as may (", FactFeed::kWatchersMax,
                   ") watch already: end one of them, or come back later")));
}

FactWatch::Wants FactWatch::Step(bool look) {
  MutexLock lock(&mutex_);
  if (writing_ || finished_ || leaving_.has_value()) return Wants::kWait;
  absl::StatusOr<FactReader::Step> step = reader_->ReadOn(look);
  if (!step.ok()) {
    leaving_ = step.status();
    FinishIfLeaving();
    return Wants::kWait;
  }
  if (step->message.has_value()) {
    message_ = *std::move(step->message);
    writing_ = true;
    StartWrite(&message_);
    return Wants::kWait;
  }
  if (step->next == FactReader::Next::kLook) return Wants::kLook;
  return step->next == FactReader::Next::kStep ? Wants::kStep : Wants::kWait;
}

void FactWatch::OnWriteDone(bool ok) {
  {
    MutexLock lock(&mutex_);
    writing_ = false;
    if (!ok && !leaving_.has_value()) leaving_ = absl::CancelledError("the stream broke");
    FinishIfLeaving();
    if (finished_) return;
  }
  feed_.Ready();
}

void FactWatch::Leave(const absl::Status& reason) {
  MutexLock lock(&mutex_);
  if (!leaving_.has_value()) leaving_ = reason;
  FinishIfLeaving();
}

void FactWatch::FinishIfLeaving() {
  if (!leaving_.has_value() || writing_ || finished_) return;
  finished_ = true;
  Finish(rpc::ToGrpc(*leaving_));
}

// A write under way ends by itself then.
void FactWatch::OnCancel() { Leave(absl::CancelledError("the stream was cancelled")); }

void FactWatch::OnDone() {
  feed_.Remove(this);
  delete this;
}

}  // namespace comptoir::daemon
