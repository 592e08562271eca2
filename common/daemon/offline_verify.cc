#include "common/daemon/offline_verify.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "common/base/status.h"
#include "common/daemon/exit_code.h"

namespace comptoir::daemon {
namespace {

constexpr int kExitDifferences = 4;
constexpr std::chrono::seconds kProgressPause(1);

absl::StatusOr<ledger::VerifyReport> Verify(const Host::Options& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const auto host, Host::Open(options));
  COMPTOIR_ASSIGN_OR_RETURN(const auto scratch, host->NewScratch());
  // Whoever waits at a terminal sees that it goes on.
  const bool shows = isatty(STDERR_FILENO) == 1;
  auto next = std::chrono::steady_clock::now() + kProgressPause;
  return host->ledger().Verify(*scratch, [&](uint64_t done, uint64_t total) {
    if (!shows || std::chrono::steady_clock::now() < next) return true;
    next = std::chrono::steady_clock::now() + kProgressPause;
    std::fprintf(stderr, "verify: %llu of %llu\n", static_cast<unsigned long long>(done),
                 static_cast<unsigned long long>(total));
    return true;
  });
}

}  // namespace

int VerifyDataFolder(const Host::Options& options) {
  const auto report = Verify(options);
  if (!report.ok()) {
    std::fprintf(stderr, "verify: %s\n", std::string(report.status().message()).c_str());
    return ExitCodeOf(report.status());
  }
  for (const ledger::VerifyFinding& finding : report->findings) {
    std::printf("%s: %s\n", finding.invariant.c_str(), finding.what.c_str());
  }
  std::printf("%s: %llu journals, %llu entries, %llu signatures, %llu view rows, %llu bad facts\n",
              report->findings.empty() ? "sound" : "NOT SOUND",
              static_cast<unsigned long long>(report->journals),
              static_cast<unsigned long long>(report->entries),
              static_cast<unsigned long long>(report->signatures),
              static_cast<unsigned long long>(report->view_rows),
              static_cast<unsigned long long>(report->bad_facts));
  return report->findings.empty() ? kExitOk : kExitDifferences;
}

}  // namespace comptoir::daemon
