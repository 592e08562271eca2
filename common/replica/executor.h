// A few threads that run tasks, and strands: tasks of one strand run one at a
// time, in order, so that what they touch needs no lock.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "common/base/mutex.h"

namespace comptoir::replica {

using Task = std::function<void()>;

// Thread use: any. With no threads, RunOne runs the tasks, and one thread alone
// may use it: so that a simulator says what runs when.
class Executor {
 public:
  explicit Executor(size_t threads);
  // Runs what is queued, then joins. Tasks queued meanwhile run too.
  ~Executor();
  void Run(Task task);
  // With no threads: runs one queued task here; that which came `choice` after the
  // oldest, counted around, as threads may overtake each other. False: none is queued.
  bool RunOne(size_t choice = 0);

 private:
  void Loop();

  Mutex mutex_;
  CondVar work_;
  std::deque<Task> tasks_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

// Thread use: any. Must be owned by a shared_ptr: queued tasks keep it alive.
class Strand : public std::enable_shared_from_this<Strand> {
 public:
  explicit Strand(Executor& executor) : executor_(executor) {}
  void Run(Task task);

 private:
  void Drain();

  Executor& executor_;
  Mutex mutex_;
  std::deque<Task> tasks_ ABSL_GUARDED_BY(mutex_);
  bool scheduled_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace comptoir::replica
