#include "cli/notes.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "cli/format.h"
#include "common/base/utf8.h"

namespace comptoir::cli {
namespace {

constexpr size_t kNotesShownMax = 10;
// A kilogram, a litre or a piece of what a grocer sells costs less.
constexpr int64_t kUsualPriceCentsMax = 1'000'00;

bool IsPartOfPiece(int64_t milli, retail::v1::Unit unit) {
  return unit == retail::v1::UNIT_PIECE && milli % 1000 != 0;
}

std::string PartNote(const std::string& product, int64_t milli, retail::v1::Unit unit) {
  return FormatQuantity(milli, unit) + " of " + product +
         ", which goes by the piece: is that meant?";
}

std::string PastUseByNote(const std::string& product, const std::string& lot, int32_t use_by_day) {
  return "lot " + lot + " of " + product + " was to be used by " + FormatDay(use_by_day) +
         ": look whether that is what was sold";
}

std::string LotOf(const std::string& product, const std::string& lot) {
  return lot.empty() ? product : "lot " + lot + " of " + product;
}

void AddRecalled(const google::protobuf::RepeatedPtrField<shop::v1::RecalledLine>& recalled,
                 const char* advice, Notes* notes) {
  for (const shop::v1::RecalledLine& line : recalled) {
    notes->push_back(LotOf(line.product(), line.lot()) + " is recalled (" + line.code() +
                     "): " + advice);
  }
}

// Of a delivery's line, or a file's.
void AddDaysOfNoLot(const auto& line, const std::string& where, Notes* notes) {
  if (!line.lot().empty() || (line.use_by_day() == 0 && line.best_before_day() == 0)) return;
  notes->push_back(where + "the day of " + line.product() +
                   " is kept and shown nowhere, since it says no lot: with one, 'expiring' and "
                   "tills heed it");
}

// "use by 2026-12-05, best before 2027-01-01".
std::string DaysText(const shop::v1::LotDay& days) {
  std::string text;
  if (days.use_by_day() != 0) text = "use by " + FormatDay(days.use_by_day());
  if (days.best_before_day() == 0) return text;
  return text + (text.empty() ? "" : ", ") + "best before " + FormatDay(days.best_before_day());
}

// Of a delivery's line, or a file's.
void AddPastDays(const auto& line, const std::string& where, int32_t today, Notes* notes) {
  const auto add = [&](const char* what, int32_t day) {
    if (day == 0 || day >= today) return;
    notes->push_back(where + "the " + what + " day of " + line.product() + ", " + FormatDay(day) +
                     ", is past");
  };
  add("use-by", line.use_by_day());
  add("best-before", line.best_before_day());
}

std::string At(const std::string& file, size_t line) {
  return file + ":" + std::to_string(line) + ": ";
}

}  // namespace

std::string UnknownProducerNote(const std::string& producer) {
  return "nobody wrote about a producer \"" + producer + "\" yet: is the code right?";
}

Notes NotesOfPrice(const std::string& product, int64_t cents) {
  if (cents > 0 && cents <= kUsualPriceCentsMax) return {};
  return {product + " at " + FormatMoney(cents) + ": is that meant?"};
}

Notes NotesOfShop(const std::string& shop, const std::set<std::string>& known) {
  constexpr size_t kNamedMax = 6;
  if (known.empty() || known.contains(shop)) return {};
  std::string names;
  size_t named = 0;
  for (const std::string& each : known) {
    if (named++ == kNamedMax) break;
    names += (names.empty() ? "" : ", ") + each;
  }
  if (known.size() > kNamedMax) names += ", …";
  return {shop + " is a shop that nobody has heard of yet, beside " + names +
          ": is the code right?"};
}

Notes NotesOf(const shop::v1::RecordSaleRequest& sale, const shop::v1::Receipt& receipt) {
  Notes notes;
  for (const shop::v1::ReceiptLine& line : receipt.lines()) {
    if (!IsPartOfPiece(line.quantity_milli(), line.unit())) continue;
    notes.push_back(PartNote(line.product(), line.quantity_milli(), line.unit()));
  }
  for (const shop::v1::ReceiptLine& line : receipt.lines()) {
    if (line.use_by_day() == 0 || line.use_by_day() >= receipt.day()) continue;
    notes.push_back(PastUseByNote(line.product(), line.lot(), line.use_by_day()));
  }
  for (const shop::v1::SaleLine& line : sale.lines()) {
    if (!line.has_unit_price_cents()) continue;
    const Notes of_price = NotesOfPrice(line.product(), line.unit_price_cents());
    notes.insert(notes.end(), of_price.begin(), of_price.end());
  }
  return notes;
}

Notes NotesOfPastUseBy(const std::vector<shop::v1::LotDay>& lots) {
  Notes notes;
  for (const shop::v1::LotDay& lot : lots) {
    notes.push_back(PastUseByNote(lot.product(), lot.lot(), lot.use_by_day()));
  }
  return notes;
}

Notes NotesOf(const shop::v1::RecordReturnRequest& request, const shop::v1::Receipt& refund) {
  Notes notes;
  const bool was_said = std::ranges::any_of(request.lines(), [](const auto& line) {
    return line.wasted() == retail::v1::WASTE_REASON_RECALLED;
  });
  for (const shop::v1::ReceiptLine& line : refund.lines()) {
    if (was_said || line.wasted() != retail::v1::WASTE_REASON_RECALLED) continue;
    notes.push_back(LotOf(line.product(), line.lot()) +
                    " is recalled: it is recorded as wasted, so keep it off the shelves");
  }
  return notes;
}

Notes NotesOf(const shop::v1::RecordDeliveryRequest& delivery,
              const shop::v1::RecordDeliveryResponse& response, int32_t today) {
  std::set<std::string> by_piece;
  for (const shop::v1::StockRow& row : response.stock()) {
    if (row.unit() == retail::v1::UNIT_PIECE) by_piece.insert(row.product());
  }
  Notes notes;
  for (const shop::v1::DeliveryLine& line : delivery.lines()) {
    if (by_piece.contains(line.product()) &&
        IsPartOfPiece(line.quantity_milli(), retail::v1::UNIT_PIECE)) {
      notes.push_back(PartNote(line.product(), line.quantity_milli(), retail::v1::UNIT_PIECE));
    }
    AddPastDays(line, "", today, &notes);
    AddDaysOfNoLot(line, "", &notes);
  }
  AddRecalled(response.recalled(), "keep it off the shelves", &notes);
  for (const shop::v1::LotDay& before : response.other_days()) {
    notes.push_back("lot " + before.lot() + " of " + before.product() +
                    " came before with another day, " + DaysText(before) +
                    ": are the lot and the day right?");
  }
  return notes;
}

Notes NotesOf(const shop::v1::RecordWasteRequest& waste,
              const shop::v1::RecordWasteResponse& response) {
  Notes notes;
  for (const shop::v1::WasteLine& line : waste.lines()) {
    const bool by_piece = std::ranges::any_of(response.stock(), [&line](const auto& row) {
      return row.product() == line.product() && row.unit() == retail::v1::UNIT_PIECE;
    });
    if (by_piece && IsPartOfPiece(line.quantity_milli(), retail::v1::UNIT_PIECE)) {
      notes.push_back(PartNote(line.product(), line.quantity_milli(), retail::v1::UNIT_PIECE));
    }
  }
  for (const shop::v1::MovementLine& line : response.lines()) {
    const bool was_said = std::ranges::any_of(waste.lines(), [&line](const auto& asked) {
      return asked.product() == line.product() && asked.lot() == line.lot();
    });
    if (was_said || line.lot().empty()) continue;
    notes.push_back(FormatQuantity(-line.quantity_milli(), line.unit()) + " of " + line.product() +
                    " was taken from lot " + line.lot() + ": --lot says another one");
  }
  for (const shop::v1::StockRow& row : response.stock()) {
    if (row.quantity_milli() >= 0) continue;
    notes.push_back("more " + row.product() + " went than was known to be there; 'comptoir count " +
                    row.product() + "=…' says what is left");
  }
  return notes;
}

Notes NotesOfLot(const shop::v1::ListStockResponse& by_lot, const std::string& lot) {
  Notes notes;
  for (const shop::v1::StockRow& row : by_lot.rows()) {
    if (row.lot() != lot || row.quantity_milli() >= 0) continue;
    notes.push_back("less than nothing of lot " + lot + " of " + row.product() +
                    " is left: is the lot right? 'comptoir stock --lots " + row.product() +
                    "' lists them");
  }
  return notes;
}

Notes NotesOf(const shop::v1::RecordCountResponse& response, retail::v1::Unit unit) {
  Notes notes;
  for (const shop::v1::CountedStock& line : response.lines()) {
    if (IsPartOfPiece(line.counted_milli(), line.unit())) {
      notes.push_back(PartNote(line.product(), line.counted_milli(), line.unit()));
    }
    if (line.expected_milli() != 0 || line.counted_milli() == 0) continue;
    if (!line.lot().empty()) {
      notes.push_back("nothing of lot " + line.lot() + " of " + line.product() +
                      " was known to be there: is the lot right?");
    } else if (unit != retail::v1::UNIT_UNSPECIFIED) {
      notes.push_back("nothing of " + line.product() + " in the unit " + FormatUnit(unit) +
                      " was known to be there: is the unit right?");
    }
  }
  AddRecalled(response.recalled(), "take it off the shelves", &notes);
  return notes;
}

Notes NotesOf(const shop::v1::ImportStockRequest& request, const std::string& file,
              const std::vector<size_t>& lines, const shop::v1::ListProductsResponse& known,
              int32_t today) {
  std::map<std::string, retail::v1::Unit> units;
  for (const shop::v1::Product& product : known.products()) {
    units[product.product()] = product.unit();
  }
  Notes notes;
  for (int i = 0; i < request.lines_size(); ++i) {
    const shop::v1::StockLine& line = request.lines(i);
    const std::string where = At(file, lines[static_cast<size_t>(i)]);
    const retail::v1::Unit unit =
        line.unit() == retail::v1::UNIT_UNSPECIFIED ? units[line.product()] : line.unit();
    if (IsPartOfPiece(line.quantity_milli(), unit)) {
      notes.push_back(where + PartNote(line.product(), line.quantity_milli(), unit));
    }
    AddPastDays(line, where, today, &notes);
    AddDaysOfNoLot(line, where, &notes);
  }
  return notes;
}

Notes NotesOf(const coop::v1::ImportProductsRequest& request, const std::string& file,
              const std::vector<size_t>& lines) {
  Notes notes;
  for (int i = 0; i < request.products_size(); ++i) {
    const coop::v1::ProductSpec& product = request.products(i);
    if (!product.has_price_cents()) continue;
    for (const std::string& note : NotesOfPrice(product.product(), product.price_cents())) {
      notes.push_back(At(file, lines[static_cast<size_t>(i)]) + note);
    }
  }
  // Who says the unit may make the product.
  uint64_t untaxed = 0;
  uint64_t unnamed = 0;
  for (const coop::v1::ProductSpec& product : request.products()) {
    if (product.unit() == retail::v1::UNIT_UNSPECIFIED) continue;
    if (!product.has_vat_basis_points()) ++untaxed;
    if (product.name().empty()) ++unnamed;
  }
  if (untaxed > 0) {
    notes.push_back(FormatCount(untaxed, "line says", "lines say") +
                    " a unit and no VAT: a product that has none yet sells at 0 %");
  }
  if (unnamed > 0) {
    notes.push_back(FormatCount(unnamed, "line says", "lines say") +
                    " a unit and no name: a product that has none yet is shown by its code");
  }
  return notes;
}

Notes NotesOfFirstDay(const coop::v1::ImportProductsRequest& request, int32_t today) {
  const bool says_any = std::ranges::any_of(request.products(), [](const auto& product) {
    return product.has_price_cents() || product.has_vat_basis_points();
  });
  if (!says_any || request.first_day() == 0 || request.first_day() >= today) return {};
  return {"prices and VAT from " + FormatDay(request.first_day()) +
          ": what has later ones in force keeps those"};
}

Notes NotesOfProducers(const coop::v1::ImportProductsRequest& request,
                       const shop::v1::ListNamesResponse& known) {
  std::set<std::string> told;  // known, or noted
  for (const shop::v1::Named& named : known.names()) told.insert(named.code());
  for (const coop::v1::ProductSpec& product : request.products()) {
    if (!product.producer_name().empty()) told.insert(product.producer());
  }
  Notes notes;
  for (const coop::v1::ProductSpec& product : request.products()) {
    if (product.producer().empty() || !told.insert(product.producer()).second) continue;
    notes.push_back(UnknownProducerNote(product.producer()));
  }
  return notes;
}

Notes NotesOfUnit(const coop::v1::ListInventoryResponse& inventory, retail::v1::Unit unit) {
  Notes notes;
  for (const coop::v1::InventoryRow& row : inventory.rows()) {
    if (row.unit() == unit) continue;
    for (const coop::v1::ShopStock& stock : row.shops()) {
      if (stock.quantity_milli() == 0) continue;
      notes.push_back(stock.shop() + " has " + FormatQuantity(stock.quantity_milli(), row.unit()) +
                      " of " + row.product() + " in the unit " + FormatUnit(row.unit()) +
                      ": it stays listed apart from what comes in the unit " + FormatUnit(unit) +
                      "; 'comptoir count " + row.product() + "=0 --unit " + FormatUnit(row.unit()) +
                      "' there says that none is left");
    }
  }
  return notes;
}

Notes NotesOfHiddenPrice(const shop::v1::CatalogueEntry& entry, const std::string& shop,
                         int32_t first_day) {
  std::map<std::string, const shop::v1::FieldValues*> in_force;  // by shop; empty: the co-op's
  for (const shop::v1::FieldValues& field : entry.fields()) {
    const bool counts = field.field() == shop::v1::CATALOGUE_FIELD_PRICE &&
                        field.first_day() <= entry.today() && field.writes_size() > 0;
    if (!counts) continue;
    const shop::v1::FieldValues*& latest = in_force[field.shop()];
    if (latest == nullptr || latest->first_day() < field.first_day()) latest = &field;
  }
  Notes notes;
  const auto same = in_force.find(shop);
  const bool is_passed =
      first_day != 0 && same != in_force.end() && same->second->first_day() > first_day;
  if (is_passed) {
    notes.push_back("a later price is in force already, " +
                    FormatMoney(same->second->writes(0).number()) + " from " +
                    FormatDay(same->second->first_day()));
  }
  if (!shop.empty()) return notes;
  for (const auto& [owner, field] : in_force) {
    if (owner.empty()) continue;
    notes.push_back(owner + " keeps its own price, " + FormatMoney(field->writes(0).number()));
  }
  return notes;
}

Notes NotesOfMissing(const shop::v1::CatalogueEntry& entry) {
  bool is_named = false;
  bool is_taxed = false;
  for (const shop::v1::FieldValues& field : entry.fields()) {
    if (field.writes_size() == 0) continue;
    is_named |= field.field() == shop::v1::CATALOGUE_FIELD_NAME && !field.writes(0).text().empty();
    is_taxed |= field.field() == shop::v1::CATALOGUE_FIELD_VAT;
  }
  Notes notes;
  if (!is_named) notes.push_back(entry.code() + " has no name: receipts and lists show its code");
  if (!is_taxed) notes.push_back(entry.code() + " has no VAT, and sells at 0 %: --vat sets it");
  return notes;
}

Notes NotesOfEnd(bool is_ended, const std::string& file) {
  if (is_ended) return {};
  return {file +
          ": the last line has no end: if the file was cut short, its last value may be too"};
}

Notes NotesOfOwnPrices(int own_prices) {
  if (own_prices == 0) return {};
  return {FormatCount(static_cast<uint64_t>(own_prices), "price is", "prices are") +
          " this shop's own: 'import products' would set the whole co-op's"};
}

void PrintNotes(const Notes& notes, std::ostream& err) {
  for (size_t i = 0; i < notes.size() && i < kNotesShownMax; ++i) {
    err << "note: " << Printable(notes[i]) << "\n";
  }
  if (notes.size() <= kNotesShownMax) return;
  err << "note: and " << notes.size() - kNotesShownMax << " more like these\n";
}

}  // namespace comptoir::cli
