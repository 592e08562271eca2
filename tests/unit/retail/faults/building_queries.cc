// What facts are built from requests with.
#include "absl/status/statusor.h"
#include "common/retail/catalogue/edit.h"
#include "common/retail/catalogue/import.h"
#include "common/retail/corrections/build.h"
#include "common/retail/counts/build.h"
#include "common/retail/deliveries/build.h"
#include "common/retail/deliveries/import.h"
#include "common/retail/recalls/build.h"
#include "common/retail/returns/build.h"
#include "common/retail/sales/build.h"
#include "common/retail/tables.h"
#include "common/retail/transfers/build.h"
#include "common/retail/transfers/id.h"
#include "common/retail/waste/build.h"
#include "tests/unit/retail/faults/queries.h"
#include "tests/unit/retail/faults/rich_history.h"

namespace comptoir::retail::faults {
namespace {

using store::Snapshot;
using testing::kMondayDay;

constexpr Day kBuildDay{kMondayDay};
constexpr absl::StatusCode kWell = absl::StatusCode::kOk;

// Recalls that are damaged stop nothing.
std::set<store::TableId> Recalls() { return {kRecalls, kRecallAnswers}; }

// ---- the catalogue ----

absl::Status EditProduct(const Snapshot& s, const std::string& product) {
  shop::v1::EditProductRequest request;
  request.set_product(product);
  request.mutable_name()->set_value("Another name");
  request.mutable_unit()->set_value(v1::UNIT_KILOGRAM);
  request.mutable_producer()->set_value("moulin");
  request.mutable_gtin()->set_value("5400141001815");
  request.mutable_need()->set_value("drinks");
  request.mutable_vat()->set_value(1'200);
  return BuildProductEdit(s, request, kBuildDay).status();
}

absl::Status EditProducer(const Snapshot& s) {
  shop::v1::EditProducerRequest request;
  request.set_producer("ferme");
  request.mutable_name()->set_value("Ferme");
  request.mutable_place()->set_value("Dison");
  return BuildProducerEdit(s, request).status();
}

absl::Status EditShop(const Snapshot& s) {
  shop::v1::EditShopRequest request;
  request.set_shop(kOtherShop);
  request.mutable_name()->set_value("Herstal centre");
  request.mutable_place()->set_value("Herstal");
  return BuildShopEdit(s, request).status();
}

absl::Status SetPrice(const Snapshot& s, const std::string& shop) {
  shop::v1::SetPriceRequest request;
  request.set_product("pain");
  request.set_shop(shop);
  request.set_first_day(kMondayDay - 5);
  request.mutable_price()->set_value(280);
  return BuildPriceSet(s, request, kBuildDay).status();
}

absl::Status ImportProducts(const Snapshot& s) {
  coop::v1::ImportProductsRequest request;
  for (const char* product : {"lait", "pain", "sel"}) {
    coop::v1::ProductSpec* spec = request.add_products();
    spec->set_product(product);
    spec->set_name("As imported");
    spec->set_unit(v1::UNIT_PIECE);
    spec->set_producer("ferme");
    spec->set_producer_name("As imported");
    spec->set_gtin(product == std::string("lait") ? "5400141001815" : "");
    spec->set_price_cents(199);
    spec->set_vat_basis_points(2'100);
  }
  return BuildCatalogueEdits(s, request, kBuildDay).status();
}

absl::Status ImportProducers(const Snapshot& s) {
  coop::v1::ImportProducersRequest request;
  for (const char* producer : {"ferme", "moulin", "new"}) {
    coop::v1::ProducerSpec* spec = request.add_producers();
    spec->set_producer(producer);
    spec->set_name("As imported");
    spec->set_place("Visé");
  }
  return BuildProducerEdits(s, request).status();
}

std::vector<Query> CatalogueBuilds() {
  return {
      {"edit a product", [](const Snapshot& s) { return EditProduct(s, "lait"); }},
      {"add a product", [](const Snapshot& s) { return EditProduct(s, "sel"); }},
      {"edit a producer", EditProducer},
      {"edit a shop", EditShop},
      {"set a price", [](const Snapshot& s) { return SetPrice(s, ""); }},
      {"set a shop's price", [](const Snapshot& s) { return SetPrice(s, kOurShop); }},
      {"import products", ImportProducts},
      {"import producers", ImportProducers},
  };
}

// ---- goods ----

absl::Status Sell(const Snapshot& s, const std::string& product, int64_t milli,
                  const std::string& lot) {
  shop::v1::RecordSaleRequest request;
  shop::v1::SaleLine* line = request.add_lines();
  line->set_product(product);
  line->set_quantity_milli(milli);
  line->set_lot(lot);
  return BuildSold(s, kOurShop, kBuildDay, request).status();
}

absl::Status Deliver(const Snapshot& s) {
  shop::v1::RecordDeliveryRequest request;
  request.set_producer("ferme");
  for (const char* product : {"lait", "pain"}) {
    shop::v1::DeliveryLine* line = request.add_lines();
    line->set_product(product);
    line->set_quantity_milli(2'000);
    line->set_lot("M1");
    line->set_use_by_day(kMondayDay + 9);
  }
  const auto received = BuildGoodsReceived(s, request);
  return received.ok() ? OtherDaysOf(s, kOurShop, *received).status() : received.status();
}

absl::Status ImportStock(const Snapshot& s) {
  shop::v1::ImportStockRequest request;
  for (const char* producer : {"ferme", "", "unheard-of"}) {
    shop::v1::StockLine* line = request.add_lines();
    line->set_product("pain");
    line->set_quantity_milli(2'000);
    line->set_producer(producer);
  }
  return BuildStockImport(s, request).status();
}

absl::Status ThrowAway(const Snapshot& s, const std::string& lot, v1::WasteReason reason) {
  shop::v1::RecordWasteRequest request;
  request.set_reason(reason);
  for (const char* product : {"pain", "lait"}) {
    shop::v1::WasteLine* line = request.add_lines();
    line->set_product(product);
    line->set_quantity_milli(7'000);
    line->set_lot(lot);
  }
  return BuildWasted(s, kOurShop, request).status();
}

absl::Status Count(const Snapshot& s, std::optional<std::string> lot, const CountClock& clock) {
  shop::v1::RecordCountRequest request;
  for (const char* product : {"pain", "lait"}) {
    shop::v1::CountLine* line = request.add_lines();
    line->set_product(product);
    line->set_quantity_milli(7'000);
    if (lot.has_value()) line->set_lot(*lot);
  }
  const std::vector<HeldJournal> journals = {
      {JournalId(101), Sequence(4), testing::kMondayMs, /*open=*/true},
      {JournalId(102), Sequence(2), testing::kMondayMs, /*open=*/false}};
  const auto counted = BuildCounted(s, kOurShop, journals, clock, request);
  return counted.ok() ? DescribeCounted(s, *counted).status() : counted.status();
}

std::vector<Query> GoodsBuilds() {
  const CountClock sound{testing::kMondayMs + 3 * 86'400'000, false};
  return {
      {"sell what the shelf has", [](const Snapshot& s) { return Sell(s, "pain", 9'000, ""); },
       kWell, Recalls()},
      // What is past its use-by day is noted where that can be read.
      {"sell a lot",
       [](const Snapshot& s) { return Sell(s, "pain", 1'000, "P0"); },
       kWell,
       Recalls(),
       {kLots}},
      {"sell what may be of a recalled lot",
       [](const Snapshot& s) { return Sell(s, "lait", 9'000, ""); },
       absl::StatusCode::kFailedPrecondition, Recalls()},
      {"sell what is recalled", [](const Snapshot& s) { return Sell(s, "carottes", 1'000, ""); },
       absl::StatusCode::kFailedPrecondition, Recalls()},
      {"deliver", Deliver},
      {"import stock", ImportStock},
      {"throw away", [](const Snapshot& s) { return ThrowAway(s, "", v1::WASTE_REASON_DAMAGED); },
       kWell, Recalls()},
      {"throw away what is recalled",
       [](const Snapshot& s) { return ThrowAway(s, "", v1::WASTE_REASON_RECALLED); }, kWell,
       Recalls()},
      {"throw away a lot",
       [](const Snapshot& s) { return ThrowAway(s, "P2", v1::WASTE_REASON_DAMAGED); }, kWell,
       Recalls()},
      // A count is as good without knowing what is recalled.
      {"count",
       [=](const Snapshot& s) { return Count(s, std::nullopt, sound); },
       kWell,
       {},
       {kEdits, kRecalls, kRecallAnswers, kLots}},
      {"count a lot",
       [=](const Snapshot& s) { return Count(s, "P1", sound); },
       kWell,
       {},
       {kEdits, kRecalls, kRecallAnswers}},
      {"count by a clock in doubt",
       [](const Snapshot& s) {
         return Count(s, "P1", {testing::kMondayMs, true});
       },
       kWell,
       {},
       {kEdits, kRecalls, kRecallAnswers}},
  };
}

// ---- what names facts ----

// Of the history: the first of this kind and request.
absl::Status WithFact(v1::FactKind kind, std::string_view request_id,
                      const std::function<absl::Status(const Fact&)>& use) {
  for (const Fact& fact : RichFacts()) {
    if (fact.kind == kind && fact.request_id == request_id) return use(fact);
  }
  return absl::NotFoundError("the history has no such fact");
}

absl::Status GiveBack(const Snapshot& s) {
  shop::v1::RecordReturnRequest request;
  request.add_lines()->set_product("pain");
  return WithFact(v1::FACT_KIND_SOLD, "a-sale-of-bread.", [&](const Fact& sale) {
    return BuildReturned(s, {sale, kRichSale}, request).status();
  });
}

absl::Status Void(const Snapshot& s) {
  return WithFact(v1::FACT_KIND_SOLD, "a-sale-of-bread.", [&](const Fact& sale) {
    return BuildVoided(s, {sale, kRichSale}, {}).status();
  });
}

absl::Status Correct(const Snapshot& s) {
  shop::v1::CorrectRequest request;
  request.set_name("outremeuse-261123-k7qm2x/3");
  request.set_reason("typed twice");
  return WithFact(v1::FACT_KIND_GOODS_RECEIVED, "",
                  [&](const Fact& fact) { return BuildCorrected(s, fact, request).status(); });
}

absl::Status Send(const Snapshot& s, const std::string& lot) {
  shop::v1::SendTransferRequest request;
  request.set_request_id("0123456789abcdef");
  request.set_to(kOtherShop);
  shop::v1::TransferGoods* goods = request.add_lines();
  goods->set_product("pain");
  goods->set_quantity_milli(9'000);
  goods->set_lot(lot);
  return BuildTransferSent(s, kOurShop, kBuildDay, request, 1).status();
}

template <typename Request>
Request Arriving(const std::string& transfer, bool by_line) {
  Request request;
  request.set_transfer(transfer);
  if (by_line) request.add_lines()->set_product("pain");
  return request;
}

absl::Status ReceiveUnannounced(const Snapshot& s) {
  auto request = Arriving<shop::v1::ReceiveTransferRequest>(
      MakeTransferId(kOtherShop, "not-announced...", 1), true);
  request.mutable_lines(0)->set_quantity_milli(1'000);
  return BuildTransferReceived(s, kOurShop, request).status();
}

absl::Status Settle(const Snapshot& s, bool by_line) {
  auto request = Arriving<shop::v1::SettleTransferRequest>(TransferOnItsWay(), by_line);
  request.set_reason(v1::WASTE_REASON_THEFT);
  return BuildTransferSettled(s, kOtherShop, request).status();
}

std::vector<Query> NamingBuilds() {
  return {
      {"give back", GiveBack, kWell, Recalls()},
      {"void", Void},
      {"correct", Correct},
      {"send", [](const Snapshot& s) { return Send(s, ""); }},
      {"send a lot", [](const Snapshot& s) { return Send(s, "P2"); }},
      {"receive all",
       [](const Snapshot& s) {
         return BuildTransferReceived(
                    s, kOurShop,
                    Arriving<shop::v1::ReceiveTransferRequest>(TransferAwaited(), false))
             .status();
       }},
      {"receive a product",
       [](const Snapshot& s) {
         return BuildTransferReceived(
                    s, kOurShop,
                    Arriving<shop::v1::ReceiveTransferRequest>(TransferAwaited(), true))
             .status();
       }},
      {"receive what was not announced", ReceiveUnannounced},
      {"settle", [](const Snapshot& s) { return Settle(s, false); }},
      {"settle a product", [](const Snapshot& s) { return Settle(s, true); }},
  };
}

absl::Status Recall(const Snapshot& s, const std::string& product) {
  shop::v1::AddRecallRequest request;
  request.set_request_id("0123456789abcdef");
  request.set_product(product);
  request.set_reason("glass");
  return BuildRecalled(s, "", request).status();
}

absl::Status Lift(const Snapshot& s) {
  shop::v1::LiftRecallsRequest request;
  request.set_reason("nothing was found");
  for (const char* code : {"k7qm2y", "k7qm2v"}) request.add_codes(code);
  return BuildRecallLifted(s, request).status();
}

absl::Status Confirm(const Snapshot& s) {
  shop::v1::ConfirmRecallRequest request;
  request.set_code("k7qm2z");
  request.set_staff("marie");
  for (const char* product : {"lait", "pain"}) request.add_found()->set_product(product);
  return BuildRecallConfirmed(s, request).status();
}

std::vector<Query> RecallBuilds() {
  return {
      {"recall", [](const Snapshot& s) { return Recall(s, "pain"); }},
      {"recall what is unknown", [](const Snapshot& s) { return Recall(s, "sel"); },
       absl::StatusCode::kNotFound},
      {"lift", Lift},
      {"confirm", Confirm},
  };
}

}  // namespace

std::vector<Query> BuildingQueries() {
  std::vector<Query> queries = CatalogueBuilds();
  for (auto* const some : {&GoodsBuilds, &NamingBuilds, &RecallBuilds}) {
    for (Query& query : some()) queries.push_back(std::move(query));
  }
  return queries;
}

}  // namespace comptoir::retail::faults
