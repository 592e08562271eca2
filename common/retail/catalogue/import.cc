#include "common/retail/catalogue/import.h"

#include <map>
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

// Registers of one product by field number.
using Fields = std::map<int, Register>;

absl::StatusOr<Fields> ReadFields(const store::Snapshot& snapshot, std::string_view product) {
  const std::string prefix = SubjectPrefix(Subject::kProduct, product);
  Fields fields;
  auto rows = snapshot.Scan(kRegisters, prefix, PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) {
    COMPTOIR_ASSIGN_OR_RETURN(Register values, DecodeRegister(rows->value()));
    fields.emplace(rows->key().back(), std::move(values));
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return fields;
}

// Must `value` be written over what stands?
bool Differs(const Register* standing, const RegisterValue& value) {
  return standing == nullptr || standing->winner() == nullptr || standing->conflict() ||
         !(standing->winner()->value == value);
}

// Fills `write` (a TextWrite) when its field must change.
void WantText(const Fields& fields, int field, const std::string& value, auto mutable_write) {
  if (value.empty()) return;
  const auto place = fields.find(field);
  const Register* standing = place == fields.end() ? nullptr : &place->second;
  if (!Differs(standing, RegisterValue{value, 0})) return;
  v1::TextWrite* write = mutable_write();
  write->set_value(value);
  if (standing != nullptr) AppendReplaced(*standing, write->mutable_replaces());
}

// Fills the deposit when it must change. One of nothing is not written where none was known.
absl::Status WantDeposit(const coop::v1::ProductSpec& spec, const Fields& fields,
                         v1::ProductEdited* edited) {
  using Field = v1::ProductEdited;
  const auto find = [&fields](int field) {
    const auto place = fields.find(field);
    return place == fields.end() ? nullptr : &place->second;
  };
  const auto winning = [](const Register* values) {
    return values == nullptr || values->winner() == nullptr ? 0 : values->winner()->value.number;
  };
  const auto known = static_cast<v1::Unit>(winning(find(Field::kUnitFieldNumber)));
  const v1::Unit unit = spec.unit() == v1::UNIT_UNSPECIFIED ? known : spec.unit();
  const Register* const standing = find(Field::kDepositCentsFieldNumber);
  if (!spec.has_deposit_cents()) return CheckUnitChange(known, unit, winning(standing));
  COMPTOIR_RETURN_IF_ERROR(CheckDeposit(spec.deposit_cents(), unit));
  if (standing == nullptr && spec.deposit_cents() == 0) return absl::OkStatus();
  if (!Differs(standing, RegisterValue{"", spec.deposit_cents()})) return absl::OkStatus();
  v1::NumberWrite* write = edited->mutable_deposit_cents();
  write->set_value(spec.deposit_cents());
  if (standing != nullptr) AppendReplaced(*standing, write->mutable_replaces());
  return absl::OkStatus();
}

// Makes the facts of one request, line by line.
class CatalogueImporter {
 public:
  CatalogueImporter(const store::Snapshot& snapshot, Day first_day, SaidNumbers numbers)
      : snapshot_(snapshot), first_day_(first_day), numbers_(std::move(numbers)) {}

  absl::Status AddLine(const coop::v1::ProductSpec& spec);
  CatalogueEdits Finish() && { return std::move(edits_); }

 private:
  template <typename FactMessage>
  void Write(v1::FactKind kind, const FactMessage& fact) {
    edits_.facts.emplace_back(kind, fact.SerializeAsString());
  }

  absl::Status AddProduct(const coop::v1::ProductSpec& spec, const Fields& fields);
  absl::Status AddProducer(const coop::v1::ProductSpec& spec);
  absl::Status AddPrice(const coop::v1::ProductSpec& spec);
  absl::Status AddVat(const coop::v1::ProductSpec& spec);
  // Fills `write` when the number must change; `day_key` is the register of the
  // first day itself.
  absl::StatusOr<bool> WantNumber(const std::optional<Register>& in_force,
                                  const std::string& day_key, int64_t value,
                                  v1::NumberWrite* write) const;

  const store::Snapshot& snapshot_;
  const Day first_day_;
  const SaidNumbers numbers_;  // of all lines
  CatalogueEdits edits_;
  std::set<std::string> products_;
  std::map<std::string, std::string> producer_names_;
};

absl::Status CatalogueImporter::AddLine(const coop::v1::ProductSpec& spec) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", spec.product()));
  if (!products_.insert(spec.product()).second) {
    return Refuse(
        kTwice, absl::StrCat("product ", Quoted(spec.product()), " stands on two lines: keep one"));
  }
  COMPTOIR_ASSIGN_OR_RETURN(const Fields fields, ReadFields(snapshot_, spec.product()));
  const size_t facts_before = edits_.facts.size();
  COMPTOIR_RETURN_IF_ERROR(AddProduct(spec, fields));
  COMPTOIR_RETURN_IF_ERROR(AddProducer(spec));
  COMPTOIR_RETURN_IF_ERROR(AddPrice(spec));
  COMPTOIR_RETURN_IF_ERROR(AddVat(spec));
  if (fields.empty()) {
    ++edits_.created;
  } else if (edits_.facts.size() > facts_before) {
    ++edits_.changed;
  } else {
    ++edits_.unchanged;
  }
  return absl::OkStatus();
}

absl::Status CatalogueImporter::AddProduct(const coop::v1::ProductSpec& spec,
                                           const Fields& fields) {
  using Field = v1::ProductEdited;
  v1::ProductEdited edited;
  WantText(fields, Field::kNameFieldNumber, spec.name(), [&] { return edited.mutable_name(); });
  WantText(fields, Field::kProducerFieldNumber, spec.producer(),
           [&] { return edited.mutable_producer(); });
  WantText(fields, Field::kGtinFieldNumber, spec.gtin(), [&] { return edited.mutable_gtin(); });
  WantText(fields, Field::kItemFieldNumber, spec.item(), [&] { return edited.mutable_item(); });
  const auto unit = fields.find(Field::kUnitFieldNumber);
  const Register* standing = unit == fields.end() ? nullptr : &unit->second;
  if (spec.unit() == v1::UNIT_UNSPECIFIED) {
    if (standing == nullptr) {
      return Refuse(kNoUnit, absl::StrCat("product ", Quoted(spec.product()),
                                          " has no unit yet: say piece, kilogram or litre"));
    }
  } else if (Differs(standing, RegisterValue{"", spec.unit()})) {
    edited.mutable_unit()->set_value(spec.unit());
    if (standing != nullptr) AppendReplaced(*standing, edited.mutable_unit()->mutable_replaces());
  }
  COMPTOIR_RETURN_IF_ERROR(WantDeposit(spec, fields, &edited));
  if (edited.ByteSizeLong() == 0) return absl::OkStatus();
  edited.set_product(spec.product());
  COMPTOIR_RETURN_IF_ERROR(CheckProductEdited(edited));
  COMPTOIR_RETURN_IF_ERROR(CheckNumbers(snapshot_, edited, numbers_));
  Write(v1::FACT_KIND_PRODUCT_EDITED, edited);
  return absl::OkStatus();
}

absl::Status CatalogueImporter::AddProducer(const coop::v1::ProductSpec& spec) {
  if (spec.producer_name().empty()) return absl::OkStatus();
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("producer", spec.producer()));
  const auto [known, first] = producer_names_.emplace(spec.producer(), spec.producer_name());
  if (known->second != spec.producer_name()) {
    return Refuse(kTwice, absl::StrCat("producer ", Quoted(spec.producer()), " is named ",
                                       Quoted(known->second), " on an earlier line and ",
                                       Quoted(spec.producer_name()), " here: choose one"));
  }
  if (!first) return absl::OkStatus();
  const int field = v1::ProducerEdited::kNameFieldNumber;
  COMPTOIR_ASSIGN_OR_RETURN(
      std::optional<Register> standing,
      ReadRegister(snapshot_, FieldKey(Subject::kProducer, spec.producer(), field)));
  Fields fields;
  if (standing.has_value()) fields.emplace(field, *std::move(standing));
  v1::ProducerEdited edited;
  WantText(fields, field, spec.producer_name(), [&] { return edited.mutable_name(); });
  if (!edited.has_name()) return absl::OkStatus();
  edited.set_producer(spec.producer());
  COMPTOIR_RETURN_IF_ERROR(CheckProducerEdited(edited));
  Write(v1::FACT_KIND_PRODUCER_EDITED, edited);
  return absl::OkStatus();
}

absl::StatusOr<bool> CatalogueImporter::WantNumber(const std::optional<Register>& in_force,
                                                   const std::string& day_key, int64_t value,
                                                   v1::NumberWrite* write) const {
  if (!Differs(in_force.has_value() ? &*in_force : nullptr, RegisterValue{"", value})) return false;
  write->set_value(value);
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<Register> standing,
                            ReadRegister(snapshot_, day_key));
  if (standing.has_value()) AppendReplaced(*standing, write->mutable_replaces());
  return true;
}

absl::Status CatalogueImporter::AddPrice(const coop::v1::ProductSpec& spec) {
  if (!spec.has_price_cents()) return absl::OkStatus();
  v1::PriceSet set;
  set.set_product(spec.product());
  set.set_first_day(first_day_.value());
  std::string key = PricePrefix(spec.product(), "");
  AppendDay(first_day_, &key);
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<Register> in_force,
                            CoopPriceOn(snapshot_, spec.product(), first_day_));
  COMPTOIR_ASSIGN_OR_RETURN(
      const bool wanted, WantNumber(in_force, key, spec.price_cents(), set.mutable_price_cents()));
  if (!wanted) return absl::OkStatus();
  COMPTOIR_RETURN_IF_ERROR(CheckPriceSet(set));
  Write(v1::FACT_KIND_PRICE_SET, set);
  return absl::OkStatus();
}

absl::Status CatalogueImporter::AddVat(const coop::v1::ProductSpec& spec) {
  if (!spec.has_vat_basis_points()) return absl::OkStatus();
  v1::VatSet set;
  set.set_product(spec.product());
  set.set_first_day(first_day_.value());
  std::string key = SubjectPrefix(Subject::kVat, spec.product());
  AppendDay(first_day_, &key);
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<Register> in_force,
                            VatOn(snapshot_, spec.product(), first_day_));
  COMPTOIR_ASSIGN_OR_RETURN(const bool wanted, WantNumber(in_force, key, spec.vat_basis_points(),
                                                          set.mutable_basis_points()));
  if (!wanted) return absl::OkStatus();
  COMPTOIR_RETURN_IF_ERROR(CheckVatSet(set));
  Write(v1::FACT_KIND_VAT_SET, set);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CatalogueEdits> BuildCatalogueEdits(const store::Snapshot& snapshot,
                                                   const coop::v1::ImportProductsRequest& request,
                                                   Day today) {
  const Day first_day = request.first_day() == 0 ? today : Day(request.first_day());
  COMPTOIR_RETURN_IF_ERROR(CheckDay("first day", first_day.value()));
  const auto count = static_cast<size_t>(request.products_size());
  if (count == 0 || count > kImportProductsMax) {
    return Refuse(kBadLines, absl::StrCat("there are ", count, " products: 1 to ",
                                          kImportProductsMax, " are taken at once"));
  }
  CatalogueImporter importer(snapshot, first_day, SaidNumbers(request));
  for (int i = 0; i < request.products_size(); ++i) {
    COMPTOIR_RETURN_IF_ERROR(AtLine(importer.AddLine(request.products(i)), i + 1));
  }
  return std::move(importer).Finish();
}

}  // namespace comptoir::retail
