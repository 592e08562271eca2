#include "common/daemon/host.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/daemon/exit_code.h"
#include "common/daemon/refold_log.h"
#include "common/ledger/tables.h"
#include "common/platform/files.h"
#include "common/platform/logging.h"
#include "common/sync/session.h"

namespace comptoir::daemon {
namespace {

constexpr std::chrono::milliseconds kTick(500);
// Verification reads and writes in turn; it needs no large cache.
constexpr size_t kScratchCacheBytes = 8 << 20;
constexpr char kProbeName[] = "probe";
// Of the store's memory, for rows not yet in files.
constexpr uint64_t kWriteBufferShare = 4;

// R9: what a failed write left behind, the next start finds out.
void StopOnFailure(const absl::Status& status) {
  platform::Log(platform::LogLevel::kError,
                "the disk failed a write: stopping, nothing of it was acknowledged",
                {{"status", status}});
  if (absl::IsDataLoss(status)) {
    platform::Log(platform::LogLevel::kError,
                  "files of the store have rotted on this disk. Start again: views are folded "
                  "anew. Where that does not help, a node is enrolled anew in an empty folder, "
                  "on another disk, and the hub brings back what it holds; a hub is restored "
                  "from its backup, and the shops bring back what they hold");
  }
  std::_Exit(kExitInput);
}

// Of a store or a ledger that does not open: an engine that says so without saying that
// its files are damaged or in use was failed by its disk.
absl::Status AtOpening(const absl::Status& status) {
  if (!absl::IsInternal(status)) return status;
  return OfDisk(absl::InternalError(
      absl::StrCat("the disk failed while the data folder was opened: ", status.message(),
                   "; look at the disk (dmesg, smartctl), then start again")));
}

}  // namespace

const char kRelease[] = "0.1.0";

std::string VersionText(std::string_view program) {
  return absl::StrCat(std::string(program), " ", kRelease, " (sync protocol ", sync::kProtocolMin,
                      " to ", sync::kProtocolMax, ", fold version ", retail::kFoldVersion, ")");
}

absl::StatusOr<std::unique_ptr<Host>> Host::Open(const Options& options) {
  auto host = std::unique_ptr<Host>(new Host());
  host->data_ = options.data;
  COMPTOIR_ASSIGN_OR_RETURN(host->clock_, platform::SystemClock::Create(options.time_zone));
  COMPTOIR_ASSIGN_OR_RETURN(identity::Identity loaded,
                            identity::LoadIdentity(identity::NodeFiles(options.data)));
  host->identity_ = std::make_unique<identity::Identity>(std::move(loaded));
  const journal::Writer& self = host->identity_->writer();
  if (self.hub != options.hub) {
    return absl::FailedPreconditionError(
        absl::StrCat(options.data, " is the data folder of ",
                     self.hub ? "a hub: start comptoir-hub on it"
                              : absl::StrCat("node ", self.node, ": start comptoir-node on it")));
  }
  COMPTOIR_ASSIGN_OR_RETURN(
      host->certificate_,
      CertificateKeeper::Make(identity::NodeFiles(options.data), host->identity_->tls,
                              *host->clock_, host->random_));
  host->started_ms_ = host->clock_->WallMillis();
  COMPTOIR_RETURN_IF_ERROR(host->OpenStore(options));
  std::error_code ignored;  // what an earlier verification left is only in the way
  std::filesystem::remove_all(absl::StrCat(options.data, "/scratch"), ignored);
  COMPTOIR_RETURN_IF_ERROR(host->OpenLedger());
  host->fact_feed_ = std::make_unique<FactFeed>();
  replica::Options replica;
  replica.on_advanced = [feed = host->fact_feed_.get()] { feed->Advanced(); };
  replica.ledger = host->ledger_.get();
  replica.clock = host->clock_.get();
  replica.random = &host->random_;
  replica.software = kRelease;
  replica.on_note = [](const std::string& note) {
    platform::Log(platform::LogLevel::kWarning, note);
  };
  host->sessions_log_ = std::make_unique<SessionsLog>(*host->clock_);
  replica.on_up = [log = host->sessions_log_.get()](const replica::PeerView& peer,
                                                    const replica::LinkView& link) {
    log->Up(peer, link);
  };
  replica.on_down = [log = host->sessions_log_.get()](
                        const replica::PeerView& peer, const replica::LinkView& link,
                        const absl::Status& why) { log->Down(peer, link, why); };
  host->replica_ = std::make_unique<replica::Replica>(std::move(replica));
  host->ticker_ = std::thread([raw = host.get()] { raw->TickLoop(); });
  return host;
}

absl::Status Host::OpenStore(const Options& options) {
  disk_ = std::make_unique<DiskReserve>(
      DiskReserve::Wiring{options.data, options.disk_reserve_mib << 20, clock_.get()});
  COMPTOIR_RETURN_IF_ERROR(disk_->PrepareToOpen());
  store::RocksOptions limits;
  limits.cache_bytes = options.cache_mib << 20;
  limits.write_buffer_bytes = limits.cache_bytes / kWriteBufferShare;
  auto store =
      store::RocksStore::Open(absl::StrCat(options.data, "/store"), ledger::AllTables(), limits);
  if (!store.ok()) return AtOpening(store.status());
  store_ = *std::move(store);
  measured_ = std::make_unique<MeasuredStore>(*store_, *clock_);
  reserved_ = std::make_unique<ReservedStore>(*measured_, *disk_);
  disk_pulse_ = std::make_unique<replica::Pulse>(kTick, [this] { TickDisk(); });
  return absl::OkStatus();
}

absl::Status Host::OpenLedger() {
  ledger::Options options;
  options.store = measured_.get();
  options.signer = identity_->signer.get();
  options.verifier = identity_->verifier.get();
  options.clock = clock_.get();
  options.random = &random_;
  options.on_failure = StopOnFailure;
  options.new_scratch = [this] { return NewScratch(); };
  options.room = [this](uint64_t bytes) { return disk_->Check(bytes); };
  options.witness = ReadWitness(WitnessPath(data_));
  RefoldLog refold_log(*clock_);
  options.on_refold = [&refold_log](uint64_t done, uint64_t total) {
    refold_log.Tell(done, total);
  };
  auto ledger = ledger::Ledger::Open(std::move(options));
  if (!ledger.ok()) return AtOpening(ledger.status());
  ledger_ = *std::move(ledger);
  for (const std::string& note : ledger_->opening_notes()) {
    platform::Log(platform::LogLevel::kWarning, note);
  }
  witness_ = std::make_unique<WitnessKeeper>(*ledger_, WitnessPath(data_));
  return absl::OkStatus();
}

void Host::TickDisk() {
  disk_->Tick();
  const DiskReserve::View disk = disk_->view();
  store_->SetFreeDisk(disk.free_bytes, disk.reserve_bytes / 2);
  if (rot_told_) return;
  const std::string rot = RotNote();
  rot_told_ = !rot.empty();
  if (rot_told_) platform::Log(platform::LogLevel::kError, rot);
}

std::string Host::RotNote() const {
  const std::string rot = store_->rot();
  if (rot.empty()) return "";
  return absl::StrCat(
      "a file of the store has rotted on this disk (", rot,
      "). It goes on, and run 'verify' to have what is damaged named and fetched again; but the "
      "file stays in the way: enrol a node anew in an empty folder on another disk, restore a hub "
      "from its backup");
}

Host::~Host() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
    wake_.SignalAll();
  }
  if (ticker_.joinable()) ticker_.join();
  replica_.reset();
  // Sees what the last of the peers and tills wrote.
  witness_.reset();
  ledger_.reset();
  disk_pulse_.reset();
  if (measured_ == nullptr) return;
  if (const absl::Status closed = measured_->Close(); !closed.ok()) StopOnFailure(closed);
}

void Host::TickLoop() {
  MutexLock lock(&mutex_);
  while (!stopping_) {
    wake_.WaitFor(&mutex_, kTick);
    if (stopping_) return;
    mutex_.Unlock();
    replica_->Tick();
    mutex_.Lock();
  }
}

Health::Wiring Host::health_wiring() {
  return {clock_.get(), [this] { return measured_->last_commit_ms(); },
          [this] { return ProbeCommit(); }, [this] { return disk_->Check(0); },
          [this] { return ledger_->halted(); }};
}

absl::Status Host::ProbeCommit() {
  // Asks for a request that nobody made: it waits for the ledger's lock, and hears of
  // a ledger that writes no more.
  const absl::Status asked = ledger_->AppendAndWait({}).status();
  if (!absl::IsNotFound(asked)) return asked;
  auto transaction = measured_->Begin();
  transaction->Put(ledger::kLocal, kProbeName, absl::StrCat(clock_->BootMillis()));
  absl::Status status = measured_->Commit(std::move(transaction), store::Durability::kSynced);
  if (!status.ok()) StopOnFailure(status);
  return status;
}

absl::StatusOr<std::shared_ptr<store::Store>> Host::NewScratch() {
  // It writes the views a second time, to the same disk.
  COMPTOIR_RETURN_IF_ERROR(disk_->Check(0));
  static std::atomic<uint64_t> count = 0;
  const std::string parent = absl::StrCat(data_, "/scratch");
  const std::string folder = absl::StrCat(parent, "/", ++count);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    return absl::InternalError(absl::StrCat("cannot make ", folder, ": ", error.message()));
  store::RocksOptions options;
  options.cache_bytes = kScratchCacheBytes;
  options.write_buffer_bytes = kScratchCacheBytes / 2;
  COMPTOIR_ASSIGN_OR_RETURN(auto store,
                            store::RocksStore::Open(folder, ledger::AllTables(), options));
  return std::shared_ptr<store::Store>(store.release(), [folder](store::Store* scratch) {
    delete scratch;
    std::error_code ignored;  // emptied at the next start
    std::filesystem::remove_all(folder, ignored);
  });
}

}  // namespace comptoir::daemon
