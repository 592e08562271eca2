// What went wrong, for people and for scripts. A status made by us alone is a
// mistake in what was typed, or CANCELLED: whoever runs it interrupted it; one from a
// call remembers that, and its reason code.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <string>

#include "absl/status/status.h"

namespace comptoir::cli {

// Of the process; part of the contract.
enum class ExitCode {
  kDone = 0,
  kRefused = 1,     // by the service, with its reason; or interrupted before all was done
  kUsage = 2,       // what was typed, or a file, cannot be used
  kUnanswered = 3,  // nobody answers, or not in time
  kDifferent = 4,   // `verify`, `diff` or `watch --no-follow` found something
};

// Trailing metadata in which services put the stable reason code.
inline constexpr char kReasonMetadata[] = "comptoir-reason";

// The status of a call to `address` that failed, after it ended.
absl::Status CallFailure(const grpc::Status& status, const grpc::ClientContext& context,
                         const std::string& address);
// The same from its parts.
absl::Status CallFailure(const grpc::Status& status, const std::string& reason,
                         const std::string& address);

// Empty where none was given.
std::string ReasonOf(const absl::Status& status);

ExitCode ExitCodeOf(const absl::Status& status);
// Whether what was asked may have been carried out all the same: a service refuses
// with a reason, or by a code of refusal; any other failure leaves it open.
bool MayBeDone(const absl::Status& status);

// Would a stream that ended so end the same way the next time? RESOURCE_EXHAUSTED passes.
bool IsFinal(grpc::StatusCode code);

// The same failure, in other words.
absl::Status WithMessage(const absl::Status& status, const std::string& message);
// The same failure, with `advice` after its sentence.
absl::Status WithAdvice(const absl::Status& status, const std::string& advice);

// "invalid_argument": a canonical code as the Connect protocol writes it.
std::string ConnectCode(absl::StatusCode code);

// One line of Connect error JSON: {"code":…,"message":…,"details":[…]}; the
// detail is a comptoir.shop.v1.Refusal where there is a reason.
std::string ErrorJson(const absl::Status& status);

// "refused: … (UNKNOWN_PRODUCT)", one line or more, without a line end.
std::string ErrorSentence(const absl::Status& status);

}  // namespace comptoir::cli
