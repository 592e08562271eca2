// Which movements a count has seen, and what stands on the shelf by the counts of
// one product: pure functions of facts.
//
// A count is an observation. Let M be the movements of one product and unit at one
// shop that are known here, C the counts of it. Of each count, `before` sums the
// movements of M that are before it, lot by lot: a function of the count and M. The
// standing count of a lot is, among those that cover it, the highest by (undoubted
// before doubtful, wall instant, journal, sequence) that no other, directly or
// through others, has replaced: a function of C. Stock of a lot is the sum of M, and
// what its standing count saw less what is `before` it. No part depends on the order
// in which movements and counts became known.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "common/retail/fact.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {

// Clocks of two nodes may differ by this much without either being doubtful (R10).
inline constexpr int64_t kNearCountMillis = 5 * 60'000;

struct Placing {
  bool before = false;
  bool near = false;  // that rests on two clocks that are hardly apart

  bool operator==(const Placing&) const = default;
};
// `heads`: those that the count names; null for none.
Placing PlaceMovement(const Fact& movement, const v1::CountState& count,
                      const v1::CountHeadsRow* heads);

// No count of the shop, but for one of its own journal behind it, can have seen
// `movement`, nor is it near one.
bool IsPastHorizon(const Fact& movement, const v1::CountHorizonRow& horizon);
// The horizon once this count is known as well.
void Widen(const v1::CountState& count, const v1::CountHeadsRow* heads,
           v1::CountHorizonRow* horizon);

// By lot, what stock is more than its movements come to; none that is zero.
std::map<std::string, int64_t> AdjustmentsOf(const v1::CountsRow& counts);

// Adds to the sum of `lot` in `sums`, which keeps its order and holds no zero.
void AddToLot(const std::string& lot, int64_t milli,
              google::protobuf::RepeatedPtrField<v1::LotSum>* sums);

}  // namespace comptoir::retail
