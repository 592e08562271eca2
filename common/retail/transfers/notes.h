// What the hub writes for a shop that does not know of another one's fact about a transfer.
#pragma once

#include <string>
#include <string_view>

#include "common/retail/fact.h"
#include "common/retail/transfers/state.h"

namespace comptoir::retail {

// May an entry of this kind change what shops must be told of?
bool MayTellOfTransfers(v1::FactKind kind);

v1::FactKind NoteKindOf(const MissingNote& missing);
// The bytes of a fact that its gate takes.
std::string MakeNote(const std::string& transfer, const MissingNote& missing);

}  // namespace comptoir::retail
