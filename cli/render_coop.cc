#include "cli/render_coop.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cli/format.h"
#include "cli/table.h"

namespace comptoir::cli {
namespace {

using Align = Table::Align;

std::string LinkOf(const coop::v1::ShopNode& node) {
  if (node.revoked_since_ms() != 0) {
    return (node.retired() ? "retired since " : "revoked since ") +
           FormatLocalInstant(node.revoked_since_ms());
  }
  if (node.online()) return "online";
  if (node.last_seen_ms() == 0) return "not seen since the hub started";
  return "offline since " + FormatLocalInstant(node.last_seen_ms());
}

std::string AsOf(const coop::v1::Shop& shop) {
  return shop.as_of_ms() == 0 ? "" : FormatLocalInstant(shop.as_of_ms());
}

// "2 to herstal, 1 to wandre".
std::string InTransitOf(const coop::v1::InventoryRow& row) {
  std::string text;
  for (const auto& stock : row.in_transit()) {
    text += (text.empty() ? "" : ", ") + FormatQuantity(stock.quantity_milli(), row.unit()) +
            " to " + stock.shop();
  }
  return text;
}

void RenderCounts(const auto& response, const char* one, const char* many, bool dry_run,
                  std::ostream& out) {
  const std::string facts = FormatCount(response.facts(), "fact", "facts");
  out << FormatCount(response.created(), one, many) << " created, " << response.changed()
      << " changed, " << response.unchanged() << " left as they were; "
      << (dry_run ? "nothing written, " + facts + " would be" : facts + " written") << "\n";
}

}  // namespace

void RenderInventory(const coop::v1::ListInventoryResponse& response, std::ostream& out) {
  std::set<std::string> shops;
  for (const auto& row : response.rows()) {
    for (const auto& stock : row.shops()) shops.insert(stock.shop());
  }
  std::vector<Table::Column> columns = {
      {"product", Align::kLeft}, {"name", Align::kLeft}, {"unit", Align::kLeft}};
  for (const std::string& shop : shops) columns.push_back({shop, Align::kRight});
  columns.push_back({"total", Align::kRight});
  const bool is_awaited = std::any_of(response.rows().begin(), response.rows().end(),
                                      [](const auto& row) { return !row.in_transit().empty(); });
  if (is_awaited) columns.push_back({"on its way", Align::kLeft});
  Table table(columns);
  for (const auto& row : response.rows()) {
    std::map<std::string, int64_t> milli;
    for (const auto& stock : row.shops()) milli[stock.shop()] = stock.quantity_milli();
    std::vector<std::string> cells = {row.product(), row.name(), FormatUnit(row.unit())};
    for (const std::string& shop : shops) {
      const auto found = milli.find(shop);
      cells.push_back(found == milli.end() ? "" : FormatQuantity(found->second, row.unit()));
    }
    cells.push_back(FormatQuantity(row.total_milli(), row.unit()));
    if (is_awaited) cells.push_back(InTransitOf(row));
    table.AddRow(cells);
  }
  table.Print(out);
}

void RenderShops(const coop::v1::ListShopsResponse& response, std::ostream& out) {
  if (response.shops().empty()) {
    out << "no shop has enrolled yet: comptoir token create --shop CODE begins\n";
    return;
  }
  Table table({{"shop", Align::kLeft},
               {"node", Align::kLeft},
               {"link", Align::kLeft},
               {"waiting", Align::kRight},
               {"clock", Align::kRight},
               {"entries here", Align::kRight},
               {"as of", Align::kLeft},
               {"version", Align::kLeft}});
  for (const auto& shop : response.shops()) {
    const std::string entries = std::to_string(shop.entries());
    if (shop.nodes().empty()) {
      table.AddRow({shop.shop(), "none", "", "", "", entries, AsOf(shop), ""});
    }
    for (const auto& node : shop.nodes()) {
      table.AddRow({shop.shop(), node.node(), LinkOf(node),
                    FormatWaiting(node.waiting_entries(), node.online(), node.retired()),
                    node.last_seen_ms() == 0 && !node.online()
                        ? "unknown"
                        : FormatMillis(node.clock_offset_ms()),
                    entries, AsOf(shop), node.software()});
    }
  }
  table.Print(out);
}

void RenderImport(const coop::v1::ImportProductsResponse& response, bool dry_run,
                  std::ostream& out) {
  RenderCounts(response, "product", "products", dry_run, out);
}

void RenderImport(const coop::v1::ImportProducersResponse& response, bool dry_run,
                  std::ostream& out) {
  RenderCounts(response, "producer", "producers", dry_run, out);
}

}  // namespace comptoir::cli
