// Where a ledger notes that entries it once wrote came back from a peer: it was
// restored from a backup, or rolled back, and what else it keeps is as old (R13).
#pragma once

#include <string_view>

namespace comptoir::ledger {

// Name of the row in table `local`: the wall instant when that was last seen, in
// decimal milliseconds since 1970. Written with the entries, in one batch.
inline constexpr std::string_view kReturnedName = "returned";

}  // namespace comptoir::ledger
