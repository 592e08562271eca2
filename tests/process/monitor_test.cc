// What a service manager, a monitor and a reader of the log are told by daemons
// that run.
#define CPPHTTPLIB_OPENSSL_SUPPORT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <stdlib.h>

#include <sstream>

#include <nlohmann/json.hpp>

#include "tests/process/daemons.h"
#include "tests/process/tcp_relay.h"
#include "tests/support/notify_socket.h"

namespace comptoir::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

std::string PageOf(httplib::Client& client, const std::string& path) {
  const auto result = client.Get(path);
  if (!result) return "";
  EXPECT_EQ(result->status, 200) << path;
  return result->body;
}

std::string NodePage(Node& node, const std::string& path) {
  httplib::Client client("127.0.0.1", PortOf(node.web()));
  return PageOf(client, path);
}

std::string HubPage(Hub& hub, const std::string& path) {
  httplib::Client client("https://" + hub.web());
  client.enable_server_certificate_verification(false);
  return PageOf(client, path);
}

// The value of one sample; absent where the page does not have it.
std::optional<double> Sample(const std::string& page, const std::string& name) {
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name + " ")) return std::stod(line.substr(name.size() + 1));
  }
  return std::nullopt;
}

// The log of a daemon that writes JSON, a message a line; a line that is none fails the test.
std::vector<std::map<std::string, std::string>> ParseLog(const std::string& log) {
  std::vector<std::map<std::string, std::string>> lines;
  std::istringstream text(log);
  for (std::string line; std::getline(text, line);) {
    const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    auto& fields = lines.emplace_back();
    if (!json.is_object()) {
      ADD_FAILURE() << "no JSON object: " << line;
      continue;
    }
    for (const auto& [name, value] : json.items()) {
      fields[name] = value.is_string() ? value.get<std::string>() : value.dump();
    }
  }
  return lines;
}

class Monitor : public ::testing::Test {
 protected:
  Monitor() {
    hub_.Start({"--log-format", "json"});
    node_ = std::make_unique<Node>(hub_, folder_ / "node", "outremeuse", "outremeuse-1");
  }
  // The line of the daemon's log with that message, once it is there.
  std::map<std::string, std::string> Logged(Daemon& daemon, const std::string& message) {
    std::map<std::string, std::string> found;
    const bool there = Eventually([&] {
      const std::string log = daemon.program().err();
      // Whole lines only: the last may be half written.
      for (auto& line : ParseLog(log.substr(0, log.rfind('\n') + 1))) {
        if (line["message"] == message) found = line;
      }
      return !found.empty();
    });
    Require(there, "the log does not say: " + message + "\n" + daemon.program().err());
    return found;
  }
  void Sell(uint32_t number) {
    shop::v1::RecordSaleRequest request;
    request.set_request_id(RequestId("monitor", number));
    *request.add_lines() = Line("miel", 1'000);
    Get(node_->shop(), &shop::v1::ShopService::Stub::RecordSale, request);
  }

  TemporaryFolder folder_;
  Hub hub_{folder_ / "hub"};
  std::unique_ptr<Node> node_;
};

TEST_F(Monitor, FiguresFollowWhatIsSoldAndCut) {
  node_->Start();
  hub_.Import({Product("miel", retail::v1::UNIT_PIECE, 800)});
  WaitUntilLevel(hub_, *node_);
  for (uint32_t sale = 1; sale <= 3; ++sale) Sell(sale);
  WaitUntilLevel(hub_, *node_);
  ASSERT_TRUE(Eventually(
      [&] { return Sample(NodePage(*node_, "/metrics"), "comptoir_backlog_entries") == 0; }));
  std::string at_node = NodePage(*node_, "/metrics");
  EXPECT_EQ(Sample(at_node, "comptoir_serving"), 1);
  EXPECT_EQ(Sample(at_node, "comptoir_link_up"), 1);
  EXPECT_EQ(Sample(at_node, "comptoir_sessions"), 1);
  EXPECT_EQ(Sample(at_node, "comptoir_entries_appended_total"), 3);
  EXPECT_GE(Sample(at_node, "comptoir_entries_ingested_total"), 2) << "the catalogue";
  EXPECT_GE(Sample(at_node, "comptoir_commit_seconds_count"), 3);
  EXPECT_TRUE(Sample(at_node, "comptoir_clock_offset_seconds{peer=\"hub\"}").has_value());
  const std::string at_hub = HubPage(hub_, "/metrics");
  EXPECT_EQ(Sample(at_hub, "comptoir_sessions"), 1);
  EXPECT_EQ(Sample(at_hub, "comptoir_entries_ingested_total"), 4) << "three sales and a genesis";
  EXPECT_GT(Sample(at_hub, "comptoir_session_bytes_total{direction=\"received\"}"), 0);
  EXPECT_TRUE(Sample(at_hub, "comptoir_clock_offset_seconds{peer=\"outremeuse-1\"}").has_value());

  hub_.Kill();
  ASSERT_TRUE(
      Eventually([&] { return Sample(NodePage(*node_, "/metrics"), "comptoir_link_up") == 0; }));
  Sell(4);
  at_node = NodePage(*node_, "/metrics");
  EXPECT_GE(Sample(at_node, "comptoir_backlog_entries"), 1);
  EXPECT_TRUE(Eventually(
      [&] { return Sample(NodePage(*node_, "/metrics"), "comptoir_backlog_oldest_seconds") > 0; }));
  EXPECT_EQ(NodePage(*node_, "/healthz"), "{\"serving\":true,\"why\":\"\"}\n")
      << "whatever the link does";
  node_->Stop();
}

TEST_F(Monitor, TheLogTellsOfLinksEnrolmentsAndDrainsAsJson) {
  EXPECT_EQ(Logged(hub_, "node enrolled").at("shop"), "outremeuse");
  const std::string token = hub_.CreateToken("herstal");
  EXPECT_EQ(RunToEnd(EnrolCommand(folder_ / "one", "herstal-1", hub_.web(), token)).code, 0);
  EXPECT_NE(RunToEnd(EnrolCommand(folder_ / "two", "herstal-2", hub_.web(), token)).code, 0);
  EXPECT_THAT(Logged(hub_, "an enrolment was refused").at("why"), HasSubstr("already used"));
  node_->Start({"--log-format", "json"});
  EXPECT_EQ(Logged(*node_, "node serving").at("shop"), "outremeuse");
  const auto up = Logged(*node_, "link up");
  EXPECT_EQ(up.at("hub"), hub_.sync());
  EXPECT_EQ(up.at("down_since"), "start");
  EXPECT_EQ(up.at("level"), "info");
  EXPECT_EQ(Logged(hub_, "node connected").at("node"), "outremeuse-1");
  hub_.Stop();
  ParseLog(hub_.program().err());
  EXPECT_THAT(hub_.program().err(), HasSubstr("\"hub draining\""));
  EXPECT_THAT(hub_.program().err(), HasSubstr("\"hub drained\""));
  const auto down = Logged(*node_, "link down: selling goes on");
  EXPECT_EQ(down.at("level"), "warning");
  EXPECT_THAT(down.at("why"), HasSubstr("stopping"));
  EXPECT_NE(down.at("up_since"), "start");
  EXPECT_EQ(std::stod(down.at("waiting_entries")), 0);
  EXPECT_THAT(Logged(*node_, "the hub is not reached: selling goes on").at("hub"), hub_.sync());
  node_->Stop();
  EXPECT_THAT(node_->program().err(), HasSubstr("\"node drained\""));
}

TEST_F(Monitor, ASaleIsNoLineInTheLog) {
  node_->Start({"--log-level", "debug"});
  hub_.Import({Product("miel", retail::v1::UNIT_PIECE, 800)});
  WaitUntilLevel(hub_, *node_);
  const std::string before = node_->program().err();
  Sell(1);
  WaitUntilLevel(hub_, *node_);
  EXPECT_EQ(node_->program().err(), before);
  node_->Stop();
}

TEST_F(Monitor, TheServiceManagerHearsAllOfIt) {
  NotifySocket manager(folder_ / "notify");
  setenv("WATCHDOG_USEC", "60000000", 1);
  node_->Start();
  unsetenv("WATCHDOG_USEC");
  std::vector<std::string> heard;
  const auto hears = [&](const std::string& message) {
    return Eventually([&] {
      for (std::string one = manager.Received(); !one.empty(); one = manager.Received()) {
        heard.push_back(one);
      }
      return std::find(heard.begin(), heard.end(), message) != heard.end();
    });
  };
  EXPECT_TRUE(hears("READY=1"));
  EXPECT_TRUE(hears("WATCHDOG=1"));
  EXPECT_TRUE(hears("STATUS=serving, online, 0 entries wait for the hub"));
  node_->Stop();
  EXPECT_TRUE(hears("STOPPING=1"));
  EXPECT_THAT(heard, Contains("READY=1").Times(1));
}

}  // namespace
}  // namespace comptoir::testing
