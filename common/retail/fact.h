// A fact on its way through the house: parsed once, then admitted, then folded.
// Pure: Admit and Fold see the entry, its genesis and, in Fold, rows that other
// folds wrote; never the clock, the order of arrival or another table.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/hybrid_time.h"
#include "common/base/ids.h"
#include "common/journal/writer.h"
#include "common/store/store.h"
#include "comptoir/journal/v1/journal.pb.h"
#include "comptoir/retail/v1/registers.pb.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace google::protobuf {
class Arena;
class Message;
}  // namespace google::protobuf

namespace comptoir::retail {

// Newest fold version of this build (R4). Version 1 is open for new fields until the first
// published release, and frozen from then on.
inline constexpr uint32_t kFoldVersion = 1;
// Of the views: rises with every change of what is folded, or where to. A ledger whose
// views are of another folds them anew when it opens. Kinds that were not known before
// count as such a change (R4): what was kept of them is judged again.
inline constexpr uint32_t kViewsVersion = 8;

// The facts that a release folds. Another than this one's is for tests of machines that
// are not upgraded yet.
struct Release {
  uint32_t views_version = kViewsVersion;
  std::set<v1::FactKind> not_known;  // kinds that came with a later one
};

// The journal an entry stands in; one per journal, kept by the ledger.
struct JournalContext {
  JournalId journal;
  journal::v1::Scope scope = journal::v1::SCOPE_UNSPECIFIED;
  std::string shop;  // of a SCOPE_SHOP journal
  std::string series;
  journal::Writer writer;
  const Release* release = nullptr;  // that judges it; null: this one
};

// Of an entry of a branch that was not kept: where it stood. In the views it stands
// at a place of its own (forks/moved.h), which its Fact has for a reference.
struct MovedFrom {
  Reference original;
  Sequence base;     // the last that its branch shares with the kept one
  JournalId branch;  // the same for all entries of the branch
};

// One entry, and the fact in it. `fact` is null for kinds or fold versions that
// this build does not know: such an entry folds to nothing (R4).
struct Fact {
  const JournalContext* journal = nullptr;
  Reference reference;
  HybridTime hybrid_time;
  int64_t wall_ms = 0;
  int utc_offset_minutes = 0;
  bool doubtful = false;
  v1::FactKind kind = v1::FACT_KIND_UNSPECIFIED;
  google::protobuf::Message* fact = nullptr;  // on the arena
  uint64_t receipt_ordinal =
      0;                   // of facts that print a receipt: counts them in the journal, from 1
  std::string request_id;  // empty for none
  uint32_t request_digest = 0;
  uint32_t request_index = 0;
  uint32_t request_facts = 0;         // of the whole request; 0: not said
  bool takes_receipt_number = false;  // as the entry says; of a kind that is known, the kind does
  std::optional<MovedFrom> moved;

  Day business_day() const;
  // Hours of local time since 1970.
  int64_t business_hour() const;
  // Of the business day; 0 to 86,399.
  uint32_t second_of_day() const;
  // How another fact names this one: by where it stood when it was written.
  v1::NamedFact name() const;
};

// Why a fact was not admitted. Stored with the entry's number and shown; never sent.
struct Verdict {
  enum class Kind : uint8_t { kAdmitted = 0, kBad = 1, kUnknown = 2 };
  Kind kind = Kind::kAdmitted;
  std::string detail;  // a sentence, for kBad and kUnknown

  bool admitted() const { return kind == Kind::kAdmitted; }
};

// Parses `entry.fact()` by kind onto `arena` into `fact->kind` and
// `fact->fact`. kUnknown for a kind or fold version from the future, kBad for
// bytes that are not what the kind says.
Verdict ParseFact(const journal::v1::Entry& entry, google::protobuf::Arena* arena, Fact* fact);

// The fact gate (R6): kind in its scope, writer's rights, codes, quantities,
// money, counts of lines.
Verdict Admit(const Fact& fact);

// The most bytes that a fact of this kind may have.
size_t FactBytesMax(uint32_t kind);

// Does an admitted fact of this kind print a receipt?
bool PrintsReceipt(v1::FactKind kind);
// Has it a receipt number of its journal? Of what an honest writer wrote, the same in every
// release that does not hold it for bad, whether or not it knows the kind.
bool TakesReceiptNumber(const Fact& fact, const Verdict& verdict);

enum class Direction {
  kCount,    // the fact counts
  kUncount,  // takes back what kCount did, and marks its receipt a duplicate (R11)
};

// Facts folded before, for the few folds that look back at some.
class FactSource {
 public:
  virtual ~FactSource() = default;
  // Onto `arena`, without its receipt_ordinal; NOT_FOUND where it is not held or
  // was not admitted.
  virtual absl::StatusOr<Fact> Read(JournalId journal, Sequence sequence,
                                    google::protobuf::Arena* arena) const = 0;
};

// What a run of folds shares. Must not outlive the run: what it remembers of the
// rows holds only while nobody else folds.
class Folding {
 public:
  // Both must outlive it.
  Folding(store::Transaction& transaction, const FactSource& facts)
      : transaction_(&transaction), facts_(facts) {}

  store::Transaction& transaction() { return *transaction_; }
  const FactSource& facts() const { return facts_; }
  // Goes on in a batch that reads what the one before wrote.
  void GoOn(store::Transaction& transaction) { transaction_ = &transaction; }

  // The row of count_horizons of `shop`; null where it was never counted there.
  absl::StatusOr<const v1::CountHorizonRow*> CountHorizon(const std::string& shop);
  void SetCountHorizon(const std::string& shop, const v1::CountHorizonRow& row);

 private:
  store::Transaction* transaction_;
  const FactSource& facts_;
  std::map<std::string, std::unique_ptr<v1::CountHorizonRow>> horizons_;  // by shop
};

// Writes the effects of an admitted fact. Commutes with every other Fold across
// journals. Not OK only when the store fails or its rows are damaged.
absl::Status Fold(const Fact& fact, Direction direction, Folding& folding);

// A fact known from the start to be a duplicate, or undone: its receipt is listed
// as one and nothing else is counted (R11).
absl::Status FoldDuplicate(const Fact& fact, Folding& folding);

// May a Corrected name a fact of this kind?
bool MayBeCorrected(v1::FactKind kind);

}  // namespace comptoir::retail
