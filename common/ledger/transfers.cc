// The hub tells shops of each other's transfers (common/retail/transfers/state.h).
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/planted.h"
#include "common/base/status.h"
#include "common/ledger/ledger.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"
#include "common/retail/transfers/notes.h"
#include "common/retail/transfers/state.h"

namespace comptoir::ledger {
namespace {

// Of those that anything is told of in one call; the rest is left to the next.
constexpr size_t kTransfersPerCall = 256;

}  // namespace

absl::Status Ledger::TellTransfers() {
  if (!self().hub) return absl::OkStatus();
  {
    const std::string waiting = retail::TransferListPrefix(retail::TransferList::kWaiting);
    const auto snapshot = PlainSnapshot();
    const auto rows = snapshot->Scan(retail::kTransferLists, waiting, retail::PrefixLimit(waiting));
    if (!rows->Valid()) return rows->status();
  }
  // Before the lock: it may ask the system.
  const absl::Status room = Room(kNoteBytesPerCall);
  MutexLock lock(&commit_.mutex);
  COMPTOIR_RETURN_IF_ERROR(commit_.health());
  return TellAndSubmitTransfers(room);
}

// Into the open batch: what was ingested in it and what is told of it are on the disk
// together.
absl::Status Ledger::TellAndSubmitTransfers(const absl::Status& room) {
  if (COMPTOIR_PLANTED(kTellNoTransfers)) return absl::OkStatus();
  const std::string waiting = retail::TransferListPrefix(retail::TransferList::kWaiting);
  COMPTOIR_ASSIGN_OR_RETURN(
      const auto rows,
      commit_.open().ReadRange(retail::kTransferLists, waiting, retail::PrefixLimit(waiting)));
  if (rows.empty()) return absl::OkStatus();
  COMPTOIR_RETURN_IF_ERROR(room);
  absl::Status first;  // that went wrong: the others are told all the same
  TransferNotes notes;
  size_t transfers = 0;
  for (const auto& [key, none] : rows) {
    if (notes.bytes >= kNoteBytesPerCall || transfers == kTransfersPerCall) break;
    const absl::Status told = TellOfTransfer(key.substr(waiting.size()), &notes);
    if (!commit_.health().ok()) return told;
    if (told.ok()) ++transfers;  // what is refused takes no other's place
    first.Update(told);
  }
  for (const auto& [in, count] : notes.written) {
    const HeadState state = book_.Find(in)->pending;
    commit_.Submit([this, in = in, state, count = count](const absl::Status& committed) {
      if (!committed.ok()) return;
      counters_.appended_entries.Add(count);
      PublishDurable(in, state);
    });
  }
  return first;
}

absl::Status Ledger::TellOfTransfer(const std::string& transfer, TransferNotes* notes) {
  COMPTOIR_ASSIGN_OR_RETURN(const retail::TransferState state,
                            retail::ReadTransfer(commit_.open(), transfer));
  absl::Status first;
  for (const retail::MissingNote& missing : retail::MissingNotes(state)) {
    if (notes->bytes >= kNoteBytesPerCall) break;
    AppendRequest request;
    request.scope = journal::v1::SCOPE_SHOP;
    request.shop = missing.shop;
    request.facts = {{retail::NoteKindOf(missing), retail::MakeNote(transfer, missing)}};
    AppendResult written;
    const absl::Status appended = PrepareAppend(request, absl::OkStatus(), &written);
    if (!commit_.health().ok()) return appended;
    if (appended.ok()) {
      ++notes->written[written.facts.front().reference.journal];
      notes->bytes += request.facts.front().bytes.size();
    } else {
      first.Update(
          absl::Status(appended.code(), absl::StrCat("of ", transfer, ": ", appended.message())));
    }
  }
  return first;
}

}  // namespace comptoir::ledger
