#include "common/base/bytes.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace comptoir {
namespace {

std::string Varint(uint64_t value) {
  std::string text;
  AppendVarint(value, &text);
  return text;
}

std::string BigEndian64(uint64_t value) {
  std::string text;
  AppendBigEndian64(value, &text);
  return text;
}

TEST(BytesTest, BigEndianPutsTheHighByteFirst) {
  std::string text = "x";
  AppendBigEndian32(0x01020304, &text);
  AppendBigEndian64(0x05060708090a0b0c, &text);
  EXPECT_EQ(text, "x\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c");
}

RC_GTEST_PROP(BytesTest, BigEndianComesBack, (uint64_t wide, uint32_t narrow)) {
  std::string text = BigEndian64(wide);
  AppendBigEndian32(narrow, &text);
  RC_ASSERT(text.size() == 12u);
  RC_ASSERT(ReadBigEndian64(text) == wide);
  RC_ASSERT(ReadBigEndian32(std::string_view(text).substr(8)) == narrow);
}

RC_GTEST_PROP(BytesTest, BigEndianSortsAsItCounts, (uint64_t a, uint64_t b)) {
  RC_ASSERT((BigEndian64(a) < BigEndian64(b)) == (a < b));
}

TEST(BytesTest, VarintIsAsProtocolBuffersWriteIt) {
  EXPECT_EQ(Varint(0), std::string(1, '\0'));
  EXPECT_EQ(Varint(127), "\x7f");
  EXPECT_EQ(Varint(128), std::string("\x80\x01", 2));
  EXPECT_EQ(Varint(300), "\xac\x02");
  EXPECT_EQ(Varint(std::numeric_limits<uint64_t>::max()),
            "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
}

RC_GTEST_PROP(BytesTest, VarintComesBackAndLeavesTheRest,
              (uint64_t value, const std::string& tail)) {
  // Small ones too, which uniform 64-bit values never are.
  value >>= *rc::gen::inRange(0, 64);
  const std::string text = Varint(value) + tail;
  std::string_view rest = text;
  uint64_t read = ~value;
  RC_ASSERT(ConsumeVarint(&rest, &read));
  RC_ASSERT(read == value);
  RC_ASSERT(rest == tail);
}

TEST(BytesTest, VarintRefusesWhatIsCutShort) {
  for (const std::string& text : {std::string(), std::string("\x80"), std::string(9, '\x80')}) {
    std::string_view rest = text;
    uint64_t value = 7;
    EXPECT_FALSE(ConsumeVarint(&rest, &value));
    EXPECT_EQ(value, 7u);
    EXPECT_EQ(rest.size(), text.size());
  }
}

TEST(BytesTest, VarintRefusesOver64Bits) {
  for (const std::string& text : {std::string(9, '\xff') + "\x02", std::string(10, '\x80') + "\x01",
                                  std::string(20, '\xff')}) {
    std::string_view rest = text;
    uint64_t value = 7;
    EXPECT_FALSE(ConsumeVarint(&rest, &value));
    EXPECT_EQ(value, 7u);
  }
}

}  // namespace
}  // namespace comptoir
