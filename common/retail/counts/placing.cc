#include "common/retail/counts/placing.h"

#include <algorithm>
#include <optional>
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

auto Rank(const v1::CountState& count) {
  return std::tuple(!count.doubtful(), count.wall_ms(), count.journal(), count.sequence());
}

// The counts of one product: which stands for a lot. What does not depend on the lot is
// worked out once, and lots that were only ever counted whole share one answer: a product
// has hundreds of lots over the years, and as many counts.
class Standings {
 public:
  explicit Standings(const v1::CountsRow& row) {
    for (const v1::CountState& count : row.counts()) {
      index_[{count.journal(), count.sequence()}] = counts_.size();
      counts_.push_back(&count);
    }
    for (size_t i = 0; i < counts_.size(); ++i) {
      const v1::CountState& count = *counts_[i];
      std::vector<size_t>& replaces = replaces_.emplace_back();
      for (const journal::v1::Reference& reference : count.replaces()) {
        if (const auto named = Named(reference)) replaces.push_back(*named);
      }
      if (!count.counted()) continue;
      if (count.whole()) {
        whole_.push_back(i);
      } else {
        for (const v1::LotQuantity& seen : count.seen()) apart_[seen.lot()].push_back(i);
      }
    }
    has_circle_ = HasCircle();
    standing_whole_ = Among(whole_);
  }

  // Null for none.
  const v1::CountState* Of(const std::string& lot) const {
    const auto apart = apart_.find(lot);
    if (apart == apart_.end()) return standing_whole_;
    std::vector<size_t> covering = whole_;
    covering.insert(covering.end(), apart->second.begin(), apart->second.end());
    return Among(covering);
  }

 private:
  // The count that is meant; nullopt where it is not known here.
  std::optional<size_t> Named(const journal::v1::Reference& reference) const {
    const auto found = index_.find(Place(reference.journal(), reference.sequence()));
    if (found != index_.end() && counts_[found->second]->hash_prefix() == reference.hash_prefix()) {
      return found->second;
    }
    const JournalId place = MovedPlace(
        {JournalId(reference.journal()), Sequence(reference.sequence()), reference.hash_prefix()});
    const auto moved = index_.find(Place(place.value(), reference.sequence()));
    if (moved == index_.end()) return std::nullopt;
    return moved->second;
  }

  // The highest of `covering` that no other of them has replaced, directly or through
  // others, which need not count themselves: who saw the one that saw it has seen it.
  const v1::CountState* Among(const std::vector<size_t>& covering) const {
    const std::vector<bool> replaced = has_circle_ ? ReplacedOneByOne(covering) : Reached(covering);
    const v1::CountState* standing = nullptr;
    const auto consider = [&](size_t i) {
      if (standing == nullptr || Rank(*standing) < Rank(*counts_[i])) standing = counts_[i];
    };
    for (const size_t i : covering) {
      if (!replaced[i]) consider(i);
    }
    if (standing == nullptr) std::ranges::for_each(covering, consider);
    return standing;
  }

  // Every count that one of `from` replaces; each is looked at once.
  std::vector<bool> Reached(const std::vector<size_t>& from) const {
    std::vector<bool> reached(counts_.size(), false);
    std::vector<bool> left(counts_.size(), false);
    std::vector<size_t> open = from;
    while (!open.empty()) {
      const size_t next = open.back();
      open.pop_back();
      if (left[next]) continue;
      left[next] = true;
      for (const size_t i : replaces_[next]) {
        reached[i] = true;
        open.push_back(i);
      }
    }
    return reached;
  }

  // Forged references may go round in a circle: nobody replaces itself.
  std::vector<bool> ReplacedOneByOne(const std::vector<size_t>& covering) const {
    std::vector<bool> replaced(counts_.size(), false);
    for (const size_t i : covering) {
      std::vector<bool> reached = Reached({i});
      reached[i] = false;
      for (size_t each = 0; each < reached.size(); ++each) {
        if (reached[each]) replaced[each] = true;
      }
    }
    return replaced;
  }

  // Takes away what nothing left replaces until there is no such count.
  bool HasCircle() const {
    std::vector<size_t> replacers(counts_.size(), 0);
    for (const auto& replaces : replaces_) {
      for (const size_t i : replaces) ++replacers[i];
    }
    std::vector<size_t> free;
    for (size_t i = 0; i < counts_.size(); ++i) {
      if (replacers[i] == 0) free.push_back(i);
    }
    size_t taken = 0;
    while (!free.empty()) {
      const size_t next = free.back();
      free.pop_back();
      ++taken;
      for (const size_t i : replaces_[next]) {
        if (--replacers[i] == 0) free.push_back(i);
      }
    }
    return taken < counts_.size();
  }

  std::vector<const v1::CountState*> counts_;
  std::map<Place, size_t> index_;
  std::vector<std::vector<size_t>> replaces_;         // by count
  std::vector<size_t> whole_;                         // that count, and cover every lot
  std::map<std::string, std::vector<size_t>> apart_;  // that count, and name the lot
  bool has_circle_ = false;
  const v1::CountState* standing_whole_ = nullptr;
};

// By lot, what a count saw less what is before it. Of a lot named twice the first says.
std::map<std::string, int64_t> SeenLessBefore(const v1::CountState& count) {
  std::map<std::string, int64_t> lots;
  for (const v1::LotQuantity& seen : count.seen()) lots.emplace(seen.lot(), seen.quantity_milli());
  for (const v1::LotSum& before : count.before()) lots[before.lot()] -= before.milli();
  return lots;
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
  // One machine's runs have one clock, and follow one another.
  const bool same_writer = movement.journal->writer.node == count.node();
  return {.before = apart_ms < 0,
          .near = !same_writer && apart_ms >= -kNearCountMillis && apart_ms <= kNearCountMillis};
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
  const Standings standings(counts);
  std::map<const v1::CountState*, std::map<std::string, int64_t>> differences;
  std::map<std::string, int64_t> adjustments;
  for (const std::string& lot : lots) {
    const v1::CountState* standing = standings.Of(lot);
    if (standing == nullptr) continue;
    const auto [known, is_new] = differences.try_emplace(standing);
    if (is_new) known->second = SeenLessBefore(*standing);
    const auto found = known->second.find(lot);
    if (found != known->second.end() && found->second != 0) adjustments[lot] = found->second;
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
