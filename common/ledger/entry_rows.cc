#include "common/ledger/entry_rows.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/ledger/tables.h"

namespace comptoir::ledger {
namespace {

// About what one bad block of an engine holds.
constexpr size_t kReadByKey = 64;

absl::Status Gone(Sequence sequence) {
  return absl::DataLossError(absl::StrCat("entry ", sequence.value(), " is gone"));
}

}  // namespace

EntryRows::EntryRows(const store::Snapshot& snapshot, JournalId journal, Sequence first,
                     Sequence last)
    : snapshot_(snapshot), journal_(journal), last_(last), sequence_(first), entry_(Gone(first)) {
  Load();
}

void EntryRows::Next() {
  if (scan_ != nullptr && scan_->Valid() &&
      Sequence(ReadBigEndian64(scan_->key().substr(8))) == sequence_) {
    scan_->Next();
  }
  sequence_ = comptoir::Next(sequence_);
  Load();
}

void EntryRows::Load() {
  if (!Valid()) return;
  if (scan_ == nullptr && by_key_left_ == 0) {
    scan_ = snapshot_.Scan(kEntries, EntryKey(journal_, sequence_),
                           EntryKey(journal_, comptoir::Next(last_)));
  }
  if (scan_ != nullptr) {
    if (LoadFromScan()) return;
    scan_.reset();
    by_key_left_ = kReadByKey;
  }
  --by_key_left_;
  LoadByKey();
}

bool EntryRows::LoadFromScan() {
  if (!scan_->Valid()) return false;
  const bool is_here = Sequence(ReadBigEndian64(scan_->key().substr(8))) == sequence_;
  if (is_here) {
    entry_ = ParseStoredEntry(scan_->value());
  } else {
    entry_ = Gone(sequence_);
  }
  return true;
}

void EntryRows::LoadByKey() {
  auto row = ReadEntryRow(snapshot_, journal_, sequence_);
  if (row.ok()) {
    row_ = *std::move(row);
    entry_ = ParseStoredEntry(row_);
  } else if (absl::IsNotFound(row.status())) {
    entry_ = Gone(sequence_);
  } else {
    entry_ = row.status();
  }
}

}  // namespace comptoir::ledger
