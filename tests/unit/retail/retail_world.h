// A small co-op for tests of this layer: writers, and a store in memory into
// which what they write is folded.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/limits.h"
#include "common/retail/fact.h"
#include "common/retail/reasons.h"
#include "common/retail/tables.h"
#include "common/store/memory_store.h"
#include "google/protobuf/arena.h"

namespace comptoir::retail {

// 2026-11-23 10:00:00 UTC, a Monday: day 20,780.
inline constexpr int64_t kMondayMs = 1'795'428'000'000;
inline constexpr Day kMonday{20'780};

// Unwraps, or fails the test with what is wrong.
template <typename Value>
Value Must(absl::StatusOr<Value> value) {
  if (!value.ok()) {
    ADD_FAILURE() << value.status();
    std::abort();
  }
  return *std::move(value);
}

inline JournalContext CoopJournal(uint64_t journal = 1) {
  return {JournalId(journal),
          journal::v1::SCOPE_COOP,
          "",
          "261123-hubhub",
          {"essai", "hub", "", true, true}};
}
// Of node `<shop>-1`.
inline JournalContext ShopJournal(const std::string& shop, uint64_t journal,
                                  const std::string& series = "261123-k7qm2w") {
  return {JournalId(journal),
          journal::v1::SCOPE_SHOP,
          shop,
          series,
          {"essai", shop + "-1", shop, false, false}};
}

// A fact where `message` is all that it says, as the gate sees it.
inline Fact FactIn(const JournalContext& journal, v1::FactKind kind,
                   google::protobuf::Message& message) {
  Fact fact;
  fact.journal = &journal;
  fact.reference = {journal.journal, Sequence(2), 7};
  fact.wall_ms = kMondayMs;
  fact.utc_offset_minutes = 60;
  fact.kind = kind;
  fact.fact = &message;
  return fact;
}

// INVALID_ARGUMENT with this reason and a sentence.
inline void ExpectRefused(const absl::Status& status, std::string_view reason) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_EQ(ReasonOf(status), reason) << status;
  EXPECT_FALSE(status.message().empty());
}

class RetailWorld {
 public:
  RetailWorld() : store_(Tables()) {}

  // Folds the next fact of `journal`, admitted. The journal must outlive the world.
  Fact Write(const JournalContext& journal, v1::FactKind kind,
             const google::protobuf::Message& message, Direction direction = Direction::kCount) {
    journal::v1::Entry entry;
    entry.set_fold_version(kFoldVersion);
    entry.set_kind(kind);
    entry.set_fact(message.SerializeAsString());
    Fact fact;
    const Verdict parsed = ParseFact(entry, &arena_, &fact);
    EXPECT_TRUE(parsed.admitted()) << parsed.detail;
    Counts& counts = counts_[journal.journal];
    fact.journal = &journal;
    fact.reference = {journal.journal, Sequence(++counts.entries), 7'000 + counts.entries};
    fact.hybrid_time = HybridTime(++time_);
    fact.wall_ms = wall_ms;
    fact.utc_offset_minutes = 60;
    fact.doubtful = doubtful;
    if (PrintsReceipt(kind)) fact.receipt_ordinal = ++counts.receipts;
    const Verdict admitted = Admit(fact);
    EXPECT_TRUE(admitted.admitted()) << admitted.detail;
    Fold(fact, direction);
    return fact;
  }
  void Fold(const Fact& fact, Direction direction) {
    const auto batch = store_.Begin();
    facts_.facts[{fact.reference.journal, fact.reference.sequence}] = fact;
    Folding folding(*batch, facts_);
    EXPECT_TRUE(retail::Fold(fact, direction, folding).ok());
    Commit(batch);
  }
  void FoldDuplicate(const Fact& fact) {
    const auto batch = store_.Begin();
    facts_.facts[{fact.reference.journal, fact.reference.sequence}] = fact;
    Folding folding(*batch, facts_);
    EXPECT_TRUE(retail::FoldDuplicate(fact, folding).ok());
    Commit(batch);
  }
  std::shared_ptr<store::Transaction> Begin() { return store_.Begin(); }
  void Commit(std::shared_ptr<store::Transaction> batch) {
    EXPECT_TRUE(store_.Commit(std::move(batch), store::Durability::kSynced).ok());
  }
  std::unique_ptr<store::Snapshot> Snapshot() { return store_.NewSnapshot(); }

  // ---- facts with what matters ----

  void SetProduct(const JournalContext& journal, const std::string& product,
                  const std::string& name, v1::Unit unit = v1::UNIT_PIECE) {
    v1::ProductEdited edited;
    edited.set_product(product);
    edited.mutable_name()->set_value(name);
    edited.mutable_unit()->set_value(unit);
    Write(journal, v1::FACT_KIND_PRODUCT_EDITED, edited);
  }
  // Co-op-wide in a COOP journal, else the shop's own.
  void SetPrice(const JournalContext& journal, const std::string& product, int64_t cents,
                Day first_day = kMonday) {
    v1::PriceSet set;
    set.set_product(product);
    set.set_shop(journal.shop);
    set.set_first_day(first_day.value());
    set.mutable_price_cents()->set_value(cents);
    Write(journal, v1::FACT_KIND_PRICE_SET, set);
  }
  void SetVat(const JournalContext& journal, const std::string& product, int64_t basis_points,
              Day first_day = kMonday) {
    v1::VatSet set;
    set.set_product(product);
    set.set_first_day(first_day.value());
    set.mutable_basis_points()->set_value(basis_points);
    Write(journal, v1::FACT_KIND_VAT_SET, set);
  }
  void OpenSeries(const JournalContext& journal) {
    journal::v1::Genesis genesis;
    genesis.set_journal(journal.journal.value());
    genesis.set_scope(journal.scope);
    genesis.set_shop(journal.shop);
    genesis.set_series(journal.series);
    Write(journal, v1::FACT_KIND_GENESIS, genesis);
  }
  Fact Sell(const JournalContext& journal, const std::string& product, int64_t milli,
            int64_t unit_price_cents = 250, const std::string& lot = "",
            v1::Unit unit = v1::UNIT_PIECE) {
    v1::Sold sold;
    v1::SoldLine* line = sold.add_lines();
    line->set_product(product);
    line->set_unit(unit);
    line->set_quantity_milli(milli);
    line->set_unit_price_cents(unit_price_cents);
    line->set_vat_basis_points(600);
    line->set_lot(lot);
    sold.add_payments()->set_method(v1::PAYMENT_METHOD_CARD);
    return Write(journal, v1::FACT_KIND_SOLD, sold);
  }
  void Receive(const JournalContext& journal, const std::string& product, int64_t milli,
               const std::string& lot = "", v1::Unit unit = v1::UNIT_PIECE, Day use_by = Day(),
               Day best_before = Day()) {
    v1::GoodsReceived received;
    received.set_producer("moulin");
    v1::ReceivedLine* line = received.add_lines();
    line->set_product(product);
    line->set_unit(unit);
    line->set_quantity_milli(milli);
    line->set_lot(lot);
    line->set_use_by_day(use_by.value());
    line->set_best_before_day(best_before.value());
    Write(journal, v1::FACT_KIND_GOODS_RECEIVED, received);
  }

  // Of the next facts.
  int64_t wall_ms = kMondayMs;
  bool doubtful = false;

 private:
  static std::vector<store::TableSpec> Tables() {
    std::vector<store::TableSpec> tables = ViewTables();
    for (store::TableSpec& table : CopyTables()) tables.push_back(std::move(table));
    return tables;
  }
  struct Counts {
    uint64_t entries = 0;
    uint64_t receipts = 0;
  };

  struct Facts final : FactSource {
    absl::StatusOr<Fact> Read(JournalId journal, Sequence sequence,
                              google::protobuf::Arena*) const override {
      const auto found = facts.find({journal, sequence});
      if (found == facts.end()) return absl::NotFoundError("no such fact was folded");
      return found->second;
    }
    std::map<std::pair<JournalId, Sequence>, Fact> facts;
  };

  store::MemoryStore store_;
  Facts facts_;
  google::protobuf::Arena arena_;
  std::map<JournalId, Counts> counts_;
  uint64_t time_ = 0;
};

}  // namespace comptoir::retail
