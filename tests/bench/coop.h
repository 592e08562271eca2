// A co-op on disk: data folders of a hub and of a node, as the daemons make and
// read them, and their ledgers opened in this process.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/identity/data_folder.h"
#include "common/ledger/ledger.h"
#include "common/platform/clock.h"
#include "common/platform/random.h"
#include "common/store/store.h"
#include "tests/bench/workload.h"

namespace comptoir::bench {

inline constexpr std::string_view kShop = "outremeuse";
inline constexpr std::string_view kNode = "outremeuse-1";

// A ledger over the store of a data folder, with its identity. Thread use: as Ledger.
class Replica {
 public:
  // Puts the store that was opened behind another.
  using Wrap = std::function<std::unique_ptr<store::Store>(std::unique_ptr<store::Store>)>;

  // `clock` must outlive it; null for the machine's.
  explicit Replica(const std::string& folder, Clock* clock = nullptr, const Wrap& wrap = nullptr);
  // Closes the store cleanly.
  ~Replica();

  ledger::Ledger& ledger() { return *ledger_; }
  store::Store& store() { return *store_; }
  // Closes the ledger and opens it again, as a new run of a process would.
  void Reopen();

 private:
  std::unique_ptr<platform::SystemClock> system_clock_;
  Clock* clock_;
  platform::SystemRandom random_;
  identity::Identity identity_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<ledger::Ledger> ledger_;
};

// The folder of a hub that knows the workload's articles, and that of a node
// which has heard of them, under `parent`.
struct CoopFolders {
  std::string hub;
  std::string node;
};
// Everything was written at the time of `clock`; null for the machine's.
CoopFolders MakeCoop(const std::string& parent, const Workload& workload, Clock* clock = nullptr);
// Copies both; the copies are of the same co-op.
CoopFolders CopyCoop(const CoopFolders& folders, const std::string& parent);

// Records `count` sales of `till`, many at a time, and adds them to `*sums`.
void Fill(Replica& replica, const Workload& workload, Till& till, size_t count, Sums* sums);

// Brings `target` everything that `source` holds and it may read and lacks, one
// segment being read while the one before is ingested, as two daemons do.
void Carry(Replica& source, Replica& target);

// What the views say was sold, by product, over all days.
std::vector<shop::v1::SalesRow> SalesByProduct(store::Store& store);

}  // namespace comptoir::bench
