#include "common/identity/certificate_verifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/base/limits.h"
#include "tests/unit/identity/coop.h"

namespace comptoir::identity {
namespace {

using ::testing::HasSubstr;

class CertificateVerifierTest : public ::testing::Test {
 protected:
  void ExpectForeign(std::string_view certificate, const char* why) {
    const absl::StatusOr<journal::Writer> writer = verifier_->VerifyCertificate(certificate);
    EXPECT_EQ(writer.status().code(), absl::StatusCode::kUnauthenticated) << writer.status();
    EXPECT_THAT(std::string(writer.status().message()), HasSubstr(why));
    EXPECT_EQ(verifier_->VerifySignature(certificate, "a head", signature_).code(),
              absl::StatusCode::kUnauthenticated);
  }

  absl::Status Verify(std::string_view message, std::string_view signature) {
    return verifier_->VerifySignature(node_.certificate, message, signature);
  }

  const Authority& authority_ = SharedAuthority();
  const Issued& node_ = SharedNode();
  const std::string signature_ = node_.key.Sign("a head").value();
  const std::unique_ptr<CertificateVerifier> verifier_ =
      CertificateVerifier::Make({authority_.certificate()}).value();
};

TEST_F(CertificateVerifierTest, SaysWhoWrote) {
  EXPECT_EQ(verifier_->coop(), "petits");
  for (const Holder& holder : {HubHolder("petits", "hub-1"), Node(), Node(true)}) {
    const std::string certificate = Issue(authority_, holder).certificate;
    EXPECT_EQ(verifier_->VerifyCertificate(certificate).value(), holder.writer);
    EXPECT_EQ(verifier_->VerifyCertificate(certificate).value(), holder.writer) << "kept";
  }
}

TEST_F(CertificateVerifierTest, RefusesAnotherAuthorityOfTheSameName) {
  ExpectForeign(Issue(MakeAuthority(), Node()).certificate, "authority");
}

TEST_F(CertificateVerifierTest, RefusesAForeignCoop) {
  ExpectForeign(
      Issue(MakeAuthority("autres"), NodeHolder("autres", "outremeuse", "outremeuse-1", false))
          .certificate,
      "authority");
}

TEST_F(CertificateVerifierTest, RefusesAnOperatorAsAWriter) {
  ExpectForeign(Issue(authority_, OperatorHolder("petits", "claire")).certificate, "operator");
}

TEST_F(CertificateVerifierTest, RefusesTheAuthorityItselfAsAWriter) {
  ExpectForeign(authority_.certificate(), "names");
}

TEST_F(CertificateVerifierTest, RefusesWhatIsNoCertificate) {
  ExpectForeign("", "X.509");
  ExpectForeign("hello", "X.509");
  ExpectForeign(node_.certificate.substr(0, node_.certificate.size() / 2), "X.509");
  ExpectForeign(node_.certificate + "x", "X.509");
  ExpectForeign(std::string(kCertificateBytesMax + 1, 'x'), "at most");
}

// Each byte of the signed part counts, and nothing altered is kept.
TEST_F(CertificateVerifierTest, RefusesACertificateThatWasAltered) {
  const size_t name = node_.certificate.find("outremeuse-1");
  ASSERT_NE(name, std::string::npos);
  std::string altered = node_.certificate;
  altered[name + 11] = '2';
  ExpectForeign(altered, "authority");
  altered = node_.certificate;
  altered.back() ^= 1;
  ExpectForeign(altered, "authority");
  EXPECT_EQ(verifier_->certificates_kept(), 0u);
}

// R3: expiry ends sessions, not history.
TEST_F(CertificateVerifierTest, AnExpiredCertificateStillVerifiesHistory) {
  const Authority old =
      Authority::Create("petits", "Les Petits Producteurs", kNowMs - 30 * 365 * kDayMs).value();
  const Issued node = Issue(old, Node(), kNowMs - 29 * 365 * kDayMs);
  const auto verifier = CertificateVerifier::Make({old.certificate()}).value();
  EXPECT_TRUE(verifier->VerifyCertificate(node.certificate).ok());
  EXPECT_TRUE(
      verifier->VerifySignature(node.certificate, "a head", node.key.Sign("a head").value()).ok());
}

TEST_F(CertificateVerifierTest, TrustsSeveralAuthoritiesOfOneCoop) {
  const Authority next = MakeAuthority();
  const auto verifier =
      CertificateVerifier::Make({authority_.certificate(), next.certificate()}).value();
  EXPECT_TRUE(verifier->VerifyCertificate(node_.certificate).ok());
  EXPECT_TRUE(verifier->VerifyCertificate(Issue(next, Node()).certificate).ok());
  EXPECT_FALSE(verifier->VerifyCertificate(Issue(MakeAuthority(), Node()).certificate).ok());
}

TEST_F(CertificateVerifierTest, NeedsAuthoritiesOfOneCoop) {
  const auto refused = [](const std::vector<std::string>& authorities) {
    return CertificateVerifier::Make(authorities).status().code() ==
           absl::StatusCode::kInvalidArgument;
  };
  EXPECT_TRUE(refused({}));
  EXPECT_TRUE(refused({"hello"}));
  EXPECT_TRUE(refused({node_.certificate}));
  EXPECT_TRUE(refused({authority_.certificate(), MakeAuthority("autres").certificate()}));
}

// ---- signatures ----

TEST_F(CertificateVerifierTest, TakesTheHoldersSignature) {
  EXPECT_TRUE(Verify("a head", signature_).ok());
  EXPECT_TRUE(Verify("", node_.key.Sign("").value()).ok());
}

TEST_F(CertificateVerifierTest, RefusesEveryOtherSignature) {
  const Issued other = Issue(authority_, Node());
  EXPECT_EQ(Verify("another head", signature_).code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(Verify("a head", other.key.Sign("a head").value()).code(),
            absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(Verify("a head", "").code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(Verify("a head", std::string(kSignatureBytesMax + 1, 'x')).code(),
            absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(Verify("a head", signature_ + "x").code(), absl::StatusCode::kUnauthenticated);
  EXPECT_THAT(std::string(Verify("another head", signature_).message()), HasSubstr("outremeuse-1"));
}

RC_GTEST_FIXTURE_PROP(CertificateVerifierTest, RefusesAnyAlteredSignature, ()) {
  std::string altered = signature_;
  const size_t at = *rc::gen::inRange<size_t>(0, altered.size());
  altered[at] = *rc::gen::distinctFrom(altered[at]);
  RC_ASSERT(!Verify("a head", altered).ok());
}

RC_GTEST_FIXTURE_PROP(CertificateVerifierTest, RefusesAnyBytes, (const std::string& bytes)) {
  RC_ASSERT(!verifier_->VerifyCertificate(bytes).ok());
  RC_ASSERT(!Verify("a head", bytes).ok());
}

// ---- what is kept ----

TEST_F(CertificateVerifierTest, KeepsACertificateOnce) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Verify("a head", signature_).ok());
  EXPECT_EQ(verifier_->certificates_kept(), 1u);
}

TEST_F(CertificateVerifierTest, KeepsAtMostItsLimitAndForgetsTheLongestUnused) {
  const auto verifier = CertificateVerifier::Make({authority_.certificate()}, 2).value();
  std::vector<Issued> nodes;
  for (int i = 0; i < 5; ++i) nodes.push_back(Issue(authority_, Node()));
  for (int round = 0; round < 2; ++round) {
    for (const Issued& node : nodes) {
      const std::string signature = node.key.Sign("a head").value();
      EXPECT_TRUE(verifier->VerifySignature(node.certificate, "a head", signature).ok());
      EXPECT_LE(verifier->certificates_kept(), 2u);
    }
  }
}

TEST_F(CertificateVerifierTest, OthersCannotPushOutWhatIsKept) {
  EXPECT_TRUE(Verify("a head", signature_).ok());
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(verifier_->VerifyCertificate(Issue(MakeAuthority(), Node()).certificate).ok());
  }
  EXPECT_EQ(verifier_->certificates_kept(), 1u);
}

TEST_F(CertificateVerifierTest, ManyThreadsMayAskAtOnce) {
  const auto verifier = CertificateVerifier::Make({authority_.certificate()}, 2).value();
  std::vector<Issued> nodes;
  std::vector<std::string> signatures;
  for (int i = 0; i < 4; ++i) {
    nodes.push_back(Issue(authority_, Node()));
    signatures.push_back(nodes.back().key.Sign("a head").value());
  }
  std::vector<int> good(4, 0);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < good.size(); ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = 0; i < 40; ++i) {
        const size_t n = (i + t) % nodes.size();
        good[t] += verifier->VerifySignature(nodes[n].certificate, "a head", signatures[n]).ok();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, std::vector<int>(4, 40));
  EXPECT_EQ(verifier->certificates_kept(), 2u);
}

}  // namespace
}  // namespace comptoir::identity
