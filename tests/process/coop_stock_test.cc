// The other shops' stock at a shop: as the hub tells, and as it last told.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "tests/process/daemons.h"
#include "tests/support/eventually.h"
#include "tests/support/temporary_folder.h"

namespace comptoir::testing {
namespace {

using ShopStub = shop::v1::ShopService::Stub;

class CoopStock : public ::testing::Test {
 protected:
  CoopStock() {
    hub_.Start();
    herstal_ = std::make_unique<Node>(hub_, folder_ / "herstal", "herstal", "herstal-1");
    outremeuse_ =
        std::make_unique<Node>(hub_, folder_ / "outremeuse", "outremeuse", "outremeuse-1");
    herstal_->Start();
    outremeuse_->Start();
    hub_.Import({Product("carottes", retail::v1::UNIT_KILOGRAM, 195),
                 Product("miel", retail::v1::UNIT_PIECE, 800)});
    WaitUntilLevel(hub_, *herstal_);
    WaitUntilLevel(hub_, *outremeuse_);
    herstal_->Receive({"carottes", "miel"}, 40'000);
    outremeuse_->Receive({"carottes"}, 5'000);
  }
  ~CoopStock() override {
    herstal_->Stop();
    outremeuse_->Stop();
    hub_.Stop();
  }

  static shop::v1::ListCoopStockResponse List(Node& node, const std::string& product = "") {
    shop::v1::ListCoopStockRequest request;
    request.set_product(product);
    return Get(node.shop(), &ShopStub::ListCoopStock, request);
  }
  // "carottes outremeuse" → thousandths.
  static std::map<std::string, int64_t> Quantities(Node& node) {
    std::map<std::string, int64_t> quantities;
    const auto list = List(node);
    for (const auto& row : list.rows()) {
      for (const auto& shop : row.shops()) {
        quantities[row.product() + " " + shop.shop()] = shop.quantity_milli();
      }
    }
    return quantities;
  }
  static shop::v1::CoopStockShop ShopOf(Node& node, const std::string& code) {
    const auto response = List(node);
    for (const auto& shop : response.shops()) {
      if (shop.shop() == code) return shop;
    }
    return {};
  }
  void Sell(Node& node, const std::string& product, int64_t milli) {
    shop::v1::RecordSaleRequest request;
    request.set_request_id(RequestId("coop", ++requests_));
    *request.add_lines() = Line(product, milli);
    request.add_payments()->set_method(retail::v1::PAYMENT_METHOD_CARD);
    Get(node.shop(), &ShopStub::RecordSale, request);
  }
  static bool Becomes(Node& node, const std::map<std::string, int64_t>& expected) {
    const bool is = Eventually([&] { return Quantities(node) == expected; });
    if (!is) {
      EXPECT_EQ(Quantities(node), expected);
    }
    return is;
  }

  TemporaryFolder folder_;
  Hub hub_{folder_ / "hub"};
  std::unique_ptr<Node> herstal_;
  std::unique_ptr<Node> outremeuse_;
  uint32_t requests_ = 0;
};

TEST_F(CoopStock, ASaleInOneShopIsSeenInTheOther) {
  ASSERT_TRUE(Becomes(
      *outremeuse_,
      {{"carottes herstal", 40'000}, {"miel herstal", 40'000}, {"carottes outremeuse", 5'000}}));
  Sell(*herstal_, "carottes", 1'250);
  Sell(*outremeuse_, "carottes", 6'000);
  const std::map<std::string, int64_t> sold = {
      {"carottes herstal", 38'750}, {"miel herstal", 40'000}, {"carottes outremeuse", -1'000}};
  EXPECT_TRUE(Becomes(*outremeuse_, sold));
  EXPECT_TRUE(Becomes(*herstal_, sold));
  ASSERT_TRUE(Eventually([&] { return ShopOf(*outremeuse_, "herstal").as_of_ms() != 0; }));
  EXPECT_EQ(ShopOf(*outremeuse_, "herstal").offline_since_ms(), 0);
  EXPECT_TRUE(ShopOf(*outremeuse_, "outremeuse").own());
  EXPECT_FALSE(ShopOf(*outremeuse_, "herstal").own());
  const auto miel = List(*outremeuse_, "miel");
  ASSERT_EQ(miel.rows_size(), 1);
  EXPECT_EQ(miel.rows(0).product(), "miel");
  EXPECT_EQ(miel.rows(0).shops_size(), 1);
}

TEST_F(CoopStock, IsShownWithoutTheHubAndAfterARestartAndPutRightByTheNextHub) {
  const std::map<std::string, int64_t> before = {
      {"carottes herstal", 40'000}, {"miel herstal", 40'000}, {"carottes outremeuse", 5'000}};
  ASSERT_TRUE(Becomes(*outremeuse_, before));
  ASSERT_TRUE(Eventually([&] { return ShopOf(*outremeuse_, "herstal").as_of_ms() != 0; }));
  hub_.Kill();
  ASSERT_TRUE(Eventually([&] { return !outremeuse_->GetStatus().link().online(); }));
  Sell(*herstal_, "miel", 3'000);
  Sell(*outremeuse_, "carottes", 1'000);
  // Its own are as of now, the other's as of when the hub was last heard.
  std::map<std::string, int64_t> cut = before;
  cut["carottes outremeuse"] = 4'000;
  EXPECT_EQ(Quantities(*outremeuse_), cut);
  const int64_t as_of_ms = ShopOf(*outremeuse_, "herstal").as_of_ms();
  EXPECT_GT(as_of_ms, 0);
  outremeuse_->Stop();
  outremeuse_->Start();
  EXPECT_EQ(Quantities(*outremeuse_), cut);
  EXPECT_EQ(ShopOf(*outremeuse_, "herstal").as_of_ms(), as_of_ms);

  hub_.Start();
  std::map<std::string, int64_t> after = cut;
  after["miel herstal"] = 37'000;
  EXPECT_TRUE(Becomes(*outremeuse_, after));
  EXPECT_TRUE(Becomes(*herstal_, after));
  EXPECT_TRUE(Eventually([&] { return ShopOf(*outremeuse_, "herstal").as_of_ms() > as_of_ms; }));
}

TEST_F(CoopStock, SaysSinceWhenAShopIsOffline) {
  ASSERT_TRUE(Eventually([&] { return ShopOf(*outremeuse_, "herstal").as_of_ms() != 0; }));
  herstal_->Kill();
  ASSERT_TRUE(Eventually([&] { return ShopOf(*outremeuse_, "herstal").offline_since_ms() != 0; }));
  const auto herstal = ShopOf(*outremeuse_, "herstal");
  EXPECT_GT(herstal.as_of_ms(), 0);
  EXPECT_LE(herstal.as_of_ms(), ShopOf(*outremeuse_, "outremeuse").as_of_ms());
  herstal_->Start();
  EXPECT_TRUE(Eventually([&] { return ShopOf(*outremeuse_, "herstal").offline_since_ms() == 0; }));
}

TEST_F(CoopStock, PagesAndRefusesWhatCannotBe) {
  ASSERT_TRUE(Eventually([&] { return Quantities(*outremeuse_).size() == 3; }));
  shop::v1::ListCoopStockRequest request;
  request.set_page_size(1);
  const auto first = Get(outremeuse_->shop(), &ShopStub::ListCoopStock, request);
  ASSERT_EQ(first.rows_size(), 1);
  EXPECT_EQ(first.rows(0).product(), "carottes");
  EXPECT_EQ(first.shops_size(), 2);
  request.set_cursor(first.next_cursor());
  const auto second = Get(outremeuse_->shop(), &ShopStub::ListCoopStock, request);
  ASSERT_EQ(second.rows_size(), 1);
  EXPECT_EQ(second.rows(0).product(), "miel");
  EXPECT_TRUE(second.next_cursor().empty());
  request.set_cursor("what");
  EXPECT_EQ(Ask(outremeuse_->shop(), &ShopStub::ListCoopStock, request).reason, "BAD_CURSOR");
  request.clear_cursor();
  request.set_product("No Code");
  EXPECT_EQ(Ask(outremeuse_->shop(), &ShopStub::ListCoopStock, request).reason, "BAD_CODE");
}

}  // namespace
}  // namespace comptoir::testing
