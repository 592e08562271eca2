#include "common/retail/catalogue/numbers.h"

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/barcode.h"
#include "common/retail/barcodes/index.h"
#include "common/retail/barcodes/lookup.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/check.h"
#include "common/retail/reasons.h"

namespace comptoir::retail {
namespace {

constexpr int kGtinsField = v1::ProductEdited::kGtinFieldNumber;
constexpr int kItemsField = v1::ProductEdited::kItemFieldNumber;

// `code` as `value` writes it: `the GTIN "5449000000996"`.
std::string NumberText(int field, std::string_view value, const std::string& code) {
  std::string_view written = code;
  for (const std::string_view word : WordsOf(value)) {
    if (BarcodesOf(field, word).contains(code)) written = word;
  }
  return absl::StrCat("the ", field == kGtinsField ? "GTIN" : "item number", " ", Quoted(written));
}

absl::Status CheckNumbersOf(const store::Snapshot& snapshot, const std::string& product, int field,
                            const std::string& value, const SaidNumbers& said) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::string standing, ProductBarcodes(snapshot, product, field));
  const std::set<std::string> kept = BarcodesOf(field, standing);
  for (const std::string& code : BarcodesOf(field, value)) {
    if (kept.contains(code)) continue;
    if (const auto line = said.OtherLine(field, code, product); line.has_value()) {
      return Refuse(kTwice,
                    absl::StrCat("line ", line->number, ": ", NumberText(field, value, code),
                                 " is of ", product, " on the one line and of ", line->product,
                                 " on the other: give it to one of them"));
    }
    COMPTOIR_ASSIGN_OR_RETURN(const auto holders, ProductsWith(snapshot, field, code));
    for (const std::string& holder : holders) {
      if (holder == product || said.TakesOff(field, code, holder)) continue;
      COMPTOIR_ASSIGN_OR_RETURN(const std::string name, ProductName(snapshot, holder));
      return Refuse(kTwice,
                    absl::StrCat("product ", holder, name.empty() ? "" : ", " + Quoted(name) + ",",
                                 " has ", NumberText(field, value, code),
                                 " already: check the number, or take it off there first"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

SaidNumbers::SaidNumbers(const coop::v1::ImportProductsRequest& request) {
  for (int i = 0; i < request.products_size(); ++i) {
    const coop::v1::ProductSpec& spec = request.products(i);
    Add(kGtinsField, spec.gtin(), {i + 1, spec.product()});
    Add(kItemsField, spec.item(), {i + 1, spec.product()});
  }
}

void SaidNumbers::Add(int field, std::string_view value, const Line& line) {
  if (value.empty()) return;  // left alone
  std::set<std::string> codes = BarcodesOf(field, value);
  for (const std::string& code : codes) lines_[{field, code}].push_back(line);
  codes_[{field, line.product}].merge(std::move(codes));
}

std::optional<SaidNumbers::Line> SaidNumbers::OtherLine(int field, const std::string& code,
                                                        std::string_view product) const {
  const auto found = lines_.find({field, code});
  if (found == lines_.end()) return std::nullopt;
  for (const Line& line : found->second) {
    if (line.product != product) return line;
  }
  return std::nullopt;
}

bool SaidNumbers::TakesOff(int field, const std::string& code, const std::string& product) const {
  const auto found = codes_.find({field, product});
  return found != codes_.end() && !found->second.contains(code);
}

absl::Status CheckNumbers(const store::Snapshot& snapshot, const v1::ProductEdited& edited,
                          const SaidNumbers& said) {
  if (edited.has_gtin()) {
    COMPTOIR_RETURN_IF_ERROR(
        CheckNumbersOf(snapshot, edited.product(), kGtinsField, edited.gtin().value(), said));
  }
  if (!edited.has_item()) return absl::OkStatus();
  return CheckNumbersOf(snapshot, edited.product(), kItemsField, edited.item().value(), said);
}

}  // namespace comptoir::retail
