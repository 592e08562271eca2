#include "tests/simulation/branch.h"

#include <algorithm>
#include <utility>

#include "common/journal/chain.h"
#include "common/journal/segment.h"
#include "common/retail/sales/receipts.h"
#include "tests/simulation/people.h"

namespace comptoir::simulation {
namespace {

constexpr int64_t kPieceMilli = 1'000;

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

}  // namespace

Branch::Branch(Machine& rewound, const ledger::JournalView& view, Dice& dice, Oracle& oracle,
               int64_t now_ms)
    : rewound_(rewound),
      shop_(view.shop),
      series_(view.series),
      dice_(dice),
      oracle_(oracle),
      now_ms_(now_ms),
      at_ms_(std::max(view.latest.millis(), kStartWallMs + now_ms)),
      head_(view.head),
      receipts_(view.receipts) {}

std::string Branch::Product() { return kProducts[dice_.Below(kProducts.size())]; }

std::string Branch::NextNumber() {
  return retail::FormatReceiptNumber(shop_, series_, ++receipts_);
}

bool Branch::Write(Asked& asked, retail::v1::FactKind kind, const google::protobuf::Message& fact) {
  ++at_ms_;
  journal::v1::Entry entry;
  entry.set_hybrid_time(HybridTime::FromMillis(at_ms_).value());
  entry.set_wall_offset_ms(kStartWallMs + now_ms_ - at_ms_);
  entry.set_fold_version(1);
  entry.set_request_id(asked.id);
  entry.set_request_digest(1);
  entry.set_kind(kind);
  entry.set_takes_receipt_number(retail::PrintsReceipt(kind));
  entry.set_fact(fact.SerializeAsString());
  const std::string bytes = entry.SerializeAsString();
  journal::SegmentBuilder builder(head_.journal, Next(head_.sequence), head_.hash);
  builder.Add(bytes, kSegmentRawBytesMax);
  head_.sequence = Next(head_.sequence);
  head_.hash = journal::ChainNext(head_.hash, bytes);
  const HashSigner signer(rewound_.writer(), rewound_.key());
  taken_ = Take(rewound_, std::move(builder).Finish(*signer.Sign(journal::HeadToSign(head_))));
  if (!taken_) return false;
  journal::v1::Reference where;
  where.set_journal(head_.journal.value());
  where.set_sequence(head_.sequence.value());
  where.set_hash_prefix(head_.hash.prefix());
  oracle_.Told(asked, rewound_, where, now_ms_);
  if (retail::MayBeCorrected(kind)) correctable_.push_back(where);
  return true;
}

void Branch::Sell() {
  Asked& asked = oracle_.Ask(Asked::Kind::kSale, shop_);
  retail::v1::Sold sold;
  retail::v1::SoldLine* line = sold.add_lines();
  const int64_t pieces = dice_.Between(1, 4);
  const int64_t price_cents = dice_.Between(50, 900);
  line->set_product(Product());
  line->set_unit(retail::v1::UNIT_PIECE);
  if (pieces != 1) line->set_quantity_milli(pieces * kPieceMilli);
  line->set_unit_price_cents(price_cents);
  line->set_vat_basis_points(600);
  sold.add_payments()->set_method(dice_.OneIn(3) ? retail::v1::PAYMENT_METHOD_CASH
                                                 : retail::v1::PAYMENT_METHOD_CARD);
  asked.sales_milli[line->product()] = pieces * kPieceMilli;
  asked.total_cents = pieces * price_cents;
  asked.number = NextNumber();
  if (!Write(asked, retail::v1::FACT_KIND_SOLD, sold)) return;
  sale_ = &asked;
  sale_line_ = *line;
  sale_name_.mutable_reference()->set_journal(asked.where.journal.value());
  sale_name_.mutable_reference()->set_sequence(asked.where.sequence.value());
  sale_name_.mutable_reference()->set_hash_prefix(asked.where.hash_prefix);
  sale_name_.set_request_id(asked.id);
  sale_name_.set_request_digest(1);
}

void Branch::Receive() {
  retail::v1::GoodsReceived received;
  received.set_producer("ferme-des-trois-chenes");
  retail::v1::ReceivedLine* line = received.add_lines();
  line->set_product(Product());
  line->set_unit(retail::v1::UNIT_PIECE);
  line->set_quantity_milli(dice_.Between(1, 60) * kPieceMilli);
  Write(oracle_.Ask(Asked::Kind::kDelivery, shop_), retail::v1::FACT_KIND_GOODS_RECEIVED, received);
}

void Branch::Waste() {
  retail::v1::Wasted wasted;
  wasted.set_reason(retail::v1::WASTE_REASON_EXPIRED);
  retail::v1::WastedLine* line = wasted.add_lines();
  line->set_product(Product());
  line->set_unit(retail::v1::UNIT_PIECE);
  line->set_quantity_milli(dice_.Between(1, 5) * kPieceMilli);
  Write(oracle_.Ask(Asked::Kind::kWaste, shop_), retail::v1::FACT_KIND_WASTED, wasted);
}

void Branch::Count() {
  retail::v1::Counted counted;
  retail::v1::CountedLine* line = counted.add_lines();
  line->set_product(Product());
  line->set_unit(retail::v1::UNIT_PIECE);
  line->set_whole(true);
  line->add_lots()->set_quantity_milli(dice_.Between(0, 80) * kPieceMilli);
  Write(oracle_.Ask(Asked::Kind::kCount, shop_), retail::v1::FACT_KIND_COUNTED, counted);
}

void Branch::TakeBack() {
  if (sale_->taken_back) return Sell();
  sale_->taken_back = true;
  Asked& asked = oracle_.Ask(Asked::Kind::kReturn, shop_);
  retail::v1::Returned returned;
  *returned.mutable_sale() = sale_name_;
  returned.set_sale_number(sale_->number);
  retail::v1::ReturnedLine* line = returned.add_lines();
  line->set_sale_line(1);
  line->set_product(sale_line_.product());
  line->set_unit(sale_line_.unit());
  line->set_quantity_milli(kPieceMilli);
  line->set_sold_milli(sale_line_.has_quantity_milli() ? sale_line_.quantity_milli() : kPieceMilli);
  line->set_unit_price_cents(sale_line_.unit_price_cents());
  line->set_refund_cents(sale_line_.unit_price_cents());
  line->set_vat_basis_points(sale_line_.vat_basis_points());
  returned.add_payments()->set_method(retail::v1::PAYMENT_METHOD_CARD);
  asked.sales_milli[sale_line_.product()] = -kPieceMilli;
  asked.total_cents = -sale_line_.unit_price_cents();
  asked.number = NextNumber();
  Write(asked, retail::v1::FACT_KIND_RETURNED, returned);
}

void Branch::Work() {
  const uint64_t choice = dice_.Below(14);
  if (choice == 0) return Receive();
  if (choice == 1 && Knows(retail::v1::FACT_KIND_WASTED)) return Waste();
  if (choice == 2 && Knows(retail::v1::FACT_KIND_COUNTED)) return Count();
  if (choice == 3 && Knows(retail::v1::FACT_KIND_RETURNED)) return TakeBack();
  if (choice < 7 && WorkOnTransfers()) return;
  if (choice == 7 && Correct()) return;
  if ((choice == 8 || choice == 9) && WorkOnRecalls()) return;
  if (choice >= 10 && choice < 13 && MindTheDrawer()) return;
  Sell();
}

}  // namespace comptoir::simulation
