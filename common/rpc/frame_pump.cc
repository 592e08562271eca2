#include "common/rpc/frame_pump.h"

#include <chrono>
#include <utility>

namespace comptoir::rpc {

void FramePump::Send(sync::v1::Frame frame) {
  MutexLock lock(&mutex_);
  if (closing_ || detached_) return;
  queued_bytes_ += frame.ByteSizeLong();
  queue_.push_back(std::move(frame));
  if (writing_) return;
  writing_ = true;
  stream_.start_write(&queue_.front());
}

void FramePump::Handled() {
  MutexLock lock(&mutex_);
  read_due_ = true;
  ReadIfDue();
}

void FramePump::ReadIfDue() {
  if (!read_due_ || detached_ || (finished_ && !stream_.reads_to_the_end)) return;
  // Once closing, nobody handles what comes; but only a read tells of the end.
  if (queued_bytes_ > limits_.queued_bytes && !closing_) return;
  read_due_ = false;
  stream_.start_read();
}

void FramePump::Close(const absl::Status& reason) {
  MutexLock lock(&mutex_);
  if (closing_ || detached_) return;
  closing_ = true;
  reason_ = reason;
  FinishIfDrained();
  ReadIfDue();
  if (finished_) return;
  close_limit_.Set(std::chrono::system_clock::now() + std::chrono::milliseconds(limits_.close_ms),
                   [self = weak_from_this()](bool) {
                     if (const auto pump = self.lock()) pump->AbortIfOpen();
                   });
}

void FramePump::AbortIfOpen() {
  MutexLock lock(&mutex_);
  if (!finished_ && !detached_ && stream_.abort) stream_.abort();
}

void FramePump::OnWritten(bool ok) {
  MutexLock lock(&mutex_);
  queued_bytes_ -= queue_.front().ByteSizeLong();
  queue_.pop_front();
  writing_ = false;
  if (!ok) {
    queue_.clear();
    queued_bytes_ = 0;
  }
  if (!queue_.empty() && !detached_) {
    writing_ = true;
    stream_.start_write(&queue_.front());
  } else {
    FinishIfDrained();
  }
  ReadIfDue();
}

void FramePump::Detach() {
  MutexLock lock(&mutex_);
  detached_ = true;
}

void FramePump::FinishIfDrained() {
  if (!closing_ || writing_ || finished_ || detached_) return;
  finished_ = true;
  stream_.finish(reason_);
}

}  // namespace comptoir::rpc
