#include "common/rpc/enrolment_client.h"

#include <gtest/gtest.h>

#include <atomic>

#include "common/rpc/web_server.h"
#include "tests/unit/rpc/tls_coop.h"

namespace comptoir::testing {
namespace {

class EnrolmentClient : public ::testing::Test {
 protected:
  EnrolmentClient() : web_(Must(rpc::WebServer::Make(&files_))) {
    web_->HandleJson(rpc::kEnrollPath, [this](const std::string& body) {
      ++asked_;
      MutexLock lock(&mutex_);
      body_ = body;
      return answer_;
    });
    MustOk(web_->Start("127.0.0.1", 0));
  }

  void AnswerWith(absl::StatusOr<std::string> answer) {
    MutexLock lock(&mutex_);
    answer_ = std::move(answer);
  }
  std::string body() {
    MutexLock lock(&mutex_);
    return body_;
  }
  absl::StatusOr<admin::v1::EnrollResponse> Enroll(const Hash& fingerprint) {
    admin::v1::EnrollRequest request;
    request.set_token("CPT1.token");
    request.set_node("outremeuse-1");
    return rpc::Enroll("127.0.0.1", web_->port(), fingerprint, request);
  }

  const TlsCoop coop_;
  const rpc::TlsFiles files_ = coop_.Hub();
  std::atomic<int> asked_ = 0;
  Mutex mutex_;
  std::string body_ ABSL_GUARDED_BY(mutex_);
  absl::StatusOr<std::string> answer_ ABSL_GUARDED_BY(mutex_) = std::string("{}");
  const std::unique_ptr<rpc::WebServer> web_;
};

TEST_F(EnrolmentClient, AsksTheHubOfTheFingerprint) {
  AnswerWith(std::string(R"({"shop": "outremeuse", "fieldOfANewerHub": 1})"));
  const auto response = Enroll(coop_.fingerprint());
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->shop(), "outremeuse");
  EXPECT_NE(body().find("outremeuse-1"), std::string::npos);
}

TEST_F(EnrolmentClient, SendsNothingToAnother) {
  const auto response = Enroll(TlsCoop().fingerprint());
  EXPECT_EQ(response.status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_NE(std::string(response.status().message()).find("another fingerprint"),
            std::string::npos);
  EXPECT_EQ(asked_, 0);
}

TEST_F(EnrolmentClient, PassesOnWhatTheHubSays) {
  AnswerWith(absl::PermissionDeniedError("this token was already used"));
  EXPECT_EQ(Enroll(coop_.fingerprint()).status(),
            absl::PermissionDeniedError("this token was already used"));
  AnswerWith(absl::ResourceExhaustedError("wait a minute"));
  EXPECT_EQ(Enroll(coop_.fingerprint()).status(), absl::ResourceExhaustedError("wait a minute"));
}

TEST_F(EnrolmentClient, AnswersThatCannotBeRead) {
  for (const char* answer : {"", "not json", "[1]", R"({"shop": {}})"}) {
    AnswerWith(std::string(answer));
    EXPECT_EQ(Enroll(coop_.fingerprint()).status().code(), absl::StatusCode::kInternal) << answer;
  }
}

TEST_F(EnrolmentClient, NobodyThere) {
  const int port = web_->port();
  web_->Stop();
  const auto response =
      rpc::Enroll("127.0.0.1", port, coop_.fingerprint(), admin::v1::EnrollRequest());
  EXPECT_EQ(response.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(std::string(response.status().message()).find(std::to_string(port)), std::string::npos);
}

// A chain that holds the right authority behind a leaf that it did not sign.
TEST(EnrolmentClientPin, TheLeafMustBeSignedByTheAuthority) {
  const TlsCoop coop;
  rpc::TlsFiles files = TlsCoop().Hub();
  files.authority = coop.Hub().authority;
  const auto web = Must(rpc::WebServer::Make(&files));
  std::atomic<int> asked = 0;
  web->HandleJson(rpc::kEnrollPath, [&](const std::string&) {
    ++asked;
    return absl::StatusOr<std::string>("{}");
  });
  MustOk(web->Start("127.0.0.1", 0));
  const auto response =
      rpc::Enroll("127.0.0.1", web->port(), coop.fingerprint(), admin::v1::EnrollRequest());
  EXPECT_EQ(response.status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(asked, 0);
}

}  // namespace
}  // namespace comptoir::testing
