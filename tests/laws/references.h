// Generated references and what writes replace, for the laws of registers.
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <vector>

#include "common/base/hybrid_time.h"
#include "common/base/ids.h"
#include "tests/laws/order_law.h"

namespace comptoir::laws {

// One write without its value.
struct WriteFrame {
  Reference reference;
  HybridTime time;
  std::vector<Reference> replaces;
};

// Up to 4 journals of up to 6 writes; numbers rise with gaps. A write may replace
// any other, known to its author or not, itself, and references that are nobody's.
inline Journals<WriteFrame> DrawFrames() {
  Journals<WriteFrame> journals(*rc::gen::inRange<size_t>(1, 5));
  std::vector<Reference> known;
  for (size_t i = 0; i < journals.size(); ++i) {
    uint64_t sequence = 0;
    const auto count = *rc::gen::inRange<size_t>(0, 7);
    for (size_t n = 0; n < count; ++n) {
      sequence += *rc::gen::inRange<uint64_t>(1, 4);
      const Reference reference{JournalId(100 + i), Sequence(sequence), 7'000 + sequence};
      // Few times, so that some are equal.
      journals[i].push_back({reference, HybridTime(*rc::gen::inRange<uint64_t>(1, 6)), {}});
      known.push_back(reference);
    }
  }
  if (known.empty()) return journals;
  // Another branch's entry, and numbers between and past those written.
  known.push_back({known.front().journal, known.front().sequence, 1});
  known.push_back({known.back().journal, Next(known.back().sequence), 2});
  known.push_back({JournalId(999), Sequence(1), 3});
  for (auto& operations : journals) {
    for (WriteFrame& frame : operations) {
      frame.replaces = *rc::gen::container<std::vector<Reference>>(*rc::gen::inRange<size_t>(0, 4),
                                                                   rc::gen::elementOf(known));
    }
  }
  return journals;
}

}  // namespace comptoir::laws
