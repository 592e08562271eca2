// The configuration file of a daemon, with settings of every type and check: what is
// wrong is FAILED_PRECONDITION with the file's name, what is taken keeps its limits.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

#include <CLI/CLI.hpp>

#include "common/base/status.h"
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

void Run(std::string_view bytes) {
  const MemoryFile file(bytes);
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
  };
}

}  // namespace
}  // namespace settings_fuzz

constinit const Fuzzer kSettingsFuzzer{"settings", settings_fuzz::Run, settings_fuzz::Seeds};

}  // namespace comptoir::fuzz
