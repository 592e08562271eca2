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

TEST(TextTest, CutsWhatIsLong) { EXPECT_EQ(Quoted(std::string(1'000, 'a')).size(), 66u); }

}  // namespace
}  // namespace comptoir::retail
