#include "common/daemon/grpc_server.h"

#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <thread>

#include "comptoir/coop/v1/coop.grpc.pb.h"
#include "tests/support/coop.h"
#include "tests/support/eventually.h"

namespace comptoir::testing {
namespace {

// Answers once the test lets it.
class SlowService : public coop::v1::CoopService::Service {
 public:
  grpc::Status ListShops(grpc::ServerContext* context, const coop::v1::ListShopsRequest*,
                         coop::v1::ListShopsResponse* response) override {
    entered = true;
    Eventually([&] { return answer || context->IsCancelled(); });
    cancelled = context->IsCancelled();
    response->add_shops()->set_shop("outremeuse");
    return grpc::Status::OK;
  }

  std::atomic<bool> entered = false;
  std::atomic<bool> answer = false;
  std::atomic<bool> cancelled = false;
};

class GrpcServerTest : public ::testing::Test {
 protected:
  GrpcServerTest()
      : server_(Must(daemon::GrpcServer::Start({"127.0.0.1", 0}, grpc::InsecureServerCredentials(),
                                               {&service_}))),
        stub_(coop::v1::CoopService::NewStub(grpc::CreateChannel(
            "127.0.0.1:" + std::to_string(server_->port()), grpc::InsecureChannelCredentials()))) {}

  SlowService service_;
  std::unique_ptr<daemon::GrpcServer> server_;
  std::unique_ptr<coop::v1::CoopService::Stub> stub_;
};

TEST_F(GrpcServerTest, PicksAPortAndServes) {
  EXPECT_GT(server_->port(), 0);
  service_.answer = true;
  grpc::ClientContext context;
  coop::v1::ListShopsResponse response;
  EXPECT_TRUE(stub_->ListShops(&context, {}, &response).ok());
  EXPECT_EQ(response.shops_size(), 1);
}

TEST_F(GrpcServerTest, DoesNotShareItsPort) {
  SlowService other;
  const daemon::Address taken{"127.0.0.1", server_->port()};
  const auto second = daemon::GrpcServer::Start(taken, grpc::InsecureServerCredentials(), {&other});
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(std::string(second.status().message()).find(taken.text()), std::string::npos);
}

TEST_F(GrpcServerTest, DrainLetsACallEnd) {
  grpc::Status status;
  coop::v1::ListShopsResponse response;
  std::thread caller([&] {
    grpc::ClientContext context;
    status = stub_->ListShops(&context, {}, &response);
  });
  ASSERT_TRUE(Eventually([&] { return service_.entered.load(); }));
  std::thread drainer([&] { server_->Drain(60'000); });
  service_.answer = true;
  drainer.join();
  caller.join();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_FALSE(service_.cancelled);
}

TEST_F(GrpcServerTest, DrainCancelsWhatDoesNotEndInTime) {
  grpc::Status status;
  std::thread caller([&] {
    grpc::ClientContext context;
    coop::v1::ListShopsResponse response;
    status = stub_->ListShops(&context, {}, &response);
  });
  ASSERT_TRUE(Eventually([&] { return service_.entered.load(); }));
  server_->Drain(10);
  caller.join();
  EXPECT_FALSE(status.ok());
  EXPECT_TRUE(service_.cancelled);
  server_->Drain(10);  // again is nothing
}

}  // namespace
}  // namespace comptoir::testing
