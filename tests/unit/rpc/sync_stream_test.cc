// Both ends of a sync stream over a real socket: sync_server and sync_dialer.
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "common/platform/random.h"
#include "common/rpc/certificate_renewer.h"
#include "common/rpc/sync_dialer.h"
#include "common/rpc/sync_server.h"
#include "tests/support/eventually.h"
#include "tests/unit/rpc/tls_coop.h"

namespace comptoir::testing {
namespace {

// A ledger over memory with a real identity, its sessions and its files for TLS.
class Site {
 public:
  Site(const TlsCoop& coop, const identity::Holder& holder) : files_(coop.Issue(holder)) {
    replica_.signer =
        Must(identity::KeySigner::Make(Must(identity::KeyPair::FromPem(files_.key)),
                                       Must(identity::CertificateFromPem(files_.certificate))));
    replica_.verifier = Must(identity::CertificateVerifier::Make(
        {Must(identity::CertificateFromPem(files_.authority))}));
    replica_.store = std::make_unique<store::MemoryStore>(ledger::AllTables());
    replica_.random = std::make_unique<SeededRandom>(1);
    clock_ = Must(platform::SystemClock::Create());
    replica_.ledger = Must(ledger::Ledger::Open({replica_.store.get(), replica_.signer.get(),
                                                 replica_.verifier.get(), clock_.get(), &random_}));
    replica::Options options;
    options.ledger = replica_.ledger.get();
    options.clock = clock_.get();
    options.random = &random_;
    sessions_ = std::make_unique<replica::Replica>(std::move(options));
  }

  Replica& base() { return replica_; }
  ledger::Ledger& ledger() { return *replica_.ledger; }
  replica::Replica& sessions() { return *sessions_; }
  const rpc::TlsFiles& files() const { return files_; }
  Random& random() { return random_; }

 private:
  const rpc::TlsFiles files_;
  platform::SystemRandom random_;
  std::unique_ptr<platform::SystemClock> clock_;
  Replica replica_;
  std::unique_ptr<replica::Replica> sessions_;
};

// A hub's sync port.
class SyncPort {
 public:
  SyncPort(Site& hub, size_t streams_max, int port = 0, rpc::SyncServer::Renew renew = nullptr)
      : service_(hub.sessions(), streams_max, nullptr, std::move(renew)) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:" + std::to_string(port), rpc::MutualTlsServer(hub.files()),
                             &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) ADD_FAILURE() << "cannot listen";
  }
  // As a hub that is killed: streams break, nobody says goodbye.
  ~SyncPort() {
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
  }
  SyncPort(const SyncPort&) = delete;
  SyncPort& operator=(const SyncPort&) = delete;

  int port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  rpc::SyncServer service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

identity::Holder NodeOf(const std::string& shop, const std::string& node) {
  return identity::NodeHolder("essai", shop, node, false);
}

class SyncStream : public ::testing::Test {
 protected:
  bool Level() const { return hub_->ledger().totals().entries == node_->ledger().totals().entries; }

  const TlsCoop coop_;
  const std::unique_ptr<Site> hub_ =
      std::make_unique<Site>(coop_, identity::HubHolder("essai", "hub"));
  const std::unique_ptr<Site> node_ =
      std::make_unique<Site>(coop_, NodeOf("outremeuse", "outremeuse-1"));
};

TEST_F(SyncStream, BringsTwoReplicasLevelAndKeepsThemSo) {
  for (uint32_t i = 1; i <= 20; ++i) Sell(node_->base(), i);
  const SyncPort port(*hub_, 10);
  const rpc::SyncDialer dialer(node_->sessions(), port.address(), node_->files(), node_->random());
  ASSERT_TRUE(Eventually([&] { return hub_->ledger().totals().receipts == 20; }));
  EXPECT_TRUE(node_->sessions().link().online);
  EXPECT_TRUE(dialer.last_error().ok()) << dialer.last_error();
  for (uint32_t i = 21; i <= 40; ++i) {
    Sell(node_->base(), i);
    ASSERT_TRUE(Eventually([&] { return hub_->ledger().totals().receipts == i; }));
  }
  EXPECT_TRUE(Level());
  ASSERT_EQ(hub_->sessions().peers().size(), 1U);
  EXPECT_EQ(hub_->sessions().peers().front().writer.node, "outremeuse-1");
}

TEST_F(SyncStream, DialsAgainUntilTheHubIsBack) {
  const int port_number = SyncPort(*hub_, 10).port();
  const rpc::SyncDialer dialer(node_->sessions(), "127.0.0.1:" + std::to_string(port_number),
                               node_->files(), node_->random());
  ASSERT_TRUE(Eventually([&] { return !dialer.last_error().ok(); }));
  EXPECT_EQ(dialer.last_error().code(), absl::StatusCode::kUnavailable);
  uint32_t sold = 0;
  for (int life = 0; life < 3; ++life) {
    Sell(node_->base(), ++sold);
    {
      const SyncPort port(*hub_, 10, port_number);
      ASSERT_TRUE(Eventually([&] { return hub_->ledger().totals().receipts == sold; }));
    }
    ASSERT_TRUE(Eventually([&] { return !node_->sessions().link().online; }));
    ASSERT_TRUE(Eventually([&] { return hub_->sessions().peers().empty(); }));
    EXPECT_FALSE(dialer.last_error().ok());
  }
  EXPECT_TRUE(Level());
}

TEST_F(SyncStream, LendsTheConnectionOfEachStream) {
  constexpr int64_t kNeverMs = 1'000'000;
  rpc::LiveChannel live;
  auto port = std::make_unique<SyncPort>(*hub_, 10);
  const int port_number = port->port();
  const rpc::SyncDialer dialer(node_->sessions(), port->address(), node_->files(), node_->random(),
                               nullptr, &live);
  const rpc::LiveChannel::Channel first = live.Next(nullptr, 0);
  EXPECT_EQ(first->GetState(false), GRPC_CHANNEL_READY);
  port = nullptr;
  port = std::make_unique<SyncPort>(*hub_, 10, port_number);
  const rpc::LiveChannel::Channel second = live.Next(first, kNeverMs);
  EXPECT_NE(second, first);
  EXPECT_EQ(second->GetState(false), GRPC_CHANNEL_READY);
}

TEST_F(SyncStream, EndsAtOnceWhetherConnectedOrNot) {
  {
    const rpc::SyncDialer dialer(node_->sessions(), "127.0.0.1:1", node_->files(), node_->random());
  }
  const SyncPort port(*hub_, 10);
  for (int i = 0; i < 10; ++i) {
    const rpc::SyncDialer dialer(node_->sessions(), port.address(), node_->files(),
                                 node_->random());
    const bool connect = i % 2 == 0;
    ASSERT_TRUE(Eventually([&] { return !connect || node_->sessions().link().online; }));
  }
  EXPECT_TRUE(Eventually([&] { return hub_->sessions().peers().empty(); }));
  EXPECT_TRUE(Eventually([&] { return node_->sessions().peers().empty(); }));
}

TEST_F(SyncStream, MoreStreamsThanTheMostAreSentAway) {
  Site other(coop_, NodeOf("herstal", "herstal-1"));
  const SyncPort port(*hub_, 1);
  auto first = std::make_unique<rpc::SyncDialer>(node_->sessions(), port.address(), node_->files(),
                                                 node_->random());
  ASSERT_TRUE(Eventually([&] { return node_->sessions().link().online; }));
  const rpc::SyncDialer second(other.sessions(), port.address(), other.files(), other.random());
  ASSERT_TRUE(Eventually([&] {
    return second.last_error().code() == absl::StatusCode::kResourceExhausted;
  })) << second.last_error();
  EXPECT_FALSE(other.sessions().link().online);
  first.reset();
  EXPECT_TRUE(Eventually([&] { return other.sessions().link().online; }));
}

TEST_F(SyncStream, OneNodeDoesNotTakeAllStreams) {
  Site other(coop_, NodeOf("herstal", "herstal-1"));
  const SyncPort port(*hub_, 100);
  std::vector<std::unique_ptr<rpc::SyncDialer>> dialers;
  for (size_t i = 0; i <= rpc::SyncServer::kStreamsPerNodeMax; ++i) {
    dialers.push_back(std::make_unique<rpc::SyncDialer>(node_->sessions(), port.address(),
                                                        node_->files(), node_->random()));
  }
  const auto sent_away = [](const std::unique_ptr<rpc::SyncDialer>& dialer) {
    return dialer->last_error().code() == absl::StatusCode::kResourceExhausted;
  };
  ASSERT_TRUE(Eventually([&] { return std::any_of(dialers.begin(), dialers.end(), sent_away); }));
  ASSERT_TRUE(Eventually(
      [&] { return hub_->sessions().peers().size() == rpc::SyncServer::kStreamsPerNodeMax; }));
  const rpc::SyncDialer neighbour(other.sessions(), port.address(), other.files(), other.random());
  EXPECT_TRUE(Eventually([&] { return other.sessions().link().online; }));
}

TEST_F(SyncStream, AHubThatStopsSaysWhy) {
  const SyncPort port(*hub_, 10);
  const rpc::SyncDialer dialer(node_->sessions(), port.address(), node_->files(), node_->random());
  ASSERT_TRUE(Eventually([&] { return node_->sessions().link().online; }));
  hub_->sessions().CloseSessions(absl::UnavailableError("the hub is stopping"));
  ASSERT_TRUE(Eventually([&] {
    return std::string(dialer.last_error().message()).find("the hub is stopping") !=
           std::string::npos;
  })) << dialer.last_error();
}

// What its address and name are worth: a certificate of its own shop.
TEST_F(SyncStream, ANodeIsDialedByItsSiblingsAlone) {
  Site sibling(coop_, NodeOf("outremeuse", "outremeuse-2"));
  Site stranger(coop_, NodeOf("herstal", "herstal-1"));
  Site twin(coop_, NodeOf("outremeuse", "outremeuse-1"));
  Sell(node_->base(), 1);
  const SyncPort port(*node_, 10);
  const rpc::SyncTarget target(port.address(),
                               identity::TlsNameOf(NodeOf("outremeuse", "outremeuse-1")));
  for (Site* refused : {&stranger, &twin, hub_.get()}) {
    const rpc::SyncDialer dialer(refused->sessions(), target, refused->files(), refused->random());
    ASSERT_TRUE(Eventually([&] { return !dialer.last_error().ok(); }));
    EXPECT_EQ(dialer.last_error().code(), absl::StatusCode::kPermissionDenied)
        << dialer.last_error();
    EXPECT_EQ(refused->ledger().totals().entries, 0U);
  }
  const rpc::SyncDialer dialer(sibling.sessions(), target, sibling.files(), sibling.random());
  EXPECT_TRUE(Eventually([&] { return sibling.ledger().totals().receipts == 1; }));
  // Nor does a node take another for its hub, or for another sibling.
  const rpc::SyncDialer to_hub(sibling.sessions(), port.address(), sibling.files(),
                               sibling.random());
  const rpc::SyncDialer to_third(
      sibling.sessions(),
      rpc::SyncTarget(port.address(), identity::TlsNameOf(NodeOf("outremeuse", "outremeuse-3"))),
      sibling.files(), sibling.random());
  for (const rpc::SyncDialer* each : {&to_hub, &to_third}) {
    ASSERT_TRUE(Eventually([&] { return !each->last_error().ok(); }));
    EXPECT_EQ(each->last_error().code(), absl::StatusCode::kUnavailable) << each->last_error();
  }
}

TEST_F(SyncStream, AnotherCoopsHubIsNotTalkedTo) {
  const TlsCoop elsewhere("ailleurs");
  Site stranger(elsewhere, identity::HubHolder("ailleurs", "hub"));
  const SyncPort port(stranger, 10);
  const rpc::SyncDialer dialer(node_->sessions(), port.address(), node_->files(), node_->random());
  ASSERT_TRUE(Eventually([&] { return !dialer.last_error().ok(); }));
  EXPECT_TRUE(stranger.sessions().peers().empty());
  EXPECT_TRUE(node_->sessions().peers().empty());
}

TEST_F(SyncStream, ARenewalIsForWhoMaySyncAndWithTheCertificateThatIsShown) {
  const std::string coop = coop_.code();
  const SyncPort none(*hub_, 10);
  EXPECT_EQ(
      rpc::CertificateRenewer(coop, none.address(), node_->files()).Ask("csr").status().code(),
      absl::StatusCode::kUnimplemented);
  std::string shown;
  std::string asked;
  const SyncPort port(*hub_, 10, 0,
                      [&](const identity::Holder& holder, const std::string& certificate,
                          const sync::v1::RenewCertificateRequest& request)
                          -> absl::StatusOr<sync::v1::RenewCertificateResponse> {
                        shown = certificate;
                        asked = request.signing_request_pem();
                        sync::v1::RenewCertificateResponse response;
                        response.set_certificate_pem("for " + holder.writer.node);
                        return response;
                      });
  rpc::CertificateRenewer renewer(coop, port.address(), node_->files());
  EXPECT_EQ(Must(renewer.Ask("csr")), "for outremeuse-1");
  EXPECT_EQ(identity::CertificateToPem(shown), node_->files().certificate);
  EXPECT_EQ(asked, "csr");
  EXPECT_EQ(
      rpc::CertificateRenewer(coop, port.address(), coop_.Operator()).Ask("csr").status().code(),
      absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(
      rpc::CertificateRenewer("autre", port.address(), node_->files()).Ask("csr").status().code(),
      absl::StatusCode::kPermissionDenied);
  renewer.Stop();
  EXPECT_EQ(renewer.Ask("csr").status().code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace comptoir::testing
