#include "common/rpc/frame_pump.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace comptoir::rpc {
namespace {

using sync::v1::Frame;

Frame Numbered(int64_t number) {
  Frame frame;
  frame.mutable_heartbeat()->set_wall_ms(number);
  return frame;
}

// What the stream was told, in order.
struct Stream {
  std::vector<int64_t> started;
  int reads = 0;
  std::vector<absl::Status> finished;

  FramePump::Stream Callbacks() {
    return {[this](const Frame* frame) { started.push_back(frame->heartbeat().wall_ms()); },
            [this] { ++reads; },
            [this](const absl::Status& reason) { finished.push_back(reason); }};
  }
};

TEST(FramePump, WritesOneAtATimeInOrder) {
  Stream stream;
  FramePump pump(stream.Callbacks());
  for (int i = 1; i <= 3; ++i) pump.Send(Numbered(i));
  EXPECT_EQ(stream.started, (std::vector<int64_t>{1}));
  pump.OnWritten(true);
  EXPECT_EQ(stream.started, (std::vector<int64_t>{1, 2}));
  pump.OnWritten(true);
  pump.OnWritten(true);
  EXPECT_EQ(stream.started, (std::vector<int64_t>{1, 2, 3}));
  pump.Send(Numbered(4));
  EXPECT_EQ(stream.started.back(), 4);
  EXPECT_TRUE(stream.finished.empty());
}

TEST(FramePump, BreaksAStreamWhoseOtherEndHasStoppedReading) {
  Stream stream;
  std::promise<void> aborted;
  FramePump::Stream callbacks = stream.Callbacks();
  callbacks.abort = [&aborted] { aborted.set_value(); };
  const auto pump =
      std::make_shared<FramePump>(std::move(callbacks), FramePump::Limits{.close_ms = 1});
  pump->Send(Numbered(1));
  pump->Close(absl::UnavailableError("stopping"));
  aborted.get_future().wait();
  EXPECT_TRUE(stream.finished.empty());
  pump->OnWritten(false);
  EXPECT_EQ(stream.finished.size(), 1U);
}

TEST(FramePump, FinishesAfterWhatIsQueuedAndOnce) {
  Stream stream;
  FramePump pump(stream.Callbacks());
  pump.Send(Numbered(1));
  pump.Send(Numbered(2));
  pump.Close(absl::UnavailableError("stopping"));
  pump.Send(Numbered(3));  // nothing is sent after Close
  EXPECT_TRUE(stream.finished.empty());
  pump.OnWritten(true);
  EXPECT_TRUE(stream.finished.empty());
  pump.OnWritten(true);
  EXPECT_EQ(stream.started, (std::vector<int64_t>{1, 2}));
  ASSERT_EQ(stream.finished.size(), 1U);
  EXPECT_EQ(stream.finished[0], absl::UnavailableError("stopping"));
  pump.Close(absl::InternalError("another reason"));
  EXPECT_EQ(stream.finished.size(), 1U);
}

TEST(FramePump, FinishesAtOnceWhenNothingIsQueued) {
  Stream stream;
  FramePump pump(stream.Callbacks());
  pump.Close(absl::OkStatus());
  ASSERT_EQ(stream.finished.size(), 1U);
  EXPECT_TRUE(stream.finished[0].ok());
}

TEST(FramePump, DropsWhatIsQueuedWhenTheStreamBreaks) {
  Stream stream;
  FramePump pump(stream.Callbacks());
  pump.Send(Numbered(1));
  pump.Send(Numbered(2));
  pump.OnWritten(false);
  EXPECT_EQ(stream.started, (std::vector<int64_t>{1}));
  pump.Close(absl::OkStatus());
  EXPECT_EQ(stream.finished.size(), 1U);
}

TEST(FramePump, TouchesNothingOnceDetached) {
  Stream stream;
  FramePump pump(stream.Callbacks());
  pump.Send(Numbered(1));
  pump.Send(Numbered(2));
  pump.Detach();
  pump.OnWritten(true);
  pump.Send(Numbered(3));
  pump.Close(absl::OkStatus());
  EXPECT_EQ(stream.started, (std::vector<int64_t>{1}));
  EXPECT_TRUE(stream.finished.empty());
}

TEST(FramePump, ReadsTheNextFrameOnceTheLastIsHandled) {
  Stream stream;
  FramePump pump(stream.Callbacks());
  EXPECT_EQ(stream.reads, 0);
  for (int i = 1; i <= 3; ++i) {
    pump.Handled();
    EXPECT_EQ(stream.reads, i);
  }
}

TEST(FramePump, ReadsNothingMoreWhileThePeerDoesNotTakeWhatItAskedFor) {
  Stream stream;
  const size_t frame_bytes = Numbered(1).ByteSizeLong();
  FramePump pump(stream.Callbacks(), FramePump::Limits{.queued_bytes = 2 * frame_bytes});
  for (int i = 0; i < 3; ++i) pump.Send(Numbered(1));
  pump.Handled();
  EXPECT_EQ(stream.reads, 0);
  pump.OnWritten(true);
  EXPECT_EQ(stream.reads, 1);
  pump.OnWritten(true);
  EXPECT_EQ(stream.reads, 1) << "the frame read meanwhile is not handled yet";
  pump.Handled();
  EXPECT_EQ(stream.reads, 2);
}

TEST(FramePump, AStreamThatBreaksIsReadToItsEnd) {
  Stream stream;
  FramePump::Stream callbacks = stream.Callbacks();
  callbacks.reads_to_the_end = true;
  FramePump pump(std::move(callbacks), FramePump::Limits{.queued_bytes = 0});
  pump.Send(Numbered(1));
  pump.Handled();
  EXPECT_EQ(stream.reads, 0);
  pump.OnWritten(false);
  EXPECT_EQ(stream.reads, 1);
}

TEST(FramePump, ReadsOnAfterTheEndOnlyWhereTheTransportNeedsIt) {
  for (const bool reads_to_the_end : {false, true}) {
    Stream stream;
    FramePump::Stream callbacks = stream.Callbacks();
    callbacks.reads_to_the_end = reads_to_the_end;
    FramePump pump(std::move(callbacks));
    pump.Close(absl::OkStatus());
    pump.Handled();
    EXPECT_EQ(stream.reads, reads_to_the_end ? 1 : 0);
    pump.Detach();
    pump.Handled();
    EXPECT_EQ(stream.reads, reads_to_the_end ? 1 : 0);
  }
}

TEST(FramePump, ManySenders) {
  constexpr int kSenders = 4;
  constexpr int kFrames = 500;
  Stream stream;
  FramePump pump(stream.Callbacks());
  std::vector<std::thread> senders;
  for (int sender = 0; sender < kSenders; ++sender) {
    senders.emplace_back([&, sender] {
      for (int i = 0; i < kFrames; ++i) pump.Send(Numbered(sender * kFrames + i));
    });
  }
  for (std::thread& sender : senders) sender.join();
  for (int i = 0; i < kSenders * kFrames; ++i) pump.OnWritten(true);
  ASSERT_EQ(stream.started.size(), static_cast<size_t>(kSenders * kFrames));
  // Each sender's own are in its order.
  std::vector<int64_t> last(kSenders, -1);
  for (const int64_t number : stream.started) {
    int64_t& before = last[static_cast<size_t>(number / kFrames)];
    EXPECT_GT(number, before);
    before = number;
  }
}

}  // namespace
}  // namespace comptoir::rpc
