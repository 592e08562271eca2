// Revoked nodes (R13), and a replica that records nothing more.
#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/planted.h"
#include "common/base/status.h"
#include "common/ledger/folding.h"
#include "common/ledger/ledger.h"
#include "common/ledger/tables.h"
#include "common/retail/nodes/admit.h"
#include "common/retail/tables.h"

namespace comptoir::ledger {
namespace {

constexpr std::string_view kHaltedName = "halted";

}  // namespace

absl::Status Ledger::LoadStanding() {
  // One that nobody watches: what is damaged is told under the lock that is held here.
  const auto snapshot = PlainSnapshot();
  COMPTOIR_ASSIGN_OR_RETURN(std::optional<std::string> halted, snapshot->Get(kLocal, kHaltedName));
  MutexLock lock(&commit_.mutex);
  halted_ = std::move(halted).value_or("");
  const absl::Status loaded = revocations_.Load(*snapshot);
  if (!loaded.ok()) Poison(loaded);
  return loaded;
}

// ---- who is revoked ----

absl::Status Ledger::LoadRevocations() {
  COMPTOIR_ASSIGN_OR_RETURN(const auto rows,
                            commit_.open().ReadRange(retail::kRevocations, "", ""));
  return revocations_.Load(rows);
}

void Ledger::NoteRevocation(const JudgedEntry& judged) {
  if (judged.fact.kind != retail::v1::FACT_KIND_NODE_REVOKED || !judged.verdict.admitted()) return;
  const auto& revoked = static_cast<const retail::v1::NodeRevoked&>(*judged.fact.fact);
  revocations_.Add(revoked.node(), judged.fact.reference,
                   retail::RevocationRowOf(judged.fact, revoked));
}

std::optional<std::string> Ledger::PastRevocation(const journal::DecodedSegment& segment,
                                                  const Journal* held,
                                                  const journal::Writer& writer) const {
  if (writer.hub || COMPTOIR_PLANTED(kTakeOfRevoked)) return std::nullopt;
  const std::optional<Sequence> good = revocations_.GoodUpTo(writer.node, segment.journal);
  if (!good.has_value() || segment.last() <= *good) return std::nullopt;
  // What is here stays (I7): a repeat of it brings nothing.
  if (held != nullptr && segment.last() <= held->pending.sequence) return std::nullopt;
  return absl::StrCat(writer.node, " is revoked, and the hub held ",
                      good->value() == 0 ? "nothing of this journal"
                                         : absl::StrCat("this journal to entry ", good->value()),
                      ": only an operator can bring in more");
}

std::optional<retail::Revocation> Ledger::FindRevocation(std::string_view node) const {
  MutexLock lock(&commit_.mutex);
  const auto is_durable = [this](JournalId id, Sequence sequence) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    const Journal* journal = book_.Find(id);
    // One that was moved stands in no journal, and shuts the gate at once.
    return journal == nullptr || journal->durable.sequence >= sequence;
  };
  return revocations_.Find(node, is_durable);
}

std::vector<NewFact> Ledger::RevocationFacts(const retail::v1::NodeRevoked& revoked) const {
  std::vector<retail::v1::NodeRevoked> facts;
  bool is_news = !revocations_.Find(revoked.node()).has_value();
  if (is_news) facts.push_back(revoked);
  for (const auto& [id, journal] : book_.all()) {
    if (journal.context.writer.hub || journal.context.writer.node != revoked.node()) continue;
    const Sequence held = journal.pending.sequence;
    if (held <= revocations_.GoodUpTo(revoked.node(), id).value_or(Sequence(0))) continue;
    if (facts.empty() || facts.back().heads_size() == retail::kRevocationHeadsMax) {
      facts.push_back(revoked);
    }
    journal::v1::Head* head = facts.back().add_heads();
    head->set_journal(id.value());
    head->set_sequence(held.value());
    head->set_hash(std::string(journal.pending.hash.view()));
  }
  std::vector<NewFact> serialised;
  for (const retail::v1::NodeRevoked& fact : facts) {
    serialised.push_back({retail::v1::FACT_KIND_NODE_REVOKED, fact.SerializeAsString()});
  }
  return serialised;
}

absl::Status Ledger::PrepareRevocation(retail::v1::NodeRevoked revoked, bool* repeated,
                                       AppendResult* result) {
  COMPTOIR_RETURN_IF_ERROR(commit_.health());
  if (const auto known = revocations_.Find(revoked.node()); known.has_value()) {
    *repeated = true;
    revoked.set_reason(known->reason);
    revoked.set_retired(known->retired);
  }
  AppendRequest request{"", 0, journal::v1::SCOPE_COOP, RevocationFacts(revoked)};
  // Nothing to add: the wait is for the fact that may be on its way.
  return request.facts.empty() ? absl::OkStatus()
                               : PrepareAppend(request, absl::OkStatus(), result);
}

absl::StatusOr<Ledger::Revoked> Ledger::Revoke(const std::string& node, const std::string& reason,
                                               bool retired) {
  COMPTOIR_RETURN_IF_ERROR(retail::CheckRevocationReason(reason));
  retail::v1::NodeRevoked revoked;
  revoked.set_node(node);
  revoked.set_reason(reason);
  revoked.set_retired(retired);
  std::promise<absl::Status> promise;
  auto answer = promise.get_future();
  Revoked done;
  {
    auto result = std::make_shared<AppendResult>();
    MutexLock lock(&commit_.mutex);
    COMPTOIR_RETURN_IF_ERROR(PrepareRevocation(std::move(revoked), &done.repeated, result.get()));
    SubmitAppend(
        std::move(result),
        [&promise](const absl::StatusOr<AppendResult>& appended) {
          promise.set_value(appended.status());
        },
        Flush::kByCaller);
    commit_.Flush();
  }
  COMPTOIR_RETURN_IF_ERROR(answer.get());
  MutexLock lock(&commit_.mutex);
  done.revocation = *revocations_.Find(node);
  return done;
}

// ---- a replica that records nothing more ----

absl::Status Ledger::Halt(const std::string& why) {
  COMPTOIR_CHECK(!why.empty());
  std::promise<absl::Status> promise;
  auto answer = promise.get_future();
  {
    MutexLock lock(&commit_.mutex);
    COMPTOIR_RETURN_IF_ERROR(commit_.health());
    halted_ = why;
    commit_.open().Put(kLocal, kHaltedName, why);
    // Answers keep the order of writes: by then all before is durable, and told.
    commit_.Submit([&promise](const absl::Status& outcome) { promise.set_value(outcome); });
  }
  return answer.get();
}

absl::Status Ledger::Resume() {
  std::promise<absl::Status> promise;
  auto answer = promise.get_future();
  {
    MutexLock lock(&commit_.mutex);
    if (halted_.empty()) return absl::OkStatus();
    COMPTOIR_RETURN_IF_ERROR(commit_.health());
    halted_.clear();
    commit_.open().Erase(kLocal, kHaltedName);
    commit_.Submit([&promise](const absl::Status& outcome) { promise.set_value(outcome); });
  }
  return answer.get();
}

std::string Ledger::halted() const {
  MutexLock lock(&commit_.mutex);
  return halted_;
}

}  // namespace comptoir::ledger
