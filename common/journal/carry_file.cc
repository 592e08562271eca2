#include "common/journal/carry_file.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/journal/chain.h"

namespace comptoir::journal {
namespace {

constexpr char kHeaderKind = 'H';
constexpr char kSegmentKind = 'S';
constexpr char kTrailerKind = 'T';
constexpr size_t kPrefixBytes = 5;  // kind and size
constexpr size_t kCheckBytes = 16;
// Up to the version's number.
constexpr std::string_view kMagicOfAnyVersion = "comptoir carry ";

// Zero for a kind that there is none of.
size_t BodyBytesMax(char kind) {
  switch (kind) {
    case kHeaderKind:
      return kCarryHeaderBytesMax;
    case kSegmentKind:
      return kCarrySegmentBytesMax;
    case kTrailerKind:
      return kCarryTrailerBytesMax;
    default:
      return 0;
  }
}

Hash NextDigest(const Hash& digest, std::string_view prefix, std::string_view body) {
  return Sha256(absl::StrCat(std::string(digest.view()), std::string(prefix), std::string(body)));
}

absl::Status Altered(uint64_t sound_bytes) {
  return absl::InvalidArgumentError(absl::StrCat("it was altered or badly copied after byte ",
                                                 sound_bytes,
                                                 ": copy it again, or carry out anew"));
}

template <typename Message>
absl::StatusOr<CarryPiece> Parse(std::string_view body, uint64_t sound_bytes) {
  Message message;
  if (message.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
    return CarryPiece(std::move(message));
  }
  return Altered(sound_bytes);
}

}  // namespace

// ---- writing ----

std::string CarryFileWriter::Frame(char kind, const std::string& body) {
  COMPTOIR_CHECK(body.size() <= BodyBytesMax(kind));
  std::string bytes(1, kind);
  AppendBigEndian32(static_cast<uint32_t>(body.size()), &bytes);
  digest_ = NextDigest(digest_, bytes, body);
  bytes += body;
  bytes += digest_.view().substr(0, kCheckBytes);
  return bytes;
}

std::string CarryFileWriter::Begin(const v1::CarryHeader& header) {
  digest_ = Sha256(kCarryMagic);
  return std::string(kCarryMagic) + Frame(kHeaderKind, header.SerializeAsString());
}

std::string CarryFileWriter::Add(const v1::Segment& segment) {
  trailer_.set_segments(trailer_.segments() + 1);
  trailer_.set_entries(trailer_.entries() + segment.entry_count());
  return Frame(kSegmentKind, segment.SerializeAsString());
}

std::string CarryFileWriter::Finish() { return Frame(kTrailerKind, trailer_.SerializeAsString()); }

// ---- reading ----

CarryFileReader::CarryFileReader() : digest_(Sha256(kCarryMagic)) {}

void CarryFileReader::Take(std::string_view bytes) {
  bytes_.erase(0, start_);
  start_ = 0;
  bytes_ += bytes;
}

void CarryFileReader::Consume(size_t count) {
  start_ += count;
  sound_bytes_ += count;
}

absl::StatusOr<CarryPiece> CarryFileReader::Next() {
  COMPTOIR_RETURN_IF_ERROR(failure_);
  auto piece = began_ ? ReadFrame() : ReadMagic();
  failure_ = piece.status();
  return piece;
}

absl::StatusOr<CarryPiece> CarryFileReader::ReadMagic() {
  const std::string_view text = std::string_view(bytes_).substr(0, kCarryMagic.size());
  const size_t common = std::min(text.size(), kMagicOfAnyVersion.size());
  if (text.substr(0, common) != kMagicOfAnyVersion.substr(0, common)) {
    return absl::InvalidArgumentError("it is no file of 'comptoir carry out'");
  }
  if (text.size() < kCarryMagic.size()) return CarryPiece(CarryNeedsMore());
  if (text != kCarryMagic) {
    return absl::InvalidArgumentError(
        "it is of another version of 'comptoir carry out', or altered: this one reads version 1");
  }
  began_ = true;
  Consume(kCarryMagic.size());
  return ReadFrame();
}

absl::StatusOr<CarryPiece> CarryFileReader::ReadFrame() {
  const std::string_view text = std::string_view(bytes_).substr(start_);
  if (ended_ && !text.empty()) {
    return absl::InvalidArgumentError(
        "something follows its end; what it holds up to there is whole");
  }
  if (text.size() < kPrefixBytes) return CarryPiece(CarryNeedsMore());
  const std::string_view prefix = text.substr(0, kPrefixBytes);
  const size_t body_bytes = ReadBigEndian32(prefix.substr(1));
  if (body_bytes > BodyBytesMax(prefix[0])) return Altered(sound_bytes_);
  if (text.size() < kPrefixBytes + body_bytes + kCheckBytes) return CarryPiece(CarryNeedsMore());
  const std::string_view body = text.substr(kPrefixBytes, body_bytes);
  const Hash digest = NextDigest(digest_, prefix, body);
  if (text.substr(kPrefixBytes + body_bytes, kCheckBytes) != digest.view().substr(0, kCheckBytes)) {
    return Altered(sound_bytes_);
  }
  COMPTOIR_ASSIGN_OR_RETURN(CarryPiece piece, ReadBody(prefix[0], body));
  digest_ = digest;
  Consume(kPrefixBytes + body_bytes + kCheckBytes);
  return piece;
}

absl::StatusOr<CarryPiece> CarryFileReader::ReadBody(char kind, std::string_view body) {
  // A header comes first and once.
  if ((kind == kHeaderKind) == has_header_) return Altered(sound_bytes_);
  if (kind == kHeaderKind) {
    has_header_ = true;
    return Parse<v1::CarryHeader>(body, sound_bytes_);
  }
  if (kind == kSegmentKind) {
    COMPTOIR_ASSIGN_OR_RETURN(CarryPiece piece, Parse<v1::Segment>(body, sound_bytes_));
    counted_.set_segments(counted_.segments() + 1);
    counted_.set_entries(counted_.entries() + std::get<v1::Segment>(piece).entry_count());
    return piece;
  }
  COMPTOIR_ASSIGN_OR_RETURN(CarryPiece piece, Parse<v1::CarryTrailer>(body, sound_bytes_));
  const auto& trailer = std::get<v1::CarryTrailer>(piece);
  if (trailer.segments() != counted_.segments() || trailer.entries() != counted_.entries()) {
    return absl::InvalidArgumentError("it does not hold what its end says that it does");
  }
  ended_ = true;
  return piece;
}

absl::Status CarryFileReader::CheckEnd() const {
  COMPTOIR_RETURN_IF_ERROR(failure_);
  if (ended_) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("it is cut short, or altered, after byte ", sound_bytes_,
                   ": its end is missing. Copy it again, or carry out anew"));
}

}  // namespace comptoir::journal
