#include "common/retail/counts/build.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/calendar.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/check.h"
#include "common/retail/counts/admit.h"
#include "common/retail/keys.h"
#include "common/retail/quantity.h"
#include "common/retail/reasons.h"
#include "common/retail/recalls/recall_book.h"
#include "common/retail/stock/queries.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {
namespace {

// A clock that is in no doubt may have been a day ahead before its anchor moved (R10): a
// journal's last wall instant may be so much less than its highest.
constexpr int64_t kAnchorMillis = kMillisPerDay + 10 * 60'000;

using Lots = std::map<std::string, int64_t>;
using CountedItem = std::pair<std::string, v1::Unit>;

// What the books say is on the shelf, by lot.
absl::StatusOr<Lots> BookedLots(const store::Snapshot& snapshot, std::string_view shop,
                                const std::string& product, v1::Unit unit) {
  Lots lots;
  shop::v1::ListStockRequest request;
  request.set_by_lot(true);
  request.set_product(product);
  do {
    COMPTOIR_ASSIGN_OR_RETURN(const shop::v1::ListStockResponse page,
                              ListStock(snapshot, shop, request));
    for (const shop::v1::StockRow& row : page.rows()) {
      if (row.unit() == unit) lots[row.lot()] += row.quantity_milli();
    }
    request.set_cursor(page.next_cursor());
  } while (!request.cursor().empty());
  return lots;
}

// The latest day on which `lot` may be sold; 0 where none is known.
absl::StatusOr<int32_t> KeepsUntil(const store::Snapshot& snapshot, std::string_view shop,
                                   std::string_view product, const std::string& lot) {
  std::string prefix;
  AppendCode(shop, &prefix);
  AppendCode(product, &prefix);
  AppendCode(lot, &prefix);
  int32_t day = 0;
  auto rows = snapshot.Scan(kLots, prefix, PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) {
    v1::LotRow row;
    if (!row.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size()))) {
      return absl::DataLossError("a row of lots is damaged");
    }
    day = std::max({day, row.use_by_day(), row.best_before_day()});
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return day;
}

absl::StatusOr<Lots> SplitOverLots(const store::Snapshot& snapshot, std::string_view shop,
                                   const RecallBook& recalls, std::string_view product,
                                   const Lots& booked, int64_t milli) {
  // What is recalled is taken off the shelves, so what is seen there is least likely of it. A
  // count is as good without.
  const auto found = recalls.Find(snapshot, product);
  const RecalledGoods recalled = found.ok() ? *found : RecalledGoods();
  std::vector<std::tuple<bool, int32_t, std::string>> by_day;
  for (const auto& [lot, held] : booked) {
    if (lot.empty() || held <= 0) continue;
    COMPTOIR_ASSIGN_OR_RETURN(const int32_t day, KeepsUntil(snapshot, shop, product, lot));
    by_day.emplace_back(recalled.Find(lot) == nullptr, day, lot);
  }
  std::ranges::sort(by_day, std::greater());
  if (by_day.size() >= static_cast<size_t>(kCountLotsMax)) {
    by_day.resize(static_cast<size_t>(kCountLotsMax) - 1);
  }
  Lots split;
  for (const auto& [is_free, day, lot] : by_day) {
    const int64_t part = std::min(milli, booked.at(lot));
    if (part > 0) split[lot] = part;
    milli -= part;
  }
  if (milli > 0) split[""] = milli;
  return split;
}

// Counts of one product that no other has replaced, of those known here.
absl::Status FillReplaces(const store::Snapshot& snapshot, std::string_view shop,
                          v1::CountedLine* line) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                            snapshot.Get(kCounts, CountsKey(shop, line->product(), line->unit())));
  if (!bytes.has_value()) return absl::OkStatus();
  v1::CountsRow row;
  if (!row.ParseFromString(*bytes)) return absl::DataLossError("a row of counts is damaged");
  std::set<std::pair<uint64_t, uint64_t>> replaced;
  for (const v1::CountState& count : row.counts()) {
    for (const auto& reference : count.replaces()) {
      replaced.emplace(reference.journal(), reference.sequence());
    }
  }
  std::vector<const v1::CountState*> open;
  for (const v1::CountState& count : row.counts()) {
    if (!replaced.contains({count.journal(), count.sequence()})) open.push_back(&count);
  }
  std::ranges::sort(open, std::greater(), [](const v1::CountState* count) {
    return std::tuple(count->wall_ms(), count->journal(), count->sequence());
  });
  if (open.size() > kReplacedWritesMax) open.resize(kReplacedWritesMax);
  for (const v1::CountState* count : open) {
    journal::v1::Reference* reference = line->add_replaces();
    reference->set_journal(count->journal());
    reference->set_sequence(count->sequence());
    reference->set_hash_prefix(count->hash_prefix());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::set<uint64_t>> JournalsInDoubt(const store::Snapshot& snapshot,
                                                   std::string_view shop) {
  std::set<uint64_t> journals;
  const std::string prefix = MovementDayPrefix(shop, kDoubtfulDay);
  auto rows = snapshot.Scan(kMovements, prefix, PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) {
    std::string_view key = rows->key().substr(prefix.size());
    uint64_t journal = 0;
    if (!ConsumeBigEndian64(&key, &journal)) {
      return absl::DataLossError("a key of movements is damaged");
    }
    journals.insert(journal);
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return journals;
}

// Heads of the journals whose wall instants alone would not tell (retail.proto).
absl::Status FillHeads(const store::Snapshot& snapshot, std::string_view shop,
                       const std::vector<HeldJournal>& journals, const CountClock& clock,
                       v1::Counted* counted) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::set<uint64_t> in_doubt, JournalsInDoubt(snapshot, shop));
  for (const HeldJournal& held : journals) {
    const bool told_by_wall = !clock.doubtful && !in_doubt.contains(held.journal.value()) &&
                              held.latest_ms < clock.wall_ms - kAnchorMillis;
    if (held.open || told_by_wall || held.sequence.value() == 0) continue;
    v1::SeenHead* head = counted->add_heads();
    head->set_journal(held.journal.value());
    head->set_sequence(held.sequence.value());
  }
  return absl::OkStatus();
}

// What one request says of one product.
struct Look {
  int first_line = 0;  // from 1
  std::optional<int64_t> whole_milli;
  Lots lots;
};

absl::Status AddLine(const shop::v1::CountLine& request, int number, Look* look) {
  if (look->first_line == 0) look->first_line = number;
  if (!request.has_quantity_milli()) {
    return Refuse(kBadQuantity, "how much was there? Say 0 where nothing was");
  }
  if (request.quantity_milli() < 0 || request.quantity_milli() > kQuantityMilliMax) {
    return Refuse(kBadQuantity,
                  absl::StrCat("a count of ", FormatQuantity(Quantity(request.quantity_milli())),
                               " cannot be: it must be from 0 to ", kQuantityMilliMax / 1000));
  }
  const bool twice = look->whole_milli.has_value() ||
                     (request.has_lot() ? look->lots.contains(request.lot()) : !look->lots.empty());
  if (twice) {
    return Refuse(kTwice, absl::StrCat("product ", Quoted(request.product()),
                                       " is counted twice: count it whole, or each lot once"));
  }
  if (request.has_lot()) {
    look->lots[request.lot()] = request.quantity_milli();
  } else {
    look->whole_milli = request.quantity_milli();
  }
  return absl::OkStatus();
}

// What a line is of: without a unit, the one that the product has.
absl::StatusOr<CountedItem> ItemOf(const store::Snapshot& snapshot,
                                   const shop::v1::CountLine& line) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", line.product()));
  COMPTOIR_ASSIGN_OR_RETURN(const v1::Unit unit, ProductUnit(snapshot, line.product()));
  if (unit == v1::UNIT_UNSPECIFIED) return WithoutUnit(snapshot, line.product());
  return CountedItem(line.product(), line.unit() == v1::UNIT_UNSPECIFIED ? unit : line.unit());
}

absl::Status BuildLine(const store::Snapshot& snapshot, std::string_view shop,
                       const RecallBook& recalls, const CountedItem& item, const Look& look,
                       v1::CountedLine* line) {
  const auto& [product, unit] = item;
  line->set_product(product);
  line->set_unit(unit);
  line->set_whole(look.whole_milli.has_value());
  COMPTOIR_ASSIGN_OR_RETURN(const Lots booked, BookedLots(snapshot, shop, product, unit));
  Lots seen = look.lots;
  if (look.whole_milli.has_value()) {
    COMPTOIR_ASSIGN_OR_RETURN(
        seen, SplitOverLots(snapshot, shop, recalls, product, booked, *look.whole_milli));
  }
  int64_t expected_milli = 0;
  for (const auto& [lot, milli] : booked) {
    if (line->whole() || seen.contains(lot)) expected_milli += milli;
  }
  line->set_expected_milli(expected_milli);
  for (const auto& [lot, milli] : seen) {
    v1::LotQuantity* quantity = line->add_lots();
    quantity->set_lot(lot);
    quantity->set_quantity_milli(milli);
  }
  return FillReplaces(snapshot, shop, line);
}

// A product's line grows with its lots, so the number of lines alone is no limit.
absl::Status CheckSize(const v1::Counted& counted) {
  const size_t bytes = counted.ByteSizeLong();
  if (bytes <= kFactBytesMax) return absl::OkStatus();
  const size_t products = counted.lines_size();
  return Refuse(kBadLines,
                absl::StrCat("one count of these ", products, " products, with all their lots, is ",
                             (bytes >> 10) + 1, " KiB; at most ", kFactBytesMax >> 10,
                             " go into one: count some ", products * kFactBytesMax / (bytes + 1),
                             " of them at once"));
}

}  // namespace

absl::StatusOr<v1::Counted> BuildCounted(const store::Snapshot& snapshot, std::string_view shop,
                                         const std::vector<HeldJournal>& journals,
                                         const CountClock& clock,
                                         const shop::v1::RecordCountRequest& request) {
  COMPTOIR_RETURN_IF_ERROR(CheckLineCount(request.lines_size()));
  std::vector<CountedItem> order;
  std::map<CountedItem, Look> looks;
  for (int i = 0; i < request.lines_size(); ++i) {
    const shop::v1::CountLine& line = request.lines(i);
    const auto found = ItemOf(snapshot, line);
    COMPTOIR_RETURN_IF_ERROR(AtLine(found.status(), i + 1));
    const CountedItem& item = *found;
    if (!looks.contains(item)) order.push_back(item);
    COMPTOIR_RETURN_IF_ERROR(AtLine(AddLine(line, i + 1, &looks[item]), i + 1));
  }
  RecallBook recalls;
  // What cannot be read of them refuses no count: the book is empty then.
  (void)recalls.Open(snapshot, shop);
  v1::Counted counted;
  counted.set_staff(request.staff());
  for (const CountedItem& item : order) {
    const Look& look = looks[item];
    COMPTOIR_RETURN_IF_ERROR(AtLine(
        BuildLine(snapshot, shop, recalls, item, look, counted.add_lines()), look.first_line));
  }
  COMPTOIR_RETURN_IF_ERROR(FillHeads(snapshot, shop, journals, clock, &counted));
  COMPTOIR_RETURN_IF_ERROR(CheckCounted(counted));
  COMPTOIR_RETURN_IF_ERROR(CheckSize(counted));
  return counted;
}

absl::StatusOr<std::vector<shop::v1::CountedStock>> DescribeCounted(const store::Snapshot& snapshot,
                                                                    const v1::Counted& counted) {
  std::vector<shop::v1::CountedStock> lines;
  for (const v1::CountedLine& line : counted.lines()) {
    shop::v1::CountedStock stock;
    stock.set_product(line.product());
    COMPTOIR_ASSIGN_OR_RETURN(*stock.mutable_product_name(), ProductName(snapshot, line.product()));
    stock.set_unit(line.unit());
    stock.set_expected_milli(line.expected_milli());
    if (!line.whole() && line.lots_size() == 1) stock.set_lot(line.lots(0).lot());
    int64_t seen_milli = 0;
    for (const v1::LotQuantity& lot : line.lots()) seen_milli += lot.quantity_milli();
    stock.set_counted_milli(seen_milli);
    lines.push_back(std::move(stock));
  }
  return lines;
}

}  // namespace comptoir::retail
