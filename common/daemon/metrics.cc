#include "common/daemon/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace comptoir::daemon {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

constexpr double kMillisPerSecond = 1000;

// In step with ledger::Refusal; the first is no refusal.
constexpr std::array<const char*, ledger::kRefusals> kRefusalNames = {
    "", "gap", "fork", "signature", "certificate", "scope", "malformed", "limit", "revoked"};

class Page {
 public:
  // Starts a family; Add puts its samples in.
  Page& Family(const char* name, MetricType type, const char* help) {
    families_.push_back({std::string("comptoir_") + name, help, type, {}});
    return *this;
  }
  Page& Add(double value, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    if (families_.back().type == MetricType::Counter) {
      metric.counter.value = value;
    } else {
      metric.gauge.value = value;
    }
    families_.back().metric.push_back(std::move(metric));
    return *this;
  }
  void Gauge(const char* name, const char* help, double value) {
    Family(name, MetricType::Gauge, help).Add(value);
  }
  void Counter(const char* name, const char* help, double value) {
    Family(name, MetricType::Counter, help).Add(value);
  }
  void Histogram(const char* name, const char* help, const CommitHistogram& commits) {
    ClientMetric metric;
    for (size_t i = 0; i < commits.buckets.size(); ++i) {
      metric.histogram.sample_count += commits.buckets[i];
      if (i == kCommitBucketSeconds.size()) break;  // of +Inf: the count itself
      metric.histogram.bucket.push_back({metric.histogram.sample_count, kCommitBucketSeconds[i]});
    }
    metric.histogram.sample_sum = commits.seconds_sum;
    Family(name, MetricType::Histogram, help);
    families_.back().metric.push_back(std::move(metric));
  }
  std::string Text() const { return prometheus::TextSerializer().Serialize(families_); }

 private:
  std::vector<MetricFamily> families_;
};

void AddProgram(const MetricsSources& sources, Page& page) {
  page.Family("build_info", MetricType::Gauge, "Always 1; the release, in its labels")
      .Add(1, {{"release", kRelease},
               {"protocol", std::to_string(sync::kProtocolMax)},
               {"fold", std::to_string(retail::kFoldVersion)}});
  page.Gauge("start_time_seconds", "When this run began, since 1970",
             static_cast<double>(sources.host->started_ms()) / kMillisPerSecond);
  page.Gauge("serving", "1 while a sale can be recorded durably, whatever the link does",
             sources.health->Check().ok() ? 1 : 0);
}

void AddCertificates(Host& host, Page& page) {
  page.Gauge("certificate_expiry_seconds",
             "When its own certificate ends, since 1970; renewed in the last third of its life",
             static_cast<double>(host.certificate().life().expires_ms) / kMillisPerSecond);
  page.Gauge("authority_expiry_seconds", "When the certificate of the co-op's authority ends",
             static_cast<double>(host.certificate().authority_expires_ms()) / kMillisPerSecond);
}

void AddLedger(Host& host, Page& page) {
  const ledger::Counters& counters = host.ledger().counters();
  const ledger::Totals totals = host.ledger().totals();
  page.Gauge("journals", "Journals held", static_cast<double>(totals.journals));
  page.Gauge("entries", "Entries held", static_cast<double>(totals.entries));
  page.Counter("entries_appended_total", "Entries written here and on the disk, of this run",
               static_cast<double>(counters.appended_entries.value()));
  page.Counter("entries_ingested_total", "Entries brought by peers and on the disk, of this run",
               static_cast<double>(counters.ingested_entries.value()));
  page.Counter("verdicts_total", "Facts brought by peers, of this run, that were judged bad",
               static_cast<double>(counters.bad_facts.value()));
  page.Counter("entries_lost_total", "Entries found in this run to be lost here",
               static_cast<double>(counters.lost_entries.value()));
  uint64_t not_back = 0;
  for (const ledger::Loss& loss : host.ledger().Losses()) not_back += loss.entries();
  page.Gauge("entries_not_back", "Entries lost here that no peer has brought back yet",
             static_cast<double>(not_back));
  page.Counter("damaged_entries_total", "Entries found damaged on this disk, of this run",
               static_cast<double>(counters.damaged_entries.value()));
  page.Counter("mended_entries_total", "Of those, brought again by a peer and on the disk",
               static_cast<double>(counters.mended_entries.value()));
  page.Counter("forks_total", "Journals found with two branches, and settled, of this run",
               static_cast<double>(counters.forks.value()));
  page.Family("refused_segments_total", MetricType::Counter,
              "Segments of peers that were refused, of this run, by reason");
  for (size_t i = 1; i < ledger::kRefusals; ++i) {
    page.Add(static_cast<double>(counters.refused_segments[i].value()),
             {{"reason", kRefusalNames[i]}});
  }
  page.Histogram("commit_seconds", "How long the disk took for a durable write", host.commits());
}

void AddSessions(Host& host, Page& page) {
  const replica::Replica& replica = host.replica();
  page.Gauge("sessions", "Peers that are connected", static_cast<double>(replica.sessions()));
  const replica::Traffic& traffic = replica.traffic();
  page.Family("session_bytes_total", MetricType::Counter,
              "Frames of sessions, of this run, before they are encrypted")
      .Add(static_cast<double>(traffic.received_bytes.load(std::memory_order_relaxed)),
           {{"direction", "received"}})
      .Add(static_cast<double>(traffic.sent_bytes.load(std::memory_order_relaxed)),
           {{"direction", "sent"}});
  page.Family("clock_offset_seconds", MetricType::Gauge,
              "A connected peer's clock less ours, as it last said");
  std::set<std::string> told;
  for (const replica::PeerView& peer : replica.peers()) {
    // Two sessions with one name (siblings that both dial, a clone) are one series.
    if (!peer.session.hello_received || !told.insert(peer.writer.node).second) continue;
    page.Add(static_cast<double>(peer.session.clock_offset_ms) / kMillisPerSecond,
             {{"peer", peer.writer.node}});
  }
}

// A node's: what the hub does not have yet.
void AddLink(Host& host, Page& page) {
  const replica::LinkView link = host.replica().link();
  page.Gauge("link_up", "1 while the hub is connected", link.online ? 1 : 0);
  page.Gauge("revoked", "1 while the co-op takes nothing more of this node, which sells on",
             link.revoked.has_value() ? 1 : 0);
  page.Gauge("backlog_entries", "Entries held here and not known to be at the hub",
             static_cast<double>(link.waiting_entries));
  const int64_t age_ms =
      link.oldest_waiting_ms == 0 ? 0 : host.clock().WallMillis() - link.oldest_waiting_ms;
  page.Gauge("backlog_oldest_seconds", "Age of the oldest of them; 0 without any",
             static_cast<double>(std::max<int64_t>(age_ms, 0)) / kMillisPerSecond);
}

// The hub's: what its connected nodes have and it does not.
void AddBacklog(Host& host, Page& page) {
  uint64_t missing = 0;
  for (const replica::PeerView& peer : host.replica().peers()) {
    missing += peer.session.missing_entries;
  }
  page.Gauge("backlog_entries", "Entries that connected nodes hold and that are not here yet",
             static_cast<double>(missing));
}

void AddDisk(Host& host, Page& page) {
  const absl::Status room = host.disk().Check(0);
  const DiskReserve::View disk = host.disk().view();
  page.Gauge("disk_free_bytes", "What is left of the disk that holds the data folder",
             static_cast<double>(disk.free_bytes));
  page.Gauge("disk_reserve_bytes", "Under so much free disk nothing is recorded",
             static_cast<double>(disk.reserve_bytes));
  page.Gauge("disk_ballast_bytes", "Kept to open with on a full disk; 0 once given up",
             static_cast<double>(disk.ballast_bytes));
  page.Gauge("disk_refusing", "1 while nothing is recorded for want of disk", room.ok() ? 0 : 1);
  page.Family("store_bytes", MetricType::Gauge, "Size of the store's files, by table");
  for (const auto& [table, bytes] : host.TableBytes()) {
    page.Add(static_cast<double>(bytes), {{"table", table}});
  }
}

}  // namespace

std::string MetricsText(const MetricsSources& sources) {
  Page page;
  AddProgram(sources, page);
  AddCertificates(*sources.host, page);
  AddLedger(*sources.host, page);
  AddSessions(*sources.host, page);
  if (sources.has_hub) {
    AddLink(*sources.host, page);
  } else {
    AddBacklog(*sources.host, page);
  }
  AddDisk(*sources.host, page);
  return page.Text();
}

void AddMonitorPages(rpc::WebServer& web, const MetricsSources& sources) {
  web.HandlePage("/healthz", [health = sources.health] {
    HealthPage page = MakeHealthPage(health->Check());
    return rpc::WebServer::Page{page.http_status, "application/json", std::move(page.json)};
  });
  web.HandlePage("/metrics", [sources] {
    return rpc::WebServer::Page{200, kMetricsContentType, MetricsText(sources)};
  });
}

}  // namespace comptoir::daemon
