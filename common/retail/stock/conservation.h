// Goods are conserved (I5).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// A product whose movements do not sum to zero over all accounts.
struct ConservationFinding {
  std::string product;
  v1::Unit unit = v1::UNIT_UNSPECIFIED;
  int64_t milli = 0;  // what the sum is

  bool operator==(const ConservationFinding&) const = default;
};

// By product and unit; empty when all is well. Reads the whole table.
absl::StatusOr<std::vector<ConservationFinding>> CheckConservation(const store::Snapshot& snapshot);

}  // namespace comptoir::retail
