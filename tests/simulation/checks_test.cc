// That the checks at the end of a run can fail: a co-op that is level and sound is spoilt in one
// place, and the check that is for it says so.
#include "tests/simulation/checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/ledger/tables.h"
#include "common/retail/tables.h"
#include "common/store/counters.h"
#include "tests/simulation/run.h"

namespace comptoir::simulation {
namespace {

using ::testing::Contains;
using ::testing::StartsWith;

// A co-op without faults, so that only what is spoilt is found.
std::vector<std::string> FindingsOf(const std::function<void(const Reckoning&)>& spoil) {
  RunOptions options;
  options.seed = 5;
  options.kinds.clear();
  options.before_reckoning = spoil;
  return RunSeed(options).failures;
}

Machine& NodeOf(const Reckoning& all, const std::string& name) {
  for (const auto& machine : all.machines) {
    if (machine->name() == name) return *machine;
  }
  ADD_FAILURE() << "there is no " << name;
  return all.hub;
}

// Of the last row of a table: tables that a run leaves empty spoil nothing.
std::pair<std::string, std::string> LastRow(Machine& machine, store::TableId table) {
  const auto row = machine.disk().NewSnapshot()->Last(table, "", "");
  EXPECT_TRUE(row.ok() && row->has_value()) << "table " << table << " is empty";
  return row.ok() && row->has_value() ? **row : std::pair<std::string, std::string>();
}

void Write(Machine& machine, const std::function<void(store::Transaction&)>& write) {
  auto batch = machine.disk().Begin();
  write(*batch);
  ASSERT_TRUE(machine.disk().Commit(std::move(batch), store::Durability::kSynced).ok());
}

void EraseLast(Machine& machine, store::TableId table) {
  const std::string key = LastRow(machine, table).first;
  Write(machine, [&](store::Transaction& batch) { batch.Erase(table, key); });
}

Asked& LastOf(const Reckoning& all, Asked::Kind kind) {
  for (auto asked = all.oracle.all().rbegin(); asked != all.oracle.all().rend(); ++asked) {
    if (asked->kind == kind && asked->told) return *asked;
  }
  ADD_FAILURE() << "nobody asked for it";
  return all.oracle.all().back();
}

TEST(ChecksTest, ACoopThatIsSoundHasNoFindings) {
  EXPECT_THAT(FindingsOf([](const Reckoning&) {}), ::testing::IsEmpty());
}

TEST(ChecksTest, ASaleThatWasToldAndIsNowhere) {
  const auto findings = FindingsOf([](const Reckoning& all) {
    Asked& asked = all.oracle.Ask(Asked::Kind::kSale, "guillemins");
    asked.told = true;
    asked.number = "guillemins-261130-aaaaaa-0001";
  });
  EXPECT_THAT(findings, Contains(StartsWith("I2: request")));
}

TEST(ChecksTest, AnEntryThatWasAcknowledgedAndIsNotThere) {
  const auto findings = FindingsOf([](const Reckoning& all) {
    Machine& node = NodeOf(all, "guillemins-1");
    all.oracle.Acknowledged(node, LastOf(all, Asked::Kind::kSale).where.journal, Sequence(9'999));
  });
  EXPECT_THAT(findings, Contains(StartsWith("I2: guillemins-1 acknowledged")));
}

TEST(ChecksTest, AReceiptThatIsNotAsItWasPrinted) {
  const auto findings =
      FindingsOf([](const Reckoning& all) { LastOf(all, Asked::Kind::kSale).total_cents += 1; });
  EXPECT_THAT(findings, Contains(StartsWith("I2: receipt")));
}

TEST(ChecksTest, ASaleThatCountsTwice) {
  const auto findings = FindingsOf([](const Reckoning& all) {
    const auto [key, row] = LastRow(all.hub, retail::kSales);
    const auto sums = store::DecodeCounters(row);
    ASSERT_TRUE(sums.ok());
    Write(all.hub,
          [&, key = key](store::Transaction& batch) { batch.Add(retail::kSales, key, *sums); });
  });
  EXPECT_THAT(findings, Contains(StartsWith("I3: ")));
  EXPECT_THAT(findings, Contains(StartsWith("I4: ")));
}

TEST(ChecksTest, AViewThatANodeLacks) {
  const auto findings = FindingsOf(
      [](const Reckoning& all) { EraseLast(NodeOf(all, "outremeuse-2"), retail::kLots); });
  EXPECT_THAT(findings, Contains(StartsWith("I4: ")));
  EXPECT_THAT(findings,
              Contains(StartsWith("I1: 'lots' differs at outremeuse-1 and outremeuse-2")));
}

TEST(ChecksTest, AViewThatTheHubLacks) {
  const auto findings =
      FindingsOf([](const Reckoning& all) { EraseLast(all.hub, retail::kReceipts); });
  EXPECT_THAT(findings, Contains(StartsWith("I1: 1 rows of 'receipts'")));
}

TEST(ChecksTest, GoodsThatComeFromNowhere) {
  const auto findings = FindingsOf([](const Reckoning& all) {
    Machine& node = NodeOf(all, "guillemins-1");
    const auto [key, row] = LastRow(node, retail::kBalances);
    Write(node, [key = key](store::Transaction& batch) {
      batch.Add(retail::kBalances, key, store::CounterSums{1'000});
    });
  });
  EXPECT_THAT(findings, Contains(StartsWith("I5: ")));
}

TEST(ChecksTest, AnEntryThatIsAnotherAtANode) {
  const auto findings = FindingsOf([](const Reckoning& all) {
    Machine& node = NodeOf(all, "guillemins-1");
    auto [key, row] = LastRow(node, ledger::kEntries);
    row.back() ^= 1;
    Write(node, [&, key = key, row = row](store::Transaction& batch) {
      batch.Put(ledger::kEntries, key, row);
    });
  });
  EXPECT_THAT(findings, Contains(StartsWith("I6: entry")));
}

TEST(ChecksTest, AVerdictOnAGoodFact) {
  const auto findings = FindingsOf([](const Reckoning& all) {
    const std::string key = LastRow(all.hub, ledger::kEntries).first;
    Write(all.hub, [&](store::Transaction& batch) { batch.Put(ledger::kVerdicts, key, ""); });
  });
  EXPECT_THAT(findings, Contains(StartsWith("R6: entry")));
}

TEST(ChecksTest, ARecallThatNobodyKnows) {
  const auto findings =
      FindingsOf([](const Reckoning& all) { LastOf(all, Asked::Kind::kRecall).code = "zzzzzz"; });
  EXPECT_THAT(findings, Contains(StartsWith("recalls: recall zzzzzz is not known")));
}

TEST(ChecksTest, ATransferOfOtherGoods) {
  const auto findings = FindingsOf(
      [](const Reckoning& all) { LastOf(all, Asked::Kind::kSend).goods_milli["carottes"] += 500; });
  EXPECT_THAT(findings, Contains(StartsWith("transfers: ")));
}

TEST(ChecksTest, ATraceThatMissesAMovement) {
  const auto findings = FindingsOf([](const Reckoning& all) {
    const auto snapshot = all.hub.disk().NewSnapshot();
    Write(all.hub, [&](store::Transaction& batch) {
      // One of each product and lot.
      std::set<std::string> seen;
      for (auto row = snapshot->Scan(retail::kTrace, "", ""); row->Valid(); row->Next()) {
        const std::string key(row->key());
        const size_t lot = key.find('\0') + 1;
        if (seen.insert(key.substr(0, key.find('\0', lot))).second) {
          batch.Erase(retail::kTrace, key);
        }
      }
    });
  });
  EXPECT_THAT(findings, Contains(StartsWith("trace: ")));
}

TEST(ChecksTest, AReceiptThatNoClosingHas) {
  const auto findings = FindingsOf([](const Reckoning& all) {
    Machine& node = NodeOf(all, "guillemins-1");
    auto [key, row] = LastRow(node, retail::kReceipts);
    retail::v1::ReceiptRow receipt;
    ASSERT_TRUE(receipt.ParseFromString(row));
    receipt.set_total_cents(receipt.total_cents() + 1);
    Write(node, [&, key = key](store::Transaction& batch) {
      batch.Put(retail::kReceipts, key, receipt.SerializeAsString());
    });
  });
  EXPECT_THAT(findings, Contains(StartsWith("days: closings")));
}

}  // namespace
}  // namespace comptoir::simulation
