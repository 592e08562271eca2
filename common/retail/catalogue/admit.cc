#include "common/retail/catalogue/admit.h"

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/barcode.h"
#include "common/retail/check.h"
#include "common/retail/reasons.h"

namespace comptoir::retail {
namespace {

absl::Status CheckTextWrite(std::string_view what, const v1::TextWrite& write) {
  COMPTOIR_RETURN_IF_ERROR(CheckText(what, write.value(), kTextBytesMax, kBadText));
  return CheckReplaces(write.replaces());
}

// A code, or empty to take it away.
absl::Status CheckCodeWrite(std::string_view what, const v1::TextWrite& write) {
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode(what, write.value()));
  return CheckReplaces(write.replaces());
}

absl::Status CheckGtinWrite(const v1::TextWrite& write) {
  const auto gtins = WordsOf(write.value());
  if (gtins.size() > kGtinsMax) {
    return Refuse(kBadGtin, absl::StrCat("a product has at most ", kGtinsMax, " GTINs"));
  }
  for (const std::string_view gtin : gtins) {
    if (IsGtin(gtin)) continue;
    return Refuse(kBadGtin,
                  absl::StrCat(Quoted(gtin),
                               " is not a GTIN: it has 8, 12, 13 or 14 digits, the last "
                               "of which checks the others; several are apart by a blank"));
  }
  return CheckReplaces(write.replaces());
}

absl::Status CheckItemWrite(const v1::TextWrite& write) {
  if (!write.value().empty() && !IsItem(write.value())) {
    return Refuse(kBadItem, absl::StrCat(Quoted(write.value()),
                                         " is no number of a scale: it has 1 to 6 digits"));
  }
  return CheckReplaces(write.replaces());
}

absl::Status NothingWritten() { return Refuse(kNothingToWrite, "the edit writes no field"); }

}  // namespace

absl::Status CheckProductEdited(const v1::ProductEdited& edited) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", edited.product()));
  if (!edited.has_name() && !edited.has_unit() && !edited.has_producer() && !edited.has_gtin() &&
      !edited.has_need() && !edited.has_deposit_cents() && !edited.has_item()) {
    return NothingWritten();
  }
  if (edited.has_unit()) {
    COMPTOIR_RETURN_IF_ERROR(CheckUnit(edited.unit().value()));
    COMPTOIR_RETURN_IF_ERROR(CheckReplaces(edited.unit().replaces()));
  }
  // A field that is absent reads as empty, which every check takes.
  COMPTOIR_RETURN_IF_ERROR(CheckTextWrite("name", edited.name()));
  COMPTOIR_RETURN_IF_ERROR(CheckCodeWrite("producer", edited.producer()));
  COMPTOIR_RETURN_IF_ERROR(CheckGtinWrite(edited.gtin()));
  COMPTOIR_RETURN_IF_ERROR(CheckItemWrite(edited.item()));
  // By which unit it is sold another fact says, which may come later.
  COMPTOIR_RETURN_IF_ERROR(CheckDeposit(edited.deposit_cents().value(), v1::UNIT_PIECE));
  COMPTOIR_RETURN_IF_ERROR(CheckReplaces(edited.deposit_cents().replaces()));
  return CheckCodeWrite("need", edited.need());
}

absl::Status CheckProducerEdited(const v1::ProducerEdited& edited) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("producer", edited.producer()));
  if (!edited.has_name() && !edited.has_place()) return NothingWritten();
  COMPTOIR_RETURN_IF_ERROR(CheckTextWrite("name", edited.name()));
  return CheckTextWrite("place", edited.place());
}

absl::Status CheckShopEdited(const v1::ShopEdited& edited) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("shop", edited.shop()));
  if (!edited.has_name() && !edited.has_place()) return NothingWritten();
  COMPTOIR_RETURN_IF_ERROR(CheckTextWrite("name", edited.name()));
  return CheckTextWrite("place", edited.place());
}

absl::Status CheckPriceSet(const v1::PriceSet& set) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", set.product()));
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("shop", set.shop()));
  COMPTOIR_RETURN_IF_ERROR(CheckDay("first day", set.first_day()));
  if (!set.has_price_cents()) return NothingWritten();
  COMPTOIR_RETURN_IF_ERROR(CheckPrice(set.price_cents().value()));
  return CheckReplaces(set.price_cents().replaces());
}

absl::Status CheckVatSet(const v1::VatSet& set) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", set.product()));
  COMPTOIR_RETURN_IF_ERROR(CheckDay("first day", set.first_day()));
  if (!set.has_basis_points()) return NothingWritten();
  COMPTOIR_RETURN_IF_ERROR(CheckVat(set.basis_points().value()));
  return CheckReplaces(set.basis_points().replaces());
}

absl::Status AdmitProductEdited(const Fact& fact, const v1::ProductEdited& edited) {
  COMPTOIR_RETURN_IF_ERROR(CheckCatalogueWriter(fact));
  return CheckProductEdited(edited);
}

absl::Status AdmitProducerEdited(const Fact& fact, const v1::ProducerEdited& edited) {
  COMPTOIR_RETURN_IF_ERROR(CheckCatalogueWriter(fact));
  return CheckProducerEdited(edited);
}

absl::Status AdmitShopEdited(const Fact& fact, const v1::ShopEdited& edited) {
  COMPTOIR_RETURN_IF_ERROR(CheckCatalogueWriter(fact));
  return CheckShopEdited(edited);
}

absl::Status AdmitPriceSet(const Fact& fact, const v1::PriceSet& set) {
  COMPTOIR_RETURN_IF_ERROR(CheckPriceSet(set));
  if (set.shop().empty()) return CheckCatalogueWriter(fact);
  if (fact.journal->scope != journal::v1::SCOPE_SHOP || fact.journal->shop != set.shop()) {
    return Refuse(kWrongScope, absl::StrCat("a price of shop ", set.shop(),
                                            "'s own is written in that shop's SHOP journals only"));
  }
  return fact.journal->writer.hub ? absl::OkStatus() : CheckShopWriter(fact);
}

absl::Status AdmitVatSet(const Fact& fact, const v1::VatSet& set) {
  COMPTOIR_RETURN_IF_ERROR(CheckCatalogueWriter(fact));
  return CheckVatSet(set);
}

}  // namespace comptoir::retail
