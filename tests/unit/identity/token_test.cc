#include "common/identity/token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "common/journal/chain.h"
#include "tests/unit/identity/coop.h"

namespace comptoir::identity {
namespace {

using ::testing::HasSubstr;

// Frozen: tokens are pasted between releases. Secret 00 to 0f, fingerprint
// SHA-256("abc"); made by another route.
constexpr char kText[] = "CPT1.AAECAwQFBgcICQoLDA0OD7p4Fr-PAc_qQUFA3l2uIiOwA2Gjlhd6nLQQ_2HyABWt";

Token FrozenToken() {
  CountingRandom random;
  return MakeToken(journal::Sha256("abc"), random);
}

void ExpectNoToken(const std::string& text, const char* why) {
  const absl::StatusOr<Token> token = ParseToken(text);
  ASSERT_FALSE(token.ok()) << text;
  EXPECT_EQ(token.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(token.status().message()), HasSubstr(why));
}

TEST(TokenTest, TextIsFrozen) {
  EXPECT_EQ(TokenText(FrozenToken()), kText);
  const absl::StatusOr<Token> token = ParseToken(kText);
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(*token, FrozenToken());
}

TEST(TokenTest, HashIsOfTheSecretAlone) {
  const std::string secret("\0\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xf", 16);
  EXPECT_EQ(TokenHash(FrozenToken()), journal::Sha256(secret));
}

TEST(TokenTest, EveryTokenIsAnother) {
  CountingRandom random;
  const Hash authority = journal::Sha256("abc");
  EXPECT_NE(MakeToken(authority, random), MakeToken(authority, random));
}

TEST(TokenTest, SkipsWhiteSpaceAroundIt) {
  const absl::StatusOr<Token> token = ParseToken(std::string(" \t") + kText + "\r\n");
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(*token, FrozenToken());
}

TEST(TokenTest, RefusesWhatIsNoToken) {
  for (const char* text : {"", "   ", "CPT1", "cpt1.AAEC", "CPT2.AAEC", "hello"}) {
    ExpectNoToken(text, "not an enrolment token");
  }
}

TEST(TokenTest, RefusesPartsOfOne) {
  const std::string text = kText;
  ExpectNoToken("CPT1.", "has 0 letters");
  ExpectNoToken(text.substr(0, text.size() - 1), "has 63 letters");
  ExpectNoToken(text + "A", "has 65 letters");
  ExpectNoToken(std::string("CPT1.") + std::string(1 << 20, 'A'), "letters");
}

TEST(TokenTest, RefusesLettersThatNoTokenHas) {
  for (char letter : {'+', '/', '=', ' ', '\n', '\0', '\xc3'}) {
    std::string text = kText;
    text[20] = letter;
    ExpectNoToken(text, "letter");
  }
}

RC_GTEST_PROP(TokenTest, EveryTokenComesBack, ()) {
  Token token;
  for (uint8_t& byte : token.secret) byte = *rc::gen::arbitrary<uint8_t>();
  for (uint8_t& byte : token.authority.bytes) byte = *rc::gen::arbitrary<uint8_t>();
  const absl::StatusOr<Token> read = ParseToken(TokenText(token));
  RC_ASSERT(read.ok());
  RC_ASSERT(*read == token);
}

RC_GTEST_PROP(TokenTest, AnyTextIsTakenOrRefused, (const std::string& text)) {
  RC_ASSERT(!ParseToken(text).ok());
  std::string changed = kText;
  changed[*rc::gen::inRange<size_t>(0, changed.size())] = *rc::gen::arbitrary<char>();
  const absl::StatusOr<Token> token = ParseToken(changed);
  // One text per token: what is taken is written the same again.
  if (token.ok()) RC_ASSERT(TokenText(*token) == changed);
}

}  // namespace
}  // namespace comptoir::identity
