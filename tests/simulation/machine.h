// One machine of the co-op, the hub's or a shop's: disk, clock, and the shipped
// ledger, sessions and recorders on them, without a thread of their own.
//
// Invariant: nothing that a process says gets out once it has died (`alive`): what
// is under way when it dies runs to its end in memory, unheard.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "common/daemon/catalogue_desk.h"
#include "common/daemon/recall_desk.h"
#include "common/ledger/ledger.h"
#include "common/replica/replica.h"
#include "common/retail/sales/till_memory.h"
#include "node/day_desk.h"
#include "node/goods_recorder.h"
#include "node/sale_recorder.h"
#include "node/transfer_recorder.h"
#include "tests/simulation/clocks.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/disk.h"
#include "tests/simulation/events.h"
#include "tests/simulation/keys.h"

namespace comptoir::simulation {

class Machine {
 public:
  struct Owner {
    // It has started, and its ledger is open.
    std::function<void(Machine&)> on_started;
    // It has stopped; what it was connected to must be let go.
    std::function<void(Machine&)> on_stopping;
    // Its disk is rotten or fails for good: someone must replace it.
    std::function<void(Machine&)> on_broken;
  };

  Machine(Events& events, size_t number, const journal::Writer& writer, uint64_t key,
          std::unique_ptr<Disk> disk, Dice dice, Owner owner);
  ~Machine();

  size_t number() const { return number_; }
  const std::string& name() const { return name_; }
  const journal::Writer& writer() const { return signer_->writer(); }
  uint64_t key() const { return key_; }
  bool hub() const { return writer().hub; }

  void Start();
  // `power`: what was not flushed is lost. Starts again after `restart_ms`.
  void Stop(bool power, int64_t restart_ms);
  // Heard by others: it runs, and has not died in the midst of what it does.
  bool alive() const { return ledger_ != nullptr && !disk_->off(); }
  // Which of its runs this is.
  uint64_t life() const { return life_; }
  // Its process did something: carries on what can go on now, and asks for the disk.
  void Settle();

  // While it is stopped. With another key it is another certificate.
  std::unique_ptr<Disk> ReplaceDisk(std::unique_ptr<Disk> disk);
  void EnrolAgain(const journal::Writer& writer, uint64_t key);
  // It runs a later release, as the others see that in what it sends.
  void set_newer(bool newer) { newer_ = newer; }
  bool newer() const { return newer_; }
  // From then until then it runs a release that has no protocol version in common with the
  // others, as they see it.
  void set_too_new(int64_t from_ms, int64_t until_ms) {
    too_new_from_ms_ = from_ms;
    too_new_until_ms_ = until_ms;
  }
  bool too_new(int64_t now_ms) const {
    return now_ms >= too_new_from_ms_ && now_ms < too_new_until_ms_;
  }

  // The release that it runs from its next start on. Its clerks do nothing that this one
  // does not know.
  void set_release(retail::Release release) { release_ = std::move(release); }
  bool knows(retail::v1::FactKind kind) const { return !release_.not_known.contains(kind); }

  ledger::Ledger& ledger() { return *ledger_; }
  replica::Replica& sessions() { return *sessions_; }
  node::SaleRecorder& sales() { return *sales_; }
  node::GoodsRecorder& goods() { return *goods_; }
  node::TransferRecorder& transfers() { return *transfers_; }
  node::DayDesk& days() { return *days_; }
  daemon::CatalogueDesk& desk() { return *desk_; }
  daemon::RecallDesk& recalls() { return *recalls_; }
  retail::TillMemory& till_memory() { return memory_; }
  Disk& disk() { return *disk_; }
  MachineClock& clock() { return clock_; }
  const journal::Verifier& verifier() const { return verifier_; }
  // How long one flush takes; slow disks are set so.
  void set_flush_ms(int64_t least, int64_t most) {
    flush_ms_least_ = least;
    flush_ms_most_ = most;
  }

 private:
  absl::Status Open();
  void Flush(uint64_t life);
  void WorkMeanwhile();
  void Tick(uint64_t life);
  void KeepWitness();

  Events& events_;
  const size_t number_;
  std::string name_;
  uint64_t key_;
  std::unique_ptr<HashSigner> signer_;
  const HashVerifier verifier_;
  std::unique_ptr<Disk> disk_;
  Dice dice_;
  const Owner owner_;
  MachineClock clock_;
  MachineRandom random_;
  uint64_t life_ = 0;
  uint64_t witness_version_ = 0;  // that is on the disk
  bool newer_ = false;
  retail::Release release_;
  int64_t too_new_from_ms_ = 0;
  int64_t too_new_until_ms_ = 0;
  bool flush_asked_ = false;
  bool stopping_ = false;
  int64_t flush_ms_least_ = 1;
  int64_t flush_ms_most_ = 12;
  retail::TillMemory memory_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<node::SaleRecorder> sales_;
  std::unique_ptr<node::GoodsRecorder> goods_;
  std::unique_ptr<node::TransferRecorder> transfers_;
  std::unique_ptr<node::DayDesk> days_;
  std::unique_ptr<daemon::CatalogueDesk> desk_;
  std::unique_ptr<daemon::RecallDesk> recalls_;
  std::unique_ptr<replica::Replica> sessions_;
};

}  // namespace comptoir::simulation
