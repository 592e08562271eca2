#include "common/daemon/fact_cursor.h"

#include <gtest/gtest.h>

#include "common/journal/chain.h"
#include "common/retail/reasons.h"

namespace comptoir::daemon {
namespace {

admin::v1::FactCursor Cursor(int positions) {
  admin::v1::FactCursor cursor;
  cursor.set_audience(7);
  for (int i = 1; i <= positions; ++i) {
    admin::v1::JournalPosition* position = cursor.add_positions();
    position->set_journal(static_cast<uint64_t>(i));
    position->set_sequence(UINT64_MAX);
    position->set_opened(UINT64_MAX);
    position->set_line(UINT32_MAX);
  }
  return cursor;
}

// As SealFactCursor would, of any bytes.
std::string Sealed(std::string body) {
  body.append(journal::Sha256(body).view().substr(0, 4));
  return body;
}

void ExpectRefused(const std::string& bytes, uint64_t audience = 7) {
  const auto opened = OpenFactCursor(bytes, audience);
  EXPECT_EQ(opened.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(retail::ReasonOf(opened.status()), retail::kBadCursor);
}

TEST(FactCursorTest, OpensToWhatWasSealed) {
  for (const int positions : {0, 1, 300}) {
    const admin::v1::FactCursor cursor = Cursor(positions);
    const auto opened = OpenFactCursor(SealFactCursor(cursor), 7);
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(opened->SerializeAsString(), cursor.SerializeAsString());
  }
}

TEST(FactCursorTest, TheLongestIsWithinTheLimitAndOneMoreIsRefused) {
  const std::string longest = SealFactCursor(Cursor(kCursorPositionsMax));
  EXPECT_LE(longest.size(), kCursorBytesMax);
  EXPECT_TRUE(OpenFactCursor(longest, 7).ok());
  ExpectRefused(SealFactCursor(Cursor(kCursorPositionsMax + 1)));
  ExpectRefused(std::string(kCursorBytesMax + 1, '\x01'));
}

TEST(FactCursorTest, EveryCutAndEveryFlippedByteIsRefused) {
  const std::string whole = SealFactCursor(Cursor(2));
  for (size_t length = 0; length < whole.size(); ++length) ExpectRefused(whole.substr(0, length));
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string altered = whole;
    altered[at] = static_cast<char>(altered[at] ^ 0x10);
    ExpectRefused(altered);
  }
}

TEST(FactCursorTest, WellSealedNonsenseIsRefused) {
  ExpectRefused(Sealed("\x01not a message"));
  ExpectRefused(Sealed("\x02" + Cursor(1).SerializeAsString()));  // another version
  admin::v1::FactCursor twice = Cursor(2);
  twice.mutable_positions(1)->set_journal(1);
  ExpectRefused(SealFactCursor(twice));
  admin::v1::FactCursor none = Cursor(1);
  none.mutable_positions(0)->set_journal(0);
  ExpectRefused(SealFactCursor(none));
}

TEST(FactCursorTest, ACursorOfAnotherAudienceIsRefused) {
  ExpectRefused(SealFactCursor(Cursor(1)), 8);
  journal::Writer one;
  one.coop = "essai";
  one.shop = "outremeuse";
  one.node = "outremeuse-1";
  journal::Writer sibling = one;
  sibling.node = "outremeuse-2";
  EXPECT_EQ(AudienceOf(one), AudienceOf(sibling));
  journal::Writer other = one;
  other.shop = "herstal";
  EXPECT_NE(AudienceOf(one), AudienceOf(other));
  other = one;
  other.coop = "autre";
  EXPECT_NE(AudienceOf(one), AudienceOf(other));
}

}  // namespace
}  // namespace comptoir::daemon
