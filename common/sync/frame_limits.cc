#include "common/sync/frame_limits.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "common/base/code.h"
#include "common/base/ids.h"
#include "common/base/status.h"

namespace comptoir::sync {
namespace {

absl::Status TooMany(const char* what, size_t count, size_t most) {
  return absl::ResourceExhaustedError(
      absl::StrCat(what, ": ", count, " is over the limit of ", most));
}

absl::Status CheckJournal(uint64_t journal) {
  if (journal != 0) return absl::OkStatus();
  return absl::InvalidArgumentError("a frame names journal 0, which is none");
}

absl::Status CheckSequence(uint64_t sequence, uint64_t least) {
  if (sequence < least) {
    return absl::InvalidArgumentError(
        absl::StrCat("entry number ", sequence, " where the least is ", least));
  }
  if (sequence > kSequenceMax) return TooMany("entry number", sequence, kSequenceMax);
  return absl::OkStatus();
}

absl::Status CheckHash(const std::string& hash) {
  if (hash.size() == sizeof(Hash)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("a chain hash of ", hash.size(), " bytes instead of ", sizeof(Hash)));
}

absl::Status CheckSentence(const std::string& text) {
  if (text.size() <= kSentenceBytesMax) return absl::OkStatus();
  return TooMany("bytes of a reason", text.size(), kSentenceBytesMax);
}

absl::Status CheckHead(const journal::v1::Head& head, uint64_t least_sequence) {
  COMPTOIR_RETURN_IF_ERROR(CheckJournal(head.journal()));
  COMPTOIR_RETURN_IF_ERROR(CheckSequence(head.sequence(), least_sequence));
  return CheckHash(head.hash());
}

// By rising journal, so that no journal is told of twice in one frame.
template <typename Heads>
absl::Status CheckHeads(const Heads& heads) {
  if (heads.size() > kHeadsPerFrameMax) {
    return TooMany("heads in a frame", heads.size(), kHeadsPerFrameMax);
  }
  uint64_t previous = 0;
  for (const journal::v1::Head& head : heads) {
    COMPTOIR_RETURN_IF_ERROR(CheckHead(head, 1));
    if (head.journal() <= previous) {
      return absl::InvalidArgumentError("heads do not stand by rising journal");
    }
    previous = head.journal();
  }
  return absl::OkStatus();
}

absl::Status CheckMonth(uint32_t month, uint32_t previous) {
  if (month == 0 || month > kMonthMax) {
    return absl::InvalidArgumentError(absl::StrCat("month ", month, " does not exist"));
  }
  if (month <= previous) return absl::InvalidArgumentError("months do not rise");
  return absl::OkStatus();
}

template <typename Months>
absl::Status CheckMonths(const Months& months) {
  if (months.size() > kMonthsPerFrameMax) {
    return TooMany("months in a frame", months.size(), kMonthsPerFrameMax);
  }
  uint32_t previous = 0;
  for (const uint32_t month : months) {
    COMPTOIR_RETURN_IF_ERROR(CheckMonth(month, previous));
    previous = month;
  }
  return absl::OkStatus();
}

absl::Status CheckDigests(const v1::Hello& hello) {
  if (hello.months_size() > kMonthsPerFrameMax) {
    return TooMany("months in a frame", hello.months_size(), kMonthsPerFrameMax);
  }
  uint32_t previous = 0;
  for (const v1::MonthDigest& digest : hello.months()) {
    COMPTOIR_RETURN_IF_ERROR(CheckMonth(digest.month(), previous));
    if (digest.digest().size() != kMonthDigestBytes) {
      return absl::InvalidArgumentError(absl::StrCat("a month's digest of ", digest.digest().size(),
                                                     " bytes instead of ", kMonthDigestBytes));
    }
    previous = digest.month();
  }
  return absl::OkStatus();
}

absl::Status CheckHello(const v1::Hello& hello) {
  if (hello.protocol_min() == 0 || hello.protocol_min() > hello.protocol_max()) {
    return absl::InvalidArgumentError(absl::StrCat("protocol versions ", hello.protocol_min(),
                                                   " to ", hello.protocol_max(), " are no range"));
  }
  if (!IsCode(hello.node())) return absl::InvalidArgumentError("the node's name is not a code");
  if (hello.software().size() > kSoftwareBytesMax) {
    return TooMany("bytes of the software's name", hello.software().size(), kSoftwareBytesMax);
  }
  COMPTOIR_RETURN_IF_ERROR(CheckHeads(hello.heads()));
  return CheckDigests(hello);
}

absl::Status CheckAck(const v1::Ack& ack) {
  COMPTOIR_RETURN_IF_ERROR(CheckJournal(ack.journal()));
  return CheckSequence(ack.sequence(), 1);
}

absl::Status CheckRefused(const v1::Refused& refused) {
  COMPTOIR_RETURN_IF_ERROR(CheckJournal(refused.journal()));
  COMPTOIR_RETURN_IF_ERROR(CheckSequence(refused.sequence(), 0));
  if (refused.reason() == v1::REFUSED_REASON_UNSPECIFIED ||
      !v1::RefusedReason_IsValid(refused.reason())) {
    return absl::InvalidArgumentError(
        absl::StrCat("a segment refused for unknown reason ", static_cast<int>(refused.reason())));
  }
  return CheckSentence(refused.detail());
}

absl::Status CheckWant(const v1::Want& want) {
  COMPTOIR_RETURN_IF_ERROR(CheckJournal(want.journal()));
  COMPTOIR_RETURN_IF_ERROR(CheckSequence(want.first_sequence(), 1));
  return CheckSequence(want.last_sequence(), want.first_sequence());
}

absl::Status CheckHashAt(const v1::HashAt& hash_at) {
  COMPTOIR_RETURN_IF_ERROR(CheckJournal(hash_at.journal()));
  return CheckSequence(hash_at.sequence(), 1);
}

}  // namespace

absl::Status CheckFrame(const v1::Frame& frame) {
  if (const size_t bytes = frame.ByteSizeLong(); bytes > kFrameBytesMax) {
    return TooMany("bytes of a frame", bytes, kFrameBytesMax);
  }
  switch (frame.body_case()) {
    case v1::Frame::kHello:
      return CheckHello(frame.hello());
    case v1::Frame::kList:
      return CheckMonths(frame.list().months());
    case v1::Frame::kHeads:
      COMPTOIR_RETURN_IF_ERROR(CheckMonths(frame.heads().months()));
      return CheckHeads(frame.heads().heads());
    case v1::Frame::kSegment:
      return CheckJournal(frame.segment().journal());
    case v1::Frame::kAck:
      return CheckAck(frame.ack());
    case v1::Frame::kRefused:
      return CheckRefused(frame.refused());
    case v1::Frame::kWant:
      return CheckWant(frame.want());
    case v1::Frame::kHashAt:
      return CheckHashAt(frame.hash_at());
    case v1::Frame::kHashIs:
      return CheckHead(frame.hash_is().head(), 0);
    case v1::Frame::kHeartbeat:
      return absl::OkStatus();
    case v1::Frame::kGoodbye:
      COMPTOIR_RETURN_IF_ERROR(CheckSentence(frame.goodbye().revoked().reason()));
      return CheckSentence(frame.goodbye().reason());
    case v1::Frame::BODY_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("a frame says nothing that this version knows");
}

absl::Status CheckSegment(const journal::v1::Segment& segment) {
  COMPTOIR_RETURN_IF_ERROR(CheckJournal(segment.journal()));
  COMPTOIR_RETURN_IF_ERROR(CheckSequence(segment.first_sequence(), 1));
  COMPTOIR_RETURN_IF_ERROR(CheckHash(segment.previous_hash()));
  if (segment.entry_count() == 0 || segment.raw_bytes() == 0 || segment.block().empty()) {
    return absl::InvalidArgumentError("the segment holds no entry");
  }
  if (segment.entry_count() > kSegmentEntriesMax) {
    return TooMany("entries of a segment", segment.entry_count(), kSegmentEntriesMax);
  }
  if (segment.raw_bytes() > kSegmentRawBytesMax) {
    return TooMany("bytes of a segment's entries", segment.raw_bytes(), kSegmentRawBytesMax);
  }
  if (segment.signature().size() > kSignatureBytesMax) {
    return TooMany("bytes of a signature", segment.signature().size(), kSignatureBytesMax);
  }
  constexpr size_t kEncodedBytesMax = EncodedSegmentBytesMax(kSegmentRawBytesMax);
  if (segment.ByteSizeLong() > kEncodedBytesMax) {
    return TooMany("bytes of a segment", segment.ByteSizeLong(), kEncodedBytesMax);
  }
  return absl::OkStatus();
}

}  // namespace comptoir::sync
