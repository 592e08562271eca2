#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "common/crdt/multi_value_register.h"
#include "tests/laws/order_law.h"
#include "tests/laws/references.h"

namespace comptoir::laws {
namespace {

using Register = crdt::MultiValueRegister<int>;

struct RegisterWrite {
  WriteFrame frame;
  int value = 0;
};

// Is `write` replaced by another of `writes`? The register's definition, word for word.
bool IsReplaced(const RegisterWrite& write, const std::vector<RegisterWrite>& writes) {
  return std::any_of(writes.begin(), writes.end(), [&](const RegisterWrite& other) {
    return other.frame.reference != write.frame.reference &&
           std::count(other.frame.replaces.begin(), other.frame.replaces.end(),
                      write.frame.reference) > 0;
  });
}

struct RegisterLaw {
  using Operation = laws::RegisterWrite;
  using State = Register;
  static constexpr bool kIdempotent = true;

  State Start() const { return {}; }
  void Apply(const RegisterWrite& write, State& state) const {
    state.Apply({write.frame.reference, write.frame.time, write.value}, write.frame.replaces);
  }
  void Settle(State& state) const {
    std::optional<Register> back =
        Register::FromParts(state.writes(), state.replaced(), state.seen());
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == state);
    state = *back;
  }
  auto Dump(const State& state) const {
    std::vector<std::tuple<Reference, HybridTime, int>> writes;
    for (const auto& write : state.writes()) {
      writes.emplace_back(write.reference, write.hybrid_time, write.value);
    }
    std::vector<std::pair<JournalId, Sequence>> seen;
    for (const auto& each : state.seen()) seen.emplace_back(each.journal, each.sequence);
    return std::tuple(writes, state.replaced(), seen);
  }
  void CheckModel(const std::vector<RegisterWrite>& applied, const State& state) const {
    std::map<Reference, RegisterWrite> standing;
    for (const RegisterWrite& write : applied) {
      if (!IsReplaced(write, applied)) standing.emplace(write.frame.reference, write);
    }
    RC_ASSERT(state.writes().size() == standing.size());
    std::set<int> values;
    const RegisterWrite* winner = nullptr;
    for (const auto& [reference, write] : standing) {
      values.insert(write.value);
      if (winner == nullptr || winner->frame.time <= write.frame.time) winner = &write;
    }
    for (const auto& write : state.writes()) {
      RC_ASSERT(standing.at(write.reference).value == write.value);
    }
    RC_ASSERT(state.conflict() == (values.size() > 1));
    RC_ASSERT((state.winner() == nullptr) == (winner == nullptr));
    if (winner != nullptr) RC_ASSERT(state.winner()->reference == winner->frame.reference);
  }
};

RC_GTEST_PROP(MultiValueRegisterLaw, OrderDoesNotMatter, ()) {
  Journals<RegisterWrite> journals;
  for (auto& frames : DrawFrames()) {
    auto& operations = journals.emplace_back();
    for (auto& frame : frames) operations.push_back({frame, *rc::gen::inRange(0, 4)});
  }
  CheckOrderLaw(RegisterLaw(), journals);
}

}  // namespace
}  // namespace comptoir::laws
