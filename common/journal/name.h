// How a journal is called in sentences for people.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/ids.h"

namespace comptoir::journal {

// 16 hexadecimal digits.
inline std::string JournalName(JournalId journal) {
  return absl::StrCat(absl::Hex(journal.value(), absl::kZeroPad16));
}

}  // namespace comptoir::journal
