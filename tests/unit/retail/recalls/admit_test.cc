// Codes and gates of recalls, their lifting and their confirmation.
#include "common/retail/recalls/admit.h"

#include <string>

#include "common/retail/recalls/code.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

TEST(RecallCodeTest, IsShortAndHangsOnTheRequestAlone) {
  const std::string code = MakeRecallCode("0123456789abcdef", kRecallCodeLetters);
  EXPECT_EQ(code, MakeRecallCode("0123456789abcdef", kRecallCodeLetters));
  EXPECT_NE(code, MakeRecallCode("0123456789abcdeg", kRecallCodeLetters));
  EXPECT_EQ(MakeRecallCode("0123456789abcdef", 7).substr(0, 6), code);
  EXPECT_TRUE(IsRecallCode(code));
  for (const char* none : {"", "k7qm2", "k7qm2!", "K7QM2W", "k7qm2l", "0123456789abc"}) {
    EXPECT_FALSE(IsRecallCode(none)) << none;
  }
}

TEST(RecallCodeTest, IsReadAsItWasMeant) {
  EXPECT_EQ(ReadRecallCode(" K7QM2W "), "k7qm2w");
  EXPECT_EQ(ReadRecallCode("OIl123"), "011123");
  EXPECT_EQ(ReadRecallCode("coop-261123-hubhub/2"), "");
  EXPECT_EQ(ReadRecallCode(std::string(1'000, 'a')), "");
}

class RecallAdmitTest : public ::testing::Test {
 protected:
  RecallAdmitTest() {
    recalled_.set_code("k7qm2w");
    recalled_.set_product("lait");
    recalled_.set_reason("salmonella");
    lifted_.add_recalls()->mutable_reference()->set_journal(1);
    lifted_.mutable_recalls(0)->mutable_reference()->set_sequence(2);
    lifted_.set_reason("a false alarm");
    *confirmed_.mutable_recall() = lifted_.recalls(0);
    confirmed_.set_staff("marie");
  }
  absl::Status Admit(const JournalContext& journal) {
    return AdmitRecalled(FactIn(journal, v1::FACT_KIND_RECALLED, recalled_), recalled_);
  }
  absl::Status AdmitLift(const JournalContext& journal) {
    return AdmitRecallLifted(FactIn(journal, v1::FACT_KIND_RECALL_LIFTED, lifted_), lifted_);
  }
  absl::Status AdmitConfirmation(const JournalContext& journal) {
    return AdmitRecallConfirmed(FactIn(journal, v1::FACT_KIND_RECALL_CONFIRMED, confirmed_),
                                confirmed_);
  }
  static JournalContext ByHub(const std::string& shop) {
    JournalContext journal = ShopJournal(shop, 9);
    journal.writer = CoopJournal().writer;
    return journal;
  }
  static JournalContext Of(journal::v1::Scope scope) {
    JournalContext journal = CoopJournal();
    journal.scope = scope;
    return journal;
  }

  v1::Recalled recalled_;
  v1::RecallLifted lifted_;
  v1::RecallConfirmed confirmed_;
};

TEST_F(RecallAdmitTest, EveryShopIsTheHubsOneShopIsItsOwnToo) {
  EXPECT_TRUE(Admit(CoopJournal()).ok());
  ExpectRefused(Admit(ShopJournal("herstal", 3)), kWrongScope);
  recalled_.set_shop("herstal");
  EXPECT_TRUE(Admit(ShopJournal("herstal", 3)).ok());
  EXPECT_TRUE(Admit(ByHub("herstal")).ok());
  ExpectRefused(Admit(CoopJournal()), kWrongScope);
  ExpectRefused(Admit(ShopJournal("seraing", 3)), kWrongScope);
  ExpectRefused(Admit(Of(journal::v1::SCOPE_HUB)), kWrongScope);
  JournalContext other = ShopJournal("herstal", 3);
  other.writer.shop = "seraing";
  ExpectRefused(Admit(other), kNotAllowed);
  // A shop that may edit the catalogue recalls nothing in others.
  JournalContext buyer = CoopJournal();
  buyer.writer = {"essai", "herstal-1", "herstal", false, true};
  recalled_.clear_shop();
  ExpectRefused(Admit(buyer), kNotAllowed);
  ExpectRefused(AdmitLift(buyer), kNotAllowed);
  EXPECT_TRUE(AdmitLift(CoopJournal()).ok());
  EXPECT_TRUE(AdmitLift(ByHub("herstal")).ok());
  EXPECT_TRUE(AdmitConfirmation(ShopJournal("herstal", 3)).ok());
  ExpectRefused(AdmitConfirmation(ByHub("herstal")), kNotAllowed);
  ExpectRefused(AdmitConfirmation(CoopJournal()), kWrongScope);
}

TEST_F(RecallAdmitTest, SaysOneOfThree) {
  recalled_.set_lot("L47");
  EXPECT_TRUE(Admit(CoopJournal()).ok());
  recalled_.set_producer("moulin");
  ExpectRefused(Admit(CoopJournal()), kBadRecall);
  recalled_.clear_product();
  ExpectRefused(Admit(CoopJournal()), kBadRecall);  // a lot of what?
  recalled_.clear_lot();
  ExpectRefused(Admit(CoopJournal()), kBadDay);
  recalled_.set_first_day(20'780);
  ExpectRefused(Admit(CoopJournal()), kBadDay);
  recalled_.set_last_day(20'780);
  EXPECT_TRUE(Admit(CoopJournal()).ok());
  recalled_.set_last_day(20'780 + kRecallDaysMax + 1);
  ExpectRefused(Admit(CoopJournal()), kBadDay);
  recalled_.set_last_day(2'932'897);
  ExpectRefused(Admit(CoopJournal()), kBadDay);
  recalled_.clear_producer();
  ExpectRefused(Admit(CoopJournal()), kBadRecall);
}

TEST_F(RecallAdmitTest, EveryFieldIsChecked) {
  const v1::Recalled good = recalled_;
  const auto expect = [&](std::string_view reason, auto change) {
    recalled_ = good;
    change(recalled_);
    ExpectRefused(Admit(CoopJournal()), reason);
  };
  expect(kBadCode, [](auto& bad) { bad.set_product("du lait"); });
  expect(kBadCode, [](auto& bad) { bad.set_staff("Jean Dupont"); });
  expect(kBadRecall, [](auto& bad) { bad.set_producer("ferme"); });
  expect(kBadRecall, [](auto& bad) { bad.set_first_day(20'780); });
  expect(kBadRecall, [](auto& bad) { bad.set_last_day(20'780); });
  const auto of_deliveries = [](auto& bad) {
    bad.clear_product();
    bad.set_producer("ferme");
    bad.set_first_day(20'780);
    bad.set_last_day(20'781);
  };
  expect(kBadCode, [&](auto& bad) {
    of_deliveries(bad);
    bad.set_producer("La ferme");
  });
  expect(kBadDay, [&](auto& bad) {
    of_deliveries(bad);
    bad.set_first_day(-1);
  });
  expect(kBadDay, [&](auto& bad) {
    of_deliveries(bad);
    bad.set_last_day(-1);
  });
  lifted_.set_reason("");
  ExpectRefused(AdmitLift(CoopJournal()), kBadText);
  const JournalContext herstal = ShopJournal("herstal", 3);
  v1::FoundGoods* found = confirmed_.add_found();
  ExpectRefused(AdmitConfirmation(herstal), kBadCode);
  found->set_product("lait");
  ExpectRefused(AdmitConfirmation(herstal), kBadUnit);
  found->set_unit(v1::UNIT_PIECE);
  found->set_lot(std::string(33, 'L'));
  ExpectRefused(AdmitConfirmation(herstal), kBadLot);
  confirmed_.mutable_recall()->clear_reference();
  ExpectRefused(AdmitConfirmation(herstal), kBadReference);
}

TEST_F(RecallAdmitTest, EveryFieldHasItsLimit) {
  const auto expect = [&](std::string_view reason) {
    ExpectRefused(Admit(CoopJournal()), reason);
    recalled_.set_reason("salmonella");
    recalled_.clear_advice();
    recalled_.set_code("k7qm2w");
  };
  recalled_.set_reason("");
  expect(kBadText);
  recalled_.set_reason(std::string(kRecallReasonBytesMax + 1, 'a'));
  expect(kBadText);
  recalled_.set_reason("a\nb");
  expect(kBadText);
  recalled_.set_advice(std::string(kRecallAdviceBytesMax + 1, 'a'));
  expect(kBadText);
  recalled_.set_code("K7");
  expect(kBadRecall);
  recalled_.set_lot(std::string(33, 'L'));
  expect(kBadLot);

  for (int i = 0; i < kLiftedRecallsMax; ++i) *lifted_.add_recalls() = lifted_.recalls(0);
  ExpectRefused(AdmitLift(CoopJournal()), kBadLines);
  lifted_.clear_recalls();
  ExpectRefused(AdmitLift(CoopJournal()), kBadLines);
  lifted_.add_recalls();
  ExpectRefused(AdmitLift(CoopJournal()), kBadReference);

  const JournalContext herstal = ShopJournal("herstal", 3);
  v1::FoundGoods* found = confirmed_.add_found();
  found->set_product("lait");
  found->set_unit(v1::UNIT_PIECE);
  EXPECT_TRUE(AdmitConfirmation(herstal).ok()) << "nothing was there";
  found->set_quantity_milli(-1);
  ExpectRefused(AdmitConfirmation(herstal), kBadQuantity);
  found->set_quantity_milli(kQuantityMilliMax + 1);
  ExpectRefused(AdmitConfirmation(herstal), kBadQuantity);
  found->set_quantity_milli(1);
  for (int i = 0; i < kFoundGoodsMax; ++i) *confirmed_.add_found() = confirmed_.found(0);
  ExpectRefused(AdmitConfirmation(herstal), kBadLines);
  confirmed_.clear_found();
  confirmed_.clear_staff();
  ExpectRefused(AdmitConfirmation(herstal), kBadCode);
}

}  // namespace
}  // namespace comptoir::retail
