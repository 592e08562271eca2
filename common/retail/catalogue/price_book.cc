#include "common/retail/catalogue/price_book.h"

#include "common/base/status.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/check.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"

namespace comptoir::retail {

absl::Status PriceBook::Open(const store::Snapshot& snapshot, std::string_view shop, Day today) {
  COMPTOIR_ASSIGN_OR_RETURN(std::optional<std::string> edits,
                            snapshot.Get(kEdits, kCatalogueEditsKey));
  std::string current = std::move(edits).value_or("");
  if (current == edits_ && shop == shop_ && today == today_) return absl::OkStatus();
  terms_.clear();
  edits_ = std::move(current);
  shop_ = shop;
  today_ = today;
  return absl::OkStatus();
}

absl::StatusOr<SaleTerms> PriceBook::Find(const store::Snapshot& snapshot,
                                          std::string_view product) {
  if (const auto known = terms_.find(product); known != terms_.end()) return known->second;
  COMPTOIR_ASSIGN_OR_RETURN(const SaleTerms terms, Read(snapshot, product));
  if (terms_.size() >= kProductsMax) terms_.clear();
  terms_.emplace(product, terms);
  return terms;
}

absl::StatusOr<SaleTerms> PriceBook::Read(const store::Snapshot& snapshot,
                                          std::string_view product) const {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", product));
  SaleTerms terms;
  COMPTOIR_ASSIGN_OR_RETURN(terms.unit, ProductUnit(snapshot, product));
  if (terms.unit == v1::UNIT_UNSPECIFIED) return WithoutUnit(snapshot, product);
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<Register> price,
                            PriceOn(snapshot, product, shop_, today_));
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<Register> vat, VatOn(snapshot, product, today_));
  if (terms.unit == v1::UNIT_PIECE) {
    COMPTOIR_ASSIGN_OR_RETURN(terms.deposit_cents, ProductDeposit(snapshot, product));
  }
  if (price.has_value()) terms.price_cents = price->winner()->value.number;
  if (vat.has_value()) {
    terms.vat_basis_points = static_cast<uint32_t>(vat->winner()->value.number);
  }
  return terms;
}

}  // namespace comptoir::retail
