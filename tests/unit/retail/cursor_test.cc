#include "common/retail/cursor.h"

#include <string>

#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

TEST(CursorTest, OpensToWhatWasSealed) {
  const std::string place("a\0\xff/", 4);
  EXPECT_EQ(Must(OpenCursor(List::kStockList, SealCursor(List::kStockList, place))), place);
}

TEST(CursorTest, AnEmptyOneIsTheStart) { EXPECT_EQ(Must(OpenCursor(List::kStockList, "")), ""); }

TEST(CursorTest, RefusesWhatItDidNotSeal) {
  ExpectRefused(OpenCursor(List::kStockList, "!").status(), kBadCursor);
  ExpectRefused(OpenCursor(List::kStockList, "cw").status(), kBadCursor);
  ExpectRefused(OpenCursor(List::kStockList, SealCursor(List::kSalesList, "x")).status(),
                kBadCursor);
}

TEST(CursorTest, PageSizes) {
  EXPECT_EQ(Must(PageSize(0, 100, 1'000)), 100u);
  EXPECT_EQ(Must(PageSize(1'000, 100, 1'000)), 1'000u);
  ExpectRefused(PageSize(1'001, 100, 1'000).status(), kBadPageSize);
}

}  // namespace
}  // namespace comptoir::retail
