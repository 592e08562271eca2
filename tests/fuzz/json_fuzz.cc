// JSON bodies: of an enrolment at the hub, and of its answers at the node. The first
// byte of an input says which. What is read and written again reads the same.
#include "common/base/status.h"
#include "comptoir/admin/v1/admin.pb.h"
#include "comptoir/rpc/v1/error.pb.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "tests/fuzz/fuzzers.h"

namespace comptoir::fuzz {
namespace json_fuzz {
namespace {

namespace json = google::protobuf::util;

template <typename Message>
void RunAs(std::string_view body, bool ignores_unknown) {
  json::JsonParseOptions options;
  options.ignore_unknown_fields = ignores_unknown;
  Message message;
  const std::string text(body);
  if (!json::JsonStringToMessage(text, &message, options).ok()) return;
  std::string written;
  COMPTOIR_CHECK(json::MessageToJsonString(message, &written).ok());
  Message again;
  COMPTOIR_CHECK(json::JsonStringToMessage(written, &again).ok());
  COMPTOIR_CHECK(json::MessageDifferencer::Equals(message, again));
}

void Run(std::string_view bytes) {
  if (bytes.empty()) return;
  const std::string_view body = bytes.substr(1);
  switch (static_cast<uint8_t>(bytes.front() - '0') % 3) {
    case 0:
      return RunAs<admin::v1::EnrollRequest>(body, false);
    case 1:
      return RunAs<admin::v1::EnrollResponse>(body, true);
    default:
      return RunAs<rpc::v1::ConnectError>(body, true);
  }
}

std::vector<std::string> Seeds() {
  return {
      R"(0{"token":"CPT1.AAAA","node":"outremeuse-1","signingRequestPem":"-----BEGIN"})",
      R"(0{"token":"é\n","signing_request_pem":null,"unknown":[[[[1]]]]})",
      R"(1{"certificatePem":"a","authorityPem":"b","coop":"Essai","shop":"outremeuse",)"
      R"("hubSyncAddress":"hub:7400","later":{"a":[1,2]}})",
      R"(2{"code":"permission_denied","message":"this token has expired","details":[]})",
      "2{}",
      "0[]",
      "0",
      "0{\"node\":1e400}",
  };
}

}  // namespace
}  // namespace json_fuzz

constinit const Fuzzer kJsonFuzzer{"json", json_fuzz::Run, json_fuzz::Seeds};

}  // namespace comptoir::fuzz
