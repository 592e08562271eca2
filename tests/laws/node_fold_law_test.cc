// Folds of Genesis, NodeEnrolled and NodeRevoked.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "common/base/bytes.h"
#include "common/retail/nodes/revocation.h"
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

// Who was revoked, as anyone would say it who looks at all facts at once.
struct NaiveRevocation {
  const FoldOperation* first = nullptr;
  std::map<uint64_t, uint64_t> heads;
};

std::map<std::string, NaiveRevocation> SayNaively(const std::vector<FoldOperation>& applied) {
  std::map<std::string, NaiveRevocation> said;
  const auto place = [](const FoldOperation& operation) {
    return std::tuple(operation.fact.hybrid_time, operation.fact.reference.journal,
                      operation.fact.reference.sequence);
  };
  for (const FoldOperation& operation : applied) {
    const auto& fact = static_cast<const retail::v1::NodeRevoked&>(*operation.fact.fact);
    NaiveRevocation& node = said[fact.node()];
    if (node.first == nullptr || place(operation) < place(*node.first)) node.first = &operation;
    for (const journal::v1::Head& head : fact.heads()) {
      node.heads[head.journal()] = std::max(node.heads[head.journal()], head.sequence());
    }
  }
  return said;
}

const std::vector<std::string>& NodesToRevoke() {
  static const std::vector<std::string> nodes = {"herstal-1", "herstal-10", "outremeuse-1"};
  return nodes;
}

void ExpectSaid(const retail::Revocations& known, const std::vector<FoldOperation>& applied) {
  const auto said = SayNaively(applied);
  for (const std::string& node : NodesToRevoke()) {
    const auto naive = said.find(node);
    const auto found = known.Find(node);
    RC_ASSERT(found.has_value() == (naive != said.end()));
    for (uint64_t journal = 1; journal < 4; ++journal) {
      const auto good = known.GoodUpTo(node, JournalId(journal));
      RC_ASSERT(good.has_value() == found.has_value());
      if (!good.has_value()) continue;
      const auto head = naive->second.heads.find(journal);
      RC_ASSERT(good->value() == (head == naive->second.heads.end() ? 0 : head->second));
    }
    if (!found.has_value()) continue;
    const retail::Fact& first = naive->second.first->fact;
    const auto& fact = static_cast<const retail::v1::NodeRevoked&>(*first.fact);
    RC_ASSERT(*found == (retail::Revocation{node, first.wall_ms, fact.reason(), fact.retired()}));
  }
}

Said DrawNodeRevoked() {
  auto revoked = std::make_unique<retail::v1::NodeRevoked>();
  revoked->set_node(*rc::gen::elementOf(NodesToRevoke()));
  revoked->set_reason(*rc::gen::element<std::string>("stolen", "lost", "retired"));
  revoked->set_retired(*rc::gen::arbitrary<bool>());
  for (uint64_t journal = 1; journal < 4; ++journal) {
    if (!*rc::gen::arbitrary<bool>()) continue;
    journal::v1::Head* head = revoked->add_heads();
    head->set_journal(journal);
    head->set_sequence(*rc::gen::inRange<uint64_t>(1, 9));
    head->set_hash(std::string(sizeof(Hash), 'h'));
  }
  return {retail::v1::FACT_KIND_NODE_REVOKED, std::move(revoked)};
}

RC_GTEST_PROP(NodeRevokedFoldLaw, OrderDoesNotMatter, ()) {
  auto writers = FactHistory::CoopWriters();
  for (retail::JournalContext& writer : writers) writer.writer = writers.front().writer;
  FactHistory history(std::move(writers));
  FoldLaw law;
  law.model = [](const std::vector<FoldOperation>& applied, const store::Snapshot& snapshot) {
    // One row a fact, and read back they say what all of them said together.
    RC_ASSERT(DumpViews(snapshot).size() == applied.size());
    retail::Revocations read;
    RC_ASSERT(read.Load(snapshot).ok());
    ExpectSaid(read, applied);
    // So does a replica that took note of each as it came.
    retail::Revocations noted;
    for (const FoldOperation& operation : applied) {
      const auto& fact = static_cast<const retail::v1::NodeRevoked&>(*operation.fact.fact);
      noted.Add(fact.node(), operation.fact.reference,
                retail::RevocationRowOf(operation.fact, fact));
    }
    ExpectSaid(noted, applied);
  };
  CheckOrderLaw(law, history.Draw([](const auto&, const auto&) { return DrawNodeRevoked(); }));
}

}  // namespace
}  // namespace comptoir::laws
