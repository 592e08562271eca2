// Journals cannot forget, so facts have no place for who a person is (R12): each text that
// a fact can hold is one of those here. A new one comes in only if it says nothing of a
// person. What people type as a reason, a document or an advice is theirs to keep free of
// names.
#include <gmock/gmock.h>

#include <map>
#include <set>
#include <string>

#include "google/protobuf/arena.h"
#include "google/protobuf/descriptor.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using TextsOfFacts = std::map<std::string, std::string>;  // name of a field → who has it, last

// Codes of things and of shops, and of staff, who are known by a code alone.
const std::set<std::string> kCodes = {"node",     "producer", "product", "shop",
                                      "staff",    "till",     "to",      "series",
                                      "transfer", "code",     "lot",     "sale_number"};
// For people, and what machines need to check each other.
const std::set<std::string> kOtherTexts = {
    "reason",     "advice",          "document",  "certificate",   "request_id",
    "entry",      "genesis",         "hash",      "kept_next",     "kept_signature",
    "other_next", "other_signature", "signature", "previous_hash", "token_sha256"};
// Of products, producers and shops, which the whole co-op knows: TextWrite.
const std::set<std::string> kOfTheCatalogue = {"value"};

void AddTexts(const Descriptor& message, std::set<const Descriptor*>* seen, TextsOfFacts* texts) {
  if (!seen->insert(&message).second) return;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      texts->insert_or_assign(field.name(), message.full_name());
    }
    if (field.message_type() != nullptr) AddTexts(*field.message_type(), seen, texts);
  }
}

// Of every kind of fact, those of the catalogue if they are asked for.
TextsOfFacts AllTexts(bool with_catalogue) {
  const std::set<int> catalogue = {v1::FACT_KIND_PRODUCT_EDITED, v1::FACT_KIND_PRODUCER_EDITED,
                                   v1::FACT_KIND_SHOP_EDITED};
  std::set<const Descriptor*> seen;
  TextsOfFacts texts;
  for (int kind = v1::FactKind_MIN + 1; kind <= v1::FactKind_MAX; ++kind) {
    if (!with_catalogue && catalogue.contains(kind)) continue;
    google::protobuf::Arena arena;
    Fact fact;
    journal::v1::Entry entry;
    entry.set_fold_version(kFoldVersion);
    entry.set_kind(static_cast<uint32_t>(kind));
    EXPECT_TRUE(ParseFact(entry, &arena, &fact).admitted()) << kind;
    if (fact.fact != nullptr) AddTexts(*fact.fact->GetDescriptor(), &seen, &texts);
  }
  return texts;
}

TEST(NoPersonalDataTest, EveryTextOfAFactIsAboutThings) {
  for (const auto& [name, message] : AllTexts(false)) {
    EXPECT_TRUE(kCodes.contains(name) || kOtherTexts.contains(name))
        << message << "." << name << ": is it about a person?";
  }
  for (const auto& [name, message] : AllTexts(true)) {
    EXPECT_TRUE(kCodes.contains(name) || kOtherTexts.contains(name) ||
                kOfTheCatalogue.contains(name))
        << message << "." << name << ": is it about a person?";
  }
}

TEST(NoPersonalDataTest, NoTextIsListedThatNoFactHas) {
  const TextsOfFacts texts = AllTexts(true);
  for (const auto* listed : {&kCodes, &kOtherTexts, &kOfTheCatalogue}) {
    for (const std::string& name : *listed) EXPECT_TRUE(texts.contains(name)) << name;
  }
}

}  // namespace
}  // namespace comptoir::retail
