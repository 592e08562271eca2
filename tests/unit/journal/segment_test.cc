#include "common/journal/segment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <zstd.h>

#include <string>
#include <utility>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/limits.h"
#include "common/journal/chain.h"

namespace comptoir::journal {
namespace {

using ::testing::HasSubstr;

constexpr JournalId kOneJournal(42);

v1::Segment Build(const std::vector<std::string>& entries, Sequence first = Sequence(1)) {
  SegmentBuilder builder(kOneJournal, first, Sha256("before"));
  for (const std::string& entry : entries) EXPECT_TRUE(builder.Add(entry, kSegmentRawBytesMax));
  return std::move(builder).Finish("signature");
}

std::string Compress(std::string_view raw) {
  std::string block(ZSTD_compressBound(raw.size()), '\0');
  block.resize(ZSTD_compress(block.data(), block.size(), raw.data(), raw.size(), 1));
  return block;
}

// A segment that says the truth about a block of any content.
v1::Segment SegmentOf(std::string_view raw, uint32_t entry_count) {
  v1::Segment segment = Build({"x"});
  segment.set_entry_count(entry_count);
  segment.set_raw_bytes(static_cast<uint32_t>(raw.size()));
  segment.set_block(Compress(raw));
  return segment;
}

void ExpectRefused(const v1::Segment& segment, absl::StatusCode code, const char* why) {
  const absl::StatusOr<DecodedSegment> decoded = DecodeSegment(segment);
  ASSERT_FALSE(decoded.ok()) << why;
  EXPECT_EQ(decoded.status().code(), code) << decoded.status();
  EXPECT_THAT(std::string(decoded.status().message()), HasSubstr(why));
}

void ExpectMalformed(const v1::Segment& segment, const char* why) {
  ExpectRefused(segment, absl::StatusCode::kInvalidArgument, why);
}

void ExpectOverLimit(const v1::Segment& segment, const char* why) {
  ExpectRefused(segment, absl::StatusCode::kResourceExhausted, why);
}

// ---- building ----

TEST(SegmentBuilderTest, CountsAsItGrows) {
  SegmentBuilder builder(kOneJournal, Sequence(7), Hash());
  EXPECT_TRUE(builder.empty());
  EXPECT_EQ(builder.last(), Sequence(6));
  EXPECT_TRUE(builder.Add("one", kSegmentRawBytesMax));
  EXPECT_TRUE(builder.Add("two", kSegmentRawBytesMax));
  EXPECT_FALSE(builder.empty());
  EXPECT_EQ(builder.last(), Sequence(8));
  EXPECT_EQ(builder.raw_bytes(), 8u);
}

TEST(SegmentBuilderTest, TheFirstEntryAlwaysFitsTheNextOnlyWithinTheLimit) {
  SegmentBuilder builder(kOneJournal, Sequence(1), Hash());
  EXPECT_TRUE(builder.Add("four", 1));
  EXPECT_FALSE(builder.Add("five", 9));
  EXPECT_EQ(builder.raw_bytes(), 5u);
  EXPECT_TRUE(builder.Add("five", 10));
}

TEST(SegmentBuilderTest, RefusesWhatNoJournalCanHold) {
  SegmentBuilder builder(kOneJournal, Sequence(1), Hash());
  EXPECT_FALSE(builder.Add("", kSegmentRawBytesMax));
  EXPECT_FALSE(builder.Add(std::string(kEntryBytesMax + 1, 'x'), kSegmentRawBytesMax));
  EXPECT_TRUE(builder.empty());
  EXPECT_TRUE(builder.Add(std::string(kEntryBytesMax, 'x'), kSegmentRawBytesMax));
}

TEST(SegmentBuilderTest, StopsAtTheSegmentsBytesWhateverIsAsked) {
  const std::string entry(kEntryBytesMax, 'x');
  SegmentBuilder builder(kOneJournal, Sequence(1), Hash());
  int added = 0;
  while (builder.Add(entry, SIZE_MAX)) ++added;
  EXPECT_EQ(added, 3);
  EXPECT_LE(builder.raw_bytes(), kSegmentRawBytesMax);
  EXPECT_TRUE(DecodeSegment(std::move(builder).Finish("")).ok());
}

TEST(SegmentBuilderTest, StopsAtTheSegmentsEntries) {
  SegmentBuilder builder(kOneJournal, Sequence(1), Hash());
  uint32_t added = 0;
  while (builder.Add("x", SIZE_MAX)) ++added;
  EXPECT_EQ(added, kSegmentEntriesMax);
  const absl::StatusOr<DecodedSegment> decoded = DecodeSegment(std::move(builder).Finish(""));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->last(), Sequence(kSegmentEntriesMax));
}

// ---- decoding ----

RC_GTEST_PROP(SegmentTest, EntriesComeBackAsTheyWere, ()) {
  const auto entries = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::string>>(rc::gen::nonEmpty<std::string>()));
  const Sequence first(*rc::gen::inRange<uint64_t>(1, 1'000'000));
  const absl::StatusOr<DecodedSegment> decoded = DecodeSegment(Build(entries, first));
  RC_ASSERT(decoded.ok());
  RC_ASSERT(decoded->journal == kOneJournal);
  RC_ASSERT(decoded->first == first);
  RC_ASSERT(decoded->last().value() == first.value() + entries.size() - 1);
  RC_ASSERT(decoded->signature == "signature");
  Hash hash = Sha256("before");
  RC_ASSERT(decoded->previous_hash == hash);
  RC_ASSERT(decoded->entries.size() == entries.size());
  RC_ASSERT(decoded->hashes.size() == entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    hash = ChainNext(hash, entries[i]);
    RC_ASSERT(decoded->entries[i] == entries[i]);
    RC_ASSERT(decoded->hashes[i] == hash);
  }
  RC_ASSERT(decoded->head() == (Head{kOneJournal, decoded->last(), hash}));
}

// Even one short enough to live inside a std::string.
TEST(SegmentTest, EntriesOutliveAMove) {
  std::vector<DecodedSegment> kept;
  for (int i = 0; i < 50; ++i) {
    absl::StatusOr<DecodedSegment> decoded = DecodeSegment(Build({std::to_string(i)}));
    ASSERT_TRUE(decoded.ok());
    kept.push_back(*std::move(decoded));
  }
  DecodedSegment assigned;
  assigned = std::move(kept.back());
  EXPECT_EQ(assigned.entries.front(), "49");
  for (int i = 0; i < 49; ++i) EXPECT_EQ(kept[i].entries.front(), std::to_string(i));
}

TEST(SegmentTest, RefusesAPlaceThatCannotBe) {
  v1::Segment segment = Build({"one", "two"});
  segment.set_journal(0);
  ExpectMalformed(segment, "no journal");

  segment = Build({"one", "two"});
  segment.set_first_sequence(0);
  ExpectMalformed(segment, "numbered from 1");
  segment.set_first_sequence(UINT64_MAX);
  ExpectMalformed(segment, "last possible");
  segment.set_first_sequence(UINT64_MAX - 1);
  ExpectMalformed(segment, "last possible");
  segment.set_first_sequence(UINT64_MAX - 2);
  EXPECT_TRUE(DecodeSegment(segment).ok());

  for (size_t size : {0, 31, 33}) {
    segment = Build({"one"});
    segment.set_previous_hash(std::string(size, 'x'));
    ExpectMalformed(segment, "previous hash");
  }
}

TEST(SegmentTest, RefusesClaimsOverALimitBeforeLookingFurther) {
  // What follows is false too, but is not reached.
  v1::Segment segment = Build({"x"});
  segment.set_entry_count(kSegmentEntriesMax + 1);
  ExpectOverLimit(segment, "entries");
  segment.set_entry_count(UINT32_MAX);
  ExpectOverLimit(segment, "entries");

  segment = Build({"x"});
  segment.set_raw_bytes(kSegmentRawBytesMax + 1);
  ExpectOverLimit(segment, "claims 1048577 bytes");
  segment.set_raw_bytes(UINT32_MAX);
  ExpectOverLimit(segment, "bytes");

  segment = Build({"x"});
  segment.set_block(std::string(2 * kSegmentRawBytesMax, 'x'));
  ExpectOverLimit(segment, "block");

  segment = Build({"x"});
  segment.set_signature(std::string(kSignatureBytesMax + 1, 'x'));
  ExpectOverLimit(segment, "signature");
}

// A small block may claim to hold a terabyte.
TEST(SegmentTest, RefusesABlockThatClaimsMoreThanTheSegment) {
  v1::Segment segment = SegmentOf(std::string(kSegmentRawBytesMax + 1, '\1'), 2);
  segment.set_raw_bytes(kSegmentRawBytesMax);
  ExpectMalformed(segment, "its block claims 1048577");

  segment = Build({"four"});
  segment.set_raw_bytes(4);
  ExpectMalformed(segment, "its block claims 5");
  segment.set_raw_bytes(6);
  ExpectMalformed(segment, "its block claims 5");
}

TEST(SegmentTest, RefusesWhatIsNotOneWholeFrame) {
  const v1::Segment good = Build({"one", "two"});
  v1::Segment segment = good;
  segment.clear_block();
  ExpectMalformed(segment, "not a zstd frame");
  segment.set_block("one and two");
  ExpectMalformed(segment, "not a zstd frame");

  for (size_t size = 0; size < good.block().size(); ++size) {
    segment.set_block(good.block().substr(0, size));
    ExpectMalformed(segment, "");
  }
  segment.set_block(good.block() + "x");
  ExpectMalformed(segment, "after its frame");
  segment.set_block(good.block() + good.block());
  ExpectMalformed(segment, "after its frame");
  // A frame that any decoder skips.
  segment.set_block(std::string("\x50\x2a\x4d\x18\x00\x00\x00\x00", 8) + good.block());
  ExpectMalformed(segment, "not a zstd frame");
}

TEST(SegmentTest, RefusesAFrameThatDoesNotStateItsSize) {
  const std::string raw = "\x01x";
  v1::Segment segment = SegmentOf(raw, 1);
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  std::string block(ZSTD_compressBound(raw.size()), '\0');
  block.resize(ZSTD_compress2(context, block.data(), block.size(), raw.data(), raw.size()));
  ZSTD_freeCCtx(context);
  segment.set_block(block);
  ExpectMalformed(segment, "does not state its size");
}

TEST(SegmentTest, RefusesCountsThatDoNotMatch) {
  v1::Segment segment = Build({"one", "two", "three"});
  segment.set_entry_count(0);
  ExpectMalformed(segment, "no entry");
  segment.set_entry_count(2);
  ExpectMalformed(segment, "after its last entry");
  segment.set_entry_count(4);
  ExpectMalformed(segment, "cut short");
  segment.set_entry_count(8);  // in 14 bytes
  ExpectMalformed(segment, "claims 8 entries in 14 bytes");
}

TEST(SegmentTest, RefusesLengthsThatDoNotHold) {
  ExpectMalformed(SegmentOf(std::string("\x00\x01x", 3), 1), "an entry is empty");
  ExpectMalformed(SegmentOf("\x03xx", 1), "the last entry is cut short");
  ExpectMalformed(SegmentOf("\x80\x80", 1), "length");
  ExpectMalformed(SegmentOf(std::string(10, '\xff') + "\x7fx", 1), "length");
  // 2^64 − 1: an addition to it would wrap around.
  ExpectOverLimit(SegmentOf(std::string(9, '\xff') + "\x01x", 1), "an entry has");
  ExpectMalformed(SegmentOf(std::string("\x81\x00x", 3), 1), "shortest form");

  std::string large;
  AppendVarint(kEntryBytesMax + 1, &large);
  large.append(kEntryBytesMax + 1, 'x');
  ExpectOverLimit(SegmentOf(large, 1), "an entry has");
}

// Whatever comes in, it gets a status or a segment whose parts agree.
void ExpectSound(const v1::Segment& segment) {
  const absl::StatusOr<DecodedSegment> decoded = DecodeSegment(segment);
  if (!decoded.ok()) {
    RC_ASSERT(decoded.status().code() == absl::StatusCode::kInvalidArgument ||
              decoded.status().code() == absl::StatusCode::kResourceExhausted);
    return;
  }
  size_t bytes = 0;
  for (std::string_view entry : decoded->entries) bytes += entry.size();
  RC_ASSERT(decoded->entries.size() == segment.entry_count());
  RC_ASSERT(bytes < decoded->raw.size());
}

RC_GTEST_PROP(SegmentTest, AnyBlockIsDecodedOrRefused,
              (const std::string& block, uint32_t entry_count, uint32_t raw_bytes)) {
  v1::Segment segment = Build({"x"});
  segment.set_block(*rc::gen::element<std::string>("", "\x28\xb5\x2f\xfd") + block);
  segment.set_entry_count(entry_count);
  segment.set_raw_bytes(raw_bytes);
  ExpectSound(segment);
}

RC_GTEST_PROP(SegmentTest, AnyContentOfABlockIsDecodedOrRefused, (const std::string& raw)) {
  ExpectSound(SegmentOf(raw, *rc::gen::inRange<uint32_t>(0, 5)));
}

RC_GTEST_PROP(SegmentTest, AnyChangedByteIsDecodedOrRefused, ()) {
  std::string bytes = Build({"one", "two", "three", std::string(100, 'x')}).SerializeAsString();
  bytes[*rc::gen::inRange<size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
  v1::Segment segment;
  if (segment.ParseFromString(bytes)) ExpectSound(segment);
}

}  // namespace
}  // namespace comptoir::journal
