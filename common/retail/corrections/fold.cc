#include "common/retail/corrections/fold.h"

#include <optional>
#include <string>

#include "common/base/status.h"
#include "common/retail/keys.h"
#include "common/retail/stock/movements.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {
namespace {

absl::StatusOr<v1::CorrectionRow> ReadRow(const store::Reader& rows, const std::string& key) {
  v1::CorrectionRow row;
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, rows.Get(kCorrections, key));
  if (!bytes.has_value() || row.ParseFromString(*bytes)) return row;
  return absl::DataLossError("a row of corrections is damaged");
}

}  // namespace

absl::Status FoldCorrected(const Fact& fact, const v1::Corrected& corrected, Effect effect,
                           store::Transaction& transaction) {
  NoteMovement(fact, /*prints_receipt=*/false, effect, transaction);
  if (effect == Effect::kDuplicate) return absl::OkStatus();
  const std::string key = NamedKey(fact.journal->shop, corrected.fact());
  COMPTOIR_ASSIGN_OR_RETURN(v1::CorrectionRow row, ReadRow(transaction, key));
  row.set_corrections(row.corrections() + (effect == Effect::kCount ? 1 : -1));
  if (row.corrections() == 0) {
    transaction.Erase(kCorrections, key);
  } else {
    transaction.Put(kCorrections, key, row.SerializeAsString());
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> IsCorrected(const store::Reader& rows, std::string_view shop,
                                 const v1::NamedFact& named) {
  COMPTOIR_ASSIGN_OR_RETURN(const v1::CorrectionRow row, ReadRow(rows, NamedKey(shop, named)));
  return row.corrections() > 0;
}

}  // namespace comptoir::retail
