#include "common/identity/pem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace comptoir::identity {
namespace {

using ::testing::HasSubstr;

void ExpectNoPem(const std::string& text, const char* why) {
  const absl::StatusOr<std::vector<PemBlock>> blocks = ReadPem(text);
  ASSERT_FALSE(blocks.ok());
  EXPECT_EQ(blocks.status().code(), absl::StatusCode::kInvalidArgument) << blocks.status();
  EXPECT_THAT(std::string(blocks.status().message()), HasSubstr(why));
}

TEST(PemTest, BlocksComeBackInOrderWithoutWhatIsBetween) {
  const std::string text = "written by hand\n" + WritePem("FIRST", "one") + "\n# note\n" +
                           WritePem("SECOND", std::string("\0\xff", 2)) + WritePem("FIRST", "3");
  const absl::StatusOr<std::vector<PemBlock>> blocks = ReadPem(text);
  ASSERT_TRUE(blocks.ok()) << blocks.status();
  ASSERT_EQ(blocks->size(), 3u);
  EXPECT_EQ((*blocks)[0].label, "FIRST");
  EXPECT_EQ((*blocks)[0].der, "one");
  EXPECT_EQ((*blocks)[1].der, std::string("\0\xff", 2));
  EXPECT_THAT(ReadPemBlocks(text, "FIRST").value(), ::testing::ElementsAre("one", "3"));
  EXPECT_EQ(ReadPemBlock(text, "FIRST").value(), "one");
}

TEST(PemTest, RefusesTextWithoutBlocks) {
  ExpectNoPem("", "no block");
  ExpectNoPem("hello\n", "no block");
}

TEST(PemTest, RefusesABlockThatIsNotThere) {
  const absl::Status status = ReadPemBlock(WritePem("FIRST", "one"), kKeyLabel).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("PRIVATE KEY"));
}

TEST(PemTest, RefusesWhatIsCutShort) {
  const std::string second = WritePem("SECOND", std::string(100, 'x'));
  const std::string text = WritePem("FIRST", "one") + second;
  // From just after the second block's first line.
  for (size_t cut = 1; cut < second.size() - second.find('\n') - 1; ++cut) {
    const std::string_view part = std::string_view(text).substr(0, text.size() - cut);
    if (part.ends_with("-----END SECOND-----")) continue;  // the last line break may be missing
    ExpectNoPem(std::string(part), "damaged");
  }
}

// It must not wait for somebody to type.
TEST(PemTest, RefusesAnEncryptedBlockWithoutAsking) {
  ExpectNoPem(
      "-----BEGIN EC PRIVATE KEY-----\n"
      "Proc-Type: 4,ENCRYPTED\n"
      "DEK-Info: AES-128-CBC,000102030405060708090A0B0C0D0E0F\n"
      "\n"
      "b25l\n"
      "-----END EC PRIVATE KEY-----\n",
      "encrypted");
}

TEST(PemTest, RefusesTooMuch) { ExpectNoPem(std::string(kPemBytesMax + 1, ' '), "at most"); }

RC_GTEST_PROP(PemTest, AnyTextIsReadOrRefused, (const std::string& text)) {
  RC_ASSERT(!ReadPem(text).ok());
  std::string changed = WritePem(kCertificateLabel, "some bytes that are not a certificate");
  changed[*rc::gen::inRange<size_t>(0, changed.size())] = *rc::gen::arbitrary<char>();
  const absl::StatusOr<std::vector<PemBlock>> blocks = ReadPem(changed);
  if (blocks.ok()) RC_ASSERT(blocks->size() == 1u);
}

}  // namespace
}  // namespace comptoir::identity
