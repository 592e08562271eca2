// The witness: what a replica held, in a small file outside its store, so that a
// store that opens cleanly with less in it is found out (R8). Pure: whoever has
// files writes it and reads it back.
//
//   file  'comptoir.witness.v1\n' ‖ SHA-256 of the rest (32) ‖ Witness
//
// It is never ahead of the store (it tells of durable heads only), and at most a
// moment behind; so less in the store than in the witness is a loss, and more is
// not. It lists the journals that grew last by name, since what can get lost is what
// was written last; of the others it knows how many entries there were.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/journal/writer.h"
#include "common/ledger/journal_book.h"
#include "common/store/store.h"
#include "comptoir/journal/v1/rows.pb.h"

namespace comptoir::ledger {

inline constexpr size_t kWitnessHeadsMax = 1'024;
inline constexpr size_t kWitnessLossesMax = 1'024;
inline constexpr size_t kWitnessBytesMax = 512 << 10;

std::string EncodeWitness(const journal::v1::Witness& witness);
// DATA_LOSS when `file` is not what EncodeWitness wrote, whole; FAILED_PRECONDITION
// when a newer release wrote it.
absl::StatusOr<journal::v1::Witness> DecodeWitness(std::string_view file);

// Whose ledger, as the witness and the store name it.
std::string IdentityText(const journal::Writer& writer);

// Entries of one journal that were held here and are not any more.
struct Loss {
  JournalId journal;
  Sequence first;
  Sequence last;
  std::string node;    // who wrote them; empty: not known
  std::string series;  // of the journal; empty: not known

  uint64_t entries() const { return last.value() - first.value() + 1; }
};
// "entries 12 to 15 of journal 261123-k7qm2w of outremeuse-1".
std::string LossText(const Loss& loss);

struct WitnessFindings {
  std::vector<Loss> losses;         // found now
  std::vector<Loss> known;          // found by an earlier start, and not back yet
  uint64_t unnamed_entries = 0;     // lost besides, at least, from journals it does not list
  std::vector<std::string> others;  // sentences: entries that are not those it saw

  // The store is not what it was: its views are to be folded anew.
  bool store_changed() const { return !losses.empty() || unnamed_entries > 0 || !others.empty(); }
};

// Holds a store, as it was opened, against its witness. DATA_LOSS where the store
// cannot be read.
absl::StatusOr<WitnessFindings> CompareWithWitness(const journal::v1::Witness& witness,
                                                   const JournalBook& book,
                                                   const store::Snapshot& snapshot);

}  // namespace comptoir::ledger
