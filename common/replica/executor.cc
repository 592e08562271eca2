#include "common/replica/executor.h"

#include <utility>

#include "common/base/status.h"

namespace comptoir::replica {

Executor::Executor(size_t threads) {
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Loop(); });
}

Executor::~Executor() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
    work_.SignalAll();
  }
  if (threads_.empty()) {
    while (RunOne()) {
    }
  }
  for (std::thread& thread : threads_) thread.join();
}

void Executor::Run(Task task) {
  MutexLock lock(&mutex_);
  tasks_.push_back(std::move(task));
  work_.Signal();
}

bool Executor::RunOne(size_t choice) {
  COMPTOIR_CHECK(threads_.empty());
  Task task;
  {
    MutexLock lock(&mutex_);
    if (tasks_.empty()) return false;
    const auto chosen = tasks_.begin() + static_cast<ptrdiff_t>(choice % tasks_.size());
    task = std::move(*chosen);
    tasks_.erase(chosen);
  }
  task();
  return true;
}

void Executor::Loop() {
  while (true) {
    Task task;
    {
      MutexLock lock(&mutex_);
      while (tasks_.empty() && !stopping_) work_.Wait(&mutex_);
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

void Strand::Run(Task task) {
  {
    MutexLock lock(&mutex_);
    tasks_.push_back(std::move(task));
    if (scheduled_) return;
    scheduled_ = true;
  }
  executor_.Run([self = shared_from_this()] { self->Drain(); });
}

void Strand::Drain() {
  while (true) {
    Task task;
    {
      MutexLock lock(&mutex_);
      if (tasks_.empty()) {
        scheduled_ = false;
        return;
      }
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

}  // namespace comptoir::replica
