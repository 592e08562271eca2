#include "common/retail/nodes/admit.h"

#include <string>

#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

class GenesisAdmitTest : public ::testing::Test {
 protected:
  GenesisAdmitTest() {
    genesis_.set_journal(2);
    genesis_.set_scope(journal::v1::SCOPE_SHOP);
    fact_ = FactIn(journal_, v1::FACT_KIND_GENESIS, genesis_);
    fact_.reference.sequence = Sequence(1);
  }

  const JournalContext journal_ = ShopJournal("herstal", 2);
  journal::v1::Genesis genesis_;
  Fact fact_;
};

TEST_F(GenesisAdmitTest, StandsFirstInItsJournal) {
  EXPECT_TRUE(AdmitGenesis(fact_, genesis_).ok());
  fact_.reference.sequence = Sequence(2);
  ExpectRefused(AdmitGenesis(fact_, genesis_), kWrongScope);
}

TEST_F(GenesisAdmitTest, OfAnotherJournalIsRefused) {
  genesis_.set_journal(3);
  ExpectRefused(AdmitGenesis(fact_, genesis_), kWrongScope);
}

TEST_F(GenesisAdmitTest, OfAnotherScopeIsRefused) {
  genesis_.set_scope(journal::v1::SCOPE_COOP);
  ExpectRefused(AdmitGenesis(fact_, genesis_), kWrongScope);
}

class NodeEnrolledAdmitTest : public ::testing::Test {
 protected:
  NodeEnrolledAdmitTest() {
    enrolled_.set_node("herstal-1");
    enrolled_.set_shop("herstal");
    enrolled_.set_certificate("der");
    enrolled_.set_token_sha256(std::string(32, 't'));
  }
  absl::Status Admitted() {
    return AdmitNodeEnrolled(FactIn(journal_, v1::FACT_KIND_NODE_ENROLLED, enrolled_), enrolled_);
  }

  JournalContext journal_ = CoopJournal();
  v1::NodeEnrolled enrolled_;
};

TEST_F(NodeEnrolledAdmitTest, IsTheHubs) {
  EXPECT_TRUE(Admitted().ok());
  journal_.writer = {"essai", "herstal-1", "herstal", false, true};
  ExpectRefused(Admitted(), kNotAllowed);
}

TEST_F(NodeEnrolledAdmitTest, IsWrittenForEveryone) {
  journal_.scope = journal::v1::SCOPE_HUB;
  ExpectRefused(Admitted(), kWrongScope);
}

TEST_F(NodeEnrolledAdmitTest, NamesNodeAndShop) {
  enrolled_.set_node("");
  ExpectRefused(Admitted(), kBadCode);
  enrolled_.set_node("herstal-1");
  enrolled_.set_shop("Herstal");
  ExpectRefused(Admitted(), kBadCode);
}

TEST_F(NodeEnrolledAdmitTest, CarriesACertificate) {
  enrolled_.set_certificate("");
  ExpectRefused(Admitted(), kBadCertificate);
  enrolled_.set_certificate(std::string(kCertificateBytesMax, 'c'));
  EXPECT_TRUE(Admitted().ok());
  enrolled_.set_certificate(std::string(kCertificateBytesMax + 1, 'c'));
  ExpectRefused(Admitted(), kBadCertificate);
}

TEST_F(NodeEnrolledAdmitTest, CarriesTheTokensHash) {
  enrolled_.set_token_sha256(std::string(31, 't'));
  ExpectRefused(Admitted(), kBadCertificate);
}

class NodeRevokedAdmitTest : public ::testing::Test {
 protected:
  NodeRevokedAdmitTest() {
    revoked_.set_node("herstal-1");
    revoked_.set_reason("stolen on Monday night");
    AddHead(3, 7);
    AddHead(5, 1);
  }
  void AddHead(uint64_t journal, uint64_t sequence) {
    journal::v1::Head* head = revoked_.add_heads();
    head->set_journal(journal);
    head->set_sequence(sequence);
    head->set_hash(std::string(sizeof(Hash), 'h'));
  }
  absl::Status Admitted() {
    return AdmitNodeRevoked(FactIn(journal_, v1::FACT_KIND_NODE_REVOKED, revoked_), revoked_);
  }

  JournalContext journal_ = CoopJournal();
  v1::NodeRevoked revoked_;
};

TEST_F(NodeRevokedAdmitTest, IsTheHubsAndForEveryone) {
  EXPECT_TRUE(Admitted().ok());
  journal_.writer = {"essai", "outremeuse-1", "outremeuse", false, true};
  ExpectRefused(Admitted(), kNotAllowed);
  journal_ = CoopJournal();
  journal_.scope = journal::v1::SCOPE_HUB;
  ExpectRefused(Admitted(), kWrongScope);
}

TEST_F(NodeRevokedAdmitTest, NamesAnotherThanTheHub) {
  revoked_.set_node("hub");
  ExpectRefused(Admitted(), kNotAllowed);
  revoked_.set_node("Herstal 1");
  ExpectRefused(Admitted(), kBadCode);
}

TEST_F(NodeRevokedAdmitTest, SaysWhy) {
  revoked_.set_reason("");
  ExpectRefused(Admitted(), kBadText);
  revoked_.set_reason("two\nlines");
  ExpectRefused(Admitted(), kBadText);
  revoked_.set_reason(std::string(kRevocationReasonBytesMax, 'r'));
  EXPECT_TRUE(Admitted().ok());
  revoked_.set_reason(std::string(kRevocationReasonBytesMax + 1, 'r'));
  ExpectRefused(Admitted(), kBadText);
}

TEST_F(NodeRevokedAdmitTest, MayNameNoJournal) {
  revoked_.clear_heads();
  EXPECT_TRUE(Admitted().ok());
}

TEST_F(NodeRevokedAdmitTest, NamesEachJournalOnce) {
  AddHead(5, 2);
  ExpectRefused(Admitted(), kBadReference);
}

TEST_F(NodeRevokedAdmitTest, HeadsAreWhole) {
  AddHead(6, 0);
  ExpectRefused(Admitted(), kBadReference);
  revoked_.mutable_heads()->RemoveLast();
  AddHead(6, 1);
  EXPECT_TRUE(Admitted().ok());
  revoked_.mutable_heads(2)->set_hash("short");
  ExpectRefused(Admitted(), kBadReference);
}

TEST_F(NodeRevokedAdmitTest, AFullOneFitsAFact) {
  revoked_.clear_heads();
  revoked_.set_reason(std::string(kRevocationReasonBytesMax, 'r'));
  for (int i = 0; i < kRevocationHeadsMax; ++i) {
    AddHead(UINT64_MAX - static_cast<uint64_t>(kRevocationHeadsMax - i), uint64_t{1} << 40);
  }
  EXPECT_TRUE(Admitted().ok());
  EXPECT_LE(revoked_.ByteSizeLong(), kFactBytesMax);
  revoked_.mutable_heads(0)->set_journal(1);
  AddHead(UINT64_MAX, 1);
  ExpectRefused(Admitted(), kBadReference);
}

}  // namespace
}  // namespace comptoir::retail
