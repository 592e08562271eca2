// Keeps the witness beside the store (R8): half a second after the ledger has grown
// at most, and once more at the end, what it holds is written to a small file of its
// own, flushed, and put in the place of the last one.
//
// A witness that cannot be written is said, and tried again; it holds up nothing.
//
// Thread use: made and destroyed by one thread, while the ledger lives.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/ledger/ledger.h"
#include "common/replica/pulse.h"

namespace comptoir::daemon {

// In the data folder `data`.
std::string WitnessPath(const std::string& data);
// NOT_FOUND when there is none; DATA_LOSS when it is damaged. A sentence each.
absl::StatusOr<journal::v1::Witness> ReadWitness(const std::string& path);

class WitnessKeeper {
 public:
  // Writes at once, and then as the ledger grows.
  WitnessKeeper(const ledger::Ledger& ledger, std::string path);
  // Writes what has come since.
  ~WitnessKeeper();

 private:
  // By the pulse alone, and after its end.
  void WriteNews();

  const ledger::Ledger& ledger_;
  const std::string path_;
  uint64_t written_version_ = 0;
  absl::Status told_;
  bool lost_ = false;  // something is not back yet
  std::unique_ptr<replica::Pulse> pulse_;
};

}  // namespace comptoir::daemon
