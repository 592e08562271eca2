// Multi-value registers as rows of the registers table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/crdt/multi_value_register.h"
#include "common/retail/fact.h"
#include "common/store/store.h"
#include "comptoir/journal/v1/journal.pb.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace comptoir::retail {

// One of the two is used, by the register's subject.
struct RegisterValue {
  std::string text;    // names, places, codes, GTINs
  int64_t number = 0;  // units, prices in cents, rates in basis points

  bool operator==(const RegisterValue&) const = default;
};
using Register = crdt::MultiValueRegister<RegisterValue>;

// DATA_LOSS for bytes that EncodeRegister does not write.
absl::StatusOr<Register> DecodeRegister(std::string_view row);
// Equal registers give equal bytes (I1).
std::string EncodeRegister(const Register& values);

// Nullopt where nobody wrote it.
absl::StatusOr<std::optional<Register>> ReadRegister(const store::Reader& reader,
                                                     std::string_view key);

using References = google::protobuf::RepeatedPtrField<journal::v1::Reference>;

// Folds one write of `fact` into the register at `key`, and keeps its row of
// conflicts in step.
absl::Status FoldWrite(const Fact& fact, std::string_view key, RegisterValue value,
                       const References& replaces, store::Transaction& transaction);

// What a new write to this register replaces: all values that stand, at most
// kReplacedWritesMax.
void AppendReplaced(const Register& values, References* replaces);

}  // namespace comptoir::retail
