// Both ends of the stock feed over a real socket: coop_stock_watch and
// coop_stock_follower.
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/platform/random.h"
#include "common/retail/stock/coop_copy.h"
#include "common/retail/stock/coop_list.h"
#include "common/rpc/coop_stock_follower.h"
#include "common/rpc/coop_stock_watch.h"
#include "common/rpc/sync_server.h"
#include "tests/support/eventually.h"
#include "tests/unit/rpc/tls_coop.h"

namespace comptoir::testing {
namespace {

using sync::v1::CoopStockUpdate;
using sync::v1::WatchCoopStockRequest;

// Listens with a service under the certificate of `files`.
class StockPort {
 public:
  StockPort(grpc::Service& service, const rpc::TlsFiles& files, int port = 0) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:" + std::to_string(port), rpc::MutualTlsServer(files),
                             &port_);
    builder.RegisterService(&service);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) ADD_FAILURE() << "cannot listen";
  }
  ~StockPort() {
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
  }
  StockPort(const StockPort&) = delete;
  StockPort& operator=(const StockPort&) = delete;
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  int port() const { return port_; }

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// A hub that says what the test tells it to.
class SaysAnything : public sync::v1::SyncService::Service {
 public:
  explicit SaysAnything(std::vector<CoopStockUpdate> updates) : updates_(std::move(updates)) {}
  grpc::Status WatchCoopStock(grpc::ServerContext*, const WatchCoopStockRequest*,
                              grpc::ServerWriter<CoopStockUpdate>* writer) override {
    for (const auto& update : updates_) {
      if (!writer->Write(update)) break;
    }
    return grpc::Status::OK;
  }

 private:
  const std::vector<CoopStockUpdate> updates_;
};

CoopStockUpdate OneRow(const std::string& product, int64_t milli) {
  CoopStockUpdate update;
  update.set_run(9);
  update.set_replace(true);
  update.set_cursor(1);
  auto* row = update.add_rows();
  row->set_shop("herstal");
  row->set_product(product);
  row->set_unit(retail::v1::UNIT_PIECE);
  row->set_quantity_milli(milli);
  return update;
}

class CoopStockStream : public ::testing::Test {
 protected:
  CoopStockStream() : hub_(coop_.Hub()), herstal_(coop_.Node("herstal", "herstal-1")) {
    replica::Options options;
    options.ledger = hub_->ledger.get();
    options.clock = &hub_->clock;
    options.random = hub_->random.get();
    sessions_ = std::make_unique<replica::Replica>(std::move(options));
    NewFeed(7);
  }

  void NewFeed(uint64_t run) {
    feed_ = std::make_unique<replica::CoopStockFeed>(
        replica::CoopStockFeed::Options{hub_->ledger.get(), sessions_.get(), &hub_->clock, run});
    service_ = std::make_unique<rpc::SyncServer>(*sessions_, 10, feed_.get());
  }
  // As a dialer once its stream is up.
  void Reach(const std::string& address) {
    channel_->Set(grpc::CreateCustomChannel(address, rpc::MutualTlsClient(node_files_),
                                            rpc::HubChannelArguments()));
  }
  std::unique_ptr<rpc::CoopStockFollower> Follow(const std::string& address) {
    channel_ = std::make_unique<rpc::LiveChannel>();
    Reach(address);
    return std::make_unique<rpc::CoopStockFollower>(copy_, "essai", *channel_, random_);
  }
  void SellAndTell(uint32_t number) {
    Sell(*herstal_, number);
    Carry(*herstal_, *hub_);
    MustOk(feed_->Refresh());
  }
  // Of pain-gris at herstal; 0 where nothing is known.
  int64_t Known() {
    const auto list =
        Must(retail::ListCoopStock(*node_store_.NewSnapshot(), "outremeuse", kMonday, {}));
    return list.rows().empty() ? 0 : list.rows(0).shops(0).quantity_milli();
  }
  // As the hub's pulse, until it is so.
  bool Becomes(int64_t milli) {
    return Eventually([&] {
      MustOk(feed_->Refresh());
      return Known() == milli;
    });
  }

  const TlsCoop tls_;
  const rpc::TlsFiles hub_files_ = tls_.Hub();
  const rpc::TlsFiles node_files_ = tls_.Node();
  Coop coop_;
  std::unique_ptr<Replica> hub_;
  std::unique_ptr<Replica> herstal_;
  std::unique_ptr<replica::Replica> sessions_;
  std::unique_ptr<replica::CoopStockFeed> feed_;
  std::unique_ptr<rpc::SyncServer> service_;
  std::unique_ptr<rpc::LiveChannel> channel_;
  platform::SystemRandom random_;
  store::MemoryStore node_store_{ledger::AllTables()};
  replica::CoopStockCopy copy_{node_store_, "outremeuse"};
};

TEST_F(CoopStockStream, TheCopyFollowsTheHub) {
  const StockPort port(*service_, hub_files_);
  SellAndTell(1);
  const auto follower = Follow(port.address());
  ASSERT_TRUE(Becomes(-1'000)) << follower->last_error();
  EXPECT_TRUE(follower->last_error().ok()) << follower->last_error();
  for (uint32_t number = 2; number <= 5; ++number) {
    SellAndTell(number);
    ASSERT_TRUE(Becomes(-1'000 * static_cast<int64_t>(number)));
  }
}

TEST_F(CoopStockStream, AQuietHubGivesASignOfLife) {
  const StockPort port(*service_, hub_files_);
  SellAndTell(1);
  const auto follower = Follow(port.address());
  ASSERT_TRUE(Becomes(-1'000));
  const auto heard = [&] {
    return Must(retail::ReadCoopCopy(*node_store_.NewSnapshot())).heard_ms();
  };
  EXPECT_EQ(heard(), kMonday);
  hub_->clock.Advance(rpc::CoopStockWatch::kSilenceMsMax);
  EXPECT_TRUE(Eventually([&] {
    MustOk(feed_->Refresh());
    return heard() == kMonday + rpc::CoopStockWatch::kSilenceMsMax;
  }));
}

TEST_F(CoopStockStream, TheNextRunOfTheHubReplacesTheCopy) {
  auto port = std::make_unique<StockPort>(*service_, hub_files_);
  const int number = port->port();
  SellAndTell(1);
  const auto follower = Follow(port->address());
  ASSERT_TRUE(Becomes(-1'000));
  port.reset();
  ASSERT_TRUE(Eventually([&] { return !follower->last_error().ok(); }));
  EXPECT_EQ(Known(), -1'000);
  service_.reset();
  NewFeed(8);
  Sell(*herstal_, 2);
  Carry(*herstal_, *hub_);
  channel_->Set(nullptr);
  port = std::make_unique<StockPort>(*service_, hub_files_, number);
  Reach(port->address());
  EXPECT_TRUE(Becomes(-2'000));
  EXPECT_EQ(copy_.Position().run(), 8u);
}

TEST_F(CoopStockStream, AHubThatStopsSaysWhyAndKeepsNobodyWaiting) {
  const StockPort port(*service_, hub_files_);
  SellAndTell(1);
  const auto follower = Follow(port.address());
  ASSERT_TRUE(Becomes(-1'000));
  feed_->Close(absl::UnavailableError("the hub is stopping"));
  EXPECT_TRUE(Eventually([&] {
    return follower->last_error() == absl::UnavailableError("the hub is stopping");
  })) << follower->last_error();
}

TEST_F(CoopStockStream, EndsAtOnceWhetherConnectedOrNot) {
  { const auto nobody = Follow("127.0.0.1:1"); }
  const StockPort port(*service_, hub_files_);
  SellAndTell(1);
  for (int i = 0; i < 10; ++i) {
    const auto follower = Follow(port.address());
    if (i % 2 == 0) {
      ASSERT_TRUE(Becomes(-1'000));
    }
  }
}

TEST_F(CoopStockStream, OnlyPeersOfThisCoopWatchAndOnlyAFewOfEach) {
  const StockPort port(*service_, hub_files_);
  const auto watch = [&](const rpc::TlsFiles& files, grpc::ClientContext* context) {
    auto stub = sync::v1::SyncService::NewStub(grpc::CreateCustomChannel(
        port.address(), rpc::MutualTlsClient(files), rpc::HubChannelArguments()));
    auto reader = stub->WatchCoopStock(context, {});
    return std::make_pair(std::move(stub), std::move(reader));
  };
  {
    grpc::ClientContext context;
    CoopStockUpdate update;
    const auto stream = watch(tls_.Operator(), &context);
    EXPECT_FALSE(stream.second->Read(&update));
    EXPECT_EQ(stream.second->Finish().error_code(), grpc::StatusCode::PERMISSION_DENIED);
  }
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<decltype(watch(node_files_, nullptr))> streams;
  for (size_t i = 0; i < rpc::SyncServer::kWatchesPerNodeMax; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    streams.push_back(watch(node_files_, contexts.back().get()));
    streams.back().second->WaitForInitialMetadata();
  }
  grpc::ClientContext context;
  CoopStockUpdate update;
  const auto one_more = watch(node_files_, &context);
  EXPECT_FALSE(one_more.second->Read(&update));
  EXPECT_EQ(one_more.second->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  for (const auto& each : contexts) each->TryCancel();
  for (const auto& [stub, reader] : streams) {
    EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
}

TEST_F(CoopStockStream, AServerWithoutAFeedSaysSo) {
  rpc::SyncServer none(*sessions_, 10);
  const StockPort port(none, hub_files_);
  const auto follower = Follow(port.address());
  EXPECT_TRUE(Eventually([&] {
    return follower->last_error().code() == absl::StatusCode::kUnimplemented;
  })) << follower->last_error();
}

TEST_F(CoopStockStream, NobodyIsListenedToButAHubOfThisCoop) {
  SaysAnything lies({OneRow("pain-gris", 5)});
  const TlsCoop elsewhere("ailleurs");
  const StockPort stranger(lies, elsewhere.Hub());
  const StockPort node(lies, tls_.Node());
  for (const StockPort* port : {&stranger, &node}) {
    const auto follower = Follow(port->address());
    EXPECT_TRUE(Eventually([&] { return !follower->last_error().ok(); }));
    EXPECT_EQ(Known(), 0);
  }
}

TEST_F(CoopStockStream, AHubThatSaysWhatItMayNotIsAskedAgainAndChangesNothing) {
  CoopStockUpdate unsorted = OneRow("pain-gris", 5);
  unsorted.add_rows()->CopyFrom(unsorted.rows(0));
  unsorted.mutable_rows(1)->set_product("abricots");
  const auto error_after = [&](const std::vector<CoopStockUpdate>& updates) {
    SaysAnything says(updates);
    const StockPort port(says, hub_files_);
    const auto follower = Follow(port.address());
    EXPECT_TRUE(Eventually([&] { return !follower->last_error().ok(); }));
    return follower->last_error().code();
  };
  // In any order, and then the end.
  EXPECT_EQ(error_after({unsorted}), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Known(), 5);
  EXPECT_EQ(error_after({OneRow("No Code", 6)}), absl::StatusCode::kInvalidArgument);
  CoopStockUpdate large = OneRow("pain-gris", 7);
  for (size_t i = 0; i < replica::kCoopStockRowsPerUpdate; ++i) {
    large.add_rows()->CopyFrom(large.rows(0));
  }
  EXPECT_EQ(error_after({large}), absl::StatusCode::kResourceExhausted);
  // More than a message may have.
  EXPECT_EQ(error_after({OneRow(std::string(4 << 20, 'x'), 8)}),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Known(), 5);
}

}  // namespace
}  // namespace comptoir::testing
