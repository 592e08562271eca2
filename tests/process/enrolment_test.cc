// Tokens: one use, one hub, one life; whoever fails to enrol keeps nothing and
// spends nothing.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/process/daemons.h"
#include "tests/process/hand_made_journal.h"
#include "tests/process/tcp_relay.h"

namespace comptoir::testing {
namespace {

// Of <sysexits.h>.
constexpr int kUnavailable = 69;
constexpr int kDenied = 77;
constexpr int kConfiguration = 78;

class Enrolment : public ::testing::Test {
 protected:
  Enrolment() { hub_.Start(); }
  ~Enrolment() override { hub_.Stop(); }

  void ExpectRefused(const Command& command, int code, const std::string& sentence) {
    const Ended ended = RunToEnd(command);
    EXPECT_EQ(ended.code, code) << ended.err;
    EXPECT_NE(ended.err.find(sentence), std::string::npos) << ended.err;
    EXPECT_FALSE(std::filesystem::exists(folder_ / "node/identity/certificate.pem"));
  }
  Command EnrolWith(const std::string& token, const std::string& name = "outremeuse-1") {
    return EnrolCommand(folder_ / "node", name, hub_.web(), token);
  }
  void ExpectEnrols(const std::string& token) {
    const Ended ended = RunToEnd(EnrolWith(token));
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(IdentityOf(folder_ / "node").writer().node, "outremeuse-1");
  }

  TemporaryFolder folder_;
  Hub hub_{folder_ / "hub"};
};

TEST_F(Enrolment, TokenThatIsNoToken) {
  ExpectRefused(EnrolWith("CPT1.xyz"), kUsage, "token");
  ExpectRefused(EnrolWith("letmein"), kUsage, "token");
}

TEST_F(Enrolment, TokenThatTheHubDidNotMake) {
  // The right fingerprint, another secret.
  std::string token = hub_.CreateToken("outremeuse");
  char& letter = token[std::string("CPT1.").size()];
  letter = letter == 'A' ? 'B' : 'A';
  ExpectRefused(EnrolWith(token), kDenied, "not one of this hub's");
}

TEST_F(Enrolment, UsedToken) {
  const std::string token = hub_.CreateToken("outremeuse");
  ExpectEnrols(token);
  const Ended second =
      RunToEnd(EnrolCommand(folder_ / "second", "outremeuse-2", hub_.web(), token));
  EXPECT_EQ(second.code, kDenied) << second.err;
  EXPECT_NE(second.err.find("already used, by outremeuse-1"), std::string::npos) << second.err;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "second/identity/certificate.pem"));
  // Also after the hub was killed: it was spent on the disk before it was answered.
  hub_.Kill();
  hub_.Start();
  const Ended third = RunToEnd(EnrolCommand(folder_ / "second", "outremeuse-2", hub_.web(), token));
  EXPECT_EQ(third.code, kDenied) << third.err;
}

TEST_F(Enrolment, ExpiredToken) {
  using std::chrono::system_clock;
  const std::string token = hub_.CreateToken("outremeuse", 1);
  const auto end = system_clock::now() + std::chrono::seconds(1);
  ASSERT_TRUE(Eventually([&] { return system_clock::now() > end; }));
  ExpectRefused(EnrolWith(token), kDenied, "expired");
}

TEST_F(Enrolment, NameThatAnotherShopHas) {
  ExpectEnrols(hub_.CreateToken("outremeuse"));
  const std::string token = hub_.CreateToken("herstal");
  const Command command = EnrolCommand(folder_ / "second", "outremeuse-1", hub_.web(), token);
  const Ended ended = RunToEnd(command);
  EXPECT_EQ(ended.code, kConfiguration) << ended.err;
  EXPECT_NE(ended.err.find("is taken by outremeuse"), std::string::npos) << ended.err;
  // The token is still good under another name.
  const Ended other = RunToEnd(EnrolCommand(folder_ / "second", "herstal-1", hub_.web(), token));
  EXPECT_EQ(other.code, 0) << other.err;
}

TEST_F(Enrolment, NameOfAMachineThatIsConnected) {
  Node first(hub_, folder_ / "first", "outremeuse", "outremeuse-1");
  first.Start();
  ASSERT_TRUE(Eventually([&] { return first.GetStatus().link().online(); }));
  const std::string token = hub_.CreateToken("outremeuse");
  ExpectRefused(EnrolWith(token), kConfiguration, "is connected at this moment");
  // Once it is gone another machine may take its place, with the same token.
  first.Stop();
  ASSERT_TRUE(Eventually([&] { return RunToEnd(EnrolWith(token)).code == 0; }));
  EXPECT_EQ(IdentityOf(folder_ / "node").writer().node, "outremeuse-1");
}

TEST_F(Enrolment, MalformedNameAndAddress) {
  const std::string token = hub_.CreateToken("outremeuse");
  ExpectRefused(EnrolWith(token, "Outremeuse 1"), kUsage, "name");
  ExpectRefused(EnrolCommand(folder_ / "node", "outremeuse-1", "nonsense", token), kUsage,
                "is not an address");
  ExpectEnrols(token);
}

TEST_F(Enrolment, NobodyThere) {
  const std::string token = hub_.CreateToken("outremeuse");
  const std::string nobody = "127.0.0.1:" + std::to_string(PickPort());
  ExpectRefused(EnrolCommand(folder_ / "node", "outremeuse-1", nobody, token), kUnavailable,
                "no hub answers at " + nobody + ": the connection is refused");
  // The port that it syncs on instead of the one that it enrols at.
  ExpectRefused(EnrolCommand(folder_ / "node", "outremeuse-1", hub_.sync(), token), kUnavailable,
                "enrolment goes to the hub's HTTPS port, 7401");
}

TEST_F(Enrolment, TokenOfAnotherHubSendsNothing) {
  Hub other(folder_ / "other", "Ailleurs");
  other.Start();
  const std::string token = other.CreateToken("outremeuse");
  {
    const TcpRelay relay(PortOf(hub_.web()));
    ExpectRefused(EnrolCommand(folder_ / "node", "outremeuse-1", relay.address(), token), kDenied,
                  "another fingerprint");
    // A handshake was begun, and broken off with no more than an alert.
    EXPECT_FALSE(relay.sent().empty());
    EXPECT_LT(ApplicationBytes(relay.sent()), 64U);
  }
  // The same to the hub that made it does send something, and the token is good.
  const TcpRelay relay(PortOf(other.web()));
  const Ended ended =
      RunToEnd(EnrolCommand(folder_ / "node", "outremeuse-1", relay.address(), token));
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_GT(ApplicationBytes(relay.sent()), 400U);
  other.Stop();
}

TEST_F(Enrolment, ALostNodeEnrolsAnewInItsShop) {
  ExpectEnrols(hub_.CreateToken("outremeuse"));
  Node again(hub_, folder_ / "again", "outremeuse", "outremeuse-1");
  again.Start();
  WaitUntilLevel(hub_, again);
  again.Stop();
}

TEST_F(Enrolment, OddTokenRequests) {
  using Stub = admin::v1::AdminService::Stub;
  admin::v1::CreateTokenRequest request;
  request.set_shop("Outre Meuse");
  EXPECT_EQ(Ask(hub_.admin(), &Stub::CreateToken, request).status.error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  request.set_shop("outremeuse");
  request.set_valid_seconds(604'801);
  EXPECT_EQ(Ask(hub_.admin(), &Stub::CreateToken, request).status.error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace comptoir::testing
