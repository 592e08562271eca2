// Carried files: what is written is read; what is torn or altered is found out, and
// what came before is not.
#include "common/journal/carry_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "common/base/bytes.h"

namespace comptoir::journal {
namespace {

using ::testing::HasSubstr;

v1::CarryHeader Header() {
  v1::CarryHeader header;
  header.set_coop("essai");
  header.add_authorities(std::string(32, 'a'));
  header.set_node("outremeuse-1");
  header.set_entries(7);
  return header;
}

v1::Segment SegmentOf(uint64_t first, uint32_t count) {
  v1::Segment segment;
  segment.set_journal(5);
  segment.set_first_sequence(first);
  segment.set_entry_count(count);
  segment.set_block("block of " + std::to_string(count));
  return segment;
}

std::string File() {
  CarryFileWriter writer;
  std::string file = writer.Begin(Header());
  file += writer.Add(SegmentOf(1, 3));
  file += writer.Add(SegmentOf(4, 4));
  return file + writer.Finish();
}

// What a file yields, given in pieces of `step` bytes.
struct Reading {
  bool has_header = false;
  std::vector<uint64_t> segments;  // first numbers
  bool has_trailer = false;
  absl::Status next;  // of Next, at the end
  absl::Status end;
};
Reading Read(const std::string& file, size_t step) {
  CarryFileReader reader;
  Reading reading;
  for (size_t at = 0; at < file.size(); at += step) {
    reader.Take(std::string_view(file).substr(at, step));
    while (true) {
      auto piece = reader.Next();
      reading.next = piece.status();
      if (!piece.ok() || std::holds_alternative<CarryNeedsMore>(*piece)) break;
      if (std::holds_alternative<v1::CarryHeader>(*piece)) reading.has_header = true;
      if (std::holds_alternative<v1::CarryTrailer>(*piece)) reading.has_trailer = true;
      if (const auto* segment = std::get_if<v1::Segment>(&*piece)) {
        reading.segments.push_back(segment->first_sequence());
      }
    }
  }
  reading.end = reader.CheckEnd();
  return reading;
}

TEST(CarryFileTest, WhatIsWrittenIsRead) {
  for (const size_t step : {size_t{1}, size_t{7}, size_t{4096}}) {
    const Reading reading = Read(File(), step);
    EXPECT_TRUE(reading.has_header);
    EXPECT_EQ(reading.segments, (std::vector<uint64_t>{1, 4}));
    EXPECT_TRUE(reading.has_trailer);
    EXPECT_TRUE(reading.end.ok()) << reading.end;
  }
}

TEST(CarryFileTest, AFileWithoutSegmentsIsWhole) {
  CarryFileWriter writer;
  std::string file = writer.Begin(Header());
  file += writer.Finish();
  EXPECT_TRUE(Read(file, 4096).end.ok());
}

TEST(CarryFileTest, EveryCutIsKnown) {
  const std::string file = File();
  for (size_t length = 0; length < file.size(); ++length) {
    const Reading reading = Read(file.substr(0, length), 4096);
    EXPECT_TRUE(reading.next.ok()) << length << ": " << reading.next;
    EXPECT_THAT(std::string(reading.end.message()), HasSubstr("cut short")) << length;
    EXPECT_FALSE(reading.has_trailer);
  }
}

TEST(CarryFileTest, EveryAlteredByteIsKnownAndNothingAfterItIsRead) {
  const std::string file = File();
  CarryFileWriter writer;
  const size_t header_end = writer.Begin(Header()).size();
  const size_t first_end = header_end + writer.Add(SegmentOf(1, 3)).size();
  const size_t second_end = first_end + writer.Add(SegmentOf(4, 4)).size();
  for (size_t at = 0; at < file.size(); ++at) {
    std::string altered = file;
    altered[at] = static_cast<char>(altered[at] ^ 0x10);
    const Reading reading = Read(altered, 4096);
    EXPECT_FALSE(reading.end.ok()) << at;
    EXPECT_FALSE(reading.has_trailer) << at;
    EXPECT_EQ(reading.has_header, at >= header_end) << at;
    const size_t segments = at < first_end ? 0 : at < second_end ? 1 : 2;
    EXPECT_EQ(reading.segments.size(), segments) << at;
  }
}

TEST(CarryFileTest, WhatIsLeftOutOrSwappedIsKnown) {
  CarryFileWriter writer;
  const std::string begin = writer.Begin(Header());
  const std::string first = writer.Add(SegmentOf(1, 3));
  const std::string second = writer.Add(SegmentOf(4, 4));
  const std::string end = writer.Finish();
  for (const std::string& file :
       {begin + first + end, begin + second + first + end, begin + first + first + second + end,
        begin + begin + first + second + end, first + second + end}) {
    EXPECT_FALSE(Read(file, 4096).end.ok());
  }
}

TEST(CarryFileTest, OtherFilesAndVersionsAreNamedForWhatTheyAre) {
  EXPECT_THAT(std::string(Read("PK\x03\x04 a zip file", 4096).next.message()),
              HasSubstr("no file of 'comptoir carry out'"));
  EXPECT_THAT(std::string(Read("c'est autre chose", 1).next.message()),
              HasSubstr("no file of 'comptoir carry out'"));
  EXPECT_THAT(std::string(Read("comptoir carry 2\nH", 4096).next.message()),
              HasSubstr("another version"));
}

TEST(CarryFileTest, WhatFollowsTheEndIsRefused) {
  const Reading reading = Read(File() + "x", 4096);
  EXPECT_TRUE(reading.has_trailer);
  EXPECT_THAT(std::string(reading.next.message()), HasSubstr("something follows its end"));
}

TEST(CarryFileTest, ASizeOverTheLimitIsRefusedBeforeItsBytesCome) {
  std::string file(kCarryMagic);
  file += 'H';
  AppendBigEndian32(kCarryHeaderBytesMax + 1, &file);
  EXPECT_FALSE(Read(file, 4096).next.ok());
}

}  // namespace
}  // namespace comptoir::journal
