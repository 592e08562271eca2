#include "common/replica/carry_in.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace comptoir::replica {
namespace {

// Segments given to the ledger and not answered: enough for decoding one to overlap
// with flushing the one before.
constexpr size_t kUnderWayMax = 4;
// Journals that a report names; more are counted with the last.
constexpr size_t kRefusalsMax = 1'000;
constexpr std::string_view kOperatorName = "operator";

// From outside, and on its way to a screen.
std::string Quoted(std::string_view text) {
  return absl::Utf8SafeCEscape(std::string(text.substr(0, kCodeBytesMax)));
}

}  // namespace

journal::Writer OperatorBringer(const journal::Writer& self) {
  journal::Writer bringer;
  bringer.coop = self.coop;
  bringer.node = std::string(kOperatorName);
  bringer.hub = true;
  return bringer;
}

CarryIn::CarryIn(ledger::Ledger& ledger, std::vector<std::string> authorities)
    : ledger_(ledger),
      authorities_(std::move(authorities)),
      bringer_(OperatorBringer(ledger.self())) {}

CarryIn::~CarryIn() { WaitForAnswers(0); }

absl::Status CarryIn::Take(std::string_view bytes) {
  if (broken_) return absl::OkStatus();
  reader_.Take(bytes);
  while (true) {
    absl::StatusOr<journal::CarryPiece> piece = reader_.Next();
    if (!piece.ok() && !has_header_) return piece.status();
    if (!piece.ok()) {
      broken_ = true;
      return absl::OkStatus();
    }
    if (std::holds_alternative<journal::CarryNeedsMore>(*piece)) return absl::OkStatus();
    if (const auto* header = std::get_if<journal::v1::CarryHeader>(&*piece)) {
      COMPTOIR_RETURN_IF_ERROR(CheckHeader(*header));
      has_header_ = true;
      MutexLock lock(&mutex_);
      report_.header = *header;
    } else if (const auto* segment = std::get_if<journal::v1::Segment>(&*piece)) {
      Ingest(*segment);
      MutexLock lock(&mutex_);
      COMPTOIR_RETURN_IF_ERROR(failure_);
    }
  }
}

absl::StatusOr<CarryInReport> CarryIn::Finish() {
  WaitForAnswers(0);
  const absl::Status end = reader_.CheckEnd();
  if (!has_header_) return end;
  if (ledger_.self().hub) COMPTOIR_RETURN_IF_ERROR(NameWhatCameIn());
  MutexLock lock(&mutex_);
  COMPTOIR_RETURN_IF_ERROR(failure_);
  report_.end = end;
  std::ranges::sort(report_.refusals, {}, &CarryRefusal::journal);
  return report_;
}

absl::Status CarryIn::CheckHeader(const journal::v1::CarryHeader& header) {
  const journal::Writer& self = ledger_.self();
  const bool is_trusted =
      std::ranges::any_of(header.authorities(), [this](const std::string& fingerprint) {
        return std::ranges::find(authorities_, fingerprint) != authorities_.end();
      });
  if (header.coop() != self.coop || !is_trusted) {
    return absl::FailedPreconditionError(absl::StrCat(
        "this file is of co-op ", Quoted(header.coop()), ", carried out at ", Quoted(header.node()),
        "; this is ", self.node, " of co-op ", self.coop,
        header.coop() == self.coop ? ", which has another authority" : "", ". Nothing was taken"));
  }
  // The hub takes what anyone of its co-op carries; a node what is for its shop, and
  // what its sibling carried out.
  const std::string& whose = header.for_shop().empty() ? header.shop() : header.for_shop();
  if (self.hub || whose == self.shop) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "this file is ", header.for_shop().empty() ? "of" : "for", " shop ", Quoted(whose),
      "; this is ", self.node, " of shop ", self.shop, ". Nothing was taken"));
}

void CarryIn::Ingest(const journal::v1::Segment& segment) {
  WaitForAnswers(kUnderWayMax - 1);
  {
    MutexLock lock(&mutex_);
    ++under_way_;
    ++report_.segments;
    report_.entries += segment.entry_count();
  }
  // An operator vouches for what a revoked node wrote since (R13).
  ledger_.Ingest(segment, bringer_,
                 [this](const ledger::IngestResult& result) { OnIngested(result); });
}

// What an operator brought of a revoked node is good from here on: the hub, put back to
// an old copy, takes it again of the shops that have it.
absl::Status CarryIn::NameWhatCameIn() {
  std::set<JournalId> journals;
  {
    MutexLock lock(&mutex_);
    journals = journals_;
  }
  std::set<std::string> nodes;
  for (const ledger::JournalView& journal : ledger_.Journals()) {
    if (!journals.contains(journal.head.journal)) continue;
    if (ledger_.IsRevoked(journal.node)) nodes.insert(journal.node);
  }
  for (const std::string& node : nodes) {
    // The first reason stands.
    COMPTOIR_RETURN_IF_ERROR(ledger_.Revoke(node, "carried in", /*retired=*/false).status());
  }
  return absl::OkStatus();
}

void CarryIn::OnIngested(const ledger::IngestResult& result) {
  MutexLock lock(&mutex_);
  --under_way_;
  failure_.Update(result.status);
  if (result.status.ok() && result.refusal == ledger::Refusal::kNone) {
    journals_.insert(result.journal);
  }
  report_.new_entries += result.new_entries;
  if (result.status.ok() && result.refusal != ledger::Refusal::kNone) {
    const auto known = std::ranges::find(report_.refusals, result.journal, &CarryRefusal::journal);
    if (known != report_.refusals.end()) {
      // Those behind a refused segment are refused because of it: the first one counts.
      ++known->segments;
    } else if (report_.refusals.size() < kRefusalsMax) {
      report_.refusals.push_back(
          {result.journal, 1, result.held.sequence, result.refusal, result.detail});
    } else {
      ++report_.refusals.back().segments;
    }
  }
  answered_.SignalAll();
}

void CarryIn::WaitForAnswers(size_t left_max) {
  MutexLock lock(&mutex_);
  while (under_way_ > left_max) answered_.Wait(&mutex_);
}

}  // namespace comptoir::replica
