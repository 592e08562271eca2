// The hash chain of a journal (R2) and the bytes a writer signs (R3).
#pragma once

#include <string>
#include <string_view>

#include "common/base/ids.h"

namespace comptoir::journal {

// hash(0) = SHA-256(journal id, big-endian).
Hash ChainStart(JournalId journal);
// hash(n) = SHA-256(hash(n−1) ‖ entry bytes).
Hash ChainNext(const Hash& previous, std::string_view entry);
Hash Sha256(std::string_view bytes);

// "comptoir.head.v1" ‖ journal ‖ sequence ‖ hash, integers big-endian.
std::string HeadToSign(const Head& head);

}  // namespace comptoir::journal
