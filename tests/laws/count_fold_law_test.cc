// Folds of Counted among movements: stock is what the definition says, whatever the
// order of arrival, what is taken back among it.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "common/retail/account.h"
#include "common/retail/keys.h"
#include "common/retail/stock/shelf.h"
#include "common/retail/tables.h"
#include "tests/laws/fact_history.h"

namespace comptoir::laws {
namespace {

using retail::v1::Counted;
using Item = std::tuple<std::string, std::string, int, std::string>;  // shop, product, unit, lot
using Place = std::pair<uint64_t, uint64_t>;

Place PlaceOf(const retail::Fact& fact) {
  return {fact.reference.journal.value(), fact.reference.sequence.value()};
}

const Counted& CountOf(const retail::Fact& fact) { return static_cast<const Counted&>(*fact.fact); }

const retail::v1::CountedLine* LineFor(const retail::Fact& fact, const Item& item) {
  if (fact.kind != retail::v1::FACT_KIND_COUNTED) return nullptr;
  const auto& [shop, product, unit, lot] = item;
  if (fact.journal->shop != shop) return nullptr;
  for (const auto& line : CountOf(fact).lines()) {
    if (line.product() == product && line.unit() == unit) return &line;
  }
  return nullptr;
}

const retail::v1::LotQuantity* LotIn(const retail::v1::CountedLine& line, const std::string& lot) {
  for (const auto& seen : line.lots()) {
    if (seen.lot() == lot) return &seen;
  }
  return nullptr;
}

bool IsBefore(const retail::Fact& movement, const retail::Fact& count) {
  if (movement.journal == count.journal) return PlaceOf(movement) < PlaceOf(count);
  for (const auto& head : CountOf(count).heads()) {
    if (JournalId(head.journal()) == movement.reference.journal &&
        movement.reference.sequence.value() <= head.sequence()) {
      return true;
    }
  }
  return !movement.doubtful && !count.doubtful && movement.wall_ms < count.wall_ms;
}

// What the shelf holds of one lot, by the definition and with no thought for speed.
class Shelf {
 public:
  explicit Shelf(const std::vector<FoldOperation>& applied) {
    for (const FoldOperation& operation : applied) {
      known_[PlaceOf(operation.fact)] = operation.fact;
      if (operation.step == Step::kCount) {
        counting_[PlaceOf(operation.fact)] = operation.fact;
      } else {
        counting_.erase(PlaceOf(operation.fact));
      }
    }
  }

  std::set<Item> Items() const {
    std::set<Item> items;
    for (const auto& [place, fact] : known_) {
      retail::VisitShelf(fact, [&, shop = fact.journal->shop](const auto& balance, int64_t) {
        items.insert({shop, std::string(balance.product), balance.unit, std::string(balance.lot)});
      });
      if (fact.kind != retail::v1::FACT_KIND_COUNTED) continue;
      for (const auto& line : CountOf(fact).lines()) {
        for (const auto& lot : line.lots()) {
          items.insert({fact.journal->shop, line.product(), line.unit(), lot.lot()});
        }
      }
    }
    return items;
  }

  int64_t StockOf(const Item& item) const {
    const retail::Fact* standing = Standing(item);
    int64_t milli = 0;
    if (standing != nullptr) {
      const auto* seen = LotIn(*LineFor(*standing, item), std::get<3>(item));
      if (seen != nullptr) milli = seen->quantity_milli();
    }
    for (const auto& [place, fact] : counting_) {
      if (fact.journal->shop != std::get<0>(item)) continue;
      if (standing != nullptr && IsBefore(fact, *standing)) continue;
      retail::VisitShelf(fact, [&](const auto& balance, int64_t moved) {
        const Item moves{std::get<0>(item), std::string(balance.product), balance.unit,
                         std::string(balance.lot)};
        if (moves == item) milli += moved;
      });
    }
    return milli;
  }

 private:
  bool Covers(const retail::Fact& fact, const Item& item) const {
    const auto* line = LineFor(fact, item);
    return line != nullptr && (line->whole() || LotIn(*line, std::get<3>(item)) != nullptr);
  }

  // Places that `fact` replaces, through counts that need not count.
  void Replaced(const retail::Fact& fact, const Item& item, std::set<Place>* replaced) const {
    for (const auto& reference : LineFor(fact, item)->replaces()) {
      const Place place{reference.journal(), reference.sequence()};
      const auto found = known_.find(place);
      if (found == known_.end() || LineFor(found->second, item) == nullptr) continue;
      // Of another branch.
      if (found->second.reference.hash_prefix != reference.hash_prefix()) continue;
      if (replaced->insert(place).second) Replaced(found->second, item, replaced);
    }
  }

  const retail::Fact* Standing(const Item& item) const {
    std::set<Place> replaced;
    for (const auto& [place, fact] : counting_) {
      if (!Covers(fact, item)) continue;
      std::set<Place> by_this;
      Replaced(fact, item, &by_this);
      by_this.erase(place);
      replaced.merge(by_this);
    }
    for (const bool among_all : {false, true}) {
      const retail::Fact* best = nullptr;
      for (const auto& [place, fact] : counting_) {
        if (!Covers(fact, item) || (!among_all && replaced.contains(place))) continue;
        const auto rank = [](const retail::Fact& count) {
          return std::tuple(!count.doubtful, count.wall_ms, PlaceOf(count));
        };
        if (best == nullptr || rank(*best) < rank(fact)) best = &fact;
      }
      if (best != nullptr) return best;
    }
    return nullptr;
  }

  std::map<Place, retail::Fact> known_;
  std::map<Place, retail::Fact> counting_;
};

std::map<std::string, int64_t> SumsOf(const store::Snapshot& snapshot, store::TableId table) {
  std::map<std::string, int64_t> sums;
  auto rows =
      snapshot.Scan(table, retail::kShopAccounts, retail::PrefixLimit(retail::kShopAccounts));
  for (; rows->Valid(); rows->Next()) {
    const auto decoded = store::DecodeCounters(rows->value());
    RC_ASSERT(decoded.ok());
    RC_ASSERT(decoded->size() == 1u);
    sums[std::string(rows->key())] = decoded->front();
  }
  return sums;
}

void CheckStock(const std::vector<FoldOperation>& applied, const store::Snapshot& snapshot) {
  const Shelf shelf(applied);
  auto balances = SumsOf(snapshot, retail::kBalances);
  auto adjustments = SumsOf(snapshot, retail::kAdjustments);
  for (const Item& item : shelf.Items()) {
    const auto& [shop, product, unit, lot] = item;
    std::string key = retail::BalancePrefix("shop:" + shop);
    retail::AppendBalance({product, static_cast<retail::v1::Unit>(unit), lot}, &key);
    RC_ASSERT(balances[key] + adjustments[key] == shelf.StockOf(item));
    adjustments.erase(key);
  }
  RC_ASSERT(adjustments.empty());
}

FoldLaw LawOfStock() {
  FoldLaw law;
  law.model = CheckStock;
  return law;
}

RC_GTEST_PROP(CountedFoldLaw, OrderDoesNotMatter, ()) {
  FactHistory history(FactHistory::ShopWriters());
  CheckOrderLaw(LawOfStock(), history.Draw([](const auto&, const WriteFrame& frame) {
    return *rc::gen::arbitrary<bool>() ? DrawCounted(frame) : DrawGoodsFact(frame);
  }));
}

// Counts and movements that are duplicates, or undone, before or after they are known.
RC_GTEST_PROP(CountedFoldLaw, OrderDoesNotMatterWithWhatIsTakenBack, ()) {
  FactHistory history(FactHistory::ShopWriters());
  Journals<FoldOperation> journals = history.Draw([](const auto&, const WriteFrame& frame) {
    if (*rc::gen::arbitrary<bool>()) return DrawCounted(frame);
    return *rc::gen::arbitrary<bool>() ? DrawSold() : DrawGoodsReceived();
  });
  for (auto& operations : journals) {
    std::vector<FoldOperation> later;
    for (FoldOperation& operation : operations) {
      switch (*rc::gen::inRange(0, 4)) {
        case 0:
          operation.step = Step::kDuplicate;
          break;
        case 1:
          later.push_back({operation.fact, Step::kUncount});
          break;
        case 2:  // undone, and brought back, as only what can be corrected is
          later.push_back({operation.fact, Step::kUncount});
          if (!retail::MayBeCorrected(operation.fact.kind)) break;
          later.push_back({operation.fact, Step::kCount});
          break;
        default:
          break;
      }
    }
    operations.insert(operations.end(), later.begin(), later.end());
  }
  CheckOrderLaw(LawOfStock(), journals);
}

}  // namespace
}  // namespace comptoir::laws
