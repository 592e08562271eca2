// Takes a carried file in, segment by segment, by Ledger::Ingest and nothing else:
// the same two gates and scopes as a session's (R6). Bringing it twice does nothing.
//
// A file that breaks off or was altered is taken up to the break: each segment proves
// itself, so what came before it is good, and a second copy brings the rest.
//
// One thread calls; answers of the ledger come on others.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/base/mutex.h"
#include "common/journal/carry_file.h"
#include "common/ledger/ledger.h"

namespace comptoir::replica {

// A journal of the file that does not go on here, and why.
struct CarryRefusal {
  JournalId journal;
  uint64_t segments = 0;  // of it, refused
  Sequence held;          // here
  ledger::Refusal reason = ledger::Refusal::kNone;
  std::string detail;  // a sentence
};

struct CarryInReport {
  journal::v1::CarryHeader header;
  uint64_t segments = 0;               // found sound in the file
  uint64_t entries = 0;                // in them
  uint64_t new_entries = 0;            // of them, new here and on the disk
  std::vector<CarryRefusal> refusals;  // by journal
  absl::Status end;                    // not OK: where and how the file breaks off
};

class CarryIn {
 public:
  // `authorities`: fingerprints of those that we trust, as in CarryHeader.
  CarryIn(ledger::Ledger& ledger, std::vector<std::string> authorities);
  // Waits for the ledger's answers.
  ~CarryIn();
  CarryIn(const CarryIn&) = delete;
  CarryIn& operator=(const CarryIn&) = delete;

  // The next bytes of the file. Blocks while much waits for the disk. OK also when
  // they are found to be bad: the rest is then passed over, and the report says it.
  // INVALID_ARGUMENT: no carried file at all; FAILED_PRECONDITION: another co-op's,
  // or for another shop. Nothing was taken then. Else what the store failed with (R9).
  absl::Status Take(std::string_view bytes);
  // After the last bytes. Returns when all that was taken is on the disk.
  absl::StatusOr<CarryInReport> Finish();

 private:
  absl::Status CheckHeader(const journal::v1::CarryHeader& header);
  void Ingest(const journal::v1::Segment& segment);
  void OnIngested(const ledger::IngestResult& result);
  void WaitForAnswers(size_t left_max);
  absl::Status NameWhatCameIn();

  ledger::Ledger& ledger_;
  const std::vector<std::string> authorities_;
  const journal::Writer bringer_;
  journal::CarryFileReader reader_;
  bool has_header_ = false;
  bool broken_ = false;

  Mutex mutex_;
  CondVar answered_;
  size_t under_way_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);          // of the store
  std::set<JournalId> journals_ ABSL_GUARDED_BY(mutex_);  // that something was taken of
  CarryInReport report_ ABSL_GUARDED_BY(mutex_);
};

// In whose name an operator brings journals: the co-op's, so that only what this
// replica itself may read sets the bounds.
journal::Writer OperatorBringer(const journal::Writer& self);

}  // namespace comptoir::replica
