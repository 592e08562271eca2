// A shop's node and its hub, joined by a link on virtual time.
#pragma once

#include "gtest/gtest.h"
#include "tests/unit/sync/two_sides.h"

namespace comptoir::sync {

inline constexpr int kShop = 0;
inline constexpr int kHub = 1;

class ShopAndHub : public testing::Test {
 protected:
  MemoryLedger& shop() { return sides_.side(kShop).ledger; }
  MemoryLedger& hub() { return sides_.side(kHub).ledger; }
  SessionView View(int which) { return sides_.side(which).session->view(); }

  const journal::Writer shop_writer_ = ShopWriter("herstal");
  const journal::Writer hub_writer_ = HubWriter();
  TwoSides sides_{shop_writer_, hub_writer_};
};

}  // namespace comptoir::sync
