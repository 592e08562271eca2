#include "common/rpc/credentials.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include "common/base/mutex.h"
#include "common/rpc/status.h"
#include "comptoir/coop/v1/coop.grpc.pb.h"
#include "tests/unit/rpc/tls_coop.h"

namespace comptoir::testing {
namespace {

// Answers with who asked: "kind coop/shop/node".
class WhoAsks : public coop::v1::CoopService::Service {
 public:
  grpc::Status ListShops(grpc::ServerContext* context, const coop::v1::ListShopsRequest*,
                         coop::v1::ListShopsResponse* response) override {
    const auto holder = rpc::PeerOf(*context->auth_context());
    if (!holder.ok()) return rpc::ToGrpc(holder.status());
    const journal::Writer& writer = holder->writer;
    response->add_shops()->set_name(std::to_string(static_cast<int>(holder->kind)) + " " +
                                    writer.coop + "/" + writer.shop + "/" + writer.node);
    return grpc::Status::OK;
  }
};

class Credentials : public ::testing::Test {
 protected:
  void Serve(const rpc::TlsFiles& files) { Serve(rpc::MutualTlsServer(files)); }
  void Serve(std::shared_ptr<grpc::ServerCredentials> credentials) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", std::move(credentials), &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }
  grpc::Status AskAs(std::shared_ptr<grpc::ChannelCredentials> credentials, std::string* who,
                     const grpc::ChannelArguments& arguments = rpc::HubChannelArguments()) {
    const auto stub = coop::v1::CoopService::NewStub(grpc::CreateCustomChannel(
        "127.0.0.1:" + std::to_string(port_), std::move(credentials), arguments));
    grpc::ClientContext context;
    coop::v1::ListShopsResponse response;
    const grpc::Status status = stub->ListShops(&context, coop::v1::ListShopsRequest(), &response);
    if (status.ok()) *who = response.shops(0).name();
    return status;
  }
  grpc::Status AskAs(const rpc::TlsFiles& files, std::string* who) {
    return AskAs(rpc::MutualTlsClient(files), who);
  }

  TlsCoop coop_;
  WhoAsks service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(Credentials, TheServerKnowsWhoAsks) {
  Serve(coop_.Hub());
  std::string who;
  EXPECT_TRUE(AskAs(coop_.Node(), &who).ok());
  EXPECT_EQ(who, "1 essai/outremeuse/outremeuse-1");
  EXPECT_TRUE(AskAs(coop_.Operator(), &who).ok());
  EXPECT_EQ(who, "2 essai//operator");
}

TEST_F(Credentials, ACertificateOfAnotherAuthorityDoesNotConnect) {
  Serve(coop_.Hub());
  std::string who;
  const TlsCoop same_name("essai");
  EXPECT_EQ(AskAs(same_name.Node(), &who).error_code(), grpc::StatusCode::UNAVAILABLE);
  // Nor when it trusts ours.
  rpc::TlsFiles mixed = same_name.Node();
  mixed.authority = coop_.Node().authority;
  EXPECT_EQ(AskAs(mixed, &who).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(Credentials, WithoutACertificateNobodyConnects) {
  Serve(coop_.Hub());
  std::string who;
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = coop_.Node().authority;
  EXPECT_EQ(AskAs(grpc::SslCredentials(options), &who).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(AskAs(grpc::InsecureChannelCredentials(), &who, grpc::ChannelArguments()).error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

TEST_F(Credentials, OnlyAHubIsTakenForTheHub) {
  // A shop's node has a good certificate too, but not the hub's name.
  Serve(coop_.Node());
  std::string who;
  EXPECT_EQ(AskAs(coop_.Node(), &who).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(Credentials, OverAPlainConnectionNobodyIsKnown) {
  Serve(grpc::InsecureServerCredentials());
  std::string who;
  EXPECT_EQ(AskAs(grpc::InsecureChannelCredentials(), &who, grpc::ChannelArguments()).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(Credentials, NewConnectionsAreShownTheCertificateOfTheMoment) {
  // A node's first: no client takes it for the hub.
  Mutex mutex;
  rpc::TlsFiles files = coop_.Node();
  Serve(rpc::MutualTlsServer(rpc::TlsSource([&] {
    MutexLock lock(&mutex);
    return files;
  })));
  std::string who;
  EXPECT_EQ(AskAs(coop_.Operator(), &who).error_code(), grpc::StatusCode::UNAVAILABLE);
  {
    MutexLock lock(&mutex);
    files = coop_.Hub();
  }
  EXPECT_TRUE(AskAs(coop_.Operator(), &who).ok());
  EXPECT_EQ(who, "2 essai//operator");
  server_.reset();
}

}  // namespace
}  // namespace comptoir::testing
