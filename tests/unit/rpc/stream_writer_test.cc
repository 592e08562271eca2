#include "common/rpc/stream_writer.h"

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
  std::vector<absl::Status> finished;

  StreamWriter::Stream Callbacks() {
    return {[this](const Frame* frame) { started.push_back(frame->heartbeat().wall_ms()); },
            [this](const absl::Status& reason) { finished.push_back(reason); }};
  }
};

TEST(StreamWriter, WritesOneAtATimeInOrder) {
  Stream stream;
  StreamWriter writer(stream.Callbacks());
  for (int i = 1; i <= 3; ++i) writer.Send(Numbered(i));
  EXPECT_EQ(stream.started, (std::vector<int64_t>{1}));
  writer.OnWritten(true);
  EXPECT_EQ(stream.started, (std::vector<int64_t>{1, 2}));
  writer.OnWritten(true);
  writer.OnWritten(true);
  EXPECT_EQ(stream.started, (std::vector<int64_t>{1, 2, 3}));
  writer.Send(Numbered(4));
  EXPECT_EQ(stream.started.back(), 4);
  EXPECT_TRUE(stream.finished.empty());
}

TEST(StreamWriter, BreaksAStreamWhoseOtherEndHasStoppedReading) {
  Stream stream;
  std::promise<void> aborted;
  StreamWriter::Stream callbacks = stream.Callbacks();
  callbacks.abort = [&aborted] { aborted.set_value(); };
  const auto writer = std::make_shared<StreamWriter>(std::move(callbacks), 1);
  writer->Send(Numbered(1));
  writer->Close(absl::UnavailableError("stopping"));
  aborted.get_future().wait();
  EXPECT_TRUE(stream.finished.empty());
  writer->OnWritten(false);
  EXPECT_EQ(stream.finished.size(), 1U);
}

TEST(StreamWriter, FinishesAfterWhatIsQueuedAndOnce) {
  Stream stream;
  StreamWriter writer(stream.Callbacks());
  writer.Send(Numbered(1));
  writer.Send(Numbered(2));
  writer.Close(absl::UnavailableError("stopping"));
  writer.Send(Numbered(3));  // nothing is sent after Close
  EXPECT_TRUE(stream.finished.empty());
  writer.OnWritten(true);
  EXPECT_TRUE(stream.finished.empty());
  writer.OnWritten(true);
  EXPECT_EQ(stream.started, (std::vector<int64_t>{1, 2}));
  ASSERT_EQ(stream.finished.size(), 1U);
  EXPECT_EQ(stream.finished[0], absl::UnavailableError("stopping"));
  writer.Close(absl::InternalError("another reason"));
  EXPECT_EQ(stream.finished.size(), 1U);
}

TEST(StreamWriter, FinishesAtOnceWhenNothingIsQueued) {
  Stream stream;
  StreamWriter writer(stream.Callbacks());
  writer.Close(absl::OkStatus());
  ASSERT_EQ(stream.finished.size(), 1U);
  EXPECT_TRUE(stream.finished[0].ok());
}

TEST(StreamWriter, DropsWhatIsQueuedWhenTheStreamBreaks) {
  Stream stream;
  StreamWriter writer(stream.Callbacks());
  writer.Send(Numbered(1));
  writer.Send(Numbered(2));
  writer.OnWritten(false);
  EXPECT_EQ(stream.started, (std::vector<int64_t>{1}));
  writer.Close(absl::OkStatus());
  EXPECT_EQ(stream.finished.size(), 1U);
}

TEST(StreamWriter, TouchesNothingOnceDetached) {
  Stream stream;
  StreamWriter writer(stream.Callbacks());
  writer.Send(Numbered(1));
  writer.Send(Numbered(2));
  writer.Detach();
  writer.OnWritten(true);
  writer.Send(Numbered(3));
  writer.Close(absl::OkStatus());
  EXPECT_EQ(stream.started, (std::vector<int64_t>{1}));
  EXPECT_TRUE(stream.finished.empty());
}

TEST(StreamWriter, ManySenders) {
  constexpr int kSenders = 4;
  constexpr int kFrames = 500;
  Stream stream;
  StreamWriter writer(stream.Callbacks());
  std::vector<std::thread> senders;
  for (int sender = 0; sender < kSenders; ++sender) {
    senders.emplace_back([&, sender] {
      for (int i = 0; i < kFrames; ++i) writer.Send(Numbered(sender * kFrames + i));
    });
  }
  for (std::thread& sender : senders) sender.join();
  for (int i = 0; i < kSenders * kFrames; ++i) writer.OnWritten(true);
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
