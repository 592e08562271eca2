#include "common/daemon/catalogue_desk.h"

#include <gtest/gtest.h>

#include "common/retail/reasons.h"
#include "tests/support/coop.h"

namespace comptoir::testing {
namespace {

// Sends all that `source` wrote to `target`.
void Bring(Replica& source, Replica& target) {
  for (const ledger::JournalView& journal : source.ledger->Journals()) {
    if (!journal.ours) continue;
    const auto segment =
        Must(source.ledger->ReadSegment(journal.head.journal, Sequence(1), 1 << 20));
    ASSERT_TRUE(segment.has_value());
    MustOk(IngestAndWait(target, *segment, source.ledger->self()).status);
  }
}

class CatalogueDeskTest : public ::testing::Test {
 protected:
  CatalogueDeskTest() {
    shop::v1::EditProductRequest request;
    request.set_request_id(RequestId(1));
    request.set_product("carottes");
    request.mutable_name()->set_value("Carottes");
    request.mutable_unit()->set_value(retail::v1::UNIT_KILOGRAM);
    created_ = Must(at_hub_.EditProduct(request));
  }
  static shop::v1::SetPriceRequest Price(uint32_t id, int64_t cents, const std::string& shop = "") {
    shop::v1::SetPriceRequest request;
    request.set_request_id(RequestId(id));
    request.set_product("carottes");
    request.set_shop(shop);
    request.mutable_price()->set_value(cents);
    return request;
  }
  static shop::v1::GetCatalogueEntryRequest Carottes() {
    shop::v1::GetCatalogueEntryRequest request;
    request.set_subject(shop::v1::SUBJECT_PRODUCT);
    request.set_code("carottes");
    return request;
  }

  Coop coop_;
  const std::unique_ptr<Replica> hub_ = coop_.Hub();
  const std::unique_ptr<Replica> node_ = coop_.Node("outremeuse", "outremeuse-1");
  daemon::CatalogueDesk at_hub_{*hub_->ledger};
  daemon::CatalogueDesk at_node_{*node_->ledger};
  shop::v1::EditResponse created_;
};

TEST_F(CatalogueDeskTest, SaysWhatItDidAndWhoWroteIt) {
  EXPECT_TRUE(created_.created());
  EXPECT_EQ(created_.facts(), 1u);
  EXPECT_FALSE(created_.repeated());
  const auto entry = Must(at_hub_.Find(Carottes()));
  ASSERT_EQ(entry.fields_size(), 2);
  EXPECT_EQ(entry.fields(0).writes(0).text(), "Carottes");
  EXPECT_EQ(entry.fields(0).writes(0).node(), "hub");
  EXPECT_EQ(entry.fields(0).writes(0).wall_ms(), kMonday);
}

TEST_F(CatalogueDeskTest, ARepeatGetsTheFirstAnswerAndWritesNothing) {
  const auto first = Must(at_hub_.SetPrice(Price(2, 240)));
  EXPECT_EQ(first.facts(), 1u);
  Must(at_hub_.SetPrice(Price(3, 260)));
  const uint64_t entries = hub_->ledger->totals().entries;
  const auto again = Must(at_hub_.SetPrice(Price(2, 240)));
  EXPECT_TRUE(again.repeated());
  EXPECT_EQ(again.facts(), 1u);
  EXPECT_EQ(hub_->ledger->totals().entries, entries);
  // The same id for something else is a mistake.
  EXPECT_EQ(at_hub_.SetPrice(Price(2, 999)).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(at_hub_.SetPrice(Price(0, 1)).status().code(), absl::StatusCode::kOk);
  shop::v1::SetPriceRequest nameless = Price(4, 1);
  nameless.clear_request_id();
  EXPECT_EQ(at_hub_.SetPrice(nameless).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(CatalogueDeskTest, AShopSetsItsOwnPriceWhileCutOff) {
  Bring(*hub_, *node_);
  EXPECT_EQ(Must(at_node_.SetPrice(Price(1, 250))).facts(), 1u);
  const auto entry = Must(at_node_.Find(Carottes()));
  const auto& price = entry.fields(entry.fields_size() - 1);
  EXPECT_EQ(price.shop(), "outremeuse");
  EXPECT_EQ(price.writes(0).number(), 250);
  EXPECT_EQ(price.writes(0).node(), "outremeuse-1");
  for (const ledger::JournalView& journal : node_->ledger->Journals()) {
    EXPECT_EQ(journal.scope, journal.ours ? journal::v1::SCOPE_SHOP : journal::v1::SCOPE_COOP);
  }
}

TEST_F(CatalogueDeskTest, ANodeMaySetNeitherTheCoopsPriceNorAnotherShops) {
  Bring(*hub_, *node_);
  shop::v1::SetPriceRequest request = Price(1, 250);
  request.set_coop(true);
  EXPECT_EQ(at_node_.SetPrice(request).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(at_node_.SetPrice(Price(2, 250, "herstal")).status().code(),
            absl::StatusCode::kPermissionDenied);
  request.set_shop("outremeuse");
  EXPECT_EQ(retail::ReasonOf(at_node_.SetPrice(request).status()), retail::kBadSubject);
}

TEST_F(CatalogueDeskTest, TheHubSetsAShopsOwnPriceInThatShopsScope) {
  EXPECT_EQ(retail::ReasonOf(at_hub_.SetPrice(Price(2, 250, "outremeuse")).status()),
            retail::kUnknownShop);
  Sell(*node_, 1);
  Bring(*node_, *hub_);
  Must(at_hub_.SetPrice(Price(3, 250, "outremeuse")));
  Must(at_hub_.SetPrice(Price(4, 240)));
  Bring(*hub_, *node_);
  const auto entry = Must(at_node_.Find(Carottes()));
  ASSERT_EQ(entry.fields_size(), 4);
  EXPECT_EQ(entry.fields(2).shop(), "");
  EXPECT_EQ(entry.fields(3).shop(), "outremeuse");
  EXPECT_EQ(entry.fields(3).writes(0).node(), "hub");
  VerifyNow(*hub_);
}

TEST_F(CatalogueDeskTest, AConflictOfACutIsListedUntilOneWritesOverBoth) {
  Sell(*node_, 1);
  Bring(*node_, *hub_);
  Bring(*hub_, *node_);
  // Cut off from each other, both set the shop's own price.
  Must(at_node_.SetPrice(Price(2, 250)));
  Must(at_hub_.SetPrice(Price(3, 260, "outremeuse")));
  Bring(*hub_, *node_);
  Bring(*node_, *hub_);
  for (const auto* desk : {&at_hub_, &at_node_}) {
    const auto listed = Must(desk->ListConflicts({}));
    ASSERT_EQ(listed.conflicts_size(), 1);
    EXPECT_EQ(listed.conflicts(0).code(), "carottes");
    EXPECT_EQ(listed.conflicts(0).field().shop(), "outremeuse");
    ASSERT_EQ(listed.conflicts(0).field().writes_size(), 2);
    EXPECT_FALSE(listed.conflicts(0).field().writes(0).node().empty());
  }
  EXPECT_EQ(Must(at_hub_.ListConflicts({})).ShortDebugString(),
            Must(at_node_.ListConflicts({})).ShortDebugString())
      << "the same winner everywhere";
  // Who knows of both settles it, everywhere.
  Must(at_node_.SetPrice(Price(4, 255)));
  Bring(*node_, *hub_);
  EXPECT_EQ(Must(at_hub_.ListConflicts({})).conflicts_size(), 0);
  EXPECT_EQ(Must(at_node_.ListConflicts({})).conflicts_size(), 0);
}

TEST_F(CatalogueDeskTest, ProducersAndShops) {
  shop::v1::EditProducerRequest producer;
  producer.set_request_id(RequestId(2));
  producer.set_producer("moulin");
  producer.mutable_name()->set_value("Le Moulin");
  EXPECT_TRUE(Must(at_hub_.EditProducer(producer)).created());
  shop::v1::EditShopRequest shop;
  shop.set_request_id(RequestId(3));
  shop.set_shop("outremeuse");
  shop.mutable_place()->set_value("Liège");
  EXPECT_TRUE(Must(at_hub_.EditShop(shop)).created());
  shop::v1::ListNamesRequest list;
  list.set_subject(shop::v1::SUBJECT_SHOP);
  EXPECT_EQ(Must(at_hub_.ListNames(list)).names(0).place(), "Liège");
  // A node's certificate does not let it write the catalogue.
  Bring(*hub_, *node_);
  producer.mutable_name()->set_value("La Meunerie");
  EXPECT_EQ(at_node_.EditProducer(producer).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(CatalogueDeskTest, ImportsAreOneRequest) {
  coop::v1::ImportProducersRequest request;
  request.set_request_id(RequestId(2));
  request.set_dry_run(true);
  request.add_producers()->set_producer("moulin");
  request.mutable_producers(0)->set_name("Le Moulin");
  EXPECT_EQ(Must(at_hub_.ImportProducers(request)).facts(), 1u);
  EXPECT_EQ(Must(at_hub_.ListNames([] {
              shop::v1::ListNamesRequest list;
              list.set_subject(shop::v1::SUBJECT_PRODUCER);
              return list;
            }()))
                .names_size(),
            0)
      << "a dry run writes nothing";
  request.set_dry_run(false);
  EXPECT_EQ(Must(at_hub_.ImportProducers(request)).created(), 1u);
  EXPECT_TRUE(Must(at_hub_.ImportProducers(request)).repeated());
}

}  // namespace
}  // namespace comptoir::testing
