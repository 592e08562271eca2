// What one replica can prove of itself (I3, I4, I5, I6, I9), and folding views anew.
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/journal/name.h"
#include "common/ledger/entry_rows.h"
#include "common/ledger/folding.h"
#include "common/ledger/ledger.h"
#include "common/ledger/refolder.h"
#include "common/ledger/tables.h"
#include "common/ledger/verify_requests.h"
#include "common/retail/sales/whole.h"
#include "common/retail/stock/conservation.h"
#include "google/protobuf/arena.h"

namespace comptoir::ledger {
namespace {

constexpr size_t kFindingsMax = 100;

std::string Name(const retail::JournalContext& journal) {
  return absl::StrCat(journal.series, " of ", journal.writer.node);
}

// Rows of one table that differ, into findings.
absl::Status CompareTable(const store::TableSpec& table, const store::Snapshot& ours,
                          const store::Snapshot& fresh, VerifyReport* report) {
  auto left = ours.Scan(table.id, "", "");
  auto right = fresh.Scan(table.id, "", "");
  uint64_t differences = 0;
  while (left->Valid() || right->Valid()) {
    const int order = !left->Valid() ? 1 : !right->Valid() ? -1 : left->key().compare(right->key());
    if (order != 0 || left->value() != right->value()) ++differences;
    if (order <= 0) {
      ++report->view_rows;
      left->Next();
    }
    if (order >= 0) right->Next();
  }
  COMPTOIR_RETURN_IF_ERROR(left->status());
  COMPTOIR_RETURN_IF_ERROR(right->status());
  if (differences > 0) {
    report->findings.push_back({"I4", absl::StrCat(differences, " rows of the view '", table.name,
                                                   "' are not what the journals fold to")});
  }
  return absl::OkStatus();
}

uint64_t EntriesIn(const std::map<JournalId, Journal>& journals) {
  uint64_t entries = 0;
  for (const auto& [id, journal] : journals) entries += journal.durable.sequence.value();
  return entries;
}

}  // namespace

absl::StatusOr<bool> Ledger::Rebuild() {
  store::Store& store = *options_.store;
  for (const store::TableSpec& table : FoldedTables()) {
    COMPTOIR_RETURN_IF_ERROR(store.Clear(table.id));
  }
  const auto snapshot = PlainSnapshot();
  MutexLock lock(&commit_.mutex);
  bool are_whole = true;
  FoldSources sources;
  sources.journal = [this](JournalId id) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    const Journal* journal = book_.Find(id);
    return journal == nullptr ? nullptr : &journal->context;
  };
  sources.entries = snapshot.get();
  sources.verifier = options_.verifier;
  sources.release = &options_.release;
  // What a fold looked back at was not there for it, though it may read well otherwise.
  std::vector<DamagedRange> unread;
  sources.on_damage = [&unread](JournalId id, Sequence at) { unread.push_back({id, at, at}); };
  Refolder refolder(*snapshot, store, sources);
  const auto tell = [this, total = EntriesIn(book_.all())](uint64_t done) {
    if (options_.on_refold) options_.on_refold(done, total);
  };
  uint64_t done = 0;
  tell(done);
  const auto progress = [&] {
    if (++done % kRefoldToldEntries == 0) tell(done);
    return true;
  };
  for (const JournalId id : ByAge(book_.all())) {
    Journal& journal = *book_.Find(id);
    Refolder::Outcome outcome = Refolder::Begin(id);
    COMPTOIR_RETURN_IF_ERROR(
        refolder.Fold(journal.context, journal.durable.sequence, progress, &outcome));
    if (outcome.broken_at != 0) {
      // The shop sells on without what comes after it; once that is mended, the next
      // start folds it too.
      are_whole = false;
      COMPTOIR_ASSIGN_OR_RETURN(
          const std::vector<DamagedRange> damaged,
          FindDamage(*snapshot, id, Sequence(outcome.broken_at), journal.durable.sequence));
      NoteDamage(damaged);
      continue;
    }
    // A fact that was unknown before may print a receipt now.
    journal.durable.receipts = journal.pending.receipts = outcome.receipts;
    refolder.batch().Put(kHeads, JournalKey(id), ToRow(journal.durable).SerializeAsString());
  }
  COMPTOIR_RETURN_IF_ERROR(refolder.Write());
  NoteUnread(unread);
  are_whole = are_whole && unread.empty();
  tell(done);
  views_are_stale_ = !are_whole;
  return are_whole;
}

absl::Status Ledger::VerifySignatures(const store::Snapshot& snapshot, const Journal& journal,
                                      VerifyReport* report) const {
  const JournalId id = journal.context.journal;
  auto rows = snapshot.Scan(kSignatures, JournalKey(id), JournalLimit(id));
  uint64_t last_signed = 0;
  for (; rows->Valid(); rows->Next()) {
    const Sequence sequence(ReadBigEndian64(rows->key().substr(8)));
    const auto entry = ReadEntryRow(snapshot, id, sequence);
    if (absl::IsNotFound(entry.status())) {
      report->findings.push_back(
          {"I6", absl::StrCat("entry ", sequence.value(), " of journal ", Name(journal.context),
                              " is signed, but not held")});
      continue;
    }
    if (absl::IsDataLoss(entry.status())) continue;  // found and told by who reads entries
    COMPTOIR_RETURN_IF_ERROR(entry.status());
    COMPTOIR_ASSIGN_OR_RETURN(const StoredEntry stored, ParseStoredEntry(*entry));
    const absl::Status status = options_.verifier->VerifySignature(
        journal.certificate, journal::HeadToSign({id, sequence, stored.hash}), rows->value());
    ++report->signatures;
    last_signed = sequence.value();
    if (!status.ok()) {
      report->findings.push_back(
          {"I6", absl::StrCat("the signature at entry ", sequence.value(), " of journal ",
                              Name(journal.context), " does not verify")});
    }
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  // Cut back to where its branches part: what is signed is on its way.
  COMPTOIR_ASSIGN_OR_RETURN(const bool cut_back,
                            IsForkedAfter(snapshot, id, journal.durable.sequence));
  if (!journal.ours && !cut_back && last_signed < journal.durable.sequence.value()) {
    report->unsigned_entries += journal.durable.sequence.value() - last_signed;
    report->findings.push_back(
        {"I6", absl::StrCat("journal ", Name(journal.context),
                            " is held past its last signature, entry ", last_signed)});
  }
  return absl::OkStatus();
}

absl::StatusOr<VerifyReport> Ledger::Verify(
    store::Store& scratch,
    const std::function<bool(uint64_t done, uint64_t total)>& progress) const {
  VerifyReport report;
  std::map<JournalId, Journal> journals;
  std::unique_ptr<store::Snapshot> snapshot;
  {
    // The heads and the snapshot must be of one moment: what became durable
    // meanwhile is in the snapshot's head rows.
    MutexLock lock(&commit_.mutex);
    snapshot = PlainSnapshot();
    journals = book_.all();
  }
  bool is_broken = false;
  uint64_t total = 0;
  for (auto& [id, journal] : journals) {
    COMPTOIR_ASSIGN_OR_RETURN(const auto row, snapshot->Get(kHeads, JournalKey(id)));
    if (!row.has_value()) {
      journal.durable = HeadState();
      continue;
    }
    COMPTOIR_ASSIGN_OR_RETURN(journal.durable, FromRow(*row));
    total += journal.durable.sequence.value();
  }
  FoldSources sources;
  sources.journal = [&journals](JournalId id) {
    const auto found = journals.find(id);
    return found == journals.end() ? nullptr : &found->second.context;
  };
  sources.entries = snapshot.get();
  sources.verifier = options_.verifier;
  sources.release = &options_.release;
  std::set<std::pair<JournalId, Sequence>> unread;
  sources.on_damage = [&unread](JournalId id, Sequence at) { unread.emplace(id, at); };
  Refolder refolder(*snapshot, scratch, sources);
  const auto count = [&] {
    ++report.entries;
    return report.entries % 1024 != 0 || progress(report.entries, total);
  };
  for (const JournalId id : ByAge(journals)) {
    const Journal& journal = journals.at(id);
    if (journal.durable.sequence.value() == 0) continue;
    ++report.journals;
    Refolder::Outcome outcome = Refolder::Begin(id);
    COMPTOIR_RETURN_IF_ERROR(
        refolder.Fold(journal.context, journal.durable.sequence, count, &outcome));
    if (outcome.broken_at != 0) {
      is_broken = true;
      COMPTOIR_RETURN_IF_ERROR(
          ReportDamage(*snapshot, journal, Sequence(outcome.broken_at), &report));
      continue;
    }
    if (outcome.entries != journal.durable.sequence.value() ||
        outcome.hash != journal.durable.hash || outcome.receipts != journal.durable.receipts) {
      report.findings.push_back({"I6", absl::StrCat("the head of journal ", Name(journal.context),
                                                    " is not that of its entries")});
    }
    COMPTOIR_RETURN_IF_ERROR(VerifySignatures(*snapshot, journal, &report));
    if (report.findings.size() >= kFindingsMax) return report;
  }
  COMPTOIR_RETURN_IF_ERROR(refolder.Write());
  for (const auto& [id, at] : unread) {
    is_broken = true;
    const auto journal = journals.find(id);
    report.findings.push_back(
        {"I6", absl::StrCat("entry ", at.value(), " of journal ",
                            journal == journals.end() ? journal::JournalName(id)
                                                      : Name(journal->second.context),
                            " could not be read where another looks back at it")});
    MutexLock lock(&commit_.mutex);
    NoteUnread({{id, at, at}});
  }
  COMPTOIR_RETURN_IF_ERROR(CompareViews(*snapshot, scratch, &report, is_broken));
  return report;
}

absl::Status Ledger::CompareViews(const store::Snapshot& snapshot, store::Store& scratch,
                                  VerifyReport* report, bool is_broken) const {
  if (is_broken) {
    report->findings.push_back({"I4", "the views were not compared: some entries cannot be read"});
    return absl::OkStatus();
  }
  const auto fresh = scratch.NewSnapshot();
  const size_t findings = report->findings.size();
  bool are_read = true;
  for (const store::TableSpec& table : FoldedTables()) {
    const absl::Status status = CompareTable(table, snapshot, *fresh, report);
    if (!absl::IsDataLoss(status)) COMPTOIR_RETURN_IF_ERROR(status);
    if (status.ok()) continue;
    are_read = false;
    report->findings.push_back({"I4", absl::StrCat("the view '", table.name, "' cannot be read: ",
                                                   std::string(status.message()))});
  }
  // Views are what the journals say: they can be had again.
  if (report->findings.size() > findings) MarkViewsStale();
  if (!are_read) return absl::OkStatus();
  COMPTOIR_ASSIGN_OR_RETURN(const auto imbalances, retail::CheckConservation(snapshot));
  for (const retail::ConservationFinding& imbalance : imbalances) {
    report->findings.push_back(
        {"I5", absl::StrCat("the movements of ", imbalance.product, " sum to ", imbalance.milli,
                            " thousandths, not to zero")});
  }
  COMPTOIR_ASSIGN_OR_RETURN(const auto not_whole, retail::CheckSalesWhole(snapshot));
  for (const std::string& what : not_whole) report->findings.push_back({"I9", what});
  COMPTOIR_ASSIGN_OR_RETURN(const auto twice, FindRequestsTwice(*this, snapshot));
  for (const std::string& what : twice) report->findings.push_back({"I3", what});
  auto verdicts = snapshot.Scan(kVerdicts, "", "");
  for (; verdicts->Valid(); verdicts->Next()) ++report->bad_facts;
  return verdicts->status();
}

// Which entries, from the first that does not read on; they are noted, too.
absl::Status Ledger::ReportDamage(const store::Snapshot& snapshot, const Journal& journal,
                                  Sequence first, VerifyReport* report) const {
  COMPTOIR_ASSIGN_OR_RETURN(
      const std::vector<DamagedRange> ranges,
      FindDamage(snapshot, journal.context.journal, first, journal.durable.sequence));
  for (const DamagedRange& range : ranges) {
    const std::string which =
        range.first == range.last
            ? absl::StrCat("entry ", range.first.value())
            : absl::StrCat("entries ", range.first.value(), " to ", range.last.value());
    report->findings.push_back({"I6", absl::StrCat(which, " of journal ", Name(journal.context),
                                                   " cannot be read, or do not fit its chain")});
  }
  if (ranges.empty()) {
    report->findings.push_back({"I6", absl::StrCat("entry ", first.value(), " of journal ",
                                                   Name(journal.context), " is no entry")});
  }
  MutexLock lock(&commit_.mutex);
  NoteDamage(ranges);
  return absl::OkStatus();
}

}  // namespace comptoir::ledger
