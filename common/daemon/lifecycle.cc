#include "common/daemon/lifecycle.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

#include "absl/strings/numbers.h"
#include "common/daemon/exit_code.h"
#include "common/platform/logging.h"

namespace comptoir::daemon {
namespace {

sigset_t TerminationSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

void BlockTerminationSignals() {
  const sigset_t signals = TerminationSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // A peer that goes away is an error of its stream, not a signal.
  std::signal(SIGPIPE, SIG_IGN);
}

int WaitForTermination() {
  const sigset_t signals = TerminationSignals();
  int number = 0;
  sigwait(&signals, &number);
  return number;
}

void LimitDrain(int milliseconds) {
  std::thread([milliseconds] {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    platform::Log(platform::LogLevel::kError, "the drain took too long: ended in the middle of it",
                  {{"milliseconds", milliseconds}});
    std::_Exit(kExitTemporary);
  }).detach();
}

void RequestTermination() { kill(getpid(), SIGTERM); }

void NotifyServiceManager(std::string_view state) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const size_t length = std::strlen(path);
  if (length == 0 || length >= sizeof(address.sun_path)) return;
  std::memcpy(address.sun_path, path, length);
  // '@' stands for the zero byte of an abstract socket.
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const int socket_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket_fd < 0) return;
  sendto(socket_fd, state.data(), state.size(), MSG_NOSIGNAL,
         reinterpret_cast<const sockaddr*>(&address),
         static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length));
  close(socket_fd);
}

bool ServiceManagerWatches() {
  uint64_t microseconds = 0;
  const char* period = std::getenv("WATCHDOG_USEC");
  if (period == nullptr || !absl::SimpleAtoi(period, &microseconds) || microseconds == 0) {
    return false;
  }
  // Set for another process of the unit: it is fed by that one.
  const char* whose = std::getenv("WATCHDOG_PID");
  return whose == nullptr || whose == std::to_string(getpid());
}

void AnnounceReady(std::string_view line) {
  std::printf("ready %.*s\n", static_cast<int>(line.size()), line.data());
  std::fflush(stdout);
}

}  // namespace comptoir::daemon
