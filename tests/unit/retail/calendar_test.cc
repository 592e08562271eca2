#include "common/retail/calendar.h"

#include <gtest/gtest.h>

namespace comptoir::retail {
namespace {

TEST(CalendarTest, CountsFromTheFirstOfJanuary1970) {
  EXPECT_EQ(ParseDay("1970-01-01"), Day(0));
  EXPECT_EQ(ParseDay("1970-01-02"), Day(1));
  EXPECT_EQ(ParseDay("2026-11-23"), Day(20'780));
  EXPECT_EQ(ParseDay("9999-12-31"), kDayMax);
}

TEST(CalendarTest, WritesWhatItReads) {
  for (int32_t day = 0; day <= kDayMax.value(); day += 61) {
    EXPECT_EQ(ParseDay(FormatDay(Day(day))), Day(day));
  }
  EXPECT_EQ(FormatDay(Day(0)), "1970-01-01");
  EXPECT_EQ(FormatDay(kDayMax), "9999-12-31");
}

TEST(CalendarTest, KnowsLeapYears) {
  EXPECT_TRUE(ParseDay("2024-02-29").has_value());
  EXPECT_TRUE(ParseDay("2000-02-29").has_value());
  EXPECT_FALSE(ParseDay("2023-02-29").has_value());
  EXPECT_FALSE(ParseDay("2100-02-29").has_value());
}

TEST(CalendarTest, RefusesWhatIsNoDay) {
  for (const char* text :
       {"", "2026-11-31", "2026-13-01", "2026-00-10", "2026-01-00", "1969-12-31", "2026-1-01",
        "26-11-2026", "2026/11/23", "2026-11-23 ", "+026-11-23", "2026-11-2x", "-026-11-23",
        "2026.11-23", "2026-11.23", "x026-11-23", "2026-x1-23", "2026-11-x3", ":026-11-23"}) {
    EXPECT_FALSE(ParseDay(text).has_value()) << text;
  }
}

TEST(CalendarTest, ShowsDaysOutOfRangeAsNumbers) {
  EXPECT_EQ(FormatDay(Day(-1)), "day -1");
  EXPECT_EQ(FormatDay(Day(kDayMax.value() + 1)), "day 2932897");
}

TEST(CalendarTest, DividesTowardsThePast) {
  EXPECT_EQ(FloorDivide(7, 3), 2);
  EXPECT_EQ(FloorDivide(-7, 3), -3);
  EXPECT_EQ(FloorDivide(-6, 3), -2);
  EXPECT_EQ(FloorDivide(0, 3), 0);
}

}  // namespace
}  // namespace comptoir::retail
