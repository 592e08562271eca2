#include "common/daemon/program.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/base/status.h"
#include "common/daemon/address.h"
#include "common/daemon/exit_code.h"
#include "common/daemon/lifecycle.h"
#include "common/platform/heap.h"
#include "common/platform/logging.h"

namespace comptoir::daemon {
namespace {

// "WHAT: SENTENCE" of a value that `status` refuses.
absl::Status Of(std::string_view what, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::InvalidArgumentError(absl::StrCat(std::string(what), ": ", status.message()));
}

absl::Status CheckTimeZone(std::string_view what, const std::string& text) {
  return Of(what, platform::SystemClock::Create(text).status());
}

absl::Status CheckLogFormat(std::string_view what, const std::string& text) {
  return Of(what, platform::ParseLogFormat(text).status());
}

absl::Status CheckLogLevel(std::string_view what, const std::string& text) {
  return Of(what, platform::ParseLogLevel(text).status());
}

absl::Status StartLog(const CommonOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const auto format, platform::ParseLogFormat(options.log_format));
  COMPTOIR_ASSIGN_OR_RETURN(const auto level, platform::ParseLogLevel(options.log_level));
  platform::ConfigureLogging(format, level);
  return absl::OkStatus();
}

}  // namespace

void PrepareProcess() {
  platform::KeepHeapSmall();
  // The distribution's Abseil is built without NDEBUG: for each lock that gRPC takes it
  // would look for a cycle, under one lock for the whole process.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  umask(S_IRWXG | S_IRWXO);  // what a daemon writes is for its owner alone
  // What gRPC would say on standard error is in our own log, as a sentence.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  BlockTerminationSignals();
}

Host::Options HostOptions(const CommonOptions& options, bool hub) {
  return {options.data, options.time_zone, hub, options.cache_mib, options.disk_reserve_mib};
}

void AddCommonSettings(Settings& settings, CommonOptions* options, std::string_view whose_days) {
  settings.Add("data", &options->data, "data folder");
  settings.Add("time-zone", &options->time_zone,
               absl::StrCat("of the ", std::string(whose_days), ", for business days"),
               CheckTimeZone);
  settings.AddNumber("cache-mib", &options->cache_mib, kCacheMibLeast, kCacheMibMost,
                     "memory of the store, in MiB");
  settings.AddNumber("disk-reserve-mib", &options->disk_reserve_mib, kDiskReserveMibLeast,
                     kDiskReserveMibMost,
                     "MiB of free disk under which nothing is recorded; as much again is kept as "
                     "ballast");
  settings.Add("log-format", &options->log_format, "text or json", CheckLogFormat);
  settings.Add("log-level", &options->log_level, "debug, info, warning or error", CheckLogLevel);
}

absl::Status CheckAddress(std::string_view what, const std::string& text) {
  return ParseAddress(what, text).status();
}

absl::Status CheckAddressOrNone(std::string_view what, const std::string& text) {
  return text.empty() ? absl::OkStatus() : CheckAddress(what, text);
}

std::optional<int> ParseOrExit(CLI::App& app, Settings& settings, const CommonOptions& options,
                               int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const std::vector<std::string> unknown = app.remaining(/*recurse=*/true);
    const std::string first = argc > 1 ? argv[1] : "-";
    if (!first.starts_with('-') && std::ranges::find(unknown, first) != unknown.end()) {
      return Report(app, absl::InvalidArgumentError(absl::StrCat("'", absl::CHexEscape(first),
                                                                 "' is no command: --help lists "
                                                                 "those there are")));
    }
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  absl::Status status = settings.Resolve();
  if (status.ok()) status = StartLog(options);
  if (!status.ok()) return Report(app, status);
  if (!options.data.empty()) return std::nullopt;
  return Report(app, absl::InvalidArgumentError("say where its data is: --data FOLDER"));
}

int Report(const CLI::App& app, const absl::Status& status) {
  if (status.ok()) return kExitOk;
  std::fprintf(stderr, "%s: %s\n", app.get_name().c_str(), std::string(status.message()).c_str());
  return ExitCodeOf(status);
}

}  // namespace comptoir::daemon
