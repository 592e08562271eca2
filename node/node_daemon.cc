#include "node/node_daemon.h"

#include <grpcpp/security/server_credentials.h>

#include <chrono>
#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/daemon/address.h"
#include "common/daemon/admin_service.h"
#include "common/daemon/grpc_server.h"
#include "common/daemon/host.h"
#include "common/daemon/lifecycle.h"
#include "common/daemon/metrics.h"
#include "common/daemon/supervisor.h"
#include "common/platform/logging.h"
#include "common/replica/coop_stock_copy.h"
#include "common/replica/pulse.h"
#include "common/rpc/certificate_renewer.h"
#include "common/rpc/coop_stock_follower.h"
#include "common/rpc/sync_dialer.h"
#include "common/rpc/web_server.h"
#include "node/enrolment.h"
#include "node/sale_recorder.h"
#include "node/shop_service.h"
#include "node/siblings.h"

namespace comptoir::node {
namespace {

// Within the 5 s that a service manager is promised.
constexpr int kDrainMillis = 3'000;
// Streams end by themselves when their sessions do.
constexpr int kSiblingDrainMillis = 500;
constexpr int kDrainMillisMax = 4'500;

// Between two looks at how long the certificate still lasts.
constexpr std::chrono::milliseconds kCertificatePause(1'000);

// For whoever asks the service manager.
std::string LinkLine(const replica::LinkView& link) {
  if (link.revoked.has_value()) {
    return absl::StrCat(link.revoked->retired ? "retired, " : "revoked, serving, ",
                        link.waiting_entries, " entries are not at the hub");
  }
  return absl::StrCat("serving, ", link.online ? "online, " : "offline, ", link.waiting_entries,
                      " entries wait for the hub");
}

}  // namespace

absl::Status RunNode(const NodeOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const daemon::Address listen,
                            daemon::ParseAddress("listen", options.listen));
  COMPTOIR_ASSIGN_OR_RETURN(const daemon::Address web_listen,
                            daemon::ParseAddress("web-listen", options.web_listen));
  COMPTOIR_ASSIGN_OR_RETURN(auto host,
                            daemon::Host::Open(daemon::HostOptions(options.common, /*hub=*/false)));
  std::string hub = options.hub;
  if (hub.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(hub, ReadHubAddress(options.common.data));
  }
  COMPTOIR_RETURN_IF_ERROR(daemon::ParseAddress("hub", hub).status());

  COMPTOIR_ASSIGN_OR_RETURN(const auto sibling_addresses,
                            ParseSiblings("sibling", options.siblings));
  COMPTOIR_ASSIGN_OR_RETURN(auto siblings,
                            Siblings::Start(*host, options.sibling_listen, sibling_addresses));
  COMPTOIR_ASSIGN_OR_RETURN(retail::BarcodeRules rules,
                            retail::ParseBarcodeRules(options.barcode_rules));
  SaleRecorder recorder(host->ledger(), std::move(rules));
  GoodsRecorder goods(host->ledger());
  ShopService shop(host->ledger(), recorder, goods);
  daemon::CertificateKeeper& certificate = host->certificate();
  rpc::LiveChannel hub_channel;
  auto dialer = std::make_unique<rpc::SyncDialer>(
      host->replica(), hub, certificate.source(), host->random(),
      [&host, &hub, &certificate](const absl::Status& why) {
        host->sessions_log().Unreached(hub, certificate.Explain(why));
      },
      &hub_channel);
  replica::CoopStockCopy copy(host->store(), host->ledger().self().shop);
  auto follower = std::make_unique<rpc::CoopStockFollower>(copy, host->ledger().self().coop,
                                                           hub_channel, host->random());
  rpc::CertificateRenewer renewer(host->ledger().self().coop, hub, certificate.source());
  auto certificate_pulse = std::make_unique<replica::Pulse>(kCertificatePause, [&] {
    const bool was_over = certificate.life().IsOver(host->clock().WallMillis());
    certificate.Tick([&renewer](const std::string& request) { return renewer.Ask(request); },
                     host->replica().link().online);
    // One that was turned away for its certificate, and has a good one, is let in now.
    if (was_over && !certificate.life().IsOver(host->clock().WallMillis())) {
      dialer->DialNow();
      siblings->DialNow();
    }
  });
  daemon::AdminService::Wiring wiring;
  wiring.authorise = [](const grpc::CallbackServerContext&) { return absl::OkStatus(); };
  wiring.link = [&hub, &dialer, &certificate](admin::v1::Link* link) {
    link->set_hub(hub);
    if (!link->online()) {
      link->set_last_error(std::string(certificate.Explain(dialer->last_error()).message()));
    }
  };
  wiring.siblings = [&siblings](admin::v1::Status* status) { siblings->Describe(status); };
  daemon::AdminService admin(*host, std::move(wiring));
  COMPTOIR_ASSIGN_OR_RETURN(
      auto server,
      daemon::GrpcServer::Start(listen, grpc::InsecureServerCredentials(), {&shop, &admin}));
  daemon::Health health(host->health_wiring());
  COMPTOIR_ASSIGN_OR_RETURN(auto web, rpc::WebServer::Make(nullptr));
  daemon::AddMonitorPages(*web, {host.get(), &health, /*has_hub=*/true});
  COMPTOIR_RETURN_IF_ERROR(web->Start(web_listen.host, web_listen.port));
  auto supervisor = std::make_unique<daemon::Supervisor>(
      daemon::Supervisor::Wiring{&health, [&server](bool serving) { server->SetServing(serving); },
                                 [&host] { return LinkLine(host->replica().link()); }});
  daemon::AnnounceReady(absl::StrCat("grpc=", listen.host, ":", server->port(), " web=",
                                     web_listen.host, ":", web->port(), siblings->ReadyText()));
  daemon::NotifyServiceManager("READY=1");
  platform::Log(platform::LogLevel::kInfo, "node serving",
                {{"node", host->ledger().self().node},
                 {"shop", host->ledger().self().shop},
                 {"release", daemon::kRelease},
                 {"grpc_port", server->port()},
                 {"web_port", web->port()},
                 {"hub", hub}});
  daemon::WaitForTermination();
  daemon::LimitDrain(kDrainMillisMax);

  platform::Log(platform::LogLevel::kInfo, "node draining");
  const int64_t drain_began_ms = host->clock().BootMillis();
  daemon::NotifyServiceManager("STOPPING=1");
  supervisor.reset();
  health.BeginDrain();
  server->SetServing(false);
  // Side by side: each may have to wait for a client that does not finish.
  std::thread web_stop([&web] { web->Stop(); });
  admin.Stop();
  renewer.Stop();
  certificate_pulse.reset();
  server->Drain(kDrainMillis);
  host->replica().CloseSessions(absl::UnavailableError("the node is stopping"));
  follower.reset();
  dialer.reset();
  siblings->Drain(kSiblingDrainMillis);
  web_stop.join();
  platform::Log(platform::LogLevel::kInfo, "node drained",
                {{"milliseconds", host->clock().BootMillis() - drain_began_ms},
                 {"waiting_entries", host->replica().link().waiting_entries}});
  return absl::OkStatus();
}

}  // namespace comptoir::node
