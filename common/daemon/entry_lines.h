// Entries of a journal, told for people: what a comparison of two replicas shows.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/ledger/ledger.h"
#include "common/retail/fact.h"
#include "comptoir/admin/v1/admin.pb.h"

namespace comptoir::daemon {

inline constexpr uint64_t kEntryLinesMax = 1'000;
inline constexpr size_t kSummaryBytesMax = 200;

// "carottes 1.25, pain-gris 2" of what has lines of goods; else the fact's own fields,
// as text. At most kSummaryBytesMax of printable UTF-8.
std::string SummaryOf(const retail::Fact& fact);

// INVALID_ARGUMENT for a range that is none; NOT_FOUND where its first is not held. An
// entry that cannot be read is told as damaged. Any thread.
absl::Status ListEntryLines(ledger::Ledger& ledger, const admin::v1::ListEntriesRequest& request,
                            admin::v1::ListEntriesResponse* response);

}  // namespace comptoir::daemon
