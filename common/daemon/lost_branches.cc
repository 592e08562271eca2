#include "common/daemon/lost_branches.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/ledger/folding.h"
#include "common/retail/forks/moved.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"

namespace comptoir::daemon {

using retail::v1::ClosedRange;
using retail::v1::MovedRow;

namespace {

template <typename Forks>
Sequence LeastCommon(const Forks& forks) {
  return std::ranges::min_element(forks, {}, [](const auto& fork) { return fork.second; })->second;
}

void AddPlace(JournalId place, Sequence sequence, uint32_t times, LostBranches::Ranges* places) {
  ClosedRange* added = places->Add();
  added->set_journal(place.value());
  added->set_first(sequence.value());
  added->set_last(sequence.value());
  added->set_times(times);
}

}  // namespace

absl::StatusOr<LostBranches> LostBranches::Read(const ledger::Ledger& ledger,
                                                const store::Snapshot& snapshot,
                                                std::string_view shop) {
  LostBranches branches(snapshot);
  COMPTOIR_ASSIGN_OR_RETURN(const std::vector<ledger::ForkView> forks, ledger.Forks());
  for (const ledger::ForkView& fork : forks) {
    const std::pair head(fork.other.sequence, fork.other.hash);
    branches.forks_[fork.common.journal].emplace(head, fork.common.sequence);
  }
  COMPTOIR_RETURN_IF_ERROR(branches.ReadEntries(shop));
  return branches;
}

absl::Status LostBranches::ReadEntries(std::string_view shop) {
  for (const auto& [journal, forks] : forks_) {
    std::string prefix(1, static_cast<char>(retail::MovedBy::kSequence));
    AppendBigEndian64(journal.value(), &prefix);
    auto rows = snapshot_->Scan(retail::kMovedNames, prefix, retail::PrefixLimit(prefix));
    for (; rows->Valid(); rows->Next()) {
      if (rows->key().size() != prefix.size() + 16 || rows->value().size() != 8) {
        return absl::DataLossError("a row of moved_names is damaged");
      }
      const JournalId place(ReadBigEndian64(rows->key().substr(prefix.size() + 8)));
      COMPTOIR_ASSIGN_OR_RETURN(
          std::optional<MovedRow> row,
          retail::ReadMoved(*snapshot_, place, Sequence(ReadBigEndian64(rows->value()))));
      if (!row.has_value()) return absl::DataLossError("a row of moved is not there");
      if (row->shop() == shop && row->writer_shop() == shop) entries_[place] = *std::move(row);
    }
    COMPTOIR_RETURN_IF_ERROR(rows->status());
  }
  return absl::OkStatus();
}

bool LostBranches::IsUnclear(const MovedRow& entry) const {
  const auto found = unclear_.find(JournalId(entry.original().journal()));
  return found != unclear_.end() && Sequence(entry.original().sequence()) <= found->second;
}

// Is what it covers what stands here?
bool LostBranches::StandsHere(const ClosedRange& range) const {
  const auto hash =
      ledger::ReadEntryHash(*snapshot_, JournalId(range.journal()), Sequence(range.last()));
  return hash.ok() && range.hash() == hash->view();
}

Sequence LostBranches::AddMoved(const Forks& forks, const ClosedRange& range, Ranges* places) {
  const JournalId journal(range.journal());
  Sequence at(range.last());
  Hash hash;
  const bool has_hash = Hash::FromView(range.hash(), &hash);
  // Of what is not moved here (yet), the fork knows it, or the least is taken for common.
  const auto fork = forks.find({at, hash});
  Sequence common = fork == forks.end() ? LeastCommon(forks) : fork->second;
  while (has_hash) {
    const JournalId place = retail::MovedPlace({journal, at, hash.prefix()});
    const auto entry = entries_.find(place);
    if (entry == entries_.end()) break;
    AddPlace(place, at, range.times(), places);
    common = Sequence(entry->second.base());
    at = Sequence(at.value() - 1);
    if (at <= common || at < Sequence(range.first())) break;
    const auto hashes = ledger::ReadMovedHashes(*snapshot_, entry->second);
    if (!hashes.ok()) {
      unclear_[journal] = std::max(unclear_[journal], at);
      break;
    }
    hash = hashes->before;
  }
  return common;
}

void LostBranches::Resolve(Ranges* ranges) {
  Ranges kept;
  for (ClosedRange& range : *ranges) {
    const auto forked = forks_.find(JournalId(range.journal()));
    if (forked != forks_.end() && !StandsHere(range)) {
      const Sequence common = AddMoved(forked->second, range, &kept);
      range.set_last(std::min(range.last(), common.value()));
    }
    if (range.first() <= range.last()) *kept.Add() = std::move(range);
  }
  ranges->Swap(&kept);
}

}  // namespace comptoir::daemon
