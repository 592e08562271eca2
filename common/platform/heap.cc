#include "common/platform/heap.h"

#include <malloc.h>

namespace comptoir::platform {

void KeepHeapSmall() {
  constexpr int kArenasMax = 2;
  constexpr int kTrimBytes = 128 << 10;
  mallopt(M_ARENA_MAX, kArenasMax);
  // Set, neither grows by itself with the largest block that was freed.
  mallopt(M_TRIM_THRESHOLD, kTrimBytes);
  mallopt(M_MMAP_THRESHOLD, kTrimBytes);
}

}  // namespace comptoir::platform
