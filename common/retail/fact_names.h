// The names that people know facts by, found from where they stand.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/store/store.h"

namespace comptoir::retail {

// Of the facts of one shop, whose journals are those of the series table.
//
// Thread use: one at a time.
class FactNames {
 public:
  // `snapshot` must outlive it.
  static absl::StatusOr<FactNames> Of(const store::Snapshot& snapshot, std::string_view shop);

  // As `movements` shows it; empty where the journal is not known here.
  absl::StatusOr<std::string> NameOf(uint64_t journal, uint64_t sequence) const;
  // Of a fact that prints a receipt, the receipt's number; empty as above.
  absl::StatusOr<std::string> ReceiptNumberOf(uint64_t journal, uint64_t sequence,
                                              uint64_t receipt_ordinal) const;

 private:
  FactNames(const store::Snapshot& snapshot, std::string_view shop)
      : snapshot_(snapshot), shop_(shop) {}

  const store::Snapshot& snapshot_;
  std::string shop_;
  std::map<uint64_t, std::string> series_;  // by journal
};

}  // namespace comptoir::retail
