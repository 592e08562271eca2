#include "common/daemon/fact_reader.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/code.h"
#include "common/base/status.h"
#include "common/daemon/fact_cursor.h"
#include "common/journal/name.h"
#include "common/retail/check.h"
#include "google/protobuf/arena.h"

namespace comptoir::daemon {
namespace {

using admin::v1::WatchedFact;
using admin::v1::WatchFactsResponse;

constexpr int kKindsMax = 64;

const std::string& ShopOf(const retail::JournalContext& journal) {
  return journal.shop.empty() ? journal.writer.shop : journal.shop;
}

admin::v1::FactVerdict ShowVerdict(retail::Verdict::Kind kind) {
  switch (kind) {
    case retail::Verdict::Kind::kAdmitted:
      return admin::v1::FACT_VERDICT_ADMITTED;
    case retail::Verdict::Kind::kBad:
      return admin::v1::FACT_VERDICT_BAD;
    case retail::Verdict::Kind::kUnknown:
      return admin::v1::FACT_VERDICT_UNKNOWN;
  }
  return admin::v1::FACT_VERDICT_UNSPECIFIED;
}

// Each kind's message has one field of the oneof.
void ShowContent(const google::protobuf::Message& content, WatchedFact* shown) {
  const auto* descriptor = WatchedFact::descriptor();
  const auto* choices = descriptor->FindOneofByName("fact");
  for (int i = 0; i < choices->field_count(); ++i) {
    if (choices->field(i)->message_type() != content.GetDescriptor()) continue;
    WatchedFact::GetReflection()->MutableMessage(shown, choices->field(i))->CopyFrom(content);
  }
}

}  // namespace

WatchedFact ShowFact(const ledger::ReadEntry& entry) {
  const retail::Fact& fact = entry.fact;
  WatchedFact shown;
  *shown.mutable_reference() = fact.name().reference();
  shown.set_node(fact.journal->writer.node);
  shown.set_shop(ShopOf(*fact.journal));
  shown.set_scope(fact.journal->scope);
  shown.set_series(fact.journal->series);
  shown.set_wall_ms(fact.wall_ms);
  shown.set_utc_offset_minutes(fact.utc_offset_minutes);
  shown.set_doubtful(fact.doubtful);
  shown.set_hybrid_time(fact.hybrid_time.value());
  shown.set_request_id(fact.request_id);
  shown.set_kind(fact.kind);
  shown.set_verdict(ShowVerdict(entry.verdict.kind));
  shown.set_verdict_detail(entry.verdict.detail);
  if (fact.fact == nullptr) {
    shown.set_undecoded(std::string(entry.fact_bytes));
  } else {
    ShowContent(*fact.fact, &shown);
  }
  return shown;
}

absl::StatusOr<FactReader> FactReader::Open(const ledger::Ledger& ledger,
                                            const admin::v1::WatchFactsRequest& request) {
  if (request.from_now() && !request.cursor().empty()) {
    return absl::InvalidArgumentError("say either from where (cursor) or from now on, not both");
  }
  if (request.kinds_size() > kKindsMax) {
    return absl::InvalidArgumentError(absl::StrCat("at most ", kKindsMax, " kinds may be named"));
  }
  if (!request.shop().empty()) COMPTOIR_RETURN_IF_ERROR(CheckCode("shop", request.shop()));
  admin::v1::FactCursor cursor;
  cursor.set_audience(AudienceOf(ledger.self()));
  if (!request.cursor().empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(cursor, OpenFactCursor(request.cursor(), cursor.audience()));
  }
  FactReader reader(ledger, {{request.kinds().begin(), request.kinds().end()}, request.shop()},
                    FactPositions(cursor));
  if (request.from_now()) reader.SkipAll();
  return reader;
}

// In the order of opening, so that the cursor stays short on the way.
void FactReader::Look() {
  const std::vector<ledger::JournalView> journals = ledger_->Journals();
  positions_.Learn(journals);
  size_t behind = 0;
  std::vector<std::pair<HybridTime, std::pair<JournalId, Sequence>>> unread;
  for (const ledger::JournalView& journal : journals) {
    const Head& head = journal.head;
    if (positions_.At(head.journal) > head.sequence) ++behind;
    if (positions_.At(head.journal) >= head.sequence) continue;
    if (positions_.IsUnsure(head.journal) || unreadable_.contains(head.journal)) continue;
    unread.push_back({journal.opened, {head.journal, head.sequence}});
  }
  std::sort(unread.begin(), unread.end());
  for (const auto& [opened, journal] : unread) unread_.push_back(journal);
  NoteMissing(behind);
}

void FactReader::SkipAll() {
  Look();
  for (const auto& [journal, held] : unread_) positions_.Advance(journal, held);
  unread_.clear();
}

void FactReader::NoteMissing(size_t behind) {
  const size_t journals = behind + positions_.missing();
  std::string note;
  if (journals > 0) {
    note = absl::StrCat("this replica holds less than the cursor has seen (", journals,
                        " journals lack entries, ", positions_.unsure(),
                        " wait for them): what it lacks is shown no second time once it is back");
  }
  if (note == missing_note_) return;
  missing_note_ = note;
  if (!note.empty()) notes_.push_back(std::move(note));
}

absl::StatusOr<WatchFactsResponse> FactReader::Message() {
  if (positions_.size() > static_cast<size_t>(kCursorPositionsMax)) {
    return absl::ResourceExhaustedError(absl::StrCat("a cursor would have to name ",
                                                     positions_.size(), " journals; at most ",
                                                     kCursorPositionsMax, " are taken"));
  }
  WatchFactsResponse message;
  message.set_cursor(SealFactCursor(positions_.ToCursor()));
  for (std::string& note : notes_) message.add_notes(std::move(note));
  notes_.clear();
  return message;
}

absl::StatusOr<std::optional<WatchedFact>> FactReader::Read(JournalId journal, Sequence sequence) {
  google::protobuf::Arena arena;
  // One for each entry: a snapshot that is held while someone reads slowly keeps old
  // rows on the disk.
  const auto snapshot = ledger_->NewSnapshot();
  COMPTOIR_ASSIGN_OR_RETURN(const ledger::ReadEntry entry,
                            ledger_->ReadJudged(*snapshot, journal, sequence, &arena));
  const bool is_kind = filter_.kinds.empty() || filter_.kinds.contains(entry.fact.kind);
  const bool is_shop = filter_.shop.empty() || filter_.shop == ShopOf(*entry.fact.journal);
  if (!is_kind || !is_shop) return std::nullopt;
  return ShowFact(entry);
}

absl::StatusOr<FactReader::Step> FactReader::ReadOn(bool look) {
  if (unread_.empty()) {
    if (!look) return Step{std::nullopt, Next::kLook};
    Look();
    if (unread_.empty() && said_level_ && notes_.empty()) return Step{std::nullopt, Next::kWait};
    if (unread_.empty()) {
      COMPTOIR_ASSIGN_OR_RETURN(WatchFactsResponse message, Message());
      message.set_level(true);
      said_level_ = true;
      return Step{std::move(message), Next::kStep};
    }
  }
  for (size_t passed = 0; !unread_.empty() && passed < kPassedOverMax; ++passed) {
    const auto [journal, held] = unread_.front();
    const Sequence sequence = comptoir::Next(positions_.At(journal));
    absl::StatusOr<std::optional<WatchedFact>> fact = Read(journal, sequence);
    if (!fact.ok()) {
      notes_.push_back(absl::StrCat("entry ", sequence.value(), " of journal ",
                                    journal::JournalName(journal),
                                    " cannot be read, the others go on: run verify (",
                                    std::string(fact.status().message()), ")"));
      unreadable_.insert(journal);
      unread_.pop_front();
      continue;
    }
    said_level_ = false;
    positions_.Advance(journal, sequence);
    if (sequence == held) unread_.pop_front();
    if (!fact->has_value()) continue;
    COMPTOIR_ASSIGN_OR_RETURN(WatchFactsResponse message, Message());
    *message.mutable_fact() = std::move(**fact);
    return Step{std::move(message), Next::kStep};
  }
  return Step{std::nullopt, Next::kStep};
}

}  // namespace comptoir::daemon
