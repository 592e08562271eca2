#include "common/platform/heap.h"

#include <malloc.h>

namespace comptoir::platform {

// A catch-up frees and takes the same few MiB for every batch. Given back each time, its
// pages cost a third of all its work.
void KeepHeapSmall() {
  constexpr int kArenasMax = 2;
  constexpr int kStepBytes = 1 << 20;
  constexpr int kTrimBytes = 4 << 20;   // free at an arena's end before it shrinks; holes stay
  constexpr int kBlockBytes = 4 << 20;  // larger blocks go back one by one
  mallopt(M_ARENA_MAX, kArenasMax);
  mallopt(M_TOP_PAD, kStepBytes);
  // Set, neither grows by itself with the largest block that was freed.
  mallopt(M_TRIM_THRESHOLD, kTrimBytes);
  mallopt(M_MMAP_THRESHOLD, kBlockBytes);
}

}  // namespace comptoir::platform
