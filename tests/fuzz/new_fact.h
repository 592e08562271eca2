// An empty fact of each kind, to parse what stands in an entry into.
#pragma once

#include <cstdint>
#include <memory>

#include "google/protobuf/message.h"

namespace comptoir::fuzz {

// One of `kind`, empty; null for a kind that this build does not know.
std::unique_ptr<google::protobuf::Message> NewFact(uint32_t kind);

}  // namespace comptoir::fuzz
