// What a hub tells of transfers goes to the disk behind the answers to what it heard.
#pragma once

#include "tests/support/coop.h"

namespace comptoir::testing {

// Returns once all that `hub` has written is on its disk, and among its heads. Writes a
// price the first time, and nothing after that.
inline void WaitForTellings(Replica& hub) {
  constexpr uint32_t kRequest = 4'000'000'000;
  retail::v1::PriceSet set;
  set.set_product("pain-gris");
  set.mutable_price_cents()->set_value(320);
  // A repeat waits as well.
  Must(hub.ledger->AppendAndWait({RequestId(kRequest),
                                  7,
                                  journal::v1::SCOPE_COOP,
                                  {{retail::v1::FACT_KIND_PRICE_SET, set.SerializeAsString()}}}));
}

}  // namespace comptoir::testing
