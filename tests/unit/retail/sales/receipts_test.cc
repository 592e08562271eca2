#include "common/retail/sales/receipts.h"

#include <set>
#include <string>
#include <vector>

#include "common/retail/calendar.h"
#include "common/retail/cursor.h"
#include "common/retail/keys.h"
#include "comptoir/retail/v1/registers.pb.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

TEST(ReceiptNumberTest, IsWrittenAsPeopleReadIt) {
  EXPECT_EQ(FormatReceiptNumber("outremeuse", "261123-k7qm2w", 412),
            "outremeuse-261123-k7qm2w-0412");
  EXPECT_EQ(FormatReceiptNumber("herstal", "261123-k7qm2w", 123'456),
            "herstal-261123-k7qm2w-123456");
}

TEST(ReceiptNumberTest, ReadsWhatItWrites) {
  const ReceiptNumber expected{"sainte-walburge", "261123-k7qm2w", 412, {}};
  EXPECT_EQ(Must(ParseReceiptNumber("sainte-walburge-261123-k7qm2w-0412")), expected);
  EXPECT_EQ(Must(ParseReceiptNumber("sainte-walburge-261123-k7qm2w-412")), expected);
  EXPECT_EQ(Must(ParseReceiptNumber("x-261123-k7qm2w-18446744073709551615")).ordinal, UINT64_MAX);
}

TEST(ReceiptNumberTest, OfABranchThatWasNotKeptMaySayWhich) {
  const std::string number = "herstal-261123-k7qm2w-0412";
  EXPECT_EQ(Must(ParseReceiptNumber(number)).ending, NameEnding());
  EXPECT_TRUE(Must(ParseReceiptNumber(number + "-kept")).ending.kept);
  EXPECT_EQ(Must(ParseReceiptNumber(number + "-moved")).ending.moved, "");
  EXPECT_EQ(Must(ParseReceiptNumber(number + "-moved-3fa2")).ending.moved, "3fa2");
  EXPECT_EQ(Must(ParseReceiptNumber(number + "-moved-3fa2")).ordinal, 412U);
  // A shop may have such a name.
  EXPECT_EQ(Must(ParseReceiptNumber("the-moved-3fa2-261123-k7qm2w-0412")).shop, "the-moved-3fa2");
  for (const char* ending : {"-moved-", "-moved-3fa", "-moved-3FA2", "-moved-0123456789abcdef0",
                             "-moved-3fa2-moved", "moved-3fa2", "-kept-moved", "-moved-kept"}) {
    ExpectRefused(ParseReceiptNumber(number + ending).status(), kBadReceiptNumber);
  }
}

TEST(ReceiptNumberTest, RefusesOthers) {
  for (const std::string& text :
       {std::string(), std::string("0412"), std::string("herstal-0412"),
        std::string("herstal-k7qm2w-0412"), std::string("-261123-k7qm2w-0412"),
        std::string("Herstal-261123-k7qm2w-0412"), std::string("herstal-261123-k7qm2w-"),
        std::string("herstal-261123-k7qm2w-0000"), std::string("herstal-261123-k7qm2w-04x2"),
        std::string("herstal-261123-k7qm2w-+412"), std::string("herstal-261123-K7QM2W-0412"),
        std::string("herstal-261123-k7qm2w-18446744073709551616"), std::string(200, '-'),
        std::string(200, 'a')}) {
    ExpectRefused(ParseReceiptNumber(text).status(), kBadReceiptNumber);
  }
}

class ReceiptsTest : public ::testing::Test {
 protected:
  ReceiptsTest() {
    world_.OpenSeries(morning_);
    world_.OpenSeries(evening_);
    world_.OpenSeries(elsewhere_);
  }
  ReceiptPage Page(Day day, const std::string& cursor, uint32_t page_size) {
    return Must(ListReceiptPlaces(*world_.Snapshot(), "herstal", day, cursor, page_size));
  }
  std::vector<ReceiptPlace> All(Day day, uint32_t page_size) {
    std::vector<ReceiptPlace> all;
    std::string cursor;
    do {
      const ReceiptPage page = Page(day, cursor, page_size);
      if (page_size != 0) {
        EXPECT_LE(page.receipts.size(), page_size);
      }
      all.insert(all.end(), page.receipts.begin(), page.receipts.end());
      cursor = page.next_cursor;
    } while (!cursor.empty());
    return all;
  }
  static ReceiptPlace PlaceOf(const Fact& fact) {
    return {fact.reference.journal, fact.reference.sequence, fact.receipt_ordinal, false};
  }

  // The later series has the lower journal.
  const JournalContext morning_ = ShopJournal("herstal", 9, "261123-aaaaaa");
  const JournalContext evening_ = ShopJournal("herstal", 4, "261123-bbbbbb");
  const JournalContext elsewhere_ = ShopJournal("outremeuse", 5, "261123-cccccc");
  const JournalContext hub_ = CoopJournal(1);
  RetailWorld world_;
};

TEST_F(ReceiptsTest, FindsOneByItsNumber) {
  world_.Sell(morning_, "pain", 1'000);
  const Fact second = world_.Sell(morning_, "pain", 1'000);
  const auto snapshot = world_.Snapshot();
  EXPECT_EQ(Must(FindReceipt(*snapshot, "herstal-261123-aaaaaa-0002")), PlaceOf(second));
  for (const char* number : {"herstal-261123-aaaaaa-0003", "herstal-261123-zzzzzz-0001",
                             "outremeuse-261123-aaaaaa-0001"}) {
    const absl::Status status = FindReceipt(*snapshot, number).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << number;
    EXPECT_EQ(ReasonOf(status), kUnknownReceipt);
  }
  ExpectRefused(FindReceipt(*snapshot, "0002").status(), kBadReceiptNumber);
}

TEST_F(ReceiptsTest, SaysWhichIsADuplicate) {
  const Fact fact = world_.Sell(morning_, "pain", 1'000);
  world_.Fold(fact, Direction::kUncount);
  EXPECT_TRUE(Must(FindReceipt(*world_.Snapshot(), "herstal-261123-aaaaaa-0001")).duplicate);
  const auto listed = All(kMonday, 0);
  ASSERT_EQ(listed.size(), 1u) << "a duplicate is listed too";
  EXPECT_TRUE(listed[0].duplicate);
}

TEST_F(ReceiptsTest, ListsADayByTimePageByPage) {
  std::vector<ReceiptPlace> expected;
  for (int i = 0; i < 7; ++i) {
    world_.wall_ms += 1'000;
    expected.push_back(PlaceOf(world_.Sell(i < 3 || i == 5 ? morning_ : evening_, "pain", 1'000)));
    world_.Sell(elsewhere_, "pain", 1'000);
  }
  world_.wall_ms += kMillisPerDay;
  const Fact next_day = world_.Sell(morning_, "pain", 1'000);
  for (const uint32_t page_size : {1u, 2u, 6u, 7u, 8u, 0u}) {
    EXPECT_EQ(All(kMonday, page_size), expected) << page_size;
  }
  EXPECT_EQ(All(Day(kMonday.value() + 1), 0), std::vector<ReceiptPlace>{PlaceOf(next_day)});
  EXPECT_TRUE(All(Day(kMonday.value() + 2), 0).empty());
}

TEST_F(ReceiptsTest, OneSecondsReceiptsAreEachListedOnce) {
  std::set<uint64_t> ordinals;
  for (int i = 0; i < 5; ++i) world_.Sell(morning_, "pain", 1'000);
  for (const ReceiptPlace& place : All(kMonday, 2)) ordinals.insert(place.ordinal);
  EXPECT_EQ(ordinals, (std::set<uint64_t>{1, 2, 3, 4, 5}));
}

TEST_F(ReceiptsTest, DaysThatShareABlockAreKeptApart) {
  // A clock that is put right: days of one journal need not rise.
  const Fact first = world_.Sell(morning_, "pain", 1'000);
  world_.wall_ms -= kMillisPerDay;
  const Fact second = world_.Sell(morning_, "pain", 1'000);
  world_.wall_ms += kMillisPerDay;
  const Fact third = world_.Sell(morning_, "pain", 1'000);
  EXPECT_EQ(All(kMonday, 0), (std::vector<ReceiptPlace>{PlaceOf(first), PlaceOf(third)}));
  EXPECT_EQ(All(Day(kMonday.value() - 1), 0), std::vector<ReceiptPlace>{PlaceOf(second)});
}

TEST_F(ReceiptsTest, ListsPastABlock) {
  for (uint64_t i = 0; i < 1'030; ++i) world_.Sell(morning_, "pain", 1'000);
  EXPECT_EQ(All(kMonday, 1'000).size(), 1'030u);
}

TEST_F(ReceiptsTest, AKeyThatIsCutShortIsDamage) {
  const Fact fact = world_.Sell(morning_, "pain", 1'000);
  const auto batch = world_.Begin();
  v1::ReceiptRow row;
  const std::string key = ReceiptKey(fact.reference.journal, 0x0300);
  batch->Put(kReceipts, key.substr(0, key.size() - 1), row.SerializeAsString());
  world_.Commit(batch);
  EXPECT_EQ(ListReceiptPlaces(*world_.Snapshot(), "herstal", kMonday, "", 0).status().code(),
            absl::StatusCode::kDataLoss);
}

TEST_F(ReceiptsTest, RefusesBadRequests) {
  const auto snapshot = world_.Snapshot();
  const auto refuse = [&](std::string_view shop, Day day, const std::string& cursor, uint32_t size,
                          std::string_view reason) {
    ExpectRefused(ListReceiptPlaces(*snapshot, shop, day, cursor, size).status(), reason);
  };
  refuse("", kMonday, "", 0, kBadCode);
  refuse("herstal", Day(-1), "", 0, kBadDay);
  refuse("herstal", kMonday, "", 1'001, kBadPageSize);
  refuse("herstal", kMonday, "zz", 0, kBadCursor);
  refuse("herstal", kMonday, SealCursor(List::kReceiptsList, "short"), 0, kBadCursor);
  refuse("herstal", kMonday, SealCursor(List::kReceiptsList, std::string(21, 'a')), 0, kBadCursor);
}

TEST_F(ReceiptsTest, SaysAllThatWasPrinted) {
  world_.SetProduct(hub_, "pain", "Pain gris");
  v1::Sold sold;
  v1::SoldLine* line = sold.add_lines();
  line->set_product("pain");
  line->set_unit(v1::UNIT_PIECE);
  line->set_unit_price_cents(251);
  line->set_vat_basis_points(600);
  line->set_lot("L1");
  line = sold.add_lines();
  line->set_product("sac");
  line->set_unit(v1::UNIT_PIECE);
  line->set_quantity_milli(2'000);
  line->set_unit_price_cents(121);
  line->set_vat_basis_points(2'100);
  v1::Payment* payment = sold.add_payments();
  payment->set_method(v1::PAYMENT_METHOD_VOUCHER);
  payment->set_amount_cents(100);
  sold.add_payments()->set_method(v1::PAYMENT_METHOD_CASH);
  sold.set_cash_rounding_cents(2);
  sold.set_till("caisse-1");
  Fact fact = world_.Write(morning_, v1::FACT_KIND_SOLD, sold);
  fact.doubtful = true;
  const auto receipt = Must(MakeReceipt(*world_.Snapshot(), fact, true));
  EXPECT_EQ(receipt.number(), "herstal-261123-aaaaaa-0001");
  EXPECT_EQ(receipt.shop(), "herstal");
  EXPECT_EQ(receipt.wall_ms(), kMondayMs);
  EXPECT_EQ(receipt.utc_offset_minutes(), 60);
  EXPECT_EQ(receipt.day(), kMonday.value());
  EXPECT_EQ(receipt.till(), "caisse-1");
  EXPECT_TRUE(receipt.duplicate());
  EXPECT_TRUE(receipt.doubtful());
  EXPECT_EQ(receipt.reference().journal(), 9u);
  EXPECT_EQ(receipt.reference().sequence(), fact.reference.sequence.value());
  EXPECT_EQ(receipt.reference().hash_prefix(), fact.reference.hash_prefix);
  ASSERT_EQ(receipt.lines_size(), 2);
  EXPECT_EQ(receipt.lines(0).name(), "Pain gris");
  EXPECT_EQ(receipt.lines(0).quantity_milli(), 1'000);
  EXPECT_EQ(receipt.lines(0).total_cents(), 251);
  EXPECT_EQ(receipt.lines(0).lot(), "L1");
  EXPECT_EQ(receipt.lines(1).name(), "");
  EXPECT_EQ(receipt.lines(1).unit_price_cents(), 121);
  EXPECT_EQ(receipt.lines(1).total_cents(), 242);
  EXPECT_EQ(receipt.total_cents(), 493);
  EXPECT_EQ(receipt.cash_rounding_cents(), 2);
  ASSERT_EQ(receipt.vat_size(), 2);
  EXPECT_EQ(receipt.vat(0).basis_points(), 600u);
  EXPECT_EQ(receipt.vat(0).total_cents(), 251);
  EXPECT_EQ(receipt.vat(0).vat_cents(), 14);
  EXPECT_EQ(receipt.vat(1).vat_cents(), 42);
  ASSERT_EQ(receipt.payments_size(), 2);
  EXPECT_EQ(receipt.payments(0).amount_cents(), 100);
  EXPECT_EQ(receipt.payments(1).amount_cents(), 395);
}

TEST_F(ReceiptsTest, AnAmountThatWasSaidStays) {
  v1::Sold sold;
  v1::SoldLine* line = sold.add_lines();
  line->set_product("pain");
  line->set_unit(v1::UNIT_PIECE);
  line->set_unit_price_cents(250);
  sold.add_payments()->set_method(v1::PAYMENT_METHOD_CARD);
  sold.mutable_payments(0)->set_amount_cents(250);
  const Fact fact = world_.Write(morning_, v1::FACT_KIND_SOLD, sold);
  const auto receipt = Must(MakeReceipt(*world_.Snapshot(), fact, false));
  EXPECT_EQ(receipt.payments(0).amount_cents(), 250);
  EXPECT_FALSE(receipt.duplicate());
}

TEST_F(ReceiptsTest, SaysWhatWasTakenOffAndVatOfWhatWasPaid) {
  v1::Sold sold;
  for (const uint32_t vat : {600u, 2'100u}) {
    v1::SoldLine* line = sold.add_lines();
    line->set_product("pain");
    line->set_unit(v1::UNIT_PIECE);
    line->set_unit_price_cents(1'000);
    line->set_vat_basis_points(vat);
  }
  sold.mutable_lines(0)->set_discount_cents(400);
  sold.set_discount_cents(100);
  sold.add_payments()->set_method(v1::PAYMENT_METHOD_CARD);
  const Fact fact = world_.Write(morning_, v1::FACT_KIND_SOLD, sold);
  const auto receipt = Must(MakeReceipt(*world_.Snapshot(), fact, false));
  EXPECT_EQ(receipt.lines(0).discount_cents(), 400);
  EXPECT_EQ(receipt.lines(0).receipt_discount_cents(), 38);  // 37.5, and the cent to the first
  EXPECT_EQ(receipt.lines(0).total_cents(), 562);
  EXPECT_EQ(receipt.lines(1).receipt_discount_cents(), 62);
  EXPECT_EQ(receipt.lines(1).total_cents(), 938);
  EXPECT_EQ(receipt.discount_cents(), 100);
  EXPECT_EQ(receipt.total_cents(), 1'500);
  EXPECT_EQ(receipt.vat(0).total_cents(), 562);
  EXPECT_EQ(receipt.vat(0).vat_cents(), 32);
  EXPECT_EQ(receipt.vat(1).total_cents(), 938);
  EXPECT_EQ(receipt.payments(0).amount_cents(), 1'500);
}

TEST_F(ReceiptsTest, SaysDepositsApart) {
  world_.SetProduct(hub_, "biere", "Bière");
  v1::Sold sold;
  v1::SoldLine* line = sold.add_lines();
  line->set_product("biere");
  line->set_unit(v1::UNIT_PIECE);
  line->set_quantity_milli(6'000);
  line->set_unit_price_cents(100);
  line->set_vat_basis_points(2'100);
  line->set_deposit_cents(10);
  v1::Empties* empties = sold.add_empties();
  empties->set_product("biere");
  empties->set_pieces(24);
  empties->set_deposit_cents(10);
  sold.add_payments()->set_method(v1::PAYMENT_METHOD_CARD);
  const Fact fact = world_.Write(morning_, v1::FACT_KIND_SOLD, sold);
  const auto receipt = Must(MakeReceipt(*world_.Snapshot(), fact, false));
  EXPECT_EQ(receipt.lines(0).total_cents(), 600);
  EXPECT_EQ(receipt.lines(0).deposit_cents(), 60);
  ASSERT_EQ(receipt.empties_size(), 1);
  EXPECT_EQ(receipt.empties(0).name(), "Bière");
  EXPECT_EQ(receipt.empties(0).pieces(), 24);
  EXPECT_EQ(receipt.empties(0).total_cents(), -240);
  EXPECT_EQ(receipt.deposit_cents(), -180);
  EXPECT_EQ(receipt.total_cents(), 420);
  ASSERT_EQ(receipt.vat_size(), 1);
  EXPECT_EQ(receipt.vat(0).total_cents(), 600);
  EXPECT_EQ(receipt.payments(0).amount_cents(), 420);
}

TEST_F(ReceiptsTest, SaysWhatALabelSaidAndWhereThatDiffers) {
  v1::Sold sold;
  for (const int64_t milli : {1'000, 1'001, 1'002}) {
    v1::SoldLine* line = sold.add_lines();
    line->set_product("gruyere");
    line->set_unit(v1::UNIT_KILOGRAM);
    line->set_quantity_milli(milli);
    line->set_unit_price_cents(2'000);
    if (milli > 1'000) line->set_label_cents(2'002);
  }
  sold.add_payments()->set_method(v1::PAYMENT_METHOD_CARD);
  const Fact fact = world_.Write(morning_, v1::FACT_KIND_SOLD, sold);
  const auto receipt = Must(MakeReceipt(*world_.Snapshot(), fact, false));
  EXPECT_FALSE(receipt.lines(0).by_label());
  EXPECT_TRUE(receipt.lines(1).by_label());
  EXPECT_FALSE(receipt.lines(1).label_differs());
  EXPECT_TRUE(receipt.lines(2).label_differs());
  EXPECT_EQ(receipt.lines(2).quantity_milli(), 1'002) << "the weight is kept";
  EXPECT_EQ(receipt.total_cents(), 6'004);
}

}  // namespace
}  // namespace comptoir::retail
