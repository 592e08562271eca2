// What a ledger keeps in memory of its journals: one small record each.
// Guarded by the ledger's lock.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/base/hybrid_time.h"
#include "common/base/ids.h"
#include "common/journal/chain.h"
#include "common/journal/genesis.h"
#include "common/retail/fact.h"
#include "common/store/store.h"
#include "comptoir/journal/v1/journal.pb.h"
#include "comptoir/journal/v1/rows.pb.h"

namespace comptoir::ledger {

struct HeadState {
  Sequence sequence;
  Hash hash;
  uint64_t raw_bytes = 0;
  HybridTime hybrid_time;
  uint64_t receipts = 0;
  Sequence signed_sequence;
  uint64_t signed_raw_bytes = 0;
  std::string signature;  // at signed_sequence, of its writer; empty: none, or we sign by ourselves
  Sequence kept_sequence;
  uint64_t kept_raw_bytes = 0;
  int64_t wall_ms = 0;
};

struct Journal {
  retail::JournalContext context;
  std::string certificate;    // X.509 DER, of the genesis
  bool ours = false;          // the certificate is for our key: we sign its heads (R3)
  JournalId follows;          // of the genesis; zero for none
  Sequence follows_sequence;  // how far its writer had written that one
  HybridTime opened;          // of the genesis
  bool finished = false;      // a journal held here follows it
  uint32_t month = 0;         // of its genesis: year × 12 + (month − 1), UTC
  HeadState pending;          // with what is in the open and in-flight batches
  HeadState durable;          // as on disk: the only one that others hear of (R5)
  uint64_t grown = 0;         // rises with each growth of any journal: which grew last (R8)

  Head head() const { return {context.journal, durable.sequence, durable.hash}; }
};

class JournalBook {
 public:
  // `release` judges what stands in them; must outlive the book.
  explicit JournalBook(const retail::Release& release) : release_(release) {}
  const retail::Release& release() const { return release_; }

  // Reads every journal of the store.
  absl::Status Load(const store::Snapshot& snapshot, const journal::Verifier& verifier,
                    const journal::Signer& signer);

  Journal* Find(JournalId id);
  const Journal* Find(JournalId id) const;
  // Makes the record of a journal whose genesis passed the transport gate.
  Journal& Insert(const journal::v1::Genesis& genesis, const journal::Writer& writer,
                  HybridTime opened, bool ours);
  // Takes back an Insert whose entries could not be written.
  void Remove(JournalId id);
  // Links a journal to the one that it follows, once it is durable.
  void MarkFollowed(const Journal& journal);

  const std::map<JournalId, Journal>& all() const { return journals_; }
  // Highest hybrid time of what `node` wrote: never undercut by it (R10).
  HybridTime LatestOf(std::string_view node) const;
  // Our latest journal of a scope, for the genesis of the next; null for none.
  const Journal* LatestOurs(journal::v1::Scope scope, std::string_view shop) const;

 private:
  const retail::Release& release_;
  std::map<JournalId, Journal> journals_;
  std::multiset<JournalId> followed_;  // what each of them follows
};

journal::v1::HeadRow ToRow(const HeadState& state);
// DATA_LOSS where the row is not one.
absl::StatusOr<HeadState> FromRow(std::string_view bytes);
uint32_t MonthOf(HybridTime time);

}  // namespace comptoir::ledger
