#include "common/sync/effects.h"

#include <string>

#include "gtest/gtest.h"

namespace comptoir::sync {
namespace {

TEST(EffectsTest, AddFrameAppendsAnEmptyFrame) {
  Effects effects;
  AddFrame(&effects).mutable_heartbeat()->set_wall_ms(5);
  AddFrame(&effects).mutable_list();
  ASSERT_EQ(effects.size(), 2u);
  EXPECT_EQ(std::get<SendFrame>(effects[0]).frame.heartbeat().wall_ms(), 5);
  EXPECT_TRUE(std::get<SendFrame>(effects[1]).frame.has_list());
}

TEST(EffectsTest, ShortenKeepsWhatFits) {
  EXPECT_EQ(Shorten("", 3), "");
  EXPECT_EQ(Shorten("abc", 3), "abc");
  EXPECT_EQ(Shorten("abcd", 3), "abc");
}

TEST(EffectsTest, ShortenCutsNoCharacterInTwo) {
  EXPECT_EQ(Shorten("aé", 2), "a");
  EXPECT_EQ(Shorten("aéb", 3), "aé");
  EXPECT_EQ(Shorten("€", 2), "");
  EXPECT_EQ(Shorten("\x80\x80", 1), "");
}

}  // namespace
}  // namespace comptoir::sync
