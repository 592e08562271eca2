#include "common/retail/catalogue/registers.h"

#include <utility>
#include <vector>

#include "common/base/limits.h"
#include "common/base/planted.h"
#include "common/base/status.h"
#include "common/retail/forks/moved.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {
namespace {

Reference FromRow(const v1::RegisterReference& row) {
  return {JournalId(row.journal()), Sequence(row.sequence()), row.hash_prefix()};
}

void ToRow(const Reference& reference, v1::RegisterReference* row) {
  row->set_journal(reference.journal.value());
  row->set_sequence(reference.sequence.value());
  row->set_hash_prefix(reference.hash_prefix);
}

// Several values stand.
void FoldConflict(std::string_view key, bool before, bool after, store::Transaction& transaction) {
  if (before == after) return;
  if (after) {
    transaction.Put(kConflicts, key, "");
  } else {
    transaction.Erase(kConflicts, key);
  }
}

}  // namespace

absl::StatusOr<Register> DecodeRegister(std::string_view row) {
  v1::RegisterRow message;
  if (!message.ParseFromArray(row.data(), static_cast<int>(row.size()))) {
    return absl::DataLossError("a row of registers is damaged");
  }
  std::vector<Register::Write> writes;
  for (const v1::RegisterWrite& write : message.writes()) {
    writes.push_back({FromRow(write.reference()), HybridTime(write.hybrid_time()),
                      RegisterValue{write.text(), write.number()}});
  }
  std::vector<Reference> replaced;
  for (const v1::RegisterReference& reference : message.replaced()) {
    replaced.push_back(FromRow(reference));
  }
  std::vector<Register::Seen> seen;
  for (const v1::RegisterSeen& each : message.seen()) {
    seen.push_back({JournalId(each.journal()), Sequence(each.sequence())});
  }
  std::optional<Register> values =
      Register::FromParts(std::move(writes), std::move(replaced), std::move(seen));
  if (!values.has_value()) return absl::DataLossError("a row of registers is out of order");
  return *std::move(values);
}

std::string EncodeRegister(const Register& values) {
  v1::RegisterRow message;
  for (const Register::Write& write : values.writes()) {
    v1::RegisterWrite* row = message.add_writes();
    ToRow(write.reference, row->mutable_reference());
    row->set_hybrid_time(write.hybrid_time.value());
    row->set_text(write.value.text);
    row->set_number(write.value.number);
  }
  for (const Reference& reference : values.replaced()) ToRow(reference, message.add_replaced());
  for (const Register::Seen& seen : values.seen()) {
    v1::RegisterSeen* row = message.add_seen();
    row->set_journal(seen.journal.value());
    row->set_sequence(seen.sequence.value());
  }
  return message.SerializeAsString();
}

absl::StatusOr<std::optional<Register>> ReadRegister(const store::Reader& reader,
                                                     std::string_view key) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<std::string> row, reader.Get(kRegisters, key));
  if (!row.has_value()) return std::optional<Register>();
  COMPTOIR_ASSIGN_OR_RETURN(Register values, DecodeRegister(*row));
  return std::optional<Register>(std::move(values));
}

absl::Status FoldWrite(const Fact& fact, std::string_view key, RegisterValue value,
                       const References& replaces, store::Transaction& transaction) {
  COMPTOIR_ASSIGN_OR_RETURN(std::optional<Register> held, ReadRegister(transaction, key));
  Register values = held.has_value() ? *std::move(held) : Register();
  const bool conflict_before = values.conflict();
  std::vector<Reference> replaced;
  replaced.reserve(static_cast<size_t>(replaces.size()));
  for (const journal::v1::Reference& reference : replaces) {
    const Reference written{JournalId(reference.journal()), Sequence(reference.sequence()),
                            reference.hash_prefix()};
    replaced.push_back(written);
    // Should it stand in a branch that is not kept, it arrives under this name, and
    // nothing tells before it does.
    replaced.push_back({MovedPlace(written), written.sequence, written.hash_prefix});
  }
  if (COMPTOIR_PLANTED(kForgetReplaced)) replaced.clear();
  values.Apply({fact.reference, fact.hybrid_time, std::move(value)}, replaced);
  transaction.Put(kRegisters, key, EncodeRegister(values));
  FoldConflict(key, conflict_before, values.conflict(), transaction);
  return absl::OkStatus();
}

void AppendReplaced(const Register& values, References* replaces) {
  for (const Register::Write& write : values.writes()) {
    if (static_cast<size_t>(replaces->size()) == kReplacedWritesMax) return;
    journal::v1::Reference* reference = replaces->Add();
    reference->set_journal(write.reference.journal.value());
    reference->set_sequence(write.reference.sequence.value());
    reference->set_hash_prefix(write.reference.hash_prefix);
  }
}

}  // namespace comptoir::retail
