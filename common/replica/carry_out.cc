#include "common/replica/carry_out.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/code.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/journal/genesis.h"
#include "common/retail/nodes/queries.h"

namespace comptoir::replica {
namespace {

absl::Status CheckShop(const ledger::Ledger& ledger, const std::string& for_shop) {
  if (!ledger.self().hub) {
    if (for_shop.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(
        "a node carries out for the hub: leave --shop away, or ask the hub with --hub");
  }
  if (for_shop.empty()) {
    return absl::InvalidArgumentError("the hub carries out for one shop: say which with --shop");
  }
  COMPTOIR_RETURN_IF_ERROR(CheckCode("shop", for_shop));
  const auto snapshot = ledger.NewSnapshot();
  COMPTOIR_ASSIGN_OR_RETURN(const bool has_node, retail::HasNode(*snapshot, for_shop));
  if (has_node) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("no node was ever enrolled in a shop '", for_shop,
                   "': 'comptoir shops' lists the codes that are known"));
}

// Who will read the file.
journal::Writer ReaderOf(const journal::Writer& self, const std::string& for_shop) {
  journal::Writer reader;
  reader.coop = self.coop;
  reader.shop = for_shop;
  reader.hub = !self.hub;
  return reader;
}

// The reader wrote these itself, and so holds them unless it lost them.
bool IsReadersOwn(const ledger::JournalView& journal, const journal::Writer& reader) {
  return journal.writer_shop == reader.shop;
}

}  // namespace

absl::StatusOr<std::unique_ptr<CarryOut>> CarryOut::Begin(
    ledger::Ledger& ledger, const std::map<JournalId, Sequence>& at_hub,
    const CarryOutRequest& request, journal::v1::CarryHeader header) {
  COMPTOIR_RETURN_IF_ERROR(CheckShop(ledger, request.for_shop));
  const journal::Writer reader = ReaderOf(ledger.self(), request.for_shop);
  header.set_coop(ledger.self().coop);
  header.set_node(ledger.self().node);
  header.set_shop(ledger.self().shop);
  header.set_for_shop(request.for_shop);
  header.set_whole(request.whole);
  auto carry = std::unique_ptr<CarryOut>(new CarryOut(ledger, std::move(header)));
  uint64_t entries = 0;
  for (const ledger::JournalView& journal : ledger.Journals()) {
    if (!journal::MayRead(reader, journal.scope, journal.shop)) continue;
    Sequence held;
    if (!request.whole) {
      if (IsReadersOwn(journal, reader)) continue;
      const auto known = at_hub.find(journal.head.journal);
      if (reader.hub && known != at_hub.end()) held = known->second;
    }
    if (held >= journal.head.sequence) continue;
    carry->runs_.push_back(
        {journal.head.journal, journal.node, comptoir::Next(held), journal.head.sequence});
    entries += journal.head.sequence.value() - held.value();
  }
  std::ranges::stable_sort(carry->runs_, {},
                           [](const Run& run) { return run.last.value() - run.next.value(); });
  carry->header_.set_entries(entries);
  return carry;
}

absl::StatusOr<std::optional<std::string>> CarryOut::Next() {
  if (!began_) {
    began_ = true;
    return writer_.Begin(header_);
  }
  for (; at_ < runs_.size(); ++at_) {
    COMPTOIR_ASSIGN_OR_RETURN(std::optional<std::string> bytes, ReadOn(runs_[at_]));
    if (bytes.has_value()) return bytes;
  }
  if (ended_) return std::nullopt;
  ended_ = true;
  return writer_.Finish();
}

absl::StatusOr<std::optional<std::string>> CarryOut::ReadOn(Run& run) {
  if (run.next > run.last) return std::nullopt;
  const auto segment = ledger_.ReadSegment(run.journal, run.next, kSegmentRawBytesMax);
  if (!segment.ok() && !absl::IsDataLoss(segment.status())) return segment.status();
  if (!segment.ok() || !segment->has_value()) {
    // The others go out all the same: each journal stands for itself.
    gaps_.push_back({run.journal, run.node, run.next, run.last,
                     segment.ok() ? "no signature of its writer is held past it"
                                  : std::string(segment.status().message())});
    done_entries_ += run.last.value() - run.next.value() + 1;
    run.next = comptoir::Next(run.last);
    return std::nullopt;
  }
  const uint64_t count = (*segment)->entry_count();
  // What was written since this began comes along where it fits.
  done_entries_ += std::min(count, run.last.value() - run.next.value() + 1);
  run.next = Sequence(run.next.value() + count);
  if (!run.begun) ++journals_;
  run.begun = true;
  return writer_.Add(**segment);
}

}  // namespace comptoir::replica
