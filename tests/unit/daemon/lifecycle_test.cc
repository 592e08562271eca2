#include "common/daemon/lifecycle.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <string>

#include "common/daemon/exit_code.h"
#include "tests/support/notify_socket.h"
#include "tests/support/temporary_folder.h"

namespace comptoir::daemon {
namespace {

using testing::NotifySocket;

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

TEST(Lifecycle, KnowsWhetherItIsWatched) {
  unsetenv("WATCHDOG_USEC");
  EXPECT_FALSE(ServiceManagerWatches());
  setenv("WATCHDOG_USEC", "60000000", 1);
  EXPECT_TRUE(ServiceManagerWatches());
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  EXPECT_TRUE(ServiceManagerWatches());
  setenv("WATCHDOG_PID", "1", 1);
  EXPECT_FALSE(ServiceManagerWatches()) << "another process of the unit is";
  unsetenv("WATCHDOG_PID");
  for (const char* none : {"", "0", "soon"}) {
    setenv("WATCHDOG_USEC", none, 1);
    EXPECT_FALSE(ServiceManagerWatches()) << none;
  }
  unsetenv("WATCHDOG_USEC");
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
