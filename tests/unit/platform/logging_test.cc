#include "common/platform/logging.h"

#include <algorithm>
#include <thread>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace comptoir::platform {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::internal::CaptureStderr;
using testing::internal::GetCapturedStderr;

constexpr int64_t kInstantMs = 1'763'928'002'007;  // 2025-11-23 20:00:02.007 UTC

std::string Json(std::string_view message, std::initializer_list<LogField> fields = {}) {
  return FormatLogLine(LogFormat::kJson, kInstantMs, LogLevel::kInfo, message, fields);
}
std::string Text(std::string_view message, std::initializer_list<LogField> fields = {}) {
  return FormatLogLine(LogFormat::kText, kInstantMs, LogLevel::kInfo, message, fields);
}

TEST(FormatLogLine, WritesTextForPeople) {
  EXPECT_EQ(FormatLogLine(LogFormat::kText, kInstantMs, LogLevel::kWarning, "peer went away",
                          {{"peer", "outremeuse-1"},
                           {"reason", "no answer"},
                           {"waiting_entries", 212},
                           {"level", false}}),
            "2025-11-23T20:00:02.007Z warning peer went away peer=outremeuse-1 "
            "reason=\"no answer\" waiting_entries=212 level=false");
}

TEST(FormatLogLine, WritesJsonForMachines) {
  EXPECT_EQ(FormatLogLine(LogFormat::kJson, kInstantMs, LogLevel::kError, "peer went away",
                          {{"peer", "outremeuse-1"}, {"offset_ms", -42}, {"level", true}}),
            R"({"time":"2025-11-23T20:00:02.007Z","level":"error","message":"peer went away",)"
            R"("peer":"outremeuse-1","offset_ms":-42,"level":true})");
}

TEST(FormatLogLine, LinesUpTheLevels) {
  for (LogLevel level : {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    const std::string line = FormatLogLine(LogFormat::kText, kInstantMs, level, "here", {});
    EXPECT_EQ(line.find("here"), 33u) << line;
  }
}

TEST(FormatLogLine, KeepsTheWholeRangeOfNumbers) {
  EXPECT_THAT(Json("m", {{"n", uint64_t{18'446'744'073'709'551'615u}}}),
              HasSubstr(R"("n":18446744073709551615)"));
  EXPECT_THAT(Json("m", {{"n", INT64_MIN}}), HasSubstr(R"("n":-9223372036854775808)"));
}

TEST(FormatLogLine, ShowsAStatus) {
  EXPECT_THAT(Text("m", {{"status", absl::NotFoundError("no key")}}),
              EndsWith(R"(status="NOT_FOUND: no key")"));
}

TEST(FormatLogLine, AnEmptyValueIsSeen) {
  EXPECT_THAT(Text("m", {{"shop", ""}}), EndsWith("shop=\"\""));
}

TEST(FormatLogLine, BytesFromOutsideCannotForgeALine) {
  using std::string_literals::operator""s;  // the text holds a zero byte
  const std::string forged = "x\n2025-11-23T20:00:00.000Z error\r\t\0\x1b[2J\x7f"s;
  for (const std::string& line :
       {Text(forged, {{"peer", forged}}), Json(forged, {{"peer", forged}})}) {
    EXPECT_TRUE(std::none_of(line.begin(), line.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    })) << line;
  }
  EXPECT_THAT(Text("m", {{"peer", "a\" level=\"x"}}), EndsWith(R"(peer="a\" level=\"x")"));
  EXPECT_THAT(Json("m", {{"peer", R"(a","level":"x)"}}), HasSubstr(R"("a\",\"level\":\"x")"));
  EXPECT_THAT(Json("m", {{"peer", R"(back\slash)"}}), HasSubstr(R"("back\\slash")"));
}

TEST(FormatLogLine, KeepsUtf8AndReplacesWhatIsNot) {
  EXPECT_THAT(Json("café 🥕"), HasSubstr("café 🥕"));
  // Cut short, a lone continuation, overlong, a surrogate, past the last character.
  for (const char* bad : {"\xc3", "\xa9", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80",
                          "\xf4\x90\x80\x80", "\xf0\x9f\xa5", "\xff"}) {
    const std::string line = Json(bad);
    EXPECT_THAT(line, HasSubstr(R"("message":"\ufffd)")) << bad;
    EXPECT_TRUE(std::all_of(line.begin(), line.end(), [](char c) { return c > 0; })) << line;
  }
  EXPECT_THAT(Json("\xe2\x82!"), HasSubstr(R"("\ufffd\ufffd!")"));
}

TEST(ParseLogNames, TakesTheNamesAndNoOther) {
  EXPECT_EQ(*ParseLogLevel("debug"), LogLevel::kDebug);
  EXPECT_EQ(*ParseLogLevel("error"), LogLevel::kError);
  EXPECT_EQ(*ParseLogFormat("text"), LogFormat::kText);
  EXPECT_EQ(*ParseLogFormat("json"), LogFormat::kJson);
  EXPECT_EQ(ParseLogLevel("INFO").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(ParseLogLevel("loud").status().message()), HasSubstr("warning"));
  EXPECT_THAT(std::string(ParseLogFormat("xml").status().message()), HasSubstr("json"));
}

class Logging : public testing::Test {
 protected:
  void TearDown() override { ConfigureLogging(LogFormat::kText, LogLevel::kInfo); }
};

TEST_F(Logging, GoesToStandardErrorFromTheLeastLevelUp) {
  CaptureStderr();
  Log(LogLevel::kDebug, "not by default");
  Log(LogLevel::kInfo, "seen", {{"n", 1}});
  ConfigureLogging(LogFormat::kJson, LogLevel::kError);
  Log(LogLevel::kWarning, "not any more");
  Log(LogLevel::kError, "last");
  const std::string out = GetCapturedStderr();
  EXPECT_THAT(out, HasSubstr("seen n=1\n"));
  EXPECT_THAT(out, HasSubstr(R"("level":"error","message":"last"})"
                             "\n"));
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 2) << out;
}

TEST_F(Logging, BracesInAMessageAreOnlyBraces) {
  CaptureStderr();
  Log(LogLevel::kInfo, "{} {0:x} %s", {{"json", "{}"}});
  EXPECT_THAT(GetCapturedStderr(), HasSubstr("{} {0:x} %s json={}\n"));
}

TEST_F(Logging, ThreadsDoNotMixTheirLines) {
  constexpr int kThreads = 4;
  constexpr int kLines = 200;
  const std::string message(300, 'x');
  CaptureStderr();
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&message] {
      for (int i = 0; i < kLines; ++i) Log(LogLevel::kInfo, message);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::vector<std::string> lines = absl::StrSplit(GetCapturedStderr(), '\n');
  ASSERT_EQ(lines.size(), kThreads * kLines + 1u);
  EXPECT_EQ(lines.back(), "");
  for (size_t i = 0; i + 1 < lines.size(); ++i) {
    ASSERT_THAT(lines[i], EndsWith(" info    " + message));
  }
}

}  // namespace
}  // namespace comptoir::platform
