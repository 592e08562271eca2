#include "tests/support/samples.h"

#include <array>
#include <utility>

#include "common/retail/transfers/id.h"
#include "comptoir/retail/v1/days.pb.h"
#include "comptoir/retail/v1/recalls.pb.h"
#include "comptoir/retail/v1/transfers.pb.h"

namespace comptoir::testing {
namespace {

using retail::JournalContext;
namespace facts = retail::v1;

JournalContext Journal(uint64_t id, journal::v1::Scope scope, std::string shop,
                       journal::Writer writer) {
  return {JournalId(id), scope, std::move(shop),
          "261123-k7qm2" + std::string(1, static_cast<char>('a' + id % 26)), std::move(writer)};
}

facts::NamedFact Named(size_t journal, uint64_t sequence, std::string_view request_id) {
  facts::NamedFact named;
  named.mutable_reference()->set_journal(SampleJournals()[journal].journal.value());
  named.mutable_reference()->set_sequence(sequence);
  named.set_request_id(std::string(request_id));
  return named;
}

void Name(facts::TextWrite* write, std::string_view value) { write->set_value(std::string(value)); }

facts::ProductEdited Product() {
  facts::ProductEdited edited;
  edited.set_product("carottes");
  Name(edited.mutable_name(), "Carottes");
  Name(edited.mutable_producer(), "moulin");
  Name(edited.mutable_gtin(), "4006381333931");
  Name(edited.mutable_need(), "racines");
  edited.mutable_unit()->set_value(facts::UNIT_KILOGRAM);
  edited.mutable_name()->add_replaces()->set_journal(1);
  edited.mutable_name()->mutable_replaces(0)->set_sequence(1);
  return edited;
}

facts::GoodsReceived Delivery() {
  facts::GoodsReceived received;
  received.set_producer("moulin");
  received.set_document("BL 12");
  facts::ReceivedLine* line = received.add_lines();
  line->set_product("carottes");
  line->set_unit(facts::UNIT_KILOGRAM);
  line->set_quantity_milli(12'500);
  line->set_expected_milli(12'000);
  line->set_lot("L47");
  line->set_use_by_day(kMondayDay + 6);
  line->set_unit_cost_cents(120);
  return received;
}

facts::Sold Sale() {
  facts::Sold sold;
  facts::SoldLine* line = sold.add_lines();
  line->set_product("carottes");
  line->set_unit(facts::UNIT_KILOGRAM);
  line->set_quantity_milli(1'250);
  line->set_unit_price_cents(240);
  line->set_vat_basis_points(600);
  line->set_lot("L47");
  line->set_discount_cents(30);
  facts::SoldLine* bottle = sold.add_lines();
  bottle->set_product("biere");
  bottle->set_unit(facts::UNIT_PIECE);
  bottle->set_unit_price_cents(0);
  bottle->set_deposit_cents(10);
  facts::Empties* empties = sold.add_empties();
  empties->set_product("biere");
  empties->set_pieces(12);
  empties->set_deposit_cents(10);
  sold.set_discount_cents(20);
  sold.add_payments()->set_method(facts::PAYMENT_METHOD_CASH);
  sold.set_till("caisse");
  sold.set_staff("ab");
  return sold;
}

facts::Returned Return() {
  facts::Returned returned;
  *returned.mutable_sale() = Named(1, 2, "0123456789abcdef");
  returned.set_sale_number("outremeuse-261123-k7qm2a-0001");
  facts::ReturnedLine* line = returned.add_lines();
  line->set_sale_line(1);
  line->set_product("carottes");
  line->set_unit(facts::UNIT_KILOGRAM);
  line->set_quantity_milli(500);
  line->set_sold_milli(1'250);
  line->set_unit_price_cents(240);
  line->set_refund_cents(100);
  line->set_paid_cents(250);
  line->set_vat_basis_points(600);
  line->set_lot("L47");
  line->set_wasted(facts::WASTE_REASON_DAMAGED);
  returned.add_payments()->set_method(facts::PAYMENT_METHOD_CASH);
  return returned;
}

facts::Wasted Waste() {
  facts::Wasted wasted;
  wasted.set_reason(facts::WASTE_REASON_EXPIRED);
  facts::WastedLine* line = wasted.add_lines();
  line->set_product("carottes");
  line->set_unit(facts::UNIT_KILOGRAM);
  line->set_quantity_milli(300);
  line->set_lot("L47");
  return wasted;
}

facts::Counted Count() {
  facts::Counted counted;
  facts::CountedLine* line = counted.add_lines();
  line->set_product("carottes");
  line->set_unit(facts::UNIT_KILOGRAM);
  line->set_whole(true);
  line->add_lots()->set_lot("L47");
  line->mutable_lots(0)->set_quantity_milli(9'000);
  line->set_expected_milli(10'950);
  facts::SeenHead* head = counted.add_heads();
  head->set_journal(SampleJournals()[1].journal.value());
  head->set_sequence(3);
  return counted;
}

facts::Corrected Correction(size_t journal, uint64_t sequence, facts::FactKind kind) {
  facts::Corrected corrected;
  *corrected.mutable_fact() = Named(journal, sequence, "");
  corrected.set_kind(kind);
  corrected.set_reason("typed twice");
  return corrected;
}

facts::DayClosed Closing() {
  facts::DayClosed closed;
  closed.set_node("outremeuse-1");
  closed.set_number(1);
  facts::ClosedRange* range = closed.add_covers();
  range->set_journal(101);
  range->set_series("261123-k7qm2x");
  range->set_first(1);
  range->set_last(4);
  range->set_hash(std::string(32, 'h'));
  range->set_first_receipt(1);
  range->set_last_receipt(1);
  facts::DaySums* sums = closed.mutable_sums();
  sums->set_sales(1);
  sums->set_sold_cents(246);
  facts::PaymentSum* paid = sums->add_payments();
  paid->set_method(facts::PAYMENT_METHOD_CASH);
  paid->set_amount_cents(245);
  sums->set_cash_rounding_cents(-1);
  facts::VatSum* vat = sums->add_vat();
  vat->set_basis_points(600);
  vat->set_total_cents(246);
  vat->set_vat_cents(14);
  sums->set_float_cents(15'000);
  sums->set_cash_out_cents(2'000);
  closed.set_drawer_cents(13'245);
  closed.set_counted_cents(13'200);
  closed.set_staff("an");
  return closed;
}

void AppendDay(std::vector<Written>* history) {
  facts::DayOpened opened;
  opened.set_float_cents(15'000);
  history->push_back(Write(1, facts::FACT_KIND_DAY_OPENED, opened));
  facts::CashMoved moved;
  moved.set_amount_cents(-2'000);
  moved.set_reason("to the bank");
  history->push_back(Write(1, facts::FACT_KIND_CASH_MOVED, moved));
  history->push_back(Write(1, facts::FACT_KIND_DAY_CLOSED, Closing()));
}

void AppendCatalogue(std::vector<Written>* history) {
  facts::ProducerEdited producer;
  producer.set_producer("moulin");
  Name(producer.mutable_name(), "Le Moulin");
  Name(producer.mutable_place(), "Herstal");
  facts::ShopEdited shop;
  shop.set_shop("outremeuse");
  Name(shop.mutable_name(), "Outremeuse");
  facts::PriceSet price;
  price.set_product("carottes");
  price.set_first_day(kMondayDay);
  price.mutable_price_cents()->set_value(240);
  facts::VatSet vat;
  vat.set_product("carottes");
  vat.set_first_day(kMondayDay);
  vat.mutable_basis_points()->set_value(600);
  facts::NodeEnrolled enrolled;
  enrolled.set_node("herstal-1");
  enrolled.set_shop("herstal");
  enrolled.set_certificate("not looked at");
  enrolled.set_token_sha256(std::string(32, 't'));
  history->push_back(Write(0, facts::FACT_KIND_PRODUCT_EDITED, Product()));
  history->push_back(Write(3, facts::FACT_KIND_PRODUCT_EDITED, Product()));
  history->push_back(Write(0, facts::FACT_KIND_PRODUCER_EDITED, producer));
  history->push_back(Write(0, facts::FACT_KIND_SHOP_EDITED, shop));
  history->push_back(Write(0, facts::FACT_KIND_PRICE_SET, price));
  price.set_shop("herstal");
  history->push_back(Write(4, facts::FACT_KIND_PRICE_SET, price));
  history->push_back(Write(0, facts::FACT_KIND_VAT_SET, vat));
  history->push_back(Write(0, facts::FACT_KIND_NODE_ENROLLED, enrolled));
  facts::NodeRevoked revoked;
  revoked.set_node("herstal-1");
  revoked.set_reason("stolen");
  journal::v1::Head* head = revoked.add_heads();
  head->set_journal(11);
  head->set_sequence(3);
  head->set_hash(std::string(32, 'h'));
  history->push_back(Write(0, facts::FACT_KIND_NODE_REVOKED, revoked));
}

journal::v1::Head HeadOf(uint64_t journal, uint64_t sequence, char hash) {
  journal::v1::Head head;
  head.set_journal(journal);
  head.set_sequence(sequence);
  head.set_hash(std::string(32, hash));
  return head;
}

// A journal of outremeuse that parted after its first entry, and what was moved of it.
void AppendFork(std::vector<Written>* history) {
  journal::v1::Genesis genesis;
  genesis.set_journal(111);
  genesis.set_node("outremeuse-1");
  genesis.set_shop("outremeuse");
  genesis.set_scope(journal::v1::SCOPE_SHOP);
  genesis.set_series("261123-k7qm2f");
  facts::ForkSettled settled;
  *settled.mutable_common() = HeadOf(111, 1, 'c');
  settled.set_kept_next(std::string(32, 'k'));
  *settled.mutable_kept() = HeadOf(111, 3, 'K');
  settled.set_kept_signature("\x02 kept");
  settled.set_other_next(std::string(32, 'o'));
  *settled.mutable_other() = HeadOf(111, 2, 'o');
  settled.set_other_signature("\x02 other");
  settled.set_genesis(Write(1, facts::FACT_KIND_GENESIS, genesis).entry);
  history->push_back(Write(6, facts::FACT_KIND_FORK_SETTLED, settled));
  facts::Moved moved;
  moved.mutable_original()->set_journal(111);
  moved.mutable_original()->set_sequence(2);
  moved.mutable_original()->set_hash_prefix(0x6f6f6f6f6f6f6f6f);
  moved.set_previous_hash(std::string(32, 'c'));
  moved.set_entry(Write(1, facts::FACT_KIND_SOLD, Sale()).entry);
  moved.set_signature("\x02 moved");
  history->push_back(Write(2, facts::FACT_KIND_MOVED, moved));
}

facts::TransferLine GoodsMoved() {
  facts::TransferLine line;
  line.set_product("carottes");
  line.set_unit(facts::UNIT_KILOGRAM);
  line.set_quantity_milli(1'500);
  line.set_lot("L47");
  line.set_use_by_day(kMondayDay + 5);
  line.set_producer("moulin");
  return line;
}

void FillTold(const std::string& shop, uint64_t journal, facts::TransferTold* told) {
  told->mutable_fact()->set_journal(journal);
  told->mutable_fact()->set_sequence(2);
  told->set_shop(shop);
  told->set_wall_ms(kMondayMs);
  told->set_revision(1);
}

// From outremeuse to herstal, and what outremeuse is told of it and of another.
void AppendTransfers(std::vector<Written>* history) {
  facts::TransferSent sent;
  sent.set_transfer(retail::MakeTransferId("outremeuse", "0123456789abcdef", 1));
  sent.set_to("herstal");
  *sent.add_lines() = GoodsMoved();
  history->push_back(Write(1, facts::FACT_KIND_TRANSFER_SENT, sent));
  facts::TransferReceived received;
  received.set_transfer(sent.transfer());
  *received.add_lines() = GoodsMoved();
  history->push_back(Write(4, facts::FACT_KIND_TRANSFER_RECEIVED, received));
  facts::TransferSettled settled;
  settled.set_transfer(sent.transfer());
  settled.set_reason(facts::WASTE_REASON_THEFT);
  *settled.add_lines() = GoodsMoved();
  history->push_back(Write(4, facts::FACT_KIND_TRANSFER_SETTLED, settled));
  facts::TransferAnswered answered;
  answered.set_transfer(sent.transfer());
  FillTold("herstal", 104, answered.mutable_told());
  *answered.mutable_received() = received;
  history->push_back(Write(6, facts::FACT_KIND_TRANSFER_ANSWERED, answered));
  facts::TransferAnnounced announced;
  announced.set_transfer(retail::MakeTransferId("herstal", "0123456789abcdef", 1));
  FillTold("herstal", 104, announced.mutable_told());
  *announced.mutable_sent() = sent;
  announced.mutable_sent()->set_transfer(announced.transfer());
  announced.mutable_sent()->set_to("outremeuse");
  history->push_back(Write(6, facts::FACT_KIND_TRANSFER_ANNOUNCED, announced));
}

// A recall of each sort, one lifted before it is heard of, one confirmed.
void AppendRecalls(std::vector<Written>* history) {
  facts::Recalled recalled;
  recalled.set_code("k7qm2w");
  recalled.set_product("carottes");
  recalled.set_lot("L47");
  recalled.set_reason("salmonella");
  recalled.set_advice("bring it back");
  facts::RecallLifted lifted;
  lifted.set_reason("a false alarm");
  lifted.add_recalls()->set_request_id("recall-of-the-hu");
  lifted.mutable_recalls(0)->mutable_reference()->set_journal(100);
  lifted.mutable_recalls(0)->mutable_reference()->set_sequence(9);
  history->push_back(Write(0, facts::FACT_KIND_RECALL_LIFTED, lifted));
  history->push_back(Write(0, facts::FACT_KIND_RECALLED, recalled, "recall-of-the-hu"));
  recalled.set_code("k7qm2x");
  recalled.clear_lot();
  history->push_back(Write(0, facts::FACT_KIND_RECALLED, recalled));
  recalled.clear_product();
  recalled.set_shop("outremeuse");
  recalled.set_producer("ferme");
  recalled.set_first_day(kMondayDay);
  recalled.set_last_day(kMondayDay + 1);
  history->push_back(Write(1, facts::FACT_KIND_RECALLED, recalled));
  facts::RecallConfirmed confirmed;
  *confirmed.mutable_recall() = lifted.recalls(0);
  confirmed.set_staff("marie");
  facts::FoundGoods* found = confirmed.add_found();
  found->set_product("carottes");
  found->set_unit(facts::UNIT_KILOGRAM);
  found->set_lot("L47");
  found->set_quantity_milli(1'500);
  history->push_back(Write(2, facts::FACT_KIND_RECALL_CONFIRMED, confirmed));
}

}  // namespace

std::span<const JournalContext> SampleJournals() {
  using journal::v1::SCOPE_COOP;
  using journal::v1::SCOPE_HUB;
  using journal::v1::SCOPE_SHOP;
  static const journal::Writer hub{"essai", "hub", "", true, true};
  static const journal::Writer herstal{"essai", "herstal-1", "herstal", false, true};
  static const auto* const journals = new std::array{
      Journal(100, SCOPE_COOP, "", hub),
      Journal(101, SCOPE_SHOP, "outremeuse", {"essai", "outremeuse-1", "outremeuse", false, false}),
      Journal(102, SCOPE_SHOP, "outremeuse", {"essai", "outremeuse-2", "outremeuse", false, false}),
      Journal(103, SCOPE_COOP, "", herstal),
      Journal(104, SCOPE_SHOP, "herstal", herstal),
      Journal(105, SCOPE_HUB, "", hub),
      Journal(106, SCOPE_SHOP, "outremeuse", hub),
  };
  return *journals;
}

Written Write(size_t journal, facts::FactKind kind, const google::protobuf::Message& fact,
              std::string_view request_id) {
  journal::v1::Entry entry;
  entry.set_hybrid_time(HybridTime::FromMillis(kMondayMs).value());
  entry.set_fold_version(retail::kFoldVersion);
  entry.set_kind(kind);
  entry.set_fact(fact.SerializeAsString());
  entry.set_utc_offset_minutes(60);
  entry.set_request_id(std::string(request_id));
  return {journal, entry.SerializeAsString()};
}

std::vector<Written> SampleHistory() {
  std::vector<Written> history;
  AppendCatalogue(&history);
  journal::v1::Genesis genesis;
  genesis.set_journal(101);
  genesis.set_node("outremeuse-1");
  genesis.set_shop("outremeuse");
  genesis.set_scope(journal::v1::SCOPE_SHOP);
  genesis.set_series("261123-k7qm2x");
  history.push_back(Write(1, facts::FACT_KIND_GENESIS, genesis));
  constexpr std::string_view kRequest = "0123456789abcdef";
  history.push_back(Write(1, facts::FACT_KIND_SOLD, Sale(), kRequest));
  history.push_back(Write(1, facts::FACT_KIND_GOODS_RECEIVED, Delivery()));
  history.push_back(Write(2, facts::FACT_KIND_SOLD, Sale(), kRequest));
  history.push_back(Write(1, facts::FACT_KIND_WASTED, Waste()));
  history.push_back(Write(2, facts::FACT_KIND_RETURNED, Return()));
  history.push_back(Write(1, facts::FACT_KIND_VOIDED, Return()));
  history.push_back(Write(1, facts::FACT_KIND_COUNTED, Count()));
  history.push_back(Write(2, facts::FACT_KIND_COUNTED, Count()));
  history.push_back(
      Write(2, facts::FACT_KIND_CORRECTED, Correction(1, 4, facts::FACT_KIND_WASTED)));
  history.push_back(
      Write(1, facts::FACT_KIND_CORRECTED, Correction(2, 3, facts::FACT_KIND_COUNTED)));
  history.push_back(Write(2, facts::FACT_KIND_GOODS_RECEIVED, Delivery()));
  AppendTransfers(&history);
  AppendRecalls(&history);
  AppendDay(&history);
  AppendFork(&history);
  return history;
}

}  // namespace comptoir::testing
