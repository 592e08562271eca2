// The order between threads that write through RocksDB together, which the thread
// sanitizer cannot see in the distribution's build: the first of a group, its
// leader, applies the batches of all, and our merge operator reads them.
//
// - all before a writer joins a group happens before its leader goes to work;
// - all of the leader's work happens before the writers of its group go on.
#include <cstddef>

#include "tests/sanitizers/edges.h"

namespace rocksdb {

class Status;

// As the library has it; only the names matter here.
class WriteThread {
 public:
  struct Writer;
  struct WriteGroup;
  void JoinBatchGroup(Writer* writer);
  size_t EnterAsBatchGroupLeader(Writer* leader, WriteGroup* group);
  void ExitAsBatchGroupLeader(WriteGroup& group, Status& status);
};

void WriteThread::JoinBatchGroup(Writer* writer) {
  static auto* const real = comptoir::sanitizers::Real<void(WriteThread*, Writer*)>(
      "_ZN7rocksdb11WriteThread14JoinBatchGroupEPNS0_6WriterE");
  __tsan_release(this);
  real(this, writer);
  __tsan_acquire(this);
}

size_t WriteThread::EnterAsBatchGroupLeader(Writer* leader, WriteGroup* group) {
  static auto* const real = comptoir::sanitizers::Real<size_t(WriteThread*, Writer*, WriteGroup*)>(
      "_ZN7rocksdb11WriteThread23EnterAsBatchGroupLeaderEPNS0_6WriterEPNS0_10WriteGroupE");
  const size_t bytes = real(this, leader, group);
  __tsan_acquire(this);
  return bytes;
}

void WriteThread::ExitAsBatchGroupLeader(WriteGroup& group, Status& status) {
  static auto* const real = comptoir::sanitizers::Real<void(WriteThread*, WriteGroup&, Status&)>(
      "_ZN7rocksdb11WriteThread22ExitAsBatchGroupLeaderERNS0_10WriteGroupERNS_6StatusE");
  __tsan_release(this);
  real(this, group, status);
}

}  // namespace rocksdb
