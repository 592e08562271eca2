// What is written on a journal by hand, each fact as the recorder of its kind would write it:
// with what `rewound`, who then has it, knows at that moment. It does not open a run of its own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/ledger/ledger.h"
#include "comptoir/retail/v1/retail.pb.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/machine.h"
#include "tests/simulation/oracle.h"

namespace comptoir::simulation {

class Branch {
 public:
  // `view`: the journal as `rewound` holds it, all of whose entries are durable there.
  Branch(Machine& rewound, const ledger::JournalView& view, Dice& dice, Oracle& oracle,
         int64_t now_ms);

  // One line of whole pieces, by card.
  void Sell();
  // Something that a shop does, of a kind that `rewound` knows: a sale where nothing else can be.
  void Work();
  // Nothing is written any more once `rewound` has not taken it.
  bool taken() const { return taken_; }

 private:
  void Receive();
  void Waste();
  void Count();
  void TakeBack();
  // ---- branch_facts.cc ----
  // Each false where it cannot be.
  bool WorkOnTransfers();
  bool SendGoods();
  bool ReceiveGoods(const Asked& sent);
  bool SettleGoods(const Asked& sent);
  bool Correct();
  bool WorkOnRecalls();
  bool AddRecall();
  bool LiftRecall(Asked& recall);
  bool ConfirmRecall(const Asked& recall);
  bool MindTheDrawer();
  bool CloseDay();

  std::string Product();
  std::string NextNumber();
  bool Knows(retail::v1::FactKind kind) const { return rewound_.knows(kind); }
  // Someone asks, the fact stands on the branch, and who asked hears of it. False where `rewound`
  // does not take it.
  bool Write(Asked& asked, retail::v1::FactKind kind, const google::protobuf::Message& fact);
  template <typename Fact>
  bool WriteTransfer(Asked& asked, retail::v1::FactKind kind, const Fact& fact);

  Machine& rewound_;
  const std::string shop_;
  const std::string series_;
  Dice& dice_;
  Oracle& oracle_;
  const int64_t now_ms_;
  int64_t at_ms_;  // hybrid time of the last
  Head head_;
  uint64_t receipts_;
  bool taken_ = true;
  std::vector<journal::v1::Reference> correctable_;
  // The sale that may be taken back: once, so that what it does to the sums is known.
  Asked* sale_ = nullptr;
  retail::v1::NamedFact sale_name_;
  retail::v1::SoldLine sale_line_;
};

}  // namespace comptoir::simulation
