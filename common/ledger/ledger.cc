#include "common/ledger/ledger.h"

#include <algorithm>
#include <future>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/planted.h"
#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/journal/genesis.h"
#include "common/ledger/entry_writer.h"
#include "common/ledger/folding.h"
#include "common/ledger/requests.h"
#include "common/ledger/tables.h"
#include "common/retail/forks/moved.h"
#include "common/retail/reasons.h"
#include "google/protobuf/arena.h"

namespace comptoir::ledger {
namespace {

constexpr std::string_view kIdentityName = "identity";
constexpr std::string_view kFoldVersionName = "fold_version";

}  // namespace

Ledger::Ledger(Options options)
    : options_(std::move(options)),
      book_(options_.release),
      time_line_(*options_.clock),
      commit_(*options_.store, options_.on_failure, options_.flusher) {}

Ledger::~Ledger() = default;

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::Open(Options options) {
  auto ledger = std::unique_ptr<Ledger>(new Ledger(std::move(options)));
  COMPTOIR_RETURN_IF_ERROR(ledger->Load());
  return ledger;
}

absl::Status Ledger::Load() {
  store::Store& store = *options_.store;
  const std::string identity = IdentityText(self());
  auto snapshot = store.NewSnapshot();
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<std::string> held,
                            snapshot->Get(kMeta, kIdentityName));
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<std::string> folded,
                            snapshot->Get(kMeta, kFoldVersionName));
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<std::string> stale,
                            snapshot->Get(kMeta, kViewsStaleName));
  if (held.has_value() && *held != identity) {
    return absl::FailedPreconditionError(
        absl::StrCat("this data folder holds the ledger of ", *held, ", but its certificate is of ",
                     identity, ": give each node a data folder of its own"));
  }
  uint32_t fold_version = 0;
  if (folded.has_value() && !absl::SimpleAtoi(*folded, &fold_version)) {
    return absl::DataLossError("the fold version of this data folder is damaged");
  }
  const uint32_t known_version = options_.release.views_version;
  if (fold_version > known_version) {
    return absl::FailedPreconditionError(
        absl::StrCat("this data folder was folded by a newer release (views of version ", *folded,
                     ", this one knows ", known_version, "): upgrade this machine"));
  }
  bool fold_anew = stale.has_value();
  {
    MutexLock lock(&commit_.mutex);
    COMPTOIR_RETURN_IF_ERROR(book_.Load(*snapshot, *options_.verifier, *options_.signer));
    COMPTOIR_ASSIGN_OR_RETURN(const bool changed, HearWitness(*snapshot));
    fold_anew = fold_anew || changed;
    std::vector<HybridTime> known;
    for (const auto& [id, journal] : book_.all()) known.push_back(journal.pending.hybrid_time);
    time_line_.Start(std::max(book_.LatestOf(self().node), given_before_), known);
    if (options_.clock->IsSynchronised()) time_line_.Vouch();
    if (COMPTOIR_PLANTED(kGoOnInOldJournal)) {
      const Journal* last = book_.LatestOurs(journal::v1::SCOPE_SHOP, self().shop);
      if (last != nullptr) {
        open_journals_[{journal::v1::SCOPE_SHOP, self().shop}] = last->context.journal;
      }
    }
  }
  const std::string current = absl::StrCat(known_version);
  fold_anew = fold_anew || (folded.has_value() && *folded != current);
  bool are_whole = true;
  if (fold_anew) {
    // First, so that a start that ends in the middle of it is followed by one that
    // begins it again, whatever the witness says by then.
    auto mark = store.Begin();
    mark->Put(kMeta, kViewsStaleName, "1");
    COMPTOIR_RETURN_IF_ERROR(store.Commit(std::move(mark), store::Durability::kSynced));
    COMPTOIR_ASSIGN_OR_RETURN(are_whole, Rebuild());
  }
  COMPTOIR_RETURN_IF_ERROR(LoadStanding());
  if (fold_anew || !held.has_value() || folded != current) {
    auto transaction = store.Begin();
    transaction->Put(kMeta, kIdentityName, identity);
    transaction->Put(kMeta, kFoldVersionName, current);
    if (are_whole) {
      transaction->Erase(kMeta, kViewsStaleName);
    } else {
      transaction->Put(kMeta, kViewsStaleName, "1");
    }
    COMPTOIR_RETURN_IF_ERROR(store.Commit(std::move(transaction), store::Durability::kSynced));
  }
  {
    MutexLock lock(&commit_.mutex);
    // A view as others: where it is damaged, the next start folds it anew.
    if (absl::Status status = LearnForks(); !status.ok()) {
      Poison(status);
      return status;
    }
  }
  const absl::Status settled = SettleForks();
  if (settled.ok()) return settled;
  MutexLock lock(&commit_.mutex);
  COMPTOIR_RETURN_IF_ERROR(commit_.health());
  // Selling goes on all the while: it is tried again once sessions bring what is missing.
  opening_notes_.push_back(
      absl::StrCat("a fork cannot be settled yet: ", std::string(settled.message())));
  return absl::OkStatus();
}

// ---- append ----

void Ledger::Append(AppendRequest request, AppendDone done, Flush flush) {
  auto result = std::make_shared<AppendResult>();
  uint64_t bytes = 0;
  for (const NewFact& fact : request.facts) bytes += fact.bytes.size();
  // Before the lock: it may ask the system.
  const absl::Status room = Room(bytes);
  absl::Status status;
  {
    MutexLock lock(&commit_.mutex);
    status = PrepareAppend(request, room, result.get());
    if (status.ok()) {
      SubmitAppend(std::move(result), std::move(done), flush);
      return;
    }
  }
  done(status);
}

// A repeat waits as well: its first answer may not be on the disk yet.
void Ledger::SubmitAppend(std::shared_ptr<AppendResult> result, AppendDone done, Flush flush) {
  JournalId journal;
  HeadState state;
  if (!result->repeated && !result->facts.empty()) {
    journal = result->facts.front().reference.journal;
    state = book_.Find(journal)->pending;
  }
  GroupCommit::Done committed = [this, result = std::move(result), done = std::move(done), journal,
                                 state](const absl::Status& outcome) {
    if (!outcome.ok()) {
      done(outcome);
      return;
    }
    if (journal.value() != 0) {
      counters_.appended_entries.Add(result->facts.size());
      PublishDurable(journal, state);
    }
    done(std::move(*result));
  };
  if (flush == Flush::kByCaller) {
    commit_.SubmitForFlush(std::move(committed));
  } else {
    commit_.Submit(std::move(committed));
  }
}

void Ledger::FlushAppended() {
  MutexLock lock(&commit_.mutex);
  commit_.Flush();
}

absl::StatusOr<AppendResult> Ledger::AppendAndWait(AppendRequest request) {
  std::promise<absl::StatusOr<AppendResult>> promise;
  auto answer = promise.get_future();
  AppendForFlush(std::move(request), [&promise](absl::StatusOr<AppendResult> result) {
    promise.set_value(std::move(result));
  });
  FlushAppended();
  return answer.get();
}

absl::Status Ledger::PrepareAppend(const AppendRequest& request, const absl::Status& room,
                                   AppendResult* result) {
  COMPTOIR_RETURN_IF_ERROR(commit_.health());
  if (request.facts.size() > kFactsPerRequestMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("a request writes at most ", kFactsPerRequestMax, " facts"));
  }
  if (!request.request_id.empty()) {
    if (request.request_id.size() != kRequestIdBytes) {
      return absl::InvalidArgumentError("request_id must be 16 bytes");
    }
    COMPTOIR_ASSIGN_OR_RETURN(const bool repeated, FindRepeated(request, result));
    if (repeated) return absl::OkStatus();
  }
  if (request.facts.empty()) return absl::NotFoundError("this request is not known here");
  COMPTOIR_RETURN_IF_ERROR(room);
  if (!halted_.empty()) {
    return retail::WithReason(absl::FailedPreconditionError(halted_), retail::kHalted);
  }
  const bool of_shop = request.scope == journal::v1::SCOPE_SHOP;
  const std::string shop = !of_shop               ? std::string()
                           : request.shop.empty() ? self().shop
                                                  : request.shop;
  const auto opened = open_journals_.find({request.scope, shop});
  if (opened != open_journals_.end()) {
    return AppendFacts(request, *book_.Find(opened->second), result);
  }
  COMPTOIR_ASSIGN_OR_RETURN(Journal * journal, OpenJournal(request.scope, shop));
  const absl::Status appended = AppendFacts(request, *journal, result);
  // What refuses the facts leaves the genesis: somebody must ask for it to be written.
  if (!appended.ok() && commit_.health().ok()) commit_.Submit([](const absl::Status&) {});
  return appended;
}

absl::StatusOr<bool> Ledger::FindRepeated(const AppendRequest& request, AppendResult* result) {
  store::Transaction& reader = commit_.open();
  bool other_content = false;
  size_t facts = 0;  // of the request, as who took it says; 0: nobody does
  for (size_t index = 0; index < kFactsPerRequestMax && (facts == 0 || index < facts); ++index) {
    COMPTOIR_ASSIGN_OR_RETURN(
        const RequestState state,
        FindRequest(reader,
                    RequestKey(self().shop, request.request_id, static_cast<uint32_t>(index)),
                    request.request_digest));
    other_content = other_content || state.other_content;
    if (!state.counted.has_value() || COMPTOIR_PLANTED(kForgetRequests)) break;
    google::protobuf::Arena arena;
    COMPTOIR_ASSIGN_OR_RETURN(const retail::Fact fact,
                              ReadTaken(*state.counted, &arena, &result->series));
    facts = std::max<size_t>(facts, fact.request_facts);
    result->facts.push_back({fact.reference, state.counted->receipt_ordinal});
  }
  result->repeated = !result->facts.empty();
  if (!result->repeated && other_content) {
    return absl::InvalidArgumentError(
        "this request_id was used for a request with other content: use a new one for each "
        "request");
  }
  if (result->repeated && result->facts.size() < facts) {
    return retail::WithReason(
        absl::FailedPreconditionError(absl::StrCat(
            "this request was taken before, and only ", result->facts.size(), " of its ", facts,
            " facts have come here from where: ask again when the others have, or send what is ",
            "missing by a new request")),
        retail::kRequestOnItsWay);
  }
  return result->repeated;
}

// What took a request, and the series it is printed under.
absl::StatusOr<retail::Fact> Ledger::ReadTaken(const RequestTaker& taker,
                                               google::protobuf::Arena* arena,
                                               std::string* series) {
  store::Transaction& reader = commit_.open();
  COMPTOIR_ASSIGN_OR_RETURN(const auto moved,
                            retail::ReadMoved(reader, taker.journal, taker.sequence));
  if (moved.has_value()) {
    COMPTOIR_ASSIGN_OR_RETURN(
        JudgedEntry judged,
        ReadMovedFact(reader, reader, taker.journal, taker.sequence, &options_.release, arena));
    // As it was told at first: what stands in the views stands elsewhere.
    judged.fact.reference = {JournalId(moved->original().journal()),
                             Sequence(moved->original().sequence()),
                             moved->original().hash_prefix()};
    *series = moved->series();
    return std::move(judged.fact);
  }
  const Journal* journal = book_.Find(taker.journal);
  if (journal == nullptr) return absl::DataLossError("what took a request is not held");
  COMPTOIR_ASSIGN_OR_RETURN(const std::string row,
                            ReadSoundRow(reader, taker.journal, taker.sequence));
  COMPTOIR_ASSIGN_OR_RETURN(const StoredEntry stored, ParseStoredEntry(row));
  COMPTOIR_ASSIGN_OR_RETURN(JudgedEntry judged, Judge(stored.bytes, journal->context,
                                                      taker.sequence, stored.hash, arena));
  *series = journal->context.series;
  return std::move(judged.fact);
}

absl::StatusOr<Journal*> Ledger::OpenJournal(journal::v1::Scope scope, const std::string& shop) {
  const Stamp stamp = time_line_.Next();
  journal::v1::Genesis genesis;
  do {
    genesis.set_journal(options_.random->Next64());
  } while (genesis.journal() == 0 || book_.Find(JournalId(genesis.journal())) != nullptr);
  genesis.set_node(self().node);
  genesis.set_shop(shop);
  genesis.set_scope(scope);
  // Never the name of a journal that was lost: receipts were printed under it.
  do {
    genesis.set_series(journal::MakeSeries(stamp.day(), *options_.random));
  } while (std::ranges::any_of(
      losses_, [&genesis](const Loss& loss) { return loss.series == genesis.series(); }));
  genesis.set_certificate(options_.signer->certificate());
  if (const Journal* last = book_.LatestOurs(scope, shop); last != nullptr) {
    genesis.mutable_follows()->set_journal(last->context.journal.value());
    genesis.mutable_follows()->set_sequence(last->pending.sequence.value());
    genesis.mutable_follows()->set_hash(last->pending.hash.bytes.data(),
                                        last->pending.hash.bytes.size());
  }
  journal::v1::Entry entry = MakeEntry(stamp);
  entry.set_kind(journal::kGenesisKind);
  entry.set_fact(genesis.SerializeAsString());
  const std::string bytes = entry.SerializeAsString();
  // Our own genesis goes through the gate that everyone else's does.
  journal::Writer writer;
  COMPTOIR_RETURN_IF_ERROR(
      journal::CheckGenesis(JournalId(genesis.journal()), bytes, *options_.verifier, &writer)
          .status());
  Journal& journal = book_.Insert(genesis, writer, stamp.hybrid_time, true);
  EntryWriter entry_writer(book_, *options_.verifier, commit_.open());
  if (absl::Status status = entry_writer.WriteOne(journal, bytes); !status.ok()) {
    Poison(status);
    return status;
  }
  commit_.open().Put(kJournals, JournalKey(journal.context.journal), bytes);
  entry_writer.WriteHead(journal);
  open_journals_[{scope, shop}] = journal.context.journal;
  book_.MarkFollowed(journal);
  return &journal;
}

absl::Status Ledger::AppendFacts(const AppendRequest& request, Journal& journal,
                                 AppendResult* result) {
  // All are judged before any is written, so that a refused request leaves no trace.
  google::protobuf::Arena arena;
  std::vector<std::string> entries;
  std::vector<JudgedEntry> judged;
  std::vector<Hash> hashes;
  HeadState state = journal.pending;
  for (size_t index = 0; index < request.facts.size(); ++index) {
    const Stamp stamp = time_line_.Next();
    journal::v1::Entry entry = MakeEntry(stamp);
    entry.set_request_id(request.request_id);
    entry.set_request_digest(request.request_digest);
    entry.set_request_index(static_cast<uint32_t>(index));
    if (request.facts.size() > 1) {
      entry.set_request_facts(static_cast<uint32_t>(request.facts.size()));
    }
    entry.set_kind(request.facts[index].kind);
    entry.set_takes_receipt_number(retail::PrintsReceipt(request.facts[index].kind));
    entry.set_fact(request.facts[index].bytes);
    entries.push_back(entry.SerializeAsString());
    state.sequence = Next(state.sequence);
    state.hash = journal::ChainNext(state.hash, entries.back());
    hashes.push_back(state.hash);
    COMPTOIR_ASSIGN_OR_RETURN(JudgedEntry one, Judge(entries.back(), journal.context,
                                                     state.sequence, state.hash, &arena));
    if (!one.verdict.admitted()) return absl::InvalidArgumentError(one.verdict.detail);
    judged.push_back(std::move(one));
  }
  EntryWriter writer(book_, *options_.verifier, commit_.open());
  for (size_t index = 0; index < entries.size(); ++index) {
    if (absl::Status status = writer.Write(journal, entries[index], hashes[index], judged[index]);
        !status.ok()) {
      Poison(status);
      return status;
    }
    NoteRevocation(judged[index]);
    result->facts.push_back({judged[index].fact.reference, judged[index].fact.receipt_ordinal});
  }
  writer.WriteHead(journal);
  NoteFoldedWithout(writer.damaged());
  result->series = journal.context.series;
  return absl::OkStatus();
}

// ---- what is held ----

void Ledger::PublishDurable(JournalId id, const HeadState& state) {
  JournalView view;
  std::shared_ptr<const Listener> listener;
  {
    MutexLock lock(&commit_.mutex);
    Journal* journal = book_.Find(id);
    if (journal == nullptr || state.sequence <= journal->durable.sequence) return;
    journal->durable = state;
    journal->grown = ++growths_;
    ++witness_version_;
    listener = listener_;
    view = ViewOf(*journal);
  }
  if (listener == nullptr) return;
  (*listener)(view);
  listener.reset();
  MutexLock lock(&commit_.mutex);
  listener_left_.SignalAll();
}

bool Ledger::IsOpen(const Journal& journal) const {
  const auto open = open_journals_.find({journal.context.scope, journal.context.shop});
  return open != open_journals_.end() && open->second == journal.head().journal;
}

JournalView Ledger::ViewOf(const Journal& journal) const {
  return {journal.head(),
          journal.context.scope,
          journal.context.writer.node,
          journal.context.shop,
          journal.context.writer.shop,
          journal.context.series,
          journal.ours,
          IsOpen(journal),
          journal.finished,
          journal.month,
          journal.durable.wall_ms,
          journal.durable.hybrid_time,
          journal.durable.receipts,
          journal.follows,
          journal.follows_sequence,
          journal.opened};
}

std::vector<JournalView> Ledger::Journals() const {
  MutexLock lock(&commit_.mutex);
  std::vector<JournalView> views;
  views.reserve(book_.all().size());
  for (const auto& [id, journal] : book_.all()) {
    if (journal.durable.sequence.value() > 0) views.push_back(ViewOf(journal));
  }
  return views;
}

Totals Ledger::totals() const {
  Totals totals;
  for (const JournalView& journal : Journals()) {
    ++totals.journals;
    totals.entries += journal.head.sequence.value();
    totals.receipts += journal.receipts;
  }
  return totals;
}

absl::StatusOr<uint64_t> Ledger::CountVerdicts() const {
  const auto snapshot = NewSnapshot();
  uint64_t count = 0;
  auto rows = snapshot->Scan(kVerdicts, "", "");
  for (; rows->Valid(); rows->Next()) ++count;
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return count;
}

void Ledger::SetListener(Listener listener) {
  MutexLock lock(&commit_.mutex);
  const std::weak_ptr<const Listener> before = listener_;
  listener_ = listener == nullptr ? nullptr : std::make_shared<const Listener>(std::move(listener));
  while (!before.expired()) listener_left_.Wait(&commit_.mutex);
}

absl::Status Ledger::PutLocal(std::string_view name, std::string_view bytes) {
  COMPTOIR_RETURN_IF_ERROR(Room(bytes.size()));
  auto transaction = options_.store->Begin();
  transaction->Put(kLocal, name, bytes);
  return options_.store->Commit(std::move(transaction), store::Durability::kBuffered);
}

absl::StatusOr<std::optional<std::string>> Ledger::GetLocal(std::string_view name) const {
  return NewSnapshot()->Get(kLocal, name);
}

bool Ledger::waits() const {
  MutexLock lock(&commit_.mutex);
  return commit_.waits();
}

bool Ledger::ClockIsDoubtful() const {
  MutexLock lock(&commit_.mutex);
  return time_line_.doubtful();
}

int64_t Ledger::WallNow() const {
  MutexLock lock(&commit_.mutex);
  return time_line_.wall_ms();
}

Day Ledger::Today() const {
  MutexLock lock(&commit_.mutex);
  return time_line_.Today();
}

void Ledger::VouchForClock() {
  MutexLock lock(&commit_.mutex);
  time_line_.Vouch();
}

void Ledger::DoubtClock() {
  MutexLock lock(&commit_.mutex);
  time_line_.Doubt();
}

}  // namespace comptoir::ledger
