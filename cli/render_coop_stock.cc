#include "cli/render_coop_stock.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "cli/format.h"
#include "cli/table.h"
#include "common/base/utf8.h"

namespace comptoir::cli {
namespace {

using Align = Table::Align;

std::string AgeOf(const shop::v1::CoopStockShop& shop) {
  if (shop.own()) return "this shop, now";
  std::string age = shop.as_of_ms() == 0 ? "as of a time that is not known"
                                         : "as of " + FormatLocalInstant(shop.as_of_ms());
  if (shop.offline_since_ms() != 0) {
    age += ", offline since " + FormatLocalInstant(shop.offline_since_ms());
  }
  return age;
}

}  // namespace

void RenderCoopStock(const shop::v1::ListCoopStockResponse& response, const std::string& product,
                     std::ostream& out) {
  std::set<std::string> shops;
  for (const auto& shop : response.shops()) shops.insert(shop.shop());
  for (const auto& row : response.rows()) {
    for (const auto& quantity : row.shops()) shops.insert(quantity.shop());
  }
  if (response.rows().empty()) {
    out << NothingOf(product) << " has moved in any shop that is known here\n";
  } else {
    std::vector<Table::Column> columns = {
        {"product", Align::kLeft}, {"name", Align::kLeft}, {"unit", Align::kLeft}};
    for (const std::string& shop : shops) columns.push_back({shop, Align::kRight});
    Table table(columns);
    for (const auto& row : response.rows()) {
      std::map<std::string, int64_t> milli;
      for (const auto& each : row.shops()) milli[each.shop()] = each.quantity_milli();
      std::vector<std::string> cells = {row.product(), row.name(), FormatUnit(row.unit())};
      for (const std::string& shop : shops) {
        const auto found = milli.find(shop);
        cells.push_back(found == milli.end() ? "" : FormatQuantity(found->second, row.unit()));
      }
      table.AddRow(cells);
    }
    table.Print(out);
  }
  for (const auto& shop : response.shops()) {
    out << Printable(shop.shop()) << ": " << AgeOf(shop) << "\n";
  }
  if (response.shops_size() == 1) {
    out << "the hub has told of no other shop yet; 'comptoir status' says whether it is reached\n";
  }
}

}  // namespace comptoir::cli
