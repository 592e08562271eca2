#include "cli/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace comptoir::cli {
namespace {

using std::chrono::milliseconds;

TEST(ProgressText, SaysDoneTotalRateAndTimeLeft) {
  EXPECT_EQ(ProgressText(0, 30'000, milliseconds(500), "baskets"), "0 of 30000 baskets");
  EXPECT_EQ(ProgressText(1'000, 30'000, milliseconds(2'000), "baskets"),
            "1000 of 30000 baskets, 500 a second, 58 s left");
  EXPECT_EQ(ProgressText(10, 1'000, milliseconds(2'500), "entries"),
            "10 of 1000 entries, 4.0 a second, 4 min 7 s left");
  EXPECT_EQ(ProgressText(1, 10'000, milliseconds(1'000), "entries"),
            "1 of 10000 entries, 1.0 a second, 2 h 46 min left");
  EXPECT_EQ(ProgressText(30, 30, milliseconds(1'000), "entries"), "30 of 30 entries, 30 a second");
}

TEST(ProgressLine, IsShownOnATerminalAndTakenAway) {
  std::ostringstream err;
  Settings settings;
  settings.err = &err;
  { ProgressLine(settings, "baskets").Show(1, 2); }
  EXPECT_EQ(err.str(), "");
  settings.shows_progress = true;
  { ProgressLine(settings, "baskets").Show(1, 2); }
  EXPECT_THAT(err.str(), ::testing::AllOf(::testing::StartsWith("\r\033[K1 of 2 baskets"),
                                          ::testing::EndsWith("\r\033[K")));
}

TEST(ProgressLine, TheEndIsAlwaysShown) {
  std::ostringstream err;
  Settings settings;
  settings.err = &err;
  settings.shows_progress = true;
  ProgressLine line(settings, "baskets");
  for (int i = 1; i <= 1'000; ++i) line.Show(i, 1'000);
  EXPECT_THAT(err.str(), ::testing::HasSubstr("1000 of 1000 baskets"));
}

}  // namespace
}  // namespace comptoir::cli
