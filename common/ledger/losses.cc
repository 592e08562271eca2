// What this replica lost, and what it tells its witness (R8).
#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/ledger/ledger.h"
#include "common/ledger/tables.h"

namespace comptoir::ledger {
namespace {

// Of a start that finds more than these, the rest is in `comptoir status`.
constexpr size_t kLossesToldMax = 100;
constexpr char kThen[] = ": the views were folded anew, and what peers hold of them comes back";

}  // namespace

absl::StatusOr<bool> Ledger::HearWitness(const store::Snapshot& snapshot) {
  const absl::StatusOr<journal::v1::Witness>& witness = options_.witness;
  if (!witness.ok()) {
    // A first start has none.
    if (absl::IsNotFound(witness.status()) && book_.all().empty()) return false;
    opening_notes_.push_back(absl::StrCat(witness.status().message(),
                                          ": whether the store lost entries is not known until a "
                                          "peer says so; a new one is written"));
    return false;
  }
  if (witness->identity() != IdentityText(self())) {
    opening_notes_.push_back(absl::StrCat("the witness is of ", witness->identity(),
                                          ", not of this node: it was put aside, and says nothing "
                                          "of the store; a new one is written"));
    return false;
  }
  given_before_ = HybridTime(witness->hybrid_time());
  // So that what grew last is known after a start, too.
  for (const journal::v1::WitnessHead& head : witness->heads()) {
    Journal* journal = book_.Find(JournalId(head.head().journal()));
    if (journal != nullptr) journal->grown = ++growths_;
  }
  COMPTOIR_ASSIGN_OR_RETURN(WitnessFindings findings,
                            CompareWithWitness(*witness, book_, snapshot));
  // Cut back to where its branches part: what it held past that was moved.
  for (auto loss = findings.losses.begin(); loss != findings.losses.end();) {
    COMPTOIR_ASSIGN_OR_RETURN(const bool forked, IsForkedAfter(snapshot, loss->journal,
                                                               Sequence(loss->first.value() - 1)));
    loss = forked ? findings.losses.erase(loss) : std::next(loss);
  }
  NoteFindings(findings);
  const bool store_changed = findings.store_changed();
  // What is lost anew is named once, however much of it was lost before.
  losses_ = std::move(findings.losses);
  for (Loss& loss : findings.known) {
    const bool named = std::ranges::any_of(losses_, [&loss](const Loss& newer) {
      return newer.journal == loss.journal && newer.last >= loss.last;
    });
    if (!named) losses_.push_back(std::move(loss));
  }
  return store_changed;
}

void Ledger::NoteFindings(const WitnessFindings& findings) {
  for (const Loss& loss : findings.losses) {
    counters_.lost_entries.Add(loss.entries());
    if (opening_notes_.size() >= kLossesToldMax) continue;
    opening_notes_.push_back(absl::StrCat("lost here: ", LossText(loss), kThen));
  }
  if (findings.losses.size() > kLossesToldMax) {
    opening_notes_.push_back(absl::StrCat("lost here: entries of ", findings.losses.size(),
                                          " journals in all, of which these are the first"));
  }
  if (findings.unnamed_entries > 0) {
    counters_.lost_entries.Add(findings.unnamed_entries);
    opening_notes_.push_back(absl::StrCat("lost here: ", findings.unnamed_entries,
                                          " entries of journals that grew longer ago", kThen));
  }
  for (const std::string& other : findings.others) {
    if (opening_notes_.size() > kLossesToldMax + kLossesToldMax) break;
    opening_notes_.push_back(other);
  }
}

std::vector<Loss> Ledger::LossesLocked() const {
  std::vector<Loss> outstanding;
  for (Loss loss : losses_) {
    const Journal* journal = book_.Find(loss.journal);
    if (journal != nullptr && journal->durable.sequence >= loss.first) {
      loss.first = Next(journal->durable.sequence);
    }
    if (loss.first <= loss.last) outstanding.push_back(std::move(loss));
  }
  return outstanding;
}

std::vector<Loss> Ledger::Losses() const {
  MutexLock lock(&commit_.mutex);
  return LossesLocked();
}

void Ledger::ReportLost(JournalId id, Sequence first, Sequence last) {
  {
    MutexLock lock(&commit_.mutex);
    // What it lacks of the branch that was kept is on its way.
    if (settled_.contains(id)) return;
    for (Loss& loss : losses_) {
      if (loss.journal != id) continue;
      if (loss.first <= first && loss.last >= last) return;
      // More of it than was known.
      loss.last = std::max(loss.last, last);
      loss.first = std::min(loss.first, first);
      first = last = Sequence(0);
      break;
    }
    if (first.value() > 0) {
      if (losses_.size() >= kWitnessLossesMax) return;
      Loss loss{id, first, last, self().node, ""};
      if (const Journal* journal = book_.Find(id); journal != nullptr) {
        loss.series = journal->context.series;
      }
      counters_.lost_entries.Add(loss.entries());
      losses_.push_back(std::move(loss));
    }
    ++witness_version_;
  }
  // The tables are flushed together, so the views are those of the journals even so.
  // Belt and braces: not in the middle of a day's selling, but at the next start. If
  // this is not written, nothing is known to be wrong.
  auto transaction = options_.store->Begin();
  transaction->Put(kMeta, kViewsStaleName, "1");
  (void)options_.store->Commit(std::move(transaction), store::Durability::kBuffered);
}

uint64_t Ledger::witness_version() const {
  MutexLock lock(&commit_.mutex);
  return witness_version_;
}

journal::v1::Witness Ledger::MakeWitness() const {
  journal::v1::Witness witness;
  witness.set_identity(IdentityText(self()));
  MutexLock lock(&commit_.mutex);
  witness.set_hybrid_time(std::max(book_.LatestOf(self().node), given_before_).value());
  std::vector<const Journal*> journals;
  uint64_t entries = 0;
  for (const auto& [id, journal] : book_.all()) {
    if (journal.durable.sequence.value() == 0) continue;
    entries += journal.durable.sequence.value();
    journals.push_back(&journal);
  }
  witness.set_entries(entries);
  const size_t listed = std::min(journals.size(), kWitnessHeadsMax);
  std::partial_sort(journals.begin(), journals.begin() + static_cast<ptrdiff_t>(listed),
                    journals.end(), [](const Journal* left, const Journal* right) {
                      return std::pair(left->grown, left->durable.hybrid_time) >
                             std::pair(right->grown, right->durable.hybrid_time);
                    });
  for (size_t i = listed; i-- > 0;) {
    const Journal& journal = *journals[i];
    journal::v1::WitnessHead* added = witness.add_heads();
    added->mutable_head()->set_journal(journal.context.journal.value());
    added->mutable_head()->set_sequence(journal.durable.sequence.value());
    added->mutable_head()->set_hash(journal.durable.hash.bytes.data(),
                                    journal.durable.hash.bytes.size());
    added->set_node(journal.context.writer.node);
    added->set_series(journal.context.series);
  }
  for (const Loss& loss : LossesLocked()) {
    if (static_cast<size_t>(witness.losses_size()) >= kWitnessLossesMax) break;
    journal::v1::WitnessLoss* added = witness.add_losses();
    added->set_journal(loss.journal.value());
    added->set_first_sequence(loss.first.value());
    added->set_last_sequence(loss.last.value());
    added->set_node(loss.node);
    added->set_series(loss.series);
  }
  return witness;
}

}  // namespace comptoir::ledger
