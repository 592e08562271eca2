// What the revocations of nodes come to together (R13).
//
// A function of the set of NodeRevoked facts, in whatever order they arrived: the
// earliest says since when and why, and a journal is good up to the highest head
// that any of them names. So a second fact of one node (of a hub that was restored
// and did not know, or after an operator brought in more) only ever lets more of
// its history in, and nobody is ever un-revoked.
//
// Thread use: one at a time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "common/base/hybrid_time.h"
#include "common/base/ids.h"
#include "common/retail/fact.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/registers.pb.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// The row of `revocations` of one fact.
v1::RevocationRow RevocationRowOf(const Fact& fact, const v1::NodeRevoked& revoked);

struct Revocation {
  std::string node;
  int64_t since_ms = 0;  // wall instant
  std::string reason;
  bool retired = false;  // the hub held all that the node had

  bool operator==(const Revocation&) const = default;
};

class Revocations {
 public:
  // Reads table `revocations`, or its rows, and forgets what was known. DATA_LOSS where a
  // row is damaged.
  absl::Status Load(const store::Snapshot& snapshot);
  absl::Status Load(const std::vector<std::pair<std::string, std::string>>& rows);
  // One more fact, that stands at `place`.
  void Add(std::string_view node, const Reference& place, const v1::RevocationRow& row);

  // By the facts that `counts` lets count; nullopt while none does.
  template <typename Counts>
  std::optional<Revocation> Find(std::string_view node, const Counts& counts) const {
    const auto found = nodes_.find(node);
    if (found == nodes_.end()) return std::nullopt;
    for (const auto& [key, told] : found->second.facts) {
      if (counts(key.journal, key.sequence)) return told;
    }
    return std::nullopt;
  }
  std::optional<Revocation> Find(std::string_view node) const {
    return Find(node, [](JournalId, Sequence) { return true; });
  }
  // How far `journal` of `node` is good: 0 where it is not named; nullopt where its
  // writer was never revoked.
  std::optional<Sequence> GoodUpTo(std::string_view node, JournalId journal) const;
  bool empty() const { return nodes_.empty(); }

 private:
  struct Place {
    HybridTime time;
    JournalId journal;
    Sequence sequence;
    auto operator<=>(const Place&) const = default;
  };
  struct OfNode {
    std::map<Place, Revocation> facts;
    std::map<JournalId, Sequence> heads;
  };
  absl::Status AddRow(std::string_view key, std::string_view value);

  std::map<std::string, OfNode, std::less<>> nodes_;
};

}  // namespace comptoir::retail
