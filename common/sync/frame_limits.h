// What a frame from a peer must keep to before anything looks at what it says.
//
// Pure.
#pragma once

#include "absl/status/status.h"
#include "common/base/limits.h"
#include "comptoir/sync/v1/sync.pb.h"

namespace comptoir::sync {

// Far above any journal, and low enough that sums over journals do not overflow.
inline constexpr uint64_t kSequenceMax = uint64_t{1} << 40;
inline constexpr int kMonthsPerFrameMax = 1'200;
// Of a journal's genesis: up to the end of hybrid time, in the year 10889.
inline constexpr uint32_t kMonthMax = 12 * 10'890;
inline constexpr size_t kMonthDigestBytes = 16;
// Some 2 MB: what a frame holds besides fits in the rest.
inline constexpr int kHeadsPerFrameMax = 40'000;
inline constexpr size_t kSentenceBytesMax = 512;
inline constexpr size_t kSoftwareBytesMax = 64;

// OK, INVALID_ARGUMENT for what no peer may say, RESOURCE_EXHAUSTED for what is
// over a limit. Of a segment only its journal is looked at: see CheckSegment.
absl::Status CheckFrame(const v1::Frame& frame);

// Everything of a segment but its block, with the same codes. Apart from
// CheckFrame, because a bad segment costs its journal and not the session (R6).
absl::Status CheckSegment(const journal::v1::Segment& segment);

// Bytes of a segment with so many bytes of entries, at most: compression may add
// a little to what does not compress.
constexpr size_t EncodedSegmentBytesMax(size_t raw_bytes) {
  return raw_bytes + raw_bytes / 128 + 1024;
}

}  // namespace comptoir::sync
