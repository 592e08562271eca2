#include "common/retail/stock/movement_list.h"

#include <algorithm>
#include <tuple>

#include "common/base/status.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/check.h"
#include "common/retail/cursor.h"
#include "common/retail/fact_names.h"
#include "common/retail/forks/moved.h"
#include "common/retail/keys.h"
#include "common/retail/named.h"
#include "common/retail/stock/shelf.h"
#include "common/retail/tables.h"
#include "common/retail/transfers/id.h"
#include "comptoir/retail/v1/registers.pb.h"
#include "comptoir/retail/v1/transfers.pb.h"

namespace comptoir::retail {
namespace {

// A movement's place in the list of its day.
struct ListedMovement {
  uint32_t second = 0;
  MovementPlace movement;

  auto order() const { return std::tuple(second, movement.place.journal, movement.place.sequence); }
  bool operator<(const ListedMovement& other) const { return order() < other.order(); }
};

std::string CursorToMovement(const ListedMovement& listed) {
  std::string place;
  AppendBigEndian32(listed.second, &place);
  AppendBigEndian64(listed.movement.place.journal.value(), &place);
  AppendBigEndian64(listed.movement.place.sequence.value(), &place);
  return SealCursor(List::kMovementsList, place);
}

absl::StatusOr<ListedMovement> OpenMovement(std::string_view cursor) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::string sealed, OpenCursor(List::kMovementsList, cursor));
  ListedMovement listed;
  if (sealed.empty()) return listed;
  std::string_view place = sealed;
  uint64_t journal = 0;
  uint64_t sequence = 0;
  if (!ConsumeBigEndian32(&place, &listed.second) || !ConsumeBigEndian64(&place, &journal) ||
      !ConsumeBigEndian64(&place, &sequence) || !place.empty()) {
    return BadCursor();
  }
  listed.movement.place = {JournalId(journal), Sequence(sequence)};
  return listed;
}

absl::Status AddLine(const store::Snapshot& snapshot, const BalanceKey& balance, int64_t milli,
                     shop::v1::Movement* movement) {
  shop::v1::MovementLine* line = movement->add_lines();
  line->set_product(std::string(balance.product));
  line->set_unit(balance.unit);
  line->set_lot(std::string(balance.lot));
  line->set_quantity_milli(milli);
  COMPTOIR_ASSIGN_OR_RETURN(*line->mutable_product_name(), ProductName(snapshot, balance.product));
  return absl::OkStatus();
}

absl::Status FillCounted(const store::Snapshot& snapshot, const v1::Counted& counted,
                         shop::v1::Movement* movement) {
  movement->set_staff(counted.staff());
  for (const v1::CountedLine& line : counted.lines()) {
    for (const v1::LotQuantity& lot : line.lots()) {
      COMPTOIR_RETURN_IF_ERROR(AddLine(snapshot, {line.product(), line.unit(), lot.lot()},
                                       lot.quantity_milli(), movement));
    }
    if (!line.lots().empty()) continue;
    COMPTOIR_RETURN_IF_ERROR(AddLine(snapshot, {line.product(), line.unit(), ""}, 0, movement));
  }
  return absl::OkStatus();
}

void FillTransfer(const std::string& transfer, const std::string& other_shop,
                  const std::string& staff, shop::v1::Movement* movement) {
  movement->set_transfer(transfer);
  movement->set_other_shop(other_shop);
  movement->set_staff(staff);
}

absl::Status FillSettled(const store::Snapshot& snapshot, const v1::TransferSettled& settled,
                         shop::v1::Movement* movement) {
  FillTransfer(settled.transfer(), std::string(SenderOf(settled.transfer())), settled.staff(),
               movement);
  movement->set_waste_reason(settled.reason());
  for (const v1::TransferLine& line : settled.lines()) {
    COMPTOIR_RETURN_IF_ERROR(AddLine(snapshot, {line.product(), line.unit(), line.lot()},
                                     line.quantity_milli(), movement));
  }
  return absl::OkStatus();
}

// Gathers discrepancies, with the names of shops' facts read once.
class Gathering {
 public:
  explicit Gathering(const store::Snapshot& snapshot) : snapshot_(snapshot) {}

  // Asked where there is one more: whether it has no place, which is told.
  bool full() {
    const bool is_full = response_.discrepancies_size() >= kDiscrepanciesMax;
    if (is_full) response_.set_more(true);
    return is_full;
  }
  absl::StatusOr<shop::v1::Discrepancy*> Add(shop::v1::DiscrepancyKind kind,
                                             const std::string& shop, const std::string& product) {
    shop::v1::Discrepancy* discrepancy = response_.add_discrepancies();
    discrepancy->set_kind(kind);
    discrepancy->set_shop(shop);
    discrepancy->set_product(product);
    COMPTOIR_ASSIGN_OR_RETURN(*discrepancy->mutable_product_name(),
                              ProductName(snapshot_, product));
    COMPTOIR_ASSIGN_OR_RETURN(const v1::Unit unit, ProductUnit(snapshot_, product));
    discrepancy->set_unit(unit);
    return discrepancy;
  }
  absl::StatusOr<std::string> NameOf(const std::string& shop, uint64_t journal, uint64_t sequence) {
    auto names = names_.find(shop);
    if (names == names_.end()) {
      COMPTOIR_ASSIGN_OR_RETURN(FactNames read, FactNames::Of(snapshot_, shop));
      names = names_.emplace(shop, std::move(read)).first;
    }
    return names->second.NameOf(journal, sequence);
  }
  shop::v1::ListDiscrepanciesResponse Finish() && { return std::move(response_); }

 private:
  const store::Snapshot& snapshot_;
  std::map<std::string, FactNames> names_;  // by shop
  shop::v1::ListDiscrepanciesResponse response_;
};

// Rows of one sale's line follow one another.
absl::Status GatherReturns(const store::Snapshot& snapshot, std::string_view prefix,
                           Gathering* gathering) {
  constexpr size_t kFactBytes = 8 + 8 + 4;
  std::string sale_line;
  std::string last_fact;
  v1::ReturnRow sum;
  const auto flush = [&]() -> absl::Status {
    if (sum.returned_milli() <= sum.sold_milli() || gathering->full()) return absl::OkStatus();
    const std::string shop = sale_line.substr(0, sale_line.find('\0'));
    COMPTOIR_ASSIGN_OR_RETURN(
        shop::v1::Discrepancy * discrepancy,
        gathering->Add(shop::v1::DISCREPANCY_KIND_RETURNED_TOO_MUCH, shop, sum.product()));
    discrepancy->set_quantity_milli(sum.returned_milli());
    discrepancy->set_sold_milli(sum.sold_milli());
    COMPTOIR_ASSIGN_OR_RETURN(
        *discrepancy->mutable_fact(),
        gathering->NameOf(shop, ReadBigEndian64(last_fact), ReadBigEndian64(last_fact.substr(8))));
    return absl::OkStatus();
  };
  auto rows = snapshot.Scan(kReturns, prefix, prefix.empty() ? "" : PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) {
    v1::ReturnRow row;
    if (rows->key().size() < kFactBytes ||
        !row.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size()))) {
      return absl::DataLossError("a row of returns is damaged");
    }
    const std::string_view line = rows->key().substr(0, rows->key().size() - kFactBytes);
    if (line != sale_line) {
      COMPTOIR_RETURN_IF_ERROR(flush());
      sale_line = line;
      sum = v1::ReturnRow();
    }
    last_fact = rows->key().substr(line.size());
    sum.set_product(row.product());
    sum.set_returned_milli(sum.returned_milli() + row.returned_milli());
    sum.set_sold_milli(std::max(sum.sold_milli(), row.sold_milli()));
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return flush();
}

absl::Status GatherNear(const std::string& shop, const std::string& product,
                        const v1::CountState& count, Gathering* gathering) {
  for (const v1::NearMovement& near : count.near()) {
    if (gathering->full()) break;
    COMPTOIR_ASSIGN_OR_RETURN(shop::v1::Discrepancy * discrepancy,
                              gathering->Add(shop::v1::DISCREPANCY_KIND_NEAR_COUNT, shop, product));
    discrepancy->set_quantity_milli(near.milli());
    COMPTOIR_ASSIGN_OR_RETURN(*discrepancy->mutable_fact(),
                              gathering->NameOf(shop, count.journal(), count.sequence()));
    COMPTOIR_ASSIGN_OR_RETURN(*discrepancy->mutable_other(),
                              gathering->NameOf(shop, near.journal(), near.sequence()));
  }
  return absl::OkStatus();
}

absl::Status GatherCounts(const store::Snapshot& snapshot, std::string_view prefix,
                          Gathering* gathering) {
  auto rows = snapshot.Scan(kCounts, prefix, prefix.empty() ? "" : PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) {
    std::string_view key = rows->key();
    std::string_view shop;
    std::string_view product;
    v1::CountsRow row;
    if (!ConsumeCode(&key, &shop) || !ConsumeCode(&key, &product) ||
        !row.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size()))) {
      return absl::DataLossError("a row of counts is damaged");
    }
    for (const v1::CountState& count : row.counts()) {
      if (!count.counted()) continue;
      COMPTOIR_RETURN_IF_ERROR(
          GatherNear(std::string(shop), std::string(product), count, gathering));
    }
  }
  return rows->status();
}

}  // namespace

absl::StatusOr<MovementPage> ListMovementPlaces(const store::Snapshot& snapshot,
                                                std::string_view shop, Day day,
                                                std::string_view cursor, uint32_t page_size) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("shop", shop));
  COMPTOIR_RETURN_IF_ERROR(CheckDay("day", day.value()));
  COMPTOIR_ASSIGN_OR_RETURN(const size_t count,
                            PageSize(page_size, kMovementsPageUsual, kMovementsPageMax));
  COMPTOIR_ASSIGN_OR_RETURN(const ListedMovement first, OpenMovement(cursor));
  const std::string prefix = MovementDayPrefix(shop, day);
  std::vector<ListedMovement> found;
  auto rows = snapshot.Scan(kMovements, prefix, PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) {
    std::string_view key = rows->key().substr(prefix.size());
    uint64_t journal = 0;
    uint64_t sequence = 0;
    v1::MovementRow row;
    if (!ConsumeBigEndian64(&key, &journal) || !ConsumeBigEndian64(&key, &sequence) ||
        !row.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size()))) {
      return absl::DataLossError("a row of movements is damaged");
    }
    const ListedMovement listed{row.second(),
                                {{JournalId(journal), Sequence(sequence)}, !row.counted()}};
    if (!(listed < first)) found.push_back(listed);
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  // One more than the page: where the next begins.
  const size_t shown = std::min(found.size(), count + 1);
  std::partial_sort(found.begin(), found.begin() + static_cast<ptrdiff_t>(shown), found.end());
  MovementPage page;
  for (size_t i = 0; i < std::min(shown, count); ++i) page.movements.push_back(found[i].movement);
  if (shown > count) page.next_cursor = CursorToMovement(found[count]);
  return page;
}

absl::StatusOr<shop::v1::Movement> MakeMovement(const store::Snapshot& snapshot, const Fact& fact,
                                                bool undone) {
  const std::string& shop = fact.journal->shop;
  shop::v1::Movement movement;
  movement.set_name(FormatFactName(shop, fact.journal->series, fact.reference.sequence));
  if (fact.moved.has_value()) {
    movement.mutable_name()->append(MovedEnding(MovedPlace(fact.moved->original)));
  }
  movement.set_kind(fact.kind);
  *movement.mutable_reference() = fact.name().reference();
  movement.set_wall_ms(fact.wall_ms);
  movement.set_utc_offset_minutes(fact.utc_offset_minutes);
  movement.set_undone(undone);
  absl::Status status;
  VisitShelf(fact, [&](const BalanceKey& balance, int64_t milli) {
    status.Update(AddLine(snapshot, balance, milli, &movement));
  });
  COMPTOIR_RETURN_IF_ERROR(status);
  switch (fact.kind) {
    case v1::FACT_KIND_GOODS_RECEIVED: {
      const auto& received = static_cast<const v1::GoodsReceived&>(*fact.fact);
      movement.set_producer(received.producer());
      movement.set_document(received.document());
      break;
    }
    case v1::FACT_KIND_WASTED: {
      const auto& wasted = static_cast<const v1::Wasted&>(*fact.fact);
      movement.set_waste_reason(wasted.reason());
      movement.set_staff(wasted.staff());
      break;
    }
    case v1::FACT_KIND_COUNTED:
      COMPTOIR_RETURN_IF_ERROR(
          FillCounted(snapshot, static_cast<const v1::Counted&>(*fact.fact), &movement));
      break;
    case v1::FACT_KIND_TRANSFER_SENT: {
      const auto& sent = static_cast<const v1::TransferSent&>(*fact.fact);
      FillTransfer(sent.transfer(), sent.to(), sent.staff(), &movement);
      break;
    }
    case v1::FACT_KIND_TRANSFER_RECEIVED: {
      const auto& received = static_cast<const v1::TransferReceived&>(*fact.fact);
      FillTransfer(received.transfer(), std::string(SenderOf(received.transfer())),
                   received.staff(), &movement);
      break;
    }
    case v1::FACT_KIND_TRANSFER_SETTLED:
      COMPTOIR_RETURN_IF_ERROR(
          FillSettled(snapshot, static_cast<const v1::TransferSettled&>(*fact.fact), &movement));
      break;
    case v1::FACT_KIND_CORRECTED: {
      const auto& corrected = static_cast<const v1::Corrected&>(*fact.fact);
      movement.set_reason(corrected.reason());
      movement.set_staff(corrected.staff());
      COMPTOIR_ASSIGN_OR_RETURN(const FactNames names, FactNames::Of(snapshot, shop));
      const journal::v1::Reference& named = corrected.fact().reference();
      const JournalId place =
          MovedPlace({JournalId(named.journal()), Sequence(named.sequence()), named.hash_prefix()});
      COMPTOIR_ASSIGN_OR_RETURN(const auto moved,
                                ReadMoved(snapshot, place, Sequence(named.sequence())));
      COMPTOIR_ASSIGN_OR_RETURN(
          *movement.mutable_corrects(),
          names.NameOf(moved.has_value() ? place.value() : named.journal(), named.sequence()));
      break;
    }
    default:
      break;
  }
  return movement;
}

absl::StatusOr<shop::v1::ListDiscrepanciesResponse> ListDiscrepancies(
    const store::Snapshot& snapshot, std::string_view shop) {
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("shop", shop));
  std::string prefix;
  if (!shop.empty()) AppendCode(shop, &prefix);
  Gathering gathering(snapshot);
  COMPTOIR_RETURN_IF_ERROR(GatherReturns(snapshot, prefix, &gathering));
  COMPTOIR_RETURN_IF_ERROR(GatherCounts(snapshot, prefix, &gathering));
  return std::move(gathering).Finish();
}

}  // namespace comptoir::retail
