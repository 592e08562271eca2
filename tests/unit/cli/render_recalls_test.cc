#include "cli/render_recalls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace comptoir::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

shop::v1::Recall OfLot() {
  shop::v1::Recall recall;
  recall.set_code("k7qm2w");
  recall.set_product("carottes");
  recall.set_lot("L 47");
  recall.set_reason("salmonella\x1b[2J");
  recall.mutable_said()->set_node("hub");
  for (const char* shop : {"herstal", "outremeuse"}) recall.add_shops()->set_shop(shop);
  recall.mutable_shops(0)->mutable_confirmed()->set_staff("marie");
  shop::v1::RecalledStock* stock = recall.mutable_shops(1)->add_stock();
  stock->set_product("carottes");
  stock->set_lot("L 47");
  stock->set_unit(retail::v1::UNIT_KILOGRAM);
  stock->set_quantity_milli(3'500);
  return recall;
}

template <typename Message, typename Render>
std::string Text(const Message& message, Render render) {
  std::ostringstream out;
  render(message, out);
  return out.str();
}

TEST(RenderRecalls, ShopsThatHaveNotConfirmedStandOut) {
  shop::v1::ListRecallsResponse response;
  EXPECT_EQ(Text(response, RenderRecalls), "no recalls\n");
  *response.add_recalls() = OfLot();
  EXPECT_THAT(Text(response, RenderRecalls),
              AllOf(HasSubstr("lot L 47 of carottes"), HasSubstr("by marie"),
                    HasSubstr("outremeuse  NOT CONFIRMED"), HasSubstr("3.500 kg of lot L 47"),
                    Not(HasSubstr("\x1b"))));
  EXPECT_THAT(Text(OfLot(), RenderRecall), Not(HasSubstr("\x1b")));
}

TEST(RenderRecalls, WhatIsRecalledInAFewWords) {
  shop::v1::Recall recall = OfLot();
  EXPECT_EQ(WhatOf(recall), "lot L 47 of carottes");
  recall.clear_lot();
  EXPECT_EQ(WhatOf(recall), "all carottes");
  recall.clear_product();
  recall.set_producer("ferme");
  recall.set_first_day(20'780);
  recall.set_last_day(20'781);
  EXPECT_EQ(WhatOf(recall), "what ferme delivered from 2026-11-23 to 2026-11-24");
}

TEST(RenderRecalls, AConfirmationSaysWhatToTypeNext) {
  shop::v1::ConfirmRecallResponse response;
  *response.mutable_recall() = OfLot();
  EXPECT_THAT(Text(response, RenderConfirmed),
              HasSubstr("  comptoir waste carottes=3.500 --lot 'L 47' --reason recalled\n"));
  // Waste that says no lot is taken from those that are there: they go first.
  shop::v1::RecallShop* shop = response.mutable_recall()->mutable_shops(1);
  *shop->add_stock() = shop->stock(0);
  shop->mutable_stock(0)->clear_lot();
  shop->mutable_stock(0)->set_quantity_milli(2'000);
  EXPECT_THAT(Text(response, RenderConfirmed),
              HasSubstr("  comptoir waste carottes=3.500 --lot 'L 47' --reason recalled\n"
                        "  comptoir waste carottes=2.000 --reason recalled\n"));
  response.mutable_recall()->mutable_shops(1)->clear_stock();
  EXPECT_THAT(Text(response, RenderConfirmed), Not(HasSubstr("waste")));
}

TEST(RenderRecalls, WordsAreQuotedForTheShell) {
  EXPECT_EQ(ShellWord("L47"), "L47");
  EXPECT_EQ(ShellWord("L 47"), "'L 47'");
  EXPECT_EQ(ShellWord("it's;rm"), "'it'\\''s;rm'");
  EXPECT_EQ(ShellWord(""), "''");
}

TEST(RenderTrace, SaysWhereTotalsDoNotAddUpAndWhatIsNotKnown) {
  shop::v1::TraceResponse trace;
  EXPECT_THAT(Text(trace, RenderTrace), HasSubstr("nothing is known here of it"));
  shop::v1::TraceMovement* movement = trace.add_movements();
  movement->set_kind(shop::v1::TRACE_KIND_DELIVERED);
  movement->set_producer("ferme");
  movement->set_producer_name("La Ferme");
  movement->set_producer_place("Visé");
  movement->set_document("BL 12");
  movement->set_name("herstal-261123-k7qm2w/2");
  shop::v1::TraceTotal* total = trace.add_totals();
  total->set_shop("herstal");
  total->set_reconciles(true);
  shop::v1::TraceUnknown* unknown = trace.add_unknown();
  unknown->set_shop("herstal");
  unknown->set_product("carottes");
  unknown->set_receipts(3);
  unknown->set_first_day(20'780);
  EXPECT_THAT(Text(trace, RenderTrace),
              AllOf(HasSubstr("from ferme (La Ferme, Visé), document BL 12"),
                    HasSubstr("herstal-261123-k7qm2w/2"),
                    HasSubstr("3 receipts at herstal since 2026-11-23 sold carottes without "
                              "saying the lot\n"),
                    Not(HasSubstr("DOES NOT ADD UP"))));
  total->set_reconciles(false);
  EXPECT_THAT(Text(trace, RenderTrace), HasSubstr("DOES NOT ADD UP"));
}

}  // namespace
}  // namespace comptoir::cli
