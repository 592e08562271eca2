// What someone does in the first hour with Comptoir, by the services.
#include <gtest/gtest.h>

#include "tests/process/daemons.h"
#include "tests/process/oracle.h"

namespace comptoir::testing {
namespace {

using CoopStub = coop::v1::CoopService::Stub;
using ShopStub = shop::v1::ShopService::Stub;

TEST(FirstHour, AShopSellsAndTheHubSees) {
  TemporaryFolder folder;
  const int32_t first_day = Today();
  Hub hub(folder / "hub");
  hub.Start();
  Node node(hub, folder / "outremeuse", "outremeuse", "outremeuse-1");
  node.Start();
  hub.Import({Product("carottes", retail::v1::UNIT_KILOGRAM, 240),
              Product("pain-gris", retail::v1::UNIT_PIECE, 350)});
  WaitUntilLevel(hub, node);
  node.Receive({"carottes", "pain-gris"}, 40'000);

  shop::v1::RecordSaleRequest sale;
  sale.set_request_id(RequestId("first-hour", 1));
  *sale.add_lines() = Line("carottes", 1'250);
  *sale.add_lines() = Line("pain-gris", 2'000);
  sale.add_payments()->set_method(retail::v1::PAYMENT_METHOD_CARD);
  const shop::v1::Receipt receipt = Get(node.shop(), &ShopStub::RecordSale, sale);
  EXPECT_EQ(receipt.shop(), "outremeuse");
  EXPECT_EQ(receipt.total_cents(), 300 + 700);
  EXPECT_TRUE(receipt.number().starts_with("outremeuse-")) << receipt.number();
  EXPECT_TRUE(receipt.number().ends_with("-0001")) << receipt.number();

  WaitUntilLevel(hub, node);
  shop::v1::GetReceiptRequest by_number;
  by_number.set_number(receipt.number());
  EXPECT_EQ(Get(hub.coop(), &CoopStub::GetReceipt, by_number).ShortDebugString(),
            receipt.ShortDebugString());
  EXPECT_EQ(Get(node.shop(), &ShopStub::GetReceipt, by_number).ShortDebugString(),
            receipt.ShortDebugString());
  EXPECT_EQ(ReceiptsAt(hub, "outremeuse", first_day).size(), 1U);
  const auto inventory = Get(hub.coop(), &CoopStub::ListInventory, {});
  ASSERT_EQ(inventory.rows_size(), 2);
  EXPECT_EQ(inventory.rows(0).product(), "carottes");
  EXPECT_EQ(inventory.rows(0).total_milli(), 40'000 - 1'250);
  EXPECT_EQ(inventory.rows(1).shops(0).shop(), "outremeuse");
  EXPECT_EQ(inventory.rows(1).shops(0).quantity_milli(), 40'000 - 2'000);

  ExpectVerified(hub.admin());
  ExpectVerified(node.admin());
  node.Stop();
  hub.Stop();
  node.ExpectSound();
  hub.ExpectSound();
}

TEST(FirstHour, StatusSaysWhoAndHowFar) {
  TemporaryFolder folder;
  Hub hub(folder / "hub", "Les Petits Producteurs");
  hub.Start();
  Node node(hub, folder / "herstal", "herstal", "herstal-1");
  node.Start();
  hub.Import({Product("miel", retail::v1::UNIT_PIECE, 800)});
  WaitUntilLevel(hub, node);

  const admin::v1::Status at_hub = hub.GetStatus();
  EXPECT_EQ(at_hub.coop(), "les-petits-producteurs");
  EXPECT_EQ(at_hub.node(), "hub");
  EXPECT_EQ(at_hub.shop(), "");
  EXPECT_FALSE(at_hub.has_link());
  EXPECT_GT(at_hub.free_disk_bytes(), 0U);
  const admin::v1::Status at_node = node.GetStatus();
  EXPECT_EQ(at_node.node(), "herstal-1");
  EXPECT_EQ(at_node.shop(), "herstal");
  EXPECT_TRUE(at_node.link().online());
  EXPECT_EQ(at_node.link().hub(), hub.sync());
  EXPECT_EQ(at_node.entries(), at_hub.entries());
  EXPECT_EQ(at_node.bad_facts(), 0U);

  const auto shops = Get(hub.coop(), &CoopStub::ListShops, {});
  ASSERT_EQ(shops.shops_size(), 1) << shops.ShortDebugString();
  EXPECT_EQ(shops.shops(0).shop(), "herstal");
  ASSERT_EQ(shops.shops(0).nodes_size(), 1);
  EXPECT_TRUE(shops.shops(0).nodes(0).online());

  // The hub goes: the node says so, counts what waits, and sells on.
  hub.Kill();
  EXPECT_TRUE(Eventually([&] { return !node.GetStatus().link().online(); }));
  shop::v1::RecordSaleRequest sale;
  sale.set_request_id(RequestId("offline", 1));
  *sale.add_lines() = Line("miel", 1'000);
  EXPECT_EQ(Get(node.shop(), &ShopStub::RecordSale, sale).total_cents(), 800);
  const admin::v1::Link link = node.GetStatus().link();
  EXPECT_EQ(link.waiting_entries(), 2U) << "the journal's genesis and the sale";
  EXPECT_GT(link.oldest_waiting_ms(), 0);
  EXPECT_TRUE(Eventually([&] { return !node.GetStatus().link().last_error().empty(); }));
  hub.Start();
  WaitUntilLevel(hub, node);
  EXPECT_TRUE(Eventually([&] { return node.GetStatus().link().waiting_entries() == 0; }));
  node.Stop();
  hub.Stop();
}

}  // namespace
}  // namespace comptoir::testing
