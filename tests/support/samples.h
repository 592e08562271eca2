// A small co-op's journals and facts of every kind: what fuzzers begin with, and views to read.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/journal/writer.h"
#include "common/retail/fact.h"
#include "comptoir/journal/v1/journal.pb.h"

namespace comptoir::testing {

// 2026-11-23 10:00:00 UTC.
inline constexpr int64_t kMondayMs = 1'795'428'000'000;
inline constexpr int32_t kMondayDay = 20'780;

// Journals in every scope: of the hub, of two nodes of outremeuse, of herstal, whose
// node may edit the catalogue, and of the hub alone.
std::span<const retail::JournalContext> SampleJournals();

// Where an entry of a history stands: which of SampleJournals, then its bytes.
struct Written {
  size_t journal = 0;
  std::string entry;
};
// The next entry of a journal, admitted where its kind may stand there.
Written Write(size_t journal, retail::v1::FactKind kind, const google::protobuf::Message& fact,
              std::string_view request_id = "");
// One of every kind, and those that look back: a request taken twice, a return, a
// correction, a count after sales.
std::vector<Written> SampleHistory();

}  // namespace comptoir::testing
