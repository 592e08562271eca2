// Gate, builder and names of corrections; what they undo is the ledger's
// (tests/unit/ledger/looking_back_test.cc).
#include <string>

#include "common/retail/corrections/admit.h"
#include "common/retail/corrections/build.h"
#include "common/retail/corrections/fold.h"
#include "common/retail/named.h"
#include "common/retail/reasons.h"
#include "common/retail/stock/movement_list.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

class CorrectionsTest : public ::testing::Test {
 protected:
  CorrectionsTest() {
    world_.OpenSeries(shop_);
    request_.set_name("outremeuse-261123-k7qm2w/2");
    request_.set_reason("entered twice");
  }
  Fact Waste() {
    v1::Wasted wasted;
    wasted.set_reason(v1::WASTE_REASON_EXPIRED);
    v1::WastedLine* line = wasted.add_lines();
    line->set_product("lait");
    line->set_unit(v1::UNIT_PIECE);
    line->set_quantity_milli(1'000);
    return world_.Write(shop_, v1::FACT_KIND_WASTED, wasted);
  }
  absl::StatusOr<v1::Corrected> Build(const Fact& named) {
    return BuildCorrected(*world_.Snapshot(), named, request_);
  }

  const JournalContext shop_ = ShopJournal("outremeuse", 3);
  RetailWorld world_;
  shop::v1::CorrectRequest request_;
};

TEST_F(CorrectionsTest, IsKnownByEveryNameOfTheFact) {
  Fact wasted = Waste();
  const Fact fact = world_.Write(shop_, v1::FACT_KIND_CORRECTED, Must(Build(wasted)));
  const auto is_corrected = [&] {
    return Must(IsCorrected(*world_.Snapshot(), "outremeuse", wasted.name()));
  };
  EXPECT_TRUE(is_corrected());
  EXPECT_FALSE(Must(IsCorrected(*world_.Snapshot(), "herstal", wasted.name())));
  EXPECT_EQ(ReasonOf(Build(wasted).status()), kAlreadyCorrected);
  world_.Fold(fact, Direction::kUncount);
  EXPECT_FALSE(is_corrected());
  // By its request, wherever it stands.
  wasted.request_id = "0123456789abcdef";
  world_.Write(shop_, v1::FACT_KIND_CORRECTED, Must(Build(wasted)));
  wasted.reference.sequence = Sequence(99);
  EXPECT_TRUE(is_corrected());
  wasted.request_digest = 1;
  EXPECT_FALSE(is_corrected());
}

TEST_F(CorrectionsTest, OnlySomeKindsAreCorrected) {
  EXPECT_EQ(ReasonOf(Build(world_.Sell(shop_, "lait", 1'000)).status()), kNotCorrectable);
  v1::Corrected good = Must(Build(Waste()));
  EXPECT_TRUE(CheckCorrected(good).ok());
  good.set_kind(v1::FACT_KIND_SOLD);
  ExpectRefused(CheckCorrected(good), kNotCorrectable);
  good.set_kind(v1::FACT_KIND_WASTED);
  good.clear_reason();
  ExpectRefused(CheckCorrected(good), kBadText);
  good.set_reason(std::string(kCorrectionReasonBytesMax + 1, 'x'));
  ExpectRefused(CheckCorrected(good), kBadText);
  good.set_reason("why");
  good.mutable_fact()->clear_reference();
  ExpectRefused(CheckCorrected(good), kBadReference);
}

TEST_F(CorrectionsTest, NamesAreReadAsTheyAreWritten) {
  const auto find = [&](const std::string& name) {
    return FindNamed(*world_.Snapshot(), "outremeuse", name);
  };
  const std::string name = FormatFactName("outremeuse", shop_.series, Sequence(12));
  EXPECT_EQ(name, "outremeuse-261123-k7qm2w/12");
  EXPECT_EQ(Must(find(name)), (FactPlace{shop_.journal, Sequence(12)}));
  for (const char* bad : {"", "/", "outremeuse-261123-k7qm2w", "outremeuse-261123-k7qm2w/",
                          "outremeuse-261123-k7qm2w/0", "outremeuse-261123-k7qm2w/-1",
                          "outremeuse-261123-k7qm2w/99999999999999999999", "261123-k7qm2w/12",
                          "Outremeuse-261123-k7qm2w/12"}) {
    ExpectRefused(find(bad).status(), kBadReference);
  }
  ExpectRefused(find("herstal-261123-k7qm2w/12").status(), kOtherShop);
  EXPECT_EQ(ReasonOf(find("outremeuse-261123-zzzzzz/12").status()), kUnknownFact);
}

TEST_F(CorrectionsTest, MovementsArePagedByTimeOfDay) {
  for (int i = 0; i < 5; ++i) {
    world_.wall_ms = kMondayMs + (i % 2) * 60'000;
    Waste();
  }
  std::vector<uint64_t> seen;
  std::string cursor;
  do {
    const MovementPage page =
        Must(ListMovementPlaces(*world_.Snapshot(), "outremeuse", kMonday, cursor, 2));
    for (const MovementPlace& movement : page.movements) {
      seen.push_back(movement.place.sequence.value());
    }
    cursor = page.next_cursor;
  } while (!cursor.empty());
  EXPECT_EQ(seen, (std::vector<uint64_t>{2, 4, 6, 3, 5}));
  ExpectRefused(
      ListMovementPlaces(*world_.Snapshot(), "outremeuse", kMonday, "not a cursor", 2).status(),
      kBadCursor);
}

}  // namespace
}  // namespace comptoir::retail
