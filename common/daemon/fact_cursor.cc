#include "common/daemon/fact_cursor.h"

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/journal/chain.h"
#include "common/retail/check.h"
#include "common/retail/reasons.h"

namespace comptoir::daemon {
namespace {

constexpr char kVersion = 1;
constexpr size_t kChecksumBytes = 4;

std::string_view ChecksumOf(const Hash& hash) { return hash.view().substr(0, kChecksumBytes); }

absl::Status Malformed() {
  return retail::Refuse(retail::kBadCursor,
                        "the cursor is not one that this service gave, or is damaged: start "
                        "without a cursor, or from the last one that was kept whole");
}

bool IsSound(const admin::v1::FactCursor& cursor) {
  if (cursor.positions_size() > kCursorPositionsMax) return false;
  uint64_t before = 0;
  for (const admin::v1::JournalPosition& position : cursor.positions()) {
    if (position.journal() <= before) return false;  // zero is none
    before = position.journal();
  }
  return true;
}

}  // namespace

uint64_t AudienceOf(const journal::Writer& self) {
  std::string name = self.coop;
  name.push_back('\0');
  if (!self.hub) name.append(self.shop);
  return journal::Sha256(name).prefix();
}

std::string SealFactCursor(const admin::v1::FactCursor& cursor) {
  std::string bytes(1, kVersion);
  cursor.AppendToString(&bytes);
  bytes.append(ChecksumOf(journal::Sha256(bytes)));
  return bytes;
}

absl::StatusOr<admin::v1::FactCursor> OpenFactCursor(std::string_view bytes, uint64_t audience) {
  if (bytes.size() <= kChecksumBytes || bytes.size() > kCursorBytesMax) return Malformed();
  if (bytes.front() != kVersion) return Malformed();
  const std::string_view body = bytes.substr(0, bytes.size() - kChecksumBytes);
  if (bytes.substr(body.size()) != ChecksumOf(journal::Sha256(body))) return Malformed();
  admin::v1::FactCursor cursor;
  if (!cursor.ParseFromArray(body.data() + 1, static_cast<int>(body.size() - 1)) ||
      !IsSound(cursor)) {
    return Malformed();
  }
  if (cursor.audience() != audience) {
    return retail::Refuse(retail::kBadCursor,
                          "the cursor comes from another co-op, or from one that reads other "
                          "journals (a hub, another shop): each needs a cursor of its own");
  }
  return cursor;
}

}  // namespace comptoir::daemon
