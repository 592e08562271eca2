#include "common/ledger/witness.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/planted.h"
#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/journal/name.h"
#include "common/ledger/folding.h"

namespace comptoir::ledger {
namespace {

constexpr std::string_view kMagic = "comptoir.witness.v1\n";
// What the magic of every version begins with.
constexpr std::string_view kAnyMagic = "comptoir.witness.v";
constexpr size_t kChecksumBytes = 32;

Loss FromMessage(const journal::v1::WitnessLoss& loss) {
  return {JournalId(loss.journal()), Sequence(loss.first_sequence()),
          Sequence(loss.last_sequence()), loss.node(), loss.series()};
}

// Whether the entry held under the number of `seen` is another one than it saw.
absl::StatusOr<bool> IsOther(const Head& seen, const Journal& journal,
                             const store::Snapshot& snapshot) {
  if (seen.sequence == journal.durable.sequence) return seen.hash != journal.durable.hash;
  const auto row = ReadEntryRow(snapshot, seen.journal, seen.sequence);
  if (absl::IsNotFound(row.status())) return true;
  // Damaged, and found to be by whoever reads it: peers bring it again.
  if (absl::IsDataLoss(row.status())) return false;
  COMPTOIR_RETURN_IF_ERROR(row.status());
  const absl::StatusOr<StoredEntry> stored = ParseStoredEntry(*row);
  return stored.ok() && stored->hash != seen.hash;
}

// What is known and not back yet; of each journal what is left.
std::vector<Loss> StillLost(const journal::v1::Witness& witness, const JournalBook& book) {
  std::vector<Loss> lost;
  for (const journal::v1::WitnessLoss& message : witness.losses()) {
    Loss loss = FromMessage(message);
    const Journal* journal = book.Find(loss.journal);
    if (journal != nullptr && journal->durable.sequence >= loss.first) {
      loss.first = Next(journal->durable.sequence);
    }
    if (loss.first.value() > 0 && loss.first <= loss.last) lost.push_back(std::move(loss));
  }
  return lost;
}

}  // namespace

std::string EncodeWitness(const journal::v1::Witness& witness) {
  const std::string body = witness.SerializeAsString();
  std::string file(kMagic);
  file.append(journal::Sha256(body).view());
  file.append(body);
  return file;
}

absl::StatusOr<journal::v1::Witness> DecodeWitness(std::string_view file) {
  if (!file.starts_with(kMagic) && file.starts_with(kAnyMagic)) {
    return absl::FailedPreconditionError("the witness was written by a newer release");
  }
  journal::v1::Witness witness;
  Hash checksum;
  if (file.size() > kWitnessBytesMax || !file.starts_with(kMagic) ||
      !Hash::FromView(file.substr(kMagic.size(), kChecksumBytes), &checksum)) {
    return absl::DataLossError("the witness is damaged");
  }
  const std::string_view body = file.substr(kMagic.size() + kChecksumBytes);
  if (journal::Sha256(body) != checksum ||
      !witness.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
    return absl::DataLossError("the witness is damaged");
  }
  return witness;
}

std::string IdentityText(const journal::Writer& writer) {
  return absl::StrCat(writer.coop, "/", writer.hub ? "hub" : writer.shop, "/", writer.node);
}

std::string LossText(const Loss& loss) {
  const std::string journal = loss.series.empty() ? journal::JournalName(loss.journal)
                                                  : absl::StrCat(loss.series, " of ", loss.node);
  if (loss.first == loss.last) {
    return absl::StrCat("entry ", loss.first.value(), " of journal ", journal);
  }
  return absl::StrCat("entries ", loss.first.value(), " to ", loss.last.value(), " of journal ",
                      journal);
}

absl::StatusOr<WitnessFindings> CompareWithWitness(const journal::v1::Witness& witness,
                                                   const JournalBook& book,
                                                   const store::Snapshot& snapshot) {
  WitnessFindings findings;
  if (COMPTOIR_PLANTED(kIgnoreWitness)) return findings;
  findings.known = StillLost(witness, book);
  uint64_t named = 0;
  for (const journal::v1::WitnessHead& message : witness.heads()) {
    Head seen{JournalId(message.head().journal()), Sequence(message.head().sequence()), {}};
    if (!Hash::FromView(message.head().hash(), &seen.hash)) {
      return absl::DataLossError("the witness is damaged");
    }
    const Journal* journal = book.Find(seen.journal);
    const Sequence held = journal == nullptr ? Sequence(0) : journal->durable.sequence;
    if (held < seen.sequence) {
      findings.losses.push_back(
          {seen.journal, Next(held), seen.sequence, message.node(), message.series()});
      named += findings.losses.back().entries();
    } else if (journal != nullptr && seen.sequence.value() > 0) {
      COMPTOIR_ASSIGN_OR_RETURN(const bool other, IsOther(seen, *journal, snapshot));
      if (!other) continue;
      findings.others.push_back(absl::StrCat(
          "entry ", seen.sequence.value(), " of journal ", message.series(), " of ", message.node(),
          " is another one than was held here before: the store was replaced"));
    }
  }
  uint64_t held_entries = 0;
  for (const auto& [id, journal] : book.all()) held_entries += journal.durable.sequence.value();
  if (witness.entries() > held_entries + named) {
    findings.unnamed_entries = witness.entries() - held_entries - named;
  }
  return findings;
}

}  // namespace comptoir::ledger
