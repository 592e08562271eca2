// What the services refuse, over the wire: each with its own status, reason and
// sentence, and nothing written. And what they answer to a request that comes
// again (R11).
#include <gtest/gtest.h>

#include "common/base/limits.h"
#include "comptoir/sync/v1/sync.grpc.pb.h"
#include "tests/process/daemons.h"
#include "tests/process/hand_made_journal.h"
#include "tests/process/oracle.h"

namespace comptoir::testing {
namespace {

using CoopStub = coop::v1::CoopService::Stub;
using ShopStub = shop::v1::ShopService::Stub;
using AdminStub = admin::v1::AdminService::Stub;
using grpc::StatusCode;

shop::v1::RecordSaleRequest SaleOf(const shop::v1::SaleLine& line, uint32_t number = 1) {
  shop::v1::RecordSaleRequest request;
  request.set_request_id(RequestId("requests", number));
  *request.add_lines() = line;
  return request;
}

class Requests : public ::testing::Test {
 protected:
  Requests() {
    hub_.Start();
    node_ = std::make_unique<Node>(hub_, folder_ / "node", "outremeuse", "outremeuse-1");
    node_->Start();
    hub_.Import({Product("carottes", retail::v1::UNIT_KILOGRAM, 240),
                 Product("miel", retail::v1::UNIT_PIECE, 800)});
    WaitUntilLevel(hub_, *node_);
  }
  ~Requests() override {
    node_->Stop();
    hub_.Stop();
  }

  void ExpectRefused(const shop::v1::RecordSaleRequest& request, StatusCode code,
                     const std::string& reason) {
    const uint64_t before = node_->GetStatus().entries();
    const auto unary = Ask(node_->shop(), &ShopStub::RecordSale, request);
    EXPECT_EQ(unary.status.error_code(), code) << unary.status.error_message();
    EXPECT_EQ(unary.reason, reason) << unary.status.error_message();
    EXPECT_FALSE(unary.status.error_message().empty());
    // The same over the till's stream, which goes on.
    grpc::ClientContext context;
    const auto stream = node_->shop().Till(&context);
    stream->Write(request);
    shop::v1::TillAnswer answer;
    ASSERT_TRUE(stream->Read(&answer));
    EXPECT_EQ(answer.refusal().code(), code) << answer.ShortDebugString();
    EXPECT_EQ(answer.refusal().reason(), reason) << answer.ShortDebugString();
    EXPECT_EQ(answer.refusal().message(), unary.status.error_message());
    EXPECT_EQ(node_->GetStatus().entries(), before);
    stream->Write(SaleOf(Line("miel", 1000), ++good_));
    ASSERT_TRUE(stream->Read(&answer));
    EXPECT_TRUE(answer.has_recorded()) << answer.ShortDebugString();
    stream->WritesDone();
    EXPECT_TRUE(stream->Finish().ok());
  }
  void ExpectRefused(const shop::v1::RecordDeliveryRequest& request, StatusCode code,
                     const std::string& reason) {
    const uint64_t before = node_->GetStatus().entries();
    const auto answer = Ask(node_->shop(), &ShopStub::RecordDelivery, request);
    EXPECT_EQ(answer.status.error_code(), code) << answer.status.error_message();
    EXPECT_EQ(answer.reason, reason) << answer.status.error_message();
    EXPECT_EQ(node_->GetStatus().entries(), before);
  }
  void ExpectRefused(const coop::v1::ProductSpec& product, const std::string& reason) {
    const uint64_t before = hub_.GetStatus().entries();
    coop::v1::ImportProductsRequest request;
    request.set_request_id(RequestId("refused", 1));
    *request.add_products() = Product("bon", retail::v1::UNIT_PIECE, 100);
    *request.add_products() = product;
    const auto answer = Ask(hub_.coop(), &CoopStub::ImportProducts, request);
    EXPECT_EQ(answer.status.error_code(), StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(answer.reason, reason) << answer.status.error_message();
    // Which line, and all or nothing.
    EXPECT_NE(answer.status.error_message().find("line 2"), std::string::npos)
        << answer.status.error_message();
    EXPECT_EQ(hub_.GetStatus().entries(), before);
  }

  TemporaryFolder folder_;
  Hub hub_{folder_ / "hub"};
  std::unique_ptr<Node> node_;
  uint32_t good_ = 1'000;
};

// ---- refused ----

TEST_F(Requests, SalesThatCannotBe) {
  ExpectRefused(SaleOf(Line("licorne", 1000)), StatusCode::NOT_FOUND, "UNKNOWN_PRODUCT");
  ExpectRefused(SaleOf(Line("Car Ottes!", 1000)), StatusCode::INVALID_ARGUMENT, "BAD_CODE");
  ExpectRefused(SaleOf(Line("carottes", 0)), StatusCode::INVALID_ARGUMENT, "BAD_QUANTITY");
  ExpectRefused(SaleOf(Line("carottes", -1)), StatusCode::INVALID_ARGUMENT, "BAD_QUANTITY");
  ExpectRefused(SaleOf(Line("carottes", kQuantityMilliMax + 1)), StatusCode::INVALID_ARGUMENT,
                "BAD_QUANTITY");
  shop::v1::SaleLine priced = Line("carottes", 1000);
  priced.set_unit_price_cents(-1);
  ExpectRefused(SaleOf(priced), StatusCode::INVALID_ARGUMENT, "BAD_PRICE");
  priced.set_unit_price_cents(kMoneyCentsMax + 1);
  ExpectRefused(SaleOf(priced), StatusCode::INVALID_ARGUMENT, "BAD_PRICE");
  priced.set_unit_price_cents(kMoneyCentsMax);
  priced.set_quantity_milli(2000);
  ExpectRefused(SaleOf(priced), StatusCode::INVALID_ARGUMENT, "TOTAL_TOO_LARGE");
  shop::v1::RecordSaleRequest empty = SaleOf(Line("carottes", 1000));
  empty.clear_lines();
  ExpectRefused(empty, StatusCode::INVALID_ARGUMENT, "BAD_LINES");
  shop::v1::RecordSaleRequest paid = SaleOf(Line("miel", 1000));
  paid.add_payments()->set_method(retail::v1::PAYMENT_METHOD_CARD);
  paid.mutable_payments(0)->set_amount_cents(1);
  ExpectRefused(paid, StatusCode::INVALID_ARGUMENT, "BAD_PAYMENT");
  shop::v1::RecordSaleRequest nameless = SaleOf(Line("miel", 1000));
  nameless.set_request_id("short");
  ExpectRefused(nameless, StatusCode::INVALID_ARGUMENT, "");
}

TEST_F(Requests, DeliveriesThatCannotBe) {
  shop::v1::RecordDeliveryRequest good;
  good.set_request_id(RequestId("requests", 1));
  good.set_producer("ferme-des-trois-chenes");
  good.add_lines()->set_product("carottes");
  good.mutable_lines(0)->set_quantity_milli(1000);

  shop::v1::RecordDeliveryRequest bad = good;
  bad.mutable_lines(0)->set_product("licorne");
  ExpectRefused(bad, StatusCode::NOT_FOUND, "UNKNOWN_PRODUCT");
  for (const int64_t milli : {int64_t{0}, int64_t{-5}, kQuantityMilliMax + 1}) {
    bad = good;
    bad.mutable_lines(0)->set_quantity_milli(milli);
    ExpectRefused(bad, StatusCode::INVALID_ARGUMENT, "BAD_QUANTITY");
  }
  bad = good;
  bad.set_producer("Ferme du Bois");
  ExpectRefused(bad, StatusCode::INVALID_ARGUMENT, "BAD_CODE");
  bad = good;
  bad.mutable_lines(0)->set_unit_cost_cents(-1);
  ExpectRefused(bad, StatusCode::INVALID_ARGUMENT, "BAD_PRICE");
  bad = good;
  bad.clear_lines();
  ExpectRefused(bad, StatusCode::INVALID_ARGUMENT, "BAD_LINES");
  EXPECT_TRUE(Ask(node_->shop(), &ShopStub::RecordDelivery, good).status.ok());
}

TEST_F(Requests, ProductsThatCannotBe) {
  coop::v1::ProductSpec product = Product("Poires", retail::v1::UNIT_PIECE, 100);
  ExpectRefused(product, "BAD_CODE");
  product.set_product("poires");
  product.set_unit(retail::v1::UNIT_UNSPECIFIED);
  ExpectRefused(product, "NO_UNIT");
  product.set_unit(retail::v1::UNIT_PIECE);
  product.set_price_cents(-1);
  ExpectRefused(product, "BAD_PRICE");
  product.set_price_cents(100);
  product.set_vat_basis_points(10'001);
  ExpectRefused(product, "BAD_VAT");
  product.set_vat_basis_points(600);
  product.set_gtin("5400000000001");
  ExpectRefused(product, "BAD_GTIN");
}

TEST_F(Requests, QuestionsThatCannotBe) {
  shop::v1::GetReceiptRequest receipt;
  receipt.set_number("not a number");
  EXPECT_EQ(Ask(node_->shop(), &ShopStub::GetReceipt, receipt).status.error_code(),
            StatusCode::INVALID_ARGUMENT);
  receipt.set_number("outremeuse-261123-k7qm2w-0412");
  EXPECT_EQ(Ask(node_->shop(), &ShopStub::GetReceipt, receipt).status.error_code(),
            StatusCode::NOT_FOUND);
  EXPECT_EQ(Ask(hub_.coop(), &CoopStub::GetReceipt, receipt).status.error_code(),
            StatusCode::NOT_FOUND);
  shop::v1::ListStockRequest stock;
  stock.set_cursor("not of ours");
  const auto cursor = Ask(node_->shop(), &ShopStub::ListStock, stock);
  EXPECT_EQ(cursor.status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(cursor.reason, "BAD_CURSOR");
  stock.clear_cursor();
  stock.set_page_size(10'001);
  EXPECT_EQ(Ask(node_->shop(), &ShopStub::ListStock, stock).reason, "BAD_PAGE_SIZE");
  // Only the hub makes tokens.
  admin::v1::CreateTokenRequest token;
  token.set_shop("outremeuse");
  EXPECT_EQ(Ask(node_->admin(), &AdminStub::CreateToken, token).status.error_code(),
            StatusCode::FAILED_PRECONDITION);
}

// ---- who may ask the hub ----

TEST_F(Requests, ANodesCertificateIsNoOperators) {
  const auto channel =
      MutualTlsChannel(hub_.sync(), rpc::TlsFiles{IdentityOf(node_->data()).tls.authority_pem,
                                                  IdentityOf(node_->data()).tls.certificate_pem,
                                                  IdentityOf(node_->data()).tls.key_pem});
  const auto coop = coop::v1::CoopService::NewStub(channel);
  const auto admin = admin::v1::AdminService::NewStub(channel);
  const auto expect_denied = [](const grpc::Status& status) {
    EXPECT_EQ(status.error_code(), StatusCode::PERMISSION_DENIED);
    EXPECT_NE(status.error_message().find("operator.pem"), std::string::npos);
  };
  coop::v1::ImportProductsRequest import;
  import.set_request_id(RequestId("forbidden", 1));
  *import.add_products() = Product("poires", retail::v1::UNIT_PIECE, 100);
  expect_denied(Ask(*coop, &CoopStub::ImportProducts, import).status);
  expect_denied(Ask(*coop, &CoopStub::ListInventory, {}).status);
  expect_denied(Ask(*coop, &CoopStub::ListSales, {}).status);
  expect_denied(Ask(*coop, &CoopStub::ListReceipts, {}).status);
  expect_denied(Ask(*coop, &CoopStub::GetReceipt, {}).status);
  expect_denied(Ask(*coop, &CoopStub::ListProducts, {}).status);
  expect_denied(Ask(*coop, &CoopStub::ListShops, {}).status);
  admin::v1::CreateTokenRequest token;
  token.set_shop("outremeuse");
  expect_denied(Ask(*admin, &AdminStub::CreateToken, token).status);
  expect_denied(Ask(*admin, &AdminStub::GetStatus, {}).status);
  expect_denied(Ask(*admin, &AdminStub::ListHeads, {}).status);
  grpc::ClientContext context;
  const auto verify = admin->Verify(&context, admin::v1::VerifyRequest());
  admin::v1::VerifyProgress progress;
  EXPECT_FALSE(verify->Read(&progress));
  expect_denied(verify->Finish());
}

TEST_F(Requests, AnOperatorsCertificateDoesNotSync) {
  const auto stub = comptoir::sync::v1::SyncService::NewStub(
      MutualTlsChannel(hub_.sync(), hub_.operator_files()));
  grpc::ClientContext context;
  const auto stream = stub->Connect(&context);
  comptoir::sync::v1::Frame frame;
  EXPECT_FALSE(stream->Read(&frame));
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::PERMISSION_DENIED);
}

TEST_F(Requests, NobodyWithoutACertificateOfThisCoop) {
  Hub elsewhere(folder_ / "elsewhere", "Ailleurs");
  for (const auto& channel :
       {MutualTlsChannel(hub_.sync(), elsewhere.operator_files()), PlainChannel(hub_.sync())}) {
    const auto coop = coop::v1::CoopService::NewStub(channel);
    EXPECT_EQ(Ask(*coop, &CoopStub::ListShops, {}).status.error_code(), StatusCode::UNAVAILABLE);
  }
  // One authority trusted by mistake beside the right key: still no operator of ours.
  rpc::TlsFiles mixed = elsewhere.operator_files();
  mixed.authority = hub_.operator_files().authority;
  const auto coop = coop::v1::CoopService::NewStub(MutualTlsChannel(hub_.sync(), mixed));
  EXPECT_EQ(Ask(*coop, &CoopStub::ListShops, {}).status.error_code(), StatusCode::UNAVAILABLE);
}

// ---- asked again ----

TEST_F(Requests, ASaleAskedAgainIsTheSameSale) {
  const shop::v1::RecordSaleRequest request = SaleOf(Line("miel", 2000));
  const shop::v1::Receipt first = Get(node_->shop(), &ShopStub::RecordSale, request);
  EXPECT_EQ(first.total_cents(), 1'600);
  EXPECT_EQ(Get(node_->shop(), &ShopStub::RecordSale, request).SerializeAsString(),
            first.SerializeAsString());
  // Across restarts, a kill, and a change of price.
  hub_.Import({Product("miel", retail::v1::UNIT_PIECE, 900)});
  WaitUntilLevel(hub_, *node_);
  node_->Stop();
  node_->Start();
  EXPECT_EQ(Get(node_->shop(), &ShopStub::RecordSale, request).SerializeAsString(),
            first.SerializeAsString());
  node_->Kill();
  node_->Start();
  EXPECT_EQ(Get(node_->shop(), &ShopStub::RecordSale, request).SerializeAsString(),
            first.SerializeAsString());
  EXPECT_EQ(node_->GetStatus().receipts(), 1U);

  // Another request under its name is none.
  ExpectRefused(SaleOf(Line("miel", 3000)), StatusCode::INVALID_ARGUMENT, "");
  shop::v1::RecordSaleRequest unknown_by_now = SaleOf(Line("licorne", 1000));
  ExpectRefused(unknown_by_now, StatusCode::INVALID_ARGUMENT, "");
  shop::v1::RecordDeliveryRequest delivery;
  delivery.set_request_id(request.request_id());
  delivery.set_producer("ferme-des-trois-chenes");
  delivery.add_lines()->set_product("miel");
  delivery.mutable_lines(0)->set_quantity_milli(2000);
  ExpectRefused(delivery, StatusCode::INVALID_ARGUMENT, "");
}

TEST_F(Requests, ADeliveryAskedAgainIsTheSameDelivery) {
  shop::v1::RecordDeliveryRequest request;
  request.set_request_id(RequestId("delivered", 1));
  request.set_producer("ferme-des-trois-chenes");
  request.add_lines()->set_product("miel");
  request.mutable_lines(0)->set_quantity_milli(12'000);
  const auto first = Get(node_->shop(), &ShopStub::RecordDelivery, request);
  node_->Kill();
  node_->Start();
  const auto second = Get(node_->shop(), &ShopStub::RecordDelivery, request);
  EXPECT_EQ(second.reference().SerializeAsString(), first.reference().SerializeAsString());
  ASSERT_EQ(second.stock_size(), 1);
  EXPECT_EQ(second.stock(0).quantity_milli(), 12'000);
  request.mutable_lines(0)->set_quantity_milli(13'000);
  ExpectRefused(request, StatusCode::INVALID_ARGUMENT, "");
}

TEST_F(Requests, AnImportAskedAgainIsTheSameImport) {
  coop::v1::ImportProductsRequest request;
  request.set_request_id(RequestId("imported", 1));
  *request.add_products() = Product("poires", retail::v1::UNIT_KILOGRAM, 310);
  const auto first = Get(hub_.coop(), &CoopStub::ImportProducts, request);
  EXPECT_EQ(first.created(), 1U);
  EXPECT_FALSE(first.repeated());
  // The price changes, and then the first import is repeated by a client that
  // never heard its answer: it must not set the old price again.
  hub_.Import({Product("poires", retail::v1::UNIT_KILOGRAM, 290)});
  const uint64_t entries = hub_.GetStatus().entries();
  hub_.Kill();
  hub_.Start();
  const auto again = Get(hub_.coop(), &CoopStub::ImportProducts, request);
  EXPECT_TRUE(again.repeated());
  EXPECT_EQ(again.facts(), first.facts());
  EXPECT_EQ(hub_.GetStatus().entries(), entries);
  const auto products = Get(hub_.coop(), &CoopStub::ListProducts, {});
  for (const shop::v1::Product& product : products.products()) {
    if (product.product() == "poires") {
      EXPECT_EQ(product.price_cents(), 290);
    }
  }
  request.mutable_products(0)->set_price_cents(400);
  EXPECT_EQ(Ask(hub_.coop(), &CoopStub::ImportProducts, request).status.error_code(),
            StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace comptoir::testing
