// Files carried by hand from one machine to another (`comptoir carry`).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/replica/carry_in.h"
#include "tests/simulation/machine.h"

namespace comptoir::simulation {

// As the hub's enrolment does: the hub, which is alive, writes whom it may carry out for,
// and set a price of.
absl::Status NoteEnrolled(Machine& hub, const Machine& node);

struct Stick {
  std::vector<std::string> pieces;      // its bytes, in parts of about a segment
  std::map<JournalId, Sequence> heads;  // the last entry of each journal in it
};

// What `from`, which is alive, carries out for the hub, or for `shop` where it is the
// hub; all that the reader may read where it is to be `whole`. INVALID_ARGUMENT: the hub
// knows no node of that shop (NoteEnrolled).
absl::StatusOr<Stick> WriteStick(Machine& from, const std::string& shop, bool whole = false);

// Carries it in at `to`, which is alive, and flushes there as often as that takes:
// what is said of it may be that the disk failed, or the machine died.
absl::StatusOr<replica::CarryInReport> ReadStick(const Stick& stick, Machine& to);

}  // namespace comptoir::simulation
