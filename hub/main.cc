// comptoir-hub: the replica that holds every journal, and the services of the
// co-op's buyers and operators.
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/daemon/exit_code.h"
#include "common/daemon/host.h"
#include "common/daemon/lifecycle.h"
#include "common/daemon/offline_verify.h"
#include "common/daemon/settings.h"
#include "common/identity/data_folder.h"
#include "common/platform/heap.h"
#include "common/platform/logging.h"
#include "hub/hub_daemon.h"

namespace comptoir::hub {
namespace {

struct Arguments {
  HubOptions options;
  std::string log_format = "text";
  std::string log_level = "info";
  std::string name;
  std::string code;
  std::string node = "hub";
};

// A code made of a name: "Les Petits Producteurs" → "les-petits-producteurs".
std::string CodeOf(const std::string& name) {
  std::string code;
  for (const char c : name) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      code.push_back(c);
    } else if (c >= 'A' && c <= 'Z') {
      code.push_back(static_cast<char>(c - 'A' + 'a'));
    } else if (!code.empty() && code.back() != '-') {
      code.push_back('-');
    }
  }
  if (code.size() > kCodeBytesMax) code.resize(kCodeBytesMax);
  while (!code.empty() && code.back() == '-') code.pop_back();
  return code;
}

absl::Status Init(const Arguments& arguments) {
  std::error_code error;
  std::filesystem::create_directories(arguments.options.data, error);
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot make ", arguments.options.data, ": ", error.message()));
  }
  COMPTOIR_ASSIGN_OR_RETURN(const auto clock, platform::SystemClock::Create());
  const identity::NodeFiles files(arguments.options.data);
  const std::string code = arguments.code.empty() ? CodeOf(arguments.name) : arguments.code;
  COMPTOIR_RETURN_IF_ERROR(
      identity::InitHub(files, code, arguments.name, arguments.node, clock->WallMillis()));
  std::printf(
      "Made the co-op \"%s\" (%s).\n"
      "  its authority and this hub's identity: %s\n"
      "  the operator's certificate, for the command 'comptoir': %s\n"
      "Keep a copy of both where nobody else reads them. Next: comptoir-hub --data %s\n",
      arguments.name.c_str(), code.c_str(), files.identity_folder().c_str(),
      files.operator_file().c_str(), arguments.options.data.c_str());
  return absl::OkStatus();
}

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
  CLI::App app("The hub of a co-op: holds every shop's journals and answers its buyers.");
  app.set_version_flag("--version", daemon::VersionText("comptoir-hub"));
  app.fallthrough();
  daemon::Settings settings(app);
  settings.Add("data", &arguments.options.data, "data folder");
  settings.Add("listen", &arguments.options.listen, "sync and services: gRPC, mutual TLS");
  settings.Add("web-listen", &arguments.options.web_listen, "HTTPS: enrolment, /healthz");
  settings.Add("advertise", &arguments.options.advertise,
               "host:port that nodes are told to sync with; empty: the host they enrolled at");
  settings.Add("time-zone", &arguments.options.time_zone, "of the co-op, for business days");
  settings.Add("log-format", &arguments.log_format, "text or json");
  settings.Add("log-level", &arguments.log_level, "debug, info, warning or error");
  CLI::App* init =
      app.add_subcommand("init", "Make a co-op: authority, hub identity, operator.pem");
  init->add_option("--name", arguments.name, "name of the co-op")->required();
  init->add_option("--code", arguments.code, "its code; made of the name unless given");
  init->add_option("--node", arguments.node, "code of this hub")->capture_default_str();
  CLI::App* verify = app.add_subcommand("verify", "Check the data folder of a hub that is stopped");
  app.require_subcommand(0, 1);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? daemon::kExitOk : daemon::kExitUsage;
  }
  absl::Status status = settings.Resolve();
  if (status.ok()) status = Configure(arguments);
  if (!status.ok()) {
    std::fprintf(stderr, "comptoir-hub: %s\n", std::string(status.message()).c_str());
    return daemon::kExitConfiguration;
  }
  if (arguments.options.data.empty()) {
    std::fprintf(stderr, "comptoir-hub: say where its data is: --data FOLDER\n");
    return daemon::kExitUsage;
  }
  if (init->parsed()) {
    status = Init(arguments);
  } else if (verify->parsed()) {
    return daemon::VerifyDataFolder({arguments.options.data, arguments.options.time_zone, true});
  } else {
    status = RunHub(arguments.options);
  }
  if (status.ok()) return daemon::kExitOk;
  std::fprintf(stderr, "comptoir-hub: %s\n", std::string(status.message()).c_str());
  return daemon::ExitCodeOf(status);
}

}  // namespace
}  // namespace comptoir::hub

int main(int argc, char** argv) { return comptoir::hub::Main(argc, argv); }
