// A peer with a good certificate and bad intentions: a shop's node in the wrong hands.
// It may write in the co-op's scope, and does: facts that are wrong, unknown, or years
// ahead. All else that it brings must be refused.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/events.h"
#include "tests/simulation/faults.h"
#include "tests/simulation/machine.h"

namespace comptoir::simulation {

// Code of its shop.
inline constexpr char kHostileShop[] = "voleur";

class Hostile {
 public:
  Hostile(Events& events, Dice dice);
  // Opens a stream to the hub, attacks, and goes after some seconds.
  void Attack(Machine& hub, FaultKind kind, uint64_t choice);

  // Its journal in the co-op's scope; zero before the first.
  JournalId journal() const { return coop_journal_.id; }
  // Must the fact gate find entry `sequence` of it bad, or not know it?
  bool IsBad(uint64_t sequence) const { return bad_.contains(sequence); }

 private:
  class Sink;
  struct OwnJournal {
    JournalId id;
    std::vector<std::string> entries;
    std::vector<Hash> hashes;
  };

  std::vector<sync::v1::Frame> Frames(Machine& hub, FaultKind kind, Dice dice);
  sync::v1::Frame Segment(const OwnJournal& journal, size_t from, std::string signature) const;
  // Adds to its journal in the co-op's scope; gives the segment with what is new.
  sync::v1::Frame WriteBadFacts(FaultKind kind, Dice& dice);
  sync::v1::Frame Forge(Machine& hub, Dice& dice) const;
  sync::v1::Frame MakeMalformed(Machine& hub, Dice& dice) const;
  sync::v1::Frame MakeForeign(Dice& dice) const;
  void Append(OwnJournal& journal, journal::v1::Entry entry) const;
  OwnJournal Begin(JournalId id, journal::v1::Scope scope, const std::string& shop,
                   const std::string& certificate) const;
  int64_t WallMillis() const { return kStartWallMs + events_.now_ms(); }

  Events& events_;
  Dice dice_;
  const HashSigner signer_;
  OwnJournal coop_journal_;
  std::set<uint64_t> bad_;  // by number
};

}  // namespace comptoir::simulation
