#include "common/retail/keys.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace comptoir::retail {
namespace {

using std::string_literals::operator""s;

TEST(KeysTest, AreLaidOutAsTheTablesSay) {
  EXPECT_EQ(FieldKey(Subject::kProduct, "pain", 2), "Ppain\0\x02"s);
  EXPECT_EQ(PricePrefix("pain", ""), "$pain\0\0"s);
  EXPECT_EQ(PricePrefix("pain", "herstal"), "$pain\0herstal\0"s);
  EXPECT_EQ(SeriesKey("herstal", "261123-k7qm2w"), "herstal\000261123-k7qm2w\0"s);
  EXPECT_EQ(ReceiptKey(JournalId(0x0102), 3), "\0\0\0\0\0\0\1\2\0\0\0\0\0\0\0\3"s);
  EXPECT_EQ(ReceiptDayPrefix("herstal", Day(1)), "herstal\0\x80\0\0\1"s);
  EXPECT_EQ(BalancePrefix("shop:herstal"), "shop:herstal\0"s);
  std::string balance;
  AppendBalance({"pain", v1::UNIT_PIECE, "L47"}, &balance);
  EXPECT_EQ(balance, "pain\0\1L47"s);
}

TEST(KeysTest, SignedNumbersSortAsTheyCount) {
  std::string before;
  for (const int32_t value : {INT32_MIN, -1, 0, 1, INT32_MAX}) {
    std::string key;
    AppendSigned32(value, &key);
    EXPECT_LT(before, key) << value;
    before = key;
    std::string_view rest = key;
    int32_t back = 0;
    ASSERT_TRUE(ConsumeSigned32(&rest, &back));
    EXPECT_EQ(back, value);
    EXPECT_TRUE(rest.empty());
  }
}

TEST(KeysTest, PartsAreTakenOffTheFront) {
  std::string key;
  AppendCode("pain", &key);
  AppendUnit(v1::UNIT_LITRE, &key);
  AppendBigEndian64(7, &key);
  AppendBigEndian32(8, &key);
  std::string_view rest = key;
  std::string_view code;
  v1::Unit unit = v1::UNIT_UNSPECIFIED;
  uint64_t eight_bytes = 0;
  uint32_t four_bytes = 0;
  ASSERT_TRUE(ConsumeCode(&rest, &code) && ConsumeUnit(&rest, &unit) &&
              ConsumeBigEndian64(&rest, &eight_bytes) && ConsumeBigEndian32(&rest, &four_bytes));
  EXPECT_EQ(code, "pain");
  EXPECT_EQ(unit, v1::UNIT_LITRE);
  EXPECT_EQ(eight_bytes, 7u);
  EXPECT_EQ(four_bytes, 8u);
}

TEST(KeysTest, PartsThatAreNotThereAreNotTaken) {
  std::string_view rest = "abc";
  std::string_view code;
  v1::Unit unit = v1::UNIT_UNSPECIFIED;
  uint64_t eight_bytes = 0;
  uint32_t four_bytes = 0;
  int32_t number = 0;
  EXPECT_FALSE(ConsumeCode(&rest, &code));
  EXPECT_FALSE(ConsumeBigEndian64(&rest, &eight_bytes));
  EXPECT_FALSE(ConsumeBigEndian32(&rest, &four_bytes));
  EXPECT_FALSE(ConsumeSigned32(&rest, &number));
  EXPECT_EQ(rest, "abc");
  rest = "";
  EXPECT_FALSE(ConsumeUnit(&rest, &unit));
  EXPECT_FALSE(ParseBalance("pain").has_value());
  EXPECT_FALSE(ParseBalance("pain\0"s).has_value());
}

TEST(KeysTest, ALimitIsAfterAllWithItsPrefix) {
  EXPECT_EQ(PrefixLimit("a"), "b");
  EXPECT_EQ(PrefixLimit("a\xff"), "b");
  EXPECT_EQ(PrefixLimit("\xff\xff"), "");
  EXPECT_EQ(PrefixLimit(""), "");
  EXPECT_GT(PrefixLimit("a\0"s), "a\0\xff\xff"s);
}

TEST(KeysTest, ReceiptsShareABlockByThousands) {
  EXPECT_EQ(ReceiptBlock(1), 0u);
  EXPECT_EQ(ReceiptBlock(1'023), 0u);
  EXPECT_EQ(ReceiptBlock(1'024), 1u);
}

}  // namespace
}  // namespace comptoir::retail
