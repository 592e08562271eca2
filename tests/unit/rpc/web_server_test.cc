#include "common/rpc/web_server.h"

#define CPPHTTPLIB_OPENSSL_SUPPORT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>

#include "common/base/mutex.h"
#include "common/rpc/enrolment_client.h"
#include "comptoir/admin/v1/admin.pb.h"
#include "comptoir/rpc/v1/error.pb.h"
#include "tests/unit/rpc/tls_coop.h"

namespace comptoir::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kPath[] = "/comptoir.admin.v1.AdminService/CreateToken";
constexpr char kJson[] = "application/json";

rpc::v1::ConnectError ErrorIn(const std::string& json) {
  rpc::v1::ConnectError error;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &error).ok()) << json;
  return error;
}

// Answers a token that names the shop asked for; refuses the shop "closed".
class WebServerTest : public ::testing::Test {
 protected:
  explicit WebServerTest(const rpc::TlsFiles* tls = nullptr)
      : web_(Must(rpc::WebServer::Make(tls))) {
    web_->Handle<admin::v1::CreateTokenRequest>(
        kPath,
        [this](const admin::v1::CreateTokenRequest& request)
            -> absl::StatusOr<admin::v1::CreateTokenResponse> {
          ++handled_;
          if (request.shop() == "closed") {
            return absl::PermissionDeniedError("the shop \"closed\" is closed");
          }
          admin::v1::CreateTokenResponse response;
          response.set_token("for " + request.shop());
          return response;
        });
    web_->HandlePage("/healthz", [this] {
      return healthy_ ? rpc::WebServer::Page{200, "text/plain", "serving\n"}
                      : rpc::WebServer::Page{503, kJson, "{\"why\":\"no disk\"}"};
    });
    MustOk(web_->Start("127.0.0.1", 0));
  }

  httplib::Result Post(const std::string& body, const std::string& path = kPath) {
    return httplib::Client("127.0.0.1", web_->port()).Post(path, body, kJson);
  }
  httplib::Result Get(const std::string& path) {
    return httplib::Client("127.0.0.1", web_->port()).Get(path);
  }
  void ExpectError(const httplib::Result& result, int http, const std::string& code) {
    ASSERT_TRUE(result) << httplib::to_string(result.error());
    EXPECT_EQ(result->status, http);
    EXPECT_EQ(result->get_header_value("Content-Type"), kJson);
    EXPECT_EQ(ErrorIn(result->body).code(), code);
    EXPECT_FALSE(ErrorIn(result->body).message().empty());
  }

  std::atomic<int> handled_ = 0;
  std::atomic<bool> healthy_ = true;
  const std::unique_ptr<rpc::WebServer> web_;
};

TEST_F(WebServerTest, AnswersJsonWithAllFields) {
  const auto result = Post(R"({"shop": "outremeuse"})");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 200);
  EXPECT_EQ(result->get_header_value("Content-Type"), kJson);
  EXPECT_THAT(result->body, HasSubstr(R"("token":"for outremeuse")"));
  EXPECT_THAT(result->body, HasSubstr(R"("expiresMs":"0")")) << "zeros are said, 64 bits as text";
}

TEST_F(WebServerTest, ErrorsAreConnectErrors) {
  const auto result = Post(R"({"shop": "closed"})");
  ExpectError(result, 403, "permission_denied");
  EXPECT_EQ(ErrorIn(result->body).message(), "the shop \"closed\" is closed");
}

TEST_F(WebServerTest, BodiesThatAreNotTheRequest) {
  for (const char* body : {"", "{", "[]", "\"text\"", R"({"shop": 7})", R"({"unknown": 1})",
                           R"({"validSeconds": -1})", "\xff\xfe\x00"}) {
    ExpectError(Post(body), 400, "invalid_argument");
  }
  EXPECT_EQ(handled_, 0);
}

TEST_F(WebServerTest, BodiesOverTheLimit) {
  const std::string longest(rpc::WebServer::kBodyBytesMax + 1, ' ');
  const auto result = Post(longest);
  ASSERT_TRUE(result) << httplib::to_string(result.error());
  EXPECT_EQ(result->status, 413);
  EXPECT_EQ(handled_, 0);
  // One that just fits is read.
  std::string fits = R"({"shop": "outremeuse"})";
  fits.resize(rpc::WebServer::kBodyBytesMax, ' ');
  EXPECT_EQ(Post(fits)->status, 200);
}

TEST_F(WebServerTest, OtherPathsAndMethods) {
  EXPECT_EQ(Post("{}", "/comptoir.admin.v1.AdminService/Nothing")->status, 404);
  EXPECT_EQ(Get(kPath)->status, 404);
  EXPECT_EQ(Post("{}", "/healthz")->status, 404);
  EXPECT_EQ(handled_, 0);
}

TEST_F(WebServerTest, PagesSayTheirStatusAndType) {
  EXPECT_EQ(Get("/healthz")->status, 200);
  EXPECT_EQ(Get("/healthz")->body, "serving\n");
  EXPECT_EQ(Get("/healthz")->get_header_value("Content-Type"), "text/plain");
  healthy_ = false;
  EXPECT_EQ(Get("/healthz")->status, 503);
  EXPECT_EQ(Get("/healthz")->body, "{\"why\":\"no disk\"}");
  EXPECT_EQ(Get("/healthz")->get_header_value("Content-Type"), kJson);
}

TEST_F(WebServerTest, APortIsNotShared) {
  const auto second = Must(rpc::WebServer::Make(nullptr));
  const absl::Status status = second->Start("127.0.0.1", web_->port());
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(std::string(status.message()).find(std::to_string(web_->port())), std::string::npos);
  EXPECT_EQ(Post(R"({"shop": "outremeuse"})")->status, 200);
}

TEST_F(WebServerTest, StopsAndGivesThePortBack) {
  const int port = web_->port();
  web_->Stop();
  web_->Stop();  // twice is once
  EXPECT_FALSE(Get("/healthz"));
  const auto next = Must(rpc::WebServer::Make(nullptr));
  EXPECT_TRUE(next->Start("127.0.0.1", port).ok());
}

TEST(WebServerLife, StopsRightAfterItStarts) {
  for (int i = 0; i < 20; ++i) {
    const auto web = Must(rpc::WebServer::Make(nullptr));
    ASSERT_TRUE(web->Start("127.0.0.1", 0).ok());
  }
}

TEST(WebServerLife, ServesOnAnAddressInBrackets) {
  const auto web = Must(rpc::WebServer::Make(nullptr));
  web->HandlePage("/healthz", [] { return rpc::WebServer::Page{200, "text/plain", "serving\n"}; });
  ASSERT_TRUE(web->Start("[::1]", 0).ok());
  EXPECT_TRUE(httplib::Client("::1", web->port()).Get("/healthz"));
}

TEST(HostToResolve, TakesBracketsAway) {
  EXPECT_EQ(rpc::HostToResolve("[::1]"), "::1");
  EXPECT_EQ(rpc::HostToResolve("127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(rpc::HostToResolve("["), "[");
  EXPECT_EQ(rpc::HostToResolve(""), "");
}

TEST(WebServerLife, NeverStarted) { EXPECT_NE(Must(rpc::WebServer::Make(nullptr)), nullptr); }

// ---- HTTPS ----

struct Tls {
  TlsCoop coop;
  rpc::TlsFiles files = coop.Hub();
};

class SecureWebServerTest : private Tls, public WebServerTest {
 protected:
  SecureWebServerTest() : WebServerTest(&files) {}
};

TEST_F(SecureWebServerTest, SpeaksTlsAndNothingElse) {
  httplib::SSLClient client("127.0.0.1", web_->port());
  client.enable_server_certificate_verification(false);
  const auto result = client.Get("/healthz");
  ASSERT_TRUE(result) << httplib::to_string(result.error());
  EXPECT_EQ(result->body, "serving\n");
  EXPECT_FALSE(Get("/healthz")) << "plain HTTP was answered";
}

TEST(SecureWebServerLife, KeyAndCertificateMustBelongTogether) {
  const TlsCoop coop;
  rpc::TlsFiles files = coop.Hub();
  files.key = coop.Hub().key;
  EXPECT_EQ(rpc::WebServer::Make(&files).status().code(), absl::StatusCode::kFailedPrecondition);
  files.key = "no key";
  EXPECT_EQ(rpc::WebServer::Make(&files).status().code(), absl::StatusCode::kFailedPrecondition);
}

// Whether a hub's fingerprint pins what is shown: the chain must hold this authority.
TEST(SecureWebServerLife, NewConnectionsAreShownTheCertificateOfTheMoment) {
  const TlsCoop one;
  const TlsCoop other;
  Mutex mutex;
  rpc::TlsFiles files = one.Hub();
  const auto web = Must(rpc::WebServer::MakeSecure(rpc::TlsSource([&] {
    MutexLock lock(&mutex);
    return files;
  })));
  MustOk(web->Start("127.0.0.1", 0));
  const auto reached = [&](const TlsCoop& coop) {
    // Reached: it has no such path. Not: the handshake fails.
    return rpc::Enroll("127.0.0.1", web->port(), coop.fingerprint(), admin::v1::EnrollRequest())
               .status()
               .code() != absl::StatusCode::kUnauthenticated;
  };
  EXPECT_TRUE(reached(one));
  EXPECT_FALSE(reached(other));
  {
    MutexLock lock(&mutex);
    files = other.Hub();
  }
  EXPECT_FALSE(reached(one));
  EXPECT_TRUE(reached(other));
}

}  // namespace
}  // namespace comptoir::testing
