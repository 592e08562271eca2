#include "tests/simulation/hostile.h"

#include <utility>

#include "common/journal/chain.h"
#include "common/journal/genesis.h"
#include "common/journal/segment.h"
#include "common/retail/fact.h"

namespace comptoir::simulation {
namespace {

constexpr int64_t kDecadeMs = int64_t{3'650} * 86'400'000;

const journal::Writer& Self() {
  static const auto* const writer =
      new journal::Writer{"essai", "voleur-1", kHostileShop, false, true};
  return *writer;
}

std::string RandomBytes(Dice& dice, size_t most) {
  std::string bytes(dice.Below(most) + 1, '\0');
  for (char& byte : bytes) byte = static_cast<char>(dice.Next());
  return bytes;
}

}  // namespace

// Hears what the hub says, and does nothing about it.
class Hostile::Sink : public replica::FrameSink {
 public:
  void Send(sync::v1::Frame) override {}
  void Handled() override {}
  void Close(const absl::Status&) override { closed = true; }
  bool closed = false;
};

Hostile::Hostile(Events& events, Dice dice) : events_(events), dice_(dice), signer_(Self(), 1) {}

void Hostile::Attack(Machine& hub, FaultKind kind, uint64_t choice) {
  if (!hub.alive()) return;
  const auto sink = std::make_shared<Sink>();
  const auto peer = hub.sessions().Connect(Self(), "hostile", sink);
  const uint64_t life = hub.life();
  const auto alive = [&hub, life, sink] {
    return hub.alive() && hub.life() == life && !sink->closed;
  };
  sync::v1::Frame greeting;
  sync::v1::Hello* hello = greeting.mutable_hello();
  hello->set_protocol_min(1);
  hello->set_protocol_max(1);
  hello->set_node(Self().node);
  hello->set_run(7);
  hello->set_software("hostile");
  hello->set_fold_version(1);
  hello->set_wall_ms(WallMillis());
  peer->Receive(std::move(greeting));
  hub.Settle();
  events_.In(50, [this, alive, peer, &hub, kind, choice] {
    if (!alive()) return;
    for (sync::v1::Frame& frame : Frames(hub, kind, Dice(choice))) peer->Receive(std::move(frame));
    hub.Settle();
  });
  events_.In(dice_.Between(500, 5'000), [alive, peer, &hub] {
    if (!alive()) return;
    peer->Stop();
    hub.Settle();
  });
}

std::vector<sync::v1::Frame> Hostile::Frames(Machine& hub, FaultKind kind, Dice dice) {
  switch (kind) {
    case FaultKind::kBadFacts:
    case FaultKind::kUnknownFacts:
      return {WriteBadFacts(kind, dice)};
    case FaultKind::kForged:
      return {Forge(hub, dice)};
    case FaultKind::kForeign:
      return {MakeForeign(dice)};
    default:
      return {MakeMalformed(hub, dice)};
  }
}

void Hostile::Append(OwnJournal& journal, journal::v1::Entry entry) const {
  if (entry.hybrid_time() == 0) {
    entry.set_hybrid_time(HybridTime::FromMillis(WallMillis()).value());
  }
  if (entry.fold_version() == 0) entry.set_fold_version(retail::kFoldVersion);
  journal.entries.push_back(entry.SerializeAsString());
  const Hash before =
      journal.hashes.empty() ? journal::ChainStart(journal.id) : journal.hashes.back();
  journal.hashes.push_back(journal::ChainNext(before, journal.entries.back()));
}

Hostile::OwnJournal Hostile::Begin(JournalId id, journal::v1::Scope scope, const std::string& shop,
                                   const std::string& certificate) const {
  OwnJournal journal{id, {}, {}};
  journal::v1::Genesis genesis;
  genesis.set_journal(id.value());
  genesis.set_node(Self().node);
  genesis.set_shop(shop);
  genesis.set_scope(scope);
  genesis.set_series("261123-abcdef");
  genesis.set_certificate(certificate);
  journal::v1::Entry entry;
  entry.set_kind(journal::kGenesisKind);
  entry.set_fact(genesis.SerializeAsString());
  Append(journal, std::move(entry));
  return journal;
}

// With an empty signature it signs itself.
sync::v1::Frame Hostile::Segment(const OwnJournal& journal, size_t from,
                                 std::string signature) const {
  const Hash before = from == 0 ? journal::ChainStart(journal.id) : journal.hashes[from - 1];
  journal::SegmentBuilder builder(journal.id, Sequence(from + 1), before);
  for (size_t i = from; i < journal.entries.size(); ++i) {
    builder.Add(journal.entries[i], kSegmentRawBytesMax);
  }
  const Head head{journal.id, builder.last(), journal.hashes.back()};
  if (signature.empty()) signature = *signer_.Sign(journal::HeadToSign(head));
  sync::v1::Frame frame;
  *frame.mutable_segment() = std::move(builder).Finish(std::move(signature));
  return frame;
}

sync::v1::Frame Hostile::WriteBadFacts(FaultKind kind, Dice& dice) {
  if (coop_journal_.entries.empty()) {
    coop_journal_ =
        Begin(JournalId(dice_.Next() | 1), journal::v1::SCOPE_COOP, "", signer_.certificate());
  }
  const int64_t facts = dice.Between(1, 5);
  for (int64_t i = 0; i < facts; ++i) {
    journal::v1::Entry entry;
    retail::v1::PriceSet price;
    bool bad = true;
    price.set_product("carottes");
    price.set_first_day(20'780);
    price.mutable_price_cents()->set_value(dice.Between(1, 999));
    entry.set_kind(retail::v1::FACT_KIND_PRICE_SET);
    if (kind == FaultKind::kUnknownFacts) {
      if (dice.OneIn(2)) {
        entry.set_kind(static_cast<uint32_t>(dice.Between(1'000, 2'000)));
      } else {
        entry.set_fold_version(99);
      }
    } else {
      switch (dice.Below(5)) {
        case 0:
          price.mutable_price_cents()->set_value(-5);
          break;
        case 1:
          price.set_product("not a code");
          break;
        case 2:
          entry.set_kind(retail::v1::FACT_KIND_SOLD);  // no fact of this scope
          break;
        case 3:
          // Nothing wrong with it but its time: it is folded, and nobody's clock follows.
          entry.set_hybrid_time(HybridTime::FromMillis(WallMillis() + kDecadeMs).value());
          bad = false;
          break;
        default:
          entry.set_hybrid_time(HybridTime::FromMillis(270'000'000'000'000).value());
          break;
      }
    }
    entry.set_fact(price.SerializeAsString());
    Append(coop_journal_, std::move(entry));
    if (bad) bad_.insert(coop_journal_.entries.size());
  }
  // What was refused or lost with a stream is brought again with what is new.
  return Segment(coop_journal_, 0, "");
}

// Goes on in another's journal, where that ends.
sync::v1::Frame Hostile::Forge(Machine& hub, Dice& dice) const {
  const std::vector<ledger::JournalView> journals = hub.ledger().Journals();
  if (journals.empty()) return MakeMalformed(hub, dice);
  const ledger::JournalView& victim = journals[dice.Below(journals.size())];
  // With its own key in its own journal it would not forge, but fork.
  if (victim.writer_shop == kHostileShop) return MakeMalformed(hub, dice);
  journal::v1::Entry entry;
  entry.set_kind(retail::v1::FACT_KIND_SOLD);
  entry.set_fact(RandomBytes(dice, 60));
  entry.set_hybrid_time(HybridTime::FromMillis(WallMillis()).value());
  const std::string bytes = entry.SerializeAsString();
  const Hash hash = journal::ChainNext(victim.head.hash, bytes);
  // Half the time it goes on where the journal ends, else it denies the last entry.
  const bool appends = dice.OneIn(2) || victim.head.sequence.value() < 2;
  journal::SegmentBuilder builder(victim.head.journal,
                                  appends ? Next(victim.head.sequence) : victim.head.sequence,
                                  victim.head.hash);
  builder.Add(bytes, kSegmentRawBytesMax);
  const Head head{victim.head.journal, builder.last(), hash};
  sync::v1::Frame frame;
  *frame.mutable_segment() = std::move(builder).Finish(*signer_.Sign(journal::HeadToSign(head)));
  return frame;
}

sync::v1::Frame Hostile::MakeMalformed(Machine& hub, Dice& dice) const {
  sync::v1::Frame frame;
  switch (dice.Below(6)) {
    case 0: {
      // Whatever random bytes happen to mean.
      if (!frame.ParseFromString(RandomBytes(dice, 80))) frame.Clear();
      return frame;
    }
    case 1: {
      journal::v1::Segment* segment = frame.mutable_segment();
      segment->set_journal(dice.Next() | 1);
      segment->set_first_sequence(1);
      segment->set_previous_hash(RandomBytes(dice, 40));
      segment->set_entry_count(static_cast<uint32_t>(dice.Below(100'000)));
      segment->set_raw_bytes(static_cast<uint32_t>(dice.Next()));
      segment->set_block(RandomBytes(dice, 300));
      segment->set_signature(RandomBytes(dice, 80));
      return frame;
    }
    case 2: {
      const OwnJournal journal =
          Begin(JournalId(dice.Next() | 1), journal::v1::SCOPE_COOP, "", signer_.certificate());
      frame = Segment(journal, 0, "");
      std::string* block = frame.mutable_segment()->mutable_block();
      (*block)[dice.Below(block->size())] ^= 1;
      return frame;
    }
    case 3:
      frame.mutable_ack()->set_journal(dice.Next());
      frame.mutable_ack()->set_sequence(dice.Below(1'000));
      return frame;
    case 4: {
      const auto journals = hub.ledger().Journals();
      sync::v1::Want* want = frame.mutable_want();
      want->set_journal(journals.empty() ? 1 : journals[0].head.journal.value());
      want->set_first_sequence(dice.Below(3));
      want->set_last_sequence(dice.Below(1'000));
      return frame;
    }
    default:
      frame.mutable_list()->add_months(static_cast<uint32_t>(dice.Next()));
      return frame;
  }
}

sync::v1::Frame Hostile::MakeForeign(Dice& dice) const {
  const JournalId id(dice.Next() | 1);
  switch (dice.Below(3)) {
    case 0:
      return Segment(Begin(id, journal::v1::SCOPE_COOP, "", ForeignCertificate(Self())), 0, "");
    case 1:
      // Another shop's journal, under its own name.
      return Segment(Begin(id, journal::v1::SCOPE_SHOP, "outremeuse", signer_.certificate()), 0,
                     "");
    default:
      return Segment(Begin(id, journal::v1::SCOPE_HUB, "", signer_.certificate()), 0, "");
  }
}

}  // namespace comptoir::simulation
