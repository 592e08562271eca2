#include "node/till_stream.h"

#include <utility>

#include "common/retail/reasons.h"

namespace comptoir::node {

TillStream::TillStream(SaleRecorder& recorder) : recorder_(recorder) { StartRead(&request_); }

void TillStream::OnReadDone(bool ok) {
  Slot* slot = nullptr;
  {
    MutexLock lock(&mutex_);
    if (!ok) {
      reads_ended_ = true;
      Advance();
      return;
    }
    slots_.push_back(std::make_unique<Slot>());
    slot = slots_.back().get();
    slot->answer.set_request_id(request_.request_id());
    ++under_way_;
  }
  recorder_.RecordSale(request_, memory_,
                       [this, slot](absl::StatusOr<shop::v1::SaleRecorded> result) {
                         Answer(slot, std::move(result));
                       });
  {
    MutexLock lock(&mutex_);
    // Only now is request_ free for the next one.
    reads_paused_ = slots_.size() >= kUnderWayMax;
    if (!reads_paused_) StartRead(&request_);
  }
  // With the next read under way, so that sales which come meanwhile share a flush.
  recorder_.Flush();
}

void TillStream::Answer(Slot* slot, absl::StatusOr<shop::v1::SaleRecorded> result) {
  bool finished = false;
  {
    MutexLock lock(&mutex_);
    if (result.ok()) {
      *slot->answer.mutable_recorded() = *std::move(result);
    } else {
      shop::v1::Refusal* refusal = slot->answer.mutable_refusal();
      refusal->set_code(static_cast<int32_t>(result.status().code()));
      refusal->set_reason(retail::ReasonOf(result.status()));
      refusal->set_message(std::string(result.status().message()));
    }
    slot->ready = true;
    --under_way_;
    Advance();
    finished = Finished();
  }
  if (finished) delete this;
}

void TillStream::OnWriteDone(bool ok) {
  MutexLock lock(&mutex_);
  writing_ = false;
  slots_.pop_front();
  if (reads_paused_) {
    reads_paused_ = false;
    StartRead(&request_);
  }
  if (!ok) reads_ended_ = true;
  Advance();
}

void TillStream::Advance() {
  if (done_ || writing_ || finishing_) return;
  if (!slots_.empty() && slots_.front()->ready) {
    writing_ = true;
    StartWrite(&slots_.front()->answer);
    return;
  }
  if (reads_ended_ && slots_.empty()) {
    finishing_ = true;
    Finish(grpc::Status::OK);
  }
}

void TillStream::OnDone() {
  bool finished = false;
  {
    MutexLock lock(&mutex_);
    done_ = true;
    finished = Finished();
  }
  if (finished) delete this;
}

}  // namespace comptoir::node
