// The hub tells shops of each other's transfers (common/retail/transfers/state.h).
#include <map>
#include <utility>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/ledger/ledger.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"
#include "common/retail/transfers/notes.h"
#include "common/retail/transfers/state.h"

namespace comptoir::ledger {
namespace {

// What one call writes before it leaves the rest to the next.
constexpr size_t kNoteBytesPerCall = 2 << 20;
constexpr size_t kTransfersPerCall = 256;

}  // namespace

absl::Status Ledger::TellTransfers() {
  if (!self().hub) return absl::OkStatus();
  {
    MutexLock lock(&commit_.mutex);
    if (!transfers_may_wait_) return absl::OkStatus();
  }
  // Before the lock: it may ask the system.
  COMPTOIR_RETURN_IF_ERROR(Room(kNoteBytesPerCall));
  MutexLock lock(&commit_.mutex);
  COMPTOIR_RETURN_IF_ERROR(commit_.health());
  return TellAndSubmitTransfers();
}

// Into the open batch: what was ingested in it and what is told of it are on the disk
// together.
absl::Status Ledger::TellAndSubmitTransfers() {
  transfers_may_wait_ = true;
  const std::string waiting = retail::TransferListPrefix(retail::TransferList::kWaiting);
  COMPTOIR_ASSIGN_OR_RETURN(
      const auto rows,
      commit_.open().ReadRange(retail::kTransferLists, waiting, retail::PrefixLimit(waiting)));
  std::map<std::string, std::vector<NewFact>> notes;  // by shop
  size_t bytes = 0;
  size_t transfers = 0;
  for (const auto& [key, none] : rows) {
    if (bytes >= kNoteBytesPerCall || transfers == kTransfersPerCall) break;
    COMPTOIR_ASSIGN_OR_RETURN(
        const retail::TransferState state,
        retail::ReadTransfer(commit_.open(), std::string_view(key).substr(waiting.size())));
    ++transfers;
    for (const retail::MissingNote& missing : retail::MissingNotes(state)) {
      notes[missing.shop].push_back(
          {retail::NoteKindOf(missing), retail::MakeNote(state.transfer, missing)});
      bytes += notes[missing.shop].back().bytes.size();
    }
  }
  for (auto& [shop, facts] : notes) {
    COMPTOIR_RETURN_IF_ERROR(AppendTransferNotes(shop, std::move(facts)));
  }
  transfers_may_wait_ = transfers < rows.size();
  return absl::OkStatus();
}

absl::Status Ledger::AppendTransferNotes(const std::string& shop, std::vector<NewFact> notes) {
  AppendRequest request;
  request.scope = journal::v1::SCOPE_SHOP;
  request.shop = shop;
  request.facts = std::move(notes);
  AppendResult written;
  COMPTOIR_RETURN_IF_ERROR(PrepareAppend(request, absl::OkStatus(), &written));
  const JournalId in = written.facts.front().reference.journal;
  const HeadState state = book_.Find(in)->pending;
  commit_.Submit([this, in, state, count = written.facts.size()](const absl::Status& committed) {
    if (!committed.ok()) return;
    counters_.appended_entries.Add(count);
    PublishDurable(in, state);
  });
  return absl::OkStatus();
}

}  // namespace comptoir::ledger
