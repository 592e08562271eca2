// comptoir-node: the replica in a shop, and the services of its tills.
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/daemon/exit_code.h"
#include "common/daemon/host.h"
#include "common/daemon/lifecycle.h"
#include "common/daemon/offline_verify.h"
#include "common/daemon/settings.h"
#include "common/platform/heap.h"
#include "common/platform/logging.h"
#include "node/enrolment.h"
#include "node/node_daemon.h"

namespace comptoir::node {
namespace {

struct Arguments {
  NodeOptions options;
  EnrolmentOptions enrolment;
  std::string log_format = "text";
  std::string log_level = "info";
};

absl::Status Configure(const Arguments& arguments) {
  COMPTOIR_ASSIGN_OR_RETURN(const auto format, platform::ParseLogFormat(arguments.log_format));
  COMPTOIR_ASSIGN_OR_RETURN(const auto level, platform::ParseLogLevel(arguments.log_level));
  platform::ConfigureLogging(format, level);
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  platform::KeepHeapSmall();
  umask(S_IRWXG | S_IRWXO);  // what a daemon writes is for its owner alone
  // What gRPC would say on standard error is in our own log, as a sentence.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  daemon::BlockTerminationSignals();
  Arguments arguments;
  CLI::App app("A shop's node: sells whatever the link does, and syncs with the hub.");
  app.set_version_flag("--version", daemon::VersionText("comptoir-node"));
  app.fallthrough();
  daemon::Settings settings(app);
  settings.Add("data", &arguments.options.data, "data folder");
  settings.Add("listen", &arguments.options.listen, "services for tills: gRPC, plain; loopback");
  settings.Add("web-listen", &arguments.options.web_listen, "HTTP: /healthz");
  settings.Add("hub", &arguments.options.hub,
               "host:port of the hub: its sync port; with enroll, its web port");
  settings.Add("time-zone", &arguments.options.time_zone, "of the shop, for business days");
  settings.Add("log-format", &arguments.log_format, "text or json");
  settings.Add("log-level", &arguments.log_level, "debug, info, warning or error");
  CLI::App* enroll = app.add_subcommand("enroll", "Get this node's identity from the hub");
  enroll->add_option("--name", arguments.enrolment.name, "code of this node")->required();
  enroll->add_option("--token", arguments.enrolment.token, "from 'comptoir token create'")
      ->required();
  CLI::App* verify =
      app.add_subcommand("verify", "Check the data folder of a node that is stopped");
  app.require_subcommand(0, 1);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? daemon::kExitOk : daemon::kExitUsage;
  }
  absl::Status status = settings.Resolve();
  if (status.ok()) status = Configure(arguments);
  if (!status.ok()) {
    std::fprintf(stderr, "comptoir-node: %s\n", std::string(status.message()).c_str());
    return daemon::kExitConfiguration;
  }
  if (arguments.options.data.empty()) {
    std::fprintf(stderr, "comptoir-node: say where its data is: --data FOLDER\n");
    return daemon::kExitUsage;
  }
  if (enroll->parsed()) {
    arguments.enrolment.data = arguments.options.data;
    arguments.enrolment.hub = arguments.options.hub;
    status = EnrollNode(arguments.enrolment);
  } else if (verify->parsed()) {
    return daemon::VerifyDataFolder({arguments.options.data, arguments.options.time_zone, false});
  } else {
    status = RunNode(arguments.options);
  }
  if (status.ok()) return daemon::kExitOk;
  std::fprintf(stderr, "comptoir-node: %s\n", std::string(status.message()).c_str());
  return daemon::ExitCodeOf(status);
}

}  // namespace
}  // namespace comptoir::node

int main(int argc, char** argv) { return comptoir::node::Main(argc, argv); }
