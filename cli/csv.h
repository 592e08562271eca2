// Text that spreadsheets write, its fields apart by semicolons, commas or tabs. Pure.
//
// Read are: `;`, `,` or a tab (whichever the first record has more of), fields in
// double quotes with `""` for a quote and line breaks inside, LF, CRLF or CR, a
// byte order mark. Empty lines are skipped. Everything else is a problem with
// its line number; nothing is guessed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace comptoir::cli {

inline constexpr size_t kCsvFileBytesMax = 64 << 20;
inline constexpr size_t kCsvRecordBytesMax = 64 << 10;
inline constexpr size_t kCsvRowsMax = 20'000;   // the title row not counted
inline constexpr size_t kCsvProblemsMax = 100;  // told at once; reading stops there

struct CsvProblem {
  size_t line = 0;  // from 1
  std::string why;
};

struct CsvRecord {
  size_t line = 0;  // where it begins, from 1
  std::vector<std::string> fields;
};

struct CsvTable {
  char separator = ',';
  std::vector<CsvRecord> records;
  std::vector<CsvProblem> problems;  // where there is one, `records` is not to be used
};

CsvTable ParseCsv(std::string_view bytes);

// Takes the line at the front of `*text`, its end (LF, CRLF or CR) left out.
std::string_view ConsumeLine(std::string_view* text);

}  // namespace comptoir::cli
