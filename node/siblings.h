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
#include "common/daemon/grpc_server.h"
#include "common/daemon/host.h"
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
  // FAILED_PRECONDITION when one of them is this node itself, UNAVAILABLE when the port
  // is in use. `host` must outlive this.
  static absl::StatusOr<std::unique_ptr<Siblings>> Start(
      daemon::Host& host, const std::string& listen, const std::vector<SiblingAddress>& siblings);

  // " sibling=HOST:PORT" for the line of a daemon that is ready; empty: it listens nowhere.
  std::string ReadyText() const;
  // Ends the pauses between tries: our certificate is a good one again.
  void DialNow();
  // Those that are set, and those that dial us, by name.
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

  daemon::Host& host_;
  daemon::Address listen_;
  rpc::SyncServer sync_;
  std::unique_ptr<daemon::GrpcServer> server_;
  std::vector<Dialed> dialed_;
};

}  // namespace comptoir::node
