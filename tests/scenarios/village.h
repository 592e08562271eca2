// A small co-op on virtual time, told what to do word by word, for stories as text. It
// is the simulator's: the shipped ledger, sessions and recorders, without chance.
//
// One thread. Journals are shown by letters, in the order in which their first entries
// were written; so is the series in the number of a receipt.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/simulation/events.h"
#include "tests/simulation/machine.h"
#include "tests/simulation/network.h"

namespace comptoir::scenarios {

class Village {
 public:
  Village();
  ~Village();

  // What is shown, in lines. A command that cannot be understood says so, too.
  std::string Perform(const std::vector<std::string>& words);

 private:
  using Machine = simulation::Machine;
  using Words = std::vector<std::string>;
  struct Command {
    std::string usage;  // of its words: "sell MACHINE REQUEST PRODUCT [QUANTITY] [LOT]"
    std::function<std::string(const Words&)> perform;
  };
  // A word that cannot be understood; ends the command.
  struct Misspelt : std::runtime_error {
    using std::runtime_error::runtime_error;
  };

  void AddCommands();
  void Add(const std::string& usage, std::string (Village::*perform)(const Words&));

  // ---- the co-op ----
  std::string Coop(const Words& words);
  std::string Sibling(const Words& words);
  std::string Cut(const Words& words);
  std::string Mend(const Words& words);
  std::string Kill(const Words& words);
  std::string Start(const Words& words);
  std::string Copy(const Words& words);
  std::string Restore(const Words& words);
  std::string Clone(const Words& words);
  std::string Lose(const Words& words);
  std::string Clock(const Words& words);
  std::string Wait(const Words& words);
  std::string Level(const Words& words);
  std::string Revoke(const Words& words);
  std::string Carry(const Words& words);

  // ---- its people ----
  std::string Product(const Words& words);
  std::string Price(const Words& words);
  std::string Receive(const Words& words);
  std::string Sell(const Words& words);
  std::string Return(const Words& words);
  std::string Void(const Words& words);
  std::string Waste(const Words& words);
  std::string Count(const Words& words);
  std::string Correct(const Words& words);
  std::string Send(const Words& words);
  std::string Arrive(const Words& words);
  std::string GiveUp(const Words& words);
  std::string Recall(const Words& words);
  std::string Confirm(const Words& words);
  std::string Lift(const Words& words);

  // ---- what they see ----
  std::string Heads(const Words& words);
  std::string Stock(const Words& words);
  std::string Transfers(const Words& words);
  std::string Receipts(const Words& words);
  std::string Prices(const Words& words);
  std::string Conflicts(const Words& words);
  std::string Notes(const Words& words);
  std::string Recalls(const Words& words);
  std::string Trace(const Words& words);
  std::string Verify(const Words& words);

  Machine& Enrol(const journal::Writer& writer, uint64_t key,
                 std::unique_ptr<simulation::Disk> disk);
  void LinkToHub(Machine& machine);
  void NoteEnrolled(const Machine& node);
  Machine& MachineOf(const std::string& name);
  // As stories call it: a clone writes under the name of the original.
  std::string NameOf(const Machine& machine) const;
  Machine& hub() { return *machines_.front(); }
  simulation::LinkFaults& LinkOf(const std::string& name);
  void Run(int64_t milliseconds);
  bool RunUntil(const std::function<bool()>& condition, int64_t milliseconds);
  void Replace(Machine& machine, std::unique_ptr<simulation::Disk> disk);
  std::string RequestId(const std::string& name);
  std::string NewRequestId();
  // With letters for series, and the other way.
  std::string Lettered(std::string text);
  std::string Unlettered(std::string text);
  void LetterJournals();
  std::string Answer(const absl::Status& status, const std::string& good);

  std::map<std::string, Command> commands_;
  simulation::Events events_;
  simulation::Dice dice_;
  std::unique_ptr<simulation::Network> network_;
  std::vector<std::unique_ptr<Machine>> machines_;  // the hub first
  std::map<std::string, size_t> links_;             // to the hub, by machine
  std::map<std::string, std::unique_ptr<simulation::Disk>> copies_;
  std::map<std::string, std::string> letters_;  // of series
  std::map<std::string, std::string> ids_;      // of journals, in hexadecimal: the same
  uint64_t keys_ = 0;
  uint64_t requests_ = 0;
};

}  // namespace comptoir::scenarios
