// What stands corrected (tables.h: corrections, movements).
//
// Merge argument. A fact is named alike by all corrections of it, and by itself:
// by its request, or for want of one by its place. Corrections of one name are
// counted; the fact counts while there is none. That is a function of the set of
// facts known, whichever came first: the correction, the fact, or one of a request
// taken twice. Undoing and bringing back the fact itself is the ledger's, which
// knows where it stands.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/retail/effect.h"
#include "common/retail/fact.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

absl::Status FoldCorrected(const Fact& fact, const v1::Corrected& corrected, Effect effect,
                           store::Transaction& transaction);

// Does a correction that counts name this fact of `shop`?
absl::StatusOr<bool> IsCorrected(const store::Reader& rows, std::string_view shop,
                                 const v1::NamedFact& named);

}  // namespace comptoir::retail
