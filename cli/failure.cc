#include "cli/failure.h"

#include <array>

#include "absl/strings/cord.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "cli/json.h"
#include "common/base/utf8.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::cli {
namespace {

// Payloads of a status that came from a call.
constexpr char kAddressPayload[] = "comptoir/address";
constexpr char kReasonPayload[] = "comptoir/reason";
// What to do about a failure, if anything more than its message says.
constexpr char kAdvicePayload[] = "comptoir/advice";

std::string PayloadOf(const absl::Status& status, const char* name) {
  const absl::optional<absl::Cord> payload = status.GetPayload(name);
  return payload.has_value() ? std::string(*payload) : std::string();
}

bool IsUnanswered(const absl::Status& status) {
  return ReasonOf(status).empty() && (status.code() == absl::StatusCode::kUnavailable ||
                                      status.code() == absl::StatusCode::kDeadlineExceeded);
}

// A gRPC code from outside may be any number.
absl::StatusCode CodeOf(const grpc::Status& status) {
  const int code = status.error_code();
  const bool is_canonical =
      code > 0 && code <= static_cast<int>(absl::StatusCode::kUnauthenticated);
  return is_canonical ? static_cast<absl::StatusCode>(code) : absl::StatusCode::kUnknown;
}

// "; to ask again, …", or empty.
std::string AdviceOf(const absl::Status& status) {
  const std::string advice = PayloadOf(status, kAdvicePayload);
  return advice.empty() ? "" : "; " + advice;
}

std::string WholeMessage(const absl::Status& status) {
  return std::string(status.message()) + AdviceOf(status);
}

// gRPC's own words for a connection that did not come about end in the cause, after
// addresses and layers that are of no help.
std::string CauseOf(const std::string& message) {
  const bool is_of_grpc = message.starts_with("failed to connect to all addresses") ||
                          message.starts_with("DNS resolution failed");
  const size_t colon = message.rfind(": ");
  return is_of_grpc && colon != std::string::npos ? message.substr(colon + 2) : message;
}

// Did something accept the connection that speaks otherwise? By gRPC's words for a connection
// that TLS met no TLS on, the other way round, and HTTP of before gRPC.
bool IsOtherProtocol(const std::string& cause) {
  return cause == "Socket closed" || absl::StrContains(cause, "wrong version number") ||
         absl::StrContains(cause, "ALPN") || absl::StrContains(cause, "http1.x");
}

std::string PrintableLines(const std::string& text) {
  std::string result;
  size_t begin = 0;
  while (true) {
    const size_t end = text.find('\n', begin);
    result += Printable(std::string_view(text).substr(begin, end - begin));
    if (end == std::string::npos) return result;
    result += '\n';
    begin = end + 1;
  }
}

std::string DetailJson(const absl::Status& status) {
  shop::v1::Refusal refusal;
  refusal.set_code(static_cast<int>(status.code()));
  refusal.set_reason(ReasonOf(status));
  refusal.set_message(WholeMessage(status));
  std::string value = absl::Base64Escape(refusal.SerializeAsString());
  value.erase(value.find_last_not_of('=') + 1);  // the protocol writes it unpadded
  return R"([{"type":"comptoir.shop.v1.Refusal","value":)" + JsonString(value) + R"(,"debug":)" +
         MessageJson(refusal) + "}]";
}

}  // namespace

absl::Status CallFailure(const grpc::Status& status, const std::string& reason,
                         const std::string& address) {
  absl::Status failure(CodeOf(status), status.error_message());
  failure.SetPayload(kAddressPayload, absl::Cord(address));
  if (!reason.empty()) failure.SetPayload(kReasonPayload, absl::Cord(reason));
  return failure;
}

absl::Status CallFailure(const grpc::Status& status, const grpc::ClientContext& context,
                         const std::string& address) {
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto found = trailers.find(kReasonMetadata);
  const std::string reason =
      found == trailers.end() ? "" : std::string(found->second.data(), found->second.size());
  return CallFailure(status, reason, address);
}

std::string ReasonOf(const absl::Status& status) { return PayloadOf(status, kReasonPayload); }

ExitCode ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return ExitCode::kDone;
  if (!status.GetPayload(kAddressPayload).has_value()) {
    return absl::IsCancelled(status) ? ExitCode::kRefused : ExitCode::kUsage;
  }
  return IsUnanswered(status) ? ExitCode::kUnanswered : ExitCode::kRefused;
}

bool MayBeDone(const absl::Status& status) {
  if (!status.GetPayload(kAddressPayload).has_value() || !ReasonOf(status).empty()) return false;
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kDataLoss:
      return true;
    default:
      return false;
  }
}

bool IsFinal(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::UNIMPLEMENTED:
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::FAILED_PRECONDITION:
      return true;
    default:
      return false;
  }
}

absl::Status WithMessage(const absl::Status& status, const std::string& message) {
  absl::Status reworded(status.code(), message);
  status.ForEachPayload([&reworded](absl::string_view name, const absl::Cord& payload) {
    reworded.SetPayload(name, payload);
  });
  return reworded;
}

absl::Status WithAdvice(const absl::Status& status, const std::string& advice) {
  absl::Status advised = status;
  advised.SetPayload(kAdvicePayload, absl::Cord(advice));
  return advised;
}

std::string ConnectCode(absl::StatusCode code) {
  constexpr std::array kNames = {"ok",
                                 "canceled",
                                 "unknown",
                                 "invalid_argument",
                                 "deadline_exceeded",
                                 "not_found",
                                 "already_exists",
                                 "permission_denied",
                                 "resource_exhausted",
                                 "failed_precondition",
                                 "aborted",
                                 "out_of_range",
                                 "unimplemented",
                                 "internal",
                                 "unavailable",
                                 "data_loss",
                                 "unauthenticated"};
  const size_t index = static_cast<size_t>(code);
  return index < kNames.size() ? kNames[index] : "unknown";
}

std::string ErrorJson(const absl::Status& status) {
  const std::string details = ReasonOf(status).empty() ? "[]" : DetailJson(status);
  return R"({"code":)" + JsonString(ConnectCode(status.code())) + R"(,"message":)" +
         JsonString(WholeMessage(status)) + R"(,"details":)" + details + "}";
}

std::string ErrorSentence(const absl::Status& status) {
  const std::string message = PrintableLines(WholeMessage(status));
  const std::string address = PayloadOf(status, kAddressPayload);
  if (address.empty()) return message;
  if (status.code() == absl::StatusCode::kDeadlineExceeded && IsUnanswered(status)) {
    return "no answer from " + address +
           " in time, what was asked may or may not have been done: " + message;
  }
  if (IsUnanswered(status)) {
    const std::string cause = CauseOf(std::string(status.message()));
    // Of TLS: who is there showed a certificate that our authority did not sign, or one that is
    // over.
    if (absl::StrContains(cause, "certificate verify failed")) {
      return "the hub at " + address +
             " is of another co-op than this identity, or its certificate is over: is it the right "
             "--identity? (" +
             PrintableLines(cause) + ")" + PrintableLines(AdviceOf(status));
    }
    const std::string question =
        IsOtherProtocol(cause)
            ? "the connection to " + address +
                  " was ended: did the daemon stop, or is it the wrong port? A node has 7410, the "
                  "hub 7400"
            : "nobody answers at " + address + ": does the daemon run there?";
    return question + " (" + PrintableLines(cause) + ")" + PrintableLines(AdviceOf(status));
  }
  if (MayBeDone(status)) {
    return address + " failed: " + (message.empty() ? ConnectCode(status.code()) : message);
  }
  std::string sentence = "refused: " + (message.empty() ? ConnectCode(status.code()) : message);
  if (const std::string reason = ReasonOf(status); !reason.empty()) {
    sentence += " (" + Printable(reason) + ")";
  }
  return sentence;
}

}  // namespace comptoir::cli
