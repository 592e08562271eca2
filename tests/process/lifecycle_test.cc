// A daemon's life as a service manager and a monitor see it.
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/codegen/rpc_method.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/sync_stream.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "tests/process/daemons.h"
#include "tests/process/hand_made_journal.h"
#include "tests/process/oracle.h"
#include "tests/process/raw_peer.h"
#include "tests/process/tcp_relay.h"
#include "tests/process/till.h"

namespace comptoir::testing {
namespace {

// EX_TEMPFAIL: the drain was cut short.
constexpr int kCutShort = 75;

using grpc::internal::RpcMethod;

std::string TextOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  buffer.Dump(&slices);
  std::string text;
  for (const grpc::Slice& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return text;
}

grpc::ByteBuffer BufferOf(const std::string& text) {
  const grpc::Slice slice(text);
  return {&slice, 1};
}

// HealthCheckResponse with status SERVING.
constexpr char kServing[] = "\x08\x01";

std::string Health(grpc::ChannelInterface* channel) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kCallPatience);
  grpc::ByteBuffer response;
  const grpc::Status status = grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
      channel, RpcMethod("/grpc.health.v1.Health/Check", RpcMethod::NORMAL_RPC), &context,
      BufferOf(""), &response);
  Require(status.ok(), "no health: " + status.error_message());
  return TextOf(response);
}

// What the reflection service answers to list_services, as bytes.
std::string ListedServices(grpc::ChannelInterface* channel) {
  const RpcMethod method("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                         RpcMethod::BIDI_STREAMING);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kCallPatience);
  std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>> stream(
      grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(
          channel, method, &context));
  stream->Write(BufferOf("\x3a\x01*"));  // list_services = "*"
  stream->WritesDone();
  grpc::ByteBuffer response;
  Require(stream->Read(&response), "no reflection");
  EXPECT_TRUE(stream->Finish().ok());
  return TextOf(response);
}

std::string HealthPage(const std::string& web) {
  return SendRaw(PortOf(web),
                 "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
}

// A connection over which some bytes are sent, and which stays open.
class OpenConnection {
 public:
  OpenConnection(int port, const std::string& bytes) : connection_(Dial(port)) {
    SendAll(connection_, bytes);
  }
  ~OpenConnection() { close(connection_); }
  OpenConnection(const OpenConnection&) = delete;
  OpenConnection& operator=(const OpenConnection&) = delete;

  bool Send(const std::string& bytes) { return SendAll(connection_, bytes); }

 private:
  const int connection_;
};

// One that sends a request byte by byte, for ever.
class DrippingConnection {
 public:
  explicit DrippingConnection(int port)
      : connection_(port, "GET /healthz HTTP/1.1\r\nX-Long: "), thread_([this] { Drip(); }) {}
  ~DrippingConnection() {
    stopping_ = true;
    thread_.join();
  }
  DrippingConnection(const DrippingConnection&) = delete;
  DrippingConnection& operator=(const DrippingConnection&) = delete;

 private:
  void Drip() {
    while (!stopping_ && connection_.Send("x")) std::this_thread::sleep_for(kPause);
  }

  std::atomic<bool> stopping_ = false;
  OpenConnection connection_;
  std::thread thread_;
};

class Lifecycle : public ::testing::Test {
 protected:
  Lifecycle() {
    hub_.Start();
    node_ = std::make_unique<Node>(hub_, folder_ / "node", "outremeuse", "outremeuse-1");
    node_->Start();
  }

  TemporaryFolder folder_;
  Hub hub_{folder_ / "hub"};
  std::unique_ptr<Node> node_;
};

TEST_F(Lifecycle, BothAreHealthyAndListTheirServices) {
  const auto node = PlainChannel(node_->address());
  EXPECT_EQ(Health(node.get()), kServing);
  const std::string at_node = ListedServices(node.get());
  EXPECT_NE(at_node.find("comptoir.shop.v1.ShopService"), std::string::npos);
  EXPECT_NE(at_node.find("comptoir.admin.v1.AdminService"), std::string::npos);
  EXPECT_EQ(at_node.find("comptoir.coop.v1.CoopService"), std::string::npos);

  const auto hub = MutualTlsChannel(hub_.sync(), hub_.operator_files());
  EXPECT_EQ(Health(hub.get()), kServing);
  const std::string at_hub = ListedServices(hub.get());
  EXPECT_NE(at_hub.find("comptoir.sync.v1.SyncService"), std::string::npos);
  EXPECT_NE(at_hub.find("comptoir.coop.v1.CoopService"), std::string::npos);
  EXPECT_NE(at_hub.find("grpc.health.v1.Health"), std::string::npos);

  EXPECT_NE(HealthPage(node_->web()).find("200 OK"), std::string::npos);
  // Whatever the link does: serving means that a sale can be recorded.
  hub_.Stop();
  ASSERT_TRUE(Eventually([&] { return !node_->GetStatus().link().online(); }));
  EXPECT_EQ(Health(node.get()), kServing);
  EXPECT_NE(HealthPage(node_->web()).find("200 OK"), std::string::npos);
  node_->Stop();
}

TEST_F(Lifecycle, NodeDrainsWithATillInTheMiddleOfSales) {
  hub_.Import({Product("miel", retail::v1::UNIT_PIECE, 800)});
  WaitUntilLevel(hub_, *node_);
  const int32_t first_day = Today();
  Till till("drain", 1, {{"miel", retail::v1::UNIT_PIECE, 800}});
  Selling selling(till, node_->address());
  ASSERT_TRUE(Eventually([&] { return till.told() > 20; }));
  node_->Stop();  // fails the test when it hangs or ends with another code than 0
  selling.EndByBreak();

  // What was told is there; what was not is asked again.
  node_->Start();
  till.Pause();
  till.Sell(node_->address());
  EXPECT_EQ(till.unanswered(), 0U);
  ExpectReceipts(till.sales(), ReceiptsAt(*node_, first_day));
  node_->Stop();
  hub_.Stop();
}

TEST_F(Lifecycle, NodeDrainsWithAnIdleTillThatNeverLeaves) {
  grpc::ClientContext context;
  const auto stream = node_->shop().Till(&context);
  stream->Write(shop::v1::RecordSaleRequest());
  shop::v1::TillAnswer answer;
  ASSERT_TRUE(stream->Read(&answer));  // a refusal: the stream is up
  node_->Stop();
  EXPECT_FALSE(stream->Read(&answer));
  EXPECT_FALSE(stream->Finish().ok());
  hub_.Stop();
}

TEST_F(Lifecycle, HubDrainsWithStreamsOpenAndSaysGoodbye) {
  const Ended ended = RunToEnd(
      EnrolCommand(folder_ / "other", "herstal-1", hub_.web(), hub_.CreateToken("herstal")));
  ASSERT_EQ(ended.code, 0) << ended.err;
  RawPeer peer(hub_.sync(), IdentityOf(folder_ / "other"));
  peer.SayHello();
  peer.Await([](const sync::v1::Frame& frame) { return frame.has_hello(); });
  ASSERT_TRUE(Eventually([&] { return node_->GetStatus().link().online(); }));
  hub_.Stop();
  EXPECT_NE(peer.AwaitGoodbye().find("stopping"), std::string::npos);
  ASSERT_TRUE(Eventually([&] { return !node_->GetStatus().link().online(); }));
  node_->Stop();
}

TEST_F(Lifecycle, BothDrainWithIdleClientsThatNeverLeave) {
  const auto operators =
      admin::v1::AdminService::NewStub(MutualTlsChannel(hub_.sync(), hub_.operator_files()));
  Get(*operators, &admin::v1::AdminService::Stub::GetStatus, {});
  const auto till = shop::v1::ShopService::NewStub(PlainChannel(node_->address()));
  Get(*till, &shop::v1::ShopService::Stub::ListProducts, {});
  node_->Stop();
  hub_.Stop();
}

TEST_F(Lifecycle, BothDrainWithWebClientsThatDoNotFinish) {
  for (Daemon* daemon : {static_cast<Daemon*>(node_.get()), static_cast<Daemon*>(&hub_)}) {
    const int port = PortOf(daemon->web());
    const OpenConnection silent(port, "");
    const OpenConnection half(port, "POST /healthz HTTP/1.1\r\nContent-Le");
    daemon->Stop();
  }
}

TEST_F(Lifecycle, AClientThatDripsBytesHoldsNoStop) {
  DrippingConnection at_node(PortOf(node_->web()));
  HealthPage(node_->web());  // connections are accepted in turn: the first is being read by now
  node_->Stop(kCutShort);
  node_->ExpectSound();
  // The hub speaks TLS there, and these are no bytes of a handshake.
  DrippingConnection at_hub(PortOf(hub_.web()));
  hub_.Stop();
}

TEST_F(Lifecycle, InterruptIsAsGoodAsTerminate) {
  node_->program().Signal(SIGINT);
  const auto ended = node_->program().WaitForEnd(kDrainPatience);
  ASSERT_TRUE(ended.has_value());
  EXPECT_EQ(ended->code, 0) << ended->err;
  hub_.Stop();
}

TEST(Programs, SayWhatTheyAre) {
  for (const std::string program : {"comptoir-hub", "comptoir-node"}) {
    const Ended version = RunToEnd({program, {"--version"}, {}});
    EXPECT_EQ(version.code, 0);
    EXPECT_TRUE(version.out.starts_with(program + " ")) << version.out;
    EXPECT_NE(version.out.find("sync protocol 1 to 1"), std::string::npos) << version.out;
    const Ended help = RunToEnd({program, {"--help"}, {}});
    EXPECT_EQ(help.code, 0);
    for (const std::string setting : {"--data", "--listen", "--web-listen", "COMPTOIR_DATA"}) {
      EXPECT_NE(help.out.find(setting), std::string::npos) << help.out;
    }
  }
}

}  // namespace
}  // namespace comptoir::testing
