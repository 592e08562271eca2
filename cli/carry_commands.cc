#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "cli/render_admin.h"
#include "cli/written_file.h"
#include "common/base/status.h"
#include "common/base/utf8.h"
#include "comptoir/admin/v1/admin.grpc.pb.h"

namespace comptoir::cli {
namespace {

using admin::v1::AdminService;

constexpr size_t kCarriedBytes = 256 << 10;
constexpr uint64_t kKibibyte = 1 << 10;

struct CarryOutOptions {
  std::string file;
  admin::v1::CarryOutRequest request;
};

// ---- out ----

// Writes the stream's bytes into `file`; the last message holds the report.
absl::StatusOr<admin::v1::CarryOutReport> ReadCarryOut(const Settings& settings,
                                                       const Connection& daemon,
                                                       const CarryOutOptions& options,
                                                       WrittenFile& file) {
  AdminService::Stub stub(daemon.channel);
  grpc::ClientContext context;
  // A large ledger takes as long as it takes, unless the caller says otherwise.
  if (settings.timeout) context.set_deadline(DeadlineOf(settings, *settings.timeout));
  const auto stream = stub.CarryOut(&context, options.request);
  admin::v1::CarryOutPart part;
  bool has_report = false;
  ProgressLine line(settings, "entries");
  while (stream->Read(&part)) {
    if (absl::Status written = file.Write(part.chunk()); !written.ok()) {
      context.TryCancel();
      (void)stream->Finish();  // what stopped it is known
      return written;
    }
    line.Show(part.done_entries(), part.total_entries());
    has_report = part.has_report();
  }
  const grpc::Status status = stream->Finish();
  if (!status.ok()) return CallFailure(status, context, daemon.address);
  if (has_report) return part.report();
  return CallFailure(
      grpc::Status(grpc::StatusCode::INTERNAL, "carrying out ended without a report"), "",
      daemon.address);
}

absl::StatusOr<ExitCode> CarryOut(const Settings& settings, const CarryOutOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  COMPTOIR_ASSIGN_OR_RETURN(const auto file, WrittenFile::Create(options.file));
  COMPTOIR_ASSIGN_OR_RETURN(const admin::v1::CarryOutReport report,
                            ReadCarryOut(settings, daemon, options, *file));
  COMPTOIR_RETURN_IF_ERROR(file->Commit());
  if (settings.json) {
    *settings.out << MessageJson(report) << "\n";
  } else {
    RenderCarryOut(report, options.file, *settings.out);
  }
  return report.gaps().empty() ? ExitCode::kDone : ExitCode::kRefused;
}

// ---- in ----

struct OpenFile {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file;
  uint64_t bytes = 0;
};

absl::StatusOr<OpenFile> OpenToRead(const std::string& path) {
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown)) {
    return absl::InvalidArgumentError(path +
                                      ": is a folder; name the file in it that 'carry out' wrote");
  }
  OpenFile opened{{std::fopen(path.c_str(), "rb"), &std::fclose}};
  if (opened.file == nullptr) return absl::NotFoundError(path + ": " + std::strerror(errno));
  long end = -1;
  if (std::fseek(opened.file.get(), 0, SEEK_END) == 0) end = std::ftell(opened.file.get());
  if (end < 0 || std::fseek(opened.file.get(), 0, SEEK_SET) != 0) {
    return absl::InvalidArgumentError(path + ": " + std::strerror(errno));
  }
  opened.bytes = static_cast<uint64_t>(end);
  return opened;
}

// Sends the file until its end, or until the other end wants no more of it.
absl::Status SendFile(const Settings& settings, const OpenFile& opened, const std::string& path,
                      grpc::ClientWriter<admin::v1::CarryInPart>& stream) {
  ProgressLine line(settings, "KiB");
  uint64_t sent_bytes = 0;
  std::string chunk(kCarriedBytes, '\0');
  while (true) {
    const size_t count = std::fread(chunk.data(), 1, kCarriedBytes, opened.file.get());
    if (count > 0) {
      admin::v1::CarryInPart part;
      part.set_chunk(chunk.data(), count);
      if (!stream.Write(part)) return absl::OkStatus();
      sent_bytes += count;
      line.Show(sent_bytes / kKibibyte, opened.bytes / kKibibyte);
    }
    if (count == kCarriedBytes) continue;
    if (std::ferror(opened.file.get()) == 0) break;
    return absl::InvalidArgumentError(
        path + ": " + std::strerror(errno) + " after byte " + std::to_string(sent_bytes) +
        "; what came before it may have been taken: bring another copy, nothing is taken twice");
  }
  stream.WritesDone();
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> CarryIn(const Settings& settings, const std::string& path) {
  COMPTOIR_ASSIGN_OR_RETURN(const OpenFile opened, OpenToRead(path));
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  AdminService::Stub stub(daemon.channel);
  grpc::ClientContext context;
  if (settings.timeout) context.set_deadline(DeadlineOf(settings, *settings.timeout));
  admin::v1::CarryInReport report;
  const auto stream = stub.CarryIn(&context, &report);
  const absl::Status sent = SendFile(settings, opened, path, *stream);
  if (!sent.ok()) context.TryCancel();
  const grpc::Status status = stream->Finish();
  COMPTOIR_RETURN_IF_ERROR(sent);
  if (!status.ok()) {
    const absl::Status failure = CallFailure(status, context, daemon.address);
    if (!MayBeDone(failure)) return WithMessage(failure, path + ": " + status.error_message());
    return WithAdvice(failure, "bring the file again: what was taken is not taken twice");
  }
  if (settings.json) {
    *settings.out << MessageJson(report) << "\n";
  } else {
    RenderCarryIn(report, path, *settings.out);
  }
  const bool is_whole = report.broken().empty() && report.refusals().empty();
  return is_whole ? ExitCode::kDone : ExitCode::kRefused;
}

}  // namespace

void AddCarryCommands(CLI::App& app, Action* action) {
  CLI::App* carry =
      app.add_subcommand("carry", "Without any link: what the other side lacks, on a stick");
  carry->require_subcommand(1);

  auto out_options = std::make_shared<CarryOutOptions>();
  auto all = std::make_shared<bool>(false);
  auto shop = std::make_shared<std::string>();
  CLI::App* out = carry->add_subcommand(
      "out", "Write a file: at a node for the hub, at the hub (--hub) for one shop");
  out->add_option("file", out_options->file, "Where to; what has that name is replaced")
      ->required()
      ->type_name("FILE");
  out->add_option("--shop", *shop, "At the hub: code of the shop that will read it")
      ->type_name("SHOP");
  out->add_flag("--all", *all,
                "All that the other side may read, not only what it is not known "
                "to hold: after it lost its disk");
  out->callback([out_options, all, shop, action] {
    out_options->request.set_whole(*all);
    out_options->request.set_for_shop(*shop);
    *action = [out_options](const Settings& settings) { return CarryOut(settings, *out_options); };
  });

  auto in_file = std::make_shared<std::string>();
  CLI::App* in =
      carry->add_subcommand("in", "Take such a file in, at the hub (--hub) or at a node");
  in->add_option("file", *in_file, "What 'carry out' wrote at the other side")
      ->required()
      ->type_name("FILE");
  in->callback([in_file, action] {
    *action = [in_file](const Settings& settings) { return CarryIn(settings, *in_file); };
  });
}

}  // namespace comptoir::cli
