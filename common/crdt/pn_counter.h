// A counter that goes up and down.
//
// Merge argument. An operation is one signed addition. The state is the sum of
// the operations seen, and addition modulo 2^64 is commutative and associative,
// so the sum depends on the set of operations alone, not on their order. It is
// not idempotent: each operation must be applied once, which the journals give
// (heads and effects are written in one batch). Sums wrap rather than stick at
// a bound, since a sum that stuck would depend on the order; the limits on
// quantities and money keep real sums far from wrapping.
//
// A PN-counter is often kept as two growing halves, so that states of different
// replicas can be merged. Here operations travel and states do not: the halves
// would say no more than their difference.
#pragma once

#include <cstdint>

namespace comptoir::crdt {

class PnCounter {
 public:
  constexpr PnCounter() = default;
  constexpr explicit PnCounter(int64_t sum) : sum_(static_cast<uint64_t>(sum)) {}

  // One operation; applied once.
  constexpr void Add(int64_t amount) { sum_ += static_cast<uint64_t>(amount); }
  // Takes one back: the state is as if it had never been added.
  constexpr void Subtract(int64_t amount) { sum_ -= static_cast<uint64_t>(amount); }

  constexpr int64_t value() const { return static_cast<int64_t>(sum_); }
  constexpr bool operator==(const PnCounter&) const = default;

 private:
  uint64_t sum_ = 0;  // unsigned, so that wrapping is defined
};

}  // namespace comptoir::crdt
