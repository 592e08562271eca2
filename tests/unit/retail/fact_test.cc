#include "common/retail/fact.h"

#include <string>

#include "common/retail/calendar.h"
#include "google/protobuf/arena.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

constexpr int kLastKind = v1::FACT_KIND_DAY_CLOSED;

journal::v1::Entry EntryOf(uint32_t kind, const std::string& bytes) {
  journal::v1::Entry entry;
  entry.set_fold_version(kFoldVersion);
  entry.set_kind(kind);
  entry.set_fact(bytes);
  return entry;
}

Verdict::Kind Judge(const journal::v1::Entry& entry) {
  google::protobuf::Arena arena;
  Fact fact;
  const Verdict verdict = ParseFact(entry, &arena, &fact);
  EXPECT_EQ(verdict.admitted(), fact.fact != nullptr);
  EXPECT_EQ(verdict.admitted(), verdict.detail.empty());
  EXPECT_EQ(fact.kind, static_cast<v1::FactKind>(entry.kind()));
  return verdict.kind;
}

TEST(FactTest, ParsesEveryKindOfThisBuild) {
  for (int kind = 1; kind <= kLastKind; ++kind) {
    EXPECT_EQ(Judge(EntryOf(static_cast<uint32_t>(kind), "")), Verdict::Kind::kAdmitted) << kind;
  }
}

TEST(FactTest, ParsesWhatTheFactSays) {
  v1::PriceSet set;
  set.set_product("carottes");
  google::protobuf::Arena arena;
  Fact fact;
  ASSERT_TRUE(ParseFact(EntryOf(v1::FACT_KIND_PRICE_SET, set.SerializeAsString()), &arena, &fact)
                  .admitted());
  EXPECT_EQ(static_cast<v1::PriceSet&>(*fact.fact).product(), "carottes");
}

TEST(FactTest, AKindFromTheFutureIsUnknown) {
  EXPECT_EQ(Judge(EntryOf(kLastKind + 1, "anything")), Verdict::Kind::kUnknown);
  EXPECT_EQ(Judge(EntryOf(UINT32_MAX, "anything")), Verdict::Kind::kUnknown);
}

TEST(FactTest, AFoldVersionFromTheFutureIsUnknown) {
  journal::v1::Entry entry = EntryOf(v1::FACT_KIND_SOLD, "");
  entry.set_fold_version(kFoldVersion + 1);
  EXPECT_EQ(Judge(entry), Verdict::Kind::kUnknown);
}

TEST(FactTest, NoKindAndNoFoldVersionAreBad) {
  EXPECT_EQ(Judge(EntryOf(0, "")), Verdict::Kind::kBad);
  journal::v1::Entry entry = EntryOf(v1::FACT_KIND_SOLD, "");
  entry.set_fold_version(0);
  EXPECT_EQ(Judge(entry), Verdict::Kind::kBad);
}

TEST(FactTest, BytesThatAreNotWhatTheKindSaysAreBad) {
  EXPECT_EQ(Judge(EntryOf(v1::FACT_KIND_SOLD, "\xff\xff\xff")), Verdict::Kind::kBad);
  // A product's code that is no UTF-8.
  EXPECT_EQ(Judge(EntryOf(v1::FACT_KIND_PRICE_SET, std::string("\x0a\x01\xff"))),
            Verdict::Kind::kBad);
}

TEST(FactTest, AFactOverItsLimitIsBad) {
  v1::ProductEdited edited;
  edited.mutable_name()->set_value(std::string(kFactBytesMax - 8, 'a'));
  ASSERT_LE(edited.ByteSizeLong(), kFactBytesMax);
  EXPECT_EQ(Judge(EntryOf(v1::FACT_KIND_PRODUCT_EDITED, edited.SerializeAsString())),
            Verdict::Kind::kAdmitted);
  edited.mutable_name()->set_value(std::string(kFactBytesMax, 'a'));
  EXPECT_EQ(Judge(EntryOf(v1::FACT_KIND_PRODUCT_EDITED, edited.SerializeAsString())),
            Verdict::Kind::kBad);
}

TEST(FactTest, WhatTheRoomRefusesIsBadWithItsSentence) {
  v1::PriceSet set;
  set.set_product("Carottes");
  const JournalContext journal = CoopJournal();
  const Verdict verdict = Admit(FactIn(journal, v1::FACT_KIND_PRICE_SET, set));
  EXPECT_EQ(verdict.kind, Verdict::Kind::kBad);
  EXPECT_NE(verdict.detail.find("\"Carottes\" is not a code"), std::string::npos) << verdict.detail;
}

TEST(FactTest, OnlySalesAndRefundsPrintReceipts) {
  for (int kind = 0; kind <= kLastKind + 1; ++kind) {
    const bool prints = kind == v1::FACT_KIND_SOLD || kind == v1::FACT_KIND_RETURNED ||
                        kind == v1::FACT_KIND_VOIDED;
    EXPECT_EQ(PrintsReceipt(static_cast<v1::FactKind>(kind)), prints) << kind;
  }
}

TEST(FactTest, DeliveriesWasteCountsAndTransfersMayBeCorrected) {
  for (int kind = 0; kind <= kLastKind + 1; ++kind) {
    const bool may_be = kind == v1::FACT_KIND_GOODS_RECEIVED || kind == v1::FACT_KIND_WASTED ||
                        kind == v1::FACT_KIND_COUNTED || kind == v1::FACT_KIND_TRANSFER_SENT ||
                        kind == v1::FACT_KIND_TRANSFER_RECEIVED ||
                        kind == v1::FACT_KIND_TRANSFER_SETTLED;
    EXPECT_EQ(MayBeCorrected(static_cast<v1::FactKind>(kind)), may_be) << kind;
  }
}

TEST(FactTest, TheBusinessDayIsTheShops) {
  Fact fact;
  fact.wall_ms = kMonday.value() * kMillisPerDay - kMillisPerHour;  // Sunday 23:00 UTC
  EXPECT_EQ(fact.business_day(), Day(kMonday.value() - 1));
  EXPECT_EQ(fact.business_hour(), kMonday.value() * 24 - 1);
  fact.utc_offset_minutes = 60;
  EXPECT_EQ(fact.business_day(), kMonday);
  EXPECT_EQ(fact.business_hour(), kMonday.value() * 24);
  fact.utc_offset_minutes = 59;
  EXPECT_EQ(fact.business_day(), Day(kMonday.value() - 1));
}

TEST(FactTest, BusinessDaysGoOnBefore1970) {
  Fact fact;
  fact.utc_offset_minutes = -60;
  EXPECT_EQ(fact.business_day(), Day(-1));
  EXPECT_EQ(fact.business_hour(), -1);
}

}  // namespace
}  // namespace comptoir::retail
