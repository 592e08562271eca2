// AdminService's carrying, out and in: streams between a command line and a replica.
//
// Each runs on a thread of its own, which waits for the disk and for the client.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/daemon/host.h"
#include "comptoir/admin/v1/admin.pb.h"

namespace comptoir::daemon {

// What both share: one of them at a time, so that sticks never crowd out sales.
struct Carrying {
  std::atomic<bool> under_way = false;
  std::atomic<bool> stopping = false;  // the daemon is: streams end early
};

// Fingerprints of the authorities that this host trusts.
absl::StatusOr<std::vector<std::string>> AuthorityFingerprints(const Host& host);

// `authorised` not OK: refuses with it. The reactor deletes itself.
grpc::ServerWriteReactor<admin::v1::CarryOutPart>* StartCarryOut(
    Host& host, Carrying& carrying, const admin::v1::CarryOutRequest& request,
    const absl::Status& authorised);
grpc::ServerReadReactor<admin::v1::CarryInPart>* StartCarryIn(Host& host, Carrying& carrying,
                                                              admin::v1::CarryInReport* response,
                                                              const absl::Status& authorised);

}  // namespace comptoir::daemon
