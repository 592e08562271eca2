#include "common/platform/logging.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <atomic>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace comptoir::platform {
namespace {

constexpr std::array<std::string_view, 4> kLevelNames = {"debug", "info", "warning", "error"};
constexpr std::array<spdlog::level::level_enum, 4> kSpdlogLevels = {
    spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err};

std::string_view NameOf(LogLevel level) { return kLevelNames[static_cast<size_t>(level)]; }

// Bytes of the UTF-8 character that starts at `at`; 0 when there is none.
size_t CharacterBytes(std::string_view text, size_t at) {
  const uint8_t lead = static_cast<uint8_t>(text[at]);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc0 || lead >= 0xf8 || at + length > text.size()) return 0;
  uint32_t point = lead & (0x7fu >> length);
  for (size_t i = 1; i < length; ++i) {
    const uint8_t next = static_cast<uint8_t>(text[at + i]);
    if ((next & 0xc0) != 0x80) return 0;
    point = point << 6 | (next & 0x3fu);
  }
  constexpr uint32_t kLeastByLength[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = point >= 0xd800 && point < 0xe000;
  return point < kLeastByLength[length] || surrogate || point > 0x10ffff ? 0 : length;
}

// As the inside of a JSON string. Bytes that are not UTF-8 become U+FFFD.
void AppendEscaped(std::string_view text, std::string* out) {
  for (size_t i = 0; i < text.size();) {
    const char c = text[i];
    const size_t length = CharacterBytes(text, i);
    if (c == '"' || c == '\\') {
      out->append({'\\', c});
    } else if (c == '\n') {
      out->append("\\n");
    } else if (length == 0) {
      out->append("\\ufffd");
    } else if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f) {
      absl::StrAppendFormat(out, "\\u%04x", static_cast<unsigned>(c));
    } else {
      out->append(text.substr(i, length));
    }
    i += length == 0 ? 1 : length;
  }
}

void AppendQuoted(std::string_view text, std::string* out) {
  out->push_back('"');
  AppendEscaped(text, out);
  out->push_back('"');
}

// Can `text` stand in a text line without quotes?
bool IsBare(std::string_view text) {
  for (char c : text) {
    if (c <= ' ' || c == '"' || c == '\\' || c == '=' || c == 0x7f) return false;
  }
  return !text.empty();
}

std::string FormatJson(std::string_view time, LogLevel level, std::string_view message,
                       std::initializer_list<LogField> fields) {
  std::string line = R"({"time":")";
  line.append(time).append(R"(","level":")").append(NameOf(level)).append(R"(","message":)");
  AppendQuoted(message, &line);
  for (const LogField& field : fields) {
    line.append(",");
    AppendQuoted(field.name(), &line);
    line.append(":");
    if (field.is_text()) {
      AppendQuoted(field.value(), &line);
    } else {
      line.append(field.value());
    }
  }
  line.push_back('}');
  return line;
}

std::string FormatText(std::string_view time, LogLevel level, std::string_view message,
                       std::initializer_list<LogField> fields) {
  constexpr size_t kLevelWidth = 8;  // the longest name, and a space
  std::string line(time);
  line.append(" ").append(NameOf(level)).append(kLevelWidth - NameOf(level).size(), ' ');
  AppendEscaped(message, &line);
  for (const LogField& field : fields) {
    line.append(" ").append(field.name()).append("=");
    if (field.is_text() && !IsBare(field.value())) {
      AppendQuoted(field.value(), &line);
    } else {
      line.append(field.value());
    }
  }
  return line;
}

struct Output {
  Output() : logger("comptoir", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger.set_pattern("%v");
    logger.set_level(spdlog::level::info);
  }
  spdlog::logger logger;
  std::atomic<LogFormat> format{LogFormat::kText};
};

// Never destroyed: what ends after main may still log.
Output& TheOutput() {
  static Output* const output = new Output;
  return *output;
}

}  // namespace

absl::StatusOr<LogLevel> ParseLogLevel(std::string_view name) {
  for (size_t i = 0; i < kLevelNames.size(); ++i) {
    if (name == kLevelNames[i]) return static_cast<LogLevel>(i);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("no log level '", std::string(name), "': use debug, info, warning or error"));
}

absl::StatusOr<LogFormat> ParseLogFormat(std::string_view name) {
  if (name == "text") return LogFormat::kText;
  if (name == "json") return LogFormat::kJson;
  return absl::InvalidArgumentError(
      absl::StrCat("no log format '", std::string(name), "': use text or json"));
}

void ConfigureLogging(LogFormat format, LogLevel least) {
  TheOutput().format.store(format, std::memory_order_relaxed);
  TheOutput().logger.set_level(kSpdlogLevels[static_cast<size_t>(least)]);
}

void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  Output& output = TheOutput();
  const spdlog::level::level_enum spdlog_level = kSpdlogLevels[static_cast<size_t>(level)];
  if (!output.logger.should_log(spdlog_level)) return;
  output.logger.log(spdlog_level,
                    FormatLogLine(output.format.load(std::memory_order_relaxed),
                                  absl::ToUnixMillis(absl::Now()), level, message, fields));
}

std::string FormatLogLine(LogFormat format, int64_t wall_millis, LogLevel level,
                          std::string_view message, std::initializer_list<LogField> fields) {
  const std::string time = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ",
                                            absl::FromUnixMillis(wall_millis), absl::UTCTimeZone());
  return format == LogFormat::kJson ? FormatJson(time, level, message, fields)
                                    : FormatText(time, level, message, fields);
}

}  // namespace comptoir::platform
