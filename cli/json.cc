#include "cli/json.h"

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include "absl/strings/str_format.h"
#include "common/base/status.h"
#include "common/base/utf8.h"

namespace comptoir::cli {

std::string MessageJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  // Only a message built against another descriptor could fail.
  COMPTOIR_CHECK(google::protobuf::util::MessageToJsonString(message, &json, options).ok());
  return json;
}

std::string JsonString(std::string_view text) {
  std::string result = "\"";
  while (!text.empty()) {
    const std::string_view before = text;
    char32_t c;
    if (!ConsumeCodePoint(&text, &c)) {
      text.remove_prefix(1);
      result += "\\ufffd";
    } else if (c == '"' || c == '\\') {
      result += {'\\', static_cast<char>(c)};
    } else if (c < 0x20 || c == 0x7f) {
      result += absl::StrFormat("\\u%04x", static_cast<unsigned>(c));
    } else {
      result += before.substr(0, before.size() - text.size());
    }
  }
  return result + "\"";
}

}  // namespace comptoir::cli
