#include "common/daemon/supervisor.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <vector>

#include "tests/support/fixed_sources.h"
#include "tests/support/notify_socket.h"
#include "tests/support/temporary_folder.h"

namespace comptoir::testing {
namespace {

// A daemon whose disk answers, or not, at the test's word.
class SupervisorTest : public ::testing::Test {
 protected:
  SupervisorTest() { setenv("WATCHDOG_USEC", "60000000", 1); }
  ~SupervisorTest() override { unsetenv("WATCHDOG_USEC"); }

  std::unique_ptr<daemon::Supervisor> Start() {
    return std::make_unique<daemon::Supervisor>(daemon::Supervisor::Wiring{
        &health_,
        [this](bool serving) {
          serving_ = serving;
          ++told_;
        },
        [] { return "serving, 3 nodes connected"; }, [this] { ++minutes_; }});
  }
  // All that has come by now.
  std::vector<std::string> Heard() {
    std::vector<std::string> heard;
    for (std::string one = manager_.Received(); !one.empty(); one = manager_.Received()) {
      heard.push_back(one);
    }
    return heard;
  }
  static size_t CountOf(const std::vector<std::string>& heard, const std::string& message) {
    return static_cast<size_t>(std::count(heard.begin(), heard.end(), message));
  }

  TemporaryFolder folder_;
  NotifySocket manager_{folder_ / "notify"};
  FixedClock clock_;
  std::atomic<int64_t> last_commit_ms_ = 0;
  std::atomic<bool> disk_answers_ = true;
  std::atomic<bool> serving_ = false;
  std::atomic<int> told_ = 0;
  std::atomic<int> minutes_ = 0;
  daemon::Health health_{{&clock_, [this] { return last_commit_ms_.load(); },
                          [this] {
                            if (disk_answers_) last_commit_ms_ = clock_.BootMillis();
                            return absl::OkStatus();
                          }}};
};

TEST_F(SupervisorTest, ServesAndFeedsTheWatchdogOnceProbed) {
  const auto supervisor = Start();
  EXPECT_TRUE(serving_);
  EXPECT_EQ(told_, 1);
  EXPECT_EQ(minutes_, 1);
  const auto heard = Heard();
  EXPECT_GE(CountOf(heard, "WATCHDOG=1"), 1U);
  EXPECT_EQ(CountOf(heard, "STATUS=serving, 3 nodes connected"), 1U);
}

TEST_F(SupervisorTest, ADaemonThatCannotCommitIsNotFed) {
  disk_answers_ = false;
  {
    const auto supervisor = Start();
    EXPECT_FALSE(serving_);
    supervisor->Tick();
  }
  const auto heard = Heard();
  EXPECT_EQ(CountOf(heard, "WATCHDOG=1"), 0U);
  EXPECT_EQ(CountOf(heard, "STATUS=not serving: no write has reached the disk yet"), 1U);
}

TEST_F(SupervisorTest, TellsWhenThatChangesAndNotOftener) {
  disk_answers_ = false;
  last_commit_ms_ = clock_.BootMillis();
  const auto supervisor = Start();
  EXPECT_TRUE(serving_);
  clock_.Advance(daemon::kCommitAgeMsMax + 1'000);
  supervisor->Tick();
  EXPECT_FALSE(serving_);
  Heard();
  supervisor->Tick();
  EXPECT_EQ(CountOf(Heard(), "WATCHDOG=1"), 0U);
  last_commit_ms_ = clock_.BootMillis();
  supervisor->Tick();
  EXPECT_TRUE(serving_);
  EXPECT_EQ(told_, 3);
  EXPECT_GE(CountOf(Heard(), "WATCHDOG=1"), 1U);
}

TEST_F(SupervisorTest, FeedsNobodyWhoDidNotAsk) {
  unsetenv("WATCHDOG_USEC");
  { const auto supervisor = Start(); }
  EXPECT_EQ(CountOf(Heard(), "WATCHDOG=1"), 0U);
}

}  // namespace
}  // namespace comptoir::testing
