// Which entries of a node's journals its closings cover.
//
// Over all closings of a node each entry that counts is to be covered once, and each
// that does not, not at all. A closing covers what none covered before, and takes back
// what is covered too often: since it was found to be a duplicate (R11), or since two
// closings cover it, which happens to a node that was put back, or cloned, and closed
// before it had heard of its own closings. So whatever order things are heard in, the
// closings and what is not closed yet come to what was sold.
//
// An entry of a branch that was not kept is a range of one: its place in the views
// (forks/moved.h) stands for the journal, and its number is the one it had there.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "common/base/ids.h"
#include "comptoir/retail/v1/days.pb.h"

namespace comptoir::retail {

struct EntryRange {
  JournalId journal;
  Sequence first;
  Sequence last;
  uint32_t times = 1;  // how often it is covered too much, or too little

  bool operator==(const EntryRange&) const = default;
};

class Coverage {
 public:
  using Ranges = google::protobuf::RepeatedPtrField<v1::ClosedRange>;
  // Of an admitted closing that counts.
  void Add(const Ranges& covers, const Ranges& takes_back);

  struct Due {
    // By number, as often as each says:
    std::vector<EntryRange> open;    // to be covered
    std::vector<EntryRange> excess;  // to be taken back
  };
  // Of entries 1 to `last` of a journal, of which those in `uncounted` do not count.
  Due Of(JournalId journal, Sequence last, const std::set<Sequence>& uncounted) const;
  // Of that one entry alone, which stands by itself.
  Due OfOne(JournalId place, Sequence sequence, bool counts) const;

 private:
  void Step(const v1::ClosedRange& range, int64_t times);

  // Journal → number of an entry → by how much its cover, and that of those behind it,
  // differs from that of the one before.
  std::map<JournalId, std::map<uint64_t, int64_t>> steps_;
};

}  // namespace comptoir::retail
