#include "common/retail/text.h"

#include <gtest/gtest.h>

#include <string>

namespace comptoir::retail {
namespace {

TEST(TextTest, QuotesAndEscapes) {
  EXPECT_EQ(Quoted("pain"), "\"pain\"");
  EXPECT_EQ(Quoted("a\nb"), "\"a\\nb\"");
  EXPECT_EQ(Quoted("pâté"), "\"pâté\"");
}

TEST(TextTest, CutsNoCharacterInTwo) {
  // 63 bytes, then one of two: there is no room for its second.
  EXPECT_EQ(Quoted(std::string(63, 'a') + "é"), "\"" + std::string(63, 'a') + "\"");
  EXPECT_EQ(Quoted(std::string(62, 'a') + "éé"), "\"" + std::string(62, 'a') + "é\"");
}

TEST(TextTest, CutsWhatIsLong) { EXPECT_EQ(Quoted(std::string(1'000, 'a')).size(), 66u); }

}  // namespace
}  // namespace comptoir::retail
