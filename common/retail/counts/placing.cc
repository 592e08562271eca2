#include "common/retail/counts/placing.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "common/retail/forks/moved.h"

namespace comptoir::retail {
namespace {

using Heads = google::protobuf::RepeatedPtrField<v1::SeenHead>;
using Place = std::pair<uint64_t, uint64_t>;  // journal and sequence

// How far `heads`, by rising journal, reach in `journal`; 0 where they don't name it.
uint64_t ReachIn(const Heads& heads, uint64_t journal) {
  const auto found = std::lower_bound(
      heads.begin(), heads.end(), journal,
      [](const v1::SeenHead& head, uint64_t wanted) { return head.journal() < wanted; });
  return found == heads.end() || found->journal() != journal ? 0 : found->sequence();
}

bool Covers(const v1::CountState& count, const std::string& lot) {
  return count.whole() || std::ranges::any_of(count.seen(), [&](const v1::LotQuantity& seen) {
           return seen.lot() == lot;
         });
}

auto Rank(const v1::CountState& count) {
  return std::tuple(!count.doubtful(), count.wall_ms(), count.journal(), count.sequence());
}

// The count that is meant; null where it is not known here.
const v1::CountState* Named(const std::map<Place, const v1::CountState*>& by_place,
                            const journal::v1::Reference& reference) {
  const auto found = by_place.find({reference.journal(), reference.sequence()});
  if (found != by_place.end() && found->second->hash_prefix() == reference.hash_prefix()) {
    return found->second;
  }
  const JournalId place = MovedPlace(
      {JournalId(reference.journal()), Sequence(reference.sequence()), reference.hash_prefix()});
  const auto moved = by_place.find({place.value(), reference.sequence()});
  return moved == by_place.end() ? nullptr : moved->second;
}

// Every count that `count` replaces, directly or through others, which need not
// count themselves: who saw the one that saw it has seen it.
void CollectReplaced(const std::map<Place, const v1::CountState*>& by_place,
                     const v1::CountState& count, std::set<Place>* replaced) {
  std::vector<const v1::CountState*> open = {&count};
  while (!open.empty()) {
    const v1::CountState& next = *open.back();
    open.pop_back();
    for (const journal::v1::Reference& reference : next.replaces()) {
      const v1::CountState* found = Named(by_place, reference);
      if (found == nullptr || !replaced->insert({found->journal(), found->sequence()}).second) {
        continue;
      }
      open.push_back(found);
    }
  }
}

// The standing count of `lot`; null for none.
const v1::CountState* Standing(const v1::CountsRow& counts, const std::string& lot) {
  std::map<Place, const v1::CountState*> by_place;
  for (const v1::CountState& count : counts.counts()) {
    by_place[{count.journal(), count.sequence()}] = &count;
  }
  std::set<Place> replaced;
  std::vector<const v1::CountState*> covering;
  for (const v1::CountState& count : counts.counts()) {
    if (!count.counted() || !Covers(count, lot)) continue;
    covering.push_back(&count);
    std::set<Place> seen;
    CollectReplaced(by_place, count, &seen);
    // Forged references may go round in a circle: nobody replaces itself.
    seen.erase({count.journal(), count.sequence()});
    replaced.merge(seen);
  }
  const v1::CountState* standing = nullptr;
  const auto consider = [&](const v1::CountState* count) {
    if (standing == nullptr || Rank(*standing) < Rank(*count)) standing = count;
  };
  for (const v1::CountState* count : covering) {
    if (!replaced.contains({count->journal(), count->sequence()})) consider(count);
  }
  if (standing == nullptr) std::ranges::for_each(covering, consider);
  return standing;
}

int64_t SeenOf(const v1::CountState& count, const std::string& lot) {
  for (const v1::LotQuantity& seen : count.seen()) {
    if (seen.lot() == lot) return seen.quantity_milli();
  }
  return 0;
}

int64_t BeforeOf(const v1::CountState& count, const std::string& lot) {
  for (const v1::LotSum& before : count.before()) {
    if (before.lot() == lot) return before.milli();
  }
  return 0;
}

}  // namespace

Placing PlaceMovement(const Fact& movement, const v1::CountState& count,
                      const v1::CountHeadsRow* heads) {
  const uint64_t journal = movement.reference.journal.value();
  const uint64_t sequence = movement.reference.sequence.value();
  if (journal == count.journal()) return {.before = sequence < count.sequence()};
  if (heads != nullptr && sequence <= ReachIn(heads->heads(), journal)) return {.before = true};
  if (movement.moved.has_value()) {
    const MovedFrom& from = *movement.moved;
    const uint64_t written = from.original.sequence.value();
    const bool same_branch = count.branch() != 0 && count.branch() == from.branch.value();
    if (same_branch && written < count.moved_number()) return {.before = true};
    // Heads name a number, not a branch.
    const uint64_t home = from.original.journal.value();
    if (heads != nullptr && !same_branch && written <= ReachIn(heads->heads(), home)) {
      return {.before = true};
    }
  }
  if (movement.doubtful || count.doubtful()) return {};
  const int64_t apart_ms = movement.wall_ms - count.wall_ms();
  return {.before = apart_ms < 0,
          .near = apart_ms >= -kNearCountMillis && apart_ms <= kNearCountMillis};
}

bool IsPastHorizon(const Fact& movement, const v1::CountHorizonRow& horizon) {
  // Of the few that were moved, all are looked at.
  return !movement.moved.has_value() && !movement.doubtful &&
         movement.wall_ms > horizon.wall_ms() &&
         movement.reference.sequence.value() >
             ReachIn(horizon.heads(), movement.reference.journal.value());
}

void Widen(const v1::CountState& count, const v1::CountHeadsRow* heads,
           v1::CountHorizonRow* horizon) {
  if (!count.doubtful()) {
    horizon->set_wall_ms(std::max(horizon->wall_ms(), count.wall_ms() + kNearCountMillis));
  }
  if (heads == nullptr) return;
  std::map<uint64_t, uint64_t> reach;
  for (const v1::SeenHead& head : horizon->heads()) reach[head.journal()] = head.sequence();
  for (const v1::SeenHead& head : heads->heads()) {
    uint64_t& sequence = reach[head.journal()];
    sequence = std::max(sequence, head.sequence());
  }
  horizon->clear_heads();
  for (const auto& [journal, sequence] : reach) {
    v1::SeenHead* head = horizon->add_heads();
    head->set_journal(journal);
    head->set_sequence(sequence);
  }
}

std::map<std::string, int64_t> AdjustmentsOf(const v1::CountsRow& counts) {
  std::set<std::string> lots;
  for (const v1::CountState& count : counts.counts()) {
    if (!count.counted()) continue;
    for (const v1::LotQuantity& seen : count.seen()) lots.insert(seen.lot());
    for (const v1::LotSum& before : count.before()) lots.insert(before.lot());
  }
  std::map<std::string, int64_t> adjustments;
  for (const std::string& lot : lots) {
    const v1::CountState* standing = Standing(counts, lot);
    if (standing == nullptr) continue;
    const int64_t milli = SeenOf(*standing, lot) - BeforeOf(*standing, lot);
    if (milli != 0) adjustments[lot] = milli;
  }
  return adjustments;
}

void AddToLot(const std::string& lot, int64_t milli,
              google::protobuf::RepeatedPtrField<v1::LotSum>* sums) {
  const auto found = std::lower_bound(
      sums->begin(), sums->end(), lot,
      [](const v1::LotSum& sum, const std::string& wanted) { return sum.lot() < wanted; });
  const auto position = static_cast<int>(found - sums->begin());
  if (found != sums->end() && found->lot() == lot) {
    found->set_milli(found->milli() + milli);
    if (found->milli() == 0) sums->DeleteSubrange(position, 1);
    return;
  }
  if (milli == 0) return;
  v1::LotSum* added = sums->Add();
  added->set_lot(lot);
  added->set_milli(milli);
  for (int i = sums->size() - 1; i > position; --i) sums->SwapElements(i, i - 1);
}

}  // namespace comptoir::retail
