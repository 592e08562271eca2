#include "common/retail/days/coverage.h"

#include <algorithm>

#include "common/base/planted.h"
#include "common/retail/days/sums.h"

namespace comptoir::retail {
namespace {

int64_t TimesOf(const v1::ClosedRange& range) { return range.times() == 0 ? 1 : range.times(); }

// Makes the last range longer where the new one follows on it.
void Append(const EntryRange& range, std::vector<EntryRange>* ranges) {
  if (!ranges->empty() && Next(ranges->back().last) == range.first &&
      ranges->back().times == range.times) {
    ranges->back().last = range.last;
  } else {
    ranges->push_back(range);
  }
}

// Adds a piece that is covered `cover` times, and is to be once, or not at all.
void AddDue(EntryRange piece, int64_t cover, bool counts, Coverage::Due* due) {
  const int64_t excess = cover - (counts ? 1 : 0);
  if (excess == 0) return;
  piece.times = static_cast<uint32_t>(std::min(excess < 0 ? -excess : excess, kTimesClosedMax));
  Append(piece, excess < 0 ? &due->open : &due->excess);
}

}  // namespace

void Coverage::Step(const v1::ClosedRange& range, int64_t times) {
  std::map<uint64_t, int64_t>& steps = steps_[JournalId(range.journal())];
  steps[range.first()] += times;
  steps[range.last() + 1] -= times;
}

void Coverage::Add(const Ranges& covers, const Ranges& takes_back) {
  if (COMPTOIR_PLANTED(kCloseAgain)) return;
  for (const v1::ClosedRange& range : covers) Step(range, TimesOf(range));
  for (const v1::ClosedRange& range : takes_back) Step(range, -TimesOf(range));
}

Coverage::Due Coverage::Of(JournalId journal, Sequence last,
                           const std::set<Sequence>& uncounted) const {
  const auto found = steps_.find(journal);
  std::map<uint64_t, int64_t> steps = found == steps_.end() ? decltype(steps)() : found->second;
  // Where one that does not count begins and ends, a piece does.
  for (const Sequence sequence : uncounted) {
    steps[sequence.value()] += 0;
    steps[sequence.value() + 1] += 0;
  }
  steps[1] += 0;
  steps[last.value() + 1] += 0;
  Due due;
  int64_t cover = 0;
  for (auto step = steps.begin(); step != steps.end() && step->first <= last.value(); ++step) {
    cover += step->second;
    const EntryRange piece{journal, Sequence(step->first), Sequence(std::next(step)->first - 1)};
    AddDue(piece, cover, !uncounted.contains(piece.first), &due);
  }
  return due;
}

Coverage::Due Coverage::OfOne(JournalId place, Sequence sequence, bool counts) const {
  int64_t cover = 0;
  if (const auto found = steps_.find(place); found != steps_.end()) {
    const auto end = found->second.upper_bound(sequence.value());
    for (auto step = found->second.begin(); step != end; ++step) cover += step->second;
  }
  Due due;
  AddDue({place, sequence, sequence}, cover, counts, &due);
  return due;
}

}  // namespace comptoir::retail
