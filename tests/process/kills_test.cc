// Power cuts: hub and node killed at random moments, with work in flight each
// time that counts, against the tills' own journals (I2, I3; R5, R11).
#include <gtest/gtest.h>

#include <thread>

#include "tests/process/daemons.h"
#include "tests/process/oracle.h"
#include "tests/process/till.h"

namespace comptoir::testing {
namespace {

constexpr int64_t kReceivedMilli = 1'000'000'000;

std::vector<Article> Articles() {
  return {{"carottes", retail::v1::UNIT_KILOGRAM, 249},
          {"pain-gris", retail::v1::UNIT_PIECE, 350},
          {"pommes", retail::v1::UNIT_KILOGRAM, 195},
          {"oeufs", retail::v1::UNIT_PIECE, 42},
          {"yaourt", retail::v1::UNIT_PIECE, 115}};
}

// A hub and a shop with its catalogue and stock, level.
class Kills : public ::testing::Test {
 protected:
  Kills() {
    hub_.Start();
    node_ = std::make_unique<Node>(hub_, folder_ / "outremeuse", "outremeuse", "outremeuse-1");
    node_->Start();
    std::vector<coop::v1::ProductSpec> products;
    std::vector<std::string> codes;
    for (const Article& article : Articles()) {
      products.push_back(Product(article.product, article.unit, article.price_cents));
      codes.push_back(article.product);
    }
    hub_.Import(products);
    WaitUntilLevel(hub_, *node_);
    node_->Receive(codes, kReceivedMilli);
  }

  // Everything that was promised, once nothing goes wrong any more.
  void ExpectNothingLostNothingTwice(const Till& till) {
    WaitUntilLevel(hub_, *node_);
    ExpectReceipts(till.sales(), ReceiptsAt(*node_, first_day_));
    ExpectReceipts(till.sales(), ReceiptsAt(hub_, "outremeuse", first_day_));
    ExpectTotals(till.sales(), hub_, *node_, Articles(), kReceivedMilli, first_day_);
    ExpectVerified(hub_.admin());
    ExpectVerified(node_->admin());
    node_->Stop();
    hub_.Stop();
    node_->ExpectSound();
    hub_.ExpectSound();
  }

  // Draws a moment within `most` and lets the others work until then.
  void LiveFor(std::chrono::microseconds most) {
    std::uniform_int_distribution<int64_t> moments(0, most.count());
    std::this_thread::sleep_for(std::chrono::microseconds(moments(random_)));
  }

  const int32_t first_day_ = Today();
  TemporaryFolder folder_;
  Hub hub_{folder_ / "hub"};
  std::unique_ptr<Node> node_;
  std::mt19937_64 random_;
};

TEST_F(Kills, HubWhileAShopSells) {
  const uint64_t seed = Seed(20'261'123);
  const uint64_t kills_wanted = SettingOr("COMPTOIR_HUB_KILLS", 20);
  random_.seed(seed);
  Till till("hub-kills", seed, Articles());

  uint64_t kills = 0;
  uint64_t tries = 0;
  for (; kills < kills_wanted && !HasFailure(); ++tries) {
    ASSERT_LT(tries, 10 * kills_wanted + 10) << "hardly a kill finds work in flight";
    Selling selling(till, node_->address());
    ASSERT_TRUE(Eventually([&] { return node_->GetStatus().link().online(); }));
    LiveFor(std::chrono::milliseconds(60));
    const uint64_t held = node_->GetStatus().entries();
    hub_.Kill();
    const uint64_t told_at_kill = till.told();
    ASSERT_TRUE(Eventually([&] { return !node_->GetStatus().link().online(); }));
    ASSERT_TRUE(Eventually([&] { return till.told() > told_at_kill; })) << "it sells no more";
    // Nothing is written while what waits is counted.
    selling.EndByPause();
    till.Resume();
    const admin::v1::Status after = node_->GetStatus();
    // In flight: what the node held before the kill, and the hub was never known to hold.
    const uint64_t acknowledged = after.entries() - after.link().waiting_entries();
    if (acknowledged < held) ++kills;
    hub_.Start();
  }
  std::cout << kills << " kills of the hub with work in flight, of " << tries << "; " << till.told()
            << " sales" << std::endl;
  EXPECT_EQ(kills, kills_wanted);
  EXPECT_EQ(till.told(), till.sales().size());
  ExpectNothingLostNothingTwice(till);
}

TEST_F(Kills, NodeInTheMiddleOfSales) {
  const uint64_t seed = Seed(20'261'124);
  const uint64_t kills_wanted = SettingOr("COMPTOIR_NODE_KILLS", 50);
  random_.seed(seed);
  Till till("node-kills", seed, Articles());

  uint64_t kills = 0;
  uint64_t tries = 0;
  for (; kills < kills_wanted && !HasFailure(); ++tries) {
    ASSERT_LT(tries, 10 * kills_wanted + 10) << "hardly a kill finds work in flight";
    const uint64_t told_before = till.told();
    Selling selling(till, node_->address());
    // So that each life of the node sells something.
    ASSERT_TRUE(Eventually([&] { return till.told() > told_before; }));
    LiveFor(std::chrono::milliseconds(60));
    node_->Kill();
    selling.EndByBreak();
    if (till.unanswered() > 0) ++kills;
    node_->Start();
  }
  // The last answers, and no new question.
  till.Pause();
  till.Sell(node_->address());
  std::cout << kills << " kills of the node with sales in flight, of " << tries << "; "
            << till.told() << " sales" << std::endl;
  EXPECT_EQ(kills, kills_wanted);
  EXPECT_EQ(till.unanswered(), 0U);
  ExpectNothingLostNothingTwice(till);
}

}  // namespace
}  // namespace comptoir::testing
