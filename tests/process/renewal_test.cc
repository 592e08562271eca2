// Certificates that end: renewed while the daemons run, an alarm where they cannot be,
// and a way back for a node that was away too long. Nothing sold is lost by any of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/identity/data_folder.h"
#include "tests/process/daemons.h"
#include "tests/support/eventually.h"

namespace comptoir::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Of <sysexits.h>, and of the command line.
constexpr int kDenied = 77;
constexpr int kRefusedByCommand = 2;

// Enrolment and the first sync fit into the first two thirds of it; programs under the
// thread sanitizer take several times as long for them.
#ifdef __SANITIZE_THREAD__
constexpr const char* kShort = "60s";
#else
constexpr const char* kShort = "30s";
#endif
const std::vector<std::string> kShortLife = {"--certificate-life", kShort};
const std::vector<std::string> kLongLife = {"--certificate-life", "1h"};
// Renewals, and what waits for the end of a certificate, come before this.
constexpr std::chrono::seconds kLifePatience(120);

int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string NotesOf(Daemon& daemon) {
  const admin::v1::Status status = daemon.GetStatus();
  std::string notes;
  for (const std::string& note : status.notes()) notes += note + "\n";
  return notes;
}

void Sell(Node& node, uint32_t number) {
  shop::v1::RecordSaleRequest request;
  request.set_request_id(RequestId("renewal", number));
  *request.add_lines() = Line("miel", 1'000);
  Get(node.shop(), &shop::v1::ShopService::Stub::RecordSale, request);
}

// What a hub says to who shows the certificate that lies in `data`.
grpc::StatusCode AnswerTo(Hub& hub, const std::string& data) {
  const identity::Identity identity = Required(identity::LoadIdentity(identity::NodeFiles(data)));
  const auto stub = admin::v1::AdminService::NewStub(MutualTlsChannel(
      hub.sync(),
      {identity.tls.authority_pem, identity.tls.certificate_pem, identity.tls.key_pem}));
  return Ask(*stub, &admin::v1::AdminService::Stub::GetStatus, admin::v1::GetStatusRequest())
      .status.error_code();
}

Command RenewCommand(const Node& node, const std::string& web, const std::string& token) {
  return {"comptoir-node",
          {"enroll", "--renew", "--data", node.data(), "--hub", web, "--token", token},
          {}};
}

Command RenewOperatorCommand(const Hub& hub) {
  return {"comptoir-hub", {"renew-operator", "--data", hub.data()}, {}};
}

class Renewal : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(Renewal, AHubAndANodeThatRunRenewAndShowTheNewCertificateToNewConnections) {
  Hub hub(folder_ / "hub", "Les Petits Producteurs", kShortLife);
  hub.Start(kShortLife);
  Node node(hub, folder_ / "node", "outremeuse", "outremeuse-1");
  hub.Import({Product("miel", retail::v1::UNIT_PIECE, 800)});
  node.Start();
  WaitUntilLevel(hub, node);
  const int64_t node_end_ms = node.GetStatus().certificate_expires_ms();
  const int64_t hub_end_ms = hub.GetStatus().certificate_expires_ms();
  // What is renewed from here on stays good to the end of the test.
  hub.Stop();
  hub.Start(kLongLife);
  hub.GetStatus();  // connected while the operator's certificate is good
  ASSERT_TRUE(Eventually([&] { return node.GetStatus().certificate_expires_ms() > node_end_ms; },
                         kLifePatience));
  ASSERT_TRUE(Eventually([&] { return hub.GetStatus().certificate_expires_ms() > hub_end_ms; },
                         kLifePatience));
  ASSERT_TRUE(
      Eventually([&] { return NowMs() > std::max(node_end_ms, hub_end_ms); }, kLifePatience));
  EXPECT_THAT(NotesOf(node), Not(HasSubstr("certificate")));

  // The operator's ended with them, and is mended beside a hub that runs. A new
  // connection takes only a hub whose certificate is good now.
  const Ended renewed = RunToEnd(RenewOperatorCommand(hub));
  EXPECT_EQ(renewed.code, 0) << renewed.err;
  const auto again =
      admin::v1::AdminService::NewStub(MutualTlsChannel(hub.sync(), hub.operator_files()));
  EXPECT_GT(Get(*again, &admin::v1::AdminService::Stub::GetStatus, admin::v1::GetStatusRequest())
                .certificate_expires_ms(),
            NowMs());
  // And the node's next connection is by its new one: the old would not be let in.
  hub.Kill();
  Sell(node, 1);
  hub.Start(kLongLife);
  WaitUntilLevel(hub, node);
  // Journals from before and after, of one key, in a run that loads the new certificate.
  node.Stop();
  node.Start();
  Sell(node, 2);
  WaitUntilLevel(hub, node);
  ExpectVerified(hub.admin());
  ExpectVerified(node.admin());
  node.Stop();
  hub.Stop();
}

TEST_F(Renewal, ANodeWhoseCertificateEndedSellsOnAndIsMendedByAToken) {
  Hub hub(folder_ / "hub");
  hub.Start(kShortLife);
  Node node(hub, folder_ / "node", "outremeuse", "outremeuse-1");
  hub.Import({Product("miel", retail::v1::UNIT_PIECE, 800)});
  node.Start();
  WaitUntilLevel(hub, node);
  Sell(node, 1);
  hub.Kill();
  Sell(node, 2);
  ASSERT_TRUE(Eventually([&] { return NotesOf(node).find(" ended on ") != std::string::npos; },
                         kLifePatience));
  EXPECT_THAT(node.program().err(), HasSubstr("and was not renewed: the hub is not reached"));
  Sell(node, 3);

  // Turned away, and it says why and what mends it.
  hub.Start(kLongLife);
  EXPECT_EQ(AnswerTo(hub, node.data()), grpc::StatusCode::UNAVAILABLE);
  admin::v1::Status cut_off;
  EXPECT_TRUE(Eventually([&] {
    cut_off = node.GetStatus();
    return cut_off.link().last_error().find("enroll --renew") != std::string::npos;
  }));
  EXPECT_FALSE(cut_off.link().online());
  EXPECT_THAT(cut_off.link().last_error(), HasSubstr("the hub lets this node in no more"));
  EXPECT_THAT(cut_off.link().last_error(),
              HasSubstr("comptoir-node enroll --renew --data " + node.data()));
  EXPECT_TRUE(
      Eventually([&] { return node.program().err().find("enroll --renew") != std::string::npos; }));

  // Not by any token: by one of its shop, which another one does not spend.
  const Ended elsewhere = RunToEnd(RenewCommand(node, hub.web(), hub.CreateToken("herstal")));
  EXPECT_NE(elsewhere.code, 0);
  EXPECT_THAT(elsewhere.err, HasSubstr("this token is for another shop"));
  const std::string token = hub.CreateToken("outremeuse");
  Command other_name = RenewCommand(node, hub.web(), token);
  other_name.arguments.insert(other_name.arguments.end(), {"--name", "outremeuse-2"});
  const Ended renamed = RunToEnd(other_name);
  EXPECT_EQ(renamed.code, kUsage) << renamed.err;
  EXPECT_THAT(renamed.err, HasSubstr("is node outremeuse-1, not outremeuse-2"));
  const Ended mended = RunToEnd(RenewCommand(node, hub.web(), token));
  EXPECT_EQ(mended.code, 0) << mended.err;

  // Without a restart, with nothing lost.
  WaitUntilLevel(hub, node);
  EXPECT_EQ(NotesOf(node), "");
  EXPECT_EQ(hub.GetStatus().receipts(), 3U);
  EXPECT_EQ(AnswerTo(hub, node.data()), grpc::StatusCode::PERMISSION_DENIED) << "is no operator";
  ExpectVerified(hub.admin());
  node.Stop();
  node.ExpectSound();
  hub.Stop();
}

TEST_F(Renewal, OnlyAnIdentityThatIsThereIsRenewed) {
  Hub hub(folder_ / "hub");
  hub.Start();
  Node node(hub, folder_ / "node", "outremeuse", "outremeuse-1");
  Hub other(folder_ / "other", "Ailleurs");
  other.Start();
  const Ended foreign = RunToEnd(RenewCommand(node, other.web(), other.CreateToken("outremeuse")));
  EXPECT_EQ(foreign.code, kDenied) << foreign.err;
  EXPECT_THAT(foreign.err, HasSubstr("nothing was sent"));
  const Ended nobody = RunToEnd({"comptoir-node",
                                 {"enroll", "--renew", "--data", folder_ / "empty", "--hub",
                                  hub.web(), "--token", hub.CreateToken("outremeuse")},
                                 {}});
  EXPECT_NE(nobody.code, 0);
  EXPECT_THAT(nobody.err, HasSubstr("no identity in"));
  other.Stop();
  hub.Stop();
}

TEST_F(Renewal, AnOperatorWhoseCertificateEndedIsToldHowToMendIt) {
  Hub hub(folder_ / "hub", "Les Petits Producteurs", {"--certificate-life", "10s"});
  hub.Start(kLongLife);
  const auto status = [&] {
    return RunToEnd({"comptoir",
                     {"status", "--hub", hub.sync()},
                     {{"COMPTOIR_IDENTITY", hub.data() + "/operator.pem"}}});
  };
  Ended ended;
  ASSERT_TRUE(Eventually([&] { return (ended = status()).code != 0; }));
  EXPECT_EQ(ended.code, kRefusedByCommand);
  EXPECT_THAT(ended.err, HasSubstr("operator.pem: this identity ended on "));
  EXPECT_THAT(ended.err, HasSubstr("comptoir-hub renew-operator"));
  const Ended renewed = RunToEnd(RenewOperatorCommand(hub));
  EXPECT_EQ(renewed.code, 0) << renewed.err;
  EXPECT_THAT(renewed.out, HasSubstr("is good until "));
  ended = status();
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("certificate    until "));
  EXPECT_EQ(ended.err, "");
  hub.Stop();
}

TEST_F(Renewal, LivesThatMakeNoSense) {
  Hub hub(folder_ / "hub");
  for (const char* life : {"9s", "3651d", "400", "-1d", "d", ""}) {
    const Ended ended = RunToEnd(
        {"comptoir-hub", {"--data", hub.data(), std::string("--certificate-life=") + life}, {}});
    EXPECT_EQ(ended.code, kUsage) << life << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("certificate-life")) << life;
  }
}

}  // namespace
}  // namespace comptoir::testing
