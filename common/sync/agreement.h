// How two sides find out what the other lacks: heads one by one for journals that
// may still grow, one digest a month for the finished ones.
//
// Which journals stand behind its digests is the sender's choice: a receiver that
// finds another digest asks for the month's heads. So the two sides may differ in
// what they think finished, and a Hello that would be too long just lists less.
//
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/sync/journal_table.h"
#include "comptoir/sync/v1/sync.pb.h"

namespace comptoir::sync {

// First 16 bytes of SHA-256 over (journal ‖ sequence ‖ hash), big-endian, of
// `heads`, which stand by rising journal.
std::string DigestOf(const std::vector<Head>& heads);

// Writes heads and months of everything in `table`.
void DescribeJournals(const JournalTable& table, v1::Hello* hello);

// Takes in what the peer's Hello says it holds. Returns the months to List, by
// rising month: journals of those stay uncompared until ResolveMonths.
// PERMISSION_DENIED, RESOURCE_EXHAUSTED: see JournalTable::Admit.
absl::StatusOr<std::vector<uint32_t>> CompareHello(const v1::Hello& hello, JournalTable* table);

// The frames that answer List: every journal of those months, in as many frames
// as it takes; the last one names the months.
std::vector<v1::Frame> AnswerList(const JournalTable& table, const v1::List& list);

// The peer has told all it holds of `months`, by rising month: what it did not
// name it lacks.
void ResolveMonths(const std::vector<uint32_t>& months, JournalTable* table);

// Heads as the wire and as the core have them.
void WriteHead(const Head& head, journal::v1::Head* message);
Head ReadHead(const journal::v1::Head& message);  // checked by CheckFrame

}  // namespace comptoir::sync
