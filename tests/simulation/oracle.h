// What the people of the run know, kept outside the product: what they asked for,
// what they were told, and which acknowledgements went over the wire.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "tests/simulation/machine.h"

namespace comptoir::simulation {

// One request of a till or a clerk, asked again under the same id until answered.
struct Asked {
  enum class Kind {
    kSale,
    kReturn,
    kVoid,
    kDelivery,
    kWaste,
    kCount,
    kCorrection,
    kDay,
    kEdit,
    kSend,
    kReceive,
    kSettle,
    kRecall,
    kLift,
    kConfirmation
  };
  Kind kind = Kind::kSale;
  std::string shop;
  std::string id;  // 16 bytes
  // What it does to the shop's sales, in thousandths of each product.
  std::map<std::string, int64_t> sales_milli;

  // Of a transfer: its id, where it goes, and what was said to be sent, received or given up,
  // in thousandths; nothing where that was left to the node.
  std::string transfer;
  std::string to;
  std::map<std::string, int64_t> goods_milli;
  bool astray = false;  // received in a shop that it was not sent to

  bool told = false;
  int64_t told_ms = 0;  // of the run
  bool timely = false;  // told while its machine's clock could only be right (R10)
  Reference where;      // of what was told
  std::string number;   // of the receipt, where one was printed
  int64_t total_cents = 0;
  bool may_vanish = false;  // every disk that held it was lost before another had it
  bool taken_back = false;
  uint64_t attempts = 0;

  // Of a recall: what of, the lot empty for all of it; the product is empty for deliveries.
  std::string product;
  std::string lot;
  std::string code;         // as it was told
  bool lift_asked = false;  // someone may have lifted it
  // Of a lift or a confirmation: the recall. Never moves: it stands in the oracle's list.
  const Asked* recall = nullptr;
};

class Oracle {
 public:
  Asked& Ask(Asked::Kind kind, const std::string& shop);
  // `machine` said so; of an edit, which answers without a reference, its disk says where.
  void Told(Asked& asked, Machine& machine, const journal::v1::Reference& where, int64_t now_ms);
  void ToldEdit(Asked& asked, Machine& machine);
  // `machine` told a peer that it holds this.
  void Acknowledged(const Machine& machine, JournalId journal, Sequence sequence);

  // The disk of `machine` was replaced, or put back; `machines` are all there are.
  void DiskReplaced(Machine& machine, Disk& before,
                    const std::vector<std::unique_ptr<Machine>>& machines);
  // A new machine has a copy of another's disk: its promises are the other's.
  void Cloned(const Machine& original, const Machine& clone);
  // What `machine` promised and does not hold any more (R5, I2, I7): a sentence each.
  std::vector<std::string> Broken(const Machine& machine, ledger::Ledger& ledger) const;

  // The clock of who writes under this name is, or was, wrong.
  void NoteWrongClock(const std::string& node) {
    wrong_clocks_.insert(node);
    ++clock_faults_;
  }
  // Who writes under this name lost entries, or is one of two: its own come back to it.
  void NoteRollback(const std::string& node) { rolled_back_.insert(node); }
  bool WasRolledBack(const std::string& node) const { return rolled_back_.contains(node); }
  bool HadWrongClock(const std::string& node) const { return wrong_clocks_.contains(node); }

  // This journal has, or may have, two branches: what was told of either stands (I2), but
  // heads are cut back when they are settled (I7).
  void NoteFork(JournalId journal) { forked_.insert(journal); }
  bool HadWrongClocks() const { return clock_faults_ > 0; }
  bool HasForks() const { return !forked_.empty(); }
  bool IsForked(JournalId journal) const { return forked_.contains(journal); }

  // A recall of this lot that `machine` holds and that nobody may have lifted, by its code; empty
  // for none.
  std::string StandingRecall(Machine& machine, const std::string& product,
                             const std::string& lot) const;

  // Someone was shown what cannot be.
  void Complain(std::string what) { complaints_.push_back(std::move(what)); }
  const std::vector<std::string>& complaints() const { return complaints_; }

  const std::deque<Asked>& all() const { return asked_; }
  std::deque<Asked>& all() { return asked_; }

 private:
  using Heads = std::map<JournalId, Sequence>;

  absl::StatusOr<std::optional<std::string>> NamedRow(Disk& disk, const Reference& where) const;

  std::deque<Asked> asked_;
  std::set<std::string> wrong_clocks_;
  std::set<std::string> rolled_back_;
  std::set<JournalId> forked_;
  uint64_t clock_faults_ = 0;
  std::vector<std::string> complaints_;
  std::map<size_t, Heads> promised_;  // by machine: to tills and peers
};

bool HoldsRequest(Disk& disk, const Asked& asked);

}  // namespace comptoir::simulation
