#include "common/base/text.h"

#include <gtest/gtest.h>

#include <string>

namespace comptoir {
namespace {

TEST(TextTest, QuotesAndEscapes) {
  EXPECT_EQ(Quoted("pain"), "\"pain\"");
  EXPECT_EQ(Quoted("a\nb"), "\"a\\nb\"");
  EXPECT_EQ(Quoted("pâté"), "\"pâté\"");
}

TEST(TextTest, CutsNoCharacterInTwo) {
  // 63 bytes, then one of two: there is no room for its second.
  std::string text(63, 'a');
  text += "é";
  EXPECT_EQ(Quoted(text), Quoted(text.substr(0, 63)));
  // 62, and there is.
  text.erase(0, 1);
  EXPECT_EQ(Quoted(text + "é"), Quoted(text));
}

TEST(TextTest, CutsWhatIsLong) { EXPECT_EQ(Quoted(std::string(1'000, 'a')).size(), 66u); }

}  // namespace
}  // namespace comptoir
