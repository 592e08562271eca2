#include "common/retail/recalls/fold.h"

#include <string>

#include "common/retail/keys.h"
#include "common/retail/recalls/rows.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/recall_rows.pb.h"

namespace comptoir::retail {
namespace {

void FillSaid(const Fact& fact, v1::SaidBy* said) {
  said->set_node(fact.journal->writer.node);
  said->set_wall_ms(fact.wall_ms);
  said->set_utc_offset_minutes(fact.utc_offset_minutes);
  said->set_doubtful(fact.doubtful);
}

// A row of the fact's own, at `prefix` and its place.
template <typename Row>
void PutOwn(const Fact& fact, Effect effect, store::TableId table, std::string prefix,
            const Row& row, store::Transaction& transaction) {
  if (effect == Effect::kDuplicate) return;
  AppendBigEndian64(fact.reference.journal.value(), &prefix);
  AppendBigEndian64(fact.reference.sequence.value(), &prefix);
  if (effect == Effect::kUncount) return transaction.Erase(table, prefix);
  transaction.Put(table, prefix, row.SerializeAsString());
}

// Tells who keeps recalls in memory that they changed; a function of the facts that count.
void NoteEdit(const Fact& fact, Effect effect, store::Transaction& transaction) {
  constexpr uint64_t kLowBits = 0xffff'ffff;
  const int64_t sign = SignOf(effect);
  const int64_t sums[] = {sign, sign * static_cast<int64_t>(fact.reference.hash_prefix & kLowBits)};
  transaction.Add(kEdits, kRecallEditsKey, sums);
}

}  // namespace

absl::Status FoldRecalled(const Fact& fact, const v1::Recalled& recalled, Effect effect,
                          store::Transaction& transaction) {
  v1::RecallRow row;
  *row.mutable_recall() = recalled;
  *row.mutable_name() = fact.name();
  row.set_series(fact.journal->series);
  FillSaid(fact, row.mutable_said());
  PutOwn(fact, effect, kRecalls, RecallsPrefix(recalled.shop()), row, transaction);
  NoteEdit(fact, effect, transaction);
  return absl::OkStatus();
}

absl::Status FoldRecallLifted(const Fact& fact, const v1::RecallLifted& lifted, Effect effect,
                              store::Transaction& transaction) {
  v1::RecallLiftRow row;
  row.set_reason(lifted.reason());
  row.set_staff(lifted.staff());
  FillSaid(fact, row.mutable_said());
  for (const v1::NamedFact& recall : lifted.recalls()) {
    PutOwn(fact, effect, kRecallAnswers, LiftsPrefix(fact.journal->shop, recall), row, transaction);
  }
  NoteEdit(fact, effect, transaction);
  return absl::OkStatus();
}

absl::Status FoldRecallConfirmed(const Fact& fact, const v1::RecallConfirmed& confirmed,
                                 Effect effect, store::Transaction& transaction) {
  v1::RecallConfirmedRow row;
  row.set_staff(confirmed.staff());
  *row.mutable_found() = confirmed.found();
  FillSaid(fact, row.mutable_said());
  PutOwn(fact, effect, kRecallAnswers, ConfirmationsPrefix(confirmed.recall(), fact.journal->shop),
         row, transaction);
  NoteEdit(fact, effect, transaction);
  return absl::OkStatus();
}

}  // namespace comptoir::retail
