#include "cli/basket_sale.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace comptoir::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class BasketFileTest : public ::testing::Test {
 protected:
  void Write(const std::string& text) { std::ofstream(path_) << text; }
  void TearDown() override { unlink(path_.c_str()); }

  const std::string path_ =
      ::testing::TempDir() + "/comptoir_basket_sale_test." + std::to_string(getpid());
};

TEST_F(BasketFileTest, TheSameSessionMakesTheSameRequests) {
  Write(
      "\xef\xbb\xbf"
      "pain\n\n# none\nlait=2\n");
  const auto first = ReadBasketFile(path_, {}, "");
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_THAT(first->lines, ElementsAre(1u, 4u));
  const auto other = ReadBasketFile(path_, {}, "");
  EXPECT_NE(first->sales[0].request_id(), other->sales[0].request_id());
  std::string hex;
  for (const char c : first->session) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex += kDigits[static_cast<uint8_t>(c) >> 4];
    hex += kDigits[static_cast<uint8_t>(c) & 15];
  }
  const auto again = ReadBasketFile(path_, {}, hex);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->sales[0].request_id(), first->sales[0].request_id());
  EXPECT_EQ(again->sales[1].request_id(), first->sales[1].request_id());
  EXPECT_FALSE(ReadBasketFile(path_, {}, "abc").ok());
  EXPECT_FALSE(ReadBasketFile(path_, {}, std::string(24, 'g')).ok());
}

TEST_F(BasketFileTest, LargeQuantitiesMustBeMeant) {
  Write("pain=100000\nlait=54001410\n");
  const absl::Status status = ReadBasketFile(path_, {}, "").status();
  EXPECT_THAT(std::string(status.message()),
              HasSubstr(path_ + ":2: 54001410 units on one line are over 100000"));
  BasketOptions options;
  options.takes_large = true;
  EXPECT_TRUE(ReadBasketFile(path_, options, "").ok());
}

TEST_F(BasketFileTest, EveryBadLineIsNamedWithItsFile) {
  Write("pain=x\npain=1\nPain=1\n");
  const std::string why(ReadBasketFile(path_, {}, "").status().message());
  EXPECT_THAT(why, HasSubstr(path_ + ":1: \"x\" is not a quantity"));
  EXPECT_THAT(why, HasSubstr(path_ + ":3: product \"Pain\" is not a code"));
}

TEST_F(BasketFileTest, SaysWhetherItsLastLineHasAnEnd) {
  Write("pain=1\n");
  EXPECT_TRUE(ReadBasketFile(path_, {}, "")->is_ended);
  Write("pain=1\npain=12");
  EXPECT_FALSE(ReadBasketFile(path_, {}, "")->is_ended);
}

TEST_F(BasketFileTest, AnEndlessLineIsRefused) {
  EXPECT_THAT(std::string(ReadBasketFile("/dev/zero", {}, "").status().message()),
              HasSubstr("/dev/zero:1: this line is too long"));
}

}  // namespace
}  // namespace comptoir::cli
