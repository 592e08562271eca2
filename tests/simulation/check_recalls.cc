// Recalls and traces, as people were told of them and as they are shown.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/retail/recalls/list.h"
#include "common/retail/trace/queries.h"
#include "tests/simulation/checks.h"
#include "tests/simulation/people.h"

namespace comptoir::simulation {
namespace {

class FactsOfMachine final : public retail::FactSource {
 public:
  FactsOfMachine(Machine& machine, const store::Snapshot& snapshot)
      : machine_(machine), snapshot_(snapshot) {}
  absl::StatusOr<retail::Fact> Read(JournalId journal, Sequence sequence,
                                    google::protobuf::Arena* arena) const override {
    return machine_.ledger().ReadFact(snapshot_, journal, sequence, arena);
  }

 private:
  Machine& machine_;
  const store::Snapshot& snapshot_;
};

}  // namespace

Findings CheckRecalls(Machine& machine, const Oracle& oracle) {
  Findings findings;
  const auto snapshot = machine.ledger().NewSnapshot();
  const auto recalls = [&](const std::string& code) {
    shop::v1::ListRecallsRequest request;
    request.set_code(code);
    return retail::ListRecalls(*snapshot, machine.writer().shop, request);
  };
  const auto complain = [&](const Asked& recall, const char* what) {
    findings.push_back(
        absl::StrCat("recalls: recall ", recall.code, " ", what, " at ", machine.name()));
  };
  for (const Asked& asked : oracle.all()) {
    const Asked& recall = asked.recall == nullptr ? asked : *asked.recall;
    const bool is_told = asked.told && !asked.may_vanish && recall.told && !recall.may_vanish &&
                         recall.kind == Asked::Kind::kRecall;
    const bool is_kept = machine.hub() || asked.shop.empty() || asked.shop == machine.writer().shop;
    if (!is_told || !is_kept) continue;
    const auto found = recalls(recall.code);
    if (!found.ok()) {
      complain(recall, "is not known");
      continue;
    }
    const shop::v1::Recall& shown = found->recalls(0);
    if (asked.kind == Asked::Kind::kRecall && !asked.lift_asked && !shown.lifts().empty()) {
      complain(recall, "was never lifted, and is said to be");
    }
    if (asked.kind == Asked::Kind::kLift && shown.lifts().empty()) {
      complain(recall, "was lifted, and still stands");
    }
    const bool is_confirmed = std::ranges::any_of(shown.shops(), [&](const auto& shop) {
      return shop.shop() == asked.shop && shop.has_confirmed();
    });
    if (asked.kind == Asked::Kind::kConfirmation && !is_confirmed) {
      complain(recall, "was confirmed, and is not said to be");
    }
  }
  return findings;
}

Findings CheckTraces(Machine& machine) {
  Findings findings;
  const auto snapshot = machine.ledger().NewSnapshot();
  const FactsOfMachine facts(machine, *snapshot);
  for (const std::string& product : kProducts) {
    shop::v1::TraceRequest request;
    request.set_product(product);
    request.set_lot("L1");
    const auto trace =
        retail::Trace({*snapshot, facts, machine.writer().shop, machine.ledger().Today()}, request);
    if (!trace.ok()) {
      findings.push_back(absl::StrCat("trace: ", machine.name(), " cannot trace ", product, ": ",
                                      std::string(trace.status().message())));
      continue;
    }
    for (const auto& total : trace->totals()) {
      if (total.reconciles()) continue;
      findings.push_back(absl::StrCat("trace: the totals of lot L1 of ", product, " at ",
                                      total.shop(), " do not add up at ", machine.name()));
    }
  }
  return findings;
}

}  // namespace comptoir::simulation
