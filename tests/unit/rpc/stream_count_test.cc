#include "common/rpc/stream_count.h"

#include <gtest/gtest.h>

namespace comptoir::rpc {
namespace {

TEST(StreamCount, LimitsEachNodeAndAllTogether) {
  StreamCount streams(3, 2);
  EXPECT_TRUE(streams.Enter("herstal-1"));
  EXPECT_TRUE(streams.Enter("herstal-1"));
  EXPECT_FALSE(streams.Enter("herstal-1"));
  EXPECT_TRUE(streams.Enter("seraing-1"));
  EXPECT_FALSE(streams.Enter("outremeuse-1")) << "all are taken";
  streams.Leave("herstal-1");
  EXPECT_TRUE(streams.Enter("outremeuse-1"));
  streams.Leave("outremeuse-1");
  EXPECT_TRUE(streams.Enter("herstal-1"));
  EXPECT_FALSE(streams.Enter("herstal-1"));
}

}  // namespace
}  // namespace comptoir::rpc
