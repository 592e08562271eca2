// Builders, fold, what is known of a transfer, and the lists.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "common/retail/cursor.h"
#include "common/retail/stock/conservation.h"
#include "common/retail/stock/lots.h"
#include "common/retail/stock/queries.h"
#include "common/retail/tables.h"
#include "common/retail/transfers/build.h"
#include "common/retail/transfers/id.h"
#include "common/retail/transfers/list.h"
#include "common/retail/transfers/notes.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Day kSoon{20'785};
constexpr Day kLater{20'799};

class TransfersTest : public ::testing::Test {
 protected:
  TransfersTest() {
    world_.SetProduct(hub_, "fraises", "Fraises", v1::UNIT_KILOGRAM);
    world_.SetProduct(hub_, "pain-gris", "Pain gris");
    for (const char* shop : {"outremeuse", "herstal", "wandre"}) {
      v1::ShopEdited edited;
      edited.set_shop(shop);
      edited.mutable_name()->set_value(std::string("Magasin ") + shop);
      world_.Write(hub_, v1::FACT_KIND_SHOP_EDITED, edited);
    }
    world_.Receive(outremeuse_, "fraises", 4'000, "L48", v1::UNIT_KILOGRAM, kLater);
    world_.Receive(outremeuse_, "fraises", 3'000, "L47", v1::UNIT_KILOGRAM, kSoon);
    send_.set_request_id("0123456789abcdef");
    send_.set_to("herstal");
    Line(send_, "fraises", 5'000);
  }
  template <typename Request>
  static shop::v1::TransferGoods& Line(Request& request, const std::string& product,
                                       int64_t milli = 0) {
    shop::v1::TransferGoods* goods = request.add_lines();
    goods->set_product(product);
    if (milli != 0) goods->set_quantity_milli(milli);
    return *goods;
  }
  absl::StatusOr<v1::TransferSent> BuildSent() {
    return BuildTransferSent(*world_.Snapshot(), "outremeuse", kMonday, send_, 7);
  }
  Fact Send() { return world_.Write(outremeuse_, v1::FACT_KIND_TRANSFER_SENT, Must(BuildSent())); }
  shop::v1::ReceiveTransferRequest Receipt() const {
    shop::v1::ReceiveTransferRequest request;
    request.set_transfer(id_);
    return request;
  }
  absl::StatusOr<v1::TransferReceived> BuildReceived(
      const shop::v1::ReceiveTransferRequest& request, const std::string& shop = "herstal") {
    return BuildTransferReceived(*world_.Snapshot(), shop, request);
  }
  Fact Receive(const shop::v1::ReceiveTransferRequest& request) {
    return world_.Write(herstal_, v1::FACT_KIND_TRANSFER_RECEIVED, Must(BuildReceived(request)));
  }
  absl::StatusOr<v1::TransferSettled> BuildSettled(const shop::v1::SettleTransferRequest& request) {
    return BuildTransferSettled(*world_.Snapshot(), "herstal", request);
  }
  shop::v1::SettleTransferRequest Settlement() const {
    shop::v1::SettleTransferRequest request;
    request.set_transfer(id_);
    request.set_reason(v1::WASTE_REASON_THEFT);
    return request;
  }
  TransferState State() { return Must(ReadTransfer(*world_.Snapshot(), id_)); }
  // By product, what is on its way.
  std::map<std::string, int64_t> Left() {
    std::map<std::string, int64_t> left;
    for (const auto& [key, item] : ItemsOf(State())) left[key.first] = item.left_milli();
    return left;
  }
  // Writes what the hub would, and says to whom.
  std::vector<std::string> Tell() {
    std::vector<std::string> told;
    const TransferState state = State();
    for (const MissingNote& missing : MissingNotes(state)) {
      told.push_back(missing.shop);
      const JournalContext& journal = missing.shop == "herstal"      ? to_herstal_
                                      : missing.shop == "outremeuse" ? to_outremeuse_
                                                                     : to_wandre_;
      Announce(journal, missing);
    }
    return told;
  }
  void Announce(const JournalContext& journal, const MissingNote& missing) {
    const std::string bytes = MakeNote(id_, missing);
    if (NoteKindOf(missing) == v1::FACT_KIND_TRANSFER_ANNOUNCED) {
      v1::TransferAnnounced announced;
      ASSERT_TRUE(announced.ParseFromString(bytes));
      world_.Write(journal, v1::FACT_KIND_TRANSFER_ANNOUNCED, announced);
    } else {
      v1::TransferAnswered answered;
      ASSERT_TRUE(answered.ParseFromString(bytes));
      world_.Write(journal, v1::FACT_KIND_TRANSFER_ANSWERED, answered);
    }
  }
  shop::v1::ListTransfersResponse List(bool open, const std::string& shop = "",
                                       uint32_t page_size = 0, const std::string& cursor = "") {
    shop::v1::ListTransfersRequest request;
    request.set_open(open);
    request.set_shop(shop);
    request.set_page_size(page_size);
    request.set_cursor(cursor);
    return Must(ListTransfers(*world_.Snapshot(), now_ms_, request));
  }
  int64_t OnShelf(const std::string& shop, const std::string& product) {
    shop::v1::ListStockRequest request;
    request.set_product(product);
    int64_t milli = 0;
    const auto stock = Must(ListStock(*world_.Snapshot(), shop, request));
    for (const auto& row : stock.rows()) milli += row.quantity_milli();
    return milli;
  }
  static JournalContext FromHub(const std::string& shop, uint64_t journal) {
    return {JournalId(journal),
            journal::v1::SCOPE_SHOP,
            shop,
            "261123-hub-" + shop,
            {"essai", "hub", "", true, true}};
  }

  const JournalContext hub_ = CoopJournal(1);
  const JournalContext outremeuse_ = ShopJournal("outremeuse", 2);
  const JournalContext herstal_ = ShopJournal("herstal", 3);
  const JournalContext wandre_ = ShopJournal("wandre", 4);
  const JournalContext to_herstal_ = FromHub("herstal", 13);
  const JournalContext to_outremeuse_ = FromHub("outremeuse", 12);
  const JournalContext to_wandre_ = FromHub("wandre", 14);
  const std::string id_ = MakeTransferId("outremeuse", "0123456789abcdef", 7);
  int64_t now_ms_ = kMondayMs + 3'600'000;
  RetailWorld world_;
  shop::v1::SendTransferRequest send_;
};

// ---- sent ----

TEST_F(TransfersTest, LotsThatExpireFirstLeaveFirstWithWhatIsKnownOfThem) {
  const v1::TransferSent sent = Must(BuildSent());
  EXPECT_EQ(sent.transfer(), id_);
  EXPECT_EQ(sent.to(), "herstal");
  ASSERT_EQ(sent.lines_size(), 2);
  EXPECT_EQ(sent.lines(0).lot(), "L47");
  EXPECT_EQ(sent.lines(0).quantity_milli(), 3'000);
  EXPECT_EQ(sent.lines(0).use_by_day(), kSoon.value());
  EXPECT_EQ(sent.lines(0).producer(), "moulin");
  EXPECT_EQ(sent.lines(1).lot(), "L48");
  EXPECT_EQ(sent.lines(1).quantity_milli(), 2'000);
}

TEST_F(TransfersTest, ALotThatIsNamedIsTaken) {
  send_.mutable_lines(0)->set_lot("L48");
  send_.mutable_lines(0)->set_producer("ferme-du-bois");
  const v1::TransferSent sent = Must(BuildSent());
  ASSERT_EQ(sent.lines_size(), 1);
  EXPECT_EQ(sent.lines(0).lot(), "L48");
  EXPECT_EQ(sent.lines(0).use_by_day(), kLater.value());
  EXPECT_EQ(sent.lines(0).producer(), "ferme-du-bois");  // what is said goes first
}

TEST_F(TransfersTest, WhatCannotBeSentIsRefused) {
  send_.set_to("outremeuse");
  ExpectRefused(BuildSent().status(), kBadTransfer);
  send_.set_to("visé");
  ExpectRefused(BuildSent().status(), kBadCode);
  send_.set_to("nulle-part");
  EXPECT_EQ(BuildSent().status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(BuildSent().status()), kUnknownShop);
  send_.set_to("herstal");
  send_.mutable_lines(0)->set_product("inconnu");
  EXPECT_EQ(ReasonOf(BuildSent().status()), kUnknownProduct);
  send_.mutable_lines(0)->set_product("fraises");
  send_.mutable_lines(0)->clear_quantity_milli();
  ExpectRefused(BuildSent().status(), kBadQuantity);
  send_.mutable_lines(0)->set_quantity_milli(-1);
  ExpectRefused(BuildSent().status(), kBadQuantity);
  send_.clear_lines();
  ExpectRefused(BuildSent().status(), kBadLines);
}

// ---- received ----

TEST_F(TransfersTest, AllThatIsOnItsWayIsReceivedWithItsLots) {
  Send();
  EXPECT_EQ(OnShelf("outremeuse", "fraises"), 2'000);
  EXPECT_EQ(Left()["fraises"], 5'000);
  Receive(Receipt());
  EXPECT_EQ(OnShelf("herstal", "fraises"), 5'000);
  EXPECT_EQ(Left()["fraises"], 0);
  EXPECT_FALSE(IsOpen(State()));
  EXPECT_EQ(Must(UseByDay(*world_.Snapshot(), "herstal", "fraises", "L47")), kSoon);
  EXPECT_THAT(Must(CheckConservation(*world_.Snapshot())), IsEmpty());
  EXPECT_EQ(ReasonOf(BuildReceived(Receipt()).status()), kNothingInTransit);
}

TEST_F(TransfersTest, InPartAndMoreThanWasSent) {
  Send();
  auto part = Receipt();
  Line(part, "fraises", 3'500);
  const v1::TransferReceived first = Must(BuildReceived(part));
  ASSERT_EQ(first.lines_size(), 2);
  EXPECT_EQ(first.lines(0).lot(), "L47");
  EXPECT_EQ(first.lines(0).quantity_milli(), 3'000);
  EXPECT_EQ(first.lines(1).quantity_milli(), 500);
  Receive(part);
  EXPECT_EQ(Left()["fraises"], 1'500);
  EXPECT_TRUE(IsOpen(State()));
  auto rest = Receipt();
  Line(rest, "fraises", 2'000);
  Line(rest, "pain-gris", 1'000);
  Receive(rest);
  EXPECT_EQ(Left(), (std::map<std::string, int64_t>{{"fraises", -500}, {"pain-gris", -1'000}}));
  EXPECT_FALSE(IsOpen(State()));
  const auto listed = List(false);
  ASSERT_EQ(listed.transfers_size(), 1);
  EXPECT_TRUE(listed.transfers(0).more_than_sent());
  EXPECT_FALSE(listed.transfers(0).open());
}

TEST_F(TransfersTest, WhatIsNotAnnouncedIsReceivedByThePaper) {
  EXPECT_EQ(ReasonOf(BuildReceived(Receipt()).status()), kNotAnnounced);
  auto by_paper = Receipt();
  Line(by_paper, "fraises");
  EXPECT_EQ(ReasonOf(BuildReceived(by_paper).status()), kNotAnnounced);
  by_paper.mutable_lines(0)->set_quantity_milli(5'000);
  by_paper.mutable_lines(0)->set_lot("L47");
  by_paper.mutable_lines(0)->set_use_by_day(kSoon.value());
  Receive(by_paper);
  EXPECT_EQ(OnShelf("herstal", "fraises"), 5'000);
  EXPECT_EQ(Must(UseByDay(*world_.Snapshot(), "herstal", "fraises", "L47")), kSoon);
  EXPECT_TRUE(IsOpen(State()));  // until it is known to be sent
  Send();
  EXPECT_FALSE(IsOpen(State()));
  by_paper.set_transfer(MakeTransferId("outremeux", "0123456789abcdef", 7));
  EXPECT_EQ(BuildReceived(by_paper).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(BuildReceived(by_paper).status()), kUnknownShop);
  by_paper.set_transfer("outremeuse-22222-22222");
  ExpectRefused(BuildReceived(by_paper).status(), kBadTransfer);
}

TEST_F(TransfersTest, TheSenderSaysWhatCameBack) {
  Send();
  EXPECT_EQ(ReasonOf(BuildReceived(Receipt(), "outremeuse").status()), kOtherShop);
  auto back = Receipt();
  Line(back, "fraises", 1'000);
  world_.Write(outremeuse_, v1::FACT_KIND_TRANSFER_RECEIVED,
               Must(BuildReceived(back, "outremeuse")));
  EXPECT_EQ(Left()["fraises"], 4'000);
  EXPECT_EQ(OnShelf("outremeuse", "fraises"), 3'000);
}

// ---- settled ----

TEST_F(TransfersTest, WhatDoesNotArriveIsGivenUp) {
  EXPECT_EQ(ReasonOf(BuildSettled(Settlement()).status()), kNotAnnounced);
  EXPECT_THAT(std::string(BuildSettled(Settlement()).status().message()),
              HasSubstr("wait until the hub brings what was sent"));
  Send();
  auto part = Receipt();
  Line(part, "fraises", 3'500);
  Receive(part);
  auto too_much = Settlement();
  Line(too_much, "fraises", 1'501);
  EXPECT_EQ(ReasonOf(BuildSettled(too_much).status()), kNothingInTransit);
  EXPECT_EQ(ReasonOf(BuildTransferSettled(*world_.Snapshot(), "wandre", Settlement()).status()),
            kOtherShop);
  world_.Write(herstal_, v1::FACT_KIND_TRANSFER_SETTLED, Must(BuildSettled(Settlement())));
  EXPECT_EQ(Left()["fraises"], 0);
  EXPECT_FALSE(IsOpen(State()));
  EXPECT_EQ(OnShelf("herstal", "fraises"), 3'500);
  EXPECT_THAT(Must(CheckConservation(*world_.Snapshot())), IsEmpty());
  EXPECT_EQ(ReasonOf(BuildSettled(Settlement()).status()), kNothingInTransit);
  EXPECT_THAT(std::string(BuildSettled(Settlement()).status().message()),
              HasSubstr("nothing is left to give up"));
}

// ---- undone, and told ----

TEST_F(TransfersTest, WhatIsUndoneCountsNoMoreAndMayComeBack) {
  const Fact sent = Send();
  const Fact received = Receive(Receipt());
  world_.Fold(received, Direction::kUncount);
  EXPECT_EQ(Left()["fraises"], 5'000);
  EXPECT_TRUE(IsOpen(State()));
  EXPECT_EQ(OnShelf("herstal", "fraises"), 0);
  world_.Fold(sent, Direction::kUncount);
  EXPECT_FALSE(IsOpen(State()));
  EXPECT_EQ(OnShelf("outremeuse", "fraises"), 7'000);
  world_.Fold(received, Direction::kCount);
  EXPECT_TRUE(IsOpen(State()));  // received, and not known to be sent
}

TEST_F(TransfersTest, TheHubTellsEachSideOnceAndAgainWhatChanged) {
  const Fact sent = Send();
  EXPECT_THAT(Tell(), ElementsAre("herstal"));
  EXPECT_THAT(Tell(), IsEmpty());
  const Fact received = Receive(Receipt());
  EXPECT_THAT(Tell(), ElementsAre("outremeuse"));
  EXPECT_THAT(Tell(), IsEmpty());
  world_.Fold(received, Direction::kUncount);
  EXPECT_THAT(Tell(), ElementsAre("outremeuse"));
  EXPECT_THAT(Tell(), IsEmpty());
  world_.Fold(sent, Direction::kUncount);
  EXPECT_THAT(Tell(), ElementsAre("herstal"));
  EXPECT_THAT(Tell(), IsEmpty());
  EXPECT_EQ(State().notes.at({"herstal", TransferFactBytes(sent.name().reference())}).revision, 2U);
}

TEST_F(TransfersTest, WhatWentElsewhereIsToldToAllWhomItConcerns) {
  Send();
  EXPECT_THAT(Tell(), ElementsAre("herstal"));
  auto astray = Receipt();
  Line(astray, "fraises", 2'000);
  world_.Write(wandre_, v1::FACT_KIND_TRANSFER_RECEIVED, Must(BuildReceived(astray, "wandre")));
  EXPECT_THAT(Tell(), ElementsAre("herstal", "outremeuse", "wandre"));
  EXPECT_THAT(Tell(), IsEmpty());
}

// Who was told once hears the rest, else it would wait for it for ever.
TEST_F(TransfersTest, AShopThatReceivedByMistakeHearsWhatArrivedElsewhere) {
  Send();
  auto astray = Receipt();
  Line(astray, "fraises", 2'000);
  const Fact mistaken =
      world_.Write(wandre_, v1::FACT_KIND_TRANSFER_RECEIVED, Must(BuildReceived(astray, "wandre")));
  Tell();
  world_.Fold(mistaken, Direction::kUncount);
  EXPECT_THAT(Tell(), ElementsAre("herstal", "outremeuse"));
  Receive(Receipt());
  EXPECT_THAT(Tell(), ElementsAre("outremeuse", "wandre"));
  EXPECT_THAT(Tell(), IsEmpty());
}

// ---- bounds ----

TEST_F(TransfersTest, TooManyFactsOfOneAreNotAddedToAndNotReckoned) {
  Send();
  v1::TransferReceived received;
  received.set_transfer(id_);
  v1::TransferLine* line = received.add_lines();
  line->set_product("fraises");
  line->set_unit(v1::UNIT_KILOGRAM);
  line->set_quantity_milli(1);
  const auto receive = [&](size_t times) {
    for (size_t i = 0; i < times; ++i) {
      world_.Write(herstal_, v1::FACT_KIND_TRANSFER_RECEIVED, received);
    }
  };
  receive(kTransferFactsMax - 2);
  EXPECT_TRUE(BuildReceived(Receipt()).ok());
  receive(1);
  EXPECT_EQ(ReasonOf(BuildReceived(Receipt()).status()), kTooManyFacts);
  EXPECT_EQ(ReasonOf(BuildSettled(Settlement()).status()), kTooManyFacts);
  receive(kTransferRowsMax - kTransferFactsMax);
  EXPECT_EQ(State().facts.size(), kTransferRowsMax);
  EXPECT_FALSE(State().too_many);
  receive(1);
  EXPECT_TRUE(State().too_many);
  EXPECT_TRUE(IsOpen(State()));
  EXPECT_THAT(Tell(), IsEmpty());
  EXPECT_FALSE(world_.Snapshot()
                   ->Get(kTransferLists, TransferListKey(TransferList::kWaiting, id_))
                   ->has_value());
  for (const bool open : {false, true}) {
    const auto listed = List(open);
    ASSERT_EQ(listed.transfers_size(), 1);
    EXPECT_TRUE(listed.transfers(0).open());
    EXPECT_EQ(listed.transfers(0).lines_size(), 0);
  }
  EXPECT_EQ(ReasonOf(BuildReceived(Receipt()).status()), kTooManyFacts);
  EXPECT_THAT(Must(CheckConservation(*world_.Snapshot())), IsEmpty());
}

// A shop that holds only what it was told, as its replica does.
TEST_F(TransfersTest, AShopKnowsByWhatItIsTold) {
  RetailWorld herstal;
  herstal.SetProduct(hub_, "fraises", "Fraises", v1::UNIT_KILOGRAM);
  const Fact sent = Send();
  v1::TransferAnnounced announced;
  const TransferState known = State();
  ASSERT_TRUE(announced.ParseFromString(MakeNote(id_, MissingNotes(known).at(0))));
  const Fact told = herstal.Write(to_herstal_, v1::FACT_KIND_TRANSFER_ANNOUNCED, announced);
  const auto state = [&] { return Must(ReadTransfer(*herstal.Snapshot(), id_)); };
  EXPECT_TRUE(IsOpen(state()));
  EXPECT_TRUE(IsSent(state()));
  // Told twice, by another run of the hub: nothing changes.
  const JournalContext later = FromHub("herstal", 23);
  herstal.Write(later, v1::FACT_KIND_TRANSFER_ANNOUNCED, announced);
  EXPECT_EQ(state().facts.size(), 1U);
  EXPECT_EQ(ItemsOf(state()).begin()->second.left_milli(), 5'000);
  const auto received = Must(BuildTransferReceived(*herstal.Snapshot(), "herstal", Receipt()));
  herstal.Write(herstal_, v1::FACT_KIND_TRANSFER_RECEIVED, received);
  EXPECT_FALSE(IsOpen(state()));
  EXPECT_THAT(Must(CheckConservation(*herstal.Snapshot())), IsEmpty());
  // Undone at the sender's.
  announced.mutable_told()->set_undone(true);
  announced.mutable_told()->set_revision(2);
  announced.clear_sent();
  herstal.Write(to_herstal_, v1::FACT_KIND_TRANSFER_ANNOUNCED, announced);
  EXPECT_FALSE(IsSent(state()));
  EXPECT_TRUE(IsOpen(state()));
}

// All that a node knows concerns its shop, though nothing of it names the shop any more.
TEST_F(TransfersTest, WhatAShopWasToldIsListedForIt) {
  RetailWorld wandre;
  Send();
  v1::TransferAnnounced announced;
  const TransferState known = State();
  ASSERT_TRUE(announced.ParseFromString(MakeNote(id_, MissingNotes(known).at(0))));
  wandre.Write(to_wandre_, v1::FACT_KIND_TRANSFER_ANNOUNCED, announced);
  shop::v1::ListTransfersRequest request;
  for (const char* shop : {"", "wandre"}) {
    request.set_shop(shop);
    EXPECT_EQ(Must(ListTransfers(*wandre.Snapshot(), now_ms_, request)).transfers_size(), 1);
  }
}

TEST_F(TransfersTest, ANoteLeavesOutWhatNobodyHereKnows) {
  v1::TransferSent sent = Must(BuildSent());
  sent.GetReflection()->MutableUnknownFields(&sent)->AddLengthDelimited(
      1'000, std::string(200 << 10, 'a'));
  world_.Write(outremeuse_, v1::FACT_KIND_TRANSFER_SENT, sent);
  const TransferState state = State();
  EXPECT_LT(MakeNote(id_, MissingNotes(state).at(0)).size(), 1'000U);
}

// ---- lists ----

TEST_F(TransfersTest, OpenOnesAreListedOldestFirstWithTheirAge) {
  Send();
  const std::string first = id_;
  send_.set_request_id("fedcba9876543210");
  send_.mutable_lines(0)->set_quantity_milli(1'000);
  world_.wall_ms += 3'600'000;
  Send();
  auto open = List(true);
  ASSERT_EQ(open.transfers_size(), 2);
  EXPECT_EQ(open.transfers(0).transfer(), first);
  EXPECT_EQ(open.transfers(0).from(), "outremeuse");
  EXPECT_EQ(open.transfers(0).to(), "herstal");
  EXPECT_EQ(open.transfers(0).sent_ms(), kMondayMs);
  EXPECT_FALSE(open.transfers(0).overdue());
  EXPECT_EQ(List(true, "wandre").transfers_size(), 0);
  EXPECT_EQ(List(true, "herstal").transfers_size(), 2);
  const auto page = List(true, "", 1);
  ASSERT_EQ(page.transfers_size(), 1);
  const auto next = List(true, "", 1, page.next_cursor());
  ASSERT_EQ(next.transfers_size(), 1);
  EXPECT_NE(next.transfers(0).transfer(), first);
  EXPECT_EQ(next.next_cursor(), "");
  now_ms_ = kMondayMs + kTransferOverdueMillis + 1;
  open = List(true);
  EXPECT_TRUE(open.transfers(0).overdue());
  EXPECT_FALSE(open.transfers(1).overdue());
}

TEST_F(TransfersTest, AllAreListedOnceByTheLatestDay) {
  Send();
  send_.set_request_id("fedcba9876543210");
  send_.mutable_lines(0)->set_quantity_milli(1'000);
  world_.wall_ms += 86'400'000;
  const std::string second = Must(BuildSent()).transfer();
  Send();
  ASSERT_EQ(List(false).transfers_size(), 2);
  EXPECT_EQ(List(false).transfers(0).transfer(), second);
  world_.wall_ms += 86'400'000;
  Receive(Receipt());
  ASSERT_EQ(List(false).transfers_size(), 2);
  EXPECT_EQ(List(false).transfers(0).transfer(), id_);
  EXPECT_EQ(List(false).transfers(0).steps_size(), 2);
  const auto page = List(false, "", 1);
  const auto next = List(false, "", 1, page.next_cursor());
  ASSERT_EQ(next.transfers_size(), 1);
  EXPECT_EQ(next.transfers(0).transfer(), second);
  EXPECT_EQ(List(true).transfers_size(), 1);
}

TEST_F(TransfersTest, OneIsFoundByItsIdAndBadQuestionsAreRefused) {
  shop::v1::ListTransfersRequest request;
  const auto ask = [&] { return ListTransfers(*world_.Snapshot(), now_ms_, request); };
  request.set_transfer(id_);
  EXPECT_EQ(ask().status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(ask().status()), kUnknownTransfer);
  Send();
  EXPECT_EQ(Must(ask()).transfers_size(), 1);
  request.set_transfer("outremeuse");
  ExpectRefused(ask().status(), kBadTransfer);
  request.clear_transfer();
  request.set_shop("Herstal");
  ExpectRefused(ask().status(), kBadCode);
  request.clear_shop();
  request.set_page_size(1'001);
  ExpectRefused(ask().status(), kBadPageSize);
  request.clear_page_size();
  for (const bool open : {false, true}) {
    request.set_open(open);
    request.set_cursor("garbage");
    ExpectRefused(ask().status(), kBadCursor);
    request.set_cursor(
        SealCursor(open ? retail::List::kOpenTransfersList : retail::List::kTransfersList, "x"));
    ExpectRefused(ask().status(), kBadCursor);
  }
}

TEST_F(TransfersTest, StockAndInventoryShowWhatIsOnItsWay) {
  Send();
  const auto inventory = Must(ListInventory(*world_.Snapshot(), {}));
  ASSERT_EQ(inventory.rows_size(), 1);
  EXPECT_EQ(inventory.rows(0).total_milli(), 2'000);
  ASSERT_EQ(inventory.rows(0).in_transit_size(), 1);
  EXPECT_EQ(inventory.rows(0).in_transit(0).shop(), "herstal");
  EXPECT_EQ(inventory.rows(0).in_transit(0).quantity_milli(), 5'000);
  // Nothing was ever on the shelf there.
  const auto listed = [this](const char* shop) {
    return Must(ListStockAndTransit(*world_.Snapshot(), shop, {}));
  };
  const auto stock = listed("herstal");
  ASSERT_EQ(stock.rows_size(), 1);
  EXPECT_EQ(stock.rows(0).product(), "fraises");
  EXPECT_EQ(stock.rows(0).quantity_milli(), 0);
  EXPECT_EQ(stock.rows(0).in_transit_milli(), 5'000);
  EXPECT_EQ(listed("outremeuse").rows(0).in_transit_milli(), 0);
  // The shelf alone, for what a delivery or a count says of it, does not ask.
  EXPECT_EQ(Must(ListStock(*world_.Snapshot(), "herstal", {})).rows_size(), 0);
  Receive(Receipt());
  EXPECT_EQ(listed("herstal").rows(0).in_transit_milli(), 0);
  EXPECT_EQ(Must(ListInventory(*world_.Snapshot(), {})).rows(0).in_transit_size(), 0);
}

// What is on its way stands among what is on the shelves, page by page.
TEST_F(TransfersTest, PagesOfStockLeaveNothingOut) {
  for (const char* product : {"ail", "miel", "zeste"}) {
    world_.SetProduct(hub_, product, product);
    Line(send_, product, 1'000);
  }
  Send();
  world_.Receive(herstal_, "fraises", 1'000, "", v1::UNIT_KILOGRAM);
  world_.Receive(herstal_, "pain-gris", 1'000);
  for (const uint32_t page_size : {1, 2, 3, 9}) {
    std::vector<std::string> products;
    shop::v1::ListStockRequest request;
    request.set_page_size(page_size);
    do {
      const auto page = Must(ListStockAndTransit(*world_.Snapshot(), "herstal", request));
      for (const auto& row : page.rows()) products.push_back(row.product());
      request.set_cursor(page.next_cursor());
    } while (!request.cursor().empty());
    EXPECT_THAT(products, ElementsAre("ail", "fraises", "miel", "pain-gris", "zeste")) << page_size;
  }
}

}  // namespace
}  // namespace comptoir::retail
