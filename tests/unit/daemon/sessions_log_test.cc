#include "common/daemon/sessions_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fixed_sources.h"

namespace comptoir::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SessionsLogTest : public ::testing::Test {
 protected:
  template <typename Say>
  std::string LogOf(Say say) {
    ::testing::internal::CaptureStderr();
    say();
    return ::testing::internal::GetCapturedStderr();
  }
  replica::PeerView Hub() const {
    replica::PeerView peer;
    peer.writer.node = "hub";
    peer.writer.hub = true;
    peer.address = "hub.example:7400";
    peer.session.peer_software = "0.1.0";
    return peer;
  }
  replica::PeerView Node() const {
    replica::PeerView peer;
    peer.writer.node = "outremeuse-1";
    peer.writer.shop = "outremeuse";
    return peer;
  }

  FixedClock clock_;
  daemon::SessionsLog log_{clock_};
};

TEST_F(SessionsLogTest, ALinkUpAndDownSaysSinceWhenWhyAndWhatWaits) {
  replica::LinkView link;
  link.waiting_entries = 212;
  const std::string up = LogOf([&] { log_.Up(Hub(), link); });
  EXPECT_THAT(up, HasSubstr("link up"));
  EXPECT_THAT(up, HasSubstr("down_since=start"));
  EXPECT_THAT(up, HasSubstr("waiting_entries=212"));
  clock_.Advance(60'000);
  link.waiting_entries = 3;
  const std::string down =
      LogOf([&] { log_.Down(Hub(), link, absl::UnavailableError("the stream ended")); });
  EXPECT_THAT(down, HasSubstr("link down"));
  EXPECT_THAT(down, HasSubstr("up_since=2026-11-23T10:00:00Z"));
  EXPECT_THAT(down, HasSubstr("the stream ended"));
  EXPECT_THAT(down, HasSubstr("waiting_entries=3"));
  EXPECT_THAT(LogOf([&] { log_.Up(Hub(), link); }), HasSubstr("down_since=2026-11-23T10:01:00Z"));
}

TEST_F(SessionsLogTest, EachNodeHasItsOwnTimes) {
  EXPECT_THAT(LogOf([&] { log_.Up(Node(), {}); }), HasSubstr("away_since=start"));
  clock_.Advance(1'000);
  replica::PeerView other = Node();
  other.writer.node = "outremeuse-2";
  EXPECT_THAT(LogOf([&] { log_.Up(other, {}); }), HasSubstr("away_since=start"));
  const std::string left = LogOf([&] { log_.Down(Node(), {}, absl::CancelledError("gone")); });
  EXPECT_THAT(left, HasSubstr("node left node=outremeuse-1 shop=outremeuse"));
  EXPECT_THAT(left, HasSubstr("connected_since=2026-11-23T10:00:00Z"));
}

TEST_F(SessionsLogTest, AHubThatIsNotReachedIsSaidOncePerReason) {
  const auto unreached = [&](const std::string& why) {
    return LogOf([&] { log_.Unreached(Hub().address, absl::UnavailableError(why)); });
  };
  EXPECT_THAT(unreached("refused"), HasSubstr("the hub is not reached"));
  EXPECT_EQ(unreached("refused"), "");
  EXPECT_THAT(unreached("no route"), HasSubstr("no route"));
  // Once it was up, the same reason is news.
  LogOf([&] { log_.Up(Hub(), {}); });
  EXPECT_THAT(unreached("no route"), Not(""));
}

TEST_F(SessionsLogTest, SiblingsAreSaidApart) {
  const auto unreached = [&](const std::string& node, const std::string& address) {
    return LogOf([&] { log_.SiblingUnreached(node, address, absl::UnavailableError("refused")); });
  };
  EXPECT_THAT(unreached("outremeuse-2", "till-2:7412"), HasSubstr("a sibling is not reached"));
  EXPECT_THAT(unreached("outremeuse-3", "till-3:7412"), HasSubstr("outremeuse-3"));
  EXPECT_EQ(unreached("outremeuse-2", "till-2:7412"), "");
}

}  // namespace
}  // namespace comptoir::testing
