// The other nodes of this shop, on its own network: what one sells the others hold,
// also while the hub is away (REPLICATION.md, Session).
//
// Of two nodes one dials the other; where both do, all goes over the line twice and is
// taken once. A sibling is known by its certificate: the name that was set, of this shop.
//
// Thread use: any, but Start and the destructor on one.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/daemon/address.h"
#include "common/daemon/grpc_server.h"
#include "common/daemon/host.h"
#include "common/replica/pulse.h"
#include "common/rpc/sync_dialer.h"
#include "common/rpc/sync_server.h"
#include "comptoir/admin/v1/admin.pb.h"

namespace comptoir::node {

struct SiblingAddress {
  std::string node;     // its code
  std::string address;  // host:port
};

inline constexpr size_t kSiblingsMax = 8;

// "NODE@HOST:PORT", several with commas between; empty for none. INVALID_ARGUMENT with a
// sentence naming `what` for anything else, a name that comes twice, or over kSiblingsMax.
absl::StatusOr<std::vector<SiblingAddress>> ParseSiblings(std::string_view what,
                                                          std::string_view text);

class Siblings {
 public:
  // Listens at `listen`, host:port, empty for nowhere, and dials `siblings` from now on.
  // Where it cannot listen (the network is not up yet, or the port in use) it says so and
  // tries again: the shop sells meanwhile. INVALID_ARGUMENT for what is no address,
  // FAILED_PRECONDITION when a sibling is this node itself. `host` must outlive this.
  static absl::StatusOr<std::unique_ptr<Siblings>> Start(
      daemon::Host& host, const std::string& listen, const std::vector<SiblingAddress>& siblings);

  // " sibling=HOST:PORT" for the line of a daemon that is ready; empty: it does not listen.
  std::string ReadyText() const;
  // Ends the pauses between tries: our certificate is a good one again.
  void DialNow();
  // Those that are set, and those that dial us or did in this run, by name.
  void Describe(admin::v1::Status* status) const;
  // No further stream begins; those under way, whose sessions were closed, get
  // `milliseconds`.
  void Drain(int milliseconds);

 private:
  struct Dialed {
    SiblingAddress sibling;
    std::unique_ptr<rpc::SyncDialer> dialer;
  };

  explicit Siblings(daemon::Host& host);
  // Until it does.
  void TryToListen();

  daemon::Host& host_;
  daemon::Address listen_;
  rpc::SyncServer sync_;
  std::shared_ptr<grpc::ServerCredentials> credentials_;
  mutable Mutex mutex_;
  std::unique_ptr<daemon::GrpcServer> server_ ABSL_GUARDED_BY(mutex_);
  absl::Status listening_ ABSL_GUARDED_BY(mutex_);  // why it does not
  std::vector<Dialed> dialed_;
  std::unique_ptr<replica::Pulse> listen_pulse_;
};

}  // namespace comptoir::node
