#include "cli/csv.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/utf8.h"

namespace comptoir::cli {

std::string_view ConsumeLine(std::string_view* text) {
  const size_t end = text->find_first_of("\r\n");
  if (end == std::string_view::npos) return std::exchange(*text, {});
  const std::string_view line = text->substr(0, end);
  const bool two = (*text)[end] == '\r' && end + 1 < text->size() && (*text)[end + 1] == '\n';
  text->remove_prefix(end + (two ? 2 : 1));
  return line;
}

namespace {

bool HasControl(std::string_view line) {
  for (char c : line) {
    if ((c >= 0 && c < 0x20 && c != '\t') || c == 0x7f) return true;
  }
  return false;
}

// Bytes that no spreadsheet means: found line by line, before quotes matter.
std::vector<CsvProblem> CheckBytes(std::string_view text) {
  std::vector<CsvProblem> problems;
  for (size_t line_number = 1; !text.empty() && problems.size() < kCsvProblemsMax; ++line_number) {
    const std::string_view line = ConsumeLine(&text);
    if (!IsUtf8(line)) {
      problems.push_back({line_number, "this is not UTF-8: save the file as UTF-8 and try again"});
    } else if (HasControl(line)) {
      problems.push_back({line_number, "there is a control character in this line"});
    }
  }
  return problems;
}

// The most frequent of `;`, `,` and the tab outside quotes in the first line that is not
// empty; the first of them where they are equal.
char DetectSeparator(std::string_view text) {
  std::string_view line;
  while (!text.empty() && line.empty()) line = ConsumeLine(&text);
  constexpr std::string_view kSeparators = ";,\t";
  std::array<size_t, kSeparators.size()> counts{};
  bool quoted = false;
  for (char c : line) {
    if (c == '"') quoted = !quoted;
    const size_t kind = kSeparators.find(c);
    if (!quoted && kind != std::string_view::npos) ++counts[kind];
  }
  return kSeparators[std::ranges::max_element(counts) - counts.begin()];
}

class Parser {
 public:
  Parser(std::string_view text, CsvTable* table) : text_(text), table_(table) {}

  void Run() {
    while (!text_.empty() && table_->problems.size() < kCsvProblemsMax) {
      if (text_.front() == '\n' || text_.front() == '\r') {
        ConsumeLineEnd();
        continue;
      }
      if (table_->records.size() > kCsvRowsMax) {
        table_->problems.push_back({line_, "there are more than 20000 rows: split the file"});
        return;
      }
      ParseRecord();
    }
  }

 private:
  bool AtEndOfRecord() const {
    return text_.empty() || text_.front() == '\n' || text_.front() == '\r';
  }

  void ConsumeLineEnd() {
    const bool two = text_.starts_with("\r\n");
    text_.remove_prefix(two ? 2 : 1);
    ++line_;
  }

  void ParseRecord() {
    const size_t bytes_before = text_.size();
    CsvRecord record{line_, {}};
    std::string why;
    while (why.empty()) {
      std::string& field = record.fields.emplace_back();
      why = text_.starts_with('"') ? ParseQuoted(&field) : ParsePlain(&field);
      if (!why.empty() || AtEndOfRecord()) break;
      text_.remove_prefix(1);  // the separator
    }
    if (why.empty() && bytes_before - text_.size() > kCsvRecordBytesMax) {
      why = "this row is longer than 64 KiB";
    }
    if (!why.empty()) {
      table_->problems.push_back({record.line, why});
      // Past a quote that is never closed, what looks like lines is none.
      if (quote_runs_on_) text_ = {};
      SkipLine();
    } else {
      table_->records.push_back(std::move(record));
    }
  }

  std::string ParsePlain(std::string* field) {
    while (!AtEndOfRecord() && text_.front() != table_->separator) {
      if (text_.front() == '"') return "a field with a quote in it must itself stand in quotes";
      field->push_back(text_.front());
      text_.remove_prefix(1);
    }
    return {};
  }

  std::string ParseQuoted(std::string* field) {
    text_.remove_prefix(1);
    while (!text_.empty()) {
      if (text_.starts_with("\"\"")) {
        field->push_back('"');
        text_.remove_prefix(2);
      } else if (text_.front() == '"') {
        text_.remove_prefix(1);
        if (AtEndOfRecord() || text_.front() == table_->separator) return {};
        return "after the closing quote of a field comes neither a separator nor the end of line";
      } else if (AtEndOfRecord()) {
        field->push_back('\n');
        ConsumeLineEnd();
      } else {
        field->push_back(text_.front());
        text_.remove_prefix(1);
      }
      if (field->size() > kCsvRecordBytesMax) {
        quote_runs_on_ = true;
        return "this row is longer than 64 KiB: is a quote opened here and never closed?";
      }
    }
    return "a quote is opened here and never closed: is this the whole file?";
  }

  void SkipLine() {
    while (!AtEndOfRecord()) text_.remove_prefix(1);
  }

  std::string_view text_;
  CsvTable* const table_;
  size_t line_ = 1;
  bool quote_runs_on_ = false;
};

}  // namespace

CsvTable ParseCsv(std::string_view bytes) {
  CsvTable table;
  if (bytes.size() > kCsvFileBytesMax) {
    table.problems.push_back({1, "the file is larger than 64 MiB"});
    return table;
  }
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  table.problems = CheckBytes(bytes);
  if (!table.problems.empty()) return table;
  table.separator = DetectSeparator(bytes);
  Parser(bytes, &table).Run();
  return table;
}

}  // namespace comptoir::cli
