#include "common/retail/deliveries/admit.h"

#include <string>

#include "common/retail/calendar.h"
#include "common/retail/check.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

class DeliveryAdmitTest : public ::testing::Test {
 protected:
  DeliveryAdmitTest() {
    received_.set_producer("moulin");
    received_.set_document("BL 2026/117");
    AddLine(40'000);
  }
  v1::ReceivedLine& AddLine(int64_t milli) {
    v1::ReceivedLine* line = received_.add_lines();
    line->set_product("farine");
    line->set_unit(v1::UNIT_KILOGRAM);
    line->set_quantity_milli(milli);
    line->set_expected_milli(milli);
    line->set_lot("L47");
    line->set_use_by_day(kMonday.value() + 12);
    line->set_best_before_day(kMonday.value() + 10);
    line->set_unit_cost_cents(110);
    return *line;
  }
  v1::ReceivedLine& line() { return *received_.mutable_lines(0); }
  void ExpectBadLine(std::string_view reason) {
    const absl::Status status = CheckGoodsReceived(received_);
    ExpectRefused(status, reason);
    EXPECT_EQ(status.message().find("line 1: "), 0u) << status;
  }

  v1::GoodsReceived received_;
};

TEST_F(DeliveryAdmitTest, ADeliveryIsAdmitted) {
  EXPECT_TRUE(CheckGoodsReceived(received_).ok());
  line().clear_lot();
  line().clear_use_by_day();
  line().clear_best_before_day();
  line().clear_unit_cost_cents();
  line().clear_expected_milli();
  EXPECT_TRUE(CheckGoodsReceived(received_).ok());
}

TEST_F(DeliveryAdmitTest, SomeoneDelivered) {
  received_.set_producer("");
  ExpectRefused(CheckGoodsReceived(received_), kBadCode);
}

TEST_F(DeliveryAdmitTest, DocumentNumbersAreShort) {
  received_.set_document(std::string(kDocumentBytesMax, 'a'));
  EXPECT_TRUE(CheckGoodsReceived(received_).ok());
  received_.set_document(std::string(kDocumentBytesMax + 1, 'a'));
  ExpectRefused(CheckGoodsReceived(received_), kBadText);
}

TEST_F(DeliveryAdmitTest, OneTo1000Lines) {
  while (received_.lines_size() < 1'000) AddLine(1);
  EXPECT_TRUE(CheckGoodsReceived(received_).ok());
  AddLine(1);
  ExpectRefused(CheckGoodsReceived(received_), kBadLines);
  received_.clear_lines();
  ExpectRefused(CheckGoodsReceived(received_), kBadLines);
}

TEST_F(DeliveryAdmitTest, Products) {
  line().set_product("Farine");
  ExpectBadLine(kBadCode);
}

TEST_F(DeliveryAdmitTest, Units) {
  line().set_unit(v1::UNIT_UNSPECIFIED);
  ExpectBadLine(kBadUnit);
}

TEST_F(DeliveryAdmitTest, Quantities) {
  for (const int64_t milli : {int64_t{0}, int64_t{-1}, kQuantityMilliMax + 1}) {
    line().set_quantity_milli(milli);
    ExpectBadLine(kBadQuantity);
  }
}

TEST_F(DeliveryAdmitTest, TheSumOfQuantitiesIsLimitedToo) {
  line().set_quantity_milli(kQuantityMilliMax - 1);
  line().set_unit_cost_cents(0);
  AddLine(1);
  EXPECT_TRUE(CheckGoodsReceived(received_).ok());
  AddLine(1);
  ExpectRefused(CheckGoodsReceived(received_), kBadQuantity);
}

TEST_F(DeliveryAdmitTest, ExpectedQuantities) {
  line().set_expected_milli(0);  // nobody ordered it
  EXPECT_TRUE(CheckGoodsReceived(received_).ok());
  line().set_expected_milli(-1);
  ExpectBadLine(kBadQuantity);
  line().set_expected_milli(kQuantityMilliMax + 1);
  ExpectBadLine(kBadQuantity);
}

TEST_F(DeliveryAdmitTest, Lots) {
  line().set_lot(std::string(kLotBytesMax + 1, 'L'));
  ExpectBadLine(kBadLot);
}

TEST_F(DeliveryAdmitTest, Days) {
  line().set_use_by_day(-1);
  ExpectBadLine(kBadDay);
  line().set_use_by_day(0);
  line().set_best_before_day(kDayMax.value() + 1);
  ExpectBadLine(kBadDay);
}

TEST_F(DeliveryAdmitTest, Costs) {
  line().set_unit_cost_cents(-1);
  ExpectBadLine(kBadPrice);
  line().set_unit_cost_cents(kMoneyCentsMax + 1);
  ExpectBadLine(kBadPrice);
  line().set_quantity_milli(1'001);
  line().set_unit_cost_cents(kMoneyCentsMax);
  ExpectBadLine(kTotalTooLarge);
}

TEST_F(DeliveryAdmitTest, IsWrittenByTheShopItself) {
  JournalContext journal = ShopJournal("herstal", 2);
  const Fact fact = FactIn(journal, v1::FACT_KIND_GOODS_RECEIVED, received_);
  EXPECT_TRUE(AdmitGoodsReceived(fact, received_).ok());
  journal.writer = CoopJournal().writer;
  ExpectRefused(AdmitGoodsReceived(fact, received_), kNotAllowed);
  journal.writer = ShopJournal("outremeuse", 2).writer;
  ExpectRefused(AdmitGoodsReceived(fact, received_), kNotAllowed);
  journal = CoopJournal();
  ExpectRefused(AdmitGoodsReceived(fact, received_), kWrongScope);
  journal = ShopJournal("herstal", 2);
  received_.clear_lines();
  ExpectRefused(AdmitGoodsReceived(fact, received_), kBadLines);
}

}  // namespace
}  // namespace comptoir::retail
