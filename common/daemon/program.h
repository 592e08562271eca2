// What the mains of both daemons do alike.
//
// Thread use: one thread, at start.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <CLI/App.hpp>

#include "absl/status/status.h"
#include "common/daemon/disk_reserve.h"
#include "common/daemon/host.h"
#include "common/daemon/settings.h"
#include "common/platform/clock.h"

namespace comptoir::daemon {

inline constexpr uint64_t kCacheMibLeast = 16;
inline constexpr uint64_t kCacheMibMost = 65'536;

struct CommonOptions {
  std::string data;
  std::string time_zone = std::string(platform::kDefaultTimeZone);
  std::string log_format = "text";
  std::string log_level = "info";
  uint64_t cache_mib = 56;  // memory of the store for what it has read and not yet filed
  uint64_t disk_reserve_mib = kDiskReserveMibDefault;
};

// What a data folder is opened with.
Host::Options HostOptions(const CommonOptions& options, bool hub);

// Heap, file mode, signals, other people's logs. First thing in main.
void PrepareProcess();

void AddCommonSettings(Settings& settings, CommonOptions* options, std::string_view whose_days);

// Checks for Settings::Add.
absl::Status CheckAddress(std::string_view what, const std::string& text);
// The same, and empty is said too: it leaves the choice to us.
absl::Status CheckAddressOrNone(std::string_view what, const std::string& text);

// Parses the command line, resolves the settings and starts the log as they say; the
// exit code where that is the end: --help, --version, or something is wrong.
std::optional<int> ParseOrExit(CLI::App& app, Settings& settings, const CommonOptions& options,
                               int argc, char** argv);

// The exit code of `status`, said on standard error as the program `app`.
int Report(const CLI::App& app, const absl::Status& status);

}  // namespace comptoir::daemon
