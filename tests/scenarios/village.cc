#include "tests/scenarios/village.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/simulation/checks.h"
#include "tests/simulation/sticks.h"

namespace comptoir::scenarios {
namespace {

using simulation::Disk;

constexpr uint64_t kSeed = 1;  // of latencies and ids, which no story shows
constexpr int64_t kForeverMs = int64_t{1} << 60;
constexpr int64_t kPatienceMs = 30 * 60'000;
constexpr char kCoop[] = "essai";

// "outremeuse-1" → "outremeuse".
std::string ShopOf(const std::string& node) { return node.substr(0, node.rfind('-')); }

}  // namespace

Village::Village()
    : events_(nullptr),
      dice_(kSeed),
      network_(std::make_unique<simulation::Network>(events_, dice_.Fork(1),
                                                     [](Machine&, const sync::v1::Frame&) {})) {
  AddCommands();
}

Village::~Village() {
  for (const auto& machine : machines_) machine->Stop(false, -1);
}

std::string Village::Perform(const Words& words) {
  const auto command = commands_.find(words.front());
  if (command == commands_.end()) return absl::StrCat("no such command: ", words.front(), "\n");
  const Words usage = absl::StrSplit(command->second.usage, ' ');
  const auto least = static_cast<size_t>(
      std::ranges::count_if(usage, [](const auto& word) { return word.front() != '['; }));
  const bool goes_on = usage.back().ends_with("...]");
  if (words.size() < least || (!goes_on && words.size() > usage.size())) {
    return command->second.usage + "\n";
  }
  try {
    Words heard = words;
    for (std::string& word : heard) word = Unlettered(word);
    const std::string shown = command->second.perform(heard);
    LetterJournals();
    return Lettered(shown);
  } catch (const Misspelt& misspelt) {
    return std::string(misspelt.what()) + "\n";
  }
}

void Village::Add(const std::string& usage, std::string (Village::*perform)(const Words&)) {
  const std::string name = usage.substr(0, usage.find(' '));
  commands_[name] = {usage,
                     [this, perform](const Words& words) { return (this->*perform)(words); }};
}

void Village::AddCommands() {
  Add("coop NODE [NODE...]", &Village::Coop);
  Add("sibling NODE", &Village::Sibling);
  Add("cut NODE", &Village::Cut);
  Add("mend NODE", &Village::Mend);
  Add("kill MACHINE", &Village::Kill);
  Add("start MACHINE", &Village::Start);
  Add("copy MACHINE", &Village::Copy);
  Add("restore MACHINE", &Village::Restore);
  Add("clone NODE", &Village::Clone);
  Add("lose NODE NAME", &Village::Lose);
  Add("clock MACHINE SECONDS", &Village::Clock);
  Add("wait SECONDS", &Village::Wait);
  Add("level", &Village::Level);
  Add("revoke NODE [REASON...]", &Village::Revoke);
  Add("carry FROM TO", &Village::Carry);
  Add("product CODE CENTS", &Village::Product);
  Add("price MACHINE PRODUCT CENTS [SHOP]", &Village::Price);
  Add("receive NODE PRODUCT QUANTITY [LOT]", &Village::Receive);
  Add("sell MACHINE REQUEST PRODUCT [QUANTITY] [LOT]", &Village::Sell);
  Add("return NODE RECEIPT PRODUCT QUANTITY", &Village::Return);
  Add("void NODE RECEIPT", &Village::Void);
  Add("waste NODE PRODUCT QUANTITY", &Village::Waste);
  Add("count NODE PRODUCT QUANTITY", &Village::Count);
  Add("correct NODE NAME", &Village::Correct);
  Add("send NODE SHOP PRODUCT QUANTITY [MORE...]", &Village::Send);
  Add("arrive NODE TRANSFER [GOODS...]", &Village::Arrive);
  Add("give-up NODE TRANSFER [GOODS...]", &Village::GiveUp);
  Add("transfers MACHINE", &Village::Transfers);
  Add("recall MACHINE PRODUCT [LOT]", &Village::Recall);
  Add("confirm NODE CODE", &Village::Confirm);
  Add("lift MACHINE CODE", &Village::Lift);
  Add("heads", &Village::Heads);
  Add("stock MACHINE SHOP", &Village::Stock);
  Add("receipts MACHINE SHOP", &Village::Receipts);
  Add("prices MACHINE PRODUCT", &Village::Prices);
  Add("conflicts MACHINE", &Village::Conflicts);
  Add("notes MACHINE", &Village::Notes);
  Add("recalls MACHINE", &Village::Recalls);
  Add("trace MACHINE PRODUCT LOT", &Village::Trace);
  Add("verify", &Village::Verify);
}

// ---- time ----

void Village::Run(int64_t milliseconds) {
  const int64_t until_ms = events_.now_ms() + milliseconds;
  while (events_.Step(until_ms)) {
  }
}

bool Village::RunUntil(const std::function<bool()>& condition, int64_t milliseconds) {
  const int64_t until_ms = events_.now_ms() + milliseconds;
  while (!condition()) {
    if (!events_.Step(until_ms)) return condition();
  }
  return true;
}

std::string Village::Wait(const Words& words) {
  int64_t seconds = 0;
  if (!absl::SimpleAtoi(words[1], &seconds)) throw Misspelt("no number: " + words[1]);
  Run(seconds * 1'000);
  return "";
}

std::string Village::Level(const Words&) {
  if (RunUntil([this] { return simulation::IsLevel(hub(), machines_); }, kPatienceMs)) {
    return "level\n";
  }
  std::string lines;
  for (const std::string& finding : simulation::Unlevel(hub(), machines_)) {
    absl::StrAppend(&lines, finding, "\n");
  }
  return lines;
}

std::string Village::Clock(const Words& words) {
  int64_t seconds = 0;
  if (!absl::SimpleAtoi(words[2], &seconds)) throw Misspelt("no number: " + words[2]);
  MachineOf(words[1]).clock().Jump(seconds * 1'000);
  return "";
}

// ---- machines ----

Village::Machine& Village::MachineOf(const std::string& name) {
  for (const auto& machine : machines_) {
    if (NameOf(*machine) == name) return *machine;
  }
  throw Misspelt("no such machine: " + name);
}

std::string Village::NameOf(const Machine& machine) const {
  for (const auto& [name, link] : links_) {
    if (link + 1 == machine.number()) return name;
  }
  return machine.name();
}

simulation::LinkFaults& Village::LinkOf(const std::string& name) {
  const auto link = links_.find(name);
  if (link == links_.end()) throw Misspelt("no such node: " + name);
  return network_->faults(link->second);
}

Village::Machine& Village::Enrol(const journal::Writer& writer, uint64_t key,
                                 std::unique_ptr<Disk> disk) {
  Machine::Owner owner;
  owner.on_started = [this](Machine& machine) { network_->MachineStarted(machine); };
  owner.on_stopping = [this](Machine& machine) { network_->MachineStopping(machine); };
  owner.on_broken = [](Machine&) {};
  const size_t number = machines_.size();
  machines_.push_back(std::make_unique<Machine>(events_, number, writer, key, std::move(disk),
                                                dice_.Fork(100 + number), std::move(owner)));
  return *machines_.back();
}

// The links stand in the order of the machines behind the hub.
void Village::LinkToHub(Machine& machine) { network_->AddLink(machine, hub()); }

std::string Village::Coop(const Words& words) {
  if (!machines_.empty()) throw Misspelt("there is a co-op already");
  Enrol({kCoop, "hub", "", true, true}, ++keys_, std::make_unique<Disk>()).Start();
  for (size_t i = 1; i < words.size(); ++i) Sibling({"", words[i]});
  return "";
}

std::string Village::Sibling(const Words& words) {
  Machine& node =
      Enrol({kCoop, words[1], ShopOf(words[1]), false, false}, ++keys_, std::make_unique<Disk>());
  links_[words[1]] = machines_.size() - 2;
  LinkToHub(node);
  NoteEnrolled(node);
  node.Start();
  return "";
}

void Village::NoteEnrolled(const Machine& node) {
  const absl::Status noted = simulation::NoteEnrolled(hub(), node);
  if (!noted.ok()) throw Misspelt(std::string(noted.message()));
}

std::string Village::Cut(const Words& words) {
  LinkOf(words[1]).cut_until_ms = {kForeverMs, kForeverMs};
  network_->Reset(links_[words[1]]);
  Run(5'000);
  return "";
}

std::string Village::Mend(const Words& words) {
  LinkOf(words[1]).cut_until_ms = {0, 0};
  return "";
}

std::string Village::Kill(const Words& words) {
  MachineOf(words[1]).Stop(/*power=*/true, -1);
  return "";
}

std::string Village::Start(const Words& words) {
  MachineOf(words[1]).Start();
  Run(1'000);
  return "";
}

// ---- disks ----

std::string Village::Copy(const Words& words) {
  copies_[words[1]] = MachineOf(words[1]).disk().Copy();
  return "";
}

void Village::Replace(Machine& machine, std::unique_ptr<Disk> disk) {
  machine.Stop(/*power=*/true, -1);
  machine.ReplaceDisk(std::move(disk));
}

std::string Village::Restore(const Words& words) {
  Machine& machine = MachineOf(words[1]);
  if (copies_[words[1]] == nullptr) throw Misspelt("no copy was made of " + words[1]);
  Replace(machine, copies_[words[1]]->Copy());
  machine.Start();
  return "";
}

// Called NAME-copy here: what it writes stands under the name of the original.
std::string Village::Clone(const Words& words) {
  Machine& original = MachineOf(words[1]);
  Machine& clone = Enrol(original.writer(), original.key(), original.disk().Copy());
  links_[words[1] + "-copy"] = machines_.size() - 2;
  LinkToHub(clone);
  clone.Start();
  return "";
}

std::string Village::Lose(const Words& words) {
  Machine& machine = MachineOf(words[1]);
  Replace(machine, std::make_unique<Disk>());
  journal::Writer writer = machine.writer();
  writer.node = words[2];
  machine.EnrolAgain(writer, ++keys_);
  auto link = links_.extract(words[1]);
  link.key() = words[2];
  links_.insert(std::move(link));
  NoteEnrolled(machine);
  machine.Start();
  return "";
}

// ---- what goes by hand ----

std::string Village::Revoke(const Words& words) {
  std::string reason;
  for (size_t i = 2; i < words.size(); ++i) {
    absl::StrAppend(&reason, reason.empty() ? "" : " ", words[i]);
  }
  const auto revoked = hub().ledger().Revoke(words[1], reason, /*retired=*/false);
  hub().Settle();
  return Answer(revoked.status(), "revoked");
}

std::string Village::Carry(const Words& words) {
  Machine& from = MachineOf(words[1]);
  Machine& to = MachineOf(words[2]);
  const auto stick = simulation::WriteStick(from, from.hub() ? to.writer().shop : "");
  if (!stick.ok()) return Answer(stick.status(), "");
  const auto report = simulation::ReadStick(*stick, to);
  if (!report.ok()) return Answer(report.status(), "");
  std::string lines =
      absl::StrCat(report->entries, " entries, ", report->new_entries, " of them new\n");
  for (const replica::CarryRefusal& refusal : report->refusals) {
    absl::StrAppend(&lines, "refused: ", refusal.detail, "\n");
  }
  return lines;
}

}  // namespace comptoir::scenarios
