// A carried file: segments on a stick, from one replica to another that no link
// joins.
//
//   file    = magic header segment* trailer
//   magic   = "comptoir carry 1\n"            17 bytes; the number is the format's version
//   header  = frame 'H' of CarryHeader
//   segment = frame 'S' of Segment            as on the wire
//   trailer = frame 'T' of CarryTrailer       nothing follows it
//   frame   = kind(1) ‖ size of body(4, big-endian) ‖ body ‖ check(16)
//   check   = first 16 bytes of digest(n)
//   digest(0) = SHA-256(magic)
//   digest(n) = SHA-256(digest(n−1) ‖ kind ‖ size ‖ body)
//
// A check covers everything before it, so the first one that does not fit says how
// far a torn or altered copy is good. It guards against bad sticks, not against bad
// people: against those, every segment is signed (R3).
//
// Pure: bytes in, bytes out. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/base/limits.h"
#include "comptoir/journal/v1/carry.pb.h"
#include "comptoir/journal/v1/journal.pb.h"

namespace comptoir::journal {

inline constexpr std::string_view kCarryMagic = "comptoir carry 1\n";
// Of a frame's body.
inline constexpr size_t kCarryHeaderBytesMax = 4 << 10;
inline constexpr size_t kCarrySegmentBytesMax = kFrameBytesMax;
inline constexpr size_t kCarryTrailerBytesMax = 64;
inline constexpr size_t kCarryAuthoritiesMax = 16;

// Makes the bytes of a file, piece by piece: Begin, any number of Add, Finish.
class CarryFileWriter {
 public:
  std::string Begin(const v1::CarryHeader& header);
  std::string Add(const v1::Segment& segment);
  std::string Finish();

  const v1::CarryTrailer& written() const { return trailer_; }

 private:
  std::string Frame(char kind, const std::string& body);

  Hash digest_;
  v1::CarryTrailer trailer_;
};

// The next piece of a file: nothing yet, or what a frame holds.
struct CarryNeedsMore {};
using CarryPiece = std::variant<CarryNeedsMore, v1::CarryHeader, v1::Segment, v1::CarryTrailer>;

// Takes a file apart as its bytes come. Holds at most one frame and what was last
// given to it.
class CarryFileReader {
 public:
  CarryFileReader();

  void Take(std::string_view bytes);
  // INVALID_ARGUMENT, with a sentence, where the file is none, or another version's,
  // or its bytes are not what was written; and so ever after. What came before it is
  // as it was written.
  absl::StatusOr<CarryPiece> Next();
  // OK once the trailer was read and nothing came after it; INVALID_ARGUMENT: cut
  // short. When no bytes come any more, and Next needs some.
  absl::Status CheckEnd() const;

  // Bytes read and found sound.
  uint64_t sound_bytes() const { return sound_bytes_; }

 private:
  absl::StatusOr<CarryPiece> ReadMagic();
  absl::StatusOr<CarryPiece> ReadFrame();
  absl::StatusOr<CarryPiece> ReadBody(char kind, std::string_view body);
  void Consume(size_t count);

  std::string bytes_;  // not yet read, from start_ on
  size_t start_ = 0;
  uint64_t sound_bytes_ = 0;
  bool began_ = false;       // magic read
  bool has_header_ = false;  // header read
  bool ended_ = false;       // trailer read
  Hash digest_;
  v1::CarryTrailer counted_;
  absl::Status failure_;
};

}  // namespace comptoir::journal
