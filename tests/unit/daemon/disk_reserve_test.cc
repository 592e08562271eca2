#include "common/daemon/disk_reserve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/daemon/reserved_store.h"
#include "common/retail/reasons.h"
#include "common/store/memory_store.h"
#include "tests/support/fixed_sources.h"
#include "tests/support/temporary_folder.h"

namespace comptoir::testing {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kMib = 1 << 20;
constexpr uint64_t kReserve = 64 * kMib;

// A disk whose free space the test says; the ballast is a real file.
class DiskReserveTest : public ::testing::Test {
 protected:
  absl::Status Check() {
    clock_.Advance(daemon::DiskReserve::kLookMs);
    return reserve_.Check(1);
  }
  bool HasBallast() const { return std::filesystem::exists(folder_ / "ballast"); }

  TemporaryFolder folder_;
  FixedClock clock_;
  uint64_t free_ = 1'000 * kMib;
  int looks_ = 0;
  daemon::DiskReserve reserve_{{folder_ / ".", kReserve, &clock_, [this] {
                                  ++looks_;
                                  return absl::StatusOr<uint64_t>(free_);
                                }}};
};

TEST_F(DiskReserveTest, RefusesUnderTheReserveAndGoesOnByItself) {
  reserve_.Tick();
  ASSERT_TRUE(HasBallast());
  EXPECT_EQ(reserve_.view().ballast_bytes, kReserve);
  EXPECT_TRUE(Check().ok());
  free_ = kReserve;
  EXPECT_TRUE(Check().ok());
  free_ = kReserve - 1;
  const absl::Status refused = Check();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(retail::ReasonOf(refused), "DISK_RESERVE");
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr("63.9 MiB are free and 64.0 MiB are needed: free space on the disk of"));
  EXPECT_TRUE(reserve_.view().refusing);
  // At the very edge it does not flicker.
  free_ = kReserve;
  EXPECT_FALSE(Check().ok());
  free_ = kReserve + kReserve / 8;
  EXPECT_TRUE(Check().ok());
  EXPECT_FALSE(reserve_.view().refusing);
}

TEST_F(DiskReserveTest, LooksNowAndThenOnly) {
  reserve_.Tick();
  const int before = looks_;
  for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(reserve_.Check(1).ok());
  EXPECT_EQ(looks_, before);
  EXPECT_TRUE(reserve_.Check(daemon::DiskReserve::kLookBytes).ok());
  EXPECT_EQ(looks_, before + 1) << "so much was written";
  clock_.Advance(daemon::DiskReserve::kLookMs);
  free_ = 0;
  EXPECT_FALSE(reserve_.Check(1).ok()) << "so much time went by";
}

TEST_F(DiskReserveTest, GivesTheBallastUpToOpenAndMakesItAnewBeforeItSells) {
  reserve_.Tick();
  free_ = kMib;
  daemon::DiskReserve next({folder_ / ".", kReserve, &clock_, [this] {
                              // As the disk does: what is given up is free.
                              return absl::StatusOr<uint64_t>(HasBallast() ? free_
                                                                           : free_ + kReserve);
                            }});
  ASSERT_TRUE(next.PrepareToOpen().ok());
  EXPECT_FALSE(HasBallast());
  // 65 MiB are free, and belong to the ballast.
  const absl::Status refused = next.Check(1);
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr("65.0 MiB are free and 128.0 MiB are needed"));
  next.Tick();
  EXPECT_FALSE(HasBallast());
  free_ = 2 * kReserve;
  next.Tick();
  EXPECT_TRUE(HasBallast());
  clock_.Advance(daemon::DiskReserve::kLookMs);
  EXPECT_TRUE(next.Check(1).ok());
}

TEST_F(DiskReserveTest, ADiskThatIsFullWithoutABallastIsNotOpened) {
  free_ = kMib;
  const absl::Status refused = reserve_.PrepareToOpen();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr("1.0 MiB are free, and the store needs 16.0 MiB to open"));
  free_ = 20 * kMib;
  EXPECT_TRUE(reserve_.PrepareToOpen().ok()) << "it opens, and refuses";
  EXPECT_FALSE(Check().ok());
}

TEST_F(DiskReserveTest, ABallastCutShortIsMadeWhole) {
  std::ofstream(folder_ / "ballast") << "short";
  ASSERT_TRUE(reserve_.PrepareToOpen().ok());
  reserve_.Tick();
  EXPECT_EQ(reserve_.view().ballast_bytes, kReserve);
}

TEST_F(DiskReserveTest, WhatIsKeptBesideTheLedgerIsRefusedBeforeItIsWritten) {
  store::MemoryStore inner({{0, "things", store::TableKind::kRows}});
  daemon::ReservedStore store(inner, reserve_);
  const auto put = [&store](std::string_view key) {
    auto batch = store.Begin();
    batch->Put(0, key, "x");
    return store.Commit(std::move(batch), store::Durability::kSynced);
  };
  reserve_.Tick();
  EXPECT_TRUE(put("a").ok());
  free_ = 0;
  clock_.Advance(daemon::DiskReserve::kLookMs);
  EXPECT_EQ(put("b").code(), absl::StatusCode::kResourceExhausted);
  EXPECT_FALSE(store.NewSnapshot()->Get(0, "b")->has_value());
  free_ = 1'000 * kMib;
  clock_.Advance(daemon::DiskReserve::kLookMs);
  EXPECT_TRUE(put("b").ok());
}

}  // namespace
}  // namespace comptoir::testing
