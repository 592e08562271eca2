// Folds of the catalogue's facts.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "common/base/bytes.h"
#include "common/retail/catalogue/registers.h"
#include "common/retail/tables.h"
#include "tests/laws/fact_history.h"

namespace comptoir::laws {
namespace {

using retail::RegisterValue;

// A write to one register, as the fact says it.
struct ModelWrite {
  Reference reference;
  RegisterValue value;
  std::vector<Reference> replaces;
};
using Writes = std::map<std::string, std::vector<ModelWrite>>;  // by key

std::vector<Reference> FromMessages(const retail::References& messages) {
  std::vector<Reference> references;
  for (const auto& message : messages) {
    references.push_back(
        {JournalId(message.journal()), Sequence(message.sequence()), message.hash_prefix()});
  }
  return references;
}

std::string FieldKey(char subject, const std::string& code, char field) {
  return subject + code + '\0' + field;
}
std::string DayBytes(int32_t day) {
  std::string bytes;
  AppendBigEndian32(static_cast<uint32_t>(day) + (1u << 31), &bytes);
  return bytes;
}

// What each kind writes, field by field; `add` takes key, value, write message.
template <typename Add>
void ForEachWrite(const retail::Fact& fact, Add add) {
  using namespace retail::v1;  // NOLINT: the five messages below
  const auto text = [&](const std::string& key, const TextWrite& write) {
    add(key, RegisterValue{write.value(), 0}, write.replaces());
  };
  switch (fact.kind) {
    case FACT_KIND_PRODUCT_EDITED: {
      const auto& edited = static_cast<const ProductEdited&>(*fact.fact);
      if (edited.has_name()) text(FieldKey('P', edited.product(), 2), edited.name());
      if (edited.has_unit()) {
        add(FieldKey('P', edited.product(), 3), RegisterValue{"", edited.unit().value()},
            edited.unit().replaces());
      }
      if (edited.has_producer()) text(FieldKey('P', edited.product(), 4), edited.producer());
      if (edited.has_gtin()) text(FieldKey('P', edited.product(), 5), edited.gtin());
      if (edited.has_need()) text(FieldKey('P', edited.product(), 6), edited.need());
      if (edited.has_item()) text(FieldKey('P', edited.product(), 8), edited.item());
      if (edited.has_deposit_cents()) {
        add(FieldKey('P', edited.product(), 7), RegisterValue{"", edited.deposit_cents().value()},
            edited.deposit_cents().replaces());
      }
      break;
    }
    case FACT_KIND_PRODUCER_EDITED: {
      const auto& edited = static_cast<const ProducerEdited&>(*fact.fact);
      if (edited.has_name()) text(FieldKey('R', edited.producer(), 2), edited.name());
      if (edited.has_place()) text(FieldKey('R', edited.producer(), 3), edited.place());
      break;
    }
    case FACT_KIND_SHOP_EDITED: {
      const auto& edited = static_cast<const ShopEdited&>(*fact.fact);
      if (edited.has_name()) text(FieldKey('S', edited.shop(), 2), edited.name());
      if (edited.has_place()) text(FieldKey('S', edited.shop(), 3), edited.place());
      break;
    }
    case FACT_KIND_PRICE_SET: {
      const auto& set = static_cast<const PriceSet&>(*fact.fact);
      add("$" + set.product() + '\0' + set.shop() + '\0' + DayBytes(set.first_day()),
          RegisterValue{"", set.price_cents().value()}, set.price_cents().replaces());
      break;
    }
    default: {
      const auto& set = static_cast<const VatSet&>(*fact.fact);
      add("V" + set.product() + '\0' + DayBytes(set.first_day()),
          RegisterValue{"", set.basis_points().value()}, set.basis_points().replaces());
    }
  }
}

// The values of a register that no other of its writes replaces.
std::map<Reference, RegisterValue> Standing(const std::vector<ModelWrite>& writes) {
  std::map<Reference, RegisterValue> standing;
  for (const ModelWrite& write : writes) {
    const bool replaced = std::any_of(writes.begin(), writes.end(), [&](const ModelWrite& other) {
      return other.reference != write.reference &&
             std::count(other.replaces.begin(), other.replaces.end(), write.reference) > 0;
    });
    if (!replaced) standing[write.reference] = write.value;
  }
  return standing;
}

void CheckRegister(const store::Snapshot& snapshot, const std::string& key,
                   const std::map<Reference, RegisterValue>& standing) {
  const auto held = retail::ReadRegister(snapshot, key);
  RC_ASSERT(held.ok());
  RC_ASSERT(held->has_value());
  std::map<Reference, RegisterValue> values;
  for (const auto& write : (*held)->writes()) values[write.reference] = write.value;
  RC_ASSERT(values == standing);
}

void CheckCatalogue(const std::vector<FoldOperation>& applied, const store::Snapshot& snapshot) {
  Writes writes;
  for (const FoldOperation& operation : applied) {
    ForEachWrite(operation.fact, [&](const std::string& key, const RegisterValue& value,
                                     const retail::References& replaces) {
      writes[key].push_back({operation.fact.reference, value, FromMessages(replaces)});
    });
  }
  std::set<std::string> conflicts;
  for (const auto& [key, of_register] : writes) {
    const auto standing = Standing(of_register);
    CheckRegister(snapshot, key, standing);
    std::set<std::pair<std::string, int64_t>> values;
    for (const auto& [reference, value] : standing) values.emplace(value.text, value.number);
    if (values.size() > 1) conflicts.insert(key);
  }
  // The numbers of whatever stands, padded to one length; a product's key ends in code, 0, field.
  std::set<std::string> barcodes;
  for (const auto& [key, of_register] : writes) {
    const size_t length = key.back() == 5 ? 14 : 6;
    if (key.front() != 'P' || (key.back() != 5 && key.back() != 8)) continue;
    for (const auto& [reference, value] : Standing(of_register)) {
      std::istringstream words(value.text);
      for (std::string word; words >> word;) {
        word.insert(0, length - word.size(), '0');
        barcodes.insert(key.back() + word + key.substr(1, key.size() - 3));
      }
    }
  }
  std::set<std::string> indexed;
  std::set<std::string> listed;
  size_t registers = 0;
  for (const auto& [place, row] : DumpViews(snapshot)) {
    if (place.first == retail::kConflicts) listed.insert(place.second);
    if (place.first == retail::kRegisters) ++registers;
    if (place.first == retail::kBarcodes) indexed.insert(place.second);
    if (place.first == retail::kEdits) {
      RC_ASSERT(*store::DecodeCounters(row) ==
                std::vector<int64_t>{static_cast<int64_t>(applied.size())});
    }
  }
  RC_ASSERT(listed == conflicts);
  RC_ASSERT(indexed == barcodes);
  RC_ASSERT(registers == writes.size());
}

void SetReplaces(const WriteFrame& frame, retail::References* replaces) {
  for (const Reference& reference : frame.replaces) {
    auto* message = replaces->Add();
    message->set_journal(reference.journal.value());
    message->set_sequence(reference.sequence.value());
    message->set_hash_prefix(reference.hash_prefix);
  }
}

void DrawText(const WriteFrame& frame, const std::vector<std::string>& texts, bool always,
              auto mutable_write) {
  if (!always && *rc::gen::arbitrary<bool>()) return;
  retail::v1::TextWrite* write = mutable_write();
  write->set_value(*rc::gen::elementOf(texts));
  SetReplaces(frame, write->mutable_replaces());
}

const std::vector<std::string> kNames = {"Carottes", "Carottes en botte", ""};
const std::vector<std::string> kCodes = {"ferme-du-bois", "moulin", ""};

Said DrawProductEdited(const WriteFrame& frame) {
  auto edited = std::make_unique<retail::v1::ProductEdited>();
  edited->set_product(*rc::gen::element<std::string>("carottes", "pommes"));
  DrawText(frame, kNames, true, [&] { return edited->mutable_name(); });
  DrawText(frame, kCodes, false, [&] { return edited->mutable_producer(); });
  DrawText(frame, kCodes, false, [&] { return edited->mutable_need(); });
  DrawText(frame, {"5449000000996", "96385074 5449000000996", ""}, false,
           [&] { return edited->mutable_gtin(); });
  DrawText(frame, {"42", "0042", "7", ""}, false, [&] { return edited->mutable_item(); });
  if (*rc::gen::arbitrary<bool>()) {
    edited->mutable_unit()->set_value(
        *rc::gen::element(retail::v1::UNIT_PIECE, retail::v1::UNIT_KILOGRAM));
    SetReplaces(frame, edited->mutable_unit()->mutable_replaces());
  }
  if (*rc::gen::arbitrary<bool>()) {
    edited->mutable_deposit_cents()->set_value(*rc::gen::element(0, 10, 15));
    SetReplaces(frame, edited->mutable_deposit_cents()->mutable_replaces());
  }
  return {retail::v1::FACT_KIND_PRODUCT_EDITED, std::move(edited)};
}

Said DrawProducerEdited(const WriteFrame& frame) {
  auto edited = std::make_unique<retail::v1::ProducerEdited>();
  edited->set_producer("moulin");
  DrawText(frame, kNames, true, [&] { return edited->mutable_name(); });
  DrawText(frame, kNames, false, [&] { return edited->mutable_place(); });
  return {retail::v1::FACT_KIND_PRODUCER_EDITED, std::move(edited)};
}

Said DrawShopEdited(const WriteFrame& frame) {
  auto edited = std::make_unique<retail::v1::ShopEdited>();
  edited->set_shop("herstal");
  DrawText(frame, kNames, false, [&] { return edited->mutable_name(); });
  DrawText(frame, kNames, true, [&] { return edited->mutable_place(); });
  return {retail::v1::FACT_KIND_SHOP_EDITED, std::move(edited)};
}

Said DrawPriceSet(const retail::JournalContext& writer, const WriteFrame& frame) {
  auto set = std::make_unique<retail::v1::PriceSet>();
  set->set_product(*rc::gen::element<std::string>("carottes", "pommes"));
  set->set_shop(writer.shop);
  set->set_first_day(*rc::gen::element(20'780, 20'787));
  set->mutable_price_cents()->set_value(*rc::gen::element(240, 260));
  SetReplaces(frame, set->mutable_price_cents()->mutable_replaces());
  return {retail::v1::FACT_KIND_PRICE_SET, std::move(set)};
}

Said DrawVatSet(const WriteFrame& frame) {
  auto set = std::make_unique<retail::v1::VatSet>();
  set->set_product("carottes");
  set->set_first_day(*rc::gen::element(0, 20'787));
  set->mutable_basis_points()->set_value(*rc::gen::element(600, 2'100));
  SetReplaces(frame, set->mutable_basis_points()->mutable_replaces());
  return {retail::v1::FACT_KIND_VAT_SET, std::move(set)};
}

void CheckFold(std::vector<retail::JournalContext> writers, const Source& source) {
  FactHistory history(std::move(writers));
  FoldLaw law;
  law.model = CheckCatalogue;
  CheckOrderLaw(law, history.Draw(source));
}

RC_GTEST_PROP(ProductEditedFoldLaw, OrderDoesNotMatter, ()) {
  CheckFold(FactHistory::CoopWriters(),
            [](const auto&, const auto& frame) { return DrawProductEdited(frame); });
}
RC_GTEST_PROP(ProducerEditedFoldLaw, OrderDoesNotMatter, ()) {
  CheckFold(FactHistory::CoopWriters(),
            [](const auto&, const auto& frame) { return DrawProducerEdited(frame); });
}
RC_GTEST_PROP(ShopEditedFoldLaw, OrderDoesNotMatter, ()) {
  CheckFold(FactHistory::CoopWriters(),
            [](const auto&, const auto& frame) { return DrawShopEdited(frame); });
}
RC_GTEST_PROP(PriceSetFoldLaw, OrderDoesNotMatter, ()) {
  CheckFold(FactHistory::CoopWriters(), DrawPriceSet);
}
RC_GTEST_PROP(PriceSetFoldLaw, OrderDoesNotMatterForShopsOwnPrices, ()) {
  CheckFold(FactHistory::ShopWriters(), DrawPriceSet);
}
RC_GTEST_PROP(VatSetFoldLaw, OrderDoesNotMatter, ()) {
  CheckFold(FactHistory::CoopWriters(),
            [](const auto&, const auto& frame) { return DrawVatSet(frame); });
}
RC_GTEST_PROP(CatalogueFoldLaw, OrderDoesNotMatterAmongKinds, ()) {
  CheckFold(FactHistory::CoopWriters(), [](const auto& writer, const auto& frame) {
    switch (*rc::gen::inRange(0, 5)) {
      case 0:
        return DrawProductEdited(frame);
      case 1:
        return DrawProducerEdited(frame);
      case 2:
        return DrawShopEdited(frame);
      case 3:
        return DrawPriceSet(writer, frame);
      default:
        return DrawVatSet(frame);
    }
  });
}

}  // namespace
}  // namespace comptoir::laws
