// Nodes as operators see them: listed, revoked, retired (R13).
//
// Invariant: a node is retired only after it said, in a session of that very request,
// that it records nothing more, and while all it told of is here.
//
// Thread use: any.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "common/daemon/host.h"
#include "comptoir/admin/v1/admin.pb.h"

namespace comptoir::hub {

class NodesDesk {
 public:
  explicit NodesDesk(daemon::Host& host) : host_(host) {}

  absl::StatusOr<admin::v1::ListNodesResponse> List();
  // NOT_FOUND for a name that is no node's, INVALID_ARGUMENT for a reason that is none.
  absl::StatusOr<admin::v1::RevokeNodeResponse> Revoke(const admin::v1::RevokeNodeRequest& request);
  // Blocks, for wait_seconds and a commit at most. FAILED_PRECONDITION, saying what to
  // do, where the node is away, or not level in time, or `cancelled`; it records again
  // then.
  absl::StatusOr<admin::v1::RetireNodeResponse> Retire(const admin::v1::RetireNodeRequest& request,
                                                       const std::function<bool()>& cancelled);

 private:
  using Nodes = std::map<std::string, admin::v1::NodeInfo>;
  absl::Status AddEnrolled(Nodes* nodes);
  void AddSeen(Nodes* nodes);
  absl::Status CheckKnown(const std::string& node);
  // Until it is proven that `node` records nothing more and that all it has is here.
  absl::Status WaitForProof(const admin::v1::RetireNodeRequest& request,
                            const std::function<bool()>& cancelled);
  absl::Status CheckMayRetire(const std::string& node);
  absl::StatusOr<admin::v1::RetireNodeResponse> Retired(const retail::Revocation& revocation,
                                                        bool repeated);

  daemon::Host& host_;
};

}  // namespace comptoir::hub
