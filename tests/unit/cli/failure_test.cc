#include "cli/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/escaping.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::cli {
namespace {

using ::testing::HasSubstr;

absl::Status FromCall(grpc::StatusCode code, const std::string& reason = "") {
  return CallFailure(grpc::Status(code, "a sentence"), reason, "127.0.0.1:7410");
}

TEST(Failure, ExitCodes) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), ExitCode::kDone);
  EXPECT_EQ(ExitCodeOf(absl::InvalidArgumentError("typed wrong")), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeOf(absl::NotFoundError("no such file")), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeOf(FromCall(grpc::StatusCode::INVALID_ARGUMENT)), ExitCode::kRefused);
  EXPECT_EQ(ExitCodeOf(FromCall(grpc::StatusCode::PERMISSION_DENIED)), ExitCode::kRefused);
  EXPECT_EQ(ExitCodeOf(FromCall(grpc::StatusCode::RESOURCE_EXHAUSTED, "DISK_RESERVE")),
            ExitCode::kRefused);
  EXPECT_EQ(ExitCodeOf(FromCall(grpc::StatusCode::UNAVAILABLE)), ExitCode::kUnanswered);
  EXPECT_EQ(ExitCodeOf(FromCall(grpc::StatusCode::DEADLINE_EXCEEDED)), ExitCode::kUnanswered);
  EXPECT_EQ(ExitCodeOf(FromCall(grpc::StatusCode::UNAVAILABLE, "STOPPING")), ExitCode::kRefused);
  EXPECT_EQ(ExitCodeOf(FromCall(static_cast<grpc::StatusCode>(17))), ExitCode::kRefused);
}

TEST(Failure, MayBeDoneUnlessItWasRefused) {
  EXPECT_TRUE(MayBeDone(FromCall(grpc::StatusCode::UNAVAILABLE)));
  EXPECT_TRUE(MayBeDone(FromCall(grpc::StatusCode::DATA_LOSS)));
  EXPECT_TRUE(MayBeDone(FromCall(static_cast<grpc::StatusCode>(17))));
  EXPECT_FALSE(MayBeDone(FromCall(grpc::StatusCode::UNAVAILABLE, "STOPPING")));
  EXPECT_FALSE(MayBeDone(FromCall(grpc::StatusCode::INVALID_ARGUMENT)));
  EXPECT_FALSE(MayBeDone(absl::InternalError("here, before anything was asked")));
  EXPECT_EQ(ErrorSentence(FromCall(grpc::StatusCode::DATA_LOSS)),
            "127.0.0.1:7410 failed: a sentence");
}

TEST(Failure, KeepsTheReason) {
  EXPECT_EQ(ReasonOf(FromCall(grpc::StatusCode::NOT_FOUND, "UNKNOWN_PRODUCT")), "UNKNOWN_PRODUCT");
  EXPECT_EQ(ReasonOf(absl::NotFoundError("x")), "");
}

TEST(Failure, AStreamThatWasRefusedStaysSo) {
  EXPECT_TRUE(IsFinal(grpc::StatusCode::PERMISSION_DENIED));
  EXPECT_TRUE(IsFinal(grpc::StatusCode::FAILED_PRECONDITION));
  EXPECT_FALSE(IsFinal(grpc::StatusCode::UNAVAILABLE));
  EXPECT_FALSE(IsFinal(grpc::StatusCode::RESOURCE_EXHAUSTED));
}

TEST(Failure, WritesSentences) {
  EXPECT_EQ(ErrorSentence(absl::InvalidArgumentError("typed wrong")), "typed wrong");
  EXPECT_EQ(ErrorSentence(FromCall(grpc::StatusCode::NOT_FOUND, "UNKNOWN_PRODUCT")),
            "refused: a sentence (UNKNOWN_PRODUCT)");
  EXPECT_EQ(ErrorSentence(FromCall(grpc::StatusCode::UNAVAILABLE)),
            "nobody answers at 127.0.0.1:7410: does the daemon run there? (a sentence)");
  const absl::Status refused = CallFailure(
      grpc::Status(grpc::StatusCode::UNAVAILABLE,
                   "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:1: "
                   "Failed to connect to remote host: Connection refused"),
      "", "a:1");
  EXPECT_EQ(ErrorSentence(WithAdvice(refused, "to ask again, shout")),
            "nobody answers at a:1: does the daemon run there? (Connection refused); to ask "
            "again, shout");
  // gRPC's words for a port of the other daemon, and of HTTP.
  for (const char* cause : {"Socket closed",
                            "failed to connect to all addresses; last error: UNKNOWN: "
                            "ipv4:127.0.0.1:1: error:0A00010B:SSL routines::wrong version number",
                            "failed to connect to all addresses; last error: UNKNOWN: "
                            "ipv4:127.0.0.1:1: Trying to connect an http1.x server"}) {
    EXPECT_THAT(
        ErrorSentence(CallFailure(grpc::Status(grpc::StatusCode::UNAVAILABLE, cause), "", "a:1")),
        HasSubstr("did the daemon stop, or is it the wrong port?"));
  }
  EXPECT_THAT(ErrorSentence(CallFailure(
                  grpc::Status(grpc::StatusCode::UNAVAILABLE,
                               "failed to connect to all addresses; last error: UNKNOWN: "
                               "ipv4:127.0.0.1:1: Ssl handshake failed: SSL_ERROR_SSL: "
                               "error:0A000086:SSL routines::certificate verify failed"),
                  "", "a:1")),
              HasSubstr("the hub at a:1 is of another co-op than this identity"));
  EXPECT_THAT(ErrorJson(WithAdvice(refused, "to ask again, shout")),
              HasSubstr("remote host: Connection refused; to ask again, shout\""));
  EXPECT_EQ(ErrorSentence(WithAdvice(FromCall(grpc::StatusCode::INTERNAL), "shout")),
            "127.0.0.1:7410 failed: a sentence; shout");
  EXPECT_THAT(ErrorSentence(FromCall(grpc::StatusCode::DEADLINE_EXCEEDED)),
              HasSubstr("may or may not"));
  EXPECT_EQ(ErrorSentence(CallFailure(grpc::Status(grpc::StatusCode::ABORTED, ""), "", "a:1")),
            "refused: aborted");
}

TEST(Failure, SentencesCannotSteerTheTerminal) {
  const absl::Status status =
      CallFailure(grpc::Status(grpc::StatusCode::ABORTED, "a\033[2J\nb"), "\033", "a:1");
  EXPECT_EQ(ErrorSentence(status).find('\033'), std::string::npos);
  EXPECT_THAT(ErrorSentence(status), HasSubstr("\nb"));
}

TEST(Failure, WritesConnectJson) {
  EXPECT_EQ(ErrorJson(absl::InvalidArgumentError("a \"b\"")),
            R"({"code":"invalid_argument","message":"a \"b\"","details":[]})");
  const std::string json = ErrorJson(FromCall(grpc::StatusCode::NOT_FOUND, "UNKNOWN_PRODUCT"));
  EXPECT_THAT(
      json,
      HasSubstr(
          R"({"code":"not_found","message":"a sentence","details":[{"type":"comptoir.shop.v1.Refusal","value":")"));
  EXPECT_THAT(json,
              HasSubstr(R"("debug":{"code":5,"reason":"UNKNOWN_PRODUCT","message":"a sentence"})"));
}

TEST(Failure, DetailIsTheMessageUnpadded) {
  const std::string json = ErrorJson(FromCall(grpc::StatusCode::NOT_FOUND, "R"));
  const size_t begin = json.find(R"("value":")") + 9;
  std::string value = json.substr(begin, json.find('"', begin) - begin);
  EXPECT_EQ(value.find('='), std::string::npos);
  while (value.size() % 4 != 0) value += '=';
  std::string bytes;
  ASSERT_TRUE(absl::Base64Unescape(value, &bytes));
  shop::v1::Refusal refusal;
  ASSERT_TRUE(refusal.ParseFromString(bytes));
  EXPECT_EQ(refusal.reason(), "R");
}

TEST(Failure, OneThatWasInterruptedIsNoSlipAndNoDaemonsFault) {
  const absl::Status interrupted = absl::CancelledError("interrupted: 2 sales are left");
  EXPECT_EQ(ExitCodeOf(interrupted), ExitCode::kRefused);
  EXPECT_EQ(ErrorSentence(interrupted), "interrupted: 2 sales are left");
  EXPECT_THAT(ErrorSentence(FromCall(grpc::StatusCode::CANCELLED)),
              HasSubstr("127.0.0.1:7410 failed: a sentence"));
}

TEST(Failure, NamesEveryCanonicalCode) {
  EXPECT_EQ(ConnectCode(absl::StatusCode::kCancelled), "canceled");
  EXPECT_EQ(ConnectCode(absl::StatusCode::kUnauthenticated), "unauthenticated");
  EXPECT_EQ(ConnectCode(absl::StatusCode::kFailedPrecondition), "failed_precondition");
  EXPECT_EQ(ConnectCode(static_cast<absl::StatusCode>(99)), "unknown");
}

}  // namespace
}  // namespace comptoir::cli
