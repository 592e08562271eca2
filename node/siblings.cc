#include "node/siblings.h"

#include <chrono>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/code.h"
#include "common/base/status.h"
#include "common/daemon/address.h"
#include "common/platform/logging.h"
#include "common/rpc/credentials.h"

namespace comptoir::node {
namespace {

// Between two tries to listen.
constexpr std::chrono::milliseconds kListenPause(5'000);
// With room for lines that broke and have not ended yet (rpc::SyncServer).
constexpr size_t kStreamsMax = kSiblingsMax * rpc::SyncServer::kStreamsPerNodeMax;

absl::StatusOr<SiblingAddress> ParseSibling(std::string_view what, std::string_view text) {
  const size_t at = text.find('@');
  if (at == std::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(what), " '", std::string(text),
                     "' is no sibling: say NODE@HOST:PORT, as outremeuse-2@192.168.1.12:7412"));
  }
  SiblingAddress sibling{std::string(text.substr(0, at)), std::string(text.substr(at + 1))};
  COMPTOIR_RETURN_IF_ERROR(CheckCode(what, sibling.node));
  COMPTOIR_RETURN_IF_ERROR(daemon::ParseAddress(what, sibling.address).status());
  return sibling;
}

}  // namespace

absl::StatusOr<std::vector<SiblingAddress>> ParseSiblings(std::string_view what,
                                                          std::string_view text) {
  std::vector<SiblingAddress> siblings;
  if (text.empty()) return siblings;
  for (const absl::string_view each :
       absl::StrSplit(absl::string_view(text.data(), text.size()), ',')) {
    const absl::string_view trimmed = absl::StripAsciiWhitespace(each);
    COMPTOIR_ASSIGN_OR_RETURN(SiblingAddress sibling,
                              ParseSibling(what, {trimmed.data(), trimmed.size()}));
    for (const SiblingAddress& other : siblings) {
      if (other.node == sibling.node) {
        return absl::InvalidArgumentError(
            absl::StrCat(std::string(what), " names ", sibling.node, " twice: name it once"));
      }
    }
    siblings.push_back(std::move(sibling));
  }
  if (siblings.size() > kSiblingsMax) {
    return absl::InvalidArgumentError(absl::StrCat(std::string(what), " names ", siblings.size(),
                                                   " siblings: at most ", kSiblingsMax,
                                                   " are dialed"));
  }
  return siblings;
}

Siblings::Siblings(daemon::Host& host) : host_(host), sync_(host.replica(), kStreamsMax) {}

absl::StatusOr<std::unique_ptr<Siblings>> Siblings::Start(
    daemon::Host& host, const std::string& listen, const std::vector<SiblingAddress>& siblings) {
  const journal::Writer& self = host.ledger().self();
  for (const SiblingAddress& sibling : siblings) {
    if (sibling.node != self.node) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("sibling ", sibling.node, "@", sibling.address,
                     " is this node itself: name the other nodes of ", self.shop));
  }
  std::unique_ptr<Siblings> result(new Siblings(host));
  daemon::CertificateKeeper& certificate = host.certificate();
  if (!listen.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(result->listen_, daemon::ParseAddress("sibling-listen", listen));
    result->credentials_ = rpc::MutualTlsServer(certificate.source());
    result->TryToListen();
    result->listen_pulse_ = std::make_unique<replica::Pulse>(
        kListenPause, [siblings = result.get()] { siblings->TryToListen(); });
  }
  for (const SiblingAddress& sibling : siblings) {
    result->dialed_.push_back(
        {sibling,
         std::make_unique<rpc::SyncDialer>(
             host.replica(),
             rpc::SyncTarget(sibling.address, identity::TlsNameOf(identity::NodeHolder(
                                                  self.coop, self.shop, sibling.node, false))),
             certificate.source(), host.random(),
             [&host, &certificate, sibling](const absl::Status& why) {
               host.sessions_log().SiblingUnreached(sibling.node, sibling.address,
                                                    certificate.Explain(why));
             })});
  }
  return result;
}

void Siblings::TryToListen() {
  MutexLock lock(&mutex_);
  if (server_ != nullptr) return;
  auto server = daemon::GrpcServer::Start(listen_, credentials_, {&sync_});
  const absl::Status status = server.status();
  if (status.ok()) {
    server_ = *std::move(server);
    server_->SetServing(true);
    platform::Log(platform::LogLevel::kInfo, "listening for siblings",
                  {{"address", absl::StrCat(listen_.host, ":", server_->port())}});
  } else if (listening_ != status) {
    platform::Log(platform::LogLevel::kWarning,
                  "cannot listen for siblings: selling goes on, and it is tried again",
                  {{"why", status}});
  }
  listening_ = status;
}

std::string Siblings::ReadyText() const {
  MutexLock lock(&mutex_);
  if (server_ == nullptr) return "";
  return absl::StrCat(" sibling=", listen_.host, ":", server_->port());
}

void Siblings::DialNow() {
  for (const Dialed& each : dialed_) each.dialer->DialNow();
}

void Siblings::Describe(admin::v1::Status* status) const {
  std::map<std::string, admin::v1::Sibling> siblings;
  for (const Dialed& each : dialed_) {
    admin::v1::Sibling& sibling = siblings[each.sibling.node];
    sibling.set_address(each.sibling.address);
    sibling.set_last_error(
        std::string(host_.certificate().Explain(each.dialer->last_error()).message()));
  }
  // Those that dialed us in this run, and are gone.
  for (const auto& [node, peer] : host_.replica().departed()) {
    if (!peer.writer.hub) siblings[node];
  }
  for (const replica::PeerView& peer : host_.replica().peers()) {
    if (peer.writer.hub || !peer.session.hello_received) continue;
    admin::v1::Sibling& sibling = siblings[peer.writer.node];
    sibling.set_online(true);
    sibling.set_waiting_entries(peer.session.waiting_entries);
    sibling.set_missing_entries(peer.session.missing_entries);
    sibling.set_clock_offset_ms(peer.session.clock_offset_ms);
    sibling.clear_last_error();
  }
  for (auto& [node, sibling] : siblings) {
    sibling.set_node(node);
    *status->add_siblings() = std::move(sibling);
  }
  MutexLock lock(&mutex_);
  if (!listening_.ok()) {
    status->add_notes(absl::StrCat("for siblings: ", std::string(listening_.message())));
  }
}

void Siblings::Drain(int milliseconds) {
  listen_pulse_.reset();
  dialed_.clear();
  MutexLock lock(&mutex_);
  if (server_ == nullptr) return;
  server_->SetServing(false);
  server_->Drain(milliseconds);
}

}  // namespace comptoir::node
