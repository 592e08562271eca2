// Effects of the catalogue's facts (tables.h: registers, conflicts, edits).
//
// An edit is never uncounted: where one request was taken twice (R11), both say
// the same, both stand in the register, and equal values are no conflict.
#pragma once

#include "absl/status/status.h"
#include "common/retail/effect.h"
#include "common/retail/fact.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

absl::Status FoldProductEdited(const Fact& fact, const v1::ProductEdited& edited, Effect effect,
                               store::Transaction& transaction);
absl::Status FoldProducerEdited(const Fact& fact, const v1::ProducerEdited& edited, Effect effect,
                                store::Transaction& transaction);
absl::Status FoldShopEdited(const Fact& fact, const v1::ShopEdited& edited, Effect effect,
                            store::Transaction& transaction);
absl::Status FoldPriceSet(const Fact& fact, const v1::PriceSet& set, Effect effect,
                          store::Transaction& transaction);
absl::Status FoldVatSet(const Fact& fact, const v1::VatSet& set, Effect effect,
                        store::Transaction& transaction);

}  // namespace comptoir::retail
