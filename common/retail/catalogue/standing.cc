#include "common/retail/catalogue/standing.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/code.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/catalogue/registers.h"
#include "common/retail/check.h"
#include "common/retail/cursor.h"
#include "common/retail/keys.h"
#include "common/retail/reasons.h"
#include "common/retail/tables.h"

namespace comptoir::retail {
namespace {

using shop::v1::CatalogueField;

absl::Status DamagedKey() { return absl::DataLossError("a key of registers is damaged"); }

CatalogueField FieldOfProduct(int field) {
  switch (field) {
    case v1::ProductEdited::kNameFieldNumber:
      return shop::v1::CATALOGUE_FIELD_NAME;
    case v1::ProductEdited::kUnitFieldNumber:
      return shop::v1::CATALOGUE_FIELD_UNIT;
    case v1::ProductEdited::kProducerFieldNumber:
      return shop::v1::CATALOGUE_FIELD_PRODUCER;
    case v1::ProductEdited::kGtinFieldNumber:
      return shop::v1::CATALOGUE_FIELD_GTIN;
    case v1::ProductEdited::kNeedFieldNumber:
      return shop::v1::CATALOGUE_FIELD_NEED;
    case v1::ProductEdited::kItemFieldNumber:
      return shop::v1::CATALOGUE_FIELD_ITEM;
    case v1::ProductEdited::kDepositCentsFieldNumber:
      return shop::v1::CATALOGUE_FIELD_DEPOSIT;
    default:
      return shop::v1::CATALOGUE_FIELD_UNSPECIFIED;
  }
}

// Producers and shops number their fields alike.
CatalogueField FieldOfParty(int field) {
  static_assert(
      int{v1::ProducerEdited::kNameFieldNumber} == int{v1::ShopEdited::kNameFieldNumber} &&
      int{v1::ProducerEdited::kPlaceFieldNumber} == int{v1::ShopEdited::kPlaceFieldNumber});
  switch (field) {
    case v1::ProducerEdited::kNameFieldNumber:
      return shop::v1::CATALOGUE_FIELD_NAME;
    case v1::ProducerEdited::kPlaceFieldNumber:
      return shop::v1::CATALOGUE_FIELD_PLACE;
    default:
      return shop::v1::CATALOGUE_FIELD_UNSPECIFIED;
  }
}

// Fills subject, code and the field's name, shop and day; false where `key` is
// none of registers.
bool ReadKey(std::string_view key, shop::v1::Conflict* place) {
  if (key.empty()) return false;
  const auto subject = static_cast<Subject>(key.front());
  key.remove_prefix(1);
  std::string_view code;
  if (!ConsumeCode(&key, &code)) return false;
  place->set_code(std::string(code));
  place->set_subject(shop::v1::SUBJECT_PRODUCT);
  shop::v1::FieldValues& field = *place->mutable_field();
  if (subject == Subject::kPrice || subject == Subject::kVat) {
    std::string_view shop;
    int32_t day = 0;
    if (subject == Subject::kPrice && !ConsumeCode(&key, &shop)) return false;
    if (!ConsumeSigned32(&key, &day)) return false;
    field.set_field(subject == Subject::kPrice ? shop::v1::CATALOGUE_FIELD_PRICE
                                               : shop::v1::CATALOGUE_FIELD_VAT);
    field.set_shop(std::string(shop));
    field.set_first_day(day);
    return key.empty();
  }
  if (key.size() != 1) return false;
  if (subject == Subject::kProduct) {
    field.set_field(FieldOfProduct(key.front()));
    return true;
  }
  if (subject != Subject::kProducer && subject != Subject::kShop) return false;
  place->set_subject(subject == Subject::kShop ? shop::v1::SUBJECT_SHOP
                                               : shop::v1::SUBJECT_PRODUCER);
  field.set_field(FieldOfParty(key.front()));
  return true;
}

// The winner first, then the others, latest first.
void AddWrites(const Register& values, shop::v1::FieldValues* field) {
  std::vector<Register::Write> writes = values.writes();
  std::sort(writes.begin(), writes.end(),
            [](const Register::Write& left, const Register::Write& right) {
              return std::tie(right.hybrid_time, right.reference) <
                     std::tie(left.hybrid_time, left.reference);
            });
  for (const Register::Write& write : writes) {
    shop::v1::StandingWrite& standing = *field->add_writes();
    standing.set_text(write.value.text);
    standing.set_number(write.value.number);
    standing.mutable_reference()->set_journal(write.reference.journal.value());
    standing.mutable_reference()->set_sequence(write.reference.sequence.value());
    standing.mutable_reference()->set_hash_prefix(write.reference.hash_prefix);
  }
  field->set_conflict(values.conflict());
}

absl::StatusOr<shop::v1::Conflict> ReadRow(std::string_view key, std::string_view row) {
  shop::v1::Conflict place;
  if (!ReadKey(key, &place)) return DamagedKey();
  COMPTOIR_ASSIGN_OR_RETURN(const Register values, DecodeRegister(row));
  AddWrites(values, place.mutable_field());
  return place;
}

// Adds the registers whose keys begin with `prefix`, but those of which every
// write was replaced by one that has not arrived.
absl::Status AddFields(const store::Snapshot& snapshot, const std::string& prefix,
                       shop::v1::CatalogueEntry* entry) {
  auto rows = snapshot.Scan(kRegisters, prefix, PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) {
    COMPTOIR_ASSIGN_OR_RETURN(shop::v1::Conflict place, ReadRow(rows->key(), rows->value()));
    if (!place.field().writes().empty()) *entry->add_fields() = std::move(*place.mutable_field());
  }
  return rows->status();
}

struct SubjectName {
  Subject subject;
  std::string_view name;
  std::string_view reason;
};

absl::StatusOr<SubjectName> NameOf(shop::v1::Subject subject) {
  switch (subject) {
    case shop::v1::SUBJECT_PRODUCT:
      return SubjectName{Subject::kProduct, "product", kUnknownProduct};
    case shop::v1::SUBJECT_PRODUCER:
      return SubjectName{Subject::kProducer, "producer", kUnknownProducer};
    case shop::v1::SUBJECT_SHOP:
      return SubjectName{Subject::kShop, "shop", kUnknownShop};
    default:
      return Refuse(kBadSubject, "say what is meant: a product, a producer or a shop");
  }
}

}  // namespace

absl::StatusOr<shop::v1::CatalogueEntry> FindEntry(
    const store::Snapshot& snapshot, Day today, const shop::v1::GetCatalogueEntryRequest& request) {
  COMPTOIR_ASSIGN_OR_RETURN(const SubjectName named, NameOf(request.subject()));
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField(named.name, request.code()));
  shop::v1::CatalogueEntry entry;
  entry.set_subject(request.subject());
  entry.set_code(request.code());
  entry.set_today(today.value());
  COMPTOIR_RETURN_IF_ERROR(
      AddFields(snapshot, SubjectPrefix(named.subject, request.code()), &entry));
  if (named.subject == Subject::kProduct) {
    for (const Subject of_product : {Subject::kPrice, Subject::kVat}) {
      COMPTOIR_RETURN_IF_ERROR(
          AddFields(snapshot, SubjectPrefix(of_product, request.code()), &entry));
    }
  }
  if (!entry.fields().empty()) return entry;
  return WithReason(
      absl::NotFoundError(absl::StrCat("unknown ", View(named.name), " ", Quoted(request.code()),
                                       ": check the code, or set it at the hub; a machine "
                                       "that is cut off hears of it later")),
      named.reason);
}

absl::StatusOr<shop::v1::ListNamesResponse> ListNames(const store::Snapshot& snapshot,
                                                      const shop::v1::ListNamesRequest& request) {
  COMPTOIR_ASSIGN_OR_RETURN(const SubjectName named, NameOf(request.subject()));
  if (named.subject == Subject::kProduct) {
    return Refuse(kBadSubject, "products are listed by ListProducts");
  }
  COMPTOIR_ASSIGN_OR_RETURN(const size_t page_size,
                            PageSize(request.page_size(), kNamesPageUsual, kNamesPageMax));
  const List list =
      named.subject == Subject::kShop ? List::kShopNamesList : List::kProducerNamesList;
  COMPTOIR_ASSIGN_OR_RETURN(const std::string place, OpenCursor(list, request.cursor()));
  if (!place.empty() && !IsCode(place)) return BadCursor();
  const std::string all(1, static_cast<char>(named.subject));
  shop::v1::ListNamesResponse response;
  auto rows = snapshot.Scan(kRegisters, all + place, PrefixLimit(all));
  for (; rows->Valid(); rows->Next()) {
    COMPTOIR_ASSIGN_OR_RETURN(const shop::v1::Conflict row, ReadRow(rows->key(), rows->value()));
    if (row.field().writes().empty()) continue;
    if (response.names().empty() || response.names().rbegin()->code() != row.code()) {
      if (static_cast<size_t>(response.names_size()) == page_size) {
        response.set_next_cursor(SealCursor(list, row.code()));
        break;
      }
      response.add_names()->set_code(row.code());
    }
    shop::v1::Named& one = *response.mutable_names()->rbegin();
    const std::string& text = row.field().writes(0).text();
    if (row.field().field() == shop::v1::CATALOGUE_FIELD_NAME) one.set_name(text);
    if (row.field().field() == shop::v1::CATALOGUE_FIELD_PLACE) one.set_place(text);
    if (row.field().conflict()) one.set_conflict(true);
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return response;
}

absl::StatusOr<shop::v1::ListConflictsResponse> ListConflicts(
    const store::Snapshot& snapshot, const shop::v1::ListConflictsRequest& request) {
  COMPTOIR_ASSIGN_OR_RETURN(const size_t page_size,
                            PageSize(request.page_size(), kConflictsPageUsual, kConflictsPageMax));
  COMPTOIR_ASSIGN_OR_RETURN(const std::string place,
                            OpenCursor(List::kConflictsList, request.cursor()));
  shop::v1::ListConflictsResponse response;
  auto rows = snapshot.Scan(kConflicts, place, "");
  for (; rows->Valid(); rows->Next()) {
    if (static_cast<size_t>(response.conflicts_size()) == page_size) {
      response.set_next_cursor(SealCursor(List::kConflictsList, rows->key()));
      break;
    }
    COMPTOIR_ASSIGN_OR_RETURN(const std::optional<std::string> row,
                              snapshot.Get(kRegisters, rows->key()));
    if (!row.has_value()) return absl::DataLossError("a conflict has no register");
    COMPTOIR_ASSIGN_OR_RETURN(*response.add_conflicts(), ReadRow(rows->key(), *row));
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return response;
}

absl::StatusOr<bool> IsKnownProducer(const store::Snapshot& snapshot, std::string_view producer,
                                     std::string_view product) {
  const std::string prefix = SubjectPrefix(Subject::kProducer, producer);
  const auto rows = snapshot.Scan(kRegisters, prefix, PrefixLimit(prefix));
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  if (rows->Valid()) return true;
  COMPTOIR_ASSIGN_OR_RETURN(const std::string named, ProductProducer(snapshot, product));
  return named == producer;
}

}  // namespace comptoir::retail
