// A shop's days, read from the views and the entries that they name: what its nodes'
// closings say, and what none covers yet.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/daemon/lost_branches.h"
#include "common/ledger/ledger.h"
#include "common/retail/days/coverage.h"
#include "common/retail/days/queries.h"
#include "comptoir/retail/v1/days.pb.h"
#include "comptoir/shop/v1/days.pb.h"

namespace comptoir::daemon {

// That one closing covers, or takes back.
inline constexpr uint64_t kClosedEntriesMax = 100'000;

// Of one snapshot. Thread use: one thread.
class ShopDays {
 public:
  // `ledger` must outlive it. Reads a row of the views for every closing of the shop.
  static absl::StatusOr<ShopDays> Read(const ledger::Ledger& ledger, std::string shop);

  // Every node that wrote in the shop, by name.
  std::vector<std::string> nodes() const;

  // What a closing of `node` would say now; it names no range where no money moved. Entries
  // that cannot be read, or are of kinds that this build does not know, stay for a later one.
  // ABORTED where a fork was settled just now.
  struct Open {
    retail::v1::DayClosed closed;  // without count and staff
    bool opened = false;           // a float is among what it covers
    bool more = false;             // there is more than one closing holds
  };
  absl::StatusOr<Open> OpenOf(const std::string& node) const;

  // Those of one business day, by time.
  absl::StatusOr<std::vector<shop::v1::Closing>> ClosingsOf(Day day) const;

 private:
  // What money may stand behind, by journal or place: a closing names them in this order.
  struct Source {
    const ledger::JournalView* journal = nullptr;  // null: of a branch that was not kept,
    const retail::v1::MovedRow* moved = nullptr;   // this entry
  };

  ShopDays(const ledger::Ledger& ledger, std::string shop);
  absl::Status ReadClosings();
  std::map<JournalId, Source> SourcesOf(const std::string& node) const;
  retail::Coverage::Due DueOf(const retail::Coverage& coverage, JournalId id,
                              const Source& source) const;
  bool HasMoney(JournalId place, const retail::v1::MovedRow& entry) const;

  const ledger::Ledger* ledger_;
  std::string shop_;
  std::vector<ledger::JournalView> journals_;  // of the shop
  std::unique_ptr<store::Snapshot> snapshot_;
  std::vector<retail::ListedDayFact> facts_;
  std::set<JournalId> cash_;  // places of openings and cash moved
  retail::UncountedEntries uncounted_;
  std::optional<LostBranches> branches_;              // once read
  std::map<std::string, retail::Coverage> coverage_;  // by node
  std::map<std::string, uint64_t> numbers_;           // by node: the highest of its closings
};

// The request says the shop; day 0 is today. INVALID_ARGUMENT with a reason for what
// cannot be.
absl::StatusOr<shop::v1::ShowDayResponse> ShowDay(const ledger::Ledger& ledger,
                                                  const shop::v1::ShowDayRequest& request);

// What a fact that closed a day says.
shop::v1::Closing ClosingOf(const retail::Fact& fact, bool duplicate);

}  // namespace comptoir::daemon
