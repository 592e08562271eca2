#include "common/daemon/exit_code.h"

#include <gtest/gtest.h>
#include <sysexits.h>

namespace comptoir::daemon {
namespace {

TEST(ExitCode, AreThoseOfSysexits) {
  EXPECT_EQ(kExitUsage, EX_USAGE);
  EXPECT_EQ(kExitData, EX_DATAERR);
  EXPECT_EQ(kExitUnavailable, EX_UNAVAILABLE);
  EXPECT_EQ(kExitSoftware, EX_SOFTWARE);
  EXPECT_EQ(kExitTemporary, EX_TEMPFAIL);
  EXPECT_EQ(kExitDenied, EX_NOPERM);
  EXPECT_EQ(kExitConfiguration, EX_CONFIG);
}

TEST(ExitCode, EachKindOfErrorHasItsOwn) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), 0);
  EXPECT_EQ(ExitCodeOf(absl::InvalidArgumentError("")), EX_USAGE);
  EXPECT_EQ(ExitCodeOf(absl::DataLossError("")), EX_DATAERR);
  EXPECT_EQ(ExitCodeOf(absl::UnavailableError("")), EX_UNAVAILABLE);
  EXPECT_EQ(ExitCodeOf(absl::DeadlineExceededError("")), EX_UNAVAILABLE);
  EXPECT_EQ(ExitCodeOf(absl::ResourceExhaustedError("")), EX_TEMPFAIL);
  EXPECT_EQ(ExitCodeOf(absl::PermissionDeniedError("")), EX_NOPERM);
  EXPECT_EQ(ExitCodeOf(absl::UnauthenticatedError("")), EX_NOPERM);
  EXPECT_EQ(ExitCodeOf(absl::FailedPreconditionError("")), EX_CONFIG);
  EXPECT_EQ(ExitCodeOf(absl::NotFoundError("")), EX_CONFIG);
  EXPECT_EQ(ExitCodeOf(absl::AlreadyExistsError("")), EX_CONFIG);
  EXPECT_EQ(ExitCodeOf(OfDisk(absl::InternalError(""))), EX_IOERR);
  EXPECT_EQ(ExitCodeOf(absl::InternalError("")), EX_SOFTWARE);
  EXPECT_EQ(ExitCodeOf(absl::UnknownError("")), EX_SOFTWARE);
}

}  // namespace
}  // namespace comptoir::daemon
