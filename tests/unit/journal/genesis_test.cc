#include "common/journal/genesis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>

#include "common/base/limits.h"
#include "common/identity/certificate_verifier.h"
#include "tests/unit/identity/coop.h"

namespace comptoir::journal {
namespace {

using ::testing::HasSubstr;

constexpr JournalId kJournal(42);

// ---- the series ----

TEST(SeriesTest, IsTheDayAndSixSigns) {
  identity::CountingRandom random;
  EXPECT_EQ(MakeSeries(Day(20'780), random), "261123-234567");
  EXPECT_EQ(MakeSeries(Day(0), random), "700101-89abcd");
}

TEST(SeriesTest, AWildClockStillGivesASeries) {
  identity::CountingRandom random;
  EXPECT_EQ(MakeSeries(Day(INT32_MIN), random).substr(0, 7), "700101-");
  EXPECT_EQ(MakeSeries(Day(INT32_MAX), random).substr(0, 7), "991231-");
}

TEST(SeriesTest, UsesEverySignButThoseThatAreMistaken) {
  identity::CountingRandom random;
  std::string seen;
  for (int i = 0; i < 100; ++i) seen += MakeSeries(Day(0), random).substr(7);
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  EXPECT_EQ(seen, "23456789abcdefghijkmnpqrstuvwxyz");
}

// ---- the genesis ----

class GenesisTest : public ::testing::Test {
 protected:
  v1::Genesis MakeGenesis() {
    v1::Genesis genesis;
    genesis.set_journal(kJournal.value());
    genesis.set_node("outremeuse-1");
    genesis.set_shop("outremeuse");
    genesis.set_scope(v1::SCOPE_SHOP);
    genesis.set_series("261123-k7m2xq");
    genesis.set_certificate(node_certificate_);
    return genesis;
  }

  v1::Genesis MakeHubGenesis(v1::Scope scope, const std::string& shop) {
    v1::Genesis genesis = MakeGenesis();
    genesis.set_node("hub-1");
    genesis.set_certificate(Issue(authority_, identity::HubHolder("petits", "hub-1")).certificate);
    genesis.set_scope(scope);
    genesis.set_shop(shop);
    return genesis;
  }

  static std::string EntryOf(const v1::Genesis& genesis) {
    v1::Entry entry;
    entry.set_kind(kGenesisKind);
    entry.set_fold_version(1);
    entry.set_fact(genesis.SerializeAsString());
    return entry.SerializeAsString();
  }

  absl::StatusOr<v1::Genesis> Check(const v1::Genesis& genesis) {
    return CheckGenesis(kJournal, EntryOf(genesis), *verifier_, &writer_);
  }

  void ExpectRefused(const v1::Genesis& genesis, absl::StatusCode code, const char* why) {
    const absl::Status status = Check(genesis).status();
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(why));
    EXPECT_EQ(writer_, Writer()) << "set although refused";
  }

  void ExpectMalformed(const v1::Genesis& genesis, const char* why) {
    ExpectRefused(genesis, absl::StatusCode::kInvalidArgument, why);
  }

  const identity::Authority& authority_ = identity::SharedAuthority();
  const std::string& node_certificate_ = identity::SharedNode().certificate;
  const std::unique_ptr<identity::CertificateVerifier> verifier_ =
      identity::CertificateVerifier::Make({authority_.certificate()}).value();
  Writer writer_;
};

TEST_F(GenesisTest, TakesAShopsOwnAndSaysWhoWroteIt) {
  const absl::StatusOr<v1::Genesis> genesis = Check(MakeGenesis());
  ASSERT_TRUE(genesis.ok()) << genesis.status();
  EXPECT_EQ(genesis->series(), "261123-k7m2xq");
  EXPECT_EQ(writer_.coop, "petits");
  EXPECT_EQ(writer_.node, "outremeuse-1");
  EXPECT_EQ(writer_.shop, "outremeuse");
  EXPECT_FALSE(writer_.hub);
  EXPECT_FALSE(writer_.may_edit_catalogue);
}

TEST_F(GenesisTest, TakesCoopFromAShop) {
  v1::Genesis genesis = MakeGenesis();
  genesis.set_scope(v1::SCOPE_COOP);
  genesis.clear_shop();
  EXPECT_TRUE(Check(genesis).ok());
}

TEST_F(GenesisTest, TakesEveryScopeFromTheHub) {
  EXPECT_TRUE(Check(MakeHubGenesis(v1::SCOPE_COOP, "")).ok());
  EXPECT_TRUE(Check(MakeHubGenesis(v1::SCOPE_SHOP, "herstal")).ok());
  EXPECT_TRUE(Check(MakeHubGenesis(v1::SCOPE_HUB, "")).ok());
  EXPECT_TRUE(writer_.hub);
}

TEST_F(GenesisTest, RefusesScopesThatTheCertificateDoesNotAllow) {
  v1::Genesis genesis = MakeGenesis();
  genesis.set_shop("herstal");
  ExpectRefused(genesis, absl::StatusCode::kPermissionDenied,
                "outremeuse-1 of shop outremeuse may not write journals of shop herstal");
  genesis.clear_shop();
  genesis.set_scope(v1::SCOPE_HUB);
  ExpectRefused(genesis, absl::StatusCode::kPermissionDenied, "not the hub");
}

TEST_F(GenesisTest, RefusesAnotherNodesName) {
  v1::Genesis genesis = MakeGenesis();
  genesis.set_node("outremeuse-2");
  ExpectRefused(genesis, absl::StatusCode::kUnauthenticated, "outremeuse-2");
}

TEST_F(GenesisTest, RefusesAForeignCertificate) {
  const identity::Authority foreign = identity::MakeAuthority();
  v1::Genesis genesis = MakeGenesis();
  genesis.set_certificate(Issue(foreign, identity::Node()).certificate);
  ExpectRefused(genesis, absl::StatusCode::kUnauthenticated, "authority");
  genesis.set_certificate("not a certificate");
  ExpectRefused(genesis, absl::StatusCode::kUnauthenticated, "X.509");
}

TEST_F(GenesisTest, RefusesAnotherJournals) {
  v1::Genesis genesis = MakeGenesis();
  genesis.set_journal(43);
  ExpectMalformed(genesis, "another journal's");
  genesis.set_journal(0);
  ExpectMalformed(genesis, "another journal's");
}

TEST_F(GenesisTest, RefusesNamesThatAreNoCodes) {
  v1::Genesis genesis = MakeGenesis();
  genesis.set_node("Outremeuse 1");
  ExpectMalformed(genesis, "node");
  genesis = MakeGenesis();
  genesis.set_shop("");
  ExpectMalformed(genesis, "shop");
  genesis = MakeGenesis();
  genesis.set_series("");
  ExpectMalformed(genesis, "series");
  genesis.set_series(std::string(kSeriesBytesMax + 1, '2'));
  ExpectMalformed(genesis, "series");
  genesis.set_series("261123\n");
  ExpectMalformed(genesis, "series");
}

TEST_F(GenesisTest, RefusesUnknownScopesAndShopsWhereNoneBelongs) {
  v1::Genesis genesis = MakeGenesis();
  genesis.set_scope(v1::SCOPE_UNSPECIFIED);
  ExpectMalformed(genesis, "unknown scope 0");
  genesis.set_scope(static_cast<v1::Scope>(4));
  ExpectMalformed(genesis, "unknown scope 4");
  genesis.set_scope(v1::SCOPE_COOP);
  ExpectMalformed(genesis, "a scope that has none");
}

TEST_F(GenesisTest, RefusesACertificateOfNoOrTooGreatSize) {
  v1::Genesis genesis = MakeGenesis();
  genesis.clear_certificate();
  ExpectMalformed(genesis, "certificate has 0 bytes");
  genesis.set_certificate(std::string(kCertificateBytesMax + 1, 'x'));
  ExpectMalformed(genesis, "certificate has 4097 bytes");
}

TEST_F(GenesisTest, TakesOnlyAPossiblePredecessor) {
  v1::Genesis genesis = MakeGenesis();
  v1::Head* const follows = genesis.mutable_follows();
  follows->set_journal(7);
  follows->set_sequence(1);
  follows->set_hash(std::string(32, 'x'));
  EXPECT_TRUE(Check(genesis).ok());
  writer_ = Writer();
  follows->set_sequence(0);
  ExpectMalformed(genesis, "follows");
  follows->set_sequence(1);
  follows->set_hash("short");
  ExpectMalformed(genesis, "follows");
  follows->set_hash(std::string(32, 'x'));
  follows->set_journal(0);
  ExpectMalformed(genesis, "follows");
  follows->set_journal(kJournal.value());
  ExpectMalformed(genesis, "follows");
}

TEST_F(GenesisTest, RefusesOtherKindsAndWhatDoesNotParse) {
  v1::Entry entry;
  ASSERT_TRUE(entry.ParseFromString(EntryOf(MakeGenesis())));
  entry.set_kind(2);
  const auto check = [&](std::string_view bytes) {
    return CheckGenesis(kJournal, bytes, *verifier_, &writer_).status();
  };
  EXPECT_THAT(std::string(check(entry.SerializeAsString()).message()), HasSubstr("kind 2"));
  entry.set_kind(kGenesisKind);
  entry.set_fact("\xff");
  EXPECT_EQ(check(entry.SerializeAsString()).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(check("\xff").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(check("").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(check(std::string(kEntryBytesMax + 1, 'x')).message()),
              HasSubstr("at most"));
}

RC_GTEST_FIXTURE_PROP(GenesisTest, AnyBytesAreRefused, (const std::string& bytes)) {
  RC_ASSERT(!CheckGenesis(kJournal, bytes, *verifier_, &writer_).ok());
}

// A changed byte may be one that is not looked at; it never crashes, and what
// passes still names the certificate's holder.
RC_GTEST_FIXTURE_PROP(GenesisTest, AnyChangedByteIsTakenOrRefused, ()) {
  std::string bytes = EntryOf(MakeGenesis());
  bytes[*rc::gen::inRange<size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
  const absl::StatusOr<v1::Genesis> genesis = CheckGenesis(kJournal, bytes, *verifier_, &writer_);
  if (genesis.ok()) RC_ASSERT(writer_.node == "outremeuse-1" && genesis->node() == writer_.node);
}

// ---- reading rights ----

TEST(MayReadTest, FollowsTheScope) {
  Writer hub;
  hub.hub = true;
  Writer node;
  node.shop = "outremeuse";
  EXPECT_TRUE(MayRead(hub, v1::SCOPE_COOP, ""));
  EXPECT_TRUE(MayRead(hub, v1::SCOPE_SHOP, "herstal"));
  EXPECT_TRUE(MayRead(hub, v1::SCOPE_HUB, ""));
  EXPECT_TRUE(MayRead(node, v1::SCOPE_COOP, ""));
  EXPECT_TRUE(MayRead(node, v1::SCOPE_SHOP, "outremeuse"));
  EXPECT_FALSE(MayRead(node, v1::SCOPE_SHOP, "herstal"));
  EXPECT_FALSE(MayRead(node, v1::SCOPE_HUB, ""));
}

TEST(MayReadTest, NobodyReadsAnUnknownScopeOrAShopWithoutAName) {
  Writer hub;
  hub.hub = true;
  EXPECT_FALSE(MayRead(hub, v1::SCOPE_UNSPECIFIED, ""));
  EXPECT_FALSE(MayRead(hub, static_cast<v1::Scope>(9), ""));
  EXPECT_FALSE(MayRead(Writer(), v1::SCOPE_SHOP, ""));
}

}  // namespace
}  // namespace comptoir::journal
