#include "cli/interrupt.h"

#include <utility>

namespace comptoir::cli {
namespace {

constexpr int kEndOfLoop = SIGUSR2;

}  // namespace

Interrupt::Interrupt() {
  sigemptyset(&signals_);
  for (const int number : {SIGINT, SIGTERM, kEndOfLoop}) sigaddset(&signals_, number);
  pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  thread_ = std::thread([this] { Loop(); });
}

Interrupt::~Interrupt() {
  pthread_kill(thread_.native_handle(), kEndOfLoop);
  thread_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Interrupt::Loop() {
  int number = 0;
  while (sigwait(&signals_, &number) == 0 && number != kEndOfLoop) {
    MutexLock lock(&mutex_);
    has_come_ = true;
    came_.SignalAll();
    if (listener_) listener_();
  }
}

bool Interrupt::has_come() const {
  MutexLock lock(&mutex_);
  return has_come_;
}

void Interrupt::OnCome(std::function<void()> listener) {
  MutexLock lock(&mutex_);
  listener_ = std::move(listener);
  if (has_come_ && listener_) listener_();
}

bool Interrupt::WaitFor(std::chrono::milliseconds patience) {
  const auto due = std::chrono::steady_clock::now() + patience;
  MutexLock lock(&mutex_);
  while (!has_come_) {
    const auto left = due - std::chrono::steady_clock::now();
    if (left <= left.zero()) break;
    came_.WaitFor(&mutex_, left);
  }
  return has_come_;
}

}  // namespace comptoir::cli
