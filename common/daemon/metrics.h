// What a monitor is shown at /metrics, in Prometheus' text exposition: figures that
// the layers below keep anyway, gathered when they are asked for. Names, units and
// meanings: README.md.
//
// Thread use: any.
#pragma once

#include <string>

#include "common/daemon/health.h"
#include "common/daemon/host.h"
#include "common/rpc/web_server.h"

namespace comptoir::daemon {

inline constexpr char kMetricsContentType[] = "text/plain; version=0.0.4; charset=utf-8";

struct MetricsSources {
  Host* host = nullptr;
  const Health* health = nullptr;
  bool has_hub = false;  // a node: has a link, and entries that wait for it
};

std::string MetricsText(const MetricsSources& sources);

// Puts /metrics and /healthz on the web port. What `sources` names outlives `web`.
void AddMonitorPages(rpc::WebServer& web, const MetricsSources& sources);

}  // namespace comptoir::daemon
