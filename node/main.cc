// comptoir-node: the replica in a shop, and the services of its tills.
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/daemon/address.h"
#include "common/daemon/host.h"
#include "common/daemon/offline_verify.h"
#include "common/daemon/program.h"
#include "common/daemon/settings.h"
#include "node/enrolment.h"
#include "node/node_daemon.h"
#include "node/siblings.h"

namespace comptoir::node {
namespace {

struct Arguments {
  NodeOptions options;
  EnrolmentOptions enrolment;
  bool renew = false;  // enroll: an identity that is there gets a new certificate
};

absl::Status CheckListen(std::string_view what, const std::string& text) {
  COMPTOIR_ASSIGN_OR_RETURN(const daemon::Address address, daemon::ParseAddress(what, text));
  if (daemon::IsLoopback(address)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(std::string(what), " ", text,
                   ": tills are not asked who they are yet, so a node serves them on this "
                   "machine only: use 127.0.0.1:7410"));
}

absl::Status CheckSiblings(std::string_view what, const std::string& text) {
  return ParseSiblings(what, text).status();
}

absl::Status CheckBarcodeRules(std::string_view what, const std::string& text) {
  const absl::Status status = retail::ParseBarcodeRules(text).status();
  if (status.ok()) return status;
  return absl::InvalidArgumentError(
      absl::StrCat(std::string(what), ": ", std::string(status.message())));
}

void AddSettings(daemon::Settings& settings, NodeOptions* options) {
  daemon::AddCommonSettings(settings, &options->common, "shop");
  settings.Add("listen", &options->listen, "services for tills: gRPC, plain; loopback",
               CheckListen);
  settings.Add("web-listen", &options->web_listen, "HTTP: /healthz, /metrics",
               daemon::CheckAddress);
  settings.Add("hub", &options->hub,
               "host:port of the hub: its sync port; with enroll, its web port",
               daemon::CheckAddressOrNone);
  settings.Add("sibling-listen", &options->sibling_listen,
               "host:port for other nodes of this shop: gRPC, mutual TLS; empty for none",
               daemon::CheckAddressOrNone);
  settings.Add("sibling", &options->siblings,
               "NODE@HOST:PORT of other nodes of this shop to sync with, commas between",
               CheckSiblings);
  settings.Add("barcode-rules", &options->barcode_rules,
               "how labels of this shop's scales are read, in this order; empty: none is",
               CheckBarcodeRules);
}

absl::Status CheckTogether(const daemon::Settings& settings, const NodeOptions& options) {
  const std::pair<const char*, const std::string*> listeners[] = {
      {"listen", &options.listen},
      {"web-listen", &options.web_listen},
      {"sibling-listen", &options.sibling_listen}};
  for (const auto& [name, text] : listeners) {
    for (const auto* other = listeners; other->first != name; ++other) {
      if (text->empty() || other->second->empty()) continue;
      COMPTOIR_ASSIGN_OR_RETURN(const auto one, daemon::ParseAddress(name, *text));
      COMPTOIR_ASSIGN_OR_RETURN(const auto two, daemon::ParseAddress(other->first, *other->second));
      if (!daemon::IsSame(one, two)) continue;
      return settings.Conflict({other->first, name},
                               absl::StrCat(other->first, " and ", name, " are both ", one.text(),
                                            ": give each a port of its own"));
    }
  }
  return absl::OkStatus();
}

absl::Status Enroll(Arguments& arguments) {
  if (arguments.options.hub.empty()) {
    return absl::InvalidArgumentError("say where the hub's web port is: --hub HOST:7401");
  }
  arguments.enrolment.data = arguments.options.common.data;
  arguments.enrolment.hub = arguments.options.hub;
  if (arguments.renew) return RenewNode(arguments.enrolment);
  if (arguments.enrolment.name.empty()) {
    return absl::InvalidArgumentError("say what this node is called: --name CODE");
  }
  return EnrollNode(arguments.enrolment);
}

int Main(int argc, char** argv) {
  daemon::PrepareProcess();
  Arguments arguments;
  CLI::App app("A shop's node: sells whatever the link does, and syncs with the hub.",
               "comptoir-node");
  app.set_version_flag("--version", daemon::VersionText(app.get_name()));
  app.fallthrough();
  daemon::Settings settings(app);
  AddSettings(settings, &arguments.options);
  CLI::App* enroll = app.add_subcommand("enroll", "Get this node's identity from the hub");
  enroll->add_option("--name", arguments.enrolment.name, "code of this node");
  enroll->add_flag("--renew", arguments.renew,
                   "a new certificate for the node in the data folder: same key, name and data");
  enroll->add_option("--token", arguments.enrolment.token, "from 'comptoir token create'")
      ->required();
  settings.Restrict(enroll, {"data", "hub", "log-format", "log-level"});
  CLI::App* verify =
      app.add_subcommand("verify", "Check the data folder of a node that is stopped");
  settings.Restrict(
      verify, {"data", "time-zone", "cache-mib", "disk-reserve-mib", "log-format", "log-level"});
  app.require_subcommand(0, 1);
  if (const auto code = daemon::ParseOrExit(app, settings, arguments.options.common, argc, argv)) {
    return *code;
  }
  if (enroll->parsed()) return daemon::Report(app, Enroll(arguments));
  const daemon::CommonOptions& common = arguments.options.common;
  if (verify->parsed()) {
    return daemon::VerifyDataFolder(daemon::HostOptions(common, /*hub=*/false));
  }
  if (absl::Status status = CheckTogether(settings, arguments.options); !status.ok()) {
    return daemon::Report(app, status);
  }
  return daemon::Report(app, RunNode(arguments.options));
}

}  // namespace
}  // namespace comptoir::node

int main(int argc, char** argv) { return comptoir::node::Main(argc, argv); }
