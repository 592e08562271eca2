#include <algorithm>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "cli/catalogue_entry.h"
#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/format.h"
#include "cli/interrupt.h"
#include "cli/json.h"
#include "cli/notes.h"
#include "cli/parse.h"
#include "cli/progress.h"
#include "cli/render_admin.h"
#include "cli/render_coop.h"
#include "common/base/status.h"
#include "comptoir/admin/v1/admin.grpc.pb.h"
#include "comptoir/coop/v1/coop.grpc.pb.h"

namespace comptoir::cli {
namespace {

using admin::v1::AdminService;

constexpr std::chrono::milliseconds kLookAgain{200};  // between two looks at what waits

struct TokenOptions {
  std::string shop;
  std::string valid;
  bool may_edit_catalogue = false;
};

struct StatusOptions {
  bool heads = false;
  bool wait = false;
};

absl::StatusOr<admin::v1::Status> AskStatus(const Settings& settings, const Connection& daemon) {
  return Ask(settings, daemon, &AdminService::Stub::GetStatus, admin::v1::GetStatusRequest());
}

// Asks until the hub has all that was written at this node, or no longer than the settings
// say; shows how far it is. The last answer.
absl::StatusOr<admin::v1::Status> AwaitHub(const Settings& settings, const Connection& daemon,
                                           Interrupt& interrupt) {
  ProgressLine line(settings, "entries");
  const auto deadline = DeadlineOf(settings, std::chrono::hours(24 * 365));
  uint64_t most = 0;
  while (true) {
    COMPTOIR_ASSIGN_OR_RETURN(admin::v1::Status status, AskStatus(settings, daemon));
    const uint64_t waiting = status.link().waiting_entries();
    if (waiting == 0) return status;
    most = std::max(most, waiting);
    line.Show(most - waiting, most);
    if (std::chrono::system_clock::now() >= deadline) return status;
    if (interrupt.WaitFor(kLookAgain)) return absl::CancelledError("interrupted");
  }
}

absl::StatusOr<ExitCode> ShowStatus(const Settings& settings, const StatusOptions& options) {
  std::optional<Interrupt> interrupt;
  if (options.wait) interrupt.emplace();
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  if (options.wait && daemon.daemon == Daemon::kHub) {
    return absl::InvalidArgumentError("--wait is for nodes, which have a hub to wait for");
  }
  COMPTOIR_ASSIGN_OR_RETURN(
      const admin::v1::Status status,
      options.wait ? AwaitHub(settings, daemon, *interrupt) : AskStatus(settings, daemon));
  if (settings.json) {
    *settings.out << MessageJson(status) << "\n";
  } else {
    RenderStatus(status, *settings.out);
  }
  if (const uint64_t waiting = status.link().waiting_entries(); options.wait && waiting > 0) {
    *settings.err << "comptoir: not in time: "
                  << FormatCount(waiting, "entry still waits", "entries still wait")
                  << " for the hub\n";
    return ExitCode::kUnanswered;
  }
  if (settings.json || daemon.daemon != Daemon::kHub) return ExitCode::kDone;
  COMPTOIR_ASSIGN_OR_RETURN(
      const coop::v1::ListShopsResponse shops,
      Ask(settings, daemon, &coop::v1::CoopService::Stub::ListShops, coop::v1::ListShopsRequest()));
  *settings.out << "\n";
  RenderShops(shops, *settings.out);
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ShowHeads(const Settings& settings) {
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  COMPTOIR_ASSIGN_OR_RETURN(
      const admin::v1::ListHeadsResponse response,
      Ask(settings, daemon, &AdminService::Stub::ListHeads, admin::v1::ListHeadsRequest()));
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
  } else {
    RenderHeads(response, *settings.out);
  }
  return ExitCode::kDone;
}

// Reads the stream to its end; the last message holds the report.
absl::StatusOr<admin::v1::VerifyReport> ReadVerify(const Settings& settings,
                                                   const Connection& daemon) {
  AdminService::Stub stub(daemon.channel);
  grpc::ClientContext context;
  // A large ledger takes as long as it takes, unless the caller says otherwise.
  if (settings.timeout) context.set_deadline(DeadlineOf(settings, *settings.timeout));
  const auto stream = stub.Verify(&context, admin::v1::VerifyRequest());
  admin::v1::VerifyProgress progress;
  bool has_report = false;
  admin::v1::VerifyReport report;
  {
    ProgressLine line(settings, "entries");
    while (stream->Read(&progress)) {
      if (settings.json) *settings.out << MessageJson(progress) << std::endl;
      line.Show(progress.done_entries(), progress.total_entries());
      has_report = progress.has_report();
      if (has_report) report = progress.report();
    }
  }
  const grpc::Status status = stream->Finish();
  if (!status.ok()) return CallFailure(status, context, daemon);
  if (has_report) return report;
  return CallFailure(grpc::Status(grpc::StatusCode::INTERNAL, "verify ended without a report"), "",
                     daemon.address);
}

absl::StatusOr<ExitCode> Verify(const Settings& settings) {
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  COMPTOIR_ASSIGN_OR_RETURN(const admin::v1::VerifyReport report, ReadVerify(settings, daemon));
  if (!settings.json) RenderVerifyReport(report, *settings.out);
  return report.findings().empty() ? ExitCode::kDone : ExitCode::kDifferent;
}

absl::StatusOr<ExitCode> CreateToken(const Settings& settings, const TokenOptions& options) {
  admin::v1::CreateTokenRequest request;
  request.set_shop(options.shop);
  request.set_may_edit_catalogue(options.may_edit_catalogue);
  if (!options.valid.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(const std::chrono::seconds valid, ParseSeconds(options.valid));
    request.set_valid_seconds(static_cast<uint32_t>(valid.count()));
  }
  COMPTOIR_ASSIGN_OR_RETURN(const Connection hub, ConnectHub(settings));
  // Before there is a token that could be lost while this is asked.
  const auto known = KnownShops(settings, hub);
  COMPTOIR_ASSIGN_OR_RETURN(const admin::v1::CreateTokenResponse response,
                            Ask(settings, hub, &AdminService::Stub::CreateToken, request));
  if (settings.json) {
    *settings.out << MessageJson(response) << std::endl;
  } else {
    // The token alone on standard output, for $(…).
    *settings.out << response.token() << std::endl;
    *settings.err << "token " << response.id() << ", good for one node of " << options.shop
                  << " until " << FormatLocalInstant(response.expires_ms()) << "\n";
  }
  if (known.ok()) PrintNotes(NotesOfShop(options.shop, *known), *settings.err);
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ListTokens(const Settings& settings) {
  COMPTOIR_ASSIGN_OR_RETURN(const Connection hub, ConnectHub(settings));
  COMPTOIR_ASSIGN_OR_RETURN(
      const admin::v1::ListTokensResponse response,
      Ask(settings, hub, &AdminService::Stub::ListTokens, admin::v1::ListTokensRequest()));
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
  } else {
    RenderTokens(response, *settings.out);
  }
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> RevokeToken(const Settings& settings, const std::string& id) {
  admin::v1::RevokeTokenRequest request;
  request.set_id(id);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection hub, ConnectHub(settings));
  COMPTOIR_ASSIGN_OR_RETURN(const admin::v1::RevokeTokenResponse response,
                            Ask(settings, hub, &AdminService::Stub::RevokeToken, request));
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
  } else {
    *settings.out << "token " << id << " of " << response.shop()
                  << (response.repeated() ? " was revoked already\n" : " is revoked\n");
  }
  return ExitCode::kDone;
}

void AddTokenCommand(CLI::App& app, Action* action) {
  auto options = std::make_shared<TokenOptions>();
  CLI::App* token = app.add_subcommand("token", "Tokens with which new nodes enrol");
  token->require_subcommand(1);
  CLI::App* create = token->add_subcommand("create", "Make a token that one node may use once");
  create->add_option("--shop", options->shop, "Code of the shop that the node joins")
      ->required()
      ->type_name("SHOP");
  create->add_option("--valid", options->valid, "For how long, like 30m or 1d (default 1h)");
  create->add_flag("--may-edit-catalogue", options->may_edit_catalogue,
                   "The node may write products and co-op prices");
  create->callback([options, action] {
    *action = [options](const Settings& settings) { return CreateToken(settings, *options); };
  });
  CLI::App* list = token->add_subcommand("list", "Tokens that a node could still enrol with");
  list->callback([action] { *action = &ListTokens; });
  auto id = std::make_shared<std::string>();
  CLI::App* revoke = token->add_subcommand("revoke", "Nobody is to enrol with a token any more");
  revoke->add_option("id", *id, "As 'token list' shows it")->required()->type_name("ID");
  revoke->callback([id, action] {
    *action = [id](const Settings& settings) { return RevokeToken(settings, *id); };
  });
}

}  // namespace

void AddAdminCommands(CLI::App& app, Action* action) {
  auto options = std::make_shared<StatusOptions>();
  CLI::App* status = app.add_subcommand("status", "How a daemon is (asks a node, or --hub)");
  CLI::Option* heads = status->add_flag("--heads", options->heads,
                                        "Every journal that it holds, how far, and its chain hash");
  status
      ->add_flag("--wait", options->wait,
                 "First wait until the hub has all that was written at this node")
      ->excludes(heads);
  status->callback([options, action] {
    if (options->heads) {
      *action = &ShowHeads;
    } else {
      *action = [options](const Settings& settings) { return ShowStatus(settings, *options); };
    }
  });

  CLI::App* verify =
      app.add_subcommand("verify", "Check chains, signatures and views (asks a node, or --hub)");
  verify->callback([action] { *action = &Verify; });

  AddTokenCommand(app, action);
}

}  // namespace comptoir::cli
