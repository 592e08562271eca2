#include "common/daemon/entry_lines.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/base/utf8.h"
#include "comptoir/retail/v1/retail.pb.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/message.h"

namespace comptoir::daemon {
namespace {

constexpr std::string_view kKindPrefix = "FACT_KIND_";

std::string QuantityText(int64_t milli) {
  const int64_t rest = milli < 0 ? -(milli % 1000) : milli % 1000;
  const char* const sign = milli < 0 && milli > -1000 ? "-" : "";
  const std::string text = absl::StrCat(sign, milli / 1000);
  if (rest == 0) return text;
  std::string digits = absl::StrCat(1000 + rest).substr(1);
  digits.erase(digits.find_last_not_of('0') + 1);
  return absl::StrCat(text, ".", digits);
}

template <typename Lines>
std::string GoodsText(const Lines& lines) {
  std::string text;
  for (const auto& line : lines) {
    if (text.size() > kSummaryBytesMax) break;
    absl::StrAppend(&text, text.empty() ? "" : ", ", line.product(), " ",
                    QuantityText(line.quantity_milli()));
  }
  return text;
}

std::string KindName(retail::v1::FactKind kind) {
  std::string name = retail::v1::FactKind_Name(kind);
  if (name.empty()) return absl::StrCat(static_cast<int>(kind));
  return name.substr(kKindPrefix.size());
}

std::string Clipped(std::string text) {
  if (text.size() <= kSummaryBytesMax) return text;
  constexpr std::string_view kCut = "...";
  return absl::StrCat(View(WholeCharacters(text, kSummaryBytesMax - kCut.size())), View(kCut));
}

}  // namespace

std::string SummaryOf(const retail::Fact& fact) {
  // Of a kind or a fold version from the future.
  if (fact.fact == nullptr) return "this build cannot read it";
  if (fact.kind == retail::v1::FACT_KIND_SOLD) {
    auto sold = *static_cast<const retail::v1::Sold*>(fact.fact);
    for (retail::v1::SoldLine& line : *sold.mutable_lines()) {
      if (!line.has_quantity_milli()) line.set_quantity_milli(1000);
    }
    return Clipped(Printable(GoodsText(sold.lines())));
  }
  if (fact.kind == retail::v1::FACT_KIND_GOODS_RECEIVED) {
    const auto& received = *static_cast<const retail::v1::GoodsReceived*>(fact.fact);
    return Clipped(
        Printable(absl::StrCat("from ", received.producer(), ": ", GoodsText(received.lines()))));
  }
  if (fact.kind == retail::v1::FACT_KIND_GENESIS) {
    return Printable(absl::StrCat("opens ", fact.journal->series));
  }
  if (fact.kind == retail::v1::FACT_KIND_NODE_ENROLLED) {
    const auto& enrolled = *static_cast<const retail::v1::NodeEnrolled*>(fact.fact);
    return Printable(absl::StrCat(enrolled.node(), " in shop ", enrolled.shop()));
  }
  if (fact.kind == retail::v1::FACT_KIND_NODE_REVOKED) {
    const auto& revoked = *static_cast<const retail::v1::NodeRevoked*>(fact.fact);
    return Clipped(Printable(absl::StrCat(
        revoked.node(), revoked.retired() ? " retired: " : " revoked: ", revoked.reason())));
  }
  // Escapes by itself what is not printable.
  return Clipped(fact.fact->ShortDebugString());
}

absl::Status ListEntryLines(ledger::Ledger& ledger, const admin::v1::ListEntriesRequest& request,
                            admin::v1::ListEntriesResponse* response) {
  if (request.first() == 0 || request.last() < request.first()) {
    return absl::InvalidArgumentError(
        "entries are numbered from 1, and the last is not before "
        "the first");
  }
  const JournalId journal(request.journal());
  const auto snapshot = ledger.NewSnapshot();
  const uint64_t last =
      request.first() + std::min(request.last() - request.first(), kEntryLinesMax - 1);
  for (uint64_t sequence = request.first(); sequence <= last; ++sequence) {
    google::protobuf::Arena arena;
    const auto fact = ledger.ReadFact(*snapshot, journal, Sequence(sequence), &arena);
    const auto head = ledger.ReadHead(journal, Sequence(sequence));
    if (absl::IsNotFound(fact.status())) break;
    admin::v1::EntryLine* line = response->add_entries();
    line->set_sequence(sequence);
    if (!fact.ok()) {
      line->set_damage(std::string(fact.status().message()));
      continue;
    }
    line->set_wall_ms(fact->wall_ms);
    line->set_doubtful(fact->doubtful);
    line->set_kind(KindName(fact->kind));
    line->set_summary(SummaryOf(*fact));
    if (head.ok()) line->set_hash(head->hash.bytes.data(), head->hash.bytes.size());
  }
  if (!response->entries().empty()) return absl::OkStatus();
  return absl::NotFoundError("those entries are not held here");
}

}  // namespace comptoir::daemon
