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

}  // namespace
}  // namespace comptoir::retail
