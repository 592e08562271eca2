#include "common/store/counters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "common/store/store.h"

namespace comptoir::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<int64_t> Decoded(std::string_view value) {
  const auto sums = DecodeCounters(value);
  EXPECT_EQ(sums.status(), absl::OkStatus());
  return sums.value_or(std::vector<int64_t>{-999});
}

std::string Merged(std::string_view a, std::string_view b) {
  CounterSums sums;
  EXPECT_TRUE(AddEncodedCounters(a, &sums));
  EXPECT_TRUE(AddEncodedCounters(b, &sums));
  return EncodeCounters(sums);
}

// What is on disks already: these bytes never change.
TEST(Counters, BytesAreFrozen) {
  EXPECT_EQ(EncodeCounters({}), "");
  EXPECT_EQ(EncodeCounters(std::vector<int64_t>{0}), std::string("\0", 1));
  EXPECT_EQ(EncodeCounters(std::vector<int64_t>{-1, 1, 63, 64}), "\x01\x02\x7e\x80\x01");
  EXPECT_EQ(EncodeCounters(std::vector<int64_t>{INT64_MIN}),
            "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
  EXPECT_EQ(EncodeCounters(std::vector<int64_t>{INT64_MAX}),
            "\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01");
}

TEST(Counters, DamageIsDataLoss) {
  const std::string_view damaged[] = {
      "\x80",                                          // cut short
      "\x02\xff",                                      // the second one cut short
      std::string_view("\x82\x00", 2),                 // longer than need be
      std::string_view("\x80\x80\x00\x02", 4),         // so is this
      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",      // over 64 bits
      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",  // over 10 bytes
  };
  for (const std::string_view value : damaged) {
    EXPECT_EQ(DecodeCounters(value).status().code(), absl::StatusCode::kDataLoss);
    CounterSums sums;
    EXPECT_FALSE(AddEncodedCounters(value, &sums));
  }
}

TEST(Counters, MergeIsAsLongAsTheLonger) {
  const auto encode = [](std::vector<int64_t> sums) { return EncodeCounters(sums); };
  EXPECT_THAT(Decoded(Merged(encode({1, 2}), encode({10}))), ElementsAre(11, 2));
  EXPECT_THAT(Decoded(Merged(encode({10}), encode({1, 2}))), ElementsAre(11, 2));
  EXPECT_THAT(Decoded(Merged("", encode({0, 0}))), ElementsAre(0, 0));
  EXPECT_THAT(Decoded(Merged("", "")), IsEmpty());
  EXPECT_THAT(Decoded(Merged(encode({5}), encode({-5}))), ElementsAre(0));
}

TEST(Counters, AdditionWraps) {
  EXPECT_EQ(AddWrapping(INT64_MAX, 1), INT64_MIN);
  EXPECT_EQ(AddWrapping(INT64_MIN, -1), INT64_MAX);
  EXPECT_EQ(AddWrapping(INT64_MIN, INT64_MIN), 0);
  EXPECT_EQ(AddWrapping(-3, 5), 2);
}

RC_GTEST_PROP(Counters, DecodeTakesBackEncode, (const std::vector<int64_t>& sums)) {
  RC_ASSERT(DecodeCounters(EncodeCounters(sums)).value() == sums);
}

RC_GTEST_PROP(Counters, WhatDecodesEncodesToTheSameBytes, (const std::string& value)) {
  const auto sums = DecodeCounters(value);
  if (sums.ok()) RC_ASSERT(EncodeCounters(*sums) == value);
}

RC_GTEST_PROP(Counters, MergeIsCommutativeAndAssociative,
              (const std::vector<int64_t>& a, const std::vector<int64_t>& b,
               const std::vector<int64_t>& c)) {
  const std::string x = EncodeCounters(a), y = EncodeCounters(b), z = EncodeCounters(c);
  RC_ASSERT(Merged(x, y) == Merged(y, x));
  RC_ASSERT(Merged(Merged(x, y), z) == Merged(x, Merged(y, z)));
  RC_ASSERT(Merged(x, "") == x);
}

}  // namespace
}  // namespace comptoir::store
