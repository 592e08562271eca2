// Writes what another replica lacks, as segments for a stick: the bytes of a carried
// file, piece by piece (common/journal/carry_file.h).
//
// What goes out is settled when it begins: entries written meanwhile wait for the
// next time. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/journal/carry_file.h"
#include "common/ledger/ledger.h"

namespace comptoir::replica {

struct CarryOutRequest {
  // At the hub: whose nodes the file is for. At a node: empty, it is for the hub.
  std::string for_shop;
  // All that the reader may read, and not only what it is not known to hold.
  bool whole = false;
};

// Entries of one journal that a file does not bring, and why.
struct CarryGap {
  JournalId journal;
  std::string node;  // who wrote it
  Sequence first;
  Sequence last;
  std::string why;  // a sentence
};

class CarryOut {
 public:
  // From a node: what the hub is not known to hold (`at_hub`), of what the shop's nodes
  // and others than the hub wrote. From the hub: what the shop's nodes read and did not
  // write themselves. Whole: everything that the reader may read.
  //
  // `header` says who we are; the rest is filled in here. INVALID_ARGUMENT for a shop
  // at a node, for no shop at the hub and for one without nodes.
  static absl::StatusOr<std::unique_ptr<CarryOut>> Begin(
      ledger::Ledger& ledger, const std::map<JournalId, Sequence>& at_hub,
      const CarryOutRequest& request, journal::v1::CarryHeader header);

  // The next bytes of the file, at most about a segment; nullopt after its end. What
  // cannot be read here is left out, and stands in gaps().
  absl::StatusOr<std::optional<std::string>> Next();

  // Entries gone out, and to go out in all.
  uint64_t done_entries() const { return done_entries_; }
  uint64_t total_entries() const { return header_.entries(); }
  const journal::v1::CarryHeader& header() const { return header_; }
  // Of what went out so far.
  uint64_t journals() const { return journals_; }
  const journal::v1::CarryTrailer& written() const { return writer_.written(); }
  const std::vector<CarryGap>& gaps() const { return gaps_; }

 private:
  struct Run {
    JournalId journal;
    std::string node;
    Sequence next;  // to go out
    Sequence last;
    bool begun = false;
  };

  CarryOut(ledger::Ledger& ledger, journal::v1::CarryHeader header)
      : ledger_(ledger), header_(std::move(header)) {}
  // Of a segment's worth; nullopt when the run holds no more that can go out.
  absl::StatusOr<std::optional<std::string>> ReadOn(Run& run);

  ledger::Ledger& ledger_;
  journal::v1::CarryHeader header_;
  journal::CarryFileWriter writer_;
  std::vector<Run> runs_;  // the shortest first, so that news goes before bulk
  size_t at_ = 0;          // in runs_
  bool began_ = false;
  bool ended_ = false;
  uint64_t done_entries_ = 0;
  uint64_t journals_ = 0;
  std::vector<CarryGap> gaps_;
};

}  // namespace comptoir::replica
