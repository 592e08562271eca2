#include "common/retail/check.h"

#include <string>

#include "common/retail/calendar.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

TEST(CheckTest, Codes) {
  EXPECT_TRUE(CheckCodeField("till", "till-1").ok());
  ExpectRefused(CheckCodeField("till", ""), kBadCode);
  ExpectRefused(CheckCodeField("till", "Till"), kBadCode);
  ExpectRefused(CheckCodeField("till", std::string(33, 'a')), kBadCode);
  EXPECT_TRUE(CheckOptionalCode("till", "").ok());
  ExpectRefused(CheckOptionalCode("till", "é"), kBadCode);
}

TEST(CheckTest, Texts) {
  EXPECT_TRUE(CheckText("name", std::string(10, 'a'), 10, kBadText).ok());
  EXPECT_TRUE(CheckText("name", "pâté « maison »", 30, kBadText).ok());
  ExpectRefused(CheckText("name", std::string(11, 'a'), 10, kBadText), kBadText);
  ExpectRefused(CheckText("name", "a\nb", 10, kBadText), kBadText);
  ExpectRefused(CheckText("name", std::string(1, '\0'), 10, kBadText), kBadText);
  ExpectRefused(CheckText("name", "\x7f", 10, kBadText), kBadText);
}

TEST(CheckTest, Lots) {
  EXPECT_TRUE(CheckLot("").ok());
  EXPECT_TRUE(CheckLot(std::string(kLotBytesMax, 'L')).ok());
  ExpectRefused(CheckLot(std::string(kLotBytesMax + 1, 'L')), kBadLot);
  ExpectRefused(CheckLot(std::string("L\0", 2)), kBadLot);
}

TEST(CheckTest, Units) {
  EXPECT_TRUE(CheckUnit(v1::UNIT_LITRE).ok());
  ExpectRefused(CheckUnit(v1::UNIT_UNSPECIFIED), kBadUnit);
  ExpectRefused(CheckUnit(static_cast<v1::Unit>(4)), kBadUnit);
}

TEST(CheckTest, Quantities) {
  EXPECT_TRUE(CheckQuantity(1).ok());
  EXPECT_TRUE(CheckQuantity(kQuantityMilliMax).ok());
  ExpectRefused(CheckQuantity(0), kBadQuantity);
  ExpectRefused(CheckQuantity(-1), kBadQuantity);
  ExpectRefused(CheckQuantity(kQuantityMilliMax + 1), kBadQuantity);
  ExpectRefused(CheckQuantity(INT64_MIN), kBadQuantity);
}

TEST(CheckTest, Prices) {
  EXPECT_TRUE(CheckPrice(0).ok());
  EXPECT_TRUE(CheckPrice(kMoneyCentsMax).ok());
  ExpectRefused(CheckPrice(-1), kBadPrice);
  ExpectRefused(CheckPrice(kMoneyCentsMax + 1), kBadPrice);
}

TEST(CheckTest, VatRates) {
  EXPECT_TRUE(CheckVat(0).ok());
  EXPECT_TRUE(CheckVat(10'000).ok());
  ExpectRefused(CheckVat(-1), kBadVat);
  ExpectRefused(CheckVat(10'001), kBadVat);
}

TEST(CheckTest, Days) {
  EXPECT_TRUE(CheckDay("day", 0).ok());
  EXPECT_TRUE(CheckDay("day", kDayMax.value()).ok());
  ExpectRefused(CheckDay("day", -1), kBadDay);
  ExpectRefused(CheckDay("day", kDayMax.value() + 1), kBadDay);
}

TEST(CheckTest, LineCounts) {
  EXPECT_TRUE(CheckLineCount(1).ok());
  EXPECT_TRUE(CheckLineCount(1'000).ok());
  ExpectRefused(CheckLineCount(0), kBadLines);
  ExpectRefused(CheckLineCount(1'001), kBadLines);
}

TEST(CheckTest, ReplacedWrites) {
  google::protobuf::RepeatedPtrField<journal::v1::Reference> replaces;
  for (size_t i = 0; i < kReplacedWritesMax; ++i) {
    replaces.Add()->set_journal(1);
    replaces.rbegin()->set_sequence(i + 1);
  }
  EXPECT_TRUE(CheckReplaces(replaces).ok());
  replaces.begin()->set_sequence(0);
  ExpectRefused(CheckReplaces(replaces), kBadReplaces);
  replaces.begin()->set_sequence(1);
  replaces.begin()->set_journal(0);
  ExpectRefused(CheckReplaces(replaces), kBadReplaces);
  replaces.begin()->set_journal(1);
  *replaces.Add() = replaces.Get(0);
  ExpectRefused(CheckReplaces(replaces), kBadReplaces);
}

TEST(CheckTest, CatalogueWriters) {
  v1::ProductEdited edited;
  JournalContext journal = CoopJournal();
  const Fact fact = FactIn(journal, v1::FACT_KIND_PRODUCT_EDITED, edited);
  EXPECT_TRUE(CheckCatalogueWriter(fact).ok());
  journal.writer = {"essai", "herstal-1", "herstal", false, true};
  EXPECT_TRUE(CheckCatalogueWriter(fact).ok());
  journal.writer.may_edit_catalogue = false;
  ExpectRefused(CheckCatalogueWriter(fact), kNotAllowed);
  journal = CoopJournal();
  journal.scope = journal::v1::SCOPE_HUB;
  ExpectRefused(CheckCatalogueWriter(fact), kWrongScope);
}

TEST(CheckTest, ShopWriters) {
  v1::Sold sold;
  JournalContext journal = ShopJournal("herstal", 2);
  const Fact fact = FactIn(journal, v1::FACT_KIND_SOLD, sold);
  EXPECT_TRUE(CheckShopWriter(fact).ok());
  journal.writer.shop = "outremeuse";
  ExpectRefused(CheckShopWriter(fact), kNotAllowed);
  journal.writer = CoopJournal().writer;
  ExpectRefused(CheckShopWriter(fact), kNotAllowed);
  journal = CoopJournal();
  ExpectRefused(CheckShopWriter(fact), kWrongScope);
}

TEST(CheckTest, AHubWhoseCertificateNamesTheShopIsStillNoShop) {
  v1::Sold sold;
  JournalContext journal = ShopJournal("herstal", 2);
  journal.writer.hub = true;
  ExpectRefused(CheckShopWriter(FactIn(journal, v1::FACT_KIND_SOLD, sold)), kNotAllowed);
}

TEST(CheckTest, ALineNumberGoesBeforeTheSentence) {
  const absl::Status placed = AtLine(CheckQuantity(0), 7);
  EXPECT_EQ(placed.message().find("line 7: "), 0u);
  ExpectRefused(placed, kBadQuantity);
  EXPECT_TRUE(AtLine(absl::OkStatus(), 7).ok());
}

TEST(CheckTest, DepositsAreOfPieces) {
  EXPECT_TRUE(CheckDeposit(0, v1::UNIT_PIECE).ok());
  EXPECT_TRUE(CheckDeposit(kMoneyCentsMax, v1::UNIT_PIECE).ok());
  EXPECT_TRUE(CheckDeposit(0, v1::UNIT_KILOGRAM).ok());
  ExpectRefused(CheckDeposit(1, v1::UNIT_KILOGRAM), kBadDeposit);
  ExpectRefused(CheckDeposit(-1, v1::UNIT_PIECE), kBadDeposit);
  ExpectRefused(CheckDeposit(kMoneyCentsMax + 1, v1::UNIT_PIECE), kBadDeposit);
}

TEST(CheckTest, WhatIsCountedMayBeNamedOtherwise) {
  EXPECT_EQ(AtLine(Refuse(kBadLines, "no"), 2, "empties").message(), "empties 2: no");
}

}  // namespace
}  // namespace comptoir::retail
