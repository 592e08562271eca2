#include "common/rpc/live_channel.h"

#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <thread>

namespace comptoir::testing {
namespace {

using rpc::LiveChannel;

LiveChannel::Channel SomeChannel() {
  return grpc::CreateChannel("127.0.0.1:1", grpc::InsecureChannelCredentials());
}

TEST(LiveChannelTest, AnotherIsGivenAtOnceTheSameAfterThePause) {
  constexpr int64_t kNeverMs = 1'000'000;
  LiveChannel live;
  const LiveChannel::Channel first = SomeChannel();
  live.Set(first);
  EXPECT_EQ(live.Next(nullptr, kNeverMs), first);
  EXPECT_EQ(live.Next(first, 0), first);
  const LiveChannel::Channel second = SomeChannel();
  live.Set(second);
  EXPECT_EQ(live.Next(first, kNeverMs), second);
}

TEST(LiveChannelTest, WaitsWhileThereIsNone) {
  LiveChannel live;
  const LiveChannel::Channel channel = SomeChannel();
  LiveChannel::Channel given;
  std::thread waits([&] { given = live.Next(nullptr, 0); });
  live.Set(channel);
  waits.join();
  EXPECT_EQ(given, channel);
  live.Set(nullptr);
  std::thread waits_in_vain([&] { given = live.Next(channel, 0); });
  live.Close();
  waits_in_vain.join();
  EXPECT_EQ(given, nullptr);
  live.Set(channel);
  EXPECT_EQ(live.Next(nullptr, 0), nullptr) << "closed for good";
}

}  // namespace
}  // namespace comptoir::testing
