#include "common/daemon/health.h"

#include "absl/strings/str_cat.h"
#include "common/platform/logging.h"
#include "comptoir/admin/v1/admin.pb.h"
#include "google/protobuf/util/json_util.h"

namespace comptoir::daemon {
namespace {

constexpr int kHttpOk = 200;
constexpr int kHttpUnavailable = 503;

}  // namespace

absl::Status Health::Check() const {
  if (draining_) return absl::UnavailableError("it is stopping");
  if (wiring_.room) {
    if (absl::Status room = wiring_.room(); !room.ok()) return room;
  }
  if (wiring_.halted) {
    const std::string why = wiring_.halted();
    if (!why.empty()) return absl::UnavailableError(why);
  }
  const int64_t last_ms = wiring_.last_commit_ms();
  if (last_ms == 0) return absl::UnavailableError("no write has reached the disk yet");
  const int64_t age_ms = wiring_.clock->BootMillis() - last_ms;
  if (age_ms <= kCommitAgeMsMax) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("no write has reached the disk for ", age_ms / 1000,
                                             " s: look at the disk that holds the data folder"));
}

void Health::Probe() {
  // Nothing is written while the disk is nearly full, not even for a proof.
  if (wiring_.room && !wiring_.room().ok()) return;
  const int64_t last_ms = wiring_.last_commit_ms();
  if (last_ms != 0 && wiring_.clock->BootMillis() - last_ms < kProbeAfterMs) return;
  if (const absl::Status status = wiring_.probe(); !status.ok()) {
    platform::Log(platform::LogLevel::kError, "nothing can be recorded", {{"status", status}});
  }
}

HealthPage MakeHealthPage(const absl::Status& health) {
  admin::v1::Health message;
  message.set_serving(health.ok());
  message.set_why(std::string(health.message()));
  HealthPage page;
  page.http_status = health.ok() ? kHttpOk : kHttpUnavailable;
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  if (!google::protobuf::util::MessageToJsonString(message, &page.json, options).ok()) {
    page = {kHttpUnavailable, R"({"serving":false,"why":"the answer cannot be written"})"};
  }
  page.json.push_back('\n');
  return page;
}

}  // namespace comptoir::daemon
