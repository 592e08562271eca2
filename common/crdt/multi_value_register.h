// A register whose concurrent writes are all kept, until someone writes over them.
//
// A write lists, by reference, the writes that its author saw and replaces.
//
// Merge argument. Let S be the set of writes seen. Writes of one journal arrive
// in the order of that journal, those of different journals in any order, so S
// is, of each journal, a prefix. The state is three functions of S alone:
//   writes    those of S that no other write of S replaces;
//   seen      per journal, the highest sequence in S;
//   replaced  references that a write of S replaces and that lie past `seen` of
//             their journal: they have not arrived.
// A write in S but not in `writes` was replaced; one not in S is told apart from
// it by `seen`. Apply keeps the three so:
//   - a write at or below `seen` is a repeat and changes nothing (idempotent);
//   - a new one that stands in `replaced` was replaced by a write of S, so it
//     never shows; what it replaces is replaced all the same;
//   - a reference at or below `seen` either is in `writes`, and leaves, or was
//     replaced before, or never was a write of this register: nothing to keep;
//   - once `seen` passes a reference in `replaced`, it can no longer arrive.
// Functions of the set are independent of the order, hence two replicas with
// equal heads hold equal registers. `seen` only says what arrived here; what a
// write replaces is what it lists and nothing else, so a write that its author
// did not know is never covered.
//
// The winner is the one with the highest hybrid time, then journal id: total on
// `writes`, so every replica shows the same. A wrong clock can win among
// concurrent writes, never against a write that replaces it.
//
// Pure. `Value` must be comparable with ==. Not thread safe.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "common/base/hybrid_time.h"
#include "common/base/ids.h"

namespace comptoir::crdt {

template <typename Value>
class MultiValueRegister {
 public:
  struct Write {
    Reference reference;
    HybridTime hybrid_time;
    Value value;

    bool operator==(const Write&) const = default;
  };
  // Writes of `journal` up to `sequence` have arrived.
  struct Seen {
    JournalId journal;
    Sequence sequence;

    bool operator==(const Seen&) const = default;
  };

  MultiValueRegister() = default;

  // A register from what its accessors gave; nullopt where these cannot be one's
  // (not rising, a write that `seen` does not cover, a replaced one that it does).
  static std::optional<MultiValueRegister> FromParts(std::vector<Write> writes,
                                                     std::vector<Reference> replaced,
                                                     std::vector<Seen> seen);

  // `replaces`: at most kReplacedWritesMax, checked where facts are admitted.
  void Apply(Write write, std::span<const Reference> replaces);

  // By rising reference.
  const std::vector<Write>& writes() const { return writes_; }
  const std::vector<Reference>& replaced() const { return replaced_; }
  // By rising journal.
  const std::vector<Seen>& seen() const { return seen_; }

  // Null before the first write.
  const Write* winner() const;
  // Do several values stand? The same value written twice is no conflict.
  bool conflict() const;

  bool operator==(const MultiValueRegister&) const = default;

 private:
  Sequence SeenOf(JournalId journal) const;
  // False for a repeat.
  bool Arrive(const Reference& reference);
  void Replace(const Reference& reference);
  template <typename Range>
  static bool Rising(const Range& range, auto key);

  std::vector<Write> writes_;
  std::vector<Reference> replaced_;
  std::vector<Seen> seen_;
};

template <typename Value>
std::optional<MultiValueRegister<Value>> MultiValueRegister<Value>::FromParts(
    std::vector<Write> writes, std::vector<Reference> replaced, std::vector<Seen> seen) {
  if (!Rising(writes, [](const Write& write) { return write.reference; }) ||
      !Rising(replaced, [](const Reference& reference) { return reference; }) ||
      !Rising(seen, [](const Seen& each) { return each.journal; })) {
    return std::nullopt;
  }
  MultiValueRegister result;
  result.seen_ = std::move(seen);
  for (const Write& write : writes) {
    if (write.reference.sequence > result.SeenOf(write.reference.journal)) return std::nullopt;
  }
  for (const Reference& reference : replaced) {
    if (reference.sequence <= result.SeenOf(reference.journal)) return std::nullopt;
  }
  result.writes_ = std::move(writes);
  result.replaced_ = std::move(replaced);
  return result;
}

template <typename Value>
void MultiValueRegister<Value>::Apply(Write write, std::span<const Reference> replaces) {
  const Reference self = write.reference;
  const bool was_replaced = std::binary_search(replaced_.begin(), replaced_.end(), self);
  if (!Arrive(self)) return;
  for (const Reference& reference : replaces) Replace(reference);
  if (was_replaced) return;
  const auto place = std::lower_bound(
      writes_.begin(), writes_.end(), self,
      [](const Write& other, const Reference& reference) { return other.reference < reference; });
  writes_.insert(place, std::move(write));
}

template <typename Value>
const typename MultiValueRegister<Value>::Write* MultiValueRegister<Value>::winner() const {
  const auto order = [](const Write& write) {
    return std::tie(write.hybrid_time, write.reference);
  };
  const auto highest = std::max_element(
      writes_.begin(), writes_.end(),
      [&](const Write& left, const Write& right) { return order(left) < order(right); });
  return highest == writes_.end() ? nullptr : &*highest;
}

template <typename Value>
bool MultiValueRegister<Value>::conflict() const {
  return std::any_of(writes_.begin(), writes_.end(),
                     [&](const Write& write) { return !(write.value == writes_.front().value); });
}

template <typename Value>
Sequence MultiValueRegister<Value>::SeenOf(JournalId journal) const {
  const auto place =
      std::lower_bound(seen_.begin(), seen_.end(), journal,
                       [](const Seen& seen, JournalId wanted) { return seen.journal < wanted; });
  return place != seen_.end() && place->journal == journal ? place->sequence : Sequence();
}

template <typename Value>
bool MultiValueRegister<Value>::Arrive(const Reference& reference) {
  auto place =
      std::lower_bound(seen_.begin(), seen_.end(), reference.journal,
                       [](const Seen& seen, JournalId wanted) { return seen.journal < wanted; });
  if (place == seen_.end() || place->journal != reference.journal) {
    place = seen_.insert(place, Seen{reference.journal, Sequence()});
  }
  if (reference.sequence <= place->sequence) return false;
  place->sequence = reference.sequence;
  std::erase_if(replaced_, [&](const Reference& other) {
    return other.journal == reference.journal && other.sequence <= reference.sequence;
  });
  return true;
}

template <typename Value>
void MultiValueRegister<Value>::Replace(const Reference& reference) {
  std::erase_if(writes_, [&](const Write& write) { return write.reference == reference; });
  if (reference.sequence <= SeenOf(reference.journal)) return;
  const auto place = std::lower_bound(replaced_.begin(), replaced_.end(), reference);
  if (place != replaced_.end() && *place == reference) return;
  replaced_.insert(place, reference);
}

template <typename Value>
template <typename Range>
bool MultiValueRegister<Value>::Rising(const Range& range, auto key) {
  return std::adjacent_find(range.begin(), range.end(), [&](const auto& left, const auto& right) {
           return !(key(left) < key(right));
         }) == range.end();
}

}  // namespace comptoir::crdt
