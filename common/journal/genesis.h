// The first entry of a journal: making one, and the transport gate's look at
// one from outside (R6).
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/journal/writer.h"
#include "comptoir/journal/v1/journal.pb.h"

namespace comptoir::journal {

inline constexpr uint32_t kGenesisKind = 1;

// "yymmdd-xxxxxx": the day and six random letters and digits that nobody
// mistakes for one another (no l, o, 0, 1).
std::string MakeSeries(Day day, Random& random);

// Parses the entry with sequence 1 of `journal` and checks what the genesis
// claims against its certificate: INVALID_ARGUMENT when malformed or over a
// limit, UNAUTHENTICATED for a foreign certificate, PERMISSION_DENIED when the
// certificate does not let its holder write in that scope (the hub any scope;
// a shop COOP and its own SHOP). `*writer` is set on success.
absl::StatusOr<v1::Genesis> CheckGenesis(JournalId journal, std::string_view entry_bytes,
                                         const Verifier& verifier, Writer* writer);

// May the holder of `reader` read a journal of this scope and shop?
bool MayRead(const Writer& reader, v1::Scope scope, std::string_view shop);

}  // namespace comptoir::journal
