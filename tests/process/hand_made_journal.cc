#include "tests/process/hand_made_journal.h"

#include <chrono>
#include <utility>

#include "common/base/hybrid_time.h"
#include "common/base/limits.h"
#include "common/journal/chain.h"
#include "common/journal/genesis.h"
#include "common/platform/random.h"
#include "tests/process/harness.h"

namespace comptoir::testing {
namespace {

int64_t WallMillis() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace

identity::Identity IdentityOf(const std::string& data_folder) {
  return Required(identity::LoadIdentity(identity::NodeFiles(data_folder)));
}

HandMadeJournal::HandMadeJournal(const journal::Signer& signer, const Genesis& genesis)
    : signer_(signer) {
  platform::SystemRandom random;
  id_ = JournalId(random.Next64() | 1);
  hashes_.push_back(journal::ChainStart(id_));
  journal::v1::Genesis message;
  message.set_journal(id_.value());
  message.set_node(genesis.node.empty() ? signer.writer().node : genesis.node);
  message.set_scope(genesis.scope);
  message.set_shop(genesis.shop);
  message.set_series(journal::MakeSeries(Day(20'000), random));
  message.set_certificate(genesis.certificate.empty() ? signer.certificate() : genesis.certificate);
  AddEntry(journal::kGenesisKind, message.SerializeAsString());
}

HandMadeJournal::HandMadeJournal(const journal::Signer& signer)
    : HandMadeJournal(signer, Genesis{journal::v1::SCOPE_SHOP, signer.writer().shop, "", ""}) {}

void HandMadeJournal::Add(uint32_t kind, const std::string& fact) { AddEntry(kind, fact); }

void HandMadeJournal::AddSale(const std::string& product, int64_t quantity_milli) {
  retail::v1::Sold sold;
  retail::v1::SoldLine* line = sold.add_lines();
  line->set_product(product);
  line->set_unit(retail::v1::UNIT_PIECE);
  line->set_quantity_milli(quantity_milli);
  line->set_unit_price_cents(250);
  sold.add_payments()->set_method(retail::v1::PAYMENT_METHOD_CARD);
  AddEntry(retail::v1::FACT_KIND_SOLD, sold.SerializeAsString());
}

journal::v1::Segment HandMadeJournal::Cut(uint64_t first, uint64_t last) const {
  journal::SegmentBuilder builder(id_, Sequence(first), hashes_[first - 1]);
  for (uint64_t number = first; number <= last; ++number) {
    Require(builder.Add(entries_[number - 1], kSegmentRawBytesMax), "an entry that does not fit");
  }
  const Head head{id_, Sequence(last), hashes_[last]};
  return std::move(builder).Finish(Required(signer_.Sign(journal::HeadToSign(head))));
}

void HandMadeJournal::AddEntry(uint32_t kind, const std::string& fact) {
  journal::v1::Entry entry;
  // Later than the one before, also within a millisecond.
  entry.set_hybrid_time(
      HybridTime::FromMillis(WallMillis(), static_cast<uint16_t>(entries_.size())).value());
  entry.set_fold_version(1);
  entry.set_kind(kind);
  entry.set_fact(fact);
  entries_.push_back(entry.SerializeAsString());
  hashes_.push_back(journal::ChainNext(hashes_.back(), entries_.back()));
}

}  // namespace comptoir::testing
