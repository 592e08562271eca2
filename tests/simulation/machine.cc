#include "tests/simulation/machine.h"

#include <utility>

#include "common/base/status.h"
#include "common/ledger/tables.h"
#include "common/store/memory_store.h"

namespace comptoir::simulation {
namespace {

constexpr int64_t kTickMs = 1'000;

}  // namespace

Machine::Machine(Events& events, size_t number, const journal::Writer& writer, uint64_t key,
                 std::unique_ptr<Disk> disk, Dice dice, Owner owner)
    : events_(events),
      number_(number),
      name_(writer.node),
      key_(key),
      signer_(std::make_unique<HashSigner>(writer, key)),
      disk_(std::move(disk)),
      dice_(dice.Fork(1)),
      owner_(std::move(owner)),
      clock_(events.clock()),
      random_(dice.Fork(2)) {}

Machine::~Machine() {
  if (ledger_ != nullptr) Stop(false, -1);
}

absl::Status Machine::Open() {
  ledger::Options options;
  options.store = disk_.get();
  options.signer = signer_.get();
  options.verifier = &verifier_;
  options.clock = &clock_;
  options.random = &random_;
  // R9: the process stops; nobody hears what it says after that.
  options.on_failure = [this](const absl::Status&) { disk_->SwitchOff(); };
  options.witness = disk_->witness();
  options.flusher = ledger::Flusher::kOwner;
  options.room = [this](uint64_t) { return disk_->Room(); };
  options.release = release_;
  options.new_scratch = [] { return std::make_shared<store::MemoryStore>(ledger::AllTables()); };
  COMPTOIR_ASSIGN_OR_RETURN(ledger_, ledger::Ledger::Open(options));
  replica::Options replica;
  replica.ledger = ledger_.get();
  replica.clock = &clock_;
  replica.random = &random_;
  replica.software = "simulated";
  replica.threads = 0;
  sessions_ = std::make_unique<replica::Replica>(std::move(replica));
  sales_ = std::make_unique<node::SaleRecorder>(*ledger_);
  goods_ = std::make_unique<node::GoodsRecorder>(*ledger_);
  transfers_ = std::make_unique<node::TransferRecorder>(*ledger_);
  days_ = std::make_unique<node::DayDesk>(*ledger_);
  desk_ = std::make_unique<daemon::CatalogueDesk>(*ledger_);
  recalls_ = std::make_unique<daemon::RecallDesk>(*ledger_);
  memory_ = retail::TillMemory();
  return absl::OkStatus();
}

void Machine::Start() {
  if (ledger_ != nullptr) return;
  disk_->SwitchOn();
  clock_.Start();
  ++life_;
  flush_asked_ = false;
  const absl::Status opened = Open();
  events_.NoteText(name_, "starts", std::string(opened.message()));
  if (!opened.ok()) {
    ledger_ = nullptr;
    if (disk_->rotten() || disk_->fails_for_good()) {
      owner_.on_broken(*this);
      return;
    }
    events_.In(1'000, [this, life = life_] {
      if (life == life_) Start();
    });
    return;
  }
  owner_.on_started(*this);
  witness_version_ = 0;
  KeepWitness();
  events_.In(kTickMs, [this, life = life_] { Tick(life); });
  Settle();
}

void Machine::Stop(bool power, int64_t restart_ms) {
  if (ledger_ == nullptr || stopping_) return;
  stopping_ = true;
  events_.Note(name_, power ? "loses power" : "is killed");
  disk_->SwitchOff();
  owner_.on_stopping(*this);
  // What its process would still have done in memory, nobody hears.
  while (ledger_->Pump() || sessions_->RunOne()) {
  }
  sessions_ = nullptr;
  recalls_ = nullptr;
  desk_ = nullptr;
  days_ = nullptr;
  goods_ = nullptr;
  transfers_ = nullptr;
  sales_ = nullptr;
  ledger_ = nullptr;
  ++life_;
  if (power) disk_->LoseUnsynced(dice_.OneIn(2) ? dice_.Below(4) : 0);
  stopping_ = false;
  if (restart_ms < 0) return;
  events_.In(restart_ms, [this, life = life_] {
    if (life == life_) Start();
  });
}

void Machine::Settle() {
  if (ledger_ == nullptr || stopping_) return;
  while (sessions_->RunOne(static_cast<size_t>(dice_.Next()))) {
  }
  if (disk_->off()) {
    const bool power = dice_.OneIn(2);
    Stop(power, dice_.Between(500, 20'000));
    return;
  }
  if (!ledger_->waits() || flush_asked_) return;
  flush_asked_ = true;
  events_.In(dice_.Between(flush_ms_least_, flush_ms_most_), [this, life = life_] { Flush(life); });
}

void Machine::Flush(uint64_t life) {
  if (life != life_ || ledger_ == nullptr) return;
  flush_asked_ = false;
  disk_->set_meanwhile([this] { WorkMeanwhile(); });
  const bool flushed = ledger_->Pump();
  disk_->set_meanwhile(nullptr);
  events_.Note(name_, "flushes", flushed ? 1 : 0, disk_->commits());
  Settle();
}

// Sessions go on while a batch is being flushed, but for what waits for the flush to end.
void Machine::WorkMeanwhile() {
  for (int64_t tasks = dice_.Between(0, 3); tasks > 0; --tasks) {
    if (ledger_->HasForksToSettle()) return;
    if (!sessions_->RunOne(static_cast<size_t>(dice_.Next()))) return;
  }
}

void Machine::Tick(uint64_t life) {
  if (life != life_ || ledger_ == nullptr) return;
  sessions_->Tick();
  KeepWitness();
  Settle();
  events_.In(kTickMs, [this, life] { Tick(life); });
}

void Machine::KeepWitness() {
  if (disk_->off() || ledger_->witness_version() == witness_version_) return;
  witness_version_ = ledger_->witness_version();
  disk_->KeepWitness(ledger_->MakeWitness());
}

std::unique_ptr<Disk> Machine::ReplaceDisk(std::unique_ptr<Disk> disk) {
  COMPTOIR_CHECK(ledger_ == nullptr);
  return std::exchange(disk_, std::move(disk));
}

void Machine::EnrolAgain(const journal::Writer& writer, uint64_t key) {
  COMPTOIR_CHECK(ledger_ == nullptr);
  name_ = writer.node;
  key_ = key;
  signer_ = std::make_unique<HashSigner>(writer, key);
}

}  // namespace comptoir::simulation
