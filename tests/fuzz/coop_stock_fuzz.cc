// Updates of the stock feed from a hub: CoopStockCopy::Apply takes one whole or not
// at all, and what it took can be listed.
#include "common/base/status.h"
#include "common/ledger/tables.h"
#include "common/replica/coop_stock_copy.h"
#include "common/retail/stock/coop_list.h"
#include "common/store/memory_store.h"
#include "tests/fuzz/fuzzers.h"
#include "tests/support/samples.h"

namespace comptoir::fuzz {
namespace coop_stock_fuzz {
namespace {

using testing::kMondayMs;

using sync::v1::CoopStockUpdate;

constexpr size_t kPartsMax = 8;
constexpr char kOwnShop[] = "outremeuse";

void CheckListed(store::Store& store) {
  shop::v1::ListCoopStockRequest request;
  const auto snapshot = store.NewSnapshot();
  const auto listed = retail::ListCoopStock(*snapshot, kOwnShop, kMondayMs, request);
  COMPTOIR_CHECK(listed.ok());
}

void Run(std::string_view bytes) {
  std::vector<std::string> parts = SplitParts(bytes);
  if (parts.size() > kPartsMax) parts.resize(kPartsMax);
  store::MemoryStore store(ledger::AllTables());
  replica::CoopStockCopy copy(store, kOwnShop);
  for (const std::string& part : parts) {
    CoopStockUpdate update;
    if (!update.ParseFromString(part)) continue;
    const auto before = copy.Position();
    const absl::Status applied = copy.Apply(update);
    const auto after = copy.Position();
    if (applied.ok()) {
      COMPTOIR_CHECK(after.run() == update.run() && after.cursor() == update.cursor());
    } else {
      COMPTOIR_CHECK(absl::IsInvalidArgument(applied) || absl::IsResourceExhausted(applied));
      COMPTOIR_CHECK(after.run() == before.run() && after.cursor() == before.cursor());
    }
    CheckListed(store);
  }
}

void AlterPart(std::string* part, Alterer& alterer) { alterer.AlterEncoded<CoopStockUpdate>(part); }

void Alter(std::string* bytes, Alterer& alterer) {
  std::vector<std::string> parts = SplitParts(*bytes);
  alterer.AlterParts(&parts, AlterPart);
  *bytes = JoinParts(parts);
}

std::vector<std::string> Seeds() {
  CoopStockUpdate first;
  first.set_run(9);
  first.set_replace(true);
  first.set_cursor(3);
  first.set_wall_ms(kMondayMs);
  auto* row = first.add_rows();
  row->set_shop("herstal");
  row->set_product("carottes");
  row->set_unit(retail::v1::UNIT_KILOGRAM);
  row->set_quantity_milli(1'500);
  auto* shop = first.add_shops();
  shop->set_shop("herstal");
  shop->set_online(true);
  CoopStockUpdate second = first;
  second.set_replace(false);
  second.set_cursor(4);
  second.mutable_rows(0)->set_quantity_milli(0);
  second.mutable_shops(0)->set_online(false);
  second.mutable_shops(0)->set_as_of_ms(kMondayMs);
  CoopStockUpdate third = first;
  third.set_run(10);
  const std::string one = first.SerializeAsString();
  return {JoinParts({one}), JoinParts({one, second.SerializeAsString()}),
          JoinParts({one, second.SerializeAsString(), third.SerializeAsString()}),
          JoinParts({second.SerializeAsString(), one})};
}

}  // namespace
}  // namespace coop_stock_fuzz

constinit const Fuzzer kCoopStockFuzzer{"coop_stock", coop_stock_fuzz::Run, coop_stock_fuzz::Seeds,
                                        coop_stock_fuzz::Alter};

}  // namespace comptoir::fuzz
