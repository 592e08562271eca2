#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "common/crdt/observed_remove_set.h"
#include "tests/laws/order_law.h"
#include "tests/laws/references.h"

namespace comptoir::laws {
namespace {

using Set = crdt::ObservedRemoveSet<int>;

struct Operation {
  WriteFrame frame;
  int element = 0;
  bool adds = false;
};

struct SetLaw {
  using Operation = laws::Operation;
  using State = Set;
  static constexpr bool kIdempotent = true;

  State Start() const { return {}; }
  void Apply(const Operation& write, State& state) const {
    if (write.adds) {
      state.Add(write.element, write.frame.reference, write.frame.time, write.frame.replaces);
    } else {
      state.Remove(write.element, write.frame.reference, write.frame.time, write.frame.replaces);
    }
  }
  void Settle(State&) const {}
  auto Dump(const State& state) const {
    std::vector<std::pair<int, std::vector<Reference>>> observed;
    for (int element = 0; element < kElements; ++element) {
      observed.emplace_back(element, state.Observed(element));
    }
    return std::pair(state.elements(), observed);
  }
  // In is an element with an addition that no other write about it replaces.
  void CheckModel(const std::vector<Operation>& applied, const State& state) const {
    std::set<int> in;
    for (const Operation& write : applied) {
      const bool replaced =
          std::any_of(applied.begin(), applied.end(), [&](const Operation& other) {
            return other.element == write.element &&
                   other.frame.reference != write.frame.reference &&
                   std::count(other.frame.replaces.begin(), other.frame.replaces.end(),
                              write.frame.reference) > 0;
          });
      if (write.adds && !replaced) in.insert(write.element);
    }
    RC_ASSERT(state.elements() == std::vector<int>(in.begin(), in.end()));
    for (int element = 0; element < kElements; ++element) {
      RC_ASSERT(state.Contains(element) == (in.count(element) > 0));
    }
  }

  static constexpr int kElements = 3;
};

RC_GTEST_PROP(ObservedRemoveSetLaw, OrderDoesNotMatter, ()) {
  Journals<Operation> journals;
  for (auto& frames : DrawFrames()) {
    auto& operations = journals.emplace_back();
    for (auto& frame : frames) {
      operations.push_back(
          {frame, *rc::gen::inRange(0, SetLaw::kElements), *rc::gen::arbitrary<bool>()});
    }
  }
  CheckOrderLaw(SetLaw(), journals);
}

}  // namespace
}  // namespace comptoir::laws
