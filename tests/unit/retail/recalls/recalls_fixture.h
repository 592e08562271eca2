// Two shops and a hub that recalls what they sell.
#pragma once

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "common/retail/recalls/build.h"
#include "common/retail/recalls/list.h"
#include "common/retail/returns/build.h"
#include "common/retail/sales/build.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {

class RecallsTest : public ::testing::Test {
 protected:
  RecallsTest() {
    for (const char* product : {"lait", "pain"}) {
      world_.SetProduct(hub_, product, product);
      world_.SetPrice(hub_, product, 250);
    }
    world_.OpenSeries(shop_);
    world_.OpenSeries(other_);
  }
  shop::v1::AddRecallRequest OfLot(const std::string& product, const std::string& lot) {
    shop::v1::AddRecallRequest request;
    request.set_request_id("request-0000000" + std::to_string(++requests_));
    request.set_product(product);
    request.set_lot(lot);
    request.set_reason("salmonella");
    return request;
  }
  shop::v1::AddRecallRequest OfDeliveries(int32_t first, int32_t last) {
    shop::v1::AddRecallRequest request = OfLot("", "");
    request.set_producer("moulin");
    request.set_first_day(first);
    request.set_last_day(last);
    return request;
  }
  // Gives its code.
  std::string Recall(const shop::v1::AddRecallRequest& request) {
    const v1::Recalled recalled = Must(BuildRecalled(*world_.Snapshot(), "", request));
    world_.Write(hub_, v1::FACT_KIND_RECALLED, recalled);
    return recalled.code();
  }
  void Confirm(const std::string& code) {
    shop::v1::ConfirmRecallRequest request;
    request.set_code(code);
    request.set_staff("marie");
    world_.Write(shop_, v1::FACT_KIND_RECALL_CONFIRMED,
                 Must(BuildRecallConfirmed(*world_.Snapshot(), request)));
  }
  void Lift(const std::string& code) {
    shop::v1::LiftRecallsRequest request;
    request.add_codes(code);
    request.set_reason("a false alarm");
    world_.Write(hub_, v1::FACT_KIND_RECALL_LIFTED,
                 Must(BuildRecallLifted(*world_.Snapshot(), request)).lifted);
  }
  absl::StatusOr<std::vector<std::string>> LotsSold(int64_t milli, const std::string& lot = "") {
    shop::v1::RecordSaleRequest request;
    shop::v1::SaleLine* line = request.add_lines();
    line->set_product("lait");
    line->set_quantity_milli(milli);
    line->set_lot(lot);
    const auto sold = BuildSold(*world_.Snapshot(), memory_, "herstal", kMonday, request);
    if (!sold.ok()) return sold.status();
    std::vector<std::string> lots;
    for (const v1::SoldLine& sold_line : sold->lines()) lots.push_back(sold_line.lot());
    return lots;
  }
  void ExpectRecalled(const absl::Status& status, const std::string& code) {
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    EXPECT_EQ(ReasonOf(status), kRecalled);
    EXPECT_THAT(std::string(status.message()),
                ::testing::AllOf(::testing::HasSubstr(code), ::testing::HasSubstr("line 1: ")));
  }
  shop::v1::Recall Listed(const std::string& code, const std::string& self_shop = "") {
    shop::v1::ListRecallsRequest request;
    request.set_code(code);
    return Must(ListRecalls(*world_.Snapshot(), self_shop, request)).recalls(0);
  }

  const JournalContext hub_ = CoopJournal(1);
  const JournalContext shop_ = ShopJournal("herstal", 3);
  const JournalContext other_ = ShopJournal("seraing", 4, "261123-aaaaaa");
  RetailWorld world_;
  TillMemory memory_;
  int requests_ = 0;
};

}  // namespace comptoir::retail
