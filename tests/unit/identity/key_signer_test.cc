#include "common/identity/key_signer.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/base/limits.h"
#include "common/identity/certificate_verifier.h"
#include "tests/unit/identity/coop.h"

namespace comptoir::identity {
namespace {

TEST(KeySignerTest, SignsAsTheCertificatesHolder) {
  const Authority authority = MakeAuthority();
  const Issued node = Issue(authority, Node(true));
  const std::unique_ptr<KeySigner> signer = KeySigner::Make(node.key, node.certificate).value();
  EXPECT_EQ(signer->certificate(), node.certificate);
  EXPECT_EQ(signer->writer(), Node(true).writer);

  const auto verifier = CertificateVerifier::Make({authority.certificate()}).value();
  const std::string signature = signer->Sign("a head").value();
  EXPECT_LE(signature.size(), kSignatureBytesMax);
  EXPECT_TRUE(verifier->VerifySignature(node.certificate, "a head", signature).ok());
}

TEST(KeySignerTest, RefusesAnothersCertificate) {
  const Authority authority = MakeAuthority();
  const Issued node = Issue(authority, Node());
  EXPECT_EQ(KeySigner::Make(KeyPair::Generate().value(), node.certificate).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(KeySignerTest, RefusesAnOperatorWhoWritesNoJournal) {
  const Issued person = Issue(MakeAuthority(), OperatorHolder("petits", "claire"));
  EXPECT_EQ(KeySigner::Make(person.key, person.certificate).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(KeySignerTest, RefusesWhatIsNoCertificate) {
  EXPECT_EQ(KeySigner::Make(KeyPair::Generate().value(), "hello").status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(KeySignerTest, ManyThreadsMaySignAtOnce) {
  const Authority authority = MakeAuthority();
  const Issued node = Issue(authority, Node());
  const std::unique_ptr<KeySigner> signer = KeySigner::Make(node.key, node.certificate).value();
  const auto verifier = CertificateVerifier::Make({authority.certificate()}).value();
  std::vector<int> good(4, 0);
  std::vector<std::thread> threads;
  for (int& count : good) {
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i) {
        const std::string message = std::to_string(i);
        const std::string signature = signer->Sign(message).value();
        count += verifier->VerifySignature(node.certificate, message, signature).ok();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, std::vector<int>(4, 25));
}

TEST(KeySignerTest, OwnsEveryCertificateForItsKey) {
  const Issued& node = SharedNode();
  const auto signer = KeySigner::Make(node.key, node.certificate).value();
  const std::string request = MakeSigningRequest(node.key, "outremeuse-1").value();
  EXPECT_TRUE(signer->Owns(node.certificate));
  EXPECT_TRUE(signer->Owns(SharedAuthority().Issue(Node(), request, kNowMs + kDayMs).value()));
  EXPECT_FALSE(signer->Owns(Issue(SharedAuthority(), Node()).certificate));
  EXPECT_FALSE(signer->Owns("hello"));
}

}  // namespace
}  // namespace comptoir::identity
