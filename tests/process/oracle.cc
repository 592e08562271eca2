#include "tests/process/oracle.h"

#include <gtest/gtest.h>

#include <map>
#include <tuple>

namespace comptoir::testing {
namespace {

constexpr uint32_t kReceiptsPerPage = 1'000;
constexpr int64_t kDayMs = 86'400'000;

// Asks page after page of one day; `ask` takes a request and gives a response.
template <typename AskOne>
std::vector<shop::v1::Receipt> AllPages(const std::string& shop, int32_t first_day, AskOne ask) {
  std::vector<shop::v1::Receipt> receipts;
  for (int32_t day = first_day; day <= Today(); ++day) {
    shop::v1::ListReceiptsRequest request;
    request.set_day(day);
    request.set_shop(shop);
    request.set_page_size(kReceiptsPerPage);
    do {
      const shop::v1::ListReceiptsResponse page = ask(request);
      receipts.insert(receipts.end(), page.receipts().begin(), page.receipts().end());
      request.set_cursor(page.next_cursor());
    } while (!request.cursor().empty());
  }
  return receipts;
}

void ExpectSame(const Sale& sale, const shop::v1::Receipt& receipt) {
  bool same_lines = receipt.lines_size() == sale.request.lines_size();
  for (int i = 0; same_lines && i < receipt.lines_size(); ++i) {
    same_lines = receipt.lines(i).product() == sale.request.lines(i).product() &&
                 receipt.lines(i).quantity_milli() == sale.request.lines(i).quantity_milli();
  }
  EXPECT_TRUE(same_lines) << "sold as " << sale.request.ShortDebugString() << "\nthere as "
                          << receipt.ShortDebugString();
  EXPECT_EQ(receipt.total_cents(), sale.total_cents) << receipt.number();
  EXPECT_FALSE(receipt.duplicate()) << receipt.number();
  EXPECT_EQ(receipt.reference().SerializeAsString(), sale.answer.reference().SerializeAsString());
}

struct Sum {
  int64_t milli = 0;
  int64_t cents = 0;
  auto operator<=>(const Sum&) const = default;
};
using Sums = std::map<std::string, Sum>;

std::ostream& operator<<(std::ostream& out, const Sum& sum) {
  return out << sum.milli << " milli, " << sum.cents << " cents";
}

Sums SumsOf(const std::deque<Sale>& sales, const std::vector<Article>& articles) {
  std::map<std::string, int64_t> prices;
  for (const Article& article : articles) prices[article.product] = article.price_cents;
  Sums sums;
  for (const Sale& sale : sales) {
    for (const shop::v1::SaleLine& line : sale.request.lines()) {
      Sum& sum = sums[line.product()];
      sum.milli += line.quantity_milli();
      sum.cents += (line.quantity_milli() * prices.at(line.product()) + 500) / 1000;
    }
  }
  return sums;
}

Sums SumsOf(const shop::v1::ListSalesResponse& response) {
  Sums sums;
  for (const shop::v1::SalesRow& row : response.rows()) {
    Sum& sum = sums[row.product()];
    sum.milli += row.quantity_milli();
    sum.cents += row.total_cents();
  }
  return sums;
}

std::map<std::string, int64_t> ShelfAt(Node& node) {
  std::map<std::string, int64_t> shelf;
  const auto stock = Get(node.shop(), &shop::v1::ShopService::Stub::ListStock, {});
  for (const shop::v1::StockRow& row : stock.rows()) shelf[row.product()] += row.quantity_milli();
  return shelf;
}

std::map<std::string, int64_t> ShelfAt(Hub& hub, const std::string& shop) {
  std::map<std::string, int64_t> shelf;
  const auto inventory = Get(hub.coop(), &coop::v1::CoopService::Stub::ListInventory, {});
  for (const coop::v1::InventoryRow& row : inventory.rows()) {
    for (const coop::v1::ShopStock& at : row.shops()) {
      if (at.shop() == shop) shelf[row.product()] += at.quantity_milli();
    }
  }
  return shelf;
}

}  // namespace

int32_t Today() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<int32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count() /
                              kDayMs);
}

std::vector<shop::v1::Receipt> ReceiptsAt(Node& node, int32_t first_day) {
  return AllPages(node.shop_code(), first_day, [&](const shop::v1::ListReceiptsRequest& request) {
    return Get(node.shop(), &shop::v1::ShopService::Stub::ListReceipts, request);
  });
}

std::vector<shop::v1::Receipt> ReceiptsAt(Hub& hub, const std::string& shop, int32_t first_day) {
  return AllPages(shop, first_day, [&](const shop::v1::ListReceiptsRequest& request) {
    return Get(hub.coop(), &coop::v1::CoopService::Stub::ListReceipts, request);
  });
}

void ExpectReceipts(const std::deque<Sale>& sales, const std::vector<shop::v1::Receipt>& receipts) {
  std::map<std::string, const shop::v1::Receipt*> by_number;
  for (const shop::v1::Receipt& receipt : receipts) {
    EXPECT_TRUE(by_number.emplace(receipt.number(), &receipt).second)
        << "two receipts have the number " << receipt.number();
  }
  for (const Sale& sale : sales) {
    EXPECT_TRUE(sale.told) << "a sale was never answered";
    const auto found = by_number.find(sale.answer.number());
    if (found == by_number.end()) {
      ADD_FAILURE() << "sold and not there: " << sale.answer.number();
      continue;
    }
    ExpectSame(sale, *found->second);
    by_number.erase(found);
  }
  for (const auto& [number, receipt] : by_number) {
    ADD_FAILURE() << "a receipt that nobody was told of: " << receipt->ShortDebugString();
  }
}

void ExpectTotals(const std::deque<Sale>& sales, Hub& hub, Node& node,
                  const std::vector<Article>& articles, int64_t received_milli, int32_t first_day) {
  const Sums sums = SumsOf(sales, articles);
  shop::v1::ListSalesRequest request;
  request.set_first_day(first_day);
  request.set_last_day(Today());
  request.set_shop(node.shop_code());
  request.set_by_product(true);
  EXPECT_EQ(SumsOf(Get(node.shop(), &shop::v1::ShopService::Stub::ListSales, request)), sums);
  EXPECT_EQ(SumsOf(Get(hub.coop(), &coop::v1::CoopService::Stub::ListSales, request)), sums);

  std::map<std::string, int64_t> shelf;
  for (const Article& article : articles) {
    const auto sold = sums.find(article.product);
    shelf[article.product] = received_milli - (sold == sums.end() ? 0 : sold->second.milli);
  }
  EXPECT_EQ(ShelfAt(node), shelf);
  EXPECT_EQ(ShelfAt(hub, node.shop_code()), shelf);
}

}  // namespace comptoir::testing
