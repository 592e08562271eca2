#include "cli/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace comptoir::cli {
namespace {

using ::testing::HasSubstr;

TEST(WithPort, AddsWhatIsMissing) {
  EXPECT_EQ(WithPort("127.0.0.1", 7410), "127.0.0.1:7410");
  EXPECT_EQ(WithPort("hub.example:1", 7410), "hub.example:1");
  EXPECT_EQ(WithPort("[::1]", 7410), "[::1]:7410");
  EXPECT_EQ(WithPort("[::1]:9", 7410), "[::1]:9");
  EXPECT_EQ(WithPort("fd00::1", 7410), "[fd00::1]:7410");
}

TEST(Connect, TheFlagGoesBeforeTheEnvironment) {
  Settings settings;
  EXPECT_EQ(ConnectNode(settings)->address, "127.0.0.1:7410");
  settings.node_environment = "a:1";
  EXPECT_EQ(ConnectNode(settings)->address, "a:1");
  settings.node_flag = "b:2";
  EXPECT_EQ(ConnectNode(settings)->address, "b:2");
}

TEST(Connect, EitherAsksWhomItIsTold) {
  Settings settings;
  EXPECT_EQ(ConnectEither(settings)->daemon, Daemon::kNode);
  settings.node_environment = "a:1";
  settings.hub_environment = "h:1";
  EXPECT_EQ(ConnectEither(settings)->address, "a:1");
  settings.node_environment.clear();
  EXPECT_THAT(std::string(ConnectEither(settings).status().message()), HasSubstr("--identity"));
  settings.node_flag = "b:2";
  EXPECT_EQ(ConnectEither(settings)->address, "b:2");
  settings.hub_flag = "h:2";
  EXPECT_THAT(std::string(ConnectEither(settings).status().message()), HasSubstr("not both"));
}

TEST(Connect, AFlagForTheOtherDaemonIsAMistake) {
  Settings settings;
  settings.hub_flag = "h:1";
  EXPECT_THAT(std::string(ConnectNode(settings).status().message()), HasSubstr("not --hub"));
  EXPECT_THAT(std::string(ConnectNodes(settings).status().message()), HasSubstr("not --hub"));
  settings.hub_flag.clear();
  settings.node_flag = "n:1";
  const absl::Status status = ConnectHub(settings).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("not --node"));
  EXPECT_EQ(ExitCodeOf(status), ExitCode::kUsage);
}

TEST(CheckAddress, TakesAPortInPlainDigits) {
  EXPECT_TRUE(CheckAddress("hub:7400").ok());
  for (const char* bad : {"hub:+7410", "hub: 7410", "hub:0", "hub:65536", "hub:", ":7400", "hub"}) {
    EXPECT_FALSE(CheckAddress(bad).ok()) << bad;
  }
}

TEST(Connect, TheHubNeedsAnIdentityThatCanBeRead) {
  Settings settings;
  EXPECT_EQ(ExitCodeOf(ConnectHub(settings).status()), ExitCode::kUsage);
  settings.identity = ::testing::TempDir() + "/comptoir_no_such_identity";
  EXPECT_THAT(std::string(ConnectHub(settings).status().message()), HasSubstr("No such file"));
}

TEST(ConnectNodes, GivesEveryNodeThatIsNamed) {
  Settings settings;
  EXPECT_EQ(ConnectNodes(settings)->size(), 1u);
  settings.node_flag = "a";
  settings.more_nodes = {"b:1", "c"};
  const auto nodes = ConnectNodes(settings);
  ASSERT_TRUE(nodes.ok()) << nodes.status();
  ASSERT_EQ(nodes->size(), 3u);
  EXPECT_EQ((*nodes)[0].address, "a:7410");
  EXPECT_EQ((*nodes)[1].address, "b:1");
  EXPECT_FALSE(ConnectNode(settings).ok()) << "that asks one";
  EXPECT_FALSE(ConnectEither(settings).ok());
  settings.more_nodes = {"b:x"};
  EXPECT_FALSE(ConnectNodes(settings).ok());
}

TEST(CallFailure, AnIdentityThatEndedIsWhyNobodyAnswers) {
  const grpc::ClientContext context;
  const grpc::Status closed(grpc::StatusCode::UNAVAILABLE, "Socket closed");
  Connection hub;
  hub.address = "h:1";
  EXPECT_EQ(ExitCodeOf(CallFailure(closed, context, hub)), ExitCode::kUnanswered);
  hub.identity = "operator.pem";
  hub.identity_ends_ms = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(ExitCodeOf(CallFailure(closed, context, hub)), ExitCode::kUnanswered);
  hub.identity_ends_ms = 1;
  const absl::Status ended = CallFailure(closed, context, hub);
  EXPECT_EQ(ExitCodeOf(ended), ExitCode::kUsage);
  EXPECT_THAT(std::string(ended.message()), HasSubstr("operator.pem: this identity ended on"));
  const grpc::Status refused(grpc::StatusCode::NOT_FOUND, "no such product");
  EXPECT_EQ(ExitCodeOf(CallFailure(refused, context, hub)), ExitCode::kRefused);
}

TEST(CheckRequestBytes, SaysWhatNoServiceTakes) {
  EXPECT_TRUE(CheckRequestBytes("f.csv", 3 << 20).ok());
  const absl::Status status = CheckRequestBytes("f.csv", (3 << 20) + 1);
  EXPECT_NE(std::string(status.message()).find("f.csv: it makes a request of 3145729"),
            std::string::npos);
}

}  // namespace
}  // namespace comptoir::cli
