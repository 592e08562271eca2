#include "common/retail/catalogue/edit.h"

#include <optional>
#include <set>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/catalogue/admit.h"
#include "common/retail/catalogue/numbers.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/catalogue/registers.h"
#include "common/retail/check.h"
#include "common/retail/keys.h"
#include "common/retail/reasons.h"
#include "common/retail/tables.h"

namespace comptoir::retail {
namespace {

// Must `value` be written over what stands?
bool Differs(const std::optional<Register>& standing, const RegisterValue& value) {
  return !standing.has_value() || standing->winner() == nullptr || standing->conflict() ||
         !(standing->winner()->value == value);
}

// Does the register at `key` need this write? If so, `*replaces` says what it replaces.
template <typename Edit>
absl::StatusOr<bool> WantWrite(const store::Snapshot& snapshot, const std::string& key,
                               const Edit& edit, const RegisterValue& value, References* replaces) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<Register> standing, ReadRegister(snapshot, key));
  if (!Differs(standing, value)) return false;
  if (edit.has_read()) {
    *replaces = edit.read().writes();
  } else if (standing.has_value()) {
    AppendReplaced(*standing, replaces);
  }
  return true;
}

// Edits of the fields of one product, producer or shop.
class FieldEditor {
 public:
  FieldEditor(const store::Snapshot& snapshot, Subject subject, const std::string& code)
      : snapshot_(snapshot), subject_(subject), code_(code) {}

  // Fills what `mutable_write` gives (a TextWrite) when the field must change.
  absl::Status Text(int field, const shop::v1::TextEdit& edit, auto mutable_write) {
    References replaces;
    COMPTOIR_ASSIGN_OR_RETURN(const bool wanted,
                              WantWrite(snapshot_, FieldKey(subject_, code_, field), edit,
                                        RegisterValue{edit.value(), 0}, &replaces));
    if (!wanted) return absl::OkStatus();
    v1::TextWrite* write = mutable_write();
    write->set_value(edit.value());
    *write->mutable_replaces() = std::move(replaces);
    return absl::OkStatus();
  }

  // The same of what it gives with a number.
  template <typename Edit>
  absl::Status Number(int field, const Edit& edit, auto mutable_write) {
    References replaces;
    COMPTOIR_ASSIGN_OR_RETURN(const bool wanted,
                              WantWrite(snapshot_, FieldKey(subject_, code_, field), edit,
                                        RegisterValue{"", edit.value()}, &replaces));
    if (!wanted) return absl::OkStatus();
    auto* write = mutable_write();
    write->set_value(edit.value());
    *write->mutable_replaces() = std::move(replaces);
    return absl::OkStatus();
  }

  absl::StatusOr<bool> IsKnown() const {
    const std::string prefix = SubjectPrefix(subject_, code_);
    const auto rows = snapshot_.Scan(kRegisters, prefix, PrefixLimit(prefix));
    COMPTOIR_RETURN_IF_ERROR(rows->status());
    return rows->Valid();
  }

 private:
  const store::Snapshot& snapshot_;
  const Subject subject_;
  const std::string& code_;
};

absl::Status NothingSaid(std::string_view what) {
  return Refuse(kNothingToWrite, absl::StrCat("say what of the ", View(what), " is to be set"));
}

absl::Status AddVat(const store::Snapshot& snapshot, const shop::v1::EditProductRequest& request,
                    Day today, HandEdits* edits) {
  const Day first_day = request.first_day() == 0 ? today : Day(request.first_day());
  v1::VatSet set;
  set.set_product(request.product());
  set.set_first_day(first_day.value());
  set.mutable_basis_points()->set_value(request.vat().value());
  std::string key = SubjectPrefix(Subject::kVat, request.product());
  AppendDay(first_day, &key);
  COMPTOIR_ASSIGN_OR_RETURN(
      const bool wanted,
      WantWrite(snapshot, key, request.vat(), RegisterValue{"", request.vat().value()},
                set.mutable_basis_points()->mutable_replaces()));
  COMPTOIR_RETURN_IF_ERROR(CheckVatSet(set));
  if (wanted) edits->facts.emplace_back(v1::FACT_KIND_VAT_SET, set.SerializeAsString());
  return absl::OkStatus();
}

absl::Status AddProductFields(const shop::v1::EditProductRequest& request, FieldEditor editor,
                              v1::ProductEdited* edited) {
  using Field = v1::ProductEdited;
  if (request.has_name()) {
    COMPTOIR_RETURN_IF_ERROR(editor.Text(Field::kNameFieldNumber, request.name(),
                                         [&] { return edited->mutable_name(); }));
  }
  if (request.has_producer()) {
    COMPTOIR_RETURN_IF_ERROR(editor.Text(Field::kProducerFieldNumber, request.producer(),
                                         [&] { return edited->mutable_producer(); }));
  }
  if (request.has_gtin()) {
    COMPTOIR_RETURN_IF_ERROR(editor.Text(Field::kGtinFieldNumber, request.gtin(),
                                         [&] { return edited->mutable_gtin(); }));
  }
  if (request.has_need()) {
    COMPTOIR_RETURN_IF_ERROR(editor.Text(Field::kNeedFieldNumber, request.need(),
                                         [&] { return edited->mutable_need(); }));
  }
  if (request.has_item()) {
    COMPTOIR_RETURN_IF_ERROR(editor.Text(Field::kItemFieldNumber, request.item(),
                                         [&] { return edited->mutable_item(); }));
  }
  if (request.has_deposit()) {
    COMPTOIR_RETURN_IF_ERROR(editor.Number(Field::kDepositCentsFieldNumber, request.deposit(),
                                           [&] { return edited->mutable_deposit_cents(); }));
  }
  if (!request.has_unit()) return absl::OkStatus();
  return editor.Number(Field::kUnitFieldNumber, request.unit(),
                       [&] { return edited->mutable_unit(); });
}

// A product that is sold by another unit bears no deposit: who says one means something else,
// and who changes the unit under one has not thought of it.
absl::Status CheckDepositOf(const store::Snapshot& snapshot,
                            const shop::v1::EditProductRequest& request) {
  if (!request.has_deposit() && !request.has_unit()) return absl::OkStatus();
  COMPTOIR_ASSIGN_OR_RETURN(const v1::Unit known, ProductUnit(snapshot, request.product()));
  const v1::Unit unit = request.has_unit() ? request.unit().value() : known;
  if (request.has_deposit()) return CheckDeposit(request.deposit().value(), unit);
  COMPTOIR_ASSIGN_OR_RETURN(const int64_t standing, ProductDeposit(snapshot, request.product()));
  return CheckUnitChange(known, unit, standing);
}

// Of producers and shops, which have the same fields.
template <typename Edited, typename Request>
absl::StatusOr<HandEdits> BuildPartyEdit(const store::Snapshot& snapshot, Subject subject,
                                         const std::string& code, const Request& request,
                                         v1::FactKind kind, Edited edited,
                                         absl::Status (*check)(const Edited&)) {
  HandEdits edits;
  FieldEditor editor(snapshot, subject, code);
  COMPTOIR_ASSIGN_OR_RETURN(const bool known, editor.IsKnown());
  edits.created = !known;
  if (request.has_name()) {
    COMPTOIR_RETURN_IF_ERROR(editor.Text(Edited::kNameFieldNumber, request.name(),
                                         [&] { return edited.mutable_name(); }));
  }
  if (request.has_place()) {
    COMPTOIR_RETURN_IF_ERROR(editor.Text(Edited::kPlaceFieldNumber, request.place(),
                                         [&] { return edited.mutable_place(); }));
  }
  if (!edited.has_name() && !edited.has_place()) return edits;
  COMPTOIR_RETURN_IF_ERROR(check(edited));
  edits.facts.emplace_back(kind, edited.SerializeAsString());
  return edits;
}

}  // namespace

absl::StatusOr<HandEdits> BuildProductEdit(const store::Snapshot& snapshot,
                                           const shop::v1::EditProductRequest& request, Day today) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", request.product()));
  if (!request.has_name() && !request.has_unit() && !request.has_producer() &&
      !request.has_gtin() && !request.has_need() && !request.has_vat() && !request.has_deposit() &&
      !request.has_item()) {
    return NothingSaid("product");
  }
  HandEdits edits;
  const FieldEditor editor(snapshot, Subject::kProduct, request.product());
  COMPTOIR_ASSIGN_OR_RETURN(const bool known, editor.IsKnown());
  edits.created = !known;
  if (!known && !request.has_unit()) {
    return Refuse(kNoUnit, absl::StrCat("product ", Quoted(request.product()),
                                        " is not known yet: check the code, or say its unit "
                                        "(piece, kilogram or litre) to make it"));
  }
  COMPTOIR_RETURN_IF_ERROR(CheckDepositOf(snapshot, request));
  v1::ProductEdited edited;
  COMPTOIR_RETURN_IF_ERROR(AddProductFields(request, editor, &edited));
  if (edited.ByteSizeLong() > 0) {
    edited.set_product(request.product());
    COMPTOIR_RETURN_IF_ERROR(CheckProductEdited(edited));
    COMPTOIR_RETURN_IF_ERROR(CheckNumbers(snapshot, edited, SaidNumbers()));
    edits.facts.emplace_back(v1::FACT_KIND_PRODUCT_EDITED, edited.SerializeAsString());
  }
  if (request.has_vat()) COMPTOIR_RETURN_IF_ERROR(AddVat(snapshot, request, today, &edits));
  return edits;
}

absl::StatusOr<HandEdits> BuildProducerEdit(const store::Snapshot& snapshot,
                                            const shop::v1::EditProducerRequest& request) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("producer", request.producer()));
  if (!request.has_name() && !request.has_place()) return NothingSaid("producer");
  v1::ProducerEdited edited;
  edited.set_producer(request.producer());
  return BuildPartyEdit(snapshot, Subject::kProducer, request.producer(), request,
                        v1::FACT_KIND_PRODUCER_EDITED, std::move(edited), &CheckProducerEdited);
}

absl::StatusOr<HandEdits> BuildShopEdit(const store::Snapshot& snapshot,
                                        const shop::v1::EditShopRequest& request) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("shop", request.shop()));
  if (!request.has_name() && !request.has_place()) return NothingSaid("shop");
  v1::ShopEdited edited;
  edited.set_shop(request.shop());
  return BuildPartyEdit(snapshot, Subject::kShop, request.shop(), request,
                        v1::FACT_KIND_SHOP_EDITED, std::move(edited), &CheckShopEdited);
}

absl::StatusOr<HandEdits> BuildPriceSet(const store::Snapshot& snapshot,
                                        const shop::v1::SetPriceRequest& request, Day today) {
  // Whoever types a wrong code must hear of it.
  COMPTOIR_RETURN_IF_ERROR(
      FindProduct(snapshot, request.shop(), today, request.product()).status());
  if (!request.has_price()) return NothingSaid("price");
  const Day first_day = request.first_day() == 0 ? today : Day(request.first_day());
  v1::PriceSet set;
  set.set_product(request.product());
  set.set_shop(request.shop());
  set.set_first_day(first_day.value());
  set.mutable_price_cents()->set_value(request.price().value());
  std::string key = PricePrefix(request.product(), request.shop());
  AppendDay(first_day, &key);
  COMPTOIR_ASSIGN_OR_RETURN(
      const bool wanted,
      WantWrite(snapshot, key, request.price(), RegisterValue{"", request.price().value()},
                set.mutable_price_cents()->mutable_replaces()));
  COMPTOIR_RETURN_IF_ERROR(CheckPriceSet(set));
  HandEdits edits;
  if (wanted) edits.facts.emplace_back(v1::FACT_KIND_PRICE_SET, set.SerializeAsString());
  return edits;
}

absl::StatusOr<CatalogueEdits> BuildProducerEdits(const store::Snapshot& snapshot,
                                                  const coop::v1::ImportProducersRequest& request) {
  const auto count = static_cast<size_t>(request.producers_size());
  if (count == 0 || count > kImportProductsMax) {
    return Refuse(kBadLines, absl::StrCat("there are ", count, " producers: 1 to ",
                                          kImportProductsMax, " are taken at once"));
  }
  CatalogueEdits all;
  std::set<std::string> codes;
  for (int i = 0; i < request.producers_size(); ++i) {
    const coop::v1::ProducerSpec& spec = request.producers(i);
    shop::v1::EditProducerRequest edit;
    edit.set_producer(spec.producer());
    if (!spec.name().empty()) edit.mutable_name()->set_value(spec.name());
    if (!spec.place().empty()) edit.mutable_place()->set_value(spec.place());
    if (!codes.insert(spec.producer()).second) {
      return AtLine(Refuse(kTwice, absl::StrCat("producer ", Quoted(spec.producer()),
                                                " stands on two lines: keep one")),
                    i + 1);
    }
    absl::StatusOr<HandEdits> edits = BuildProducerEdit(snapshot, edit);
    if (!edits.ok()) return AtLine(edits.status(), i + 1);
    ++(edits->created ? all.created : edits->facts.empty() ? all.unchanged : all.changed);
    std::move(edits->facts.begin(), edits->facts.end(), std::back_inserter(all.facts));
  }
  return all;
}

}  // namespace comptoir::retail
