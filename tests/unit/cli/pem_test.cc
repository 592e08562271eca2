#include "cli/pem.h"

#include <gtest/gtest.h>

#include <string>

namespace comptoir::cli {
namespace {

constexpr char kKey[] = "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n";
constexpr char kLeaf[] = "-----BEGIN CERTIFICATE-----\nBBBB\n-----END CERTIFICATE-----\n";
constexpr char kAuthority[] = "-----BEGIN CERTIFICATE-----\nCCCC\n-----END CERTIFICATE-----\n";

TEST(Pem, SplitsKeyCertificateAndAuthority) {
  const auto identity = SplitPem(std::string("# operator\n") + kKey + kLeaf + kAuthority);
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->key, kKey);
  EXPECT_EQ(identity->certificate, kLeaf);
  EXPECT_EQ(identity->authority, kAuthority);
}

TEST(Pem, TheKeyMayComeAnywhere) {
  const auto identity = SplitPem(std::string(kLeaf) + kAuthority + kAuthority + kKey);
  ASSERT_TRUE(identity.ok());
  EXPECT_EQ(identity->certificate, kLeaf);
  EXPECT_EQ(identity->authority, std::string(kAuthority) + kAuthority);
}

TEST(Pem, RefusesFilesWithAPartMissing) {
  EXPECT_FALSE(SplitPem("").ok());
  EXPECT_FALSE(SplitPem(std::string(kKey) + kLeaf).ok());
  EXPECT_FALSE(SplitPem(std::string(kLeaf) + kAuthority).ok());
  EXPECT_FALSE(SplitPem(std::string(kLeaf) + kAuthority + "-----BEGIN PRIVATE KEY-----\nAA").ok());
  EXPECT_FALSE(SplitPem("-----BEGIN ").ok());
}

}  // namespace
}  // namespace comptoir::cli
