#include "cli/render_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace comptoir::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

admin::v1::WatchedFact Fact(retail::v1::FactKind kind) {
  admin::v1::WatchedFact fact;
  fact.mutable_reference()->set_sequence(12);
  fact.set_node("outremeuse-1");
  fact.set_shop("outremeuse");
  fact.set_series("261123-u2by5t");
  fact.set_wall_ms(1'795'442'832'000);
  fact.set_utc_offset_minutes(60);
  fact.set_kind(kind);
  fact.set_verdict(admin::v1::FACT_VERDICT_ADMITTED);
  return fact;
}

TEST(RenderWatchTest, ASaleIsALine) {
  admin::v1::WatchedFact fact = Fact(retail::v1::FACT_KIND_SOLD);
  retail::v1::SoldLine* carrots = fact.mutable_sold()->add_lines();
  carrots->set_product("carottes");
  carrots->set_unit(retail::v1::UNIT_KILOGRAM);
  carrots->set_quantity_milli(1'250);
  carrots->set_unit_price_cents(190);  // 237.5 cents: half away from zero
  retail::v1::SoldLine* bread = fact.mutable_sold()->add_lines();
  bread->set_product("pain-gris");
  bread->set_unit(retail::v1::UNIT_PIECE);
  bread->set_unit_price_cents(320);
  fact.mutable_sold()->add_payments()->set_method(retail::v1::PAYMENT_METHOD_CARD);
  EXPECT_EQ(FactLine(fact),
            "2026-11-23 15:07:12  outremeuse     sold            "
            "1.250 kg carottes, 1 pain-gris: 5.58 by card");
  fact.set_doubtful(true);
  EXPECT_THAT(FactLine(fact), HasSubstr("15:07:12? outremeuse"));
  carrots->set_discount_cents(38);
  fact.mutable_sold()->set_discount_cents(20);
  EXPECT_THAT(FactLine(fact), HasSubstr(": 5.00 by card"));
}

TEST(RenderWatchTest, LongListsAreCutAndTheHubHasNoShop) {
  admin::v1::WatchedFact fact = Fact(retail::v1::FACT_KIND_WASTED);
  fact.set_shop("");
  fact.mutable_wasted()->set_reason(retail::v1::WASTE_REASON_EXPIRED);
  for (int i = 0; i < 6; ++i) {
    retail::v1::WastedLine* line = fact.mutable_wasted()->add_lines();
    line->set_product("p" + std::to_string(i));
    line->set_unit(retail::v1::UNIT_PIECE);
    line->set_quantity_milli(1'000);
  }
  EXPECT_THAT(FactLine(fact), HasSubstr("(hub)          wasted          expired: 1 p0"));
  EXPECT_THAT(FactLine(fact), HasSubstr("1 p3, 2 more"));
}

TEST(RenderWatchTest, ABadFactSaysSoAndWhere) {
  admin::v1::WatchedFact fact = Fact(retail::v1::FACT_KIND_SOLD);
  fact.set_verdict(admin::v1::FACT_VERDICT_BAD);
  fact.set_verdict_detail("line 1: \x1b[31m");
  EXPECT_THAT(FactLine(fact), HasSubstr("BAD, counts for nothing: line 1: "));
  EXPECT_THAT(FactLine(fact), HasSubstr("(entry 12 of outremeuse-1 261123-u2by5t)"));
  EXPECT_EQ(FactLine(fact).find('\x1b'), std::string::npos);
  fact = Fact(static_cast<retail::v1::FactKind>(99));
  fact.set_verdict(admin::v1::FACT_VERDICT_UNKNOWN);
  EXPECT_THAT(FactLine(fact), HasSubstr("kind 99"));
  EXPECT_THAT(FactLine(fact), HasSubstr("NOT KNOWN HERE"));
}

TEST(RenderWatchTest, KindsAreReadAsTheyAreWritten) {
  for (const std::string& name : KindNames()) {
    const auto kind = ParseKind(name);
    ASSERT_TRUE(kind.ok()) << kind.status();
    EXPECT_EQ(FormatKind(*kind), name);
  }
  EXPECT_FALSE(ParseKind("unspecified").ok());
  EXPECT_FALSE(ParseKind("stolen").ok());
}

TEST(RenderWatchTest, ACountOfOneLotSaysWhich) {
  admin::v1::WatchedFact fact = Fact(retail::v1::FACT_KIND_COUNTED);
  retail::v1::CountedLine& line = *fact.mutable_counted()->add_lines();
  line.set_product("pain");
  line.set_unit(retail::v1::UNIT_PIECE);
  retail::v1::LotQuantity& lot = *line.add_lots();
  lot.set_lot("L47");
  lot.set_quantity_milli(5'000);
  EXPECT_THAT(FactLine(fact), HasSubstr("5 pain of lot L47"));
  line.set_whole(true);
  EXPECT_THAT(FactLine(fact), Not(HasSubstr("of lot")));
}

TEST(RenderWatchTest, DepositsAreAmongWhatIsPaid) {
  admin::v1::WatchedFact fact = Fact(retail::v1::FACT_KIND_SOLD);
  retail::v1::Empties* empties = fact.mutable_sold()->add_empties();
  empties->set_product("biere");
  empties->set_pieces(24);
  empties->set_deposit_cents(10);
  fact.mutable_sold()->add_payments()->set_method(retail::v1::PAYMENT_METHOD_CASH);
  EXPECT_THAT(FactLine(fact), HasSubstr(" 24 empties of biere: -2.40 by cash"));
  retail::v1::SoldLine* beer = fact.mutable_sold()->add_lines();
  beer->set_product("biere");
  beer->set_unit(retail::v1::UNIT_PIECE);
  beer->set_quantity_milli(6'000);
  beer->set_unit_price_cents(100);
  beer->set_deposit_cents(10);
  EXPECT_THAT(FactLine(fact), HasSubstr(" 6 biere; 24 empties of biere: 4.20 by cash"));
  retail::v1::UndoneEmpties undone;
  *undone.mutable_empties() = *empties;
  fact = Fact(retail::v1::FACT_KIND_VOIDED);
  retail::v1::Returned& voided = *fact.mutable_returned();
  voided.set_sale_number("herstal-261123-k7qm2w-0007");
  *voided.add_empties() = undone;
  voided.add_payments()->set_method(retail::v1::PAYMENT_METHOD_CASH);
  EXPECT_THAT(FactLine(fact),
              HasSubstr("k7qm2w-0007: 24 empties of biere; 2.40 paid again by cash"));
  retail::v1::ReturnedLine& taken = *voided.add_lines();
  taken.set_product("biere");
  taken.set_unit(retail::v1::UNIT_PIECE);
  taken.set_quantity_milli(6'000);
  taken.set_refund_cents(600);
  taken.set_deposit_refund_cents(60);
  EXPECT_THAT(FactLine(fact),
              HasSubstr("k7qm2w-0007: 6 biere; 24 empties of biere; 4.20 given back by cash"));
  voided.clear_empties();
  EXPECT_THAT(FactLine(fact), HasSubstr("k7qm2w-0007: 6 biere; 6.60 given back by cash"));
}

}  // namespace
}  // namespace comptoir::cli
