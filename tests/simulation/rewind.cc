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

// One sale of whole pieces by card.
retail::v1::Sold MakeSale(Dice& dice, Asked& asked) {
  retail::v1::Sold sold;
  retail::v1::SoldLine* line = sold.add_lines();
  const int64_t pieces = dice.Between(1, 4);
  const int64_t price_cents = dice.Between(50, 900);
  line->set_product(kProducts[dice.Below(kProducts.size())]);
  line->set_unit(retail::v1::UNIT_PIECE);
  if (pieces != 1) line->set_quantity_milli(pieces * kMilli);
  line->set_unit_price_cents(price_cents);
  line->set_vat_basis_points(600);
  sold.add_payments()->set_method(retail::v1::PAYMENT_METHOD_CARD);
  asked.sales_milli[line->product()] = pieces * kMilli;
  asked.total_cents = pieces * price_cents;
  return sold;
}

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

}  // namespace

std::optional<ledger::JournalView> OpenSales(Machine& machine) {
  for (const ledger::JournalView& journal : machine.ledger().Journals()) {
    if (journal.open && journal.scope == journal::v1::SCOPE_SHOP && journal.receipts > 0) {
      return journal;
    }
  }
  return std::nullopt;
}

bool SellOn(Machine& rewound, JournalId journal, Dice& dice, Oracle& oracle, int64_t now_ms) {
  const std::optional<ledger::JournalView> view = Find(rewound, journal);
  if (!view.has_value() || view->receipts == 0) return false;
  const int64_t from_ms = std::max(view->latest.millis(), kStartWallMs + now_ms);
  Head head = view->head;
  journal::SegmentBuilder builder(journal, Next(head.sequence), head.hash);
  std::vector<std::pair<Asked*, journal::v1::Reference>> sales;
  const int64_t count = dice.Between(1, 4);
  for (int64_t i = 1; i <= count; ++i) {
    Asked& asked = oracle.Ask(Asked::Kind::kSale, view->shop);
    journal::v1::Entry entry;
    entry.set_hybrid_time(HybridTime::FromMillis(from_ms + i).value());
    entry.set_wall_offset_ms(kStartWallMs + now_ms - (from_ms + i));
    entry.set_fold_version(1);
    entry.set_request_id(asked.id);
    entry.set_request_digest(1);
    entry.set_kind(retail::v1::FACT_KIND_SOLD);
    entry.set_fact(MakeSale(dice, asked).SerializeAsString());
    const std::string bytes = entry.SerializeAsString();
    builder.Add(bytes, kSegmentRawBytesMax);
    head.sequence = Next(head.sequence);
    head.hash = journal::ChainNext(head.hash, bytes);
    asked.number = retail::FormatReceiptNumber(view->shop, view->series,
                                               view->receipts + static_cast<uint64_t>(i));
    journal::v1::Reference where;
    where.set_journal(journal.value());
    where.set_sequence(head.sequence.value());
    where.set_hash_prefix(head.hash.prefix());
    sales.emplace_back(&asked, where);
  }
  const HashSigner signer(rewound.writer(), rewound.key());
  if (!Take(rewound, std::move(builder).Finish(*signer.Sign(journal::HeadToSign(head))))) {
    return false;
  }
  oracle.NoteFork(journal);
  for (const auto& [asked, where] : sales) oracle.Told(*asked, rewound, where, now_ms);
  return true;
}

}  // namespace comptoir::simulation
