#include "common/identity/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "common/base/limits.h"
#include "tests/unit/identity/coop.h"

namespace comptoir::identity {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Holder kHub = HubHolder("petits", "hub-1");
const Holder kOperator = OperatorHolder("petits", "claire");

// ---- names ----

TEST(HolderTest, HasItsUris) {
  EXPECT_THAT(UrisOf(kHub), ElementsAre("comptoir://petits/-/hub-1", "comptoir:role:catalogue"));
  EXPECT_THAT(UrisOf(Node()), ElementsAre("comptoir://petits/outremeuse/outremeuse-1"));
  EXPECT_THAT(UrisOf(Node(true)),
              ElementsAre("comptoir://petits/outremeuse/outremeuse-1", "comptoir:role:catalogue"));
  EXPECT_THAT(UrisOf(kOperator),
              ElementsAre("comptoir://petits/-operator/claire", "comptoir:role:catalogue"));
}

TEST(HolderTest, HasItsTlsName) {
  EXPECT_EQ(TlsNameOf(kHub), "hub.comptoir");
  EXPECT_EQ(TlsNameOf(Node()), "outremeuse-1.outremeuse.comptoir");
  EXPECT_EQ(TlsNameOf(kOperator), "");
}

TEST(HolderTest, NoNodeIsMistakenForTheHubOrAnOperator) {
  const Holder hub_like = NodeHolder("petits", "hub", "hub", false);
  EXPECT_NE(TlsNameOf(hub_like), kHubTlsName);
  const absl::StatusOr<Holder> read = HolderFromUris(UrisOf(hub_like));
  ASSERT_TRUE(read.ok());
  EXPECT_FALSE(read->writer.hub);
  const Holder operator_like = NodeHolder("petits", "operator", "claire", false);
  EXPECT_EQ(HolderFromUris(UrisOf(operator_like))->kind, Holder::Kind::kNode);
  EXPECT_FALSE(CheckHolder(NodeHolder("petits", "-", "hub-1", false)).ok());
  EXPECT_FALSE(CheckHolder(NodeHolder("petits", "-operator", "claire", false)).ok());
}

TEST(HolderTest, RefusesPartsThatAreNoCodes) {
  EXPECT_TRUE(CheckHolder(Node()).ok());
  EXPECT_TRUE(CheckHolder(kHub).ok());
  EXPECT_TRUE(CheckHolder(kOperator).ok());
  for (const Holder& holder :
       {NodeHolder("", "outremeuse", "outremeuse-1", false), NodeHolder("petits", "", "x", false),
        NodeHolder("petits", "outremeuse", "", false),
        NodeHolder("petits", "a/b", "outremeuse-1", false),
        NodeHolder("petits", "outremeuse", "a,DNS:hub.comptoir", false), HubHolder("petits", "Hub"),
        OperatorHolder("petits", "Claire D.")}) {
    EXPECT_EQ(CheckHolder(holder).code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST(HolderTest, RefusesRightsOutOfPlace) {
  Holder holder = Node();
  holder.writer.hub = true;
  EXPECT_FALSE(CheckHolder(holder).ok());
  holder = kHub;
  holder.writer.shop = "outremeuse";
  EXPECT_FALSE(CheckHolder(holder).ok());
  holder = kHub;
  holder.writer.may_edit_catalogue = false;
  EXPECT_FALSE(CheckHolder(holder).ok());
  holder = kOperator;
  holder.writer.shop = "outremeuse";
  EXPECT_FALSE(CheckHolder(holder).ok());
}

// ---- from a peer's URIs ----

TEST(HolderFromUrisTest, ReadsWhatWasWritten) {
  for (const Holder& holder : {kHub, Node(), Node(true), kOperator}) {
    const absl::StatusOr<Holder> read = HolderFromUris(UrisOf(holder));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, holder);
  }
}

TEST(HolderFromUrisTest, TheOrderDoesNotMatterAndUnknownRolesAreSkipped) {
  const absl::StatusOr<Holder> read =
      HolderFromUris({"comptoir:role:catalogue", "https://example.org/", "comptoir:role:later",
                      "comptoir://petits/outremeuse/outremeuse-1"});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, Node(true));
}

TEST(HolderFromUrisTest, RefusesNoneOrTwo) {
  EXPECT_EQ(HolderFromUris({}).status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(HolderFromUris({"comptoir:role:catalogue"}).status().code(),
            absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(HolderFromUris({"comptoir://petits/-/hub-1", "comptoir://petits/a/b"}).status().code(),
            absl::StatusCode::kUnauthenticated);
}

TEST(HolderFromUrisTest, RefusesOtherShapes) {
  for (const char* uri :
       {"comptoir://", "comptoir://petits", "comptoir://petits/outremeuse",
        "comptoir://petits/outremeuse/", "comptoir://petits//outremeuse-1",
        "comptoir:///outremeuse/outremeuse-1", "comptoir://petits/outremeuse/outremeuse-1/",
        "comptoir://petits/outremeuse/a/b", "comptoir://petits/Outremeuse/a",
        "comptoir://petits/-other/a", "comptoir://petits/-/", "comptoir://petits/outremeuse/a?b"}) {
    const absl::StatusOr<Holder> read = HolderFromUris({uri});
    EXPECT_EQ(read.status().code(), absl::StatusCode::kUnauthenticated) << uri;
  }
  const std::string with_nul("comptoir://petits/outremeuse/a\0b", 32);
  EXPECT_FALSE(HolderFromUris({with_nul}).ok());
}

RC_GTEST_PROP(HolderFromUrisTest, AnyTextIsRefused, (const std::string& text)) {
  RC_ASSERT(!HolderFromUris({text}).ok());
  RC_ASSERT(!HolderFromUris({"comptoir://" + text}).ok());
}

// ---- from certificates ----

TEST(CertificateTest, SaysWhoHoldsIt) {
  const Authority authority = MakeAuthority();
  for (const Holder& holder : {kHub, Node(), Node(true), kOperator}) {
    const std::string der = Issue(authority, holder).certificate;
    EXPECT_LE(der.size(), kCertificateBytesMax);
    const absl::StatusOr<Holder> read = ParseCertificate(der);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, holder);
    EXPECT_EQ(ParseCertificatePem(CertificateToPem(der)).value(), holder);
    EXPECT_EQ(CertificateFromPem(CertificateToPem(der)).value(), der);
  }
}

TEST(CertificateTest, RefusesWhatIsNotOneWholeCertificate) {
  const std::string der = Issue(MakeAuthority(), Node()).certificate;
  for (size_t size = 0; size < der.size(); size += 7) {
    EXPECT_EQ(ParseCertificate(der.substr(0, size)).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  EXPECT_FALSE(ParseCertificate(der + "x").ok());
  EXPECT_FALSE(ParseCertificate(std::string(kCertificateBytesMax + 1, 'x')).ok());
  EXPECT_FALSE(ParseCertificatePem("hello").ok());
}

TEST(CertificateTest, AnAuthorityIsNoHolder) {
  EXPECT_EQ(ParseCertificate(MakeAuthority().certificate()).status().code(),
            absl::StatusCode::kUnauthenticated);
}

TEST(AuthorityCertificateTest, NamesItsCoop) {
  const absl::StatusOr<Coop> coop = ParseAuthorityCertificate(MakeAuthority().certificate());
  ASSERT_TRUE(coop.ok()) << coop.status();
  EXPECT_EQ(coop->code, "petits");
  EXPECT_EQ(coop->name, "Les Petits Producteurs");
}

TEST(AuthorityCertificateTest, RefusesEveryOther) {
  const std::string node = Issue(MakeAuthority(), Node()).certificate;
  const absl::Status status = ParseAuthorityCertificate(node).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("identity/authority.pem"));
  EXPECT_FALSE(ParseAuthorityCertificate("hello").ok());
}

TEST(LifeTest, IsWhatTheAuthoritySaid) {
  const Life life = LifeOf(Issue(MakeAuthority(), Node()).certificate).value();
  EXPECT_EQ(life, (Life{kNowMs, kNowMs + kCertificateDays * kDayMs}));
  EXPECT_EQ(life.length_ms(), kCertificateLifeMs);
}

TEST(LifeTest, OfACertificateThatDoesNotSayWhenItWasIssued) {
  const Life life = LifeOf(MakeAuthority().certificate()).value();
  EXPECT_EQ(life.expires_ms, kNowMs + int64_t{kAuthorityYears} * 365 * kDayMs);
  EXPECT_EQ(life.length_ms(), kCertificateLifeMs);
  EXPECT_EQ(LifeOf("hello").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(LifeTest, IsDueInItsLastThird) {
  const Life life{1'000, 4'000};
  EXPECT_FALSE(life.IsDue(2'999));
  EXPECT_TRUE(life.IsDue(3'000));
  EXPECT_FALSE(life.IsOver(3'999));
  EXPECT_TRUE(life.IsOver(4'000));
}

TEST(HaveSameKeyTest, TellsKeysApart) {
  const Issued& node = SharedNode();
  const std::string request = MakeSigningRequest(node.key, "outremeuse-1").value();
  const std::string again = SharedAuthority().Issue(Node(), request, kNowMs + kDayMs).value();
  EXPECT_NE(again, node.certificate);
  EXPECT_TRUE(HaveSameKey(node.certificate, again));
  EXPECT_FALSE(HaveSameKey(node.certificate, Issue(SharedAuthority(), Node()).certificate));
  EXPECT_FALSE(HaveSameKey(node.certificate, "hello"));
}

TEST(FingerprintTest, IsTheCertificatesSha256) {
  const Authority one = MakeAuthority();
  const Authority other = MakeAuthority();
  EXPECT_EQ(Fingerprint(one.certificate()), Fingerprint(one.certificate()));
  EXPECT_NE(Fingerprint(one.certificate()), Fingerprint(other.certificate()));
}

RC_GTEST_PROP(CertificateTest, AnyBytesAreRefused, (const std::string& bytes)) {
  RC_ASSERT(!ParseCertificate(bytes).ok());
  RC_ASSERT(!ParseAuthorityCertificate(bytes).ok());
}

RC_GTEST_PROP(CertificateTest, AnyChangedByteIsReadOrRefused, ()) {
  std::string changed = SharedNode().certificate;
  changed[*rc::gen::inRange<size_t>(0, changed.size())] = *rc::gen::arbitrary<char>();
  const absl::StatusOr<Holder> holder = ParseCertificate(changed);
  if (holder.ok()) RC_ASSERT(CheckHolder(*holder).ok());
}

}  // namespace
}  // namespace comptoir::identity
