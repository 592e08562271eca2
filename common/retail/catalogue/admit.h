// Gates of the catalogue's facts. Admit… looks at the whole fact and where it
// stands; Check… at what it says, so that a service can ask before it appends.
// Not OK, with a sentence and a reason, for a fact that folds to nothing (R6).
#pragma once

#include "absl/status/status.h"
#include "common/retail/fact.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

absl::Status CheckProductEdited(const v1::ProductEdited& edited);
absl::Status CheckProducerEdited(const v1::ProducerEdited& edited);
absl::Status CheckShopEdited(const v1::ShopEdited& edited);
absl::Status CheckPriceSet(const v1::PriceSet& set);
absl::Status CheckVatSet(const v1::VatSet& set);

absl::Status AdmitProductEdited(const Fact& fact, const v1::ProductEdited& edited);
absl::Status AdmitProducerEdited(const Fact& fact, const v1::ProducerEdited& edited);
absl::Status AdmitShopEdited(const Fact& fact, const v1::ShopEdited& edited);
// Co-op-wide prices as the other facts; a shop's own in that shop's scope, by
// one of its nodes or the hub.
absl::Status AdmitPriceSet(const Fact& fact, const v1::PriceSet& set);
absl::Status AdmitVatSet(const Fact& fact, const v1::VatSet& set);

}  // namespace comptoir::retail
