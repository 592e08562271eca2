// Altering an input: bytes, the parts of a sequence, the fields of a message. The
// same seed gives the same alteration.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"

namespace comptoir::fuzz {

// One thread.
class Alterer {
 public:
  // Alters some bytes in place, may lengthen or shorten them.
  using Bytes = std::function<void(std::string*, Alterer&)>;

  // `bytes`: how bytes are altered; null for a way of its own.
  explicit Alterer(uint64_t seed, Bytes bytes = nullptr);

  // Uniform below `limit`, which is above zero.
  size_t Below(size_t limit) { return static_cast<size_t>(random_() % limit); }
  bool OneIn(size_t n) { return Below(n) == 0; }

  void AlterBytes(std::string* bytes);
  // A number near a limit, near `value`, or any.
  uint64_t AlterNumber(uint64_t value);
  // One field, however deep; absent ones may appear and present ones go.
  void AlterMessage(google::protobuf::Message* message);
  // Drops, repeats, swaps or (through `alter`) alters one.
  void AlterParts(std::vector<std::string>* parts,
                  const std::function<void(std::string*, Alterer&)>& alter);
  // `bytes` as Message, altered; as bytes where they do not parse, and now and then.
  template <typename Message>
  void AlterEncoded(std::string* bytes) {
    Message message;
    if (OneIn(8) || !message.ParseFromString(*bytes)) return AlterBytes(bytes);
    AlterMessage(&message);
    *bytes = message.SerializePartialAsString();
  }

 private:
  using Field = google::protobuf::FieldDescriptor;
  void AlterField(google::protobuf::Message* message, const Field* field);
  void AlterList(google::protobuf::Message* message, const Field* field);
  void AlterText(std::string* text);

  std::mt19937_64 random_;
  const Bytes bytes_;
};

// A sequence of parts: (varint length ‖ bytes) each. Whatever the bytes, they are
// some sequence: a length past the end takes what there is.
std::vector<std::string> SplitParts(std::string_view bytes);
std::string JoinParts(const std::vector<std::string>& parts);

}  // namespace comptoir::fuzz
