// What a fold does with a fact; seen by the rooms only (others see fact.h).
#pragma once

#include <cstdint>

namespace comptoir::retail {

enum class Effect {
  kCount,
  kUncount,    // after kCount: leaves every row as kDuplicate would have
  kDuplicate,  // counts nothing, but touches the rows that kCount would: a replica
               // that heard of the counted request first must hold the same bytes as
               // one that counted this fact and took it back (I1)
};

// What a quantity or an amount is multiplied by.
constexpr int64_t SignOf(Effect effect) {
  switch (effect) {
    case Effect::kCount:
      return 1;
    case Effect::kUncount:
      return -1;
    case Effect::kDuplicate:
      break;
  }
  return 0;
}

}  // namespace comptoir::retail
