// What the contract suite needs of a store besides its interface: stopping it
// cleanly, cutting its power, and opening it again. A new engine joins the
// suite by deriving from StoreHarness and adding itself to AllStores().
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/store/store.h"

namespace comptoir::store {

inline constexpr TableId kThings = 3;    // kRows
inline constexpr TableId kOthers = 200;  // kRows
inline constexpr TableId kNames = 7;     // kLookups
inline constexpr TableId kSums = 0;      // kCounters
std::vector<TableSpec> ContractTables();

class StoreHarness {
 public:
  virtual ~StoreHarness() = default;
  virtual Store& store() = 0;
  // Closes the store and opens it again.
  virtual void Restart() = 0;
  // Ends it as a power cut would and opens it again: what was synced is there,
  // and of what came after any number of whole batches, the first ones first.
  virtual void CutPower() = 0;
};

struct StoreMaker {
  std::string name;
  std::function<std::unique_ptr<StoreHarness>()> make;
};
std::vector<StoreMaker> AllStores();

using KeyAndValue = std::pair<std::string, std::string>;

// The rows of [first, limit) as the store now stands. A scan that ends with an
// error fails the test.
std::vector<KeyAndValue> Rows(Store& store, TableId table, std::string_view first = "",
                              std::string_view limit = "");
std::vector<KeyAndValue> Rows(const Snapshot& snapshot, TableId table, std::string_view first = "",
                              std::string_view limit = "");
// The value as the store now stands.
std::optional<std::string> Value(Store& store, TableId table, std::string_view key);
std::optional<std::string> Value(const Reader& reader, TableId table, std::string_view key);
// The sums under `key` of kSums, or nullopt.
std::optional<std::vector<int64_t>> Sums(Store& store, std::string_view key);

// One row, committed by itself.
void PutNow(Store& store, TableId table, std::string_view key, std::string_view value,
            Durability durability = Durability::kBuffered);
void AddNow(Store& store, std::string_view key, std::vector<int64_t> sums,
            Durability durability = Durability::kBuffered);

}  // namespace comptoir::store
