#include "common/retail/barcodes/lookup.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/barcode.h"
#include "common/retail/barcodes/index.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/check.h"
#include "common/retail/keys.h"
#include "common/retail/quantity.h"
#include "common/retail/reasons.h"
#include "common/retail/tables.h"

namespace comptoir::retail {
namespace {

absl::Status NoProduct(std::string_view barcode, std::string_view what) {
  return WithReason(absl::NotFoundError(absl::StrCat(
                        "no product has the ", View(what), " of barcode ", Quoted(barcode),
                        ": sell it by its code, and have the number set at the hub")),
                    kUnknownBarcode);
}

// There is at least one.
absl::StatusOr<std::string> TheProduct(const std::vector<std::string>& products,
                                       std::string_view barcode, std::string_view what) {
  if (products.size() == 1) return products.front();
  return WithReason(absl::FailedPreconditionError(absl::StrCat(
                        "products ", products[0], " and ", products[1], " both have the ",
                        View(what), " of barcode ", Quoted(barcode),
                        ": sell it by its code, and have one of them changed at the hub")),
                    kAmbiguous);
}

// Which of them was scanned nobody can say.
absl::Status LabelAndGtin(std::string_view barcode, const Label& label, std::string_view labelled,
                          std::string_view numbered) {
  return WithReason(
      absl::FailedPreconditionError(absl::StrCat(
          "barcode ", Quoted(barcode), " is a label of product ", View(labelled), " by the rule ",
          label.rule, ", and the GTIN of product ", View(numbered),
          ": sell it by its code, and have the GTIN taken off at the hub, or the rule changed")),
      kAmbiguous);
}

absl::Status BadLabel(const std::string& sentence, std::string_view reason) {
  return WithReason(absl::FailedPreconditionError(sentence), reason);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ProductsWith(const store::Snapshot& snapshot, int field,
                                                      const std::string& code) {
  const std::string prefix = BarcodePrefix(field, code);
  std::vector<std::string> products;
  auto rows = snapshot.Scan(kBarcodes, prefix, PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) {
    const std::string product(rows->key().substr(prefix.size()));
    // What stands beside the winner, where several wrote it, is nobody's.
    COMPTOIR_ASSIGN_OR_RETURN(const std::string standing,
                              ProductBarcodes(snapshot, product, field));
    if (BarcodesOf(field, standing).contains(code)) products.push_back(product);
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return products;
}

absl::StatusOr<Scanned> FindBarcode(const store::Snapshot& snapshot, const BarcodeRules& rules,
                                    std::string_view barcode) {
  if (!IsGtin(barcode)) {
    return Refuse(kBadBarcode,
                  absl::StrCat(Quoted(barcode),
                               " is no barcode: it has 8, 12, 13 or 14 digits, the last of which "
                               "checks the others. Scan it again, or sell it by its code"));
  }
  Scanned scanned;
  scanned.label = ReadLabel(rules, barcode);
  std::vector<std::string> labelled;
  if (scanned.label.has_value()) {
    COMPTOIR_ASSIGN_OR_RETURN(
        labelled, ProductsWith(snapshot, v1::ProductEdited::kItemFieldNumber, scanned.label->item));
  }
  COMPTOIR_ASSIGN_OR_RETURN(
      const std::vector<std::string> numbered,
      ProductsWith(snapshot, v1::ProductEdited::kGtinFieldNumber, WholeGtin(barcode)));
  if (labelled.empty() && numbered.empty()) {
    return NoProduct(barcode, scanned.label.has_value() ? "item number or the GTIN" : "GTIN");
  }
  if (labelled.empty()) {
    scanned.label.reset();
    COMPTOIR_ASSIGN_OR_RETURN(scanned.product, TheProduct(numbered, barcode, "GTIN"));
    return scanned;
  }
  COMPTOIR_ASSIGN_OR_RETURN(scanned.product, TheProduct(labelled, barcode, "item number"));
  for (const std::string& product : numbered) {
    if (product != scanned.product) {
      return LabelAndGtin(barcode, *scanned.label, scanned.product, product);
    }
  }
  return scanned;
}

absl::StatusOr<int64_t> QuantityOfLabel(const Label& label, const SaleTerms& terms) {
  if (label.grams.value_or(label.cents.value_or(0)) <= 0) {
    return Refuse(kBadBarcode, "its label says nothing: weigh it again, or sell it by its code");
  }
  if (label.grams.has_value()) {
    if (terms.unit == v1::UNIT_KILOGRAM) return *label.grams;
    return BadLabel(
        "its label says a weight, and it is not sold by the kilogram: sell it by its code",
        kBadUnit);
  }
  if (terms.unit == v1::UNIT_PIECE) return kOneUnit.value();
  if (terms.price_cents.value_or(0) <= 0) {
    return BadLabel(
        "its label says what it costs, and no price is in force to tell how much it "
        "is: set one, or sell it by its code",
        kNoPrice);
  }
  return std::max<int64_t>(
      PartOf(Cents(*label.cents), kOneUnit.value(), *terms.price_cents).value(), 1);
}

absl::StatusOr<shop::v1::LookUpBarcodeResponse> LookUpBarcode(const store::Snapshot& snapshot,
                                                              const BarcodeRules& rules,
                                                              std::string_view shop, Day today,
                                                              std::string_view barcode) {
  COMPTOIR_ASSIGN_OR_RETURN(const Scanned scanned, FindBarcode(snapshot, rules, barcode));
  shop::v1::LookUpBarcodeResponse response;
  COMPTOIR_ASSIGN_OR_RETURN(*response.mutable_product(),
                            FindProduct(snapshot, shop, today, scanned.product));
  if (!scanned.label.has_value()) return response;
  SaleTerms terms;
  terms.unit = response.product().unit();
  if (response.product().has_price_cents()) terms.price_cents = response.product().price_cents();
  COMPTOIR_ASSIGN_OR_RETURN(const int64_t milli, QuantityOfLabel(*scanned.label, terms));
  response.set_quantity_milli(milli);
  if (scanned.label->cents.has_value()) response.set_label_cents(*scanned.label->cents);
  response.set_rule(scanned.label->rule);
  return response;
}

}  // namespace comptoir::retail
