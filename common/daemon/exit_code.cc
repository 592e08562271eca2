#include "common/daemon/exit_code.h"

#include "absl/strings/cord.h"

namespace comptoir::daemon {

namespace {

constexpr char kDiskPayload[] = "comptoir.disk";

}  // namespace

absl::Status OfDisk(absl::Status status) {
  status.SetPayload(kDiskPayload, absl::Cord());
  return status;
}

int ExitCodeOf(const absl::Status& status) {
  if (status.GetPayload(kDiskPayload).has_value()) return kExitInput;
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kExitOk;
    case absl::StatusCode::kInvalidArgument:
      return kExitUsage;
    case absl::StatusCode::kDataLoss:
      return kExitData;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return kExitUnavailable;
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kAborted:
      return kExitTemporary;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return kExitDenied;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
      return kExitConfiguration;
    default:
      return kExitSoftware;
  }
}

}  // namespace comptoir::daemon
