#include "common/rpc/coop_stock_watch.h"

#include <utility>

#include "common/rpc/status.h"

namespace comptoir::rpc {

CoopStockWatch::CoopStockWatch(replica::CoopStockFeed& feed, const journal::Writer& peer,
                               const sync::v1::WatchCoopStockRequest& request,
                               std::function<void()> on_done)
    : feed_(feed),
      node_(peer.node),
      own_shop_(peer.shop),
      on_done_(std::move(on_done)),
      run_(request.run()),
      cursor_(request.cursor()) {
  // So that the other end learns our certificate before the first update.
  StartSendInitialMetadata();
  feed_.Add(this);
}

void CoopStockWatch::Look() {
  const absl::Status good = feed_.CheckWatcher(node_);
  MutexLock lock(&mutex_);
  if (!good.ok() && !leaving_.has_value()) leaving_ = good;
  FinishIfLeaving();
  WriteIfDue();
}

void CoopStockWatch::WriteIfDue() {
  if (writing_ || finished_ || leaving_.has_value()) return;
  const int64_t now_ms = feed_.clock().BootMillis();
  const bool silent = written_boot_ms_ == 0 || now_ms - written_boot_ms_ >= kSilenceMsMax;
  auto update = feed_.UpdateAfter(run_, cursor_, own_shop_, /*even_empty=*/silent);
  if (!update.has_value()) return;
  update_ = *std::move(update);
  run_ = update_.run();
  cursor_ = update_.cursor();
  written_boot_ms_ = now_ms;
  writing_ = true;
  StartWrite(&update_);
}

void CoopStockWatch::OnWriteDone(bool ok) {
  MutexLock lock(&mutex_);
  writing_ = false;
  if (!ok && !leaving_.has_value()) leaving_ = absl::CancelledError("the stream broke");
  FinishIfLeaving();
  WriteIfDue();
}

void CoopStockWatch::Leave(const absl::Status& reason) {
  MutexLock lock(&mutex_);
  if (!leaving_.has_value()) leaving_ = reason;
  FinishIfLeaving();
}

void CoopStockWatch::FinishIfLeaving() {
  if (!leaving_.has_value() || writing_ || finished_) return;
  finished_ = true;
  Finish(ToGrpc(*leaving_));
}

// A write under way ends by itself then.
void CoopStockWatch::OnCancel() { Leave(absl::CancelledError("the stream was cancelled")); }

void CoopStockWatch::OnDone() {
  feed_.Remove(this);
  on_done_();
  delete this;
}

}  // namespace comptoir::rpc
