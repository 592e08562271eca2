#include "tests/bench/coop.h"

#include <filesystem>
#include <future>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/mutex.h"
#include "common/identity/certificate.h"
#include "common/identity/key_pair.h"
#include "common/identity/token.h"
#include "common/journal/genesis.h"
#include "common/ledger/tables.h"
#include "common/retail/catalogue/import.h"
#include "common/retail/sales/daily.h"
#include "common/store/rocks_store.h"
#include "tests/bench/must.h"

namespace comptoir::bench {
namespace {

constexpr char kCoop[] = "essai";
constexpr size_t kAppendsUnderWayMax = 512;
constexpr size_t kIngestsUnderWayMax = 4;
constexpr uint32_t kDigest = 1;
constexpr int64_t kDayMillis = 86'400'000;

void MakeFolder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) Stop(absl::StrCat("cannot make ", folder, ": ", error.message()));
}

void EnrolNode(const std::string& hub, const std::string& node, int64_t now_ms) {
  const auto authority = Must(identity::LoadAuthority(identity::NodeFiles(hub)));
  const auto key = Must(identity::KeyPair::Generate());
  const std::string request = Must(identity::MakeSigningRequest(key, kNode));
  const std::string certificate = Must(authority.Issue(
      identity::NodeHolder(kCoop, std::string(kShop), std::string(kNode), false), request, now_ms));
  platform::SystemRandom random;
  const identity::Token token =
      identity::MakeToken(identity::Fingerprint(authority.certificate()), random);
  Must(identity::SaveEnrolment(identity::NodeFiles(node), key, token, kNode,
                               identity::CertificateToPem(certificate),
                               identity::CertificateToPem(authority.certificate())));
}

void ImportCatalogue(Replica& hub, const Workload& workload, int64_t now_ms) {
  const Day today(static_cast<int32_t>(now_ms / kDayMillis));
  coop::v1::ImportProductsRequest request = workload.Catalogue();
  // Long before the first sale, whatever the day of a benchmark's clock.
  request.set_first_day(today.value() - 3'650);
  const auto edits = Must(retail::BuildCatalogueEdits(*hub.store().NewSnapshot(), request, today));
  ledger::AppendRequest append{"", 0, journal::v1::SCOPE_COOP, {}};
  for (const auto& [kind, bytes] : edits.facts) append.facts.push_back({kind, bytes});
  Must(hub.ledger().AppendAndWait(std::move(append)).status());
}

// Counts work under way; blocks whoever would start too much.
class Window {
 public:
  explicit Window(size_t limit) : limit_(limit) {}
  void Enter() {
    MutexLock lock(&mutex_);
    while (under_way_ >= limit_) changed_.Wait(&mutex_);
    ++under_way_;
  }
  void Leave() {
    MutexLock lock(&mutex_);
    --under_way_;
    changed_.SignalAll();
  }
  void WaitUntilEmpty() {
    MutexLock lock(&mutex_);
    while (under_way_ > 0) changed_.Wait(&mutex_);
  }

 private:
  const size_t limit_;
  Mutex mutex_;
  CondVar changed_;
  size_t under_way_ ABSL_GUARDED_BY(mutex_) = 0;
};

void CarryJournal(Replica& source, Replica& target, const ledger::JournalView& journal,
                  Sequence held) {
  const auto read = [&source, id = journal.head.journal](Sequence first) {
    return Must(source.ledger().ReadSegment(id, first, kSegmentRawBytesMax));
  };
  Window window(kIngestsUnderWayMax);
  auto next = read(comptoir::Next(held));
  while (next.has_value()) {
    const journal::v1::Segment segment = *std::move(next);
    const Sequence last(segment.first_sequence() + segment.entry_count() - 1);
    std::future<std::optional<journal::v1::Segment>> ahead;
    if (last < journal.head.sequence) {
      ahead = std::async(std::launch::async, read, comptoir::Next(last));
    }
    window.Enter();
    target.ledger().Ingest(segment, source.ledger().self(),
                           [&window](const ledger::IngestResult& result) {
                             Must(result.status);
                             if (result.refusal != ledger::Refusal::kNone) Stop(result.detail);
                             window.Leave();
                           });
    next = ahead.valid() ? ahead.get() : std::nullopt;
  }
  window.WaitUntilEmpty();
}

}  // namespace

Replica::Replica(const std::string& folder, Clock* clock, const Wrap& wrap)
    : system_clock_(Must(platform::SystemClock::Create())),
      clock_(clock == nullptr ? system_clock_.get() : clock),
      identity_(Must(identity::LoadIdentity(identity::NodeFiles(folder)))),
      store_(Must(
          store::RocksStore::Open(folder + "/store", ledger::AllTables(), store::RocksOptions()))) {
  if (wrap) store_ = wrap(std::move(store_));
  Reopen();
}

Replica::~Replica() {
  ledger_.reset();
  Must(store_->Close());
}

void Replica::Reopen() {
  ledger_.reset();
  ledger_ = Must(ledger::Ledger::Open(
      {store_.get(), identity_.signer.get(), identity_.verifier.get(), clock_, &random_}));
}

CoopFolders MakeCoop(const std::string& parent, const Workload& workload, Clock* clock) {
  const CoopFolders folders{parent + "/hub", parent + "/node"};
  MakeFolder(folders.hub);
  MakeFolder(folders.node);
  // Certificates are of today whatever `clock` says: TLS goes by the machine's.
  const auto machine_clock = Must(platform::SystemClock::Create());
  const int64_t now_ms = machine_clock->WallMillis();
  Must(identity::InitHub(identity::NodeFiles(folders.hub), kCoop, "Essai", "hub", now_ms));
  EnrolNode(folders.hub, folders.node, now_ms);
  Replica hub(folders.hub, clock);
  ImportCatalogue(hub, workload, now_ms);
  Replica node(folders.node, clock);
  Carry(hub, node);
  return folders;
}

CoopFolders CopyCoop(const CoopFolders& folders, const std::string& parent) {
  const CoopFolders copies{parent + "/hub", parent + "/node"};
  std::filesystem::remove_all(parent);
  MakeFolder(parent);
  std::filesystem::copy(folders.hub, copies.hub, std::filesystem::copy_options::recursive);
  std::filesystem::copy(folders.node, copies.node, std::filesystem::copy_options::recursive);
  return copies;
}

void Fill(Replica& replica, const Workload& workload, Till& till, size_t count, Sums* sums) {
  Window window(kAppendsUnderWayMax);
  for (size_t i = 0; i < count; ++i) {
    const Sale sale = till.Next();
    sums->Add(sale);
    window.Enter();
    replica.ledger().Append(
        {sale.request_id,
         kDigest,
         journal::v1::SCOPE_SHOP,
         {{retail::v1::FACT_KIND_SOLD, workload.FactOf(sale).SerializeAsString()}}},
        [&window](const absl::StatusOr<ledger::AppendResult>& result) {
          Must(result.status());
          window.Leave();
        });
  }
  window.WaitUntilEmpty();
}

void Carry(Replica& source, Replica& target) {
  std::map<JournalId, Sequence> held;
  for (const ledger::JournalView& journal : target.ledger().Journals()) {
    held[journal.head.journal] = journal.head.sequence;
  }
  for (const ledger::JournalView& journal : source.ledger().Journals()) {
    if (!journal::MayRead(target.ledger().self(), journal.scope, journal.shop)) continue;
    const Sequence from = held[journal.head.journal];
    if (from < journal.head.sequence) CarryJournal(source, target, journal, from);
  }
}

std::vector<shop::v1::SalesRow> SalesByProduct(store::Store& store) {
  const auto snapshot = store.NewSnapshot();
  const auto clock = Must(platform::SystemClock::Create());
  const Day today(static_cast<int32_t>(clock->WallMillis() / kDayMillis));
  shop::v1::ListSalesRequest request;
  request.set_first_day(today.value() - 3'000);
  request.set_last_day(today.value() + 2);
  request.set_by_product(true);
  std::vector<shop::v1::SalesRow> rows;
  while (true) {
    const auto page = Must(retail::ListSales(*snapshot, today, request));
    rows.insert(rows.end(), page.rows().begin(), page.rows().end());
    if (page.next_cursor().empty()) return rows;
    request.set_cursor(page.next_cursor());
  }
}

}  // namespace comptoir::bench
