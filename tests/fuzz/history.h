// A history of entries, as the fuzzers write one down: parts (alter.h), each the
// number of a journal of SampleJournals and an entry's bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/alter.h"
#include "tests/support/samples.h"

namespace comptoir::fuzz {

std::vector<testing::Written> ReadHistory(std::string_view bytes);
std::string WriteHistory(const std::vector<testing::Written>& history);
// The entry's own fields or, mostly, those of the fact in it.
void AlterEntry(std::string* entry, Alterer& alterer);
void AlterHistory(std::string* bytes, Alterer& alterer);

}  // namespace comptoir::fuzz
