#include "common/daemon/address.h"

#include <gtest/gtest.h>

namespace comptoir::daemon {
namespace {

TEST(Address, HostAndPort) {
  const auto address = ParseAddress("listen", "hub.example:7400");
  ASSERT_TRUE(address.ok()) << address.status();
  EXPECT_EQ(address->host, "hub.example");
  EXPECT_EQ(address->port, 7'400);
  EXPECT_EQ(address->text(), "hub.example:7400");
}

TEST(Address, PortZeroPicksOneAndTheLastPortIsOne) {
  EXPECT_EQ(ParseAddress("listen", "127.0.0.1:0")->port, 0);
  EXPECT_EQ(ParseAddress("listen", "127.0.0.1:65535")->port, 65'535);
}

TEST(Address, BracketsAroundSixteenByteAddresses) {
  const auto address = ParseAddress("listen", "[::1]:7400");
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(address->host, "[::1]");
  EXPECT_EQ(address->port, 7'400);
}

TEST(Address, WhatIsNoneNamesTheSettingAndTheText) {
  for (const char* text :
       {"", ":", "7400", "hub", "hub:", ":7400", "hub:65536", "hub:-1", "hub:74x0",
        "hub:7400:", "hub: ", "hub:+7400", "hub: 7400", "hub:7400 ", "hub:-0"}) {
    const auto address = ParseAddress("web-listen", text);
    EXPECT_EQ(address.status().code(), absl::StatusCode::kInvalidArgument) << text;
    const std::string sentence(address.status().message());
    EXPECT_TRUE(sentence.starts_with("web-listen \"" + std::string(text) + "\"")) << sentence;
    EXPECT_NE(sentence.find("host:port"), std::string::npos) << sentence;
  }
}

}  // namespace
}  // namespace comptoir::daemon
