// Sums of a kCounters value while they are added up; the stores' own half of
// EncodeCounters and DecodeCounters (store.h).
//
// Merging is an element by element sum, and the result is as long as the longer
// operand: commutative and associative, so a store may fold additions in any
// order and grouping. One fact's quantity or money is at most 10^12
// (kQuantityMilliMax, kMoneyCentsMax), so no sum of a co-op's life can leave 64
// bits. If one ever did it would wrap, which keeps the merge associative and so
// all replicas equal; a sum that stopped at the limit would depend on the order.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "absl/container/inlined_vector.h"

namespace comptoir::store {

// Most counters hold one or two sums (a quantity, an amount).
using CounterSums = absl::InlinedVector<int64_t, 4>;

// Two's complement addition, without undefined behaviour.
constexpr int64_t AddWrapping(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

// Adds an encoded operand to `*sums`. False, and `*sums` of no use, when
// `value` is not what EncodeCounters writes.
bool AddEncodedCounters(std::string_view value, CounterSums* sums);

// Appends what EncodeCounters gives.
void AppendCounters(std::span<const int64_t> sums, std::string* out);

}  // namespace comptoir::store
