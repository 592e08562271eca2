#include "common/retail/counts/fold.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "common/base/planted.h"
#include "common/base/status.h"
#include "common/retail/account.h"
#include "common/retail/calendar.h"
#include "common/retail/counts/placing.h"
#include "common/retail/keys.h"
#include "common/retail/stock/movements.h"
#include "common/retail/stock/shelf.h"
#include "common/retail/tables.h"
#include "google/protobuf/arena.h"

namespace comptoir::retail {
namespace {

struct Item {
  std::string product;
  v1::Unit unit = v1::UNIT_UNSPECIFIED;

  auto operator<=>(const Item&) const = default;
};
using Lots = std::map<std::string, int64_t>;  // thousandths onto the shelf, by lot

// What a fact puts on the shelf, lot by lot.
std::map<Item, Lots> ShelfOf(const Fact& fact) {
  std::map<Item, Lots> items;
  VisitShelf(fact, [&](const BalanceKey& balance, int64_t milli) {
    items[{std::string(balance.product), balance.unit}][std::string(balance.lot)] += milli;
  });
  return items;
}

auto PlaceOf(const v1::CountState& count) { return std::tuple(count.journal(), count.sequence()); }
auto PlaceOf(const v1::NearMovement& near) {
  return std::tuple(near.journal(), near.sequence(), std::string_view(near.lot()));
}

// Puts `added` where it belongs in `list`, kept by rising PlaceOf.
template <typename Message>
Message* InsertSorted(Message added, google::protobuf::RepeatedPtrField<Message>* list) {
  const auto found =
      std::lower_bound(list->begin(), list->end(), added,
                       [](const Message& a, const Message& b) { return PlaceOf(a) < PlaceOf(b); });
  const auto position = static_cast<int>(found - list->begin());
  *list->Add() = std::move(added);
  for (int i = list->size() - 1; i > position; --i) list->SwapElements(i, i - 1);
  return list->Mutable(position);
}

void NoteNear(const Fact& movement, const std::string& lot, int64_t milli, v1::CountState* count) {
  v1::NearMovement near;
  near.set_journal(movement.reference.journal.value());
  near.set_sequence(movement.reference.sequence.value());
  near.set_lot(lot);
  near.set_milli(milli);
  InsertSorted(std::move(near), count->mutable_near());
}

void ForgetNear(const Fact& movement, v1::CountState* count) {
  auto* near = count->mutable_near();
  near->erase(std::remove_if(near->begin(), near->end(),
                             [&](const v1::NearMovement& noted) {
                               return noted.journal() == movement.reference.journal.value() &&
                                      noted.sequence() == movement.reference.sequence.value();
                             }),
              near->end());
}

// The counts of one product and unit at a shop, being changed.
class CountsOf {
 public:
  static absl::StatusOr<CountsOf> Load(const std::string& shop, const Item& item,
                                       store::Transaction& transaction) {
    CountsOf counts(shop, item, transaction);
    COMPTOIR_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                              transaction.Get(kCounts, counts.key_));
    if (bytes.has_value() && !counts.row_.ParseFromString(*bytes)) {
      return absl::DataLossError("a row of counts is damaged");
    }
    counts.adjustments_ = AdjustmentsOf(counts.row_);
    return counts;
  }

  v1::CountsRow& row() { return row_; }
  // Null where it is not known here.
  v1::CountState* Find(const Reference& reference) {
    for (v1::CountState& count : *row_.mutable_counts()) {
      if (count.journal() == reference.journal.value() &&
          count.sequence() == reference.sequence.value()) {
        return &count;
      }
    }
    return nullptr;
  }

  // Writes the row, and what stock is more than its movements by now.
  void Store() {
    transaction_.Put(kCounts, key_, row_.SerializeAsString());
    const Lots after = AdjustmentsOf(row_);
    const std::string prefix = BalancePrefix(AccountName(kShopAccounts, shop_));
    const auto key_of = [&](const std::string& lot) {
      std::string key = prefix;
      AppendBalance({item_.product, item_.unit, lot}, &key);
      return key;
    };
    for (const auto& [lot, milli] : adjustments_) {
      if (!after.contains(lot)) transaction_.Erase(kAdjustments, key_of(lot));
    }
    for (const auto& [lot, milli] : after) {
      const auto before = adjustments_.find(lot);
      if (before != adjustments_.end() && before->second == milli) continue;
      transaction_.Put(kAdjustments, key_of(lot), store::EncodeCounters(std::array{milli}));
    }
  }

 private:
  CountsOf(std::string shop, Item item, store::Transaction& transaction)
      : shop_(std::move(shop)),
        item_(std::move(item)),
        key_(CountsKey(shop_, item_.product, item_.unit)),
        transaction_(transaction) {}

  const std::string shop_;
  const Item item_;
  const std::string key_;
  store::Transaction& transaction_;
  v1::CountsRow row_;
  Lots adjustments_;  // as stored
};

absl::StatusOr<v1::CountHeadsRow> ReadHeads(const std::string& shop, const v1::CountState& count,
                                            store::Transaction& transaction) {
  v1::CountHeadsRow heads;
  COMPTOIR_ASSIGN_OR_RETURN(
      const std::optional<std::string> bytes,
      transaction.Get(kCountHeads,
                      ShopEntryKey(shop, JournalId(count.journal()), Sequence(count.sequence()))));
  if (!bytes.has_value() || !heads.ParseFromString(*bytes)) {
    return absl::DataLossError("a row of count_heads is missing or damaged");
  }
  return heads;
}

// Of one product: the movements before a count, and those near it.
struct Seen {
  Lots before;
  std::vector<v1::NearMovement> near;
};

// What the shelves' movements known here come to, by lot.
absl::StatusOr<Lots> SumMovements(const std::string& shop, const Item& item,
                                  const store::Transaction& transaction) {
  std::string prefix = BalancePrefix(AccountName(kShopAccounts, shop));
  AppendBalance({item.product, item.unit, ""}, &prefix);
  COMPTOIR_ASSIGN_OR_RETURN(const auto rows,
                            transaction.ReadRange(kBalances, prefix, PrefixLimit(prefix)));
  Lots lots;
  for (const auto& [key, value] : rows) {
    COMPTOIR_ASSIGN_OR_RETURN(const std::vector<int64_t> sums, store::DecodeCounters(value));
    if (sums.size() != 1) return absl::DataLossError("a row of balances is damaged");
    lots[key.substr(prefix.size())] = sums.front();
  }
  return lots;
}

// All movements come to what is before the count and what is not: the latter are
// few, so they are what is looked through.
absl::StatusOr<std::map<Item, Seen>> LookBack(const Fact& fact, const v1::CountState& count,
                                              const v1::CountHeadsRow* heads,
                                              const v1::Counted& counted, Folding& folding) {
  const std::string& shop = fact.journal->shop;
  std::map<Item, Seen> items;
  for (const v1::CountedLine& line : counted.lines()) {
    const Item item{line.product(), line.unit()};
    COMPTOIR_ASSIGN_OR_RETURN(items[item].before, SumMovements(shop, item, folding.transaction()));
    if (COMPTOIR_PLANTED(kCountAsDifference)) items[item].before.clear();
  }
  // A day more on each side: the business days of others may run by another zone.
  const Day first =
      fact.doubtful
          ? Day(kDoubtfulDay.value() + 1)
          : Day(static_cast<int32_t>(FloorDivide(fact.wall_ms - kNearCountMillis, kMillisPerDay)) -
                1);
  COMPTOIR_ASSIGN_OR_RETURN(const std::vector<FactPlace> places,
                            MovementsSince(folding.transaction(), shop, first));
  for (const FactPlace& place : places) {
    // Its own journal's are before it: they arrive in their order.
    if (place.journal == fact.reference.journal) continue;
    google::protobuf::Arena arena;
    const absl::StatusOr<Fact> movement =
        folding.facts().Read(place.journal, place.sequence, &arena);
    // It rotted: as if it had not come yet. The views are folded anew once it is back.
    if (absl::IsNotFound(movement.status())) continue;
    if (!movement.ok()) return movement.status();
    const Placing placing = PlaceMovement(*movement, count, heads);
    if (placing.before && !placing.near) continue;
    for (const auto& [item, lots] : ShelfOf(*movement)) {
      const auto found = items.find(item);
      if (found == items.end()) continue;
      for (const auto& [lot, milli] : lots) {
        if (!placing.before) found->second.before[lot] -= milli;
        if (!placing.near) continue;
        v1::NearMovement near;
        near.set_journal(place.journal.value());
        near.set_sequence(place.sequence.value());
        near.set_lot(lot);
        near.set_milli(milli);
        found->second.near.push_back(std::move(near));
      }
    }
  }
  return items;
}

v1::CountState StateOf(const Fact& fact, const v1::Counted& counted) {
  v1::CountState state;
  state.set_journal(fact.reference.journal.value());
  state.set_sequence(fact.reference.sequence.value());
  state.set_hash_prefix(fact.reference.hash_prefix);
  state.set_wall_ms(fact.wall_ms);
  state.set_doubtful(fact.doubtful);
  state.set_node(fact.journal->writer.node);
  state.set_has_heads(!counted.heads().empty() || fact.moved.has_value());
  if (fact.moved.has_value()) {
    state.set_moved_from(fact.moved->original.journal.value());
    state.set_moved_number(fact.moved->original.sequence.value());
    state.set_branch(fact.moved->branch.value());
  }
  return state;
}

// What its author had seen by number. One that was moved had seen what its branch
// shares with the kept one.
v1::CountHeadsRow HeadsOf(const Fact& fact, const v1::Counted& counted) {
  std::map<uint64_t, uint64_t> reach;
  for (const v1::SeenHead& head : counted.heads()) reach[head.journal()] = head.sequence();
  if (fact.moved.has_value()) {
    uint64_t& own = reach[fact.moved->original.journal.value()];
    own = std::max(own, fact.moved->base.value());
  }
  v1::CountHeadsRow heads;
  for (const auto& [journal, sequence] : reach) {
    v1::SeenHead* head = heads.add_heads();
    head->set_journal(journal);
    head->set_sequence(sequence);
  }
  return heads;
}

absl::Status AddCounts(const Fact& fact, const v1::Counted& counted, Effect effect,
                       Folding& folding) {
  store::Transaction& transaction = folding.transaction();
  const std::string& shop = fact.journal->shop;
  const v1::CountState state = StateOf(fact, counted);
  const v1::CountHeadsRow heads = HeadsOf(fact, counted);
  const v1::CountHeadsRow* named = state.has_heads() ? &heads : nullptr;
  if (named != nullptr) {
    transaction.Put(kCountHeads,
                    ShopEntryKey(shop, fact.reference.journal, fact.reference.sequence),
                    heads.SerializeAsString());
  }
  COMPTOIR_ASSIGN_OR_RETURN(const v1::CountHorizonRow* known, folding.CountHorizon(shop));
  v1::CountHorizonRow horizon = known == nullptr ? v1::CountHorizonRow() : *known;
  Widen(state, named, &horizon);
  folding.SetCountHorizon(shop, horizon);

  COMPTOIR_ASSIGN_OR_RETURN(auto items, LookBack(fact, state, named, counted, folding));
  for (const v1::CountedLine& line : counted.lines()) {
    const Item item{line.product(), line.unit()};
    COMPTOIR_ASSIGN_OR_RETURN(CountsOf counts, CountsOf::Load(shop, item, transaction));
    v1::CountState* count = InsertSorted(state, counts.row().mutable_counts());
    count->set_counted(effect == Effect::kCount);
    count->set_whole(line.whole());
    *count->mutable_seen() = line.lots();
    *count->mutable_replaces() = line.replaces();
    const Seen& seen = items.at(item);
    for (const auto& [lot, milli] : seen.before) AddToLot(lot, milli, count->mutable_before());
    for (const v1::NearMovement& near : seen.near) InsertSorted(near, count->mutable_near());
    counts.Store();
  }
  return absl::OkStatus();
}

// Counts known here already: whether they count, from now on.
absl::StatusOr<bool> TurnCounts(const Fact& fact, const v1::Counted& counted, bool counts_now,
                                Folding& folding) {
  for (const v1::CountedLine& line : counted.lines()) {
    COMPTOIR_ASSIGN_OR_RETURN(
        CountsOf counts,
        CountsOf::Load(fact.journal->shop, {line.product(), line.unit()}, folding.transaction()));
    v1::CountState* count = counts.Find(fact.reference);
    if (count == nullptr) return false;
    count->set_counted(counts_now);
    counts.Store();
  }
  return true;
}

absl::Status TellCounts(const Fact& movement, const Item& item, const Lots& lots, Effect effect,
                        store::Transaction& transaction) {
  const std::string& shop = movement.journal->shop;
  COMPTOIR_ASSIGN_OR_RETURN(CountsOf counts, CountsOf::Load(shop, item, transaction));
  bool changed = false;
  for (v1::CountState& count : *counts.row().mutable_counts()) {
    v1::CountHeadsRow heads;
    if (count.has_heads()) {
      COMPTOIR_ASSIGN_OR_RETURN(heads, ReadHeads(shop, count, transaction));
    }
    const Placing placing = PlaceMovement(movement, count, count.has_heads() ? &heads : nullptr);
    changed |= placing != Placing();
    if (placing.near && effect == Effect::kUncount) ForgetNear(movement, &count);
    for (const auto& [lot, milli] : lots) {
      if (placing.before) AddToLot(lot, SignOf(effect) * milli, count.mutable_before());
      if (placing.near && effect == Effect::kCount) NoteNear(movement, lot, milli, &count);
    }
  }
  if (changed) counts.Store();
  return absl::OkStatus();
}

}  // namespace

absl::Status FoldCounted(const Fact& fact, const v1::Counted& counted, Effect effect,
                         Folding& folding) {
  NoteMovement(fact, /*prints_receipt=*/false, effect, folding.transaction());
  COMPTOIR_ASSIGN_OR_RETURN(const bool known,
                            TurnCounts(fact, counted, effect == Effect::kCount, folding));
  return known ? absl::OkStatus() : AddCounts(fact, counted, effect, folding);
}

absl::Status FoldMoved(const Fact& fact, bool prints_receipt, Effect effect, Folding& folding) {
  // A fact that prints a receipt is never brought back: corrections don't touch it.
  bool arrives = effect == Effect::kCount;
  if (arrives && !prints_receipt) {
    COMPTOIR_ASSIGN_OR_RETURN(const bool noted, IsNoted(fact, folding.transaction()));
    arrives = !noted;
  }
  NoteMovement(fact, prints_receipt, effect, folding.transaction());
  if (effect == Effect::kDuplicate) return absl::OkStatus();
  COMPTOIR_ASSIGN_OR_RETURN(const v1::CountHorizonRow* horizon,
                            folding.CountHorizon(fact.journal->shop));
  // Of what arrives, its own journal's counts are behind it; not of what is taken
  // back or brought back.
  if (horizon == nullptr || (arrives && IsPastHorizon(fact, *horizon))) return absl::OkStatus();
  for (const auto& [item, lots] : ShelfOf(fact)) {
    COMPTOIR_RETURN_IF_ERROR(TellCounts(fact, item, lots, effect, folding.transaction()));
  }
  return absl::OkStatus();
}

}  // namespace comptoir::retail
