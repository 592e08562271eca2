#include "cli/format.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <string>

#include "cli/parse.h"

namespace comptoir::cli {
namespace {

TEST(Format, Quantities) {
  EXPECT_EQ(FormatQuantity(1250, retail::v1::UNIT_KILOGRAM), "1.250");
  EXPECT_EQ(FormatQuantity(3000, retail::v1::UNIT_KILOGRAM), "3.000");
  EXPECT_EQ(FormatQuantity(3000, retail::v1::UNIT_PIECE), "3");
  EXPECT_EQ(FormatQuantity(1500, retail::v1::UNIT_PIECE), "1.500");
  EXPECT_EQ(FormatQuantity(-50, retail::v1::UNIT_LITRE), "-0.050");
  EXPECT_EQ(FormatQuantity(std::numeric_limits<int64_t>::min(), retail::v1::UNIT_LITRE),
            "-9223372036854775.808");
}

TEST(Format, Units) {
  EXPECT_EQ(FormatUnit(retail::v1::UNIT_PIECE), "piece");
  EXPECT_EQ(FormatUnit(retail::v1::UNIT_KILOGRAM), "kg");
  EXPECT_EQ(FormatUnit(retail::v1::UNIT_LITRE), "litre");
  EXPECT_EQ(FormatUnit(retail::v1::UNIT_UNSPECIFIED), "");
  EXPECT_EQ(FormatUnit(static_cast<retail::v1::Unit>(9)), "unit 9");
}

TEST(Format, MoneyAndVat) {
  EXPECT_EQ(FormatMoney(1240), "12.40");
  EXPECT_EQ(FormatMoney(-5), "-0.05");
  EXPECT_EQ(FormatMoney(0), "0.00");
  EXPECT_EQ(FormatVat(600), "6 %");
  EXPECT_EQ(FormatVat(550), "5.5 %");
  EXPECT_EQ(FormatVat(525), "5.25 %");
}

TEST(Format, PaymentMethods) {
  EXPECT_EQ(FormatPaymentMethod(retail::v1::PAYMENT_METHOD_CASH), "cash");
  EXPECT_EQ(FormatPaymentMethod(retail::v1::PAYMENT_METHOD_CARD), "card");
  EXPECT_EQ(FormatPaymentMethod(retail::v1::PAYMENT_METHOD_VOUCHER), "voucher");
  EXPECT_EQ(FormatPaymentMethod(static_cast<retail::v1::PaymentMethod>(7)), "payment 7");
}

TEST(Format, DaysComeBackAsTheyWent) {
  for (const char* day : {"1969-12-31", "1970-01-01", "2000-02-29", "2026-11-23", "9999-12-31"}) {
    EXPECT_EQ(FormatDay(*ParseDay(day)), day);
  }
}

TEST(Format, InstantsStandInTheirTimeZone) {
  constexpr int64_t kNoon = 1'795'435'200'000;  // 2026-11-23 12:00:00 UTC
  EXPECT_EQ(FormatInstant(kNoon, 0), "2026-11-23 12:00:00");
  EXPECT_EQ(FormatInstant(kNoon, 60), "2026-11-23 13:00:00");
  EXPECT_EQ(FormatInstant(kNoon, -1080), "2026-11-22 18:00:00");
}

TEST(Format, InstantsOfThisMachineNameTheirTimeZone) {
  const char* const zone = std::getenv("TZ");
  const std::string kept = zone == nullptr ? "" : zone;
  ASSERT_EQ(setenv("TZ", "Europe/Brussels", 1), 0);
  EXPECT_EQ(FormatLocalInstant(1'795'435'200'000), "2026-11-23 13:00:00 CET");
  EXPECT_EQ(FormatLocalInstant(1'782'216'000'000), "2026-06-23 14:00:00 CEST");
  ASSERT_EQ(setenv("TZ", "UTC", 1), 0);
  EXPECT_EQ(FormatLocalInstant(1'795'435'200'000), "2026-11-23 12:00:00 UTC");
  if (zone == nullptr) unsetenv("TZ");
  if (zone != nullptr) setenv("TZ", kept.c_str(), 1);
}

TEST(Format, LengthsOfTime) {
  EXPECT_EQ(FormatMillis(340), "340 ms");
  EXPECT_EQ(FormatMillis(-12'500), "-12.5 s");
  EXPECT_EQ(FormatMillis(185'000), "3 min 5 s");
  EXPECT_EQ(FormatMillis(12'000'000), "3 h 20 min");
  EXPECT_EQ(FormatMillis(400LL * 86'400'000), "400 days");
}

TEST(Format, Counts) {
  EXPECT_EQ(FormatCount(0, "entry", "entries"), "0 entries");
  EXPECT_EQ(FormatCount(1, "entry", "entries"), "1 entry");
  EXPECT_EQ(FormatCount(2, "entry", "entries"), "2 entries");
}

TEST(Format, WhatWaitsAtANodeThatIsNotThere) {
  EXPECT_EQ(FormatWaiting(0, true, false), "0");
  EXPECT_EQ(FormatWaiting(7, true, false), "7");
  EXPECT_EQ(FormatWaiting(7, false, false), "7");
  EXPECT_EQ(FormatWaiting(0, false, false), "unknown");
  EXPECT_EQ(FormatWaiting(0, false, true), "0");
}

TEST(Format, Bytes) {
  EXPECT_EQ(FormatBytes(1023), "1023 bytes");
  EXPECT_EQ(FormatBytes(1536), "1.5 KiB");
  EXPECT_EQ(FormatBytes(13'300'000'000), "12.3 GiB");
  EXPECT_EQ(FormatBytes(std::numeric_limits<uint64_t>::max()), "16777215.9 TiB");
}

}  // namespace
}  // namespace comptoir::cli
