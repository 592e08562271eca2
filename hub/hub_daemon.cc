#include "hub/hub_daemon.h"

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
#include "common/daemon/life.h"
#include "common/daemon/lifecycle.h"
#include "common/daemon/metrics.h"
#include "common/daemon/supervisor.h"
#include "common/identity/data_folder.h"
#include "common/platform/logging.h"
#include "common/replica/coop_stock_feed.h"
#include "common/replica/pulse.h"
#include "common/rpc/credentials.h"
#include "common/rpc/enrolment_client.h"
#include "common/rpc/sync_server.h"
#include "common/rpc/web_server.h"
#include "hub/coop_service.h"
#include "hub/enrolment_desk.h"

namespace comptoir::hub {
namespace {

constexpr size_t kSyncStreamsMax = 20'000;
// Streams end by themselves when their sessions do; what is left gets this long.
constexpr int kDrainMillis = 2'000;
constexpr int kDrainMillisMax = 4'500;
// Least time between two looks at which shops' stock moved.
constexpr std::chrono::milliseconds kStockFeedPause(1'000);

// Between two looks at how long the certificate still lasts.
constexpr std::chrono::milliseconds kCertificatePause(1'000);

// Of the stock feed; zero stands for none.
uint64_t NewRun(Random& random) {
  uint64_t run = 0;
  while (run == 0) run = random.Next64();
  return run;
}

}  // namespace

absl::Status RunHub(const HubOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const daemon::Address listen,
                            daemon::ParseAddress("listen", options.listen));
  COMPTOIR_ASSIGN_OR_RETURN(const daemon::Address web_listen,
                            daemon::ParseAddress("web-listen", options.web_listen));
  COMPTOIR_ASSIGN_OR_RETURN(auto host,
                            daemon::Host::Open({options.common.data, options.common.time_zone, true,
                                                options.common.cache_mib}));
  COMPTOIR_ASSIGN_OR_RETURN(identity::Authority authority,
                            identity::LoadAuthority(identity::NodeFiles(options.common.data)));
  COMPTOIR_ASSIGN_OR_RETURN(const int64_t life_ms,
                            daemon::ParseLife("certificate-life", options.certificate_life));
  EnrolmentDesk desk(*host, std::move(authority), life_ms);
  const auto keep_certificate = [&host, &desk] {
    host->certificate().Tick([&desk](const std::string& request) { return desk.RenewOwn(request); },
                             /*reachable=*/true);
  };
  // Before anyone is served: it may have ended while the hub was down.
  keep_certificate();
  replica::CoopStockFeed feed(
      {&host->ledger(), &host->replica(), &host->clock(), NewRun(host->random())});
  rpc::SyncServer sync(host->replica(), kSyncStreamsMax, &feed,
                       [&desk](const identity::Holder& holder, const std::string& certificate,
                               const sync::v1::RenewCertificateRequest& request) {
                         return desk.Renew(holder, certificate, request);
                       });
  CoopService coop(*host);
  const std::string coop_code = host->ledger().self().coop;
  daemon::AdminService admin(*host, {[&coop_code](const grpc::CallbackServerContext& context) {
                                       return AuthoriseOperator(context, coop_code);
                                     },
                                     nullptr,
                                     [&desk](const admin::v1::CreateTokenRequest& request) {
                                       return desk.CreateToken(request);
                                     }});
  COMPTOIR_ASSIGN_OR_RETURN(
      auto server,
      daemon::GrpcServer::Start(listen, rpc::MutualTlsServer(host->certificate().source()),
                                {&sync, &coop, &admin}));
  desk.SetSyncAddress(options.advertise.empty() ? absl::StrCat(":", server->port())
                                                : options.advertise);
  COMPTOIR_ASSIGN_OR_RETURN(auto web, rpc::WebServer::MakeSecure(host->certificate().source()));
  web->Handle<admin::v1::EnrollRequest>(
      rpc::kEnrollPath,
      [&desk](const admin::v1::EnrollRequest& request) { return desk.Enroll(request); });
  daemon::Health health(host->health_wiring());
  daemon::AddMonitorPages(*web, {host.get(), &health, /*has_hub=*/false});
  COMPTOIR_RETURN_IF_ERROR(web->Start(web_listen.host, web_listen.port));
  const replica::Pulse certificate_pulse(kCertificatePause, keep_certificate);
  replica::Pulse stock_pulse(kStockFeedPause, [&feed, told = absl::Status()]() mutable {
    const absl::Status status = feed.Refresh();
    // Each trouble once, not once a second.
    if (!status.ok() && status != told) {
      platform::Log(platform::LogLevel::kError, "the stock feed lags behind", {{"status", status}});
    }
    told = status;
  });
  auto supervisor = std::make_unique<daemon::Supervisor>(daemon::Supervisor::Wiring{
      &health, [&server](bool serving) { server->SetServing(serving); },
      [&host] {
        return absl::StrCat("serving, ", host->replica().sessions(), " nodes connected");
      }});
  daemon::AnnounceReady(absl::StrCat("sync=", listen.host, ":", server->port(),
                                     " web=", web_listen.host, ":", web->port()));
  daemon::NotifyServiceManager("READY=1");
  platform::Log(platform::LogLevel::kInfo, "hub serving",
                {{"coop", coop_code},
                 {"release", daemon::kRelease},
                 {"sync_port", server->port()},
                 {"web_port", web->port()}});
  daemon::WaitForTermination();
  daemon::LimitDrain(kDrainMillisMax);

  platform::Log(platform::LogLevel::kInfo, "hub draining");
  const int64_t drain_began_ms = host->clock().BootMillis();
  daemon::NotifyServiceManager("STOPPING=1");
  supervisor.reset();
  health.BeginDrain();
  server->SetServing(false);
  // Side by side: each may have to wait for a client that does not finish.
  std::thread web_stop([&web] { web->Stop(); });
  admin.Stop();
  feed.Close(absl::UnavailableError("the hub is stopping"));
  host->replica().CloseSessions(absl::UnavailableError("the hub is stopping"));
  server->Drain(kDrainMillis);
  web_stop.join();
  platform::Log(platform::LogLevel::kInfo, "hub drained",
                {{"milliseconds", host->clock().BootMillis() - drain_began_ms}});
  return absl::OkStatus();
}

}  // namespace comptoir::hub
