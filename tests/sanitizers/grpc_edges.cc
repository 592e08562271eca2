// What the thread sanitizer cannot see by itself: the distribution's gRPC and
// Abseil are built without it, so that it takes every hand-over between their
// threads for a race. Instead of suppressing reports, which hides races of our
// own, the program defines the few functions of those libraries that order
// memory, calls the real ones, and tells the sanitizer of the order they make:
//
// - all before an unlock of a mutex happens before all after its next lock;
// - all before a batch is started happens before its completion is seen;
// - all before any thread gives back its hold of a call happens before its end.
//
// Linked into every program of a thread-sanitizer build, itself not
// instrumented. Never part of the product.
#include <absl/synchronization/mutex.h>
#include <grpc/grpc.h>
#include <grpcpp/support/server_callback.h>
#include <link.h>

#include <atomic>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "tests/sanitizers/edges.h"

extern "C" {
// Accesses that those libraries make through intercepted functions (memcpy,
// free) are theirs to order. What our own code does stays checked.
const char* __tsan_default_options() {
  return "ignore_noninstrumented_modules=1:halt_on_error=1:second_deadlock_stack=1";
}
}

using comptoir::sanitizers::Real;

namespace {

// A lock that the sanitizer does not see either, lest it order our own threads.
class UnseenLock {
 public:
  explicit UnseenLock(std::atomic_flag* flag) : flag_(flag) {
    while (flag_->test_and_set(std::memory_order_acquire)) {
    }
  }
  ~UnseenLock() { flag_->clear(std::memory_order_release); }
  UnseenLock(const UnseenLock&) = delete;
  UnseenLock& operator=(const UnseenLock&) = delete;

 private:
  std::atomic_flag* const flag_;
};

// Is `address` machine code of a library that was there at start?
bool IsCode(uintptr_t address) {
  using Ranges = std::vector<std::pair<uintptr_t, uintptr_t>>;
  static const Ranges* const code = [] {
    auto* ranges = new Ranges;
    dl_iterate_phdr(
        [](dl_phdr_info* library, size_t, void* out) {
          for (int i = 0; i < library->dlpi_phnum; ++i) {
            const auto& part = library->dlpi_phdr[i];
            if (part.p_type != PT_LOAD || (part.p_flags & PF_X) == 0) continue;
            const uintptr_t first = library->dlpi_addr + part.p_vaddr;
            static_cast<Ranges*>(out)->emplace_back(first, first + part.p_memsz);
          }
          return 0;
        },
        ranges);
    return ranges;
  }();
  for (const auto& [first, end] : *code) {
    if (address >= first && address < end) return true;
  }
  return false;
}

using Functor = grpc_completion_queue_functor;
using Run = void (*)(Functor*, int);

// What each functor in flight runs in truth.
std::atomic_flag runs_lock = ATOMIC_FLAG_INIT;
std::unordered_map<Functor*, Run>& Runs() {
  static auto* const runs = new std::unordered_map<Functor*, Run>;
  return *runs;
}

void RunAfterBatch(Functor* functor, int ok) {
  Run run = nullptr;
  {
    UnseenLock lock(&runs_lock);
    run = Runs()[functor];
  }
  __tsan_acquire(functor);
  run(functor, ok);
}

// A tag is a functor where calls complete by callback, else an object with
// virtual functions: its first word points to code, or to a table of them.
void WatchCompletion(void* tag) {
  auto* const functor = static_cast<Functor*>(tag);
  if (functor == nullptr || functor->functor_run == RunAfterBatch) return;
  if (!IsCode(reinterpret_cast<uintptr_t>(functor->functor_run))) return;
  UnseenLock lock(&runs_lock);
  Runs()[functor] = functor->functor_run;
  functor->functor_run = RunAfterBatch;
}

}  // namespace

extern "C" {

grpc_call_error grpc_call_start_batch(grpc_call* call, const grpc_op* ops, size_t count, void* tag,
                                      void* reserved) {
  static auto* const real = Real<decltype(grpc_call_start_batch)>("grpc_call_start_batch");
  WatchCompletion(tag);
  __tsan_release(tag);
  return real(call, ops, count, tag, reserved);
}

grpc_event grpc_completion_queue_next(grpc_completion_queue* queue, gpr_timespec deadline,
                                      void* reserved) {
  static auto* const real =
      Real<decltype(grpc_completion_queue_next)>("grpc_completion_queue_next");
  const grpc_event event = real(queue, deadline, reserved);
  if (event.type == GRPC_OP_COMPLETE) __tsan_acquire(event.tag);
  return event;
}

grpc_event grpc_completion_queue_pluck(grpc_completion_queue* queue, void* tag,
                                       gpr_timespec deadline, void* reserved) {
  static auto* const real =
      Real<decltype(grpc_completion_queue_pluck)>("grpc_completion_queue_pluck");
  const grpc_event event = real(queue, tag, deadline, reserved);
  if (event.type == GRPC_OP_COMPLETE) __tsan_acquire(event.tag);
  return event;
}

}  // extern "C"

namespace grpc::internal {

// Holds are given back by a decrement that the sanitizer sees where our own code
// is the last to make it, and not where the library is.
void ServerCallbackCall::ScheduleOnDone(bool inline_ondone) {
  static auto* const real = Real<void(ServerCallbackCall*, bool)>(
      "_ZN4grpc8internal18ServerCallbackCall14ScheduleOnDoneEb");
  __tsan_acquire(&callbacks_outstanding_);
  real(this, inline_ondone);
}

}  // namespace grpc::internal

namespace absl {
ABSL_NAMESPACE_BEGIN

// The names are as the distribution's Abseil mangles them; another release
// fails to find them at once.
void Mutex::Lock() {
  static auto* const real = Real<void(Mutex*)>("_ZN4absl7debian35Mutex4LockEv");
  real(this);
  __tsan_acquire(this);
}

void Mutex::Unlock() {
  static auto* const real = Real<void(Mutex*)>("_ZN4absl7debian35Mutex6UnlockEv");
  __tsan_release(this);
  real(this);
}

bool Mutex::TryLock() {
  static auto* const real = Real<bool(Mutex*)>("_ZN4absl7debian35Mutex7TryLockEv");
  const bool locked = real(this);
  if (locked) __tsan_acquire(this);
  return locked;
}

void CondVar::Wait(Mutex* mutex) {
  static auto* const real =
      Real<void(CondVar*, Mutex*)>("_ZN4absl7debian37CondVar4WaitEPNS0_5MutexE");
  __tsan_release(mutex);
  real(this, mutex);
  __tsan_acquire(mutex);
}

bool CondVar::WaitWithTimeout(Mutex* mutex, Duration timeout) {
  static auto* const real = Real<bool(CondVar*, Mutex*, Duration)>(
      "_ZN4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE");
  __tsan_release(mutex);
  const bool timed_out = real(this, mutex, timeout);
  __tsan_acquire(mutex);
  return timed_out;
}

bool CondVar::WaitWithDeadline(Mutex* mutex, Time deadline) {
  static auto* const real = Real<bool(CondVar*, Mutex*, Time)>(
      "_ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE");
  __tsan_release(mutex);
  const bool timed_out = real(this, mutex, deadline);
  __tsan_acquire(mutex);
  return timed_out;
}

ABSL_NAMESPACE_END
}  // namespace absl
