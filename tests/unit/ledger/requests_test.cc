#include "common/ledger/requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "common/ledger/tables.h"
#include "common/store/memory_store.h"
#include "tests/support/coop.h"

namespace comptoir::ledger {
namespace {

using testing::Must;

const std::string kKey = RequestKey("outremeuse", "0123456789abcdef", 0);

RequestTaker Taker(uint64_t journal, uint64_t sequence, int64_t millis, uint32_t digest) {
  return {JournalId(journal), Sequence(sequence), static_cast<uint32_t>(sequence),
          HybridTime::FromMillis(millis), digest};
}

// Takes them in this order, as one who counts would, and checks each answer.
std::map<std::string, std::string> RowsAfter(const std::vector<RequestTaker>& takers) {
  store::MemoryStore store(AllTables());
  auto transaction = store.Begin();
  std::map<uint32_t, RequestTaker> counted;
  for (const RequestTaker& taker : takers) {
    const auto before = Must(TakeRequest(kKey, taker, *transaction));
    const auto known = counted.find(taker.digest);
    EXPECT_EQ(before.has_value(), known != counted.end());
    if (before.has_value() && known != counted.end()) {
      EXPECT_TRUE(*before == known->second);
    }
    if (known == counted.end() || taker < known->second) counted[taker.digest] = taker;
  }
  for (const auto& [digest, taker] : counted) {
    const RequestState state = Must(FindRequest(*transaction, kKey, digest));
    EXPECT_TRUE(state.counted == taker) << digest;
    EXPECT_EQ(state.counted->receipt_ordinal, taker.receipt_ordinal);
  }
  testing::MustOk(store.Commit(std::move(transaction), store::Durability::kSynced));
  std::map<std::string, std::string> rows;
  const auto snapshot = store.NewSnapshot();
  for (auto row = snapshot->Scan(kRequests, "", ""); row->Valid(); row->Next()) {
    rows.emplace(row->key(), row->value());
  }
  EXPECT_EQ(rows.size(), counted.size()) << "one row for each content";
  return rows;
}

TEST(Requests, UnknownOneHasNoTaker) {
  store::MemoryStore store(AllTables());
  const RequestState state = Must(FindRequest(*store.Begin(), kKey, 1));
  EXPECT_FALSE(state.counted.has_value());
  EXPECT_FALSE(state.other_content);
}

TEST(Requests, OtherContentIsTold) {
  store::MemoryStore store(AllTables());
  auto transaction = store.Begin();
  Must(TakeRequest(kKey, Taker(1, 2, 5, 1), *transaction));
  const RequestState other = Must(FindRequest(*transaction, kKey, 2));
  EXPECT_FALSE(other.counted.has_value());
  EXPECT_TRUE(other.other_content);
  const RequestState same = Must(FindRequest(*transaction, kKey, 1));
  EXPECT_TRUE(same.counted.has_value());
  EXPECT_FALSE(same.other_content);
}

TEST(Requests, RowsDoNotHangOnTheOrderOfArrival) {
  std::vector<RequestTaker> takers = {Taker(4, 2, 30, 1), Taker(2, 9, 20, 2), Taker(3, 2, 20, 2),
                                      Taker(1, 7, 10, 3), Taker(9, 3, 40, 1), Taker(5, 5, 25, 3)};
  std::sort(takers.begin(), takers.end());
  const auto expected = RowsAfter(takers);
  EXPECT_EQ(expected.size(), 3U);
  do {
    ASSERT_EQ(RowsAfter(takers), expected);
  } while (std::next_permutation(takers.begin(), takers.end()));
}

RC_GTEST_PROP(Requests, RowsHangOnTheSetOfTakersOnly,
              (std::vector<std::pair<uint8_t, uint8_t>> drawn)) {
  std::vector<RequestTaker> takers;
  for (const auto& [millis, digest] : drawn) {
    takers.push_back(Taker(takers.size() + 1, 2, millis % 8, digest % 4));
  }
  const auto expected = RowsAfter(takers);
  std::reverse(takers.begin(), takers.end());
  RC_ASSERT(RowsAfter(takers) == expected);
  const size_t middle = takers.size() / 2;
  std::rotate(takers.begin(), takers.begin() + static_cast<std::ptrdiff_t>(middle), takers.end());
  RC_ASSERT(RowsAfter(takers) == expected);
}

TEST(Requests, DamagedRowIsToldOf) {
  store::MemoryStore store(AllTables());
  auto transaction = store.Begin();
  transaction->Put(kRequests, kKey, "short");
  EXPECT_EQ(FindRequest(*transaction, kKey, 1).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(TakeRequest(kKey, Taker(1, 2, 5, 1), *transaction).status().code(),
            absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace comptoir::ledger
