#include "tests/unit/retail/faults/rich_history.h"

#include <gtest/gtest.h>

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/retail/keys.h"
#include "common/retail/stock/coop_copy.h"
#include "common/retail/tables.h"
#include "common/retail/transfers/id.h"
#include "comptoir/retail/v1/copies.pb.h"
#include "comptoir/retail/v1/recalls.pb.h"
#include "comptoir/retail/v1/transfers.pb.h"
#include "google/protobuf/arena.h"

namespace comptoir::retail::faults {
namespace {

using testing::kMondayDay;
using testing::Written;

// Indexes of SampleJournals.
constexpr size_t kHub = 0;
constexpr size_t kFirst = 1;   // of kOurShop
constexpr size_t kSecond = 2;  // of its sibling
constexpr size_t kEditor = 3;  // of kOtherShop's node, in COOP
constexpr size_t kOther = 4;   // of kOtherShop
constexpr size_t kTold = 6;    // of the hub, for kOurShop

constexpr uint64_t kForkedJournal = 112;

constexpr char kSaleRequest[] = "a-sale-of-bread.";
constexpr char kBothRequest[] = "taken-by-both...";

// History being written, an entry a minute.
class RichWriter {
 public:
  explicit RichWriter(std::vector<Written> begun) : history_(std::move(begun)) {}

  void Write(size_t journal, v1::FactKind kind, const google::protobuf::Message& fact,
             std::string_view request_id = "", bool doubtful = false) {
    Written written = testing::Write(journal, kind, fact, request_id);
    journal::v1::Entry entry;
    COMPTOIR_CHECK(entry.ParseFromString(written.entry));
    entry.set_hybrid_time(HybridTime::FromMillis(testing::kMondayMs + ++minutes_ * 60'000).value());
    entry.set_doubtful(doubtful);
    written.entry = entry.SerializeAsString();
    history_.push_back(std::move(written));
  }
  // Its number in the journal, where nothing is left out.
  uint64_t Last(size_t journal) const {
    uint64_t count = 0;
    for (const Written& written : history_) count += written.journal == journal ? 1 : 0;
    return count;
  }
  std::vector<Written> history() && { return std::move(history_); }

 private:
  std::vector<Written> history_;
  int64_t minutes_ = 0;
};

void WriteProduct(RichWriter& writer, size_t journal, const std::string& product,
                  const std::string& name, const std::string& producer) {
  v1::ProductEdited edited;
  edited.set_product(product);
  edited.mutable_name()->set_value(name);
  edited.mutable_producer()->set_value(producer);
  edited.mutable_unit()->set_value(v1::UNIT_PIECE);
  writer.Write(journal, v1::FACT_KIND_PRODUCT_EDITED, edited);
}

void WritePrice(RichWriter& writer, size_t journal, const std::string& product,
                const std::string& shop, int32_t first_day, int64_t cents) {
  v1::PriceSet price;
  price.set_product(product);
  price.set_shop(shop);
  price.set_first_day(first_day);
  price.mutable_price_cents()->set_value(cents);
  writer.Write(journal, v1::FACT_KIND_PRICE_SET, price);
}

void WriteCatalogue(RichWriter& writer) {
  WriteProduct(writer, kHub, "pain", "Pain", "moulin");
  WriteProduct(writer, kHub, "lait", "Lait", "ferme");
  WriteProduct(writer, kEditor, "lait", "Lait entier", "ferme");  // a conflict
  WritePrice(writer, kHub, "pain", "", kMondayDay - 5, 250);
  WritePrice(writer, kHub, "pain", "", kMondayDay + 5, 260);
  WritePrice(writer, kHub, "lait", "", kMondayDay - 5, 120);
  WritePrice(writer, kEditor, "lait", "", kMondayDay - 5, 130);  // another
  WritePrice(writer, kFirst, "pain", kOurShop, kMondayDay - 1, 255);
  v1::VatSet vat;
  vat.set_product("pain");
  vat.set_first_day(kMondayDay - 5);
  vat.mutable_basis_points()->set_value(600);
  writer.Write(kHub, v1::FACT_KIND_VAT_SET, vat);
  vat.mutable_basis_points()->set_value(2'100);
  writer.Write(kEditor, v1::FACT_KIND_VAT_SET, vat);
  v1::ProducerEdited producer;
  producer.set_producer("ferme");
  producer.mutable_name()->set_value("La Ferme");
  producer.mutable_place()->set_value("Herve");
  writer.Write(kHub, v1::FACT_KIND_PRODUCER_EDITED, producer);
  v1::ShopEdited shop;
  shop.set_shop(kOtherShop);
  shop.mutable_name()->set_value("Herstal");
  shop.mutable_place()->set_value("Herstal");
  writer.Write(kHub, v1::FACT_KIND_SHOP_EDITED, shop);
}

void WriteNodes(RichWriter& writer) {
  v1::NodeEnrolled enrolled;
  enrolled.set_node("outremeuse-1");
  enrolled.set_shop(kOurShop);
  enrolled.set_certificate("not looked at");
  enrolled.set_token_sha256(std::string(32, 'u'));
  writer.Write(kHub, v1::FACT_KIND_NODE_ENROLLED, enrolled);
  enrolled.set_node("herstal-2");
  enrolled.set_shop(kOtherShop);
  enrolled.set_token_sha256(std::string(32, 'v'));
  writer.Write(kHub, v1::FACT_KIND_NODE_ENROLLED, enrolled);
  enrolled.set_node("closed-1");
  enrolled.set_shop("closed");
  enrolled.set_token_sha256(std::string(32, 'w'));
  writer.Write(kHub, v1::FACT_KIND_NODE_ENROLLED, enrolled);
  v1::NodeRevoked revoked;
  revoked.set_node("closed-1");
  revoked.set_reason("the shop was closed");
  revoked.set_retired(true);
  writer.Write(kHub, v1::FACT_KIND_NODE_REVOKED, revoked);
}

v1::ReceivedLine ReceivedOf(const std::string& product, int64_t milli, const std::string& lot,
                            int32_t use_by_day) {
  v1::ReceivedLine line;
  line.set_product(product);
  line.set_unit(v1::UNIT_PIECE);
  line.set_quantity_milli(milli);
  line.set_lot(lot);
  line.set_use_by_day(use_by_day);
  line.set_best_before_day(use_by_day == 0 ? 0 : use_by_day + 1);
  return line;
}

void WriteDeliveries(RichWriter& writer) {
  v1::GoodsReceived bread;
  bread.set_producer("moulin");
  *bread.add_lines() = ReceivedOf("pain", 4'000, "P0", kMondayDay - 1);
  *bread.add_lines() = ReceivedOf("pain", 6'000, "P1", kMondayDay + 3);
  *bread.add_lines() = ReceivedOf("pain", 9'000, "P2", kMondayDay + 8);
  *bread.add_lines() = ReceivedOf("pain", 5'000, "", 0);
  writer.Write(kFirst, v1::FACT_KIND_GOODS_RECEIVED, bread);
  v1::GoodsReceived milk;
  milk.set_producer("ferme");
  *milk.add_lines() = ReceivedOf("lait", 3'000, "M1", kMondayDay + 2);
  *milk.add_lines() = ReceivedOf("lait", 3'000, "M2", kMondayDay + 4);
  *milk.add_lines() = ReceivedOf("lait", 2'000, "", 0);
  writer.Write(kFirst, v1::FACT_KIND_GOODS_RECEIVED, milk);
  // Its clock is in doubt, and it says other days of a lot that came before.
  milk.mutable_lines(0)->set_use_by_day(kMondayDay + 1);
  writer.Write(kSecond, v1::FACT_KIND_GOODS_RECEIVED, milk, "", /*doubtful=*/true);
  writer.Write(kOther, v1::FACT_KIND_GOODS_RECEIVED, milk);
}

v1::SoldLine SoldOf(const std::string& product, int64_t milli, const std::string& lot) {
  v1::SoldLine line;
  line.set_product(product);
  line.set_unit(v1::UNIT_PIECE);
  line.set_quantity_milli(milli);
  line.set_unit_price_cents(250);
  line.set_vat_basis_points(600);
  line.set_lot(lot);
  return line;
}

v1::ReturnedLine ReturnedOf(uint32_t sale_line, const v1::SoldLine& sold, int64_t milli) {
  v1::ReturnedLine line;
  line.set_sale_line(sale_line);
  line.set_product(sold.product());
  line.set_unit(sold.unit());
  line.set_quantity_milli(milli);
  line.set_sold_milli(sold.quantity_milli());
  line.set_unit_price_cents(sold.unit_price_cents());
  line.set_refund_cents(milli * sold.unit_price_cents() / 1'000);
  line.set_vat_basis_points(sold.vat_basis_points());
  line.set_lot(sold.lot());
  return line;
}

void WriteSales(RichWriter& writer) {
  v1::Sold sold;
  *sold.add_lines() = SoldOf("pain", 2'000, "P1");
  *sold.add_lines() = SoldOf("lait", 1'000, "M2");
  *sold.add_lines() = SoldOf("pain", 1'000, "");
  sold.add_payments()->set_method(v1::PAYMENT_METHOD_CARD);
  writer.Write(kFirst, v1::FACT_KIND_SOLD, sold, kSaleRequest);
  v1::Returned returned;
  returned.mutable_sale()->mutable_reference()->set_journal(101);
  returned.mutable_sale()->mutable_reference()->set_sequence(writer.Last(kFirst));
  returned.mutable_sale()->set_request_id(kSaleRequest);
  returned.set_sale_number(kRichSale);
  *returned.add_lines() = ReturnedOf(1, sold.lines(0), 1'000);
  returned.add_payments()->set_method(v1::PAYMENT_METHOD_CARD);
  writer.Write(kFirst, v1::FACT_KIND_RETURNED, returned);
  // Siblings that were cut off: together more than was sold, of a line that has none left.
  *returned.mutable_lines(0) = ReturnedOf(2, sold.lines(1), 1'000);
  writer.Write(kFirst, v1::FACT_KIND_RETURNED, returned);
  writer.Write(kSecond, v1::FACT_KIND_RETURNED, returned);
  // Both took it: the second does not count.
  writer.Write(kFirst, v1::FACT_KIND_SOLD, sold, kBothRequest);
  writer.Write(kSecond, v1::FACT_KIND_SOLD, sold, kBothRequest);
  writer.Write(kSecond, v1::FACT_KIND_SOLD, sold, "", /*doubtful=*/true);
  writer.Write(kOther, v1::FACT_KIND_SOLD, sold);
}

v1::Counted CountOf(const std::string& product, const std::string& lot, int64_t milli, bool whole) {
  v1::Counted counted;
  v1::CountedLine* line = counted.add_lines();
  line->set_product(product);
  line->set_unit(v1::UNIT_PIECE);
  line->set_whole(whole);
  line->add_lots()->set_lot(lot);
  line->mutable_lots(0)->set_quantity_milli(milli);
  return counted;
}

void WriteCounts(RichWriter& writer) {
  v1::Wasted wasted;
  wasted.set_reason(v1::WASTE_REASON_DAMAGED);
  v1::WastedLine* line = wasted.add_lines();
  line->set_product("pain");
  line->set_unit(v1::UNIT_PIECE);
  line->set_quantity_milli(1'000);
  line->set_lot("P2");
  writer.Write(kSecond, v1::FACT_KIND_WASTED, wasted);  // near the count that follows
  v1::Counted counted = CountOf("pain", "P1", 3'000, /*whole=*/true);
  v1::SeenHead* head = counted.add_heads();
  head->set_journal(102);
  head->set_sequence(3);
  writer.Write(kFirst, v1::FACT_KIND_COUNTED, counted);
  journal::v1::Reference replaced;
  replaced.set_journal(101);
  replaced.set_sequence(writer.Last(kFirst));
  counted = CountOf("pain", "P2", 7'000, /*whole=*/false);
  *counted.mutable_lines(0)->add_replaces() = replaced;
  writer.Write(kSecond, v1::FACT_KIND_COUNTED, counted);
  writer.Write(kFirst, v1::FACT_KIND_WASTED, wasted);  // looks at both
  v1::Corrected corrected;
  corrected.mutable_fact()->mutable_reference()->set_journal(101);
  corrected.mutable_fact()->mutable_reference()->set_sequence(writer.Last(kFirst));
  corrected.set_kind(v1::FACT_KIND_WASTED);
  corrected.set_reason("it was not damaged");
  writer.Write(kFirst, v1::FACT_KIND_CORRECTED, corrected);
}

v1::TransferLine TransferOf(int64_t milli, const std::string& lot) {
  v1::TransferLine line;
  line.set_product("pain");
  line.set_unit(v1::UNIT_PIECE);
  line.set_quantity_milli(milli);
  line.set_lot(lot);
  line.set_use_by_day(lot.empty() ? 0 : kMondayDay + 3);
  line.set_producer("moulin");
  return line;
}

void WriteTransfers(RichWriter& writer) {
  v1::TransferSent sent;
  sent.set_transfer(TransferOnItsWay());
  sent.set_to(kOtherShop);
  *sent.add_lines() = TransferOf(1'000, "P1");
  *sent.add_lines() = TransferOf(1'000, "");
  writer.Write(kFirst, v1::FACT_KIND_TRANSFER_SENT, sent);
  v1::TransferReceived part;
  part.set_transfer(TransferOnItsWay());
  *part.add_lines() = TransferOf(500, "P1");
  writer.Write(kOther, v1::FACT_KIND_TRANSFER_RECEIVED, part);
  sent.set_transfer(TransferAwaited());
  sent.set_to(kOurShop);
  writer.Write(kOther, v1::FACT_KIND_TRANSFER_SENT, sent);
  v1::TransferAnnounced announced;
  announced.set_transfer(TransferAwaited());
  announced.mutable_told()->mutable_fact()->set_journal(104);
  announced.mutable_told()->mutable_fact()->set_sequence(writer.Last(kOther));
  announced.mutable_told()->set_shop(kOtherShop);
  announced.mutable_told()->set_wall_ms(testing::kMondayMs);
  announced.mutable_told()->set_revision(1);
  *announced.mutable_sent() = sent;
  writer.Write(kTold, v1::FACT_KIND_TRANSFER_ANNOUNCED, announced);
}

void WriteRecalls(RichWriter& writer) {
  v1::Recalled lot;
  lot.set_code("k7qm2y");
  lot.set_product("lait");
  lot.set_lot("M1");
  lot.set_reason("sour");
  writer.Write(kHub, v1::FACT_KIND_RECALLED, lot, "a-lot-of-milk...");
  v1::RecallConfirmed confirmed;
  confirmed.mutable_recall()->mutable_reference()->set_journal(100);
  confirmed.mutable_recall()->mutable_reference()->set_sequence(writer.Last(kHub));
  confirmed.mutable_recall()->set_request_id("a-lot-of-milk...");
  confirmed.set_staff("marie");
  writer.Write(kFirst, v1::FACT_KIND_RECALL_CONFIRMED, confirmed);
  writer.Write(kSecond, v1::FACT_KIND_RECALL_CONFIRMED, confirmed, "", /*doubtful=*/true);
  v1::Recalled deliveries;
  deliveries.set_code("k7qm2z");
  deliveries.set_producer("ferme");
  deliveries.set_first_day(kMondayDay);
  deliveries.set_last_day(kMondayDay);
  deliveries.set_reason("mould");
  writer.Write(kHub, v1::FACT_KIND_RECALLED, deliveries);
  // Two of one code, of which one is lifted: the other one is meant.
  v1::Recalled twin = lot;
  twin.set_code("k7qm2v");
  twin.set_lot("M9");
  writer.Write(kHub, v1::FACT_KIND_RECALLED, twin, "one-of-the-twins");
  v1::RecallLifted lifted;
  lifted.set_reason("nothing was found");
  v1::NamedFact* name = lifted.add_recalls();
  name->mutable_reference()->set_journal(100);
  name->mutable_reference()->set_sequence(writer.Last(kHub));
  name->set_request_id("one-of-the-twins");
  twin.set_lot("M8");
  writer.Write(kHub, v1::FACT_KIND_RECALLED, twin);
  writer.Write(kHub, v1::FACT_KIND_RECALL_LIFTED, lifted);
}

journal::v1::Head HeadAt(uint64_t sequence, const Hash& hash) {
  journal::v1::Head head;
  head.set_journal(kForkedJournal);
  head.set_sequence(sequence);
  head.set_hash(std::string(hash.view()));
  return head;
}

// A journal of kOurShop that parted after its first entry: of the branch that was not kept, a
// sale and a delivery are moved before it is heard that it was settled.
void WriteFork(RichWriter& writer) {
  v1::Sold sold;
  *sold.add_lines() = SoldOf("pain", 1'000, "");
  sold.add_payments()->set_method(v1::PAYMENT_METHOD_CARD);
  v1::GoodsReceived received;
  received.set_producer("moulin");
  *received.add_lines() = ReceivedOf("pain", 1'000, "P3", kMondayDay + 4);
  const std::string entries[] = {
      testing::Write(kFirst, v1::FACT_KIND_SOLD, sold).entry,
      testing::Write(kFirst, v1::FACT_KIND_GOODS_RECEIVED, received).entry};
  const Hash common = journal::ChainStart(JournalId(kForkedJournal));
  Hash hash = common;
  v1::ForkSettled settled;
  for (size_t i = 0; i < 2; ++i) {
    v1::Moved moved;
    moved.set_previous_hash(std::string(hash.view()));
    moved.set_entry(entries[i]);
    hash = journal::ChainNext(hash, entries[i]);
    moved.mutable_original()->set_journal(kForkedJournal);
    moved.mutable_original()->set_sequence(i + 2);
    moved.mutable_original()->set_hash_prefix(hash.prefix());
    if (i == 0) settled.set_other_next(std::string(hash.view()));
    if (i == 1) moved.set_signature("\x02 signed");
    writer.Write(kFirst, v1::FACT_KIND_MOVED, moved);
  }
  journal::v1::Genesis genesis;
  genesis.set_journal(kForkedJournal);
  genesis.set_node("outremeuse-1");
  genesis.set_shop(kOurShop);
  genesis.set_scope(journal::v1::SCOPE_SHOP);
  genesis.set_series("261123-k7qm2g");
  genesis.set_certificate("outremeuse-1");
  *settled.mutable_common() = HeadAt(1, common);
  settled.set_kept_next(std::string(32, 'k'));
  *settled.mutable_kept() = HeadAt(3, common);
  settled.set_kept_signature("\x02 kept");
  *settled.mutable_other() = HeadAt(3, hash);
  settled.set_other_signature("\x02 other");
  settled.set_genesis(testing::Write(kFirst, v1::FACT_KIND_GENESIS, genesis).entry);
  writer.Write(kTold, v1::FACT_KIND_FORK_SETTLED, settled);
  // Of a fork that nobody has settled yet.
  v1::Moved waits;
  waits.mutable_original()->set_journal(kForkedJournal + 1);
  waits.mutable_original()->set_sequence(2);
  waits.mutable_original()->set_hash_prefix(journal::ChainNext(common, entries[0]).prefix());
  waits.set_previous_hash(std::string(common.view()));
  waits.set_entry(entries[0]);
  waits.set_signature("\x02 signed");
  writer.Write(kFirst, v1::FACT_KIND_MOVED, waits);
}

// As if the journals had begun with a genesis each, that of the branch too.
void PutSeries(store::MemoryStore& store) {
  constexpr std::pair<const char*, uint64_t> kSeriesOf[] = {
      {"261123-k7qm2y", 102}, {"261123-k7qm2g", kForkedJournal}, {"261123-k7qm2c", 106}};
  const auto batch = store.Begin();
  for (const auto& [series, journal] : kSeriesOf) {
    std::string id;
    AppendBigEndian64(journal, &id);
    batch->Put(kSeries, SeriesKey(kOurShop, series), id);
  }
  std::string other;
  AppendBigEndian64(104, &other);
  batch->Put(kSeries, SeriesKey(kOtherShop, "261123-k7qm2a"), other);
  COMPTOIR_CHECK(store.Commit(batch, store::Durability::kSynced).ok());
}

void PutCopy(store::MemoryStore& store) {
  constexpr uint64_t kGeneration = 3;
  const auto batch = store.Begin();
  v1::CoopCopyRow copy;
  copy.set_run(7);
  copy.set_generation(kGeneration);
  copy.set_heard_ms(testing::kMondayMs);
  batch->Put(kCoopStock, CoopCopyKey(), copy.SerializeAsString());
  v1::CoopShopRow shop;
  shop.set_as_of_ms(testing::kMondayMs - 60'000);
  shop.set_offline_since_ms(testing::kMondayMs - 30'000);
  batch->Put(kCoopStock, CoopShopKey(kGeneration, kOtherShop), shop.SerializeAsString());
  for (const char* product : {"lait", "pain", "sel"}) {
    std::string milli;
    AppendBigEndian64(4'000, &milli);
    batch->Put(kCoopStock, CoopRowKey(kGeneration, {product, v1::UNIT_PIECE, kOtherShop}), milli);
  }
  COMPTOIR_CHECK(store.Commit(batch, store::Durability::kSynced).ok());
}

}  // namespace

std::string TransferOnItsWay() { return MakeTransferId(kOurShop, "bread-to-herstal", 1); }
std::string TransferAwaited() { return MakeTransferId(kOtherShop, "bread-comes-back", 1); }

namespace {

std::vector<testing::Placed> WriteRichHistory() {
  RichWriter writer(testing::SampleHistory());
  WriteCatalogue(writer);
  WriteNodes(writer);
  WriteDeliveries(writer);
  WriteSales(writer);
  WriteCounts(writer);
  WriteTransfers(writer);
  WriteRecalls(writer);
  WriteFork(writer);
  return testing::Place(std::move(writer).history());
}

}  // namespace

const std::vector<testing::Placed>& RichHistory() {
  static const auto* const history = new std::vector<testing::Placed>(WriteRichHistory());
  return *history;
}

const std::vector<Fact>& RichFacts() {
  static auto* const arena = new google::protobuf::Arena;
  static const auto* const facts = [] {
    auto* const found = new std::vector<Fact>;
    for (const testing::Placed& placed : RichHistory()) {
      auto fact = testing::FactOf(placed, arena);
      if (fact.has_value()) found->push_back(*std::move(fact));
    }
    return found;
  }();
  return *facts;
}

std::unique_ptr<store::MemoryStore> RichStore() {
  auto store = testing::FoldAll(RichHistory());
  PutSeries(*store);
  PutCopy(*store);
  return store;
}

}  // namespace comptoir::retail::faults
