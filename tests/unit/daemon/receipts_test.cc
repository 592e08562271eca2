#include "common/daemon/receipts.h"

#include <gtest/gtest.h>

#include "tests/support/branch.h"
#include "tests/support/coop.h"
#include "tests/support/forked_shop.h"

namespace comptoir::testing {
namespace {

// Of kMonday, one hour east of Greenwich.
constexpr int32_t kToday = static_cast<int32_t>((kMonday + 3'600'000) / 86'400'000);

class ReceiptsTest : public ::testing::Test {
 protected:
  shop::v1::ListReceiptsRequest OfToday() {
    shop::v1::ListReceiptsRequest request;
    request.set_shop("outremeuse");
    request.set_day(kToday);
    return request;
  }

  Coop coop_;
  const std::unique_ptr<Replica> node_ = coop_.Node("outremeuse", "outremeuse-1");
};

TEST_F(ReceiptsTest, AreFoundByTheirNumber) {
  const std::string series = Sell(*node_, 1).series;
  Sell(*node_, 2);
  const auto receipt = daemon::FindReceipt(*node_->ledger, "outremeuse-" + series + "-0002");
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(receipt->number(), "outremeuse-" + series + "-0002");
  EXPECT_EQ(receipt->shop(), "outremeuse");
  EXPECT_EQ(receipt->wall_ms(), kMonday);
  EXPECT_EQ(receipt->day(), kToday);
  EXPECT_EQ(receipt->total_cents(), 250);
  EXPECT_EQ(receipt->utc_offset_minutes(), 60);
  ASSERT_EQ(receipt->lines_size(), 1);
  EXPECT_EQ(receipt->lines(0).product(), "pain-gris");
  ASSERT_EQ(receipt->vat_size(), 1);
  EXPECT_EQ(receipt->vat(0).vat_cents(), 14);  // 250 less 250 / 1.06
}

TEST_F(ReceiptsTest, NumbersThatAreNoneAndThatNobodyHas) {
  const std::string series = Sell(*node_, 1).series;
  EXPECT_EQ(daemon::FindReceipt(*node_->ledger, "17").status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(daemon::FindReceipt(*node_->ledger, "outremeuse-" + series + "-0002").status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(daemon::FindReceipt(*node_->ledger, "herstal-" + series + "-0001").status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(ReceiptsTest, ListsADayByPages) {
  for (uint32_t i = 1; i <= 5; ++i) Sell(*node_, i);
  shop::v1::ListReceiptsRequest request = OfToday();
  request.set_page_size(2);
  std::vector<size_t> sizes;
  std::vector<std::string> numbers;
  do {
    const auto page = Must(daemon::ListReceipts(*node_->ledger, request));
    sizes.push_back(static_cast<size_t>(page.receipts_size()));
    for (const shop::v1::Receipt& receipt : page.receipts()) {
      numbers.push_back(receipt.number());
      EXPECT_EQ(receipt.total_cents(), 250);
    }
    request.set_cursor(page.next_cursor());
  } while (!request.cursor().empty());
  EXPECT_EQ(sizes, (std::vector<size_t>{2, 2, 1}));
  EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
  EXPECT_EQ(std::adjacent_find(numbers.begin(), numbers.end()), numbers.end());
}

TEST_F(ReceiptsTest, AnotherDayOrShopHasNone) {
  Sell(*node_, 1);
  shop::v1::ListReceiptsRequest request = OfToday();
  request.set_day(kToday - 1);
  EXPECT_EQ(Must(daemon::ListReceipts(*node_->ledger, request)).receipts_size(), 0);
  request = OfToday();
  request.set_shop("herstal");
  EXPECT_EQ(Must(daemon::ListReceipts(*node_->ledger, request)).receipts_size(), 0);
}

class ForkedReceiptsTest : public ForkedShop {};

// R11: the kept branch printed the number as well.
TEST_F(ForkedReceiptsTest, WhatWasToldOfASaleThatWasMovedIsToldAgain) {
  Branch branch(*shop, common);
  branch.AddSale(500);
  ASSERT_EQ(IngestAndWait(*sibling, branch.Cut(), shop->ledger->self()).refusal,
            ledger::Refusal::kNone);
  const std::string series = Sell(*shop, 5).series;
  Carry(*shop, *hub);
  IngestAndWait(*hub, branch.Cut(), sibling->ledger->self());
  Sell(*shop, 900);
  Carry(*shop, *hub);
  for (const auto& journal : hub->ledger->Journals()) {
    if (journal.node != "hub") continue;
    const auto segment = Must(hub->ledger->ReadSegment(journal.head.journal, Sequence(1), 1 << 20));
    IngestAndWait(*sibling, *segment, hub->ledger->self());
  }
  ASSERT_TRUE(sibling->ledger->HasForksToSettle());
  MustOk(sibling->ledger->SettleForks());
  Carry(*hub, *sibling);

  shop::v1::SaleRecorded recorded;
  recorded.set_number("outremeuse-" + series + "-0006");
  recorded.set_total_cents(480);
  recorded.mutable_reference()->set_journal(branch.head().journal.value());
  recorded.mutable_reference()->set_sequence(branch.head().sequence.value());
  recorded.mutable_reference()->set_hash_prefix(branch.head().hash.prefix());
  const auto receipt = Must(daemon::ReceiptOf(*sibling->ledger, recorded));
  EXPECT_EQ(receipt.number(), recorded.number());
  EXPECT_EQ(receipt.total_cents(), 480);
  EXPECT_EQ(receipt.lines(0).product(), "carottes");
  EXPECT_EQ(receipt.reference().hash_prefix(), recorded.reference().hash_prefix());
  EXPECT_EQ(
      Must(daemon::FindReceipt(*sibling->ledger, recorded.number() + "-kept")).lines(0).product(),
      "pain-gris");
}

}  // namespace
}  // namespace comptoir::testing
