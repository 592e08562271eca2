// A machine without a certificate asks a hub for one, over HTTPS, trusting
// nothing but the fingerprint in its token.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "comptoir/admin/v1/admin.pb.h"

namespace comptoir::rpc {

inline constexpr char kEnrollPath[] = "/comptoir.admin.v1.EnrolmentService/Enroll";

// UNAVAILABLE when nobody answers at host:port; UNAUTHENTICATED when the one who
// answers does not have the authority of `fingerprint` (nothing was sent to it);
// else what the hub says.
absl::StatusOr<admin::v1::EnrollResponse> Enroll(const std::string& host, int port,
                                                 const Hash& fingerprint,
                                                 const admin::v1::EnrollRequest& request);

}  // namespace comptoir::rpc
