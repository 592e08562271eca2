#include "cli/pem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "cli/format.h"

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

TEST(Pem, WarnsAMonthBeforeAnIdentityEndsAndRefusesItAfterwards) {
  constexpr int64_t kEndMs = 1'795'435'200'000;
  constexpr int64_t kDayMs = 86'400'000;
  EXPECT_EQ(ExpiryWarning(kEndMs, kEndMs - 30 * kDayMs).value(), "");
  EXPECT_THAT(ExpiryWarning(kEndMs, kEndMs - 30 * kDayMs + 1).value(),
              ::testing::HasSubstr("this identity ends on " + FormatLocalInstant(kEndMs)));
  const absl::Status over = ExpiryWarning(kEndMs, kEndMs).status();
  EXPECT_EQ(over.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(over.message()), ::testing::HasSubstr("comptoir-hub renew-operator"));
}

TEST(Pem, WhatIsNoCertificateHasNoEnd) {
  EXPECT_FALSE(ExpiryOf(kLeaf).ok());
  EXPECT_FALSE(ExpiryOf("").ok());
}

}  // namespace
}  // namespace comptoir::cli
