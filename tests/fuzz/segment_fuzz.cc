// Segments from the wire or a stick: DecodeSegment over whatever bytes, its limits,
// and that what it accepts holds what it says.
#include <zstd.h>

#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/journal/segment.h"
#include "tests/fuzz/fuzzers.h"
#include "tests/support/samples.h"

namespace comptoir::fuzz {
namespace segment_fuzz {
namespace {

using testing::SampleHistory;
using testing::Written;

using journal::DecodedSegment;
using journal::v1::Segment;

// The chain is that of the entries, the entries are the block.
void CheckDecoded(const Segment& segment, const DecodedSegment& decoded) {
  COMPTOIR_CHECK(!decoded.entries.empty());
  COMPTOIR_CHECK(decoded.entries.size() == segment.entry_count());
  COMPTOIR_CHECK(decoded.hashes.size() == decoded.entries.size());
  COMPTOIR_CHECK(decoded.raw.size() == segment.raw_bytes());
  COMPTOIR_CHECK(decoded.raw.size() <= kSegmentRawBytesMax);
  Hash hash = decoded.previous_hash;
  for (size_t i = 0; i < decoded.entries.size(); ++i) {
    COMPTOIR_CHECK(!decoded.entries[i].empty() && decoded.entries[i].size() <= kEntryBytesMax);
    hash = journal::ChainNext(hash, decoded.entries[i]);
    COMPTOIR_CHECK(hash == decoded.hashes[i]);
  }
  COMPTOIR_CHECK(decoded.head().hash == hash);
}

// Made anew from its entries it is the same segment.
void CheckAgain(const DecodedSegment& decoded) {
  journal::SegmentBuilder builder(decoded.journal, decoded.first, decoded.previous_hash);
  for (const std::string_view entry : decoded.entries) {
    COMPTOIR_CHECK(builder.Add(entry, kSegmentRawBytesMax));
  }
  const auto again = journal::DecodeSegment(std::move(builder).Finish(decoded.signature));
  COMPTOIR_CHECK(again.ok());
  COMPTOIR_CHECK(again->entries == decoded.entries && again->hashes == decoded.hashes);
  COMPTOIR_CHECK(again->raw == decoded.raw && again->signature == decoded.signature);
}

void Run(std::string_view bytes) {
  Segment segment;
  if (!segment.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  const auto decoded = journal::DecodeSegment(segment);
  if (!decoded.ok()) {
    COMPTOIR_CHECK(absl::IsInvalidArgument(decoded.status()) ||
                   absl::IsResourceExhausted(decoded.status()));
    COMPTOIR_CHECK(!decoded.status().message().empty());
    return;
  }
  CheckDecoded(segment, *decoded);
  CheckAgain(*decoded);
}

std::string Compress(const std::string& raw) {
  std::string block(ZSTD_compressBound(raw.size()), '\0');
  block.resize(ZSTD_compress(block.data(), block.size(), raw.data(), raw.size(), 1));
  return block;
}

// What is in the block, since no alteration of compressed bytes would get there.
void AlterBlock(Segment* segment, Alterer& alterer) {
  std::string raw(kSegmentRawBytesMax, '\0');
  const size_t size =
      ZSTD_decompress(raw.data(), raw.size(), segment->block().data(), segment->block().size());
  if (ZSTD_isError(size) != 0) return segment->set_block(Compress("x"));
  raw.resize(size);
  alterer.AlterBytes(&raw);
  segment->set_block(Compress(raw));
  if (!alterer.OneIn(8)) segment->set_raw_bytes(static_cast<uint32_t>(raw.size()));
}

void Alter(std::string* bytes, Alterer& alterer) {
  Segment segment;
  if (alterer.OneIn(2) || !segment.ParseFromString(*bytes)) {
    return alterer.AlterEncoded<Segment>(bytes);
  }
  AlterBlock(&segment, alterer);
  *bytes = segment.SerializeAsString();
}

Segment Of(const std::vector<std::string>& entries, uint64_t first = 1) {
  const JournalId id(100);
  journal::SegmentBuilder builder(id, Sequence(first), journal::ChainStart(id));
  for (const std::string& entry : entries) builder.Add(entry, kSegmentRawBytesMax);
  return std::move(builder).Finish(std::string(72, 's'));
}

std::vector<std::string> Seeds() {
  std::vector<std::string> history;
  for (const Written& written : SampleHistory()) history.push_back(written.entry);
  std::vector<std::string> seeds = {
      Of({history[0]}).SerializeAsString(), Of(history, 7).SerializeAsString(),
      Of({"x"}).SerializeAsString(), Of({std::string(200, 'a'), "b"}).SerializeAsString()};
  // A block that says less, and one that says more, than it decompresses to; one
  // of a megabyte of zeros in a few bytes; one over the limit.
  Segment segment = Of({std::string(200, 'a')});
  segment.set_raw_bytes(100);
  seeds.push_back(segment.SerializeAsString());
  segment.set_raw_bytes(1 << 20);
  seeds.push_back(segment.SerializeAsString());
  segment.set_block(Compress(std::string(1 << 20, '\0')));
  seeds.push_back(segment.SerializeAsString());
  segment.set_block(Compress(std::string(16 << 20, '\0')));
  seeds.push_back(segment.SerializeAsString());
  segment.set_raw_bytes(16 << 20);
  seeds.push_back(segment.SerializeAsString());
  return seeds;
}

}  // namespace
}  // namespace segment_fuzz

constinit const Fuzzer kSegmentFuzzer{"segment", segment_fuzz::Run, segment_fuzz::Seeds,
                                      segment_fuzz::Alter};

}  // namespace comptoir::fuzz
