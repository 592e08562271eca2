// Files that programs are told to read. The configuration of a daemon, with settings of
// every type and check: what is wrong is FAILED_PRECONDITION with the file's name, what is
// taken keeps its limits. Of the command line, its settings and the cursor that 'watch'
// left: INVALID_ARGUMENT with the file's name, or all that stands there.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include <CLI/CLI.hpp>

#include "cli/config_file.h"
#include "cli/cursor_file.h"
#include "common/base/status.h"
#include "common/base/utf8.h"
#include "common/daemon/address.h"
#include "common/daemon/settings.h"
#include "tests/fuzz/fuzzers.h"

namespace comptoir::fuzz {
namespace settings_fuzz {
namespace {

// A file of these bytes that no other process sees.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : descriptor_(memfd_create("settings", 0)) {
    COMPTOIR_CHECK(descriptor_ >= 0);
    COMPTOIR_CHECK(write(descriptor_, bytes.data(), bytes.size()) ==
                   static_cast<ssize_t>(bytes.size()));
  }
  ~MemoryFile() { close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  const int descriptor_;
};

absl::Status CheckAddress(std::string_view what, const std::string& value) {
  return daemon::ParseAddress(what, value).status();
}

void CheckRefused(const absl::Status& status, const MemoryFile& file) {
  COMPTOIR_CHECK(absl::IsInvalidArgument(status));
  COMPTOIR_CHECK(status.message().find(file.path()) != absl::string_view::npos);
  COMPTOIR_CHECK(IsUtf8({status.message().data(), status.message().size()}));
}

// In quotes of TOML, whatever it holds.
std::string InQuotes(std::string_view text) {
  std::string quoted = "\"";
  for (std::string_view rest = text; !rest.empty();) {
    char32_t code_point = 0;
    const std::string_view before = rest;
    COMPTOIR_CHECK(ConsumeCodePoint(&rest, &code_point));
    char escaped[16];
    std::snprintf(escaped, sizeof(escaped), "\\U%08x", static_cast<unsigned>(code_point));
    quoted += code_point < ' ' || code_point == '"' || code_point == '\\' || code_point == 0x7f
                  ? escaped
                  : std::string(before.substr(0, before.size() - rest.size()));
  }
  return quoted + "\"\n";
}

bool IsSame(const cli::Environment& one, const cli::Environment& other) {
  return one.node == other.node && one.hub == other.hub && one.identity == other.identity;
}

void RunConfig(const MemoryFile& file) {
  cli::Environment environment;
  environment.hub = "kept";
  const absl::Status status = cli::ReadConfigFile(file.path(), &environment);
  COMPTOIR_CHECK(environment.hub == "kept" && environment.config.empty());
  if (!status.ok()) return CheckRefused(status, file);
  cli::Environment read;
  COMPTOIR_CHECK(cli::ReadConfigFile(file.path(), &read).ok());
  COMPTOIR_CHECK(read.node == environment.node && read.identity == environment.identity);
  const MemoryFile written("node = " + InQuotes(read.node) + "hub = " + InQuotes(read.hub) +
                           "identity = " + InQuotes(read.identity));
  cli::Environment again;
  COMPTOIR_CHECK(cli::ReadConfigFile(written.path(), &again).ok() && IsSame(again, read));
}

void RunCursorFile(const MemoryFile& file, std::string_view bytes) {
  const auto cursor = cli::ReadCursorFile(file.path());
  const auto parsed = cli::ParseCursor(bytes);
  COMPTOIR_CHECK(cursor.ok() == parsed.ok());
  if (!cursor.ok()) return CheckRefused(cursor.status(), file);
  COMPTOIR_CHECK(!cursor->empty() && *cursor == *parsed);
}

void RunDaemon(const MemoryFile& file) {
  CLI::App app;
  daemon::Settings settings(app);
  std::string data;
  std::string listen = "127.0.0.1:7400";
  uint64_t cache_mib = 64;
  settings.Add("data", &data, "data folder");
  settings.Add("listen", &listen, "where to listen", CheckAddress);
  settings.AddNumber("cache-mib", &cache_mib, 16, 1'024, "memory");
  app.parse("--config " + file.path());
  const absl::Status status = settings.Resolve();
  COMPTOIR_CHECK(cache_mib >= 16 && cache_mib <= 1'024);
  COMPTOIR_CHECK(daemon::ParseAddress("listen", listen).ok());
  if (status.ok()) return;
  COMPTOIR_CHECK(absl::IsFailedPrecondition(status));
  COMPTOIR_CHECK(status.message().find(file.path()) != absl::string_view::npos);
}

void Run(std::string_view bytes) {
  const MemoryFile file(bytes);
  RunDaemon(file);
  RunConfig(file);
  RunCursorFile(file, bytes);
}

std::vector<std::string> Seeds() {
  return {
      "data = \"/var/lib/comptoir\"\nlisten = \"[::]:7400\"\ncache-mib = 128\n",
      "# a comment\ndata = 'a' # another\ncache-mib = 0x80\n",
      "cache-mib = 9223372036854775807\n",
      "cache-mib = \"128\"\n",
      "listen = 7400\n",
      "data = \"\"\"\nseveral\nlines\\u00e9\"\"\"\n",
      "[data]\nx = 1\n",
      "data.x = [1, {y = 2020-01-01T00:00:00Z}, inf, nan, 1e9]\n",
      "unknown = true\n",
      "data = \"a\"\ndata = \"b\"\n",
      "a = [[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]\n",
      "",
      "\xff\xfe\n",
      "node = \"127.0.0.1:7401\"\nhub = '[::1]:7400'\nidentity = \"/etc/op\u00e9rateur.pem\"\n",
      "hub = \"\"\"\na\\tb\\u0000\"\"\"\n",
      "node.x = \"a\"\n",
      "identity = 7\n",
      "\"\\u0007\" = \"a\"\n",
      "AXdhdGNo\n",
      " QQ==\r\n\r\n",
  };
}

}  // namespace
}  // namespace settings_fuzz

constinit const Fuzzer kSettingsFuzzer{"settings", settings_fuzz::Run, settings_fuzz::Seeds};

}  // namespace comptoir::fuzz
