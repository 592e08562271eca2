#include "common/daemon/lifecycle.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string>

#include "common/daemon/exit_code.h"
#include "tests/support/temporary_folder.h"

namespace comptoir::daemon {
namespace {

// What a service manager listens on.
class NotifySocket {
 public:
  // `name` as in NOTIFY_SOCKET: a path, or '@' and a name of the abstract kind.
  explicit NotifySocket(const std::string& name)
      : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name.front() == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(bind(socket_, reinterpret_cast<const sockaddr*>(&address), size), 0);
    setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  ~NotifySocket() {
    unsetenv("NOTIFY_SOCKET");
    close(socket_);
  }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  std::string Received() {
    std::array<char, 128> buffer;
    const ssize_t size = recv(socket_, buffer.data(), buffer.size(), 0);
    return size < 0 ? "" : std::string(buffer.data(), static_cast<size_t>(size));
  }

 private:
  const int socket_;
};

TEST(Lifecycle, TellsTheServiceManagerByPath) {
  const testing::TemporaryFolder folder;
  NotifySocket manager(folder / "notify");
  NotifyServiceManager("READY=1");
  EXPECT_EQ(manager.Received(), "READY=1");
  NotifyServiceManager("STOPPING=1");
  EXPECT_EQ(manager.Received(), "STOPPING=1");
}

TEST(Lifecycle, TellsTheServiceManagerByAbstractName) {
  NotifySocket manager("@comptoir-lifecycle-test-" + std::to_string(getpid()));
  NotifyServiceManager("READY=1");
  EXPECT_EQ(manager.Received(), "READY=1");
}

TEST(Lifecycle, SaysNothingWhereNobodyManages) {
  unsetenv("NOTIFY_SOCKET");
  NotifyServiceManager("READY=1");
  setenv("NOTIFY_SOCKET", "", 1);
  NotifyServiceManager("READY=1");
  setenv("NOTIFY_SOCKET", std::string(1'000, 'x').c_str(), 1);
  NotifyServiceManager("READY=1");
  setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1);
  NotifyServiceManager("READY=1");
  unsetenv("NOTIFY_SOCKET");
}

TEST(Lifecycle, AnnouncesOnOneLine) {
  ::testing::internal::CaptureStdout();
  AnnounceReady("sync=127.0.0.1:7400 web=127.0.0.1:7401");
  EXPECT_EQ(::testing::internal::GetCapturedStdout(),
            "ready sync=127.0.0.1:7400 web=127.0.0.1:7401\n");
}

// In a process of its own: signals are blocked for good.
TEST(LifecycleDeathTest, WaitsForTheSignalThatItAsksFor) {
  const auto wait = [](int number) {
    BlockTerminationSignals();
    if (number == 0) {
      RequestTermination();
    } else {
      kill(getpid(), number);
    }
    _exit(WaitForTermination());
  };
  EXPECT_EXIT(wait(0), ::testing::ExitedWithCode(SIGTERM), "");
  EXPECT_EXIT(wait(SIGINT), ::testing::ExitedWithCode(SIGINT), "");
}

TEST(LifecycleDeathTest, ADrainThatTakesTooLongIsCutShort) {
  const auto drain = [] {
    LimitDrain(20);
    while (true) pause();
  };
  EXPECT_EXIT(drain(), ::testing::ExitedWithCode(kExitTemporary), "took too long");
}

TEST(LifecycleDeathTest, ABrokenPipeIsNoSignal) {
  const auto write_to_nobody = [] {
    BlockTerminationSignals();
    std::array<int, 2> ends;
    if (pipe(ends.data()) != 0) _exit(1);
    close(ends[0]);
    _exit(write(ends[1], "x", 1) < 0 ? 0 : 2);
  };
  EXPECT_EXIT(write_to_nobody(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace comptoir::daemon
