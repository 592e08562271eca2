// Every read fails, one after the other: whatever a ledger does, the first time its first read
// fails, the next time the second, until it runs through. Each time it must say so or need it
// not, and whoever starts again over the same disk and asks again gets what they would have got:
// nothing lost, nothing twice, nothing half.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/ledger/tables.h"
#include "tests/support/branch.h"
#include "tests/support/copied_store.h"
#include "tests/support/forked_shop.h"
#include "tests/support/tellings.h"

namespace comptoir {
namespace {

using ::testing::IsEmpty;
using testing::Must;
using testing::MustOk;
using testing::RequestId;

// How a read fails: with an error, or by giving a row that has lost its last byte, which the
// engine's own checks would have to miss.
enum class ReadFailure { kDamaged, kUnavailable, kSpoilt };

// A replica's disk, copied, and what runs over the copy.
class Trial {
 public:
  Trial(testing::Replica& replica, std::unique_ptr<store::MemoryStore> disk)
      : replica_(replica), store_(std::move(disk)) {}

  absl::Status Open() {
    ledger_.reset();
    ledger::Options options{store_.get(), replica_.signer.get(), replica_.verifier.get(),
                            &replica_.clock, replica_.random.get()};
    options.new_scratch = [] { return std::make_shared<store::MemoryStore>(ledger::AllTables()); };
    options.release = replica_.release;
    options.witness = witness;
    auto opened = ledger::Ledger::Open(std::move(options));
    if (opened.ok()) ledger_ = *std::move(opened);
    return opened.status();
  }
  ledger::Ledger& ledger() { return *ledger_; }
  store::MemoryStore& store() { return *store_; }

  absl::Status Append(const ledger::AppendRequest& request) {
    return ledger_->AppendAndWait(request).status();
  }
  absl::Status Ingest(const journal::v1::Segment& segment, const journal::Writer& bringer) {
    absl::Status status;
    Mutex mutex;
    CondVar arrived;
    bool done = false;
    ledger_->Ingest(segment, bringer, [&](const ledger::IngestResult& result) {
      MutexLock lock(&mutex);
      status = result.status;
      if (status.ok() && result.refusal != ledger::Refusal::kNone) {
        status = absl::FailedPreconditionError(result.detail);
      }
      done = true;
      arrived.Signal();
    });
    MutexLock lock(&mutex);
    while (!done) arrived.Wait(&mutex);
    return status;
  }
  absl::Status Verify() {
    store::MemoryStore scratch(ledger::AllTables());
    const auto report = ledger_->Verify(scratch, [](uint64_t, uint64_t) { return true; });
    if (!report.ok()) return report.status();
    if (report->findings.empty()) return absl::OkStatus();
    const ledger::VerifyFinding& first = report->findings.front();
    return absl::DataLossError(absl::StrCat(first.invariant, ": ", first.what));
  }

  absl::StatusOr<journal::v1::Witness> witness = absl::NotFoundError("none");

 private:
  testing::Replica& replica_;
  const std::unique_ptr<store::MemoryStore> store_;
  std::unique_ptr<ledger::Ledger> ledger_;
};

using Step = std::function<absl::Status(Trial&)>;

class FailingReadsTest : public testing::ForkedShop,
                         public ::testing::WithParamInterface<ReadFailure> {
 protected:
  void Plan(store::MemoryStore& store, uint64_t nth) const {
    switch (GetParam()) {
      case ReadFailure::kDamaged:
        return store.FailRead(nth, absl::DataLossError("a read that was planned to fail"));
      case ReadFailure::kUnavailable:
        return store.FailRead(nth, absl::UnavailableError("a read that was planned to fail"));
      case ReadFailure::kSpoilt:
        return store.SpoilRead(nth);
    }
  }

  // `step` over copies of the replica's disk, with each of its reads failing. True in `opens`
  // where opening the ledger is the step.
  void TryAllReads(testing::Replica& replica, const Step& step, bool opens = false) {
    constexpr uint64_t kReadsMax = 20'000;
    replica.ledger.reset();
    for (uint64_t nth = 1; nth < kReadsMax; ++nth) {
      Trial trial(replica, testing::CopyOf(*replica.store));
      trial.witness = witness_;
      if (!opens) MustOk(trial.Open());
      Plan(trial.store(), nth);
      const absl::Status failed = step(trial);
      const bool came = !trial.store().WaitsToFailRead();
      Plan(trial.store(), 0);
      if (!came) {
        EXPECT_EQ(failed, absl::OkStatus());
        return;
      }
      if (GetParam() == ReadFailure::kUnavailable && !failed.ok()) {
        EXPECT_THAT(std::string(failed.message()), ::testing::HasSubstr("planned"));
      }
      // Whoever starts again and asks again.
      ASSERT_EQ(trial.Open(), absl::OkStatus()) << "read " << nth;
      ASSERT_EQ(opens ? absl::OkStatus() : step(trial), absl::OkStatus())
          << "read " << nth << ", after " << failed;
      ASSERT_EQ(trial.Verify(), absl::OkStatus()) << "read " << nth << ", after " << failed;
      if (HasFailure()) return;
    }
    ADD_FAILURE() << "it reads without end";
  }

  ledger::AppendRequest Request(retail::v1::FactKind kind, const google::protobuf::Message& fact,
                                journal::v1::Scope scope = journal::v1::SCOPE_SHOP) {
    return {RequestId(++requests_), 7, scope, {{kind, fact.SerializeAsString()}}};
  }
  ledger::AppendRequest CountRequest() {
    retail::v1::Counted counted;
    retail::v1::CountedLine* line = counted.add_lines();
    line->set_product("pain-gris");
    line->set_unit(retail::v1::UNIT_PIECE);
    line->set_whole(true);
    line->add_lots()->set_quantity_milli(30'000);
    return Request(retail::v1::FACT_KIND_COUNTED, counted);
  }
  ledger::AppendRequest ReceiveRequest() {
    retail::v1::GoodsReceived received;
    received.set_producer("moulin");
    retail::v1::ReceivedLine* line = received.add_lines();
    line->set_product("pain-gris");
    line->set_unit(retail::v1::UNIT_PIECE);
    line->set_quantity_milli(20'000);
    line->set_lot("L47");
    return Request(retail::v1::FACT_KIND_GOODS_RECEIVED, received);
  }
  // Undoes the fact of `done`, which `replica` holds.
  ledger::AppendRequest Undo(testing::Replica& replica, const ledger::AppendResult& done) {
    google::protobuf::Arena arena;
    const Reference& at = done.facts.front().reference;
    const retail::Fact fact = Must(
        replica.ledger->ReadFact(*replica.ledger->NewSnapshot(), at.journal, at.sequence, &arena));
    retail::v1::Corrected corrected;
    *corrected.mutable_fact() = fact.name();
    corrected.set_kind(fact.kind);
    corrected.set_reason("une erreur");
    return Request(retail::v1::FACT_KIND_CORRECTED, corrected);
  }
  // Of the shop's journal, all that is there.
  journal::v1::Segment ShopsSegment() {
    return *Must(shop->ledger->ReadSegment(common.journal, Sequence(1), 1 << 20));
  }
  // Another branch of the shop's journal, which the sibling holds, and the hub settles on
  // the one of the shop.
  void Fork() {
    testing::Branch branch(*shop, common);
    branch.AddSale(500);
    branch.AddSale(501);
    EXPECT_EQ(testing::IngestAndWait(*sibling, branch.Cut(), shop->ledger->self()).refusal,
              ledger::Refusal::kNone);
    for (uint32_t sale = 0; sale < 3; ++sale) testing::Sell(*shop, 5 + sale);
    testing::Carry(*shop, *hub);
    other_ = branch.Cut();
  }
  // The hub has settled it, and that is on its disk.
  void TellHubOfFork() {
    testing::IngestAndWait(*hub, other_, sibling->ledger->self());
    testing::WaitForTellings(*hub);
  }
  // Of all that `replica` has but the journal that forked.
  std::vector<journal::v1::Segment> OthersOf(testing::Replica& replica) {
    std::vector<journal::v1::Segment> segments;
    for (const auto& journal : replica.ledger->Journals()) {
      if (journal.head.journal == common.journal) continue;
      segments.push_back(
          *Must(replica.ledger->ReadSegment(journal.head.journal, Sequence(1), 1 << 20)));
    }
    return segments;
  }

  uint32_t requests_ = 7'000;
  journal::v1::Segment other_;
  absl::StatusOr<journal::v1::Witness> witness_ = absl::NotFoundError("none");
};

TEST_P(FailingReadsTest, Opening) {
  MustOk(shop->ledger->AppendAndWait(ReceiveRequest()).status());
  TryAllReads(
      *shop, [](Trial& trial) { return trial.Open(); }, /*opens=*/true);
}

TEST_P(FailingReadsTest, OpeningAsAnotherReleaseFoldsAnew) {
  const auto received = Must(shop->ledger->AppendAndWait(ReceiveRequest()));
  MustOk(shop->ledger->AppendAndWait(CountRequest()).status());
  MustOk(shop->ledger->AppendAndWait(Undo(*shop, received)).status());
  shop->release.views_version = retail::kViewsVersion + 1;
  TryAllReads(
      *shop, [](Trial& trial) { return trial.Open(); }, /*opens=*/true);
}

TEST_P(FailingReadsTest, OpeningOverLessThanTheWitnessSaw) {
  const auto before = testing::CopyOf(*shop->store);
  testing::Sell(*shop, 900);
  witness_ = shop->ledger->MakeWitness();
  shop->ledger.reset();
  shop->store = testing::CopyOf(*before);
  TryAllReads(
      *shop, [](Trial& trial) { return trial.Open(); }, /*opens=*/true);
}

TEST_P(FailingReadsTest, Selling) {
  const auto request = testing::SaleRequest(900, testing::OneSale("pain-gris", 2000, 250));
  TryAllReads(*shop, [&](Trial& trial) { return trial.Append(request); });
}

TEST_P(FailingReadsTest, SellingAgainWhatWasSold) {
  const auto request = testing::SaleRequest(0, testing::OneSale("pain-gris", 1000, 250));
  TryAllReads(*shop, [&](Trial& trial) { return trial.Append(request); });
}

TEST_P(FailingReadsTest, Counting) {
  MustOk(shop->ledger->AppendAndWait(ReceiveRequest()).status());
  MustOk(shop->ledger->AppendAndWait(CountRequest()).status());
  const auto request = CountRequest();
  TryAllReads(*shop, [&](Trial& trial) { return trial.Append(request); });
}

TEST_P(FailingReadsTest, UndoingADelivery) {
  const auto request = Undo(*shop, Must(shop->ledger->AppendAndWait(ReceiveRequest())));
  TryAllReads(*shop, [&](Trial& trial) { return trial.Append(request); });
}

TEST_P(FailingReadsTest, UndoingACount) {
  MustOk(shop->ledger->AppendAndWait(ReceiveRequest()).status());
  const auto counted = Must(shop->ledger->AppendAndWait(CountRequest()));
  testing::Sell(*shop, 900);
  const auto request = Undo(*shop, counted);
  TryAllReads(*shop, [&](Trial& trial) { return trial.Append(request); });
}

TEST_P(FailingReadsTest, HearingOfSales) {
  testing::Sell(*shop, 900);
  const auto segment = ShopsSegment();
  TryAllReads(*hub, [&](Trial& trial) { return trial.Ingest(segment, shop->ledger->self()); });
}

TEST_P(FailingReadsTest, HearingThatASiblingTookARequestToo) {
  testing::Sell(*sibling, 0);
  const auto request = testing::SaleRequest(3, testing::OneSale("pain-gris", 1000, 250), 1);
  MustOk(sibling->ledger->AppendAndWait(request).status());
  const auto segments = OthersOf(*sibling);
  TryAllReads(*shop, [&](Trial& trial) {
    for (const auto& segment : segments) {
      const absl::Status status = trial.Ingest(segment, sibling->ledger->self());
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  });
}

TEST_P(FailingReadsTest, HearingWhatRotHid) {
  const auto segment = ShopsSegment();
  TryAllReads(*shop, [&](Trial& trial) {
    trial.store().DamageRow(ledger::kEntries, ledger::EntryKey(common.journal, Sequence(3)));
    (void)trial.ledger().ReadSegment(common.journal, Sequence(3), 1 << 20);
    return trial.Ingest(segment, hub->ledger->self());
  });
}

TEST_P(FailingReadsTest, SettlingAForkAtTheHub) {
  Fork();
  TryAllReads(*hub, [&](Trial& trial) {
    const absl::Status status = trial.Ingest(other_, sibling->ledger->self());
    // It is of a branch, and is told so.
    return absl::IsFailedPrecondition(status) ? absl::OkStatus() : status;
  });
}

TEST_P(FailingReadsTest, MovingABranch) {
  Fork();
  TellHubOfFork();
  const auto segments = OthersOf(*hub);
  TryAllReads(*sibling, [&](Trial& trial) {
    for (const auto& segment : segments) {
      const absl::Status status = trial.Ingest(segment, hub->ledger->self());
      if (!status.ok()) return status;
    }
    return trial.ledger().SettleForks();
  });
}

TEST_P(FailingReadsTest, HearingOfWhatWasMoved) {
  Fork();
  TellHubOfFork();
  TellOfForks(*sibling);
  MustOk(sibling->ledger->SettleForks());
  const auto segments = OthersOf(*sibling);
  TryAllReads(*hub, [&](Trial& trial) {
    for (const auto& segment : segments) {
      const absl::Status status = trial.Ingest(segment, sibling->ledger->self());
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  });
}

TEST_P(FailingReadsTest, RevokingANode) {
  TryAllReads(*hub, [](Trial& trial) {
    return trial.ledger().Revoke("outremeuse-1", "volé", /*retired=*/false).status();
  });
}

TEST_P(FailingReadsTest, Halting) {
  TryAllReads(*shop, [](Trial& trial) {
    const absl::Status status = trial.ledger().Halt("retired");
    return status.ok() ? trial.Open() : status;
  });
}

// ---- asking ----

TEST_P(FailingReadsTest, Sending) {
  TryAllReads(*shop, [this](Trial& trial) {
    return trial.ledger().ReadSegment(common.journal, Sequence(2), 1 << 20).status();
  });
}

TEST_P(FailingReadsTest, ReadingFacts) {
  TryAllReads(*shop, [this](Trial& trial) {
    google::protobuf::Arena arena;
    const auto snapshot = trial.ledger().NewSnapshot();
    absl::Status status =
        trial.ledger().ReadFact(*snapshot, common.journal, Sequence(3), &arena).status();
    status.Update(
        trial.ledger().ReadJudged(*snapshot, common.journal, Sequence(4), &arena).status());
    status.Update(trial.ledger().ReadHead(common.journal, Sequence(2)).status());
    return status;
  });
}

TEST_P(FailingReadsTest, AskingForForksAndVerdicts) {
  Fork();
  TellHubOfFork();
  TryAllReads(*hub, [](Trial& trial) {
    absl::Status status = trial.ledger().Forks().status();
    status.Update(trial.ledger().CountVerdicts().status());
    return status;
  });
}

TEST_P(FailingReadsTest, Verifying) {
  MustOk(shop->ledger->AppendAndWait(ReceiveRequest()).status());
  TryAllReads(*shop, [](Trial& trial) { return trial.Verify(); });
}

std::string NameOf(const ::testing::TestParamInfo<ReadFailure>& info) {
  switch (info.param) {
    case ReadFailure::kDamaged:
      return "Damaged";
    case ReadFailure::kUnavailable:
      return "Unavailable";
    case ReadFailure::kSpoilt:
      return "Spoilt";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(Reads, FailingReadsTest,
                         ::testing::Values(ReadFailure::kDamaged, ReadFailure::kUnavailable,
                                           ReadFailure::kSpoilt),
                         NameOf);

}  // namespace
}  // namespace comptoir
