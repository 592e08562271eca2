#include "tests/fuzz/alter.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/bytes.h"

namespace comptoir::fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// One field of a message, or one element of a list in it (`index` not negative).
struct Slot {
  Message* message;
  const FieldDescriptor* field;
  int index;

  bool in_list() const { return index >= 0; }
  const Reflection* reflection() const { return message->GetReflection(); }
};

template <typename Integer, auto Get, auto GetInList, auto Set, auto SetInList>
void AlterInteger(const Slot& slot, Alterer& alterer) {
  const Reflection* reflection = slot.reflection();
  const Integer old = slot.in_list()
                          ? (reflection->*GetInList)(*slot.message, slot.field, slot.index)
                          : (reflection->*Get)(*slot.message, slot.field);
  const auto value = static_cast<Integer>(alterer.AlterNumber(static_cast<uint64_t>(old)));
  if (slot.in_list()) {
    (reflection->*SetInList)(slot.message, slot.field, slot.index, value);
  } else {
    (reflection->*Set)(slot.message, slot.field, value);
  }
}

void AlterNumberIn(const Slot& slot, Alterer& alterer) {
  using R = Reflection;
  switch (slot.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return AlterInteger<int32_t, &R::GetInt32, &R::GetRepeatedInt32, &R::SetInt32,
                          &R::SetRepeatedInt32>(slot, alterer);
    case FieldDescriptor::CPPTYPE_INT64:
      return AlterInteger<int64_t, &R::GetInt64, &R::GetRepeatedInt64, &R::SetInt64,
                          &R::SetRepeatedInt64>(slot, alterer);
    case FieldDescriptor::CPPTYPE_UINT32:
      return AlterInteger<uint32_t, &R::GetUInt32, &R::GetRepeatedUInt32, &R::SetUInt32,
                          &R::SetRepeatedUInt32>(slot, alterer);
    case FieldDescriptor::CPPTYPE_UINT64:
      return AlterInteger<uint64_t, &R::GetUInt64, &R::GetRepeatedUInt64, &R::SetUInt64,
                          &R::SetRepeatedUInt64>(slot, alterer);
    default:
      return;  // our messages have no other numbers
  }
}

}  // namespace

Alterer::Alterer(uint64_t seed, Bytes bytes) : random_(seed), bytes_(std::move(bytes)) {}

void Alterer::AlterBytes(std::string* bytes) {
  if (bytes_) return bytes_(bytes, *this);
  const size_t place = Below(bytes->size() + 1);
  const size_t count = std::min(Below(8) + 1, bytes->size() - place);
  switch (Below(6)) {
    case 0:
      bytes->erase(place, count);
      return;
    case 1:
      bytes->insert(place, bytes->substr(Below(bytes->size() + 1), 16));
      return;
    case 2:
      bytes->insert(place, Below(8) + 1, static_cast<char>(Below(256)));
      return;
    case 3:
      if (count > 0) (*bytes)[place] = static_cast<char>((*bytes)[place] ^ (1 << Below(8)));
      return;
    case 4:
      if (count > 0) (*bytes)[place] = static_cast<char>(Below(256));
      return;
    default:
      if (OneIn(4)) bytes->resize(place);
      return;
  }
}

uint64_t Alterer::AlterNumber(uint64_t value) {
  static constexpr std::array<uint64_t, 20> kEdges = {0,
                                                      1,
                                                      2,
                                                      3,
                                                      64,
                                                      100,
                                                      255,
                                                      1'000,
                                                      1'001,
                                                      10'000,
                                                      65'536,
                                                      1 << 20,
                                                      INT32_MAX,
                                                      UINT32_MAX,
                                                      uint64_t{1} << 40,
                                                      1'000'000'000'000,
                                                      1'000'000'000'001,
                                                      INT64_MAX,
                                                      uint64_t{1} << 63,
                                                      UINT64_MAX};
  switch (Below(5)) {
    case 0:
      return kEdges[Below(kEdges.size())];
    case 1:
      return 0 - kEdges[Below(kEdges.size())];
    case 2:
      return value + 1;
    case 3:
      return value - 1;
    default:
      return random_() >> Below(64);
  }
}

void Alterer::AlterText(std::string* text) {
  static constexpr std::array<std::string_view, 14> kWords = {
      "",    "carottes", "pommes", "herstal",       "outremeuse",    "herstal-1",
      "hub", "moulin",   "L47",    "4006381333931", "260101-abcdef", "0123456789abcdef",
      "-",   "é"};
  if (OneIn(3)) {
    *text = kWords[Below(kWords.size())];
  } else {
    AlterBytes(text);
  }
}

void Alterer::AlterList(Message* message, const Field* field) {
  const Reflection* reflection = message->GetReflection();
  const int size = reflection->FieldSize(*message, field);
  if (size > 0 && OneIn(4)) return reflection->RemoveLast(message, field);
  if (size > 1 && OneIn(4)) {
    return reflection->SwapElements(message, field, static_cast<int>(Below(size)),
                                    static_cast<int>(Below(size)));
  }
  const bool adds = size == 0 || OneIn(3);
  const int index = adds ? size : static_cast<int>(Below(size));
  const Slot slot{message, field, index};
  switch (field->cpp_type()) {
    case Field::CPPTYPE_MESSAGE: {
      if (!adds) return AlterMessage(reflection->MutableRepeatedMessage(message, field, index));
      Message* added = reflection->AddMessage(message, field);
      if (size > 0) added->CopyFrom(reflection->GetRepeatedMessage(*message, field, size - 1));
      return AlterMessage(added);
    }
    case Field::CPPTYPE_UINT32:
      if (adds) reflection->AddUInt32(message, field, 0);
      return AlterNumberIn(slot, *this);
    case Field::CPPTYPE_UINT64:
      if (adds) reflection->AddUInt64(message, field, 0);
      return AlterNumberIn(slot, *this);
    case Field::CPPTYPE_STRING: {
      std::string text = adds ? "" : reflection->GetRepeatedString(*message, field, index);
      AlterText(&text);
      if (adds) return reflection->AddString(message, field, std::move(text));
      return reflection->SetRepeatedString(message, field, index, std::move(text));
    }
    default:
      return;  // our messages have no other lists
  }
}

void Alterer::AlterField(Message* message, const Field* field) {
  const Reflection* reflection = message->GetReflection();
  if (field->is_repeated()) return AlterList(message, field);
  if (reflection->HasField(*message, field) && OneIn(6)) {
    return reflection->ClearField(message, field);
  }
  switch (field->cpp_type()) {
    case Field::CPPTYPE_MESSAGE:
      return AlterMessage(reflection->MutableMessage(message, field));
    case Field::CPPTYPE_ENUM:
      return reflection->SetEnumValue(message, field, static_cast<int>(Below(17)) - 1);
    case Field::CPPTYPE_BOOL:
      return reflection->SetBool(message, field, !reflection->GetBool(*message, field));
    case Field::CPPTYPE_STRING: {
      std::string text = reflection->GetString(*message, field);
      AlterText(&text);
      return reflection->SetString(message, field, std::move(text));
    }
    default:
      return AlterNumberIn({message, field, -1}, *this);
  }
}

void Alterer::AlterMessage(Message* message) {
  std::vector<const Field*> fields;
  // Mostly what is there: what is not would often be another kind of message.
  if (!OneIn(4)) message->GetReflection()->ListFields(*message, &fields);
  if (fields.empty()) {
    const auto* descriptor = message->GetDescriptor();
    for (int i = 0; i < descriptor->field_count(); ++i) fields.push_back(descriptor->field(i));
  }
  if (!fields.empty()) AlterField(message, fields[Below(fields.size())]);
}

void Alterer::AlterParts(std::vector<std::string>* parts,
                         const std::function<void(std::string*, Alterer&)>& alter) {
  if (parts->empty()) parts->emplace_back();
  const size_t place = Below(parts->size());
  switch (Below(8)) {
    case 0:
      parts->erase(parts->begin() + static_cast<ptrdiff_t>(place));
      return;
    case 1: {
      std::string copy = (*parts)[place];
      parts->insert(parts->begin() + static_cast<ptrdiff_t>(Below(parts->size() + 1)),
                    std::move(copy));
      return;
    }
    case 2:
      std::swap((*parts)[place], (*parts)[Below(parts->size())]);
      return;
    default:
      alter(&(*parts)[place], *this);
      return;
  }
}

std::vector<std::string> SplitParts(std::string_view bytes) {
  std::vector<std::string> parts;
  while (!bytes.empty()) {
    uint64_t size = 0;
    if (!ConsumeVarint(&bytes, &size)) size = bytes.size();
    size = std::min<uint64_t>(size, bytes.size());
    parts.emplace_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return parts;
}

std::string JoinParts(const std::vector<std::string>& parts) {
  std::string bytes;
  for (const std::string& part : parts) {
    AppendVarint(part.size(), &bytes);
    bytes += part;
  }
  return bytes;
}

}  // namespace comptoir::fuzz
