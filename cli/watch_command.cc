#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/cursor_file.h"
#include "cli/interrupt.h"
#include "cli/json.h"
#include "cli/render_watch.h"
#include "common/base/status.h"
#include "common/base/utf8.h"
#include "comptoir/admin/v1/admin.grpc.pb.h"

namespace comptoir::cli {
namespace {

using admin::v1::AdminService;
using admin::v1::WatchFactsRequest;
using admin::v1::WatchFactsResponse;
using Milliseconds = std::chrono::milliseconds;

// Between two streams, and between two looks at whether the other end is back.
constexpr Milliseconds kPause{200};

struct WatchOptions {
  std::string from_cursor;
  std::string cursor_file;
  bool from_now = false;
  std::vector<std::string> kinds;
  std::string shop;
  bool no_follow = false;
};

absl::StatusOr<WatchFactsRequest> MakeRequest(const WatchOptions& options) {
  WatchFactsRequest request;
  if (!options.from_cursor.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(*request.mutable_cursor(), ParseCursor(options.from_cursor));
  } else if (!options.cursor_file.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(*request.mutable_cursor(), ReadCursorFile(options.cursor_file));
    // Before a line is shown that it could not note.
    COMPTOIR_RETURN_IF_ERROR(CheckCursorFile(options.cursor_file));
  }
  // A cursor that was kept goes before: --from-now says where the first run begins.
  request.set_from_now(options.from_now && request.cursor().empty());
  for (const std::string& name : options.kinds) {
    COMPTOIR_ASSIGN_OR_RETURN(const retail::v1::FactKind kind, ParseKind(name));
    request.add_kinds(kind);
  }
  request.set_shop(options.shop);
  return request;
}

// One watch, over as many streams as it takes.
class Watch {
 public:
  Watch(const Settings& settings, const WatchOptions& options, WatchFactsRequest request)
      : settings_(settings), options_(options), request_(std::move(request)) {}

  // Until it is level or interrupted; not OK where it cannot go on.
  absl::Status Run(const Connection& daemon, Interrupt& interrupt) {
    while (true) {
      COMPTOIR_RETURN_IF_ERROR(WaitForDaemon(daemon, interrupt));
      if (interrupt.has_come()) return absl::OkStatus();
      if (!was_connected_) NoteShop(daemon);
      COMPTOIR_ASSIGN_OR_RETURN(const bool done, RunStream(daemon, interrupt));
      if (done || interrupt.WaitFor(kPause)) return absl::OkStatus();
    }
  }

  // Whether the service spoke of facts that it could not show.
  bool has_noted() const { return has_noted_; }

 private:
  // The first time for as long as a call may take; later until it is back, but for a
  // watch that is to end.
  absl::Status WaitForDaemon(const Connection& daemon, Interrupt& interrupt) {
    const auto give_up = DeadlineOf(settings_, kCallTimeout);
    while (!interrupt.has_come()) {
      if (daemon.channel->WaitForConnected(std::chrono::system_clock::now() + kPause)) break;
      const bool waits_on = was_connected_ && !options_.no_follow;
      if (waits_on || std::chrono::system_clock::now() < give_up) continue;
      return CallFailure(grpc::Status(grpc::StatusCode::UNAVAILABLE, "no connection"), "",
                         daemon.address);
    }
    return absl::OkStatus();
  }

  // A slip in the code would look like a shop where nothing happens.
  void NoteShop(const Connection& daemon) {
    if (options_.shop.empty()) return;
    const auto heads =
        Ask(settings_, daemon, &AdminService::Stub::ListHeads, admin::v1::ListHeadsRequest());
    if (!heads.ok()) return;  // the watch itself says why
    for (const admin::v1::JournalHead& head : heads->heads()) {
      if (head.shop() == options_.shop) return;
    }
    *settings_.err << "note: nothing that a shop \"" << Printable(options_.shop)
                   << "\" wrote is known here yet: is the code right?" << std::endl;
  }

  // True once there is nothing more to do.
  absl::StatusOr<bool> RunStream(const Connection& daemon, Interrupt& interrupt) {
    AdminService::Stub stub(daemon.channel);
    grpc::ClientContext context;
    interrupt.OnCome([&context] { context.TryCancel(); });
    const auto stream = stub.WatchFacts(&context, request_);
    WatchFactsResponse message;
    absl::Status taken;
    bool done = false;
    while (!done && taken.ok() && stream->Read(&message)) {
      was_connected_ = true;
      gone_said_ = false;
      taken = Take(message);
      done = interrupt.has_come() || (message.level() && options_.no_follow);
    }
    if (done || !taken.ok()) context.TryCancel();
    const grpc::Status status = stream->Finish();
    interrupt.OnCome(nullptr);
    COMPTOIR_RETURN_IF_ERROR(taken);
    if (done || interrupt.has_come()) return true;
    // Too many watch already: that does not pass while they do.
    const bool is_full = status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED;
    if (is_full || IsFinal(status.error_code())) return CallFailure(status, context, daemon);
    SayGone(daemon, status);
    return false;
  }

  // First shown, then noted: what ends in between is shown again, never left out.
  absl::Status Take(const WatchFactsResponse& message) {
    if (settings_.json) {
      *settings_.out << MessageJson(message) << '\n' << std::flush;
    } else if (message.has_fact()) {
      *settings_.out << FactLine(message.fact()) << '\n' << std::flush;
    }
    if (!settings_.out->good()) return absl::DataLossError("the output could not be written");
    for (const std::string& note : message.notes()) *settings_.err << Printable(note) << std::endl;
    has_noted_ = has_noted_ || !message.notes().empty();
    request_.set_cursor(message.cursor());
    request_.set_from_now(false);
    if (options_.cursor_file.empty()) return absl::OkStatus();
    return WriteCursorFile(options_.cursor_file, message.cursor());
  }

  void SayGone(const Connection& daemon, const grpc::Status& status) {
    if (gone_said_) return;
    gone_said_ = true;
    *settings_.err << daemon.address << " is gone (" << Printable(status.error_message())
                   << "): waiting for it" << std::endl;
  }

  const Settings& settings_;
  const WatchOptions& options_;
  WatchFactsRequest request_;
  bool was_connected_ = false;
  bool gone_said_ = false;
  bool has_noted_ = false;
};

absl::StatusOr<ExitCode> RunWatch(const Settings& settings, const WatchOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(WatchFactsRequest request, MakeRequest(options));
  Interrupt interrupt;
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  Watch watch(settings, options, std::move(request));
  COMPTOIR_RETURN_IF_ERROR(watch.Run(daemon, interrupt));
  // Every note is of facts that could not be shown: 'all there is' was not, then.
  return options.no_follow && watch.has_noted() ? ExitCode::kDifferent : ExitCode::kDone;
}

}  // namespace

void AddWatchCommand(CLI::App& app, Action* action) {
  auto options = std::make_shared<WatchOptions>();
  CLI::App* command = app.add_subcommand(
      "watch", "Facts as they come, a line each, until Ctrl-C (asks a node, or --hub)");
  CLI::Option* from_cursor = command
                                 ->add_option("--from-cursor", options->from_cursor,
                                              "Go on after this cursor, as --json printed it")
                                 ->type_name("CURSOR");
  CLI::Option* from_now = command->add_flag(
      "--from-now", options->from_now,
      "Leave out what is there already; where a cursor was kept, go on from that");
  from_now->excludes(from_cursor);
  command
      ->add_option("--cursor-file", options->cursor_file,
                   "Go on after the cursor in this file, and keep it there after each line")
      ->type_name("FILE")
      ->excludes(from_cursor);
  command->add_option("--kind", options->kinds, "Only facts of this kind; may be said again")
      ->allow_extra_args(false)
      ->check(CLI::IsMember(KindNames()));
  command->add_option("--shop", options->shop, "Only facts of this shop")->type_name("SHOP");
  command->add_flag("--no-follow", options->no_follow, "End once all that is there was shown");
  command->callback([options, action] {
    *action = [options](const Settings& settings) { return RunWatch(settings, *options); };
  });
}

}  // namespace comptoir::cli
