#include "cli/request_id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace comptoir::cli {
namespace {

using ::testing::HasSubstr;

class CountingRandom : public Random {
 public:
  void Fill(std::span<uint8_t> bytes) override {
    for (uint8_t& byte : bytes) byte = next_++;
  }

 private:
  uint8_t next_ = 1;
};

TEST(RequestIds, AreASessionAndACounter) {
  CountingRandom random;
  RequestIds ids(random);
  EXPECT_EQ(RequestIdText(ids.Next()), "0102030405060708090a0b0c00000000");
  EXPECT_EQ(RequestIdText(ids.Next()), "0102030405060708090a0b0c00000001");
  RequestIds others(random);
  EXPECT_EQ(RequestIdText(others.Next()), "0d0e0f10111213141516171800000000");
}

TEST(RequestIds, ComeBackFromText) {
  CountingRandom random;
  const std::string id = RequestIds(random).Next();
  EXPECT_EQ(id.size(), 16u);
  EXPECT_EQ(*ParseRequestId(RequestIdText(id)), id);
  EXPECT_EQ(RequestIdText(*ParseRequestId("0F8FAD5B-D9CB-469F-A165-70867728950E")),
            "0f8fad5bd9cb469fa16570867728950e");
}

TEST(RequestIds, RefusesOtherText) {
  for (const char* text :
       {"", "0102", "0102030405060708090a0b0c0000000", "xx02030405060708090a0b0c00000000",
        "0102030405060708090a0b0c000000000", "0102030405060708090a0b0c0000000g"}) {
    EXPECT_THAT(std::string(ParseRequestId(text).status().message()),
                HasSubstr("32 hexadecimal digits"))
        << text;
  }
}

TEST(SystemRandom, DoesNotRepeatItself) {
  SystemRandom random;
  std::set<uint64_t> seen;
  for (int i = 0; i < 100; ++i) seen.insert(random.Next64());
  EXPECT_EQ(seen.size(), 100u);
}

}  // namespace
}  // namespace comptoir::cli
