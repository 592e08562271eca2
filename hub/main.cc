// comptoir-hub: the replica that holds every journal, and the services of the
// co-op's buyers and operators.
#include <cstdio>
#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "common/base/code.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/daemon/address.h"
#include "common/daemon/host.h"
#include "common/daemon/life.h"
#include "common/daemon/offline_verify.h"
#include "common/daemon/program.h"
#include "common/daemon/settings.h"
#include "common/identity/data_folder.h"
#include "hub/hub_daemon.h"

namespace comptoir::hub {
namespace {

struct Arguments {
  HubOptions options;
  std::string name;
  std::string code;
  std::string node = "hub";
};

absl::Status Init(const Arguments& arguments) {
  std::error_code error;
  std::filesystem::create_directories(arguments.options.common.data, error);
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot make ", arguments.options.common.data, ": ", error.message()));
  }
  COMPTOIR_ASSIGN_OR_RETURN(const auto clock, platform::SystemClock::Create());
  COMPTOIR_ASSIGN_OR_RETURN(
      const int64_t life_ms,
      daemon::ParseLife("certificate-life", arguments.options.certificate_life));
  const identity::NodeFiles files(arguments.options.common.data);
  const std::string code = arguments.code.empty() ? CodeOf(arguments.name) : arguments.code;
  if (code.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "no code can be made of the name ", Quoted(arguments.name), ": give one with --code"));
  }
  COMPTOIR_RETURN_IF_ERROR(
      identity::InitHub(files, code, arguments.name, arguments.node, clock->WallMillis(), life_ms));
  std::printf(
      "Made the co-op \"%s\" (%s).\n"
      "  its authority and this hub's identity: %s\n"
      "  the operator's certificate, for the command 'comptoir': %s\n"
      "Keep a copy of both where nobody else reads them. Next: comptoir-hub --data %s\n",
      arguments.name.c_str(), code.c_str(), files.identity_folder().c_str(),
      files.operator_file().c_str(), arguments.options.common.data.c_str());
  return absl::OkStatus();
}

// Reads and writes files only: the hub may run or not.
absl::Status RenewOperator(const Arguments& arguments) {
  COMPTOIR_ASSIGN_OR_RETURN(const auto clock, platform::SystemClock::Create());
  COMPTOIR_ASSIGN_OR_RETURN(
      const int64_t life_ms,
      daemon::ParseLife("certificate-life", arguments.options.certificate_life));
  const identity::NodeFiles files(arguments.options.common.data);
  COMPTOIR_ASSIGN_OR_RETURN(const int64_t expires_ms,
                            identity::RenewOperator(files, clock->WallMillis(), life_ms));
  std::printf("%s is good until %s. Copy it to where 'comptoir' runs.\n",
              files.operator_file().c_str(), identity::DateText(expires_ms).c_str());
  return absl::OkStatus();
}

absl::Status CheckLife(std::string_view what, const std::string& text) {
  return daemon::ParseLife(what, text).status();
}

void AddSettings(daemon::Settings& settings, HubOptions* options) {
  daemon::AddCommonSettings(settings, &options->common, "co-op");
  settings.Add("listen", &options->listen, "sync and services: gRPC, mutual TLS",
               daemon::CheckAddress);
  settings.Add("web-listen", &options->web_listen, "HTTPS: enrolment, /healthz, /metrics",
               daemon::CheckAddress);
  settings.Add("advertise", &options->advertise,
               "host:port that nodes are told to sync with; empty: the host they enrolled at",
               daemon::CheckAddressOrNone);
  settings.Add("certificate-life", &options->certificate_life,
               "of certificates handed out, like 400d, 36h or 30s", CheckLife);
}

absl::Status CheckTogether(const daemon::Settings& settings, const HubOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const auto listen, daemon::ParseAddress("listen", options.listen));
  COMPTOIR_ASSIGN_OR_RETURN(const auto web, daemon::ParseAddress("web-listen", options.web_listen));
  if (daemon::IsSame(listen, web)) {
    return settings.Conflict({"listen", "web-listen"},
                             absl::StrCat("listen and web-listen are both ", listen.text(),
                                          ": give each a port of its own"));
  }
  if (options.advertise.empty()) return absl::OkStatus();
  COMPTOIR_ASSIGN_OR_RETURN(const auto told, daemon::ParseAddress("advertise", options.advertise));
  if (told.port != 0) return absl::OkStatus();
  return settings.Conflict({"advertise"}, absl::StrCat("advertise ", told.text(),
                                                       " has no port that nodes could sync with: "
                                                       "write the one that they reach"));
}

int Main(int argc, char** argv) {
  daemon::PrepareProcess();
  Arguments arguments;
  CLI::App app("The hub of a co-op: holds every shop's journals and answers its buyers.",
               "comptoir-hub");
  app.set_version_flag("--version", daemon::VersionText(app.get_name()));
  app.fallthrough();
  daemon::Settings settings(app);
  AddSettings(settings, &arguments.options);
  CLI::App* init =
      app.add_subcommand("init", "Make a co-op: authority, hub identity, operator.pem");
  init->add_option("--name", arguments.name, "name of the co-op")->required();
  init->add_option("--code", arguments.code, "its code; made of the name unless given");
  init->add_option("--node", arguments.node, "code of this hub")->capture_default_str();
  settings.Restrict(init, {"data", "certificate-life", "log-format", "log-level"});
  CLI::App* renew_operator = app.add_subcommand(
      "renew-operator", "Give operator.pem a new certificate for its key; the hub may run");
  settings.Restrict(renew_operator, {"data", "certificate-life", "log-format", "log-level"});
  CLI::App* verify = app.add_subcommand("verify", "Check the data folder of a hub that is stopped");
  settings.Restrict(
      verify, {"data", "time-zone", "cache-mib", "disk-reserve-mib", "log-format", "log-level"});
  app.require_subcommand(0, 1);
  if (const auto code = daemon::ParseOrExit(app, settings, arguments.options.common, argc, argv)) {
    return *code;
  }
  if (init->parsed()) return daemon::Report(app, Init(arguments));
  if (renew_operator->parsed()) return daemon::Report(app, RenewOperator(arguments));
  const daemon::CommonOptions& common = arguments.options.common;
  if (verify->parsed()) {
    return daemon::VerifyDataFolder(daemon::HostOptions(common, /*hub=*/true));
  }
  if (absl::Status status = CheckTogether(settings, arguments.options); !status.ok()) {
    return daemon::Report(app, status);
  }
  return daemon::Report(app, RunHub(arguments.options));
}

}  // namespace
}  // namespace comptoir::hub

int main(int argc, char** argv) { return comptoir::hub::Main(argc, argv); }
