#include "common/retail/stock/coop_copy.h"

#include <gtest/gtest.h>

#include <string>

#include "common/retail/keys.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

TEST(CoopCopyTest, RowsOfAGenerationLieTogetherByProductUnitAndShop) {
  const std::string first = CoopRowKey(2, {"carottes", v1::UNIT_PIECE, "seraing"});
  const std::string second = CoopRowKey(2, {"carottes", v1::UNIT_KILOGRAM, "herstal"});
  const std::string third = CoopRowKey(2, {"miel", v1::UNIT_PIECE, "herstal"});
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_LT(third, CoopShopKey(2, "herstal"));
  EXPECT_LT(CoopShopKey(2, "herstal"), CoopGenerationKey(3));
  EXPECT_LT(CoopShopKey(UINT64_MAX >> 8, "z"), CoopGenerationKey(UINT64_MAX));
  EXPECT_LT(CoopCopyKey(), CoopGenerationKey(1));
  EXPECT_LT(CoopGenerationKey(2), first);
}

TEST(CoopCopyTest, KeysAreReadAsTheyWereWritten) {
  const std::string prefix = CoopRowPrefix(2);
  const std::string key = CoopRowKey(2, {"carottes", v1::UNIT_KILOGRAM, "herstal"});
  ASSERT_TRUE(key.starts_with(prefix));
  const auto row = ParseCoopRow(std::string_view(key).substr(prefix.size()));
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->product, "carottes");
  EXPECT_EQ(row->unit, v1::UNIT_KILOGRAM);
  EXPECT_EQ(row->shop, "herstal");
  EXPECT_FALSE(ParseCoopRow("carottes").has_value());
  EXPECT_FALSE(ParseCoopRow(std::string_view("carottes\0", 9)).has_value());
}

TEST(CoopCopyTest, IsOfGenerationZeroWhereThereIsNone) {
  store::MemoryStore store(CopyTables());
  EXPECT_EQ(Must(ReadCoopCopy(*store.NewSnapshot())).generation(), 0u);
  const auto batch = store.Begin();
  batch->Put(kCoopStock, CoopCopyKey(), "\xff");
  ASSERT_TRUE(store.Commit(batch, store::Durability::kBuffered).ok());
  EXPECT_EQ(ReadCoopCopy(*store.NewSnapshot()).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace comptoir::retail
