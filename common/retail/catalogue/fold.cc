#include "common/retail/catalogue/fold.h"

#include "common/base/status.h"
#include "common/retail/barcodes/index.h"
#include "common/retail/catalogue/registers.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"

namespace comptoir::retail {
namespace {

void CountEdit(store::Transaction& transaction) {
  constexpr int64_t kOneFact[] = {1};
  transaction.Add(kEdits, kCatalogueEditsKey, kOneFact);
}

// The writes of one fact to the fields of one product, producer or shop.
class FieldWriter {
 public:
  FieldWriter(const Fact& fact, Subject subject, std::string_view code,
              store::Transaction& transaction)
      : fact_(fact),
        transaction_(transaction),
        key_(SubjectPrefix(subject, code)),
        prefix_bytes_(key_.size()) {
    CountEdit(transaction_);
  }

  // `field`: its number in the fact's message.
  absl::Status WriteText(int field, const v1::TextWrite& write) {
    return Write(field, RegisterValue{write.value(), 0}, write.replaces());
  }
  // The same of a field by which barcodes find the product.
  absl::Status WriteBarcodes(int field, std::string_view product, const v1::TextWrite& write) {
    key_.resize(prefix_bytes_);
    key_.push_back(static_cast<char>(field));
    COMPTOIR_ASSIGN_OR_RETURN(const auto before, StandingBarcodes(transaction_, key_, field));
    COMPTOIR_RETURN_IF_ERROR(WriteText(field, write));
    COMPTOIR_ASSIGN_OR_RETURN(const auto after, StandingBarcodes(transaction_, key_, field));
    FoldBarcodes(product, field, before, after, transaction_);
    return absl::OkStatus();
  }
  absl::Status WriteNumber(int field, int64_t value, const References& replaces) {
    return Write(field, RegisterValue{"", value}, replaces);
  }

 private:
  absl::Status Write(int field, RegisterValue value, const References& replaces) {
    key_.resize(prefix_bytes_);
    key_.push_back(static_cast<char>(field));
    return FoldWrite(fact_, key_, std::move(value), replaces, transaction_);
  }

  const Fact& fact_;
  store::Transaction& transaction_;
  std::string key_;
  const size_t prefix_bytes_;
};

}  // namespace

absl::Status FoldProductEdited(const Fact& fact, const v1::ProductEdited& edited, Effect effect,
                               store::Transaction& transaction) {
  if (effect == Effect::kUncount) return absl::OkStatus();
  using Field = v1::ProductEdited;
  FieldWriter writer(fact, Subject::kProduct, edited.product(), transaction);
  if (edited.has_name()) {
    COMPTOIR_RETURN_IF_ERROR(writer.WriteText(Field::kNameFieldNumber, edited.name()));
  }
  if (edited.has_unit()) {
    COMPTOIR_RETURN_IF_ERROR(writer.WriteNumber(Field::kUnitFieldNumber, edited.unit().value(),
                                                edited.unit().replaces()));
  }
  if (edited.has_producer()) {
    COMPTOIR_RETURN_IF_ERROR(writer.WriteText(Field::kProducerFieldNumber, edited.producer()));
  }
  if (edited.has_gtin()) {
    COMPTOIR_RETURN_IF_ERROR(
        writer.WriteBarcodes(Field::kGtinFieldNumber, edited.product(), edited.gtin()));
  }
  if (edited.has_need()) {
    COMPTOIR_RETURN_IF_ERROR(writer.WriteText(Field::kNeedFieldNumber, edited.need()));
  }
  if (edited.has_item()) {
    COMPTOIR_RETURN_IF_ERROR(
        writer.WriteBarcodes(Field::kItemFieldNumber, edited.product(), edited.item()));
  }
  if (edited.has_deposit_cents()) {
    COMPTOIR_RETURN_IF_ERROR(writer.WriteNumber(Field::kDepositCentsFieldNumber,
                                                edited.deposit_cents().value(),
                                                edited.deposit_cents().replaces()));
  }
  return absl::OkStatus();
}

absl::Status FoldProducerEdited(const Fact& fact, const v1::ProducerEdited& edited, Effect effect,
                                store::Transaction& transaction) {
  if (effect == Effect::kUncount) return absl::OkStatus();
  using Field = v1::ProducerEdited;
  FieldWriter writer(fact, Subject::kProducer, edited.producer(), transaction);
  if (edited.has_name()) {
    COMPTOIR_RETURN_IF_ERROR(writer.WriteText(Field::kNameFieldNumber, edited.name()));
  }
  if (edited.has_place()) {
    COMPTOIR_RETURN_IF_ERROR(writer.WriteText(Field::kPlaceFieldNumber, edited.place()));
  }
  return absl::OkStatus();
}

absl::Status FoldShopEdited(const Fact& fact, const v1::ShopEdited& edited, Effect effect,
                            store::Transaction& transaction) {
  if (effect == Effect::kUncount) return absl::OkStatus();
  using Field = v1::ShopEdited;
  FieldWriter writer(fact, Subject::kShop, edited.shop(), transaction);
  if (edited.has_name()) {
    COMPTOIR_RETURN_IF_ERROR(writer.WriteText(Field::kNameFieldNumber, edited.name()));
  }
  if (edited.has_place()) {
    COMPTOIR_RETURN_IF_ERROR(writer.WriteText(Field::kPlaceFieldNumber, edited.place()));
  }
  return absl::OkStatus();
}

absl::Status FoldPriceSet(const Fact& fact, const v1::PriceSet& set, Effect effect,
                          store::Transaction& transaction) {
  if (effect == Effect::kUncount) return absl::OkStatus();
  CountEdit(transaction);
  std::string key = PricePrefix(set.product(), set.shop());
  AppendDay(Day(set.first_day()), &key);
  return FoldWrite(fact, key, RegisterValue{"", set.price_cents().value()},
                   set.price_cents().replaces(), transaction);
}

absl::Status FoldVatSet(const Fact& fact, const v1::VatSet& set, Effect effect,
                        store::Transaction& transaction) {
  if (effect == Effect::kUncount) return absl::OkStatus();
  CountEdit(transaction);
  std::string key = SubjectPrefix(Subject::kVat, set.product());
  AppendDay(Day(set.first_day()), &key);
  return FoldWrite(fact, key, RegisterValue{"", set.basis_points().value()},
                   set.basis_points().replaces(), transaction);
}

}  // namespace comptoir::retail
