// The cursor of AdminService.WatchFacts: version(1) ‖ FactCursor ‖ checksum(4), the
// first bytes of the SHA-256 of what stands before. The checksum is against
// accidents, not against forgers: a cursor opens nothing that its bearer may not read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/journal/writer.h"
#include "comptoir/admin/v1/cursor.pb.h"

namespace comptoir::daemon {

inline constexpr int kCursorPositionsMax = 16'384;
inline constexpr size_t kCursorBytesMax = 1 << 20;

// Whose journals `self` reads: nodes of one shop share it, hub and node do not.
uint64_t AudienceOf(const journal::Writer& self);

std::string SealFactCursor(const admin::v1::FactCursor& cursor);
// INVALID_ARGUMENT (BAD_CURSOR) for what SealFactCursor did not give, and for a
// cursor of another audience.
absl::StatusOr<admin::v1::FactCursor> OpenFactCursor(std::string_view bytes, uint64_t audience);

}  // namespace comptoir::daemon
