// Carried files, as sticks give them back: torn, altered, joined. The first byte of an
// input says in pieces of how many bytes the reader gets the rest.
#include <algorithm>

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/journal/carry_file.h"
#include "common/journal/chain.h"
#include "common/journal/segment.h"
#include "tests/fuzz/fuzzers.h"
#include "tests/support/samples.h"

namespace comptoir::fuzz {
namespace carry_fuzz {
namespace {

using journal::CarryNeedsMore;
using journal::CarryPiece;
using journal::v1::CarryHeader;
using journal::v1::CarryTrailer;
using journal::v1::Segment;

constexpr size_t kPrefixBytes = 5;
constexpr size_t kCheckBytes = 16;

// All that a file gave before its end or the first thing wrong with it.
struct Reading {
  std::vector<CarryPiece> pieces;
  absl::Status next;  // of the last Next
  absl::Status end;
  uint64_t sound_bytes = 0;
};

size_t BodyBytesMax(char kind) {
  switch (kind) {
    case 'H':
      return journal::kCarryHeaderBytesMax;
    case 'S':
      return journal::kCarrySegmentBytesMax;
    case 'T':
      return journal::kCarryTrailerBytesMax;
    default:
      return 0;
  }
}

// Who waits for more holds no whole frame, and none that will be over its limit.
void CheckWaiting(std::string_view unread, bool has_magic) {
  if (!has_magic) COMPTOIR_CHECK(unread.size() < journal::kCarryMagic.size());
  if (!has_magic || unread.size() < kPrefixBytes) return;
  const size_t body_bytes = ReadBigEndian32(unread.substr(1));
  COMPTOIR_CHECK(body_bytes <= BodyBytesMax(unread[0]));
  COMPTOIR_CHECK(unread.size() < kPrefixBytes + body_bytes + kCheckBytes);
}

Reading Read(std::string_view file, size_t step) {
  journal::CarryFileReader reader;
  Reading reading;
  for (size_t at = 0; at < file.size() && reading.next.ok(); at += step) {
    reader.Take(file.substr(at, step));
    while (true) {
      auto piece = reader.Next();
      reading.next = piece.status();
      reading.sound_bytes = reader.sound_bytes();
      if (!piece.ok()) break;
      if (std::holds_alternative<CarryNeedsMore>(*piece)) {
        const std::string_view given = file.substr(0, std::min(at + step, file.size()));
        CheckWaiting(given.substr(reading.sound_bytes), reading.sound_bytes > 0);
        break;
      }
      reading.pieces.push_back(*std::move(piece));
    }
  }
  // And so ever after.
  if (!reading.next.ok()) COMPTOIR_CHECK(reader.Next().status() == reading.next);
  reading.end = reader.CheckEnd();
  return reading;
}

void CheckRefused(const absl::Status& status) {
  COMPTOIR_CHECK(status.ok() || absl::IsInvalidArgument(status));
  COMPTOIR_CHECK(status.ok() || !status.message().empty());
}

// A header, segments, a trailer that counts them.
void CheckOrder(const Reading& reading) {
  CarryTrailer counted;
  for (size_t i = 0; i < reading.pieces.size(); ++i) {
    const CarryPiece& piece = reading.pieces[i];
    COMPTOIR_CHECK(std::holds_alternative<CarryHeader>(piece) == (i == 0));
    if (const auto* segment = std::get_if<Segment>(&piece)) {
      counted.set_segments(counted.segments() + 1);
      counted.set_entries(counted.entries() + segment->entry_count());
    }
    if (const auto* trailer = std::get_if<CarryTrailer>(&piece)) {
      COMPTOIR_CHECK(i + 1 == reading.pieces.size());
      COMPTOIR_CHECK(trailer->segments() == counted.segments());
      COMPTOIR_CHECK(trailer->entries() == counted.entries());
    }
  }
  const bool has_trailer =
      !reading.pieces.empty() && std::holds_alternative<CarryTrailer>(reading.pieces.back());
  COMPTOIR_CHECK(reading.end.ok() == (has_trailer && reading.next.ok()));
}

std::string Bytes(const CarryPiece& piece) {
  if (const auto* header = std::get_if<CarryHeader>(&piece)) return header->SerializeAsString();
  if (const auto* segment = std::get_if<Segment>(&piece)) return segment->SerializeAsString();
  return std::get<CarryTrailer>(piece).SerializeAsString();
}

bool IsSame(const std::vector<CarryPiece>& some, const std::vector<CarryPiece>& others) {
  return std::equal(some.begin(), some.end(), others.begin(), others.end(),
                    [](const CarryPiece& one, const CarryPiece& other) {
                      return one.index() == other.index() && Bytes(one) == Bytes(other);
                    });
}

// What was read whole, written again, reads the same.
void CheckAgain(const Reading& reading) {
  journal::CarryFileWriter writer;
  std::string file = writer.Begin(std::get<CarryHeader>(reading.pieces.front()));
  for (const CarryPiece& piece : reading.pieces) {
    if (const auto* segment = std::get_if<Segment>(&piece)) file += writer.Add(*segment);
  }
  file += writer.Finish();
  const Reading again = Read(file, file.size());
  COMPTOIR_CHECK(again.end.ok() && again.sound_bytes == file.size());
  COMPTOIR_CHECK(again.pieces.size() == reading.pieces.size());
  const auto last = again.pieces.size() - 1;  // a trailer may hold what only a later version knows
  for (size_t i = 0; i < last; ++i) {
    COMPTOIR_CHECK(Bytes(again.pieces[i]) == Bytes(reading.pieces[i]));
  }
}

void Run(std::string_view bytes) {
  if (bytes.empty()) return;
  const size_t step = size_t{1} + static_cast<uint8_t>(bytes.front());
  const std::string_view file = bytes.substr(1);
  const Reading reading = Read(file, step);
  CheckRefused(reading.next);
  CheckRefused(reading.end);
  COMPTOIR_CHECK(reading.sound_bytes <= file.size());
  CheckOrder(reading);
  // In pieces of any size alike, and what was called sound is.
  const Reading whole = Read(file, file.size() + 1);
  COMPTOIR_CHECK(whole.next == reading.next && whole.sound_bytes == reading.sound_bytes);
  COMPTOIR_CHECK(IsSame(whole.pieces, reading.pieces));
  const Reading sound = Read(file.substr(0, reading.sound_bytes), step);
  COMPTOIR_CHECK(sound.next.ok() && sound.sound_bytes == reading.sound_bytes);
  COMPTOIR_CHECK(IsSame(sound.pieces, reading.pieces));
  if (reading.end.ok()) CheckAgain(reading);
}

// ---- inputs ----

struct Frame {
  char kind;
  std::string body;
};

std::vector<Frame> FramesOf(std::string_view file) {
  std::vector<Frame> frames;
  file.remove_prefix(std::min(file.size(), journal::kCarryMagic.size()));
  while (file.size() >= kPrefixBytes) {
    const size_t body_bytes = ReadBigEndian32(file.substr(1));
    frames.push_back({file[0], std::string(file.substr(kPrefixBytes, body_bytes))});
    file.remove_prefix(std::min(file.size(), kPrefixBytes + body_bytes + kCheckBytes));
  }
  return frames;
}

// With checks that fit.
std::string FileOf(const std::vector<Frame>& frames) {
  std::string file(journal::kCarryMagic);
  Hash digest = journal::Sha256(file);
  for (const Frame& frame : frames) {
    std::string framed(1, frame.kind);
    AppendBigEndian32(static_cast<uint32_t>(frame.body.size()), &framed);
    framed += frame.body;
    digest = journal::Sha256(std::string(digest.view()) + framed);
    file += framed;
    file += digest.view().substr(0, kCheckBytes);
  }
  return file;
}

void AlterFrame(Frame* frame, Alterer& alterer) {
  if (alterer.OneIn(8)) frame->kind = "HSTX"[alterer.Below(4)];
  switch (frame->kind) {
    case 'H':
      return alterer.AlterEncoded<CarryHeader>(&frame->body);
    case 'S':
      return alterer.AlterEncoded<Segment>(&frame->body);
    default:
      return alterer.AlterEncoded<CarryTrailer>(&frame->body);
  }
}

void Alter(std::string* bytes, Alterer& alterer) {
  if (bytes->empty()) return alterer.AlterBytes(bytes);
  std::vector<Frame> frames = FramesOf(std::string_view(*bytes).substr(1));
  if (frames.empty()) return alterer.AlterBytes(bytes);
  const size_t place = alterer.Below(frames.size());
  switch (alterer.Below(4)) {
    case 0:
      frames.erase(frames.begin() + static_cast<std::ptrdiff_t>(place));
      break;
    case 1:
      frames.push_back(frames[place]);
      break;
    default:
      AlterFrame(&frames[place], alterer);
  }
  *bytes = bytes->substr(0, 1) + FileOf(frames);
}

Segment SegmentOf(const std::vector<std::string>& entries) {
  const JournalId id(100);
  journal::SegmentBuilder builder(id, Sequence(1), journal::ChainStart(id));
  for (const std::string& entry : entries) builder.Add(entry, kSegmentRawBytesMax);
  return std::move(builder).Finish(std::string(72, 's'));
}

std::string SampleFile() {
  CarryHeader header;
  header.set_coop("essai");
  header.add_authorities(std::string(32, 'a'));
  header.set_node("outremeuse-1");
  header.set_shop("outremeuse");
  header.set_made_ms(testing::kMondayMs);
  header.set_entries(3);
  std::vector<std::string> history;
  for (const testing::Written& written : testing::SampleHistory()) history.push_back(written.entry);
  journal::CarryFileWriter writer;
  std::string file = writer.Begin(header);
  file += writer.Add(SegmentOf({history[0]}));
  file += writer.Add(SegmentOf({history[1], history[2]}));
  return file + writer.Finish();
}

std::vector<std::string> Seeds() {
  const std::string file = SampleFile();
  const std::string magic(journal::kCarryMagic);
  const auto in_steps_of = [](int step, const std::string& of) {
    return static_cast<char>(step - 1) + of;
  };
  std::vector<Frame> frames = FramesOf(file);
  std::vector<std::string> seeds = {
      in_steps_of(1, file),
      in_steps_of(7, file),
      in_steps_of(256, file),
      in_steps_of(64, file + "more"),
      in_steps_of(64, file + file),
      in_steps_of(64, file.substr(0, file.size() - 1)),
      in_steps_of(16, magic),
      in_steps_of(16, "comptoir carry 2\n"),
      // The largest frames that there are, and one byte more, of which nothing came.
      in_steps_of(16, magic + std::string("S\x00\x30\x00\x00", 5)),
      in_steps_of(16, magic + std::string("S\x00\x30\x00\x01", 5)),
      in_steps_of(16, magic + std::string("T\x00\x00\x00\x41", 5)),
      in_steps_of(16, magic + std::string("X\x00\x00\x00\x00", 5)),
  };
  seeds.push_back(in_steps_of(32, FileOf({frames.front(), frames.front(), frames.back()})));
  seeds.push_back(in_steps_of(32, FileOf({frames.front(), frames.back()})));
  seeds.push_back(in_steps_of(32, FileOf({frames.back()})));
  return seeds;
}

}  // namespace
}  // namespace carry_fuzz

constinit const Fuzzer kCarryFuzzer{"carry", carry_fuzz::Run, carry_fuzz::Seeds, carry_fuzz::Alter};

}  // namespace comptoir::fuzz
