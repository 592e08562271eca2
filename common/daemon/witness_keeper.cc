#include "common/daemon/witness_keeper.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/platform/files.h"
#include "common/platform/logging.h"

namespace comptoir::daemon {
namespace {

// A second less what the disk may take.
constexpr std::chrono::milliseconds kPause(500);

}  // namespace

std::string WitnessPath(const std::string& data) { return data + "/witness"; }

absl::StatusOr<journal::v1::Witness> ReadWitness(const std::string& path) {
  const auto file = platform::ReadFile(path, ledger::kWitnessBytesMax);
  if (absl::IsNotFound(file.status())) {
    return absl::NotFoundError(absl::StrCat("there is no witness, ", path));
  }
  if (!file.ok()) return file.status();
  auto witness = ledger::DecodeWitness(*file);
  if (witness.ok()) return witness;
  return absl::Status(witness.status().code(),
                      absl::StrCat(witness.status().message(), ", ", path));
}

WitnessKeeper::WitnessKeeper(const ledger::Ledger& ledger, std::string path)
    : ledger_(ledger), path_(std::move(path)), lost_(!ledger.Losses().empty()) {
  WriteNews();
  pulse_ = std::make_unique<replica::Pulse>(kPause, [this] { WriteNews(); });
}

WitnessKeeper::~WitnessKeeper() {
  pulse_.reset();
  WriteNews();
}

void WitnessKeeper::WriteNews() {
  const uint64_t version = ledger_.witness_version();
  if (version == written_version_) return;
  const journal::v1::Witness witness = ledger_.MakeWitness();
  const absl::Status status = platform::WriteFileDurably(path_, ledger::EncodeWitness(witness),
                                                         platform::FileReaders::kOwner);
  // Each trouble once, not twice a second.
  if (!status.ok() && status != told_) {
    platform::Log(platform::LogLevel::kError,
                  "the witness cannot be written: a store that loses entries now is found out "
                  "late, or by peers only",
                  {{"status", status}});
  }
  told_ = status;
  if (!status.ok()) return;
  written_version_ = version;
  const bool lost = witness.losses_size() > 0;
  if (lost_ && !lost) platform::Log(platform::LogLevel::kInfo, "all that was lost here is back");
  lost_ = lost;
}

}  // namespace comptoir::daemon
