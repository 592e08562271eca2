#include "common/retail/catalogue/queries.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/code.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/calendar.h"
#include "common/retail/check.h"
#include "common/retail/cursor.h"
#include "common/retail/keys.h"
#include "common/retail/reasons.h"
#include "common/retail/tables.h"

namespace comptoir::retail {
namespace {

absl::StatusOr<RegisterValue> Winner(const store::Reader& reader, std::string_view key) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<Register> values, ReadRegister(reader, key));
  const Register::Write* winner = values.has_value() ? values->winner() : nullptr;
  return winner == nullptr ? RegisterValue() : winner->value;
}

absl::StatusOr<std::string> WinningText(const store::Reader& reader, Subject subject,
                                        std::string_view code, int field) {
  COMPTOIR_ASSIGN_OR_RETURN(RegisterValue value, Winner(reader, FieldKey(subject, code, field)));
  return std::move(value.text);
}

absl::StatusOr<std::optional<Register>> InForce(const store::Snapshot& snapshot, std::string prefix,
                                                Day day) {
  std::string limit = prefix;
  AppendDay(Day(std::min(day, kDayMax).value() + 1), &limit);
  COMPTOIR_ASSIGN_OR_RETURN(const auto row, snapshot.Last(kRegisters, prefix, limit));
  if (!row.has_value()) return std::optional<Register>();
  COMPTOIR_ASSIGN_OR_RETURN(Register values, DecodeRegister(row->second));
  if (values.winner() == nullptr) return std::optional<Register>();
  return std::optional<Register>(std::move(values));
}

void SetField(int field, const RegisterValue& value, shop::v1::Product* product) {
  using Field = v1::ProductEdited;
  switch (field) {
    case Field::kNameFieldNumber:
      return product->set_name(value.text);
    case Field::kUnitFieldNumber:
      return product->set_unit(static_cast<v1::Unit>(value.number));
    case Field::kProducerFieldNumber:
      return product->set_producer(value.text);
    case Field::kGtinFieldNumber:
      return product->set_gtin(value.text);
    case Field::kItemFieldNumber:
      return product->set_item(value.text);
    case Field::kDepositCentsFieldNumber:
      return product->set_deposit_cents(value.number);
    default:
      break;  // need: not shown with a product
  }
}

// Adds the field in the iterator's row to the product that the row is about.
absl::Status AddField(std::string_view field, std::string_view row, shop::v1::Product* product) {
  if (field.size() != 1) return absl::DataLossError("a key of registers is damaged");
  COMPTOIR_ASSIGN_OR_RETURN(const Register values, DecodeRegister(row));
  if (values.conflict()) product->set_conflict(true);
  if (values.winner() != nullptr) SetField(field.front(), values.winner()->value, product);
  return absl::OkStatus();
}

// What was set for the shop alone; nullopt for an empty shop.
absl::StatusOr<std::optional<Register>> OwnPriceOn(const store::Snapshot& snapshot,
                                                   std::string_view product, std::string_view shop,
                                                   Day day) {
  if (shop.empty()) return std::nullopt;
  return InForce(snapshot, PricePrefix(product, shop), day);
}

absl::Status AddPrices(const store::Snapshot& snapshot, std::string_view shop, Day today,
                       shop::v1::Product* product) {
  COMPTOIR_ASSIGN_OR_RETURN(std::optional<Register> price,
                            OwnPriceOn(snapshot, product->product(), shop, today));
  product->set_own_price(price.has_value());
  if (!price.has_value()) {
    COMPTOIR_ASSIGN_OR_RETURN(price, CoopPriceOn(snapshot, product->product(), today));
  }
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<Register> vat,
                            VatOn(snapshot, product->product(), today));
  if (price.has_value()) product->set_price_cents(price->winner()->value.number);
  if (vat.has_value()) {
    product->set_vat_basis_points(static_cast<uint32_t>(vat->winner()->value.number));
  }
  if ((price.has_value() && price->conflict()) || (vat.has_value() && vat->conflict())) {
    product->set_conflict(true);
  }
  return absl::OkStatus();
}

// Up to `count` products whose keys stand in [first, limit), without prices.
absl::StatusOr<std::vector<shop::v1::Product>> ScanProducts(const store::Snapshot& snapshot,
                                                            std::string_view first,
                                                            std::string_view limit, size_t count) {
  std::vector<shop::v1::Product> products;
  auto rows = snapshot.Scan(kRegisters, first, limit);
  for (; rows->Valid(); rows->Next()) {
    std::string_view key = rows->key().substr(1);
    std::string_view code;
    if (!ConsumeCode(&key, &code)) return absl::DataLossError("a key of registers is damaged");
    if (products.empty() || products.back().product() != code) {
      if (products.size() == count) return products;
      products.emplace_back().set_product(std::string(code));
    }
    COMPTOIR_RETURN_IF_ERROR(AddField(key, rows->value(), &products.back()));
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return products;
}

absl::Status UnknownProduct(std::string_view product) {
  return WithReason(
      absl::NotFoundError(absl::StrCat("unknown product ", Quoted(product),
                                       ": check the code, or import the product at the hub and "
                                       "let this shop hear of it")),
      kUnknownProduct);
}

}  // namespace

absl::StatusOr<std::string> ProductName(const store::Reader& reader, std::string_view product) {
  return WinningText(reader, Subject::kProduct, product, v1::ProductEdited::kNameFieldNumber);
}
absl::StatusOr<std::string> ProducerName(const store::Reader& reader, std::string_view producer) {
  return WinningText(reader, Subject::kProducer, producer, v1::ProducerEdited::kNameFieldNumber);
}
absl::StatusOr<std::string> ProducerPlace(const store::Reader& reader, std::string_view producer) {
  return WinningText(reader, Subject::kProducer, producer, v1::ProducerEdited::kPlaceFieldNumber);
}
absl::StatusOr<std::string> ShopName(const store::Reader& reader, std::string_view shop) {
  return WinningText(reader, Subject::kShop, shop, v1::ShopEdited::kNameFieldNumber);
}

absl::StatusOr<std::string> ProductProducer(const store::Reader& reader, std::string_view product) {
  return WinningText(reader, Subject::kProduct, product, v1::ProductEdited::kProducerFieldNumber);
}

absl::StatusOr<v1::Unit> ProductUnit(const store::Reader& reader, std::string_view product) {
  COMPTOIR_ASSIGN_OR_RETURN(
      const RegisterValue value,
      Winner(reader, FieldKey(Subject::kProduct, product, v1::ProductEdited::kUnitFieldNumber)));
  return static_cast<v1::Unit>(value.number);
}

absl::StatusOr<std::string> ProductBarcodes(const store::Reader& reader, std::string_view product,
                                            int field) {
  return WinningText(reader, Subject::kProduct, product, field);
}

absl::StatusOr<int64_t> ProductDeposit(const store::Reader& reader, std::string_view product) {
  COMPTOIR_ASSIGN_OR_RETURN(const RegisterValue value,
                            Winner(reader, FieldKey(Subject::kProduct, product,
                                                    v1::ProductEdited::kDepositCentsFieldNumber)));
  return value.number;
}

absl::Status WithoutUnit(const store::Snapshot& snapshot, std::string_view product) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", product));
  const std::string prefix = SubjectPrefix(Subject::kProduct, product);
  COMPTOIR_ASSIGN_OR_RETURN(const auto fields,
                            ScanProducts(snapshot, prefix, PrefixLimit(prefix), 1));
  if (fields.empty()) return UnknownProduct(product);
  return WithReason(absl::FailedPreconditionError(absl::StrCat(
                        "product ", Quoted(product),
                        " has no unit: set it to piece, kilogram or litre at the hub")),
                    kNoUnit);
}

absl::StatusOr<std::optional<Register>> CoopPriceOn(const store::Snapshot& snapshot,
                                                    std::string_view product, Day day) {
  return InForce(snapshot, PricePrefix(product, ""), day);
}

absl::StatusOr<std::optional<Register>> PriceOn(const store::Snapshot& snapshot,
                                                std::string_view product, std::string_view shop,
                                                Day day) {
  COMPTOIR_ASSIGN_OR_RETURN(std::optional<Register> own, OwnPriceOn(snapshot, product, shop, day));
  if (own.has_value()) return own;
  return CoopPriceOn(snapshot, product, day);
}

absl::StatusOr<std::optional<Register>> VatOn(const store::Snapshot& snapshot,
                                              std::string_view product, Day day) {
  return InForce(snapshot, SubjectPrefix(Subject::kVat, product), day);
}

absl::StatusOr<shop::v1::Product> FindProduct(const store::Snapshot& snapshot,
                                              std::string_view shop, Day today,
                                              std::string_view product) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", product));
  const std::string prefix = SubjectPrefix(Subject::kProduct, product);
  COMPTOIR_ASSIGN_OR_RETURN(auto found, ScanProducts(snapshot, prefix, PrefixLimit(prefix), 1));
  if (found.empty()) return UnknownProduct(product);
  COMPTOIR_RETURN_IF_ERROR(AddPrices(snapshot, shop, today, &found.front()));
  return std::move(found.front());
}

absl::StatusOr<shop::v1::ListProductsResponse> ListProducts(
    const store::Snapshot& snapshot, std::string_view shop, Day today,
    const shop::v1::ListProductsRequest& request) {
  COMPTOIR_ASSIGN_OR_RETURN(const size_t page_size,
                            PageSize(request.page_size(), kProductsPageUsual, kProductsPageMax));
  COMPTOIR_ASSIGN_OR_RETURN(const std::string place,
                            OpenCursor(List::kProductsList, request.cursor()));
  if (!place.empty() && !IsCode(place)) return BadCursor();
  const std::string all(1, static_cast<char>(Subject::kProduct));
  COMPTOIR_ASSIGN_OR_RETURN(std::vector<shop::v1::Product> products,
                            ScanProducts(snapshot, all + place, PrefixLimit(all), page_size + 1));
  shop::v1::ListProductsResponse response;
  if (products.size() > page_size) {
    response.set_next_cursor(SealCursor(List::kProductsList, products.back().product()));
    products.pop_back();
  }
  for (shop::v1::Product& product : products) {
    COMPTOIR_RETURN_IF_ERROR(AddPrices(snapshot, shop, today, &product));
    response.mutable_products()->Add(std::move(product));
  }
  return response;
}

}  // namespace comptoir::retail
