// Nodes revoked and retired, tokens revoked: real daemons, asked with the command
// line that operators use (R13).
#define CPPHTTPLIB_OPENSSL_SUPPORT
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <thread>

#include "tests/process/command_line.h"
#include "tests/process/oracle.h"
#include "tests/process/tcp_relay.h"
#include "tests/process/till.h"

namespace comptoir::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class Revocation : public CommandLine {
 protected:
  Revocation() { ImportProducts(); }

  std::vector<Article> Articles() {
    return {{"pain-gris", retail::v1::UNIT_PIECE, 320}, {"savon", retail::v1::UNIT_PIECE, 345}};
  }
  template <typename Message>
  static Message FromJson(const std::string& json) {
    Message message;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &message).ok()) << json;
    return message;
  }
  admin::v1::NodeInfo Listed(const std::string& name) {
    const auto listed =
        FromJson<admin::v1::ListNodesResponse>(DoneAtHub({"node", "list", "--json"}));
    for (const admin::v1::NodeInfo& node : listed.nodes()) {
      if (node.node() == name) return node;
    }
    return {};
  }
  uint64_t ReceiptsAtHub(const std::string& shop) {
    return ReceiptsAt(hub_, shop, first_day_).size();
  }
  // Another shop, level with the hub.
  std::unique_ptr<Node> OtherShop() {
    auto other = std::make_unique<Node>(hub_, folder_ / "herstal", "herstal", "herstal-1");
    other->Start();
    WaitUntilLevel(hub_, *other);
    return other;
  }
  std::string Metrics(Node& node) {
    httplib::Client client("127.0.0.1", PortOf(node.web()));
    const auto page = client.Get("/metrics");
    return page ? page->body : "";
  }
  static int HealthOf(Node& node) {
    httplib::Client client("127.0.0.1", PortOf(node.web()));
    const auto page = client.Get("/healthz");
    return page ? page->status : 0;
  }

  const int32_t first_day_ = Today();
};

TEST_F(Revocation, InMidStreamEndsTheSessionAndNothingElse) {
  const auto other = OtherShop();
  EXPECT_EQ(Run({"node", "revoke", "personne", "--reason", "x"}).code, 1);
  EXPECT_EQ(Run({"node", "revoke", "outremeuse-1"}).code, 2) << "a reason must be given";
  Till till("revoked", Seed(20'261'125), Articles());
  Selling selling(till, node_->address());
  ASSERT_TRUE(Eventually([&] { return till.told() > 50; }));
  EXPECT_THAT(Done({"node", "revoke", "outremeuse-1", "--reason", "stolen on Monday"}),
              MatchesRegex("outremeuse-1 is revoked since .*: stolen on Monday\n"));
  const uint64_t held = ReceiptsAtHub("outremeuse");
  ASSERT_TRUE(Eventually([&] { return node_->GetStatus().link().has_revoked(); }));
  // It sells on, over the very stream.
  const uint64_t told = till.told();
  ASSERT_TRUE(Eventually([&] { return till.told() > told + 50; }));
  selling.EndByPause();
  const admin::v1::Status status = node_->GetStatus();
  EXPECT_FALSE(status.link().online());
  EXPECT_EQ(status.link().revoked().reason(), "stolen on Monday");
  EXPECT_FALSE(status.link().revoked().retired());
  EXPECT_EQ(status.halted(), "");
  EXPECT_THAT(Done({"status"}),
              HasSubstr(": stolen on Monday; it sells on, and an operator must carry in"));
  EXPECT_THAT(Metrics(*node_), HasSubstr("\ncomptoir_revoked 1\n"));
  EXPECT_THAT(Metrics(*other), HasSubstr("\ncomptoir_revoked 0\n"));
  EXPECT_EQ(HealthOf(*node_), 200);
  // Its next session is refused, with the reason.
  EXPECT_TRUE(Eventually([&] {
    return node_->GetStatus().link().last_error().find("stolen on Monday") != std::string::npos;
  })) << node_->GetStatus().link().last_error();
  // Nothing of it comes in any more; the other shop's does.
  Till other_till("other", 7, Articles());
  {
    Selling other_selling(other_till, other->address());
    ASSERT_TRUE(Eventually([&] { return other_till.told() > 20; }));
  }
  WaitUntilLevel(hub_, *other);
  ExpectReceipts(other_till.sales(), ReceiptsAt(hub_, "herstal", first_day_));
  EXPECT_EQ(ReceiptsAtHub("outremeuse"), held);
  EXPECT_GT(ReceiptsAt(*node_, first_day_).size(), held);
  ExpectReceipts(till.sales(), ReceiptsAt(*node_, first_day_));
  // Twice is as once.
  EXPECT_THAT(Done({"node", "revoke", "outremeuse-1", "--reason", "another"}),
              MatchesRegex("outremeuse-1 was already revoked since .*: stolen on Monday\n"));
  const admin::v1::NodeInfo listed = Listed("outremeuse-1");
  EXPECT_EQ(listed.revoked().reason(), "stolen on Monday");
  EXPECT_FALSE(listed.online());
  EXPECT_FALSE(Listed("herstal-1").has_revoked());
  EXPECT_THAT(Done({"node", "list"}), AllOf(HasSubstr("revoked since"), HasSubstr("good")));
  // Nobody is enrolled under its name again, and it cannot be retired.
  const Ended again = RunToEnd(
      EnrolCommand(folder_ / "again", "outremeuse-1", hub_.web(), hub_.CreateToken("outremeuse")));
  EXPECT_EQ(again.code, 78);
  EXPECT_THAT(again.err, HasSubstr("revoked or retired, and is not given again: choose another"));
  EXPECT_THAT(Run({"node", "retire", "outremeuse-1"}).err, HasSubstr("was revoked already"));
  // Restarted, it knows, and sells; so does the hub.
  node_->Stop();
  node_->Start();
  EXPECT_TRUE(node_->GetStatus().link().has_revoked());
  EXPECT_EQ(Run({"sell", "savon"}).code, 0);
  hub_.Stop();
  hub_.Start();
  EXPECT_TRUE(Listed("outremeuse-1").has_revoked());
  WaitUntilLevel(hub_, *other);
  EXPECT_EQ(ReceiptsAtHub("outremeuse"), held);
  ExpectVerified(hub_.admin());
  ExpectVerified(node_->admin());
  ExpectVerified(other->admin());
  other->Stop();
}

TEST_F(Revocation, ARestoredHubHearsOfItFromTheShops) {
  const auto other = OtherShop();
  const std::string token = hub_.CreateToken("herstal");
  hub_.Stop();
  std::filesystem::copy(hub_.data(), folder_ / "backup", std::filesystem::copy_options::recursive);
  hub_.Start();
  EXPECT_EQ(Run({"node", "revoke", "outremeuse-1", "--reason", "lost"}).code, 0);
  WaitUntilLevel(hub_, *other);
  ASSERT_TRUE(Eventually([&] { return node_->GetStatus().link().has_revoked(); }));
  other->Stop();
  node_->Stop();
  hub_.Stop();
  std::filesystem::remove_all(hub_.data());
  std::filesystem::copy(folder_ / "backup", hub_.data(), std::filesystem::copy_options::recursive);
  hub_.Start();
  EXPECT_FALSE(Listed("outremeuse-1").has_revoked()) << "from before";
  other->Start();
  ASSERT_TRUE(Eventually([&] { return Listed("outremeuse-1").has_revoked(); }));
  EXPECT_EQ(Listed("outremeuse-1").revoked().reason(), "lost");
  // A token that was open then may have been revoked since: it is void.
  EXPECT_THAT(Done({"token", "list"}), HasSubstr("no token is open"));
  const Ended late = RunToEnd(EnrolCommand(folder_ / "late", "herstal-2", hub_.web(), token));
  EXPECT_EQ(late.code, 77);
  EXPECT_THAT(late.err, HasSubstr("from before the hub was restored"));
  EXPECT_EQ(
      RunToEnd(EnrolCommand(folder_ / "late", "herstal-2", hub_.web(), hub_.CreateToken("herstal")))
          .code,
      0);
  node_->Start();
  const uint64_t held = ReceiptsAtHub("outremeuse");
  EXPECT_EQ(Run({"sell", "savon"}).code, 0);
  ASSERT_TRUE(Eventually([&] { return node_->GetStatus().link().has_revoked(); }));
  EXPECT_EQ(ReceiptsAtHub("outremeuse"), held);
  other->Stop();
}

TEST_F(Revocation, RetiringProvesThatNothingIsLeftBehind) {
  EXPECT_EQ(Run({"sell", "savon"}).code, 0);
  WaitUntilLevel(hub_, *node_);
  // Away, with a sale that the hub does not have: refused, and nothing is written.
  hub_.Stop();
  EXPECT_EQ(Run({"sell", "pain-gris"}).code, 0);
  node_->Stop();
  hub_.Start();
  const Ended away = Run({"node", "retire", "outremeuse-1"});
  EXPECT_EQ(away.code, 1);
  EXPECT_THAT(away.err, AllOf(HasSubstr("is not connected"), HasSubstr("(NODE_OFFLINE)")));
  EXPECT_FALSE(Listed("outremeuse-1").has_revoked());
  node_->Start();
  // While a till sells as fast as it can: what it was told 'sold' is at the hub, all of it.
  uint32_t asked = 0;
  std::atomic<uint64_t> told = 0;
  std::atomic<bool> stopped = false;
  std::thread selling([&] {
    while (!stopped && node_->GetStatus().halted().empty()) {
      // Ends by a refusal once the node is halted.
      shop::v1::RecordSaleRequest request;
      request.set_request_id(RequestId("retire-tills", ++asked));
      *request.add_lines() = Line("savon", 1000);
      request.add_payments()->set_method(retail::v1::PAYMENT_METHOD_CARD);
      if (Ask(node_->shop(), &shop::v1::ShopService::Stub::RecordSale, request).status.ok()) ++told;
    }
  });
  ASSERT_TRUE(Eventually([&] { return told > 5; }));
  const std::string retired = Done({"node", "retire", "outremeuse-1", "--reason", "new box"});
  stopped = retired.empty();
  selling.join();
  EXPECT_THAT(retired, MatchesRegex("outremeuse-1 is retired since .*: new box; the hub holds all "
                                    "of its [0-9]+ entries in [0-9]+ journals: switch it off\n"));
  ASSERT_TRUE(Eventually([&] { return node_->GetStatus().link().has_revoked(); }));
  EXPECT_TRUE(node_->GetStatus().link().revoked().retired());
  const auto at_hub = HeadsOf(hub_.admin());
  for (const admin::v1::JournalHead& head : HeadsOf(node_->admin())) {
    if (head.node() != "outremeuse-1") continue;
    EXPECT_TRUE(std::any_of(at_hub.begin(), at_hub.end(), [&](const auto& held) {
      return held.head().SerializeAsString() == head.head().SerializeAsString();
    })) << "not at the hub to its end";
  }
  EXPECT_EQ(ReceiptsAtHub("outremeuse"), told + 2);
  // It sells no more, and says so: nothing can be left behind.
  const Ended sale = Run({"sell", "savon"});
  EXPECT_EQ(sale.code, 1);
  EXPECT_THAT(sale.err, HasSubstr("(HALTED)"));
  EXPECT_TRUE(Eventually([&] { return HealthOf(*node_) == 503; }));
  EXPECT_THAT(Done({"status"}), HasSubstr(": new box: switch it off"));
  EXPECT_THAT(Done({"node", "retire", "outremeuse-1"}), HasSubstr("was already retired since"));
  EXPECT_THAT(Done({"node", "list"}), HasSubstr("retired since"));
  node_->Stop();
  node_->Start();
  EXPECT_EQ(Run({"sell", "savon"}).code, 1);
  ExpectVerified(hub_.admin());
}

TEST_F(Revocation, TokensAreListedAndRevoked) {
  EXPECT_THAT(Done({"token", "list"}), HasSubstr("no token is open"));
  const Ended made = Run({"token", "create", "--shop", "herstal", "--may-edit-catalogue"});
  ASSERT_EQ(made.code, 0) << made.err;
  const std::string secret = made.out.substr(0, made.out.find('\n'));
  EXPECT_THAT(made.err, MatchesRegex("token [0-9a-f]{12}, good for one node of herstal until .*\n"
                                     "note: herstal is a shop that nobody has heard of yet, .*\n"));
  const std::string id = made.err.substr(6, 12);
  const std::string listed = Done({"token", "list"});
  EXPECT_THAT(listed, AllOf(HasSubstr(id + "  herstal"), HasSubstr("sell, edit the catalogue"),
                            Not(HasSubstr(secret))));
  EXPECT_EQ(Done({"token", "revoke", id}), "token " + id + " of herstal is revoked\n");
  EXPECT_EQ(Done({"token", "revoke", id}), "token " + id + " of herstal was revoked already\n");
  EXPECT_THAT(Done({"token", "list"}), HasSubstr("no token is open"));
  const Ended enrolled =
      RunToEnd(EnrolCommand(folder_ / "herstal", "herstal-1", hub_.web(), secret));
  EXPECT_EQ(enrolled.code, 77);
  EXPECT_THAT(enrolled.err, HasSubstr("this token was revoked"));
  EXPECT_THAT(Run({"token", "revoke", "0123456789ab"}).err, HasSubstr("(UNKNOWN_TOKEN)"));
  EXPECT_EQ(Run({"token", "revoke", "letmein"}).code, 1);
  // One that was used is not open, and revoking it is too late.
  const std::string used = Done({"token", "create", "--shop", "herstal", "--json"});
  const auto token = FromJson<admin::v1::CreateTokenResponse>(used);
  EXPECT_EQ(
      RunToEnd(EnrolCommand(folder_ / "herstal", "herstal-1", hub_.web(), token.token())).code, 0);
  EXPECT_THAT(Done({"token", "list"}), HasSubstr("no token is open"));
  EXPECT_THAT(Run({"token", "revoke", token.id()}).err,
              AllOf(HasSubstr("used already, by herstal-1"), HasSubstr("(TOKEN_USED)")));
  // Only operators; and a node does not know.
  EXPECT_EQ(Ask(node_->admin(), &admin::v1::AdminService::Stub::ListTokens, {}).status.error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
}

}  // namespace
}  // namespace comptoir::testing
