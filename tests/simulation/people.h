// The people of a shop and of the office: tills that repeat what was not answered,
// clerks who receive, count, waste, take back and correct, recall goods, confirm that and lift
// it, buyers who edit.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/dice.h"
#include "tests/simulation/events.h"
#include "tests/simulation/machine.h"
#include "tests/simulation/oracle.h"

namespace comptoir::simulation {

inline const std::vector<std::string> kProducts = {"carottes", "pain-gris", "lait",
                                                   "fromage",  "pommes",    "oeufs"};

// Lots that tills name and recalls are of are L0 to L5; deliveries bring others, too.
inline constexpr int64_t kNamedLots = 6;

// What a till and its node may do to each other.
struct TillFaults {
  int64_t until_ms = 0;
  int lost_percent = 0;  // of requests and of answers
};

// Will asking again never help?
bool IsFinalAnswer(const absl::Status& status);

// Asks its own node, and where that does not answer, another of the shop.
class Till {
 public:
  Till(Events& events, Dice dice, Oracle& oracle, std::vector<Machine*> machines);

  void Open();
  // Sells no more; what is under way is asked until it is answered.
  void Close() { closing_ = true; }
  bool idle() const { return asked_ == nullptr; }
  TillFaults& faults() { return faults_; }
  uint64_t sold() const { return sold_; }

 private:
  void SellNext();
  void Ask();
  void Call(uint64_t attempt);
  void Hear(uint64_t attempt, const absl::StatusOr<shop::v1::SaleRecorded>& answer);
  bool Lost();
  // Of the sale under way: a recall of a lot it names that `machine` knows to stand.
  std::string RecallOf(Machine& machine) const;

  Events& events_;
  Dice dice_;
  Dice discount_dice_;
  Oracle& oracle_;
  const std::vector<Machine*> machines_;  // its own first
  TillFaults faults_;
  bool closing_ = false;
  Asked* asked_ = nullptr;
  shop::v1::RecordSaleRequest request_;
  uint64_t sold_ = 0;
};

// The shop's other work, or the office's where the machine is the hub's.
class Clerk {
 public:
  Clerk(Events& events, Dice dice, Oracle& oracle, Machine& machine);

  void Open();
  void Close() { closing_ = true; }
  bool idle() const { return asked_ == nullptr; }

 private:
  using Work = std::function<absl::Status(Machine&, Asked&)>;
  void WorkNext();
  void Rest();
  void Try();
  void Choose();
  void ChooseShopWork();
  void ChooseEdit();
  void ChooseRecall();
  void AddRecall();
  void AnswerRecall(Asked& recall);
  void MindTheDrawer();
  void TakeBack();
  // ---- transfers.cc ----
  void ChooseTransfer();
  void SendGoods(const std::string& to);
  void ReceiveGoods(const Asked& sent);
  void CorrectAstray();
  void SettleGoods(const Asked& sent);
  // Asks for `request`, a transfer's, by `record`.
  template <typename Request, typename Record>
  void AskTransfer(Asked::Kind kind, const std::string& transfer, Request request, Record record);
  static absl::Status Knows(const Machine& machine, retail::v1::FactKind kind);
  std::optional<std::string> NumberAt(Machine& machine, const Asked& sale);
  void LookAtShelf(Machine& machine, const shop::v1::CountLine& counted);

  Events& events_;
  Dice dice_;
  Dice transfer_dice_;
  Dice astray_dice_;
  Oracle& oracle_;
  Machine& machine_;
  bool closing_ = false;
  Asked* asked_ = nullptr;
  Work work_;
  std::vector<std::string> correctable_;  // names of facts, as the node printed them
  std::vector<std::string> astray_;       // of goods received here by mistake
  size_t edits_ = 0;
};

}  // namespace comptoir::simulation
