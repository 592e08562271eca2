#include "common/retail/deliveries/build.h"

#include <string>

#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

class DeliveryBuildTest : public ::testing::Test {
 protected:
  DeliveryBuildTest() {
    world_.SetProduct(hub_, "farine", "Farine", v1::UNIT_KILOGRAM);
    request_.set_producer("moulin");
    request_.set_document("BL 117");
    shop::v1::DeliveryLine* line = request_.add_lines();
    line->set_product("farine");
    line->set_quantity_milli(40'000);
    line->set_expected_milli(50'000);
    line->set_lot("L47");
    line->set_use_by_day(20'800);
    line->set_best_before_day(20'790);
    line->set_unit_cost_cents(110);
  }
  absl::StatusOr<v1::GoodsReceived> Build() {
    return BuildGoodsReceived(*world_.Snapshot(), request_);
  }

  const JournalContext hub_ = CoopJournal(1);
  RetailWorld world_;
  shop::v1::RecordDeliveryRequest request_;
};

TEST_F(DeliveryBuildTest, FillsInTheUnit) {
  const v1::GoodsReceived received = Must(Build());
  EXPECT_EQ(received.producer(), "moulin");
  EXPECT_EQ(received.document(), "BL 117");
  ASSERT_EQ(received.lines_size(), 1);
  const v1::ReceivedLine& line = received.lines(0);
  EXPECT_EQ(line.product(), "farine");
  EXPECT_EQ(line.unit(), v1::UNIT_KILOGRAM);
  EXPECT_EQ(line.quantity_milli(), 40'000);
  EXPECT_EQ(line.expected_milli(), 50'000);
  EXPECT_EQ(line.lot(), "L47");
  EXPECT_EQ(line.use_by_day(), 20'800);
  EXPECT_EQ(line.best_before_day(), 20'790);
  EXPECT_EQ(line.unit_cost_cents(), 110);
}

TEST_F(DeliveryBuildTest, WhatWasNotExpectedIsNotExpectedZero) {
  request_.mutable_lines(0)->clear_expected_milli();
  EXPECT_FALSE(Must(Build()).lines(0).has_expected_milli());
}

TEST_F(DeliveryBuildTest, AnUnknownProductIsNamedWithItsLine) {
  request_.add_lines()->set_product("son");
  const absl::Status status = Build().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(status), kUnknownProduct);
  EXPECT_EQ(status.message().find("line 2: unknown product \"son\": "), 0u) << status;
}

TEST_F(DeliveryBuildTest, RefusesWhatTheGateWould) {
  request_.mutable_lines(0)->set_product("Farine");
  ExpectRefused(Build().status(), kBadCode);
  request_.mutable_lines(0)->set_product("farine");
  request_.mutable_lines(0)->set_quantity_milli(0);
  ExpectRefused(Build().status(), kBadQuantity);
  request_.mutable_lines(0)->set_quantity_milli(1);
  request_.clear_producer();
  ExpectRefused(Build().status(), kBadCode);
  request_.set_producer("moulin");
  request_.clear_lines();
  ExpectRefused(Build().status(), kBadLines);
}

}  // namespace
}  // namespace comptoir::retail
