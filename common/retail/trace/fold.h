// The index of movements by product and lot (tables.h: trace): one step back and one forward
// for every lot (Regulation (EC) 178/2002, article 18). Each fact that counts has rows of its
// own, one a lot; lines of no lot have none, and cost nothing (what was delivered so is found
// where a recall is traced: unlotted.cc).
//
// Another kind of fact that moves goods is another case of RowsOf in fold.cc, and another
// TraceKind.
#pragma once

#include "common/retail/effect.h"
#include "common/retail/fact.h"
#include "common/store/store.h"

namespace comptoir::retail {

// Writes, or takes away, what `fact` moved or saw of lots; nothing for other kinds.
void FoldTrace(const Fact& fact, Effect effect, store::Transaction& transaction);

}  // namespace comptoir::retail
