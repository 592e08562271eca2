#include "common/daemon/supervisor.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/daemon/lifecycle.h"
#include "common/platform/logging.h"

namespace comptoir::daemon {
namespace {

constexpr int kTickSeconds = 1;
constexpr int kProbeSeconds = static_cast<int>(kProbeAfterMs / 1000);
// Ticks between two looks at what the service manager shows of us.
constexpr uint64_t kStatusTicks = 5;
constexpr uint64_t kMinuteTicks = 60;

}  // namespace

Supervisor::Supervisor(Wiring wiring)
    : wiring_(std::move(wiring)), watched_(ServiceManagerWatches()) {
  wiring_.health->Probe();
  Tick();
  ticker_ = std::thread([this] { Repeat(kTickSeconds, [this] { Tick(); }); });
  prober_ = std::thread([this] { Repeat(kProbeSeconds, [this] { wiring_.health->Probe(); }); });
}

Supervisor::~Supervisor() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
    wake_.SignalAll();
  }
  ticker_.join();
  prober_.join();
}

void Supervisor::Repeat(int seconds, const std::function<void()>& task) {
  auto next = std::chrono::steady_clock::now();
  MutexLock lock(&mutex_);
  while (!stopping_) {
    next += std::chrono::seconds(seconds);
    for (auto left = next - std::chrono::steady_clock::now(); !stopping_ && left > left.zero();
         left = next - std::chrono::steady_clock::now()) {
      wake_.WaitFor(&mutex_, left);
    }
    if (stopping_) return;
    mutex_.Unlock();
    task();
    mutex_.Lock();
  }
}

void Supervisor::Tick() {
  const absl::Status health = wiring_.health->Check();
  if (serving_ != health.ok()) {
    wiring_.set_serving(health.ok());
    if (!health.ok()) {
      platform::Log(platform::LogLevel::kError, "not serving",
                    {{"why", std::string(health.message())}});
    } else if (serving_.has_value()) {
      platform::Log(platform::LogLevel::kInfo, "serving again");
    }
    serving_ = health.ok();
  }
  // A full disk is no hang: it sells again by itself, and a new start would not.
  const bool alive = health.ok() || absl::IsResourceExhausted(health);
  if (watched_ && alive) NotifyServiceManager("WATCHDOG=1");
  if (wiring_.each_minute && ticks_ % kMinuteTicks == 0) wiring_.each_minute();
  if (ticks_++ % kStatusTicks != 0) return;
  std::string line =
      health.ok() ? wiring_.status_line() : absl::StrCat("not serving: ", health.message());
  if (line == told_) return;
  told_ = std::move(line);
  NotifyServiceManager(absl::StrCat("STATUS=", told_));
}

}  // namespace comptoir::daemon
