#include "common/rpc/status.h"

#include <gtest/gtest.h>

#include "common/rpc/web_server.h"

namespace comptoir::rpc {
namespace {

TEST(Status, GoesOverAndBackWithCodeAndSentence) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "what to do");
    const grpc::Status over = ToGrpc(status);
    EXPECT_EQ(static_cast<int>(over.error_code()), code);
    EXPECT_EQ(over.error_message(), "what to do");
    EXPECT_EQ(FromGrpc(over), status);
  }
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpc(grpc::Status::OK).ok());
}

TEST(Status, HasANameAndAnHttpStatusInTheConnectProtocol) {
  EXPECT_EQ(ConnectCode(absl::StatusCode::kInvalidArgument), "invalid_argument");
  EXPECT_EQ(ConnectCode(absl::StatusCode::kCancelled), "canceled");
  EXPECT_EQ(ConnectHttpStatus(absl::StatusCode::kInvalidArgument), 400);
  EXPECT_EQ(ConnectHttpStatus(absl::StatusCode::kUnauthenticated), 401);
  EXPECT_EQ(ConnectHttpStatus(absl::StatusCode::kPermissionDenied), 403);
  EXPECT_EQ(ConnectHttpStatus(absl::StatusCode::kNotFound), 404);
  EXPECT_EQ(ConnectHttpStatus(absl::StatusCode::kResourceExhausted), 429);
  EXPECT_EQ(ConnectHttpStatus(absl::StatusCode::kUnavailable), 503);
  for (int code = 1; code <= 16; ++code) {
    EXPECT_FALSE(ConnectCode(static_cast<absl::StatusCode>(code)).empty());
    EXPECT_GE(ConnectHttpStatus(static_cast<absl::StatusCode>(code)), 400);
  }
}

}  // namespace
}  // namespace comptoir::rpc
