#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <vector>

#include "common/crdt/pn_counter.h"
#include "tests/laws/order_law.h"

namespace comptoir::laws {
namespace {

struct CounterLaw {
  using Operation = int64_t;
  using State = crdt::PnCounter;
  static constexpr bool kIdempotent = false;

  State Start() const { return {}; }
  void Apply(Operation amount, State& counter) const { counter.Add(amount); }
  void Settle(State& counter) const { counter = crdt::PnCounter(counter.value()); }
  int64_t Dump(const State& counter) const { return counter.value(); }
  void CheckModel(const std::vector<Operation>& applied, const State& counter) const {
    __extension__ __int128 sum = 0;
    for (const int64_t amount : applied) sum += amount;
    RC_ASSERT(counter.value() == static_cast<int64_t>(static_cast<uint64_t>(sum)));
  }
};

RC_GTEST_PROP(PnCounterLaw, OrderDoesNotMatter, ()) {
  CheckOrderLaw(CounterLaw(), DrawJournals(rc::gen::arbitrary<int64_t>()));
}

RC_GTEST_PROP(PnCounterLaw, OrderDoesNotMatterWhereSumsWrap, ()) {
  CheckOrderLaw(CounterLaw(), DrawJournals(rc::gen::element<int64_t>(INT64_MAX, INT64_MIN,
                                                                     INT64_MAX / 2, -1, 1)));
}

RC_GTEST_PROP(PnCounterLaw, SubtractTakesBack, (int64_t before, int64_t amount)) {
  crdt::PnCounter counter(before);
  counter.Add(amount);
  counter.Subtract(amount);
  RC_ASSERT(counter == crdt::PnCounter(before));
}

}  // namespace
}  // namespace comptoir::laws
