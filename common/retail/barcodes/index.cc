#include "common/retail/barcodes/index.h"

#include <optional>

#include "common/base/status.h"
#include "common/retail/barcode.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

std::set<std::string> BarcodesOf(int field, std::string_view value) {
  std::set<std::string> codes;
  if (field == v1::ProductEdited::kItemFieldNumber && !value.empty())
    codes.insert(WholeItem(value));
  if (field != v1::ProductEdited::kGtinFieldNumber) return codes;
  for (const std::string_view gtin : WordsOf(value)) codes.insert(WholeGtin(gtin));
  return codes;
}

absl::StatusOr<std::set<std::string>> StandingBarcodes(const store::Reader& reader,
                                                       std::string_view key, int field) {
  std::set<std::string> codes;
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<Register> values, ReadRegister(reader, key));
  if (!values.has_value()) return codes;
  for (const Register::Write& write : values->writes()) {
    codes.merge(BarcodesOf(field, write.value.text));
  }
  return codes;
}

void FoldBarcodes(std::string_view product, int field, const std::set<std::string>& before,
                  const std::set<std::string>& after, store::Transaction& transaction) {
  const auto key = [&](const std::string& code) {
    return BarcodePrefix(field, code).append(product);
  };
  for (const std::string& code : before) {
    if (!after.contains(code)) transaction.Erase(kBarcodes, key(code));
  }
  for (const std::string& code : after) {
    if (!before.contains(code)) transaction.Put(kBarcodes, key(code), "");
  }
}

}  // namespace comptoir::retail
