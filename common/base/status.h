// Status plumbing and the one way to stop on a bug of our own. Bytes from
// outside never reach COMPTOIR_CHECK: they get a Status that says what to do.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define COMPTOIR_CONCAT_INNER(a, b) a##b
#define COMPTOIR_CONCAT(a, b) COMPTOIR_CONCAT_INNER(a, b)

#define COMPTOIR_RETURN_IF_ERROR(expression)                                \
  do {                                                                      \
    if (absl::Status comptoir_status = (expression); !comptoir_status.ok()) \
      return comptoir_status;                                               \
  } while (false)

#define COMPTOIR_ASSIGN_OR_RETURN(declaration, expression) \
  COMPTOIR_ASSIGN_OR_RETURN_IMPL(COMPTOIR_CONCAT(comptoir_or_, __LINE__), declaration, expression)
#define COMPTOIR_ASSIGN_OR_RETURN_IMPL(result, declaration, expression) \
  auto result = (expression);                                           \
  if (!result.ok()) return std::move(result).status();                  \
  declaration = *std::move(result)

// Stops the process with file and line when `condition` is false.
#define COMPTOIR_CHECK(condition)                                                        \
  do {                                                                                   \
    if (ABSL_PREDICT_FALSE(!(condition))) {                                              \
      std::fprintf(stderr, "%s:%d: check failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)
