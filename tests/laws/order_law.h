// The one law of everything that is merged: the state is a function of the set
// of operations, whatever the order of their arrival, as long as those of one
// journal come in that journal's order.
//
// A type brings a Law:
//   using Operation, State
//   State Start() const
//   void Apply(const Operation&, State&) const
//   void Settle(State&) const      what a restart does between two operations:
//                                  commit, or write out and read back; may do nothing
//   auto Dump(const State&) const  equal states, equal dumps
//   void CheckModel(const std::vector<Operation>&, const State&) const
//                                  RC_ASSERTs the state against a naive model
//   static constexpr bool kIdempotent  does a repeat change nothing?
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <vector>

namespace comptoir::laws {

// One history: for each journal, its operations in order.
template <typename Operation>
using Journals = std::vector<std::vector<Operation>>;

// Up to 4 journals of up to 12 operations each.
template <typename Operation>
Journals<Operation> DrawJournals(const rc::Gen<Operation>& operation) {
  Journals<Operation> journals(*rc::gen::inRange<size_t>(0, 5));
  for (auto& operations : journals) {
    operations =
        *rc::gen::container<std::vector<Operation>>(*rc::gen::inRange<size_t>(0, 13), operation);
  }
  return journals;
}

// An order of arrival: every operation once, each journal's in order.
template <typename Operation>
std::vector<Operation> DrawOrder(const Journals<Operation>& journals) {
  std::vector<size_t> next(journals.size());
  std::vector<Operation> order;
  while (true) {
    std::vector<size_t> open;
    for (size_t journal = 0; journal < journals.size(); ++journal) {
      if (next[journal] < journals[journal].size()) open.push_back(journal);
    }
    if (open.empty()) return order;
    const size_t journal = *rc::gen::elementOf(open);
    order.push_back(journals[journal][next[journal]++]);
  }
}

// Applies all of `order`; settles at a drawn place, where the state must be what
// the model says of that much.
template <typename Law>
auto DumpAfter(const Law& law, const std::vector<typename Law::Operation>& order) {
  const size_t cut = *rc::gen::inRange<size_t>(0, order.size() + 1);
  typename Law::State state = law.Start();
  for (size_t i = 0; i < order.size(); ++i) {
    if (i == cut) {
      law.Settle(state);
      law.CheckModel({order.begin(), order.begin() + static_cast<ptrdiff_t>(cut)}, state);
    }
    law.Apply(order[i], state);
    if constexpr (Law::kIdempotent) law.Apply(order[*rc::gen::inRange<size_t>(0, i + 1)], state);
  }
  law.Settle(state);
  law.CheckModel(order, state);
  return law.Dump(state);
}

// Any two orders of one history give equal dumps, and each agrees with the model
// half-way and at its end.
template <typename Law>
void CheckOrderLaw(const Law& law, const Journals<typename Law::Operation>& journals) {
  std::vector<typename Law::Operation> by_journal;
  for (const auto& operations : journals) {
    by_journal.insert(by_journal.end(), operations.begin(), operations.end());
  }
  const auto expected = DumpAfter(law, by_journal);
  constexpr int kOrders = 3;
  for (int i = 0; i < kOrders; ++i) RC_ASSERT(DumpAfter(law, DrawOrder(journals)) == expected);
}

}  // namespace comptoir::laws
