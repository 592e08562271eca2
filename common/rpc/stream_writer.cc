#include "common/rpc/stream_writer.h"

#include <chrono>
#include <utility>

namespace comptoir::rpc {

void StreamWriter::Send(sync::v1::Frame frame) {
  MutexLock lock(&mutex_);
  if (closing_ || detached_) return;
  queue_.push_back(std::move(frame));
  if (writing_) return;
  writing_ = true;
  stream_.start_write(&queue_.front());
}

void StreamWriter::Close(const absl::Status& reason) {
  MutexLock lock(&mutex_);
  if (closing_ || detached_) return;
  closing_ = true;
  reason_ = reason;
  FinishIfDrained();
  if (finished_) return;
  close_limit_.Set(std::chrono::system_clock::now() + std::chrono::milliseconds(close_millis_max_),
                   [self = weak_from_this()](bool) {
                     if (const auto writer = self.lock()) writer->AbortIfOpen();
                   });
}

void StreamWriter::AbortIfOpen() {
  MutexLock lock(&mutex_);
  if (!finished_ && !detached_ && stream_.abort) stream_.abort();
}

void StreamWriter::OnWritten(bool ok) {
  MutexLock lock(&mutex_);
  queue_.pop_front();
  writing_ = false;
  if (!ok) queue_.clear();
  if (!queue_.empty() && !detached_) {
    writing_ = true;
    stream_.start_write(&queue_.front());
    return;
  }
  FinishIfDrained();
}

void StreamWriter::Detach() {
  MutexLock lock(&mutex_);
  detached_ = true;
}

void StreamWriter::FinishIfDrained() {
  if (!closing_ || writing_ || finished_ || detached_) return;
  finished_ = true;
  stream_.finish(reason_);
}

}  // namespace comptoir::rpc
