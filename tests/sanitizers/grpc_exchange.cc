// One stream of the sync service in one process, over the distribution's gRPC,
// which is built without the thread sanitizer. Said 'clean', the thread
// sanitizer must have nothing to say, so that what it says elsewhere means
// something; said 'race', it must find the one planted below, in a call that
// gRPC makes, where a suppression that is too broad hides it.
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <string_view>

#include "common/base/mutex.h"
#include "comptoir/sync/v1/sync.grpc.pb.h"

namespace {

using comptoir::CondVar;
using comptoir::Mutex;
using comptoir::MutexLock;
using comptoir::sync::v1::Frame;
using comptoir::sync::v1::SyncService;

constexpr int kFrames = 100;

struct Counts {
  Mutex mutex;
  CondVar changed;
  int guarded ABSL_GUARDED_BY(mutex) = 0;
  bool done ABSL_GUARDED_BY(mutex) = false;
  int unguarded = 0;
  std::atomic<bool> handled = false;
};

// Sends every frame back.
class Echo final : public grpc::ServerBidiReactor<Frame, Frame> {
 public:
  explicit Echo(Counts* counts) : counts_(counts) { StartRead(&frame_); }
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    {
      MutexLock lock(&counts_->mutex);
      ++counts_->guarded;
    }
    ++counts_->unguarded;
    counts_->handled.store(true, std::memory_order_relaxed);
    StartWrite(&frame_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    StartRead(&frame_);
  }
  void OnDone() override { delete this; }

 private:
  Counts* const counts_;
  Frame frame_;
};

class EchoService final : public SyncService::CallbackService {
 public:
  explicit EchoService(Counts* counts) : counts_(counts) {}
  grpc::ServerBidiReactor<Frame, Frame>* Connect(grpc::CallbackServerContext*) override {
    return new Echo(counts_);
  }

 private:
  Counts* const counts_;
};

// Sends kFrames, each once the one before came back.
class Caller final : public grpc::ClientBidiReactor<Frame, Frame> {
 public:
  Caller(SyncService::Stub* stub, Counts* counts) : counts_(counts) {
    stub->async()->Connect(&context_, this);
    sent_.mutable_heartbeat()->set_wall_ms(1);
    StartWrite(&sent_);
    StartCall();
  }
  void OnWriteDone(bool ok) override {
    if (ok) StartRead(&received_);
  }
  void OnReadDone(bool ok) override {
    if (!ok) return;
    if (++exchanged_ == kFrames) return StartWritesDone();
    sent_.mutable_heartbeat()->set_wall_ms(received_.heartbeat().wall_ms() + 1);
    StartWrite(&sent_);
  }
  void OnDone(const grpc::Status& status) override {
    MutexLock lock(&counts_->mutex);
    counts_->done = status.ok();
    counts_->changed.Signal();
  }

 private:
  Counts* const counts_;
  grpc::ClientContext context_;
  Frame sent_;
  Frame received_;
  int exchanged_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const bool race = argc == 2 && std::string_view(argv[1]) == "race";
  Counts counts;
  EchoService service(&counts);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  const auto stub = SyncService::NewStub(
      grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
  Caller caller(stub.get(), &counts);
  if (race) {
    // Ordered in time, but by nothing that orders memory.
    while (!counts.handled.load(std::memory_order_relaxed)) {
    }
    ++counts.unguarded;
  }
  {
    MutexLock lock(&counts.mutex);
    while (!counts.done) counts.changed.Wait(&counts.mutex);
    std::printf("exchanged %d frames\n", counts.guarded);
  }
  server->Shutdown();
  return 0;
}
