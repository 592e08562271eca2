#include "tests/simulation/rewind.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/journal/chain.h"
#include "common/journal/segment.h"
#include "common/retail/sales/receipts.h"
#include "comptoir/retail/v1/retail.pb.h"
#include "tests/simulation/people.h"

namespace comptoir::simulation {
namespace {

constexpr int64_t kMilli = 1'000;

std::optional<ledger::JournalView> Find(Machine& machine, JournalId id) {
  for (const ledger::JournalView& journal : machine.ledger().Journals()) {
    if (journal.head.journal == id) return journal;
  }
  return std::nullopt;
}

// Through the gate that its own entries come back through (R8).
bool Take(Machine& rewound, const journal::v1::Segment& segment) {
  bool taken = false;
  rewound.ledger().Ingest(segment, rewound.writer(), [&taken](const ledger::IngestResult& result) {
    taken = result.status.ok() && result.refusal == ledger::Refusal::kNone;
  });
  while (rewound.ledger().Pump()) {
  }
  return taken && rewound.alive();
}

// What is written on a journal by hand, each fact as a recorder would write it.
class Branch {
 public:
  Branch(const ledger::JournalView& view, Dice& dice, Oracle& oracle, int64_t now_ms)
      : view_(view),
        dice_(dice),
        oracle_(oracle),
        now_ms_(now_ms),
        from_ms_(std::max(view.latest.millis(), kStartWallMs + now_ms)),
        head_(view.head),
        receipts_(view.receipts),
        builder_(view.head.journal, Next(view.head.sequence), view.head.hash) {}

  // One line of whole pieces, by card.
  void Sell();
  // A sale, a delivery, waste, a count, or the last sale of the branch taken back.
  // Of a kind that `rewound` knows.
  void Work(const Machine& rewound);
  // Once.
  journal::v1::Segment Finish(const Machine& rewound) {
    const HashSigner signer(rewound.writer(), rewound.key());
    return std::move(builder_).Finish(*signer.Sign(journal::HeadToSign(head_)));
  }
  // It came in: who asked hears of it.
  void Tell(Machine& rewound) {
    for (const auto& [asked, where] : written_) oracle_.Told(*asked, rewound, where, now_ms_);
  }

 private:
  void Receive();
  void Waste();
  void Count();
  void TakeBack();

  std::string Product() { return kProducts[dice_.Below(kProducts.size())]; }
  std::string NextNumber() {
    return retail::FormatReceiptNumber(view_.shop, view_.series, ++receipts_);
  }
  void Write(Asked& asked, retail::v1::FactKind kind, const google::protobuf::Message& fact);

  const ledger::JournalView& view_;
  Dice& dice_;
  Oracle& oracle_;
  const int64_t now_ms_;
  const int64_t from_ms_;  // hybrid time of the first is after this
  Head head_;
  uint64_t receipts_;
  journal::SegmentBuilder builder_;
  std::vector<std::pair<Asked*, journal::v1::Reference>> written_;
  // The sale that may be taken back: once, so that what it does to the sums is known.
  Asked* sale_ = nullptr;
  retail::v1::NamedFact sale_name_;
  retail::v1::SoldLine sale_line_;
};

void Branch::Write(Asked& asked, retail::v1::FactKind kind, const google::protobuf::Message& fact) {
  const int64_t at_ms = from_ms_ + static_cast<int64_t>(written_.size()) + 1;
  journal::v1::Entry entry;
  entry.set_hybrid_time(HybridTime::FromMillis(at_ms).value());
  entry.set_wall_offset_ms(kStartWallMs + now_ms_ - at_ms);
  entry.set_fold_version(1);
  entry.set_request_id(asked.id);
  entry.set_request_digest(1);
  entry.set_kind(kind);
  entry.set_takes_receipt_number(retail::PrintsReceipt(kind));
  entry.set_fact(fact.SerializeAsString());
  const std::string bytes = entry.SerializeAsString();
  builder_.Add(bytes, kSegmentRawBytesMax);
  head_.sequence = Next(head_.sequence);
  head_.hash = journal::ChainNext(head_.hash, bytes);
  journal::v1::Reference where;
  where.set_journal(head_.journal.value());
  where.set_sequence(head_.sequence.value());
  where.set_hash_prefix(head_.hash.prefix());
  written_.emplace_back(&asked, where);
}

void Branch::Sell() {
  Asked& asked = oracle_.Ask(Asked::Kind::kSale, view_.shop);
  retail::v1::Sold sold;
  retail::v1::SoldLine* line = sold.add_lines();
  const int64_t pieces = dice_.Between(1, 4);
  const int64_t price_cents = dice_.Between(50, 900);
  line->set_product(Product());
  line->set_unit(retail::v1::UNIT_PIECE);
  if (pieces != 1) line->set_quantity_milli(pieces * kMilli);
  line->set_unit_price_cents(price_cents);
  line->set_vat_basis_points(600);
  sold.add_payments()->set_method(retail::v1::PAYMENT_METHOD_CARD);
  asked.sales_milli[line->product()] = pieces * kMilli;
  asked.total_cents = pieces * price_cents;
  asked.number = NextNumber();
  Write(asked, retail::v1::FACT_KIND_SOLD, sold);
  sale_ = &asked;
  sale_line_ = *line;
  *sale_name_.mutable_reference() = written_.back().second;
  sale_name_.set_request_id(asked.id);
  sale_name_.set_request_digest(1);
}

void Branch::Receive() {
  retail::v1::GoodsReceived received;
  received.set_producer("ferme-des-trois-chenes");
  retail::v1::ReceivedLine* line = received.add_lines();
  line->set_product(Product());
  line->set_unit(retail::v1::UNIT_PIECE);
  line->set_quantity_milli(dice_.Between(1, 60) * kMilli);
  Write(oracle_.Ask(Asked::Kind::kDelivery, view_.shop), retail::v1::FACT_KIND_GOODS_RECEIVED,
        received);
}

void Branch::Waste() {
  retail::v1::Wasted wasted;
  wasted.set_reason(retail::v1::WASTE_REASON_EXPIRED);
  retail::v1::WastedLine* line = wasted.add_lines();
  line->set_product(Product());
  line->set_unit(retail::v1::UNIT_PIECE);
  line->set_quantity_milli(dice_.Between(1, 5) * kMilli);
  Write(oracle_.Ask(Asked::Kind::kWaste, view_.shop), retail::v1::FACT_KIND_WASTED, wasted);
}

void Branch::Count() {
  retail::v1::Counted counted;
  retail::v1::CountedLine* line = counted.add_lines();
  line->set_product(Product());
  line->set_unit(retail::v1::UNIT_PIECE);
  line->set_whole(true);
  line->add_lots()->set_quantity_milli(dice_.Between(0, 80) * kMilli);
  Write(oracle_.Ask(Asked::Kind::kCount, view_.shop), retail::v1::FACT_KIND_COUNTED, counted);
}

void Branch::TakeBack() {
  if (sale_->taken_back) return Sell();
  sale_->taken_back = true;
  Asked& asked = oracle_.Ask(Asked::Kind::kReturn, view_.shop);
  retail::v1::Returned returned;
  *returned.mutable_sale() = sale_name_;
  returned.set_sale_number(sale_->number);
  retail::v1::ReturnedLine* line = returned.add_lines();
  line->set_sale_line(1);
  line->set_product(sale_line_.product());
  line->set_unit(sale_line_.unit());
  line->set_quantity_milli(kMilli);
  line->set_sold_milli(sale_line_.has_quantity_milli() ? sale_line_.quantity_milli() : kMilli);
  line->set_unit_price_cents(sale_line_.unit_price_cents());
  line->set_refund_cents(sale_line_.unit_price_cents());
  line->set_vat_basis_points(sale_line_.vat_basis_points());
  returned.add_payments()->set_method(retail::v1::PAYMENT_METHOD_CARD);
  asked.sales_milli[sale_line_.product()] = -kMilli;
  asked.total_cents = -sale_line_.unit_price_cents();
  asked.number = NextNumber();
  Write(asked, retail::v1::FACT_KIND_RETURNED, returned);
}

void Branch::Work(const Machine& rewound) {
  const uint64_t choice = dice_.Below(6);
  if (choice == 0) return Receive();
  if (choice == 1 && rewound.knows(retail::v1::FACT_KIND_WASTED)) return Waste();
  if (choice == 2 && rewound.knows(retail::v1::FACT_KIND_COUNTED)) return Count();
  if (choice == 3 && rewound.knows(retail::v1::FACT_KIND_RETURNED)) return TakeBack();
  Sell();
}

}  // namespace

std::optional<ledger::JournalView> OpenSales(Machine& machine) {
  for (const ledger::JournalView& journal : machine.ledger().Journals()) {
    if (journal.open && journal.scope == journal::v1::SCOPE_SHOP && journal.receipts > 0) {
      return journal;
    }
  }
  return std::nullopt;
}

bool WorkOn(Machine& rewound, JournalId journal, Dice& dice, Oracle& oracle, int64_t now_ms) {
  const std::optional<ledger::JournalView> view = Find(rewound, journal);
  if (!view.has_value() || view->receipts == 0) return false;
  Branch branch(*view, dice, oracle, now_ms);
  branch.Sell();
  const int64_t more = dice.Between(0, 4);
  for (int64_t i = 0; i < more; ++i) branch.Work(rewound);
  if (!Take(rewound, branch.Finish(rewound))) return false;
  oracle.NoteFork(journal);
  branch.Tell(rewound);
  return true;
}

}  // namespace comptoir::simulation
