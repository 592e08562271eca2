#include "common/retail/stock/coop_copy.h"

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/retail/keys.h"

namespace comptoir::retail {
namespace {

constexpr char kRow = 'r';
constexpr char kShop = 's';

}  // namespace

std::string CoopCopyKey() { return CoopGenerationKey(0); }

std::string CoopGenerationKey(uint64_t generation) {
  std::string key;
  AppendBigEndian64(generation, &key);
  return key;
}

std::string CoopRowPrefix(uint64_t generation) { return CoopGenerationKey(generation) + kRow; }

std::string CoopRowKey(uint64_t generation, const CoopStockKey& row) {
  std::string key = CoopRowPrefix(generation);
  AppendBalance({row.product, row.unit, row.shop}, &key);
  return key;
}

std::optional<CoopStockKey> ParseCoopRow(std::string_view key) {
  const std::optional<BalanceKey> row = ParseBalance(key);
  if (!row.has_value()) return std::nullopt;
  return CoopStockKey{row->product, row->unit, row->lot};
}

std::string CoopShopPrefix(uint64_t generation) { return CoopGenerationKey(generation) + kShop; }

std::string CoopShopKey(uint64_t generation, std::string_view shop) {
  return CoopShopPrefix(generation).append(shop);
}

absl::StatusOr<v1::CoopCopyRow> ReadCoopCopy(const store::Reader& reader) {
  COMPTOIR_ASSIGN_OR_RETURN(const auto bytes, reader.Get(kCoopStock, CoopCopyKey()));
  v1::CoopCopyRow copy;
  if (bytes.has_value() && !copy.ParseFromString(*bytes)) {
    return absl::DataLossError("the row that describes the copy of the co-op's stock is damaged");
  }
  return copy;
}

}  // namespace comptoir::retail
