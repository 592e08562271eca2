// What of the journals cannot be read here any more, or does not fit its chain:
// found on reading, asked of peers, mended when they bring it again.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/store/store.h"

namespace comptoir::ledger {

struct DamagedRange {
  JournalId journal;
  Sequence first;
  Sequence last;

  bool operator==(const DamagedRange&) const = default;
};

// Which entries are known to be damaged. Not persisted: what is damaged is found again.
// Guarded by the ledger's lock.
class DamageBook {
 public:
  // The part of it that was not known, range by range.
  std::vector<DamagedRange> Add(const DamagedRange& range);
  // True when it was known.
  bool Remove(JournalId journal, Sequence sequence);
  bool Has(JournalId journal, Sequence sequence) const;
  // Those of `journal` in [first, last], rising.
  std::vector<Sequence> In(JournalId journal, Sequence first, Sequence last) const;
  // By journal, then number.
  std::vector<DamagedRange> all() const;
  uint64_t entries() const;

 private:
  // Journal → first → last; ranges neither meet nor touch.
  std::map<JournalId, std::map<Sequence, Sequence>> ranges_;
};

// Entries looked at past the first by one call of FindDamage.
inline constexpr uint64_t kDamageLookEntriesMax = 1 << 16;

// Looks at entries `first` to `last` of a journal, at most kDamageLookEntriesMax of
// them, for those that cannot be read or are not what the hash of the one before and
// their own say. An entry behind one that is gone cannot be judged, and counts as
// damaged. Other errors than damage are returned.
absl::StatusOr<std::vector<DamagedRange>> FindDamage(const store::Snapshot& snapshot,
                                                     JournalId journal, Sequence first,
                                                     Sequence last);

// A snapshot that tells of rows which it, or who reads it, could not read: table, and the key
// where it is known which row. `on_damage` on the reader's thread.
using OnDamagedRow = std::function<void(store::TableId table, std::string_view key)>;
std::unique_ptr<store::Snapshot> WatchSnapshot(std::unique_ptr<store::Snapshot> snapshot,
                                               OnDamagedRow on_damage);

}  // namespace comptoir::ledger
