// What a MemoryStore holds: the rows of its tables, each in all the versions
// that someone can still come to see.
//
// Invariants:
// - each commit has the next number, and a version that of its commit;
// - a version is kept while a pinned reader, or the synced state that a power
//   cut would bring back, sees it;
// - `written_` names every write since the oldest of those, in order.
//
// Thread use: any.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/store/batch_rows.h"
#include "common/store/table_set.h"

namespace comptoir::store {

class MemoryState {
 public:
  // Reads what stands now, where a number of Pin reads what stood then.
  static constexpr uint64_t kNewest = UINT64_MAX;

  using Value = absl::StatusOr<std::optional<std::string>>;
  using KeyAndValue = std::pair<std::string, std::string>;
  using Row = absl::StatusOr<std::optional<KeyAndValue>>;

  explicit MemoryState(std::vector<TableSpec> specs)
      : tables_(std::move(specs)), rows_(tables_.specs().size()) {}

  const TableSet& tables() const { return tables_; }

  // What a reader at `number` sees. DATA_LOSS at a damaged row.
  Value Get(TableId table, std::string_view key, uint64_t number) const;
  // The first row in [first, limit), or after `first` when `beyond`.
  Row Following(TableId table, std::string_view first, bool beyond, std::string_view limit,
                uint64_t number) const;
  Row Last(TableId table, std::string_view first, std::string_view limit, uint64_t number) const;

  // Keeps what stands now readable at the number returned, until Unpin.
  uint64_t Pin();
  void Unpin(uint64_t number);

  void Apply(const BatchRows& batch);
  void EraseAll(TableId table);
  // Makes everything applied so far survive LoseUnsynced.
  void Sync();
  // Back to the last Sync, and the first `kept` of what was applied since. Nothing may be
  // pinned.
  void LoseUnsynced(uint64_t kept);
  // How many versions are kept, of all rows.
  size_t versions() const;
  // Marks a row that exists.
  void Damage(TableId table, std::string_view key);
  // The `nth` read from now on gives `failure`; OK: it gives the row it finds without the last
  // byte of its value, and reads that find none do not count.
  void FailRead(uint64_t nth, absl::Status failure);
  // It is still to come.
  bool WaitsToFail() const;

 private:
  struct Version {
    uint64_t number;
    std::optional<std::string> value;  // nullopt: erased
    bool damaged;
  };
  using Versions = absl::InlinedVector<Version, 1>;  // by rising number, never empty
  using Rows = std::map<std::string, Versions, std::less<>>;
  struct Written {
    uint64_t number;
    TableId table;
    std::string key;
  };

  // What a reader is given instead of `row`.
  Row Given(Row row) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static const Version* Visible(const Versions& versions, uint64_t number);
  Row Read(TableId table, const Rows::value_type& row, uint64_t number) const;
  void ApplyRow(const BatchRow& row) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Write(TableId table, std::string_view key, std::optional<std::string> value, bool damaged)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Forget() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const TableSet tables_;
  mutable Mutex mutex_;
  std::vector<Rows> rows_ ABSL_GUARDED_BY(mutex_);  // by TableSet::position
  uint64_t newest_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t synced_ ABSL_GUARDED_BY(mutex_) = 0;
  std::multiset<uint64_t> pinned_ ABSL_GUARDED_BY(mutex_);
  std::deque<Written> written_ ABSL_GUARDED_BY(mutex_);
  mutable uint64_t fails_in_ ABSL_GUARDED_BY(mutex_) = 0;  // reads; 0: never
  absl::Status read_failure_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comptoir::store
