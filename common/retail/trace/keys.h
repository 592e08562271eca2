// Keys of trace (tables.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/ids.h"
#include "common/retail/keys.h"

namespace comptoir::retail {

inline std::string TracePrefix(std::string_view product, std::string_view lot) {
  std::string key;
  AppendCode(product, &key);
  AppendCode(lot, &key);
  return key;
}
inline std::string TracePrefix(std::string_view product, std::string_view lot,
                               std::string_view shop) {
  std::string key = TracePrefix(product, lot);
  AppendCode(shop, &key);
  return key;
}

// A key after its product, lot and shop, but for the unit, which the row says.
struct TracePlace {
  int64_t wall_ms = 0;
  JournalId journal;
  Sequence sequence;
};
inline constexpr uint64_t kWallSign = uint64_t{1} << 63;
inline void AppendTracePlace(const TracePlace& place, v1::Unit unit, std::string* key) {
  AppendBigEndian64(static_cast<uint64_t>(place.wall_ms) ^ kWallSign, key);
  AppendBigEndian64(place.journal.value(), key);
  AppendBigEndian64(place.sequence.value(), key);
  AppendUnit(unit, key);
}
// False where `key` is none.
inline bool ParseTracePlace(std::string_view key, TracePlace* place) {
  uint64_t wall = 0;
  uint64_t journal = 0;
  uint64_t sequence = 0;
  if (!ConsumeBigEndian64(&key, &wall) || !ConsumeBigEndian64(&key, &journal) ||
      !ConsumeBigEndian64(&key, &sequence) || key.size() != 1) {
    return false;
  }
  *place = {static_cast<int64_t>(wall ^ kWallSign), JournalId(journal), Sequence(sequence)};
  return true;
}

}  // namespace comptoir::retail
