// Stands between the store's engine and the disk: counts the flushes that it
// asks for, and can fail them. It replaces the C library's fdatasync in the
// test's process, so nothing in the product knows of it.
#pragma once

namespace comptoir::store {

// Flushes asked for since the process started.
int Flushes();

// While one lives, every flush fails with an input/output error.
class FlushFault {
 public:
  FlushFault();
  ~FlushFault();
  FlushFault(const FlushFault&) = delete;
  FlushFault& operator=(const FlushFault&) = delete;
};

// While one lives, flushes by other threads than its maker's wait. Once told to,
// they fail with an input/output error as soon as the maker's thread flushes.
class OthersFlushFault {
 public:
  OthersFlushFault();
  ~OthersFlushFault();
  OthersFlushFault(const OthersFlushFault&) = delete;
  OthersFlushFault& operator=(const OthersFlushFault&) = delete;

  // Until some thread waits.
  void AwaitOne();
  void FailOnNextOwn();
};

}  // namespace comptoir::store
