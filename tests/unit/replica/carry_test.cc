// Carrying over real ledgers: what goes out, what is taken in, what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/status.h"
#include "common/replica/carry_in.h"
#include "common/replica/carry_out.h"
#include "tests/support/coop.h"

namespace comptoir::testing {
namespace {

using replica::CarryIn;
using replica::CarryInReport;
using replica::CarryOut;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const char kAuthority[] = "fingerprint of an authority     ";

class CarryTest : public ::testing::Test {
 protected:
  CarryTest() { EnrolOutremeuse(); }

  // As an enrolment does: the hub writes that the shop has a node.
  void EnrolOutremeuse() {
    retail::v1::NodeEnrolled enrolled;
    enrolled.set_node("outremeuse-1");
    enrolled.set_shop("outremeuse");
    enrolled.set_certificate("a certificate");
    enrolled.set_token_sha256(std::string(32, 't'));
    AppendCoop(*hub_, retail::v1::FACT_KIND_NODE_ENROLLED, enrolled.SerializeAsString());
  }
  void AppendCoop(Replica& replica, retail::v1::FactKind kind, const std::string& fact) {
    ledger::AppendRequest request;
    request.scope = journal::v1::SCOPE_COOP;
    request.facts.push_back({kind, fact});
    Must(replica.ledger->AppendAndWait(request));
  }

  absl::StatusOr<std::unique_ptr<CarryOut>> Begin(Replica& from,
                                                  const replica::CarryOutRequest& request,
                                                  const std::map<JournalId, Sequence>& at_hub) {
    journal::v1::CarryHeader header;
    header.add_authorities(kAuthority);
    return CarryOut::Begin(*from.ledger, at_hub, request, header);
  }
  std::string Out(Replica& from, const replica::CarryOutRequest& request = {},
                  const std::map<JournalId, Sequence>& at_hub = {}) {
    const auto carry = Must(Begin(from, request, at_hub));
    std::string file;
    while (true) {
      const auto bytes = Must(carry->Next());
      if (!bytes.has_value()) break;
      file += *bytes;
    }
    EXPECT_EQ(carry->done_entries(), carry->total_entries());
    EXPECT_THAT(carry->gaps(), IsEmpty());
    return file;
  }
  absl::StatusOr<CarryInReport> In(Replica& to, const std::string& file,
                                   const std::string& authority = kAuthority) {
    CarryIn carry(*to.ledger, {authority});
    for (size_t at = 0; at < file.size(); at += 1000) {
      COMPTOIR_RETURN_IF_ERROR(carry.Take(std::string_view(file).substr(at, 1000)));
    }
    return carry.Finish();
  }

  Coop coop_;
  std::unique_ptr<Replica> hub_ = coop_.Hub();
  std::unique_ptr<Replica> shop_ = coop_.Node("outremeuse", "outremeuse-1");
};

TEST_F(CarryTest, BringsAllThatTheHubLacksOnce) {
  for (uint32_t sale = 0; sale < 20; ++sale) Sell(*shop_, sale);
  const std::string file = Out(*shop_);
  const CarryInReport first = Must(In(*hub_, file));
  EXPECT_TRUE(first.end.ok()) << first.end;
  EXPECT_EQ(first.entries, 21U) << "the genesis among them";
  EXPECT_EQ(first.new_entries, 21U);
  EXPECT_THAT(first.refusals, IsEmpty());
  EXPECT_EQ(hub_->ledger->totals().receipts, 20U);
  const auto before = Views(*hub_->store);
  const CarryInReport again = Must(In(*hub_, file));
  EXPECT_EQ(again.entries, 21U);
  EXPECT_EQ(again.new_entries, 0U);
  EXPECT_EQ(Views(*hub_->store), before);
  EXPECT_THAT(VerifyNow(*hub_).findings, IsEmpty());
}

TEST_F(CarryTest, LeavesOutWhatTheHubIsKnownToHold) {
  for (uint32_t sale = 0; sale < 5; ++sale) Sell(*shop_, sale);
  Must(In(*hub_, Out(*shop_)));
  const Head at_hub = shop_->ledger->Journals().front().head;
  for (uint32_t sale = 5; sale < 8; ++sale) Sell(*shop_, sale);
  const std::map<JournalId, Sequence> known{{at_hub.journal, at_hub.sequence}};
  EXPECT_EQ(Must(In(*hub_, Out(*shop_, {}, known))).entries, 3U);
  EXPECT_EQ(hub_->ledger->totals().receipts, 8U);
  EXPECT_EQ(Must(In(*hub_, Out(*shop_, {"", true}, known))).entries, 9U) << "all of it";
}

TEST_F(CarryTest, AHubThatLostWhatItWasKnownToHoldSaysSoAndTakesTheWhole) {
  for (uint32_t sale = 0; sale < 5; ++sale) Sell(*shop_, sale);
  const Head believed = shop_->ledger->Journals().front().head;
  Sell(*shop_, 5);
  const CarryInReport report =
      Must(In(*hub_, Out(*shop_, {}, {{believed.journal, believed.sequence}})));
  ASSERT_EQ(report.refusals.size(), 1U);
  EXPECT_EQ(report.refusals[0].reason, ledger::Refusal::kGap);
  EXPECT_EQ(report.refusals[0].held, Sequence(0));
  EXPECT_EQ(report.new_entries, 0U);
  EXPECT_EQ(Must(In(*hub_, Out(*shop_, {"", true}))).new_entries, 7U);
}

TEST_F(CarryTest, TheHubBringsAShopWhatOthersWrote) {
  const auto other = coop_.Node("herstal", "herstal-1");
  Sell(*other, 1);
  Sell(*shop_, 1);
  Must(In(*hub_, Out(*other)));
  Must(In(*hub_, Out(*shop_)));
  const CarryInReport report = Must(In(*shop_, Out(*hub_, {"outremeuse"})));
  EXPECT_EQ(report.new_entries, 2U) << "the hub's journal, and nothing of another shop's";
  EXPECT_EQ(report.entries, 2U);
  EXPECT_EQ(shop_->ledger->totals().journals, 2U);
  // After a lost disk, the shop's own as well.
  const auto anew = coop_.Node("outremeuse", "outremeuse-1");
  EXPECT_EQ(Must(In(*anew, Out(*hub_, {"outremeuse", true}))).new_entries, 4U);
  EXPECT_EQ(anew->ledger->totals().receipts, 1U);
  EXPECT_THAT(VerifyNow(*anew).findings, IsEmpty());
}

TEST_F(CarryTest, ATornFileIsTakenUpToTheBreak) {
  for (uint32_t sale = 0; sale < 5; ++sale) Sell(*shop_, sale);
  shop_->Reopen();
  for (uint32_t sale = 5; sale < 30; ++sale) Sell(*shop_, sale);
  const std::string file = Out(*shop_);
  const CarryInReport torn = Must(In(*hub_, file.substr(0, file.size() - 200)));
  EXPECT_THAT(std::string(torn.end.message()), HasSubstr("cut short"));
  EXPECT_EQ(torn.new_entries, 6U) << "the shorter journal goes first";
  EXPECT_THAT(VerifyNow(*hub_).findings, IsEmpty());
  const CarryInReport whole = Must(In(*hub_, file));
  EXPECT_TRUE(whole.end.ok());
  EXPECT_EQ(whole.new_entries, 26U);
}

TEST_F(CarryTest, AnAlteredSegmentInAFileMadeAnewIsRefusedAndTheOthersAreTaken) {
  Sell(*shop_, 1);
  shop_->Reopen();
  Sell(*shop_, 2);
  journal::CarryFileWriter writer;
  journal::v1::CarryHeader header;
  header.set_coop("essai");
  header.add_authorities(kAuthority);
  std::string file = writer.Begin(header);
  bool altered = false;
  for (const auto& journal : shop_->ledger->Journals()) {
    auto segment = *Must(shop_->ledger->ReadSegment(journal.head.journal, Sequence(1), 1 << 20));
    if (!altered) (*segment.mutable_signature())[10] ^= 1;
    altered = true;
    file += writer.Add(segment);
  }
  file += writer.Finish();
  const CarryInReport report = Must(In(*hub_, file));
  EXPECT_TRUE(report.end.ok());
  ASSERT_EQ(report.refusals.size(), 1U);
  EXPECT_EQ(report.refusals[0].reason, ledger::Refusal::kSignature);
  EXPECT_EQ(report.new_entries, 2U);
  EXPECT_EQ(hub_->ledger->totals().receipts, 1U);
}

TEST_F(CarryTest, AForeignFileIsRefusedBeforeAnythingIsTaken) {
  Sell(*shop_, 1);
  const std::string file = Out(*shop_);
  Coop elsewhere("ailleurs");
  const auto foreign = elsewhere.Hub();
  const auto refused = In(*foreign, file);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("of co-op essai, carried out at outremeuse-1"));
  EXPECT_EQ(foreign->ledger->totals().entries, 0U);
  // The same code, another authority.
  const auto other = In(*hub_, file, "another authority               ");
  EXPECT_THAT(std::string(other.status().message()), HasSubstr("another authority"));
  // Another shop's.
  const auto herstal = coop_.Node("herstal", "herstal-1");
  EXPECT_THAT(std::string(In(*herstal, file).status().message()), HasSubstr("of shop outremeuse"));
  EXPECT_THAT(std::string(In(*herstal, Out(*hub_, {"outremeuse"})).status().message()),
              HasSubstr("for shop outremeuse"));
  EXPECT_EQ(herstal->ledger->totals().entries, 0U);
  EXPECT_EQ(In(*hub_, "no file at all").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(In(*hub_, "").status().code(), absl::StatusCode::kInvalidArgument);
}

// R13: by a fact that names it, so that it is good at a hub put back to an old copy, too.
TEST_F(CarryTest, WhatIsCarriedInOfARevokedNodeIsGood) {
  Sell(*shop_, 1);
  Must(In(*hub_, Out(*shop_)));
  Must(hub_->ledger->Revoke("outremeuse-1", "stolen", /*retired=*/false));
  Sell(*shop_, 2);
  const uint64_t entries = hub_->ledger->totals().entries;
  const CarryInReport report = Must(In(*hub_, Out(*shop_)));
  EXPECT_EQ(report.new_entries, 1U);
  EXPECT_EQ(hub_->ledger->totals().entries, entries + 2) << "the sale, and the fact that names it";
  EXPECT_EQ(hub_->ledger->FindRevocation("outremeuse-1")->reason, "stolen");
  Must(In(*hub_, Out(*shop_)));
  EXPECT_EQ(hub_->ledger->totals().entries, entries + 2) << "once";
  const auto sibling = coop_.Node("outremeuse", "outremeuse-2");
  Carry(*hub_, *sibling);
  const auto restored = coop_.Hub();
  Carry(*sibling, *restored);
  EXPECT_EQ(restored->ledger->totals().receipts, 2U);
}

TEST_F(CarryTest, AsksForWhatItCannotKnow) {
  EXPECT_THAT(std::string(Begin(*hub_, {}, {}).status().message()), HasSubstr("--shop"));
  EXPECT_THAT(std::string(Begin(*hub_, {"outremuse"}, {}).status().message()),
              HasSubstr("no node was ever enrolled"));
  EXPECT_THAT(std::string(Begin(*shop_, {"outremeuse"}, {}).status().message()),
              HasSubstr("leave --shop away"));
}

TEST_F(CarryTest, WhatCannotBeReadIsLeftOutAndNamed) {
  for (uint32_t sale = 0; sale < 5; ++sale) Sell(*shop_, sale);
  const JournalId bad = shop_->ledger->Journals().front().head.journal;
  shop_->Reopen();
  Sell(*shop_, 7);
  shop_->store->DamageRow(ledger::kEntries, ledger::EntryKey(bad, Sequence(1)));
  const auto carry = Must(Begin(*shop_, {}, {}));
  std::string file;
  while (true) {
    const auto bytes = Must(carry->Next());
    if (!bytes.has_value()) break;
    file += *bytes;
  }
  ASSERT_EQ(carry->gaps().size(), 1U);
  EXPECT_EQ(carry->gaps()[0].journal, bad);
  const CarryInReport report = Must(In(*hub_, file));
  EXPECT_TRUE(report.end.ok());
  EXPECT_EQ(report.new_entries, 2U);
}

}  // namespace
}  // namespace comptoir::testing
