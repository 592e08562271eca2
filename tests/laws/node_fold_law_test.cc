// Folds of Genesis and NodeEnrolled.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "common/base/bytes.h"
#include "common/retail/tables.h"
#include "tests/laws/fact_history.h"

namespace comptoir::laws {
namespace {

// Journals with just their genesis, some of one series though their ids differ.
Journals<FoldOperation> DrawGeneses(const std::vector<retail::JournalContext>& writers,
                                    google::protobuf::Arena* arena) {
  Journals<FoldOperation> journals;
  for (const retail::JournalContext& writer : writers) {
    auto* genesis = google::protobuf::Arena::CreateMessage<journal::v1::Genesis>(arena);
    genesis->set_journal(writer.journal.value());
    genesis->set_scope(writer.scope);
    genesis->set_shop(writer.shop);
    genesis->set_series(*rc::gen::element<std::string>("261123-aaaaaa", "261123-bbbbbb"));
    FoldOperation operation;
    operation.fact.journal = &writer;
    operation.fact.reference = {writer.journal, Sequence(1), 1};
    operation.fact.kind = retail::v1::FACT_KIND_GENESIS;
    operation.fact.fact = genesis;
    RC_ASSERT(retail::Admit(operation.fact).admitted());
    journals.push_back({operation});
  }
  return journals;
}

// Each series of a shop is its lowest journal's; other scopes print no receipts.
void CheckSeries(const std::vector<FoldOperation>& applied, const store::Snapshot& snapshot) {
  std::map<std::string, uint64_t> lowest;
  for (const FoldOperation& operation : applied) {
    const retail::JournalContext& writer = *operation.fact.journal;
    if (writer.scope != journal::v1::SCOPE_SHOP) continue;
    const auto& genesis = static_cast<const journal::v1::Genesis&>(*operation.fact.fact);
    const std::string key = writer.shop + '\0' + genesis.series() + '\0';
    const auto [place, first] = lowest.emplace(key, genesis.journal());
    if (!first) place->second = std::min(place->second, genesis.journal());
  }
  Rows expected;
  for (const auto& [key, journal] : lowest) {
    AppendBigEndian64(journal, &expected[{retail::kSeries, key}]);
  }
  RC_ASSERT(DumpViews(snapshot) == expected);
}

std::string PlaceOf(const Reference& reference) {
  std::string place;
  AppendBigEndian64(reference.journal.value(), &place);
  AppendBigEndian64(reference.sequence.value(), &place);
  return place;
}

RC_GTEST_PROP(GenesisFoldLaw, OrderDoesNotMatter, ()) {
  std::vector<retail::JournalContext> writers = FactHistory::ShopWriters();
  for (retail::JournalContext& coop : FactHistory::CoopWriters()) {
    coop.journal = JournalId(coop.journal.value() + 10);
    writers.push_back(std::move(coop));
  }
  google::protobuf::Arena arena;
  FoldLaw law;
  law.model = CheckSeries;
  CheckOrderLaw(law, DrawGeneses(writers, &arena));
}

RC_GTEST_PROP(NodeEnrolledFoldLaw, OrderDoesNotMatter, ()) {
  auto writers = FactHistory::CoopWriters();
  for (retail::JournalContext& writer : writers) writer.writer = writers.front().writer;
  FactHistory history(std::move(writers));
  FoldLaw law;
  law.model = [](const std::vector<FoldOperation>& applied, const store::Snapshot& snapshot) {
    Rows expected;
    for (const FoldOperation& operation : applied) {
      const Reference& reference = operation.fact.reference;
      const std::string hash(sizeof(Hash), 't');
      expected[{retail::kNodes, "herstal-1" + std::string(1, '\0') + PlaceOf(reference)}] =
          "herstal";
      expected[{retail::kSpentTokens, hash + PlaceOf(reference)}] = "herstal-1";
    }
    RC_ASSERT(DumpViews(snapshot) == expected);
  };
  CheckOrderLaw(law, history.Draw([](const auto&, const auto&) -> Said {
    auto enrolled = std::make_unique<retail::v1::NodeEnrolled>();
    enrolled->set_node("herstal-1");
    enrolled->set_shop("herstal");
    enrolled->set_certificate("der");
    enrolled->set_token_sha256(std::string(32, 't'));
    return {retail::v1::FACT_KIND_NODE_ENROLLED, std::move(enrolled)};
  }));
}

}  // namespace
}  // namespace comptoir::laws
