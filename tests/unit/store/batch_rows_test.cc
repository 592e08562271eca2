#include "common/store/batch_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <tuple>

namespace comptoir::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Seen = std::tuple<TableId, Operation, std::string, std::string>;

std::vector<Seen> Visited(const BatchRows& rows) {
  std::vector<Seen> seen;
  rows.VisitSorted([&](const BatchRow& row) {
    seen.emplace_back(row.table, row.operation, row.key, row.value);
  });
  return seen;
}

TEST(BatchRows, NothingInIt) {
  const BatchRows rows;
  EXPECT_THAT(Visited(rows), IsEmpty());
  EXPECT_EQ(rows.Find(0, "a"), nullptr);
  EXPECT_EQ(rows.rows(), 0u);
  EXPECT_EQ(rows.bytes(), 0u);
}

TEST(BatchRows, VisitsByTableThenKey) {
  BatchRows rows;
  rows.Put(255, "a", "4");
  rows.Put(0, "b", "2");
  rows.Erase(7, "z");
  rows.Put(0, "", "1");
  rows.Add(3, "k", std::vector<int64_t>{1, -1});
  EXPECT_THAT(
      Visited(rows),
      ElementsAre(Seen(0, Operation::kPut, "", "1"), Seen(0, Operation::kPut, "b", "2"),
                  Seen(3, Operation::kAdd, "k", "\x02\x01"), Seen(7, Operation::kErase, "z", ""),
                  Seen(255, Operation::kPut, "a", "4")));
  EXPECT_EQ(rows.rows(), 5u);
}

TEST(BatchRows, FindsTheLastWrite) {
  BatchRows rows;
  rows.Put(1, "a", "first");
  rows.Put(1, "a", "a longer second one");
  rows.Put(1, "b", "there");
  rows.Erase(1, "b");
  rows.Put(1, "c", "");
  EXPECT_EQ(rows.Find(1, "a")->value(), "a longer second one");
  EXPECT_EQ(rows.Find(1, "b")->operation, Operation::kErase);
  EXPECT_EQ(rows.Find(1, "c")->operation, Operation::kPut);
  EXPECT_EQ(rows.Find(1, "c")->value(), "");
  EXPECT_EQ(rows.Find(2, "a"), nullptr);
  rows.Put(1, "a", "short");
  rows.Put(1, "b", "back");
  EXPECT_EQ(rows.Find(1, "a")->value(), "short");
  EXPECT_EQ(rows.Find(1, "b")->value(), "back");
  EXPECT_EQ(rows.rows(), 3u);
}

TEST(BatchRows, AdditionsGrowToTheLongest) {
  BatchRows rows;
  rows.Add(1, "a", std::vector<int64_t>{});
  rows.Add(1, "a", std::vector<int64_t>{INT64_MAX});
  rows.Add(1, "a", std::vector<int64_t>{1, 5});
  rows.Add(1, "a", std::vector<int64_t>{0, -6, 3});
  const std::string sums = EncodeCounters(std::vector<int64_t>{INT64_MIN, -1, 3});
  EXPECT_THAT(Visited(rows), ElementsAre(Seen(1, Operation::kAdd, "a", sums)));
}

// Keys that end where others go on, zeros included, and long shared beginnings:
// what a comparison of 8 bytes at a time could get wrong.
rc::Gen<std::string> TrickyKey() {
  return rc::gen::apply(
      [](bool deep, const std::string& middle, const std::string& end) {
        return (deep ? "a beginning of many bytes " : "") + middle + end;
      },
      rc::gen::arbitrary<bool>(),
      rc::gen::element<std::string>("", std::string(8, '\0'), std::string(9, '\0'), "12345678"),
      rc::gen::container<std::string>(rc::gen::element('\0', 'a', '\xff')));
}

RC_GTEST_PROP(BatchRows, SortsLikeAMap, ()) {
  std::map<std::pair<TableId, std::string>, std::string> expected;
  BatchRows rows;
  const auto keys = *rc::gen::scale(4, rc::gen::container<std::vector<std::string>>(TrickyKey()));
  for (const std::string& key : keys) {
    const TableId table = *rc::gen::element<TableId>(0, 1, 255);
    const std::string value = std::to_string(expected.size());
    rows.Put(table, key, value);
    expected[{table, key}] = value;
  }
  std::vector<Seen> sorted;
  for (const auto& [place, value] : expected) {
    sorted.emplace_back(place.first, Operation::kPut, place.second, value);
    RC_ASSERT(rows.Find(place.first, place.second)->value() == value);
  }
  RC_ASSERT(Visited(rows) == sorted);
  RC_ASSERT(rows.rows() == sorted.size());
}

TEST(BatchRows, ManyRowsAreFoundAndSorted) {
  BatchRows rows;
  constexpr int kRows = 20'000;
  const auto key = [](int i) { return "outremeuse/" + std::to_string(i * 7919 % kRows + 100'000); };
  for (int i = 0; i < kRows; ++i) rows.Put(1, key(i), std::to_string(i));
  EXPECT_EQ(rows.rows(), size_t{kRows});
  for (int i = 0; i < kRows; ++i) ASSERT_EQ(rows.Find(1, key(i))->value(), std::to_string(i));
  const std::vector<Seen> seen = Visited(rows);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(seen.size(), size_t{kRows});
}

}  // namespace
}  // namespace comptoir::store
