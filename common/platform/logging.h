// The process's log: one line an event, on standard error, as text for people
// or as JSON for machines. Whatever stands in a message or a value, a line stays
// one line.
//
//   Log(LogLevel::kWarning, "peer refused a segment",
//       {{"peer", peer.node}, {"journal", series}, {"sequence", sequence.value()}});
//
// Any number of threads.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comptoir::platform {

enum class LogLevel : uint8_t { kDebug, kInfo, kWarning, kError };
enum class LogFormat : uint8_t { kText, kJson };

// INVALID_ARGUMENT, naming what may be written, for anything but the names
// "debug", "info", "warning", "error"; "text", "json".
absl::StatusOr<LogLevel> ParseLogLevel(std::string_view name);
absl::StatusOr<LogFormat> ParseLogFormat(std::string_view name);

// A name and its value. Names are ours, in snake_case with their unit last; a
// value may hold any bytes. The name must outlive the call to Log.
class LogField {
 public:
  LogField(std::string_view name, std::string_view text)
      : name_(name), value_(text), is_text_(true) {}
  LogField(std::string_view name, const absl::Status& status)
      : name_(name), value_(status.ToString()), is_text_(true) {}
  // A number or a flag. A template, so that text never turns into a bool.
  template <std::integral Value>
  LogField(std::string_view name, Value value) : name_(name), is_text_(false) {
    if constexpr (std::same_as<Value, bool>) {
      value_ = value ? "true" : "false";
    } else {
      value_ = std::to_string(value);
    }
  }

  std::string_view name() const { return name_; }
  const std::string& value() const { return value_; }
  bool is_text() const { return is_text_; }

 private:
  std::string_view name_;
  std::string value_;
  bool is_text_;
};

// Until it is called: text, from kInfo up.
void ConfigureLogging(LogFormat format, LogLevel least);

void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

// What Log writes, without the end of line. `wall_millis` since 1970.
std::string FormatLogLine(LogFormat format, int64_t wall_millis, LogLevel level,
                          std::string_view message, std::initializer_list<LogField> fields);

}  // namespace comptoir::platform
