// The sync port against a peer with a real certificate and bad intentions (R6):
// what it brings is refused with a reason, the hub's heads stay where they were,
// and what is good is taken afterwards.
#include <gtest/gtest.h>

#include "common/base/limits.h"
#include "tests/process/daemons.h"
#include "tests/process/hand_made_journal.h"
#include "tests/process/raw_peer.h"

namespace comptoir::testing {
namespace {

using journal::v1::Segment;
using sync::v1::Frame;
using ::testing::Test;

// A hub, a node of outremeuse that the test plays, and one of herstal.
class HostilePeer : public Test {
 protected:
  HostilePeer() {
    hub_.Start();
    mallory_ = Enrol("outremeuse", "outremeuse-1");
    herstal_ = Enrol("herstal", "herstal-1");
  }
  ~HostilePeer() override { hub_.Stop(); }

  identity::Identity Enrol(const std::string& shop, const std::string& name) {
    const Ended ended =
        RunToEnd(EnrolCommand(folder_ / name, name, hub_.web(), hub_.CreateToken(shop)));
    Require(ended.code == 0, "enrolment failed: " + ended.err);
    return IdentityOf(folder_ / name);
  }

  uint64_t HeldAtHub(JournalId journal) {
    for (const admin::v1::JournalHead& head : HeadsOf(hub_.admin())) {
      if (head.head().journal() == journal.value()) return head.head().sequence();
    }
    return 0;
  }

  // Brings `segment` and expects `reason`; then a good journal over the same stream.
  void ExpectRefused(const Segment& segment, sync::v1::RefusedReason reason,
                     uint64_t held_before = 0) {
    RawPeer peer(hub_.sync(), mallory_);
    peer.SayHello();
    const JournalId journal(segment.journal());
    peer.Bring(segment);
    const sync::v1::Refused refused = peer.AwaitRefusal(journal);
    EXPECT_EQ(refused.reason(), reason) << refused.ShortDebugString();
    EXPECT_EQ(refused.sequence(), held_before);
    if (reason != sync::v1::REFUSED_REASON_GAP) {
      EXPECT_FALSE(refused.detail().empty());
    }
    EXPECT_EQ(HeldAtHub(journal), held_before);
    ExpectTakesGoodOnes(peer);
  }

  void ExpectTakesGoodOnes(RawPeer& peer) {
    HandMadeJournal good(*mallory_.signer);
    good.AddSale();
    peer.Bring(good.Whole());
    EXPECT_EQ(peer.AwaitAck(good.id()).sequence(), good.size());
    EXPECT_EQ(HeldAtHub(good.id()), good.size());
  }
  // After a stream that the hub ended.
  void ExpectStillServes() {
    RawPeer peer(hub_.sync(), mallory_);
    peer.SayHello();
    ExpectTakesGoodOnes(peer);
  }

  TemporaryFolder folder_;
  Hub hub_{folder_ / "hub"};
  identity::Identity mallory_;
  identity::Identity herstal_;
};

// ---- whose journal it is ----

TEST_F(HostilePeer, MayNotBringAnotherShopsJournal) {
  HandMadeJournal theirs(*herstal_.signer);
  theirs.AddSale();
  ExpectRefused(theirs.Whole(), sync::v1::REFUSED_REASON_SCOPE);
}

TEST_F(HostilePeer, MayNotWriteInAnotherShop) {
  const HandMadeJournal forged(*mallory_.signer, {journal::v1::SCOPE_SHOP, "herstal", "", ""});
  ExpectRefused(forged.Whole(), sync::v1::REFUSED_REASON_SCOPE);
}

TEST_F(HostilePeer, MayNotWriteForTheHubAlone) {
  const HandMadeJournal forged(*mallory_.signer, {journal::v1::SCOPE_HUB, "", "", ""});
  ExpectRefused(forged.Whole(), sync::v1::REFUSED_REASON_SCOPE);
}

TEST_F(HostilePeer, MayNotTouchAnotherShopsJournalThatTheHubHolds) {
  HandMadeJournal theirs(*herstal_.signer);
  theirs.AddSale();
  {
    RawPeer herstal(hub_.sync(), herstal_);
    herstal.SayHello();
    herstal.Bring(theirs.Cut(1, 1));
    herstal.AwaitAck(theirs.id());
  }
  RawPeer peer(hub_.sync(), mallory_);
  peer.SayHello();
  peer.Bring(theirs.Cut(2, 2));
  EXPECT_NE(peer.AwaitGoodbye().find("another shop"), std::string::npos);
  EXPECT_EQ(peer.AwaitEnd().error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(HeldAtHub(theirs.id()), 1U);
  ExpectStillServes();
}

TEST_F(HostilePeer, MayNotSignForItsSibling) {
  const identity::Identity sibling = Enrol("outremeuse", "outremeuse-2");
  const HandMadeJournal forged(*mallory_.signer, {journal::v1::SCOPE_SHOP, "outremeuse",
                                                  sibling.signer->certificate(), "outremeuse-2"});
  ExpectRefused(forged.Whole(), sync::v1::REFUSED_REASON_SIGNATURE);
}

TEST_F(HostilePeer, MayNotNameItsSiblingOverItsOwnCertificate) {
  const HandMadeJournal forged(*mallory_.signer,
                               {journal::v1::SCOPE_SHOP, "outremeuse", "", "outremeuse-2"});
  ExpectRefused(forged.Whole(), sync::v1::REFUSED_REASON_CERTIFICATE);
}

TEST_F(HostilePeer, MayNotUseAnotherCoopsCertificate) {
  Hub elsewhere(folder_ / "elsewhere", "Ailleurs");
  elsewhere.Start();
  const Ended ended = RunToEnd(EnrolCommand(folder_ / "theirs", "outremeuse-1", elsewhere.web(),
                                            elsewhere.CreateToken("outremeuse")));
  ASSERT_EQ(ended.code, 0) << ended.err;
  const identity::Identity foreign = IdentityOf(folder_ / "theirs");
  const HandMadeJournal forged(*foreign.signer);
  ExpectRefused(forged.Whole(), sync::v1::REFUSED_REASON_CERTIFICATE);

  // Nor for the connection itself.
  RawPeer stranger(hub_.sync(), foreign);
  EXPECT_EQ(stranger.AwaitEnd().error_code(), grpc::StatusCode::UNAVAILABLE);
  ExpectStillServes();
  elsewhere.Stop();
}

// ---- chains and signatures ----

TEST_F(HostilePeer, BrokenSignature) {
  HandMadeJournal journal(*mallory_.signer);
  journal.AddSale();
  Segment segment = journal.Whole();
  segment.mutable_signature()->back() ^= 1;
  ExpectRefused(segment, sync::v1::REFUSED_REASON_SIGNATURE);
}

TEST_F(HostilePeer, EntryAlteredAfterItWasSigned) {
  HandMadeJournal one(*mallory_.signer);
  one.AddSale("pain-gris");
  HandMadeJournal other = one;
  one.AddSale("pommes");
  other.AddSale("poires");
  Segment segment = other.Whole();
  segment.set_signature(one.Whole().signature());
  ExpectRefused(segment, sync::v1::REFUSED_REASON_SIGNATURE);
}

TEST_F(HostilePeer, ChainThatDoesNotFitWhatTheHubHolds) {
  HandMadeJournal journal(*mallory_.signer);
  journal.AddSale("pain-gris");
  HandMadeJournal branch = journal;
  journal.AddSale("pommes");
  branch.AddSale("poires");
  branch.AddSale("poires");
  {
    RawPeer peer(hub_.sync(), mallory_);
    peer.SayHello();
    peer.Bring(journal.Whole());
    EXPECT_EQ(peer.AwaitAck(journal.id()).sequence(), 3U);
  }
  // Its own key, its own numbers, another past.
  ExpectRefused(branch.Cut(4, 4), sync::v1::REFUSED_REASON_FORK, 3);
}

TEST_F(HostilePeer, GapInTheNumbersIsAskedForAgain) {
  HandMadeJournal journal(*mallory_.signer);
  journal.AddSale();
  journal.AddSale();
  ExpectRefused(journal.Cut(2, 3), sync::v1::REFUSED_REASON_GAP);
  RawPeer peer(hub_.sync(), mallory_);
  peer.SayHello();
  peer.Bring(journal.Cut(1, 1));
  peer.AwaitAck(journal.id());
  peer.Bring(journal.Cut(3, 3));
  EXPECT_EQ(peer.AwaitRefusal(journal.id()).sequence(), 1U);
  peer.Bring(journal.Cut(2, 3));
  EXPECT_EQ(peer.AwaitAck(journal.id()).sequence(), 3U);
}

TEST_F(HostilePeer, RepeatsAreTakenOnce) {
  HandMadeJournal journal(*mallory_.signer);
  journal.AddSale();
  RawPeer peer(hub_.sync(), mallory_);
  peer.SayHello();
  for (int i = 0; i < 3; ++i) {
    peer.Bring(journal.Whole());
    EXPECT_EQ(peer.AwaitAck(journal.id()).sequence(), 2U);
  }
  EXPECT_EQ(hub_.GetStatus().receipts(), 1U);
}

// ---- bytes ----

TEST_F(HostilePeer, TruncatedBlock) {
  HandMadeJournal journal(*mallory_.signer);
  journal.AddSale();
  Segment segment = journal.Whole();
  segment.mutable_block()->resize(segment.block().size() / 2);
  ExpectRefused(segment, sync::v1::REFUSED_REASON_MALFORMED);
}

TEST_F(HostilePeer, SegmentOverTheLimits) {
  HandMadeJournal journal(*mallory_.signer);
  Segment segment = journal.Whole();
  segment.set_raw_bytes(kSegmentRawBytesMax + 1);
  ExpectRefused(segment, sync::v1::REFUSED_REASON_LIMIT);
}

TEST_F(HostilePeer, OversizedFrameEndsTheStream) {
  const std::string too_long(kFrameBytesMax + (1 << 20), 'x');
  EXPECT_EQ(SendBytes(hub_.sync(), mallory_, too_long).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  ExpectStillServes();
}

TEST_F(HostilePeer, BytesThatAreNoFrameEndTheStream) {
  const grpc::Status status = SendBytes(hub_.sync(), mallory_, "\xff\xff garbage \x07");
  EXPECT_FALSE(status.ok());
  ExpectStillServes();
}

TEST_F(HostilePeer, FrameThatSaysNothingEndsTheSession) {
  RawPeer peer(hub_.sync(), mallory_);
  peer.SayHello();
  peer.Say(Frame());
  EXPECT_FALSE(peer.AwaitGoodbye().empty());
  EXPECT_EQ(peer.AwaitEnd().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  ExpectStillServes();
}

// ---- who it says it is ----

TEST_F(HostilePeer, NoProtocolVersionInCommon) {
  RawPeer peer(hub_.sync(), mallory_);
  sync::v1::Hello hello = RawPeer::GoodHello("outremeuse-1");
  hello.set_protocol_min(7);
  hello.set_protocol_max(9);
  peer.Say(RawPeer::Hello(hello));
  const std::string reason = peer.AwaitGoodbye();
  EXPECT_NE(reason.find("hub speaks 1 to 1"), std::string::npos) << reason;
  EXPECT_NE(reason.find("outremeuse-1 speaks 7 to 9"), std::string::npos) << reason;
  EXPECT_EQ(peer.AwaitEnd().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  ExpectStillServes();
}

TEST_F(HostilePeer, CallsItselfAnotherNode) {
  RawPeer peer(hub_.sync(), mallory_);
  peer.Say(RawPeer::Hello(RawPeer::GoodHello("herstal-1")));
  EXPECT_NE(peer.AwaitGoodbye().find("its certificate is of outremeuse-1"), std::string::npos);
  EXPECT_EQ(peer.AwaitEnd().error_code(), grpc::StatusCode::UNAUTHENTICATED);
  ExpectStillServes();
}

TEST_F(HostilePeer, BringsBeforeItSaysHello) {
  const HandMadeJournal journal(*mallory_.signer);
  RawPeer peer(hub_.sync(), mallory_);
  peer.Bring(journal.Whole());
  EXPECT_EQ(peer.AwaitEnd().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(HeldAtHub(journal.id()), 0U);
  ExpectStillServes();
}

// ---- facts that are not refused ----

TEST_F(HostilePeer, UnknownKindGetsAVerdictAndIsForwarded) {
  HandMadeJournal journal(*mallory_.signer, {journal::v1::SCOPE_COOP, "", "", ""});
  journal.Add(4'711, "of a release to come");
  RawPeer peer(hub_.sync(), mallory_);
  peer.SayHello();
  peer.Bring(journal.Whole());
  EXPECT_EQ(peer.AwaitAck(journal.id()).sequence(), 2U);
  EXPECT_EQ(hub_.GetStatus().bad_facts(), 1U);
  EXPECT_EQ(VerifyOnline(hub_.admin()).bad_facts(), 1U);
  EXPECT_EQ(VerifyOnline(hub_.admin()).findings_size(), 0);

  Node other(hub_, folder_ / "sainte-walburge", "sainte-walburge", "sainte-walburge-1");
  other.Start();
  WaitUntilLevel(hub_, other);
  EXPECT_EQ(other.GetStatus().bad_facts(), 1U);
  EXPECT_EQ(VerifyOnline(other.admin()).findings_size(), 0);
  other.Stop();
}

TEST_F(HostilePeer, ImpossibleSaleGetsAVerdictAndCountsForNothing) {
  HandMadeJournal journal(*mallory_.signer);
  journal.AddSale("pain-gris", -5'000);
  journal.AddSale("pain-gris", 2'000);
  RawPeer peer(hub_.sync(), mallory_);
  peer.SayHello();
  peer.Bring(journal.Whole());
  EXPECT_EQ(peer.AwaitAck(journal.id()).sequence(), 3U);
  EXPECT_EQ(hub_.GetStatus().bad_facts(), 1U);
  EXPECT_EQ(hub_.GetStatus().receipts(), 1U);
  const auto inventory = Get(hub_.coop(), &coop::v1::CoopService::Stub::ListInventory, {});
  ASSERT_EQ(inventory.rows_size(), 1);
  EXPECT_EQ(inventory.rows(0).total_milli(), -2'000);
}

}  // namespace
}  // namespace comptoir::testing
