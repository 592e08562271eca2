// Segments: how a run of entries travels, on the wire and on a stick.
//
//   block   = (varint length ‖ entry) × entry_count      before compression
//   entry   = 1 to kEntryBytesMax bytes, as its writer made them (R4)
//   Segment = journal, first_sequence, previous_hash, entry_count,
//             raw_bytes = size of block,
//             one zstd frame of block that states its content size,
//             signature over the head at the last entry (R3)
//
// A varint is the shortest that holds its value. Which compressed bytes a block
// gets may differ from one release of zstd to the next; the block may not.
//
// Pure: bytes in, bytes out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "comptoir/journal/v1/journal.pb.h"

namespace comptoir::journal {

// Gathers entries of one journal in order. One thread.
class SegmentBuilder {
 public:
  SegmentBuilder(JournalId journal, Sequence first, const Hash& previous_hash);

  // False, and nothing added, when the segment would pass a limit (1 MiB raw,
  // 65,536 entries) or `raw_bytes_max`; the first entry always fits. False too
  // for what no journal can hold: an entry that is empty or over kEntryBytesMax.
  bool Add(std::string_view entry, size_t raw_bytes_max);
  bool empty() const { return count_ == 0; }
  // Number of the last entry added; `first` − 1 when empty.
  Sequence last() const;
  size_t raw_bytes() const { return raw_.size(); }

  // Compresses what was added; `signature` is over the head at last(). Must not
  // be empty.
  v1::Segment Finish(std::string signature) &&;

 private:
  JournalId journal_;
  Sequence first_;
  Hash previous_hash_;
  std::string raw_;
  uint32_t count_ = 0;
};

// A segment whose limits hold and whose chain has been computed.
struct DecodedSegment {
  JournalId journal;
  Sequence first;
  Hash previous_hash;
  std::vector<char> raw;                  // the block: owns what `entries` points into
  std::vector<std::string_view> entries;  // at least one
  std::vector<Hash> hashes;               // of each entry, in step
  std::string signature;

  Sequence last() const { return Sequence(first.value() + entries.size() - 1); }
  Head head() const { return Head{journal, last(), hashes.back()}; }

  DecodedSegment() = default;
  // Moving keeps `entries` good, because a moved vector keeps its memory (a
  // moved std::string may not); copying would not.
  DecodedSegment(const DecodedSegment&) = delete;
  DecodedSegment& operator=(const DecodedSegment&) = delete;
  DecodedSegment(DecodedSegment&&) = default;
  DecodedSegment& operator=(DecodedSegment&&) = default;
};

// INVALID_ARGUMENT for anything malformed (zero journal or sequence, hash of a
// wrong size, no entry, counts or sizes that do not match the block, a block
// that does not decompress), RESOURCE_EXHAUSTED for anything over a limit.
// Limits are checked before memory is taken for what they bound.
// Signatures and previous hash are the caller's to check: it knows the journal.
absl::StatusOr<DecodedSegment> DecodeSegment(const v1::Segment& segment);

}  // namespace comptoir::journal
