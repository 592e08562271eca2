#include "cli/render_transfers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace comptoir::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

shop::v1::Transfer SomeTransfer() {
  shop::v1::Transfer transfer;
  transfer.set_transfer("outremeuse-xvyvw-tbxxp");
  transfer.set_from("outremeuse");
  transfer.set_to("herstal");
  transfer.set_sent_ms(1'795'428'000'000);
  transfer.set_sent_utc_offset_minutes(60);
  transfer.set_since_ms(transfer.sent_ms());
  transfer.set_open(true);
  shop::v1::TransferStock* line = transfer.add_lines();
  line->set_product("carottes");
  line->set_unit(retail::v1::UNIT_KILOGRAM);
  line->set_sent_milli(10'000);
  line->set_received_milli(8'500);
  line->set_in_transit_milli(1'500);
  return transfer;
}

shop::v1::TransferResponse SomeResponse() {
  shop::v1::TransferResponse response;
  response.set_name("outremeuse-261123-k7qm2w/3");
  *response.mutable_transfer() = SomeTransfer();
  retail::v1::TransferLine* line = response.add_lines();
  line->set_product("carottes");
  line->set_unit(retail::v1::UNIT_KILOGRAM);
  line->set_quantity_milli(10'000);
  line->set_lot("L47");
  line->set_use_by_day(20'785);
  return response;
}

template <typename Render, typename... Arguments>
std::string TransferText(Render render, const Arguments&... arguments) {
  std::ostringstream out;
  render(arguments..., out);
  return out.str();
}

std::string List(const shop::v1::Transfer& transfer, bool open = false) {
  shop::v1::ListTransfersResponse response;
  *response.add_transfers() = transfer;
  return TransferText(RenderTransfers, response, open);
}

TEST(RenderTransfersTest, ThePaperHasAllThatTheOtherShopTypes) {
  EXPECT_THAT(TransferText(RenderSent, SomeResponse()),
              AllOf(HasSubstr("sent as outremeuse-261123-k7qm2w/3"),
                    HasSubstr("transfer  outremeuse-xvyvw-tbxxp\n"), HasSubstr("to        herstal"),
                    HasSubstr("carottes  L47  use by 2026-11-28    10.000  kg")));
}

TEST(RenderTransfersTest, WhatIsLeftIsSaid) {
  shop::v1::TransferResponse response = SomeResponse();
  EXPECT_THAT(TransferText(RenderReceived, response),
              HasSubstr("still on its way: 1.500 kg carottes\n"));
  shop::v1::TransferStock* line = response.mutable_transfer()->mutable_lines(0);
  line->set_in_transit_milli(-500);
  response.mutable_transfer()->set_more_than_sent(true);
  EXPECT_THAT(TransferText(RenderReceived, response),
              AllOf(HasSubstr("nothing of it is on its way any more\n"),
                    HasSubstr("more than was sent: 0.500 kg carottes\n")));
  response.mutable_transfer()->set_sent_ms(0);
  EXPECT_THAT(TransferText(RenderSettled, response),
              AllOf(HasSubstr("given up of outremeuse-xvyvw-tbxxp"),
                    HasSubstr("it is not known here yet what was sent\n")));
}

TEST(RenderTransfersTest, AListSaysHowEachStands) {
  shop::v1::Transfer transfer = SomeTransfer();
  EXPECT_THAT(List(transfer), AllOf(HasSubstr("2026-11-23 11:00:00"), HasSubstr("on its way"),
                                    HasSubstr("8.500"), Not(HasSubstr("LATE"))));
  transfer.set_overdue(true);
  EXPECT_THAT(List(transfer), HasSubstr("LATE, on its way"));
  transfer.set_open(false);
  EXPECT_THAT(List(transfer), HasSubstr("  done  "));
  transfer.set_more_than_sent(true);
  EXPECT_THAT(List(transfer), HasSubstr("more than was sent"));
  transfer.clear_sent_ms();
  EXPECT_THAT(List(transfer), HasSubstr("undone"));
  transfer.set_open(true);
  EXPECT_THAT(List(transfer), HasSubstr("LATE, not known to be sent"));
  transfer.set_overdue(false);
  EXPECT_THAT(List(transfer), AllOf(HasSubstr("not known to be sent"), Not(HasSubstr("LATE"))));
  transfer.clear_lines();
  EXPECT_THAT(List(transfer),
              AllOf(HasSubstr("outremeuse-xvyvw-tbxxp"), HasSubstr("too many facts")));
}

TEST(RenderTransfersTest, NothingIsSaidInAWord) {
  EXPECT_EQ(TransferText(RenderTransfers, shop::v1::ListTransfersResponse(), true),
            "nothing is on its way\n");
  EXPECT_EQ(TransferText(RenderTransfers, shop::v1::ListTransfersResponse(), false),
            "no transfers\n");
}

// What a service says never reaches a terminal unfiltered.
TEST(RenderTransfersTest, ControlCharactersAreShown) {
  shop::v1::TransferResponse response = SomeResponse();
  response.mutable_transfer()->set_transfer("\x1b[2J");
  response.mutable_transfer()->mutable_lines(0)->set_product("\x1b[2J");
  response.mutable_lines(0)->set_lot("\x1b[2J");
  for (const auto& text : {TransferText(RenderSent, response),
                           TransferText(RenderReceived, response), List(response.transfer())}) {
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  }
}

}  // namespace
}  // namespace comptoir::cli
