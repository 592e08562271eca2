// Waste, returns, voids, counts and corrections over the wire: what they do, what is
// refused and why, and that asking again does nothing.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "common/base/limits.h"
#include "tests/process/daemons.h"
#include "tests/support/temporary_folder.h"

namespace comptoir::testing {
namespace {

using grpc::StatusCode;
using ShopStub = shop::v1::ShopService::Stub;
using CoopStub = coop::v1::CoopService::Stub;

class Goods : public ::testing::Test {
 protected:
  Goods() {
    hub_.Start();
    node_ = std::make_unique<Node>(hub_, folder_ / "node", "outremeuse", "outremeuse-1");
    node_->Start();
    hub_.Import({Product("carottes", retail::v1::UNIT_KILOGRAM, 195),
                 Product("miel", retail::v1::UNIT_PIECE, 800)});
    WaitUntilLevel(hub_, *node_);
  }
  ~Goods() override {
    node_->Stop();
    hub_.Stop();
  }

  std::string NextId() { return RequestId("goods", ++requests_); }
  shop::v1::RecordDeliveryResponse Deliver(const std::string& product, int64_t milli) {
    shop::v1::RecordDeliveryRequest request;
    request.set_request_id(NextId());
    request.set_producer("ferme-des-trois-chenes");
    request.add_lines()->set_product(product);
    request.mutable_lines(0)->set_quantity_milli(milli);
    return Get(node_->shop(), &ShopStub::RecordDelivery, request);
  }
  shop::v1::Receipt Sell(std::initializer_list<shop::v1::SaleLine> lines) {
    shop::v1::RecordSaleRequest request;
    request.set_request_id(NextId());
    for (const auto& line : lines) *request.add_lines() = line;
    request.add_payments()->set_method(retail::v1::PAYMENT_METHOD_CARD);
    return Get(node_->shop(), &ShopStub::RecordSale, request);
  }
  shop::v1::RecordReturnRequest ReturnOf(const std::string& number, const std::string& product,
                                         int64_t milli) {
    shop::v1::RecordReturnRequest request;
    request.set_request_id(NextId());
    request.set_number(number);
    request.add_lines()->set_product(product);
    if (milli != 0) request.mutable_lines(0)->set_quantity_milli(milli);
    request.add_payments()->set_method(retail::v1::PAYMENT_METHOD_CARD);
    return request;
  }
  shop::v1::VoidReceiptRequest VoidOf(const std::string& number) {
    shop::v1::VoidReceiptRequest request;
    request.set_request_id(NextId());
    request.set_number(number);
    return request;
  }
  shop::v1::RecordCountRequest CountOf(const std::string& product, int64_t milli) {
    shop::v1::RecordCountRequest request;
    request.set_request_id(NextId());
    request.add_lines()->set_product(product);
    request.mutable_lines(0)->set_quantity_milli(milli);
    return request;
  }
  shop::v1::CorrectRequest CorrectionOf(const std::string& name) {
    shop::v1::CorrectRequest request;
    request.set_request_id(NextId());
    request.set_name(name);
    request.set_reason("entered twice");
    return request;
  }
  int64_t Stock(const std::string& product) {
    shop::v1::ListStockRequest request;
    request.set_product(product);
    const auto stock = Get(node_->shop(), &ShopStub::ListStock, request);
    return stock.rows().empty() ? 0 : stock.rows(0).quantity_milli();
  }
  // Nothing is written, and the sentence says why.
  template <typename Request, typename Response>
  void ExpectRefused(grpc::Status (ShopStub::*method)(grpc::ClientContext*, const Request&,
                                                      Response*),
                     const Request& request, StatusCode code, const std::string& reason) {
    const uint64_t before = node_->GetStatus().entries();
    const auto answer = Ask(node_->shop(), method, request);
    EXPECT_EQ(answer.status.error_code(), code) << answer.status.error_message();
    EXPECT_EQ(answer.reason, reason) << answer.status.error_message();
    EXPECT_FALSE(answer.status.error_message().empty());
    EXPECT_EQ(node_->GetStatus().entries(), before);
  }
  // Asked again, after a kill too, the answer is the same and nothing is written.
  template <typename Request, typename Response>
  Response GetTwice(grpc::Status (ShopStub::*method)(grpc::ClientContext*, const Request&,
                                                     Response*),
                    const Request& request) {
    const Response first = Get(node_->shop(), method, request);
    const uint64_t entries = node_->GetStatus().entries();
    node_->Kill();
    node_->Start();
    EXPECT_EQ(Get(node_->shop(), method, request).SerializeAsString(), first.SerializeAsString());
    EXPECT_EQ(node_->GetStatus().entries(), entries);
    return first;
  }

  TemporaryFolder folder_;
  Hub hub_{folder_ / "hub"};
  std::unique_ptr<Node> node_;
  uint32_t requests_ = 0;
};

TEST_F(Goods, AReturnGivesBackWhatWasPaidAndNoMore) {
  Deliver("carottes", 40'000);
  const auto sale = Sell({Line("carottes", 1'250), Line("miel", 2'000)});
  const auto first = GetTwice(&ShopStub::RecordReturn, ReturnOf(sale.number(), "carottes", 500));
  EXPECT_EQ(first.kind(), shop::v1::RECEIPT_KIND_RETURN);
  EXPECT_EQ(first.refers_to(), sale.number());
  ASSERT_EQ(first.lines_size(), 1);
  EXPECT_EQ(first.lines(0).quantity_milli(), -500);
  EXPECT_EQ(first.total_cents(), -98);
  EXPECT_EQ(first.payments(0).amount_cents(), -98);
  EXPECT_EQ(Stock("carottes"), 39'250);
  // The rest: together they come to what the line cost, 2.44.
  const auto rest =
      Get(node_->shop(), &ShopStub::RecordReturn, ReturnOf(sale.number(), "carottes", 0));
  EXPECT_EQ(rest.lines(0).quantity_milli(), -750);
  EXPECT_EQ(rest.total_cents(), -146);
  EXPECT_EQ(Stock("carottes"), 40'000);

  ExpectRefused(&ShopStub::RecordReturn, ReturnOf(sale.number(), "carottes", 1),
                StatusCode::FAILED_PRECONDITION, "NOTHING_LEFT");
  ExpectRefused(&ShopStub::RecordReturn, ReturnOf(sale.number(), "miel", 2'001),
                StatusCode::FAILED_PRECONDITION, "RETURNED_TOO_MUCH");
  ExpectRefused(&ShopStub::RecordReturn, ReturnOf(sale.number(), "pain-gris", 1'000),
                StatusCode::NOT_FOUND, "NOT_ON_RECEIPT");
  ExpectRefused(&ShopStub::RecordReturn, ReturnOf(sale.number(), "miel", -1),
                StatusCode::INVALID_ARGUMENT, "BAD_QUANTITY");
  ExpectRefused(&ShopStub::RecordReturn, ReturnOf(first.number(), "carottes", 1),
                StatusCode::FAILED_PRECONDITION, "NOT_A_SALE");
  ExpectRefused(&ShopStub::RecordReturn, ReturnOf("outremeuse-261123-zzzzzz-0001", "miel", 1'000),
                StatusCode::NOT_FOUND, "UNKNOWN_RECEIPT");
  ExpectRefused(&ShopStub::RecordReturn, ReturnOf("ticket", "miel", 1'000),
                StatusCode::INVALID_ARGUMENT, "BAD_RECEIPT_NUMBER");
  auto wrongly_paid = ReturnOf(sale.number(), "miel", 1'000);
  wrongly_paid.mutable_payments(0)->set_amount_cents(900);
  ExpectRefused(&ShopStub::RecordReturn, wrongly_paid, StatusCode::INVALID_ARGUMENT, "BAD_PAYMENT");

  // What cannot be sold again never reaches the shelf.
  const int64_t shelf = Stock("miel");
  auto broken = ReturnOf(sale.number(), "miel", 1'000);
  broken.mutable_lines(0)->set_wasted(retail::v1::WASTE_REASON_DAMAGED);
  Get(node_->shop(), &ShopStub::RecordReturn, broken);
  EXPECT_EQ(Stock("miel"), shelf);

  const auto sales = Get(node_->shop(), &ShopStub::ListSales, {});
  ASSERT_EQ(sales.rows_size(), 1);
  EXPECT_EQ(sales.rows(0).receipts(), 1);
  EXPECT_EQ(sales.rows(0).refunds(), 3);
  EXPECT_EQ(sales.rows(0).total_cents(), 800);
  WaitUntilLevel(hub_, *node_);
  ExpectVerified(hub_.admin());
  ExpectVerified(node_->admin());
}

TEST_F(Goods, AVoidTakesBackAllThatIsLeftOnce) {
  const auto sale = Sell({Line("carottes", 1'250), Line("miel", 2'000)});
  Get(node_->shop(), &ShopStub::RecordReturn, ReturnOf(sale.number(), "miel", 500));
  const auto voided = GetTwice(&ShopStub::VoidReceipt, VoidOf(sale.number()));
  EXPECT_EQ(voided.kind(), shop::v1::RECEIPT_KIND_VOID);
  EXPECT_EQ(voided.lines_size(), 2);
  EXPECT_EQ(voided.total_cents(), -(244 + 1'200));
  EXPECT_EQ(voided.payments(0).method(), retail::v1::PAYMENT_METHOD_CARD);
  EXPECT_EQ(Stock("miel"), 0);
  ExpectRefused(&ShopStub::VoidReceipt, VoidOf(sale.number()), StatusCode::FAILED_PRECONDITION,
                "NOTHING_LEFT");
  ExpectRefused(&ShopStub::VoidReceipt, VoidOf(voided.number()), StatusCode::FAILED_PRECONDITION,
                "NOT_A_SALE");
  EXPECT_EQ(Get(node_->shop(), &ShopStub::ListDiscrepancies, {}).discrepancies_size(), 0);

  // Paid in two ways, it goes back in the same two, rounding and all.
  shop::v1::RecordSaleRequest request;
  request.set_request_id(NextId());
  *request.add_lines() = Line("carottes", 1'250);
  request.add_payments()->set_method(retail::v1::PAYMENT_METHOD_VOUCHER);
  request.mutable_payments(0)->set_amount_cents(100);
  request.add_payments()->set_method(retail::v1::PAYMENT_METHOD_CASH);
  const auto cash_sale = Get(node_->shop(), &ShopStub::RecordSale, request);
  const auto back = Get(node_->shop(), &ShopStub::VoidReceipt, VoidOf(cash_sale.number()));
  ASSERT_EQ(back.payments_size(), 2);
  EXPECT_EQ(back.payments(0).amount_cents(), -100);
  EXPECT_EQ(back.payments(1).amount_cents(), -cash_sale.payments(1).amount_cents());
  EXPECT_EQ(back.cash_rounding_cents(), -cash_sale.cash_rounding_cents());
}

TEST_F(Goods, ACountIsAnObservation) {
  Deliver("carottes", 40'000);
  Sell({Line("carottes", 1'250)});
  const auto counted = GetTwice(&ShopStub::RecordCount, CountOf("carottes", 38'000));
  ASSERT_EQ(counted.lines_size(), 1);
  EXPECT_EQ(counted.lines(0).expected_milli(), 38'750);
  EXPECT_EQ(counted.lines(0).counted_milli(), 38'000);
  EXPECT_EQ(Stock("carottes"), 38'000);
  Sell({Line("carottes", 1'000)});
  EXPECT_EQ(Stock("carottes"), 37'000);
  Get(node_->shop(), &ShopStub::RecordCount, CountOf("carottes", 0));
  EXPECT_EQ(Stock("carottes"), 0);

  shop::v1::RecordCountRequest nothing;
  nothing.set_request_id(NextId());
  ExpectRefused(&ShopStub::RecordCount, nothing, StatusCode::INVALID_ARGUMENT, "BAD_LINES");
  auto unsaid = CountOf("carottes", 0);
  unsaid.mutable_lines(0)->clear_quantity_milli();
  ExpectRefused(&ShopStub::RecordCount, unsaid, StatusCode::INVALID_ARGUMENT, "BAD_QUANTITY");
  ExpectRefused(&ShopStub::RecordCount, CountOf("carottes", -1), StatusCode::INVALID_ARGUMENT,
                "BAD_QUANTITY");
  ExpectRefused(&ShopStub::RecordCount, CountOf("carottes", kQuantityMilliMax + 1),
                StatusCode::INVALID_ARGUMENT, "BAD_QUANTITY");
  ExpectRefused(&ShopStub::RecordCount, CountOf("licorne", 1'000), StatusCode::NOT_FOUND,
                "UNKNOWN_PRODUCT");
  auto twice = CountOf("carottes", 1'000);
  *twice.add_lines() = twice.lines(0);
  ExpectRefused(&ShopStub::RecordCount, twice, StatusCode::INVALID_ARGUMENT, "NAMED_TWICE");
  WaitUntilLevel(hub_, *node_);
  ExpectVerified(hub_.admin());
  const auto inventory = Get(hub_.coop(), &CoopStub::ListInventory, {});
  for (const auto& row : inventory.rows()) {
    if (row.product() == "carottes") {
      EXPECT_EQ(row.total_milli(), 0);
    }
  }
}

// The journal of the run before has no follower yet: only what the count names of it
// says, whatever any clock reads, that its sales were seen.
TEST_F(Goods, ACountAfterARestartNamesWhatWasSoldBefore) {
  Deliver("carottes", 40'000);
  const auto sale = Sell({Line("carottes", 1'250)});
  node_->Kill();
  node_->Start();
  Get(node_->shop(), &ShopStub::RecordCount, CountOf("carottes", 30'000));
  EXPECT_EQ(Stock("carottes"), 30'000);
  grpc::ClientContext context;
  const auto stream = node_->admin().WatchFacts(&context, {});
  admin::v1::WatchFactsResponse message;
  while (stream->Read(&message) && !message.fact().has_counted()) {
    ASSERT_FALSE(message.level()) << "the count is not among the facts";
  }
  uint64_t seen = 0;
  for (const auto& head : message.fact().counted().heads()) {
    if (head.journal() == sale.reference().journal()) seen = head.sequence();
  }
  EXPECT_EQ(seen, sale.reference().sequence());
  context.TryCancel();
  stream->Finish();
}

TEST_F(Goods, ACorrectionUndoesWhatItNames) {
  const auto delivery = Deliver("carottes", 400'000);
  EXPECT_EQ(Stock("carottes"), 400'000);
  const auto corrected = GetTwice(&ShopStub::Correct, CorrectionOf(delivery.name()));
  EXPECT_EQ(corrected.undone().name(), delivery.name());
  EXPECT_EQ(corrected.undone().kind(), retail::v1::FACT_KIND_GOODS_RECEIVED);
  EXPECT_EQ(Stock("carottes"), 0);
  ExpectRefused(&ShopStub::Correct, CorrectionOf(delivery.name()), StatusCode::FAILED_PRECONDITION,
                "ALREADY_CORRECTED");

  shop::v1::RecordWasteRequest waste;
  waste.set_request_id(NextId());
  waste.set_reason(retail::v1::WASTE_REASON_EXPIRED);
  waste.add_lines()->set_product("miel");
  waste.mutable_lines(0)->set_quantity_milli(3'000);
  const auto wasted = GetTwice(&ShopStub::RecordWaste, waste);
  EXPECT_EQ(Stock("miel"), -3'000);
  Get(node_->shop(), &ShopStub::Correct, CorrectionOf(wasted.name()));
  EXPECT_EQ(Stock("miel"), 0);

  const auto sale = Sell({Line("miel", 1'000)});
  const std::string of_sale = sale.number().substr(0, sale.number().rfind('-')) + "/" +
                              std::to_string(sale.reference().sequence());
  ExpectRefused(&ShopStub::Correct, CorrectionOf(of_sale), StatusCode::FAILED_PRECONDITION,
                "NOT_CORRECTABLE");
  ExpectRefused(&ShopStub::Correct, CorrectionOf("herstal-261123-k7qm2w/2"),
                StatusCode::INVALID_ARGUMENT, "OTHER_SHOP");
  ExpectRefused(&ShopStub::Correct, CorrectionOf("outremeuse-261123-zzzzzz/2"),
                StatusCode::NOT_FOUND, "UNKNOWN_FACT");
  ExpectRefused(&ShopStub::Correct,
                CorrectionOf(delivery.name().substr(0, delivery.name().find('/')) + "/999"),
                StatusCode::NOT_FOUND, "UNKNOWN_FACT");
  ExpectRefused(&ShopStub::Correct, CorrectionOf("hier"), StatusCode::INVALID_ARGUMENT,
                "BAD_REFERENCE");
  auto without_reason = CorrectionOf(wasted.name());
  without_reason.clear_reason();
  ExpectRefused(&ShopStub::Correct, without_reason, StatusCode::FAILED_PRECONDITION,
                "ALREADY_CORRECTED");

  const auto movements = Get(node_->shop(), &ShopStub::ListMovements, {});
  ASSERT_EQ(movements.movements_size(), 4);
  int undone = 0;
  for (const auto& movement : movements.movements()) undone += movement.undone() ? 1 : 0;
  EXPECT_EQ(undone, 2);
  WaitUntilLevel(hub_, *node_);
  shop::v1::ListMovementsRequest at_hub;
  at_hub.set_shop("outremeuse");
  EXPECT_EQ(Get(hub_.coop(), &CoopStub::ListMovements, at_hub).movements_size(), 4);
  ExpectVerified(hub_.admin());
}

}  // namespace
}  // namespace comptoir::testing
