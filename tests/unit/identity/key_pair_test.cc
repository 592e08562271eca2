#include "common/identity/key_pair.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "common/identity/openssl.h"
#include "common/identity/pem.h"
#include "tests/unit/identity/coop.h"

namespace comptoir::identity {
namespace {

using ::testing::HasSubstr;

std::string PemOf(EVP_PKEY* key) {
  const openssl::Bio bio(BIO_new(BIO_s_mem()));
  EXPECT_EQ(PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr),
            1);
  return openssl::Contents(bio.get());
}

TEST(KeyPairTest, ComesBackFromPem) {
  const KeyPair key = KeyPair::Generate().value();
  const std::string pem = key.ToPem();
  EXPECT_THAT(pem, HasSubstr("-----BEGIN PRIVATE KEY-----"));
  const absl::StatusOr<KeyPair> read = KeyPair::FromPem(pem);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->ToPem(), pem);
}

TEST(KeyPairTest, EveryKeyIsAnother) {
  EXPECT_NE(KeyPair::Generate()->ToPem(), KeyPair::Generate()->ToPem());
}

TEST(KeyPairTest, RefusesOtherKindsOfKeys) {
  const openssl::Key p384(EVP_EC_gen("P-384"));
  const openssl::Key edwards(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const openssl::Key rsa(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t{1024}));
  for (const openssl::Key* key : {&p384, &edwards, &rsa}) {
    ASSERT_NE(*key, nullptr);
    const absl::Status status = KeyPair::FromPem(PemOf(key->get())).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr("P-256"));
  }
}

TEST(KeyPairTest, RefusesWhatIsNoKey) {
  for (const std::string& pem : {std::string(), std::string("hello"), WritePem(kKeyLabel, "hello"),
                                 WritePem(kKeyLabel, ""), WritePem(kCertificateLabel, "hello")}) {
    EXPECT_EQ(KeyPair::FromPem(pem).status().code(), absl::StatusCode::kInvalidArgument) << pem;
  }
}

TEST(KeyPairTest, KnowsItsCertificate) {
  const Authority authority = MakeAuthority();
  const Issued one = Issue(authority, Node());
  const Issued other = Issue(authority, Node());
  EXPECT_TRUE(one.key.BelongsTo(one.certificate));
  EXPECT_FALSE(one.key.BelongsTo(other.certificate));
  EXPECT_FALSE(one.key.BelongsTo("hello"));
}

TEST(KeyPairTest, ASigningRequestNamesACode) {
  const KeyPair key = KeyPair::Generate().value();
  EXPECT_TRUE(MakeSigningRequest(key, "outremeuse-1").ok());
  EXPECT_EQ(MakeSigningRequest(key, "Outremeuse 1").status().code(),
            absl::StatusCode::kInvalidArgument);
}

RC_GTEST_PROP(KeyPairTest, AnyBytesAreRefused, (const std::string& bytes)) {
  RC_ASSERT(!KeyPair::FromPem(WritePem(kKeyLabel, bytes)).ok());
}

}  // namespace
}  // namespace comptoir::identity
