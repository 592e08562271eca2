// Proto3 JSON as `--json` prints it.
#pragma once

#include <string>
#include <string_view>

namespace google::protobuf {
class Message;
}

namespace comptoir::cli {

// One line: all fields, zeros included, 64-bit integers as strings.
std::string MessageJson(const google::protobuf::Message& message);

// `text` in quotes, escaped. Bytes that are not UTF-8 are replaced.
std::string JsonString(std::string_view text);

}  // namespace comptoir::cli
