#include "common/base/ids.h"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>

#include "absl/hash/hash.h"

namespace comptoir {
namespace {

static_assert(!std::is_convertible_v<JournalId, Sequence>);
static_assert(!std::is_constructible_v<Sequence, JournalId>);
static_assert(!std::is_convertible_v<uint64_t, JournalId>);

Hash CountingHash() {
  Hash hash;
  for (size_t i = 0; i < hash.bytes.size(); ++i) hash.bytes[i] = static_cast<uint8_t>(i + 1);
  return hash;
}

TEST(IdsTest, ZeroStandsForNone) {
  EXPECT_EQ(JournalId().value(), 0u);
  EXPECT_EQ(Sequence().value(), 0u);
}

TEST(IdsTest, NextCountsByOne) { EXPECT_EQ(Next(Sequence(41)), Sequence(42)); }

TEST(IdsTest, OrderIsByValue) {
  EXPECT_LT(Sequence(2), Sequence(10));
  EXPECT_LT(Day(-1), Day(0));
  EXPECT_NE(JournalId(1), JournalId(2));
}

TEST(IdsTest, HashesWithAbseil) {
  EXPECT_EQ(absl::HashOf(JournalId(7)), absl::HashOf(JournalId(7)));
  EXPECT_NE(absl::HashOf(Reference{JournalId(1), Sequence(2), 3}),
            absl::HashOf(Reference{JournalId(1), Sequence(3), 2}));
}

TEST(IdsTest, AHashComesBackFromItsBytes) {
  const Hash hash = CountingHash();
  Hash read;
  EXPECT_TRUE(Hash::FromView(hash.view(), &read));
  EXPECT_EQ(read, hash);
}

TEST(IdsTest, AHashOfAnotherSizeIsRefusedAndChangesNothing) {
  Hash read = CountingHash();
  EXPECT_FALSE(Hash::FromView(std::string(31, 'x'), &read));
  EXPECT_FALSE(Hash::FromView(std::string(33, 'x'), &read));
  EXPECT_FALSE(Hash::FromView("", &read));
  EXPECT_EQ(read, CountingHash());
}

TEST(IdsTest, APrefixIsTheFirstEightBytesBigEndian) {
  EXPECT_EQ(CountingHash().prefix(), 0x0102030405060708u);
}

TEST(IdsTest, HeadsCompareByAllTheirParts) {
  const Head head{JournalId(1), Sequence(2), CountingHash()};
  Head other = head;
  EXPECT_EQ(head, other);
  other.hash.bytes[31] ^= 1;
  EXPECT_NE(head, other);
  EXPECT_LT((Head{JournalId(1), Sequence(9), CountingHash()}),
            (Head{JournalId(2), Sequence(1), CountingHash()}));
}

}  // namespace
}  // namespace comptoir
