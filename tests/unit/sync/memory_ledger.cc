#include "tests/unit/sync/memory_ledger.h"

#include <algorithm>
#include <utility>

#include "common/base/hybrid_time.h"
#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/journal/genesis.h"

namespace comptoir::sync {
namespace {

// Stands for a writer's signature: changes with the head, like one.
std::string SignatureOver(const Head& head) {
  return std::string(journal::Sha256(journal::HeadToSign(head)).view());
}

std::string GenesisEntry(const JournalSummary& summary) {
  journal::v1::Genesis genesis;
  genesis.set_journal(summary.head.journal.value());
  genesis.set_node(summary.node);
  genesis.set_shop(summary.shop);
  genesis.set_scope(summary.scope);
  journal::v1::Entry entry;
  entry.set_kind(journal::kGenesisKind);
  // The tests need a month that survives the journey, not a calendar.
  entry.set_hybrid_time(summary.month);
  entry.set_fact(genesis.SerializeAsString());
  return entry.SerializeAsString();
}

std::optional<JournalSummary> ParseGenesisEntry(JournalId journal, std::string_view bytes) {
  journal::v1::Entry entry;
  journal::v1::Genesis genesis;
  if (!entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      entry.kind() != journal::kGenesisKind || !genesis.ParseFromString(entry.fact()) ||
      genesis.journal() != journal.value()) {
    return std::nullopt;
  }
  JournalSummary summary;
  summary.head.journal = journal;
  summary.scope = genesis.scope();
  summary.shop = genesis.shop();
  summary.node = genesis.node();
  summary.month = static_cast<uint32_t>(entry.hybrid_time());
  return summary;
}

}  // namespace

journal::Writer HubWriter() {
  return {.coop = "petits", .node = "hub-1", .shop = "", .hub = true, .may_edit_catalogue = true};
}

journal::Writer ShopWriter(const std::string& shop) {
  return {.coop = "petits", .node = shop + "-1", .shop = shop};
}

JournalId MemoryLedger::Open(JournalId journal, const journal::Writer& writer,
                             journal::v1::Scope scope, uint32_t month) {
  COMPTOIR_CHECK(!Holds(journal));
  JournalSummary summary;
  summary.head.journal = journal;
  summary.scope = scope;
  summary.shop = scope == journal::v1::SCOPE_SHOP ? writer.shop : "";
  summary.node = writer.node;
  summary.month = month;
  journals_[journal].summary = summary;
  Push(journals_[journal], GenesisEntry(summary));
  return journal;
}

void MemoryLedger::Push(Journal& journal, std::string entry) {
  Head& head = journal.summary.head;
  const Hash before = journal.hashes.empty() ? journal::ChainStart(head.journal) : head.hash;
  head.hash = journal::ChainNext(before, entry);
  head.sequence = Next(head.sequence);
  journal.entries.push_back(std::move(entry));
  journal.hashes.push_back(head.hash);
}

Head MemoryLedger::Append(JournalId journal, std::string entry) {
  Push(journals_.at(journal), std::move(entry));
  return HeadOf(journal);
}

Head MemoryLedger::AppendMany(JournalId journal, size_t count, size_t bytes) {
  for (size_t i = 0; i < count; ++i) {
    std::string entry(bytes, '\0');
    for (char& c : entry) {
      noise_ = noise_ * 6364136223846793005ULL + 1442695040888963407ULL;
      c = static_cast<char>(noise_ >> 56);
    }
    Append(journal, std::move(entry));
  }
  return HeadOf(journal);
}

void MemoryLedger::FinishJournal(JournalId journal) {
  journals_.at(journal).summary.finished = true;
}

void MemoryLedger::Damage(JournalId journal, Sequence first, Sequence last) {
  journals_.at(journal).damaged = {first, last};
}

bool MemoryLedger::IsDamaged(JournalId journal) const {
  return journals_.at(journal).damaged.has_value();
}

void MemoryLedger::RefuseFromNowOn(JournalId journal, v1::RefusedReason reason) {
  refusing_[journal] = reason;
}

void MemoryLedger::ForgetAfter(JournalId id, Sequence last) {
  if (last.value() == 0) {
    journals_.erase(id);
    return;
  }
  Journal& journal = journals_.at(id);
  journal.entries.resize(last.value());
  journal.hashes.resize(last.value());
  journal.summary.head = Head{id, last, journal.hashes.back()};
}

Hash MemoryLedger::HashBefore(JournalId journal, Sequence first) const {
  if (first.value() == 1) return journal::ChainStart(journal);
  return journals_.at(journal).hashes.at(first.value() - 2);
}

SegmentRead MemoryLedger::Read(const ReadSegment& read) const {
  SegmentRead result{read.journal, read.first, std::nullopt};
  const Journal& journal = journals_.at(read.journal);
  journal::SegmentBuilder builder(read.journal, read.first, HashBefore(read.journal, read.first));
  for (size_t i = read.first.value() - 1; i < journal.entries.size(); ++i) {
    const Sequence sequence(i + 1);
    if (journal.damaged && sequence >= journal.damaged->first &&
        sequence <= journal.damaged->second) {
      break;
    }
    if (!builder.Add(journal.entries[i], read.raw_bytes_max)) break;
  }
  result.damaged = builder.empty();
  if (result.damaged) return result;
  const Head last{read.journal, builder.last(), journal.hashes.at(builder.last().value() - 1)};
  result.segment = std::move(builder).Finish(SignatureOver(last));
  return result;
}

Head MemoryLedger::ReadHashAt(JournalId journal, Sequence sequence) const {
  return Head{journal, sequence, journals_.at(journal).hashes.at(sequence.value() - 1)};
}

Ingested MemoryLedger::Refuse(JournalId journal, v1::RefusedReason reason,
                              std::string detail) const {
  const Head held = Holds(journal) ? HeadOf(journal) : Head{journal, Sequence(0), Hash{}};
  return Ingested{journal, held, reason, std::move(detail)};
}

v1::RefusedReason MemoryLedger::Judge(const journal::DecodedSegment& segment,
                                      const journal::Writer& bringer) const {
  if (const auto found = refusing_.find(segment.journal); found != refusing_.end()) {
    return found->second;
  }
  const uint64_t held = Holds(segment.journal) ? HeadOf(segment.journal).sequence.value() : 0;
  if (segment.first.value() > held + 1) return v1::REFUSED_REASON_GAP;
  if (segment.previous_hash != HashBefore(segment.journal, segment.first)) {
    return v1::REFUSED_REASON_FORK;
  }
  for (size_t i = segment.first.value() - 1; i < std::min(held, segment.last().value()); ++i) {
    if (journals_.at(segment.journal).hashes[i] != segment.hashes[i + 1 - segment.first.value()]) {
      return v1::REFUSED_REASON_FORK;
    }
  }
  if (segment.signature != SignatureOver(segment.head())) return v1::REFUSED_REASON_SIGNATURE;
  if (held > 0) return v1::REFUSED_REASON_UNSPECIFIED;
  const auto summary = ParseGenesisEntry(segment.journal, segment.entries.front());
  if (!summary) return v1::REFUSED_REASON_MALFORMED;
  if (!journal::MayRead(bringer, summary->scope, summary->shop)) return v1::REFUSED_REASON_SCOPE;
  return v1::REFUSED_REASON_UNSPECIFIED;
}

Ingested MemoryLedger::Take(const journal::v1::Segment& encoded, const journal::Writer& bringer) {
  const JournalId id(encoded.journal());
  const auto segment = journal::DecodeSegment(encoded);
  if (!segment.ok()) {
    return Refuse(id, v1::REFUSED_REASON_MALFORMED, std::string(segment.status().message()));
  }
  const v1::RefusedReason reason = Judge(*segment, bringer);
  if (reason != v1::REFUSED_REASON_UNSPECIFIED) return Refuse(id, reason, "refused by the test");
  if (!Holds(id)) {
    journals_[id].summary = *ParseGenesisEntry(id, segment->entries.front());
  }
  Journal& journal = journals_[id];
  for (size_t i = 0; i < segment->entries.size(); ++i) {
    if (segment->first.value() + i == journal.entries.size() + 1) {
      Push(journal, std::string(segment->entries[i]));
    }
  }
  if (journal.damaged && segment->first <= journal.damaged->first &&
      segment->last() >= journal.damaged->second) {
    journal.damaged.reset();
  }
  return Ingested{id, journal.summary.head, v1::REFUSED_REASON_UNSPECIFIED, ""};
}

JournalSummary MemoryLedger::Summary(JournalId journal) const {
  return journals_.at(journal).summary;
}

std::vector<JournalSummary> MemoryLedger::Summaries() const {
  std::vector<JournalSummary> summaries;
  for (const auto& [id, journal] : journals_) summaries.push_back(journal.summary);
  return summaries;
}

Head MemoryLedger::HeadOf(JournalId journal) const { return journals_.at(journal).summary.head; }

std::vector<Head> MemoryLedger::HeadsFor(const journal::Writer& reader) const {
  std::vector<Head> heads;
  for (const auto& [id, journal] : journals_) {
    if (journal::MayRead(reader, journal.summary.scope, journal.summary.shop)) {
      heads.push_back(journal.summary.head);
    }
  }
  return heads;
}

}  // namespace comptoir::sync
