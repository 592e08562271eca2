#include "common/journal/segment.h"

#include <zstd.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/journal/chain.h"

namespace comptoir::journal {
namespace {

constexpr int kCompressionLevel = 3;
// A length of one byte and an entry of one byte.
constexpr size_t kFramedEntryBytesMin = 2;
// Of today's zstd frames: the library may also read its formats of long ago,
// whose decoders nobody looks after.
constexpr std::string_view kFrameMagic = "\x28\xb5\x2f\xfd";
constexpr size_t kBlockBytesMax = ZSTD_COMPRESSBOUND(kSegmentRawBytesMax);

struct CompressorDeleter {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct DecompressorDeleter {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// Contexts are kept per thread: making one costs more than a live segment's work.
ZSTD_CCtx* ThreadCompressor() {
  thread_local const std::unique_ptr<ZSTD_CCtx, CompressorDeleter> context(ZSTD_createCCtx());
  COMPTOIR_CHECK(context != nullptr);
  return context.get();
}

ZSTD_DCtx* ThreadDecompressor() {
  thread_local const std::unique_ptr<ZSTD_DCtx, DecompressorDeleter> context(ZSTD_createDCtx());
  COMPTOIR_CHECK(context != nullptr);
  return context.get();
}

// A frame that states its content size (which the one-call API always writes),
// so that the receiver can refuse a lie before it takes memory.
std::string Compress(std::string_view raw) {
  std::string block(ZSTD_compressBound(raw.size()), '\0');
  const size_t size = ZSTD_compressCCtx(ThreadCompressor(), block.data(), block.size(), raw.data(),
                                        raw.size(), kCompressionLevel);
  COMPTOIR_CHECK(ZSTD_isError(size) == 0);
  block.resize(size);
  block.shrink_to_fit();
  return block;
}

absl::Status CheckPlace(const v1::Segment& segment) {
  if (segment.journal() == 0) return absl::InvalidArgumentError("segment names no journal");
  if (segment.first_sequence() == 0) {
    return absl::InvalidArgumentError("segment starts at entry 0; entries are numbered from 1");
  }
  // One more, so that the number after the last exists too.
  if (segment.first_sequence() > std::numeric_limits<uint64_t>::max() - segment.entry_count()) {
    return absl::InvalidArgumentError("segment ends past the last possible entry number");
  }
  if (segment.previous_hash().size() != sizeof(Hash)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "segment's previous hash has ", segment.previous_hash().size(), " bytes, not 32"));
  }
  return absl::OkStatus();
}

absl::Status CheckLimits(const v1::Segment& segment) {
  if (segment.entry_count() > kSegmentEntriesMax) {
    return absl::ResourceExhaustedError(absl::StrCat("segment claims ", segment.entry_count(),
                                                     " entries; at most ", kSegmentEntriesMax,
                                                     " are taken"));
  }
  if (segment.raw_bytes() > kSegmentRawBytesMax) {
    return absl::ResourceExhaustedError(absl::StrCat("segment claims ", segment.raw_bytes(),
                                                     " bytes; at most ", kSegmentRawBytesMax,
                                                     " are taken"));
  }
  if (segment.block().size() > kBlockBytesMax) {
    return absl::ResourceExhaustedError(absl::StrCat("segment's block has ", segment.block().size(),
                                                     " bytes; at most ", kBlockBytesMax,
                                                     " are taken"));
  }
  if (segment.signature().size() > kSignatureBytesMax) {
    return absl::ResourceExhaustedError(absl::StrCat("segment's signature has ",
                                                     segment.signature().size(), " bytes; at most ",
                                                     kSignatureBytesMax, " are taken"));
  }
  return absl::OkStatus();
}

// What the segment says of its block must fit what the block says of itself.
absl::Status CheckBlock(const v1::Segment& segment) {
  if (segment.entry_count() == 0) return absl::InvalidArgumentError("segment holds no entry");
  if (segment.raw_bytes() < kFramedEntryBytesMin * segment.entry_count()) {
    return absl::InvalidArgumentError(absl::StrCat("segment claims ", segment.entry_count(),
                                                   " entries in ", segment.raw_bytes(), " bytes"));
  }
  const std::string& block = segment.block();
  if (!block.starts_with(kFrameMagic)) {
    return absl::InvalidArgumentError("segment's block is not a zstd frame");
  }
  const unsigned long long content = ZSTD_getFrameContentSize(block.data(), block.size());
  if (content == ZSTD_CONTENTSIZE_ERROR || content == ZSTD_CONTENTSIZE_UNKNOWN) {
    return absl::InvalidArgumentError("segment's block does not state its size");
  }
  if (content != segment.raw_bytes()) {
    return absl::InvalidArgumentError(
        absl::StrCat("segment claims ", segment.raw_bytes(), " bytes, its block claims ", content));
  }
  const size_t frame = ZSTD_findFrameCompressedSize(block.data(), block.size());
  if (ZSTD_isError(frame) != 0 || frame != block.size()) {
    return absl::InvalidArgumentError("segment's block is cut short or has bytes after its frame");
  }
  return absl::OkStatus();
}

absl::Status Decompress(const v1::Segment& segment, std::vector<char>* raw) {
  raw->resize(segment.raw_bytes());
  const std::string& block = segment.block();
  const size_t size = ZSTD_decompressDCtx(ThreadDecompressor(), raw->data(), raw->size(),
                                          block.data(), block.size());
  if (ZSTD_isError(size) != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("segment's block does not decompress: ", ZSTD_getErrorName(size)));
  }
  if (size != raw->size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("segment claims ", raw->size(), " bytes, its block holds ", size));
  }
  return absl::OkStatus();
}

// Takes one entry, with its length, from the front of `*rest`.
absl::StatusOr<std::string_view> ConsumeEntry(std::string_view* rest) {
  const size_t before = rest->size();
  uint64_t length = 0;
  if (!ConsumeVarint(rest, &length)) {
    return absl::InvalidArgumentError("an entry's length is cut short or too long");
  }
  const size_t length_bytes = before - rest->size();
  if (length_bytes > 1 && length >> (7 * (length_bytes - 1)) == 0) {
    return absl::InvalidArgumentError("an entry's length is not written in its shortest form");
  }
  if (length == 0) return absl::InvalidArgumentError("an entry is empty");
  if (length > kEntryBytesMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat("an entry has ", length, " bytes; at most ", kEntryBytesMax, " are taken"));
  }
  if (length > rest->size()) return absl::InvalidArgumentError("the last entry is cut short");
  const std::string_view entry = rest->substr(0, length);
  rest->remove_prefix(length);
  return entry;
}

}  // namespace

SegmentBuilder::SegmentBuilder(JournalId journal, Sequence first, const Hash& previous_hash)
    : journal_(journal), first_(first), previous_hash_(previous_hash) {}

bool SegmentBuilder::Add(std::string_view entry, size_t raw_bytes_max) {
  if (entry.empty() || entry.size() > kEntryBytesMax) return false;
  if (count_ == kSegmentEntriesMax) return false;
  const size_t before = raw_.size();
  AppendVarint(entry.size(), &raw_);
  raw_.append(entry);
  const size_t limit = raw_bytes_max < kSegmentRawBytesMax ? raw_bytes_max : kSegmentRawBytesMax;
  if (count_ > 0 && raw_.size() > limit) {
    raw_.resize(before);
    return false;
  }
  ++count_;
  return true;
}

Sequence SegmentBuilder::last() const { return Sequence(first_.value() + count_ - 1); }

v1::Segment SegmentBuilder::Finish(std::string signature) && {
  COMPTOIR_CHECK(!empty());
  v1::Segment segment;
  segment.set_journal(journal_.value());
  segment.set_first_sequence(first_.value());
  segment.set_previous_hash(std::string(previous_hash_.view()));
  segment.set_entry_count(count_);
  segment.set_raw_bytes(static_cast<uint32_t>(raw_.size()));
  segment.set_block(Compress(raw_));
  segment.set_signature(std::move(signature));
  return segment;
}

absl::StatusOr<DecodedSegment> DecodeSegment(const v1::Segment& segment) {
  COMPTOIR_RETURN_IF_ERROR(CheckPlace(segment));
  COMPTOIR_RETURN_IF_ERROR(CheckLimits(segment));
  COMPTOIR_RETURN_IF_ERROR(CheckBlock(segment));

  DecodedSegment decoded;
  decoded.journal = JournalId(segment.journal());
  decoded.first = Sequence(segment.first_sequence());
  COMPTOIR_CHECK(Hash::FromView(segment.previous_hash(), &decoded.previous_hash));
  decoded.signature = segment.signature();
  COMPTOIR_RETURN_IF_ERROR(Decompress(segment, &decoded.raw));

  decoded.entries.reserve(segment.entry_count());
  decoded.hashes.reserve(segment.entry_count());
  std::string_view rest(decoded.raw.data(), decoded.raw.size());
  const Hash* previous = &decoded.previous_hash;
  for (uint32_t i = 0; i < segment.entry_count(); ++i) {
    COMPTOIR_ASSIGN_OR_RETURN(const std::string_view entry, ConsumeEntry(&rest));
    decoded.entries.push_back(entry);
    decoded.hashes.push_back(ChainNext(*previous, entry));
    previous = &decoded.hashes.back();
  }
  if (!rest.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("segment's block has ", rest.size(), " bytes after its last entry"));
  }
  return decoded;
}

}  // namespace comptoir::journal
