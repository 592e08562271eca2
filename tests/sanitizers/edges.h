// Standing before a function of a library, to tell the thread sanitizer of the
// order that it makes. For files that are themselves not instrumented.
#pragma once

#include <dlfcn.h>

#include <cstdlib>

extern "C" {
void __tsan_acquire(void* address);
void __tsan_release(void* address);
}

namespace comptoir::sanitizers {

// The definition that the caller's stands before; another release of the library,
// with other names, stops the program here.
template <typename Function>
Function* Real(const char* symbol) {
  void* const found = dlsym(RTLD_NEXT, symbol);
  if (found == nullptr) std::abort();
  return reinterpret_cast<Function*>(found);
}

}  // namespace comptoir::sanitizers
