#include "cli/table.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "common/base/utf8.h"

namespace comptoir::cli {
namespace {

constexpr size_t kGap = 2;

void PrintLine(const std::vector<std::string>& cells, const std::vector<size_t>& widths,
               const std::vector<Table::Column>& columns, std::ostream& out) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string padding(widths[i] - DisplayWidth(cells[i]), ' ');
    line += columns[i].align == Table::Align::kRight ? padding + cells[i] : cells[i] + padding;
    line.append(kGap, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out << line << '\n';
}

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::AddRow(const std::vector<std::string>& cells) {
  COMPTOIR_CHECK(cells.size() == columns_.size());
  std::vector<std::string>& row = rows_.emplace_back();
  for (const std::string& cell : cells) row.push_back(Printable(cell));
}

void Table::AddRule() { rows_.emplace_back(); }

void Table::Print(std::ostream& out) const {
  std::vector<std::string> titles;
  std::vector<size_t> widths;
  for (const Column& column : columns_) {
    titles.push_back(column.title);
    widths.push_back(DisplayWidth(column.title));
  }
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  PrintLine(titles, widths, columns_, out);
  for (const auto& row : rows_) {
    if (!row.empty()) {
      PrintLine(row, widths, columns_, out);
      continue;
    }
    std::vector<std::string> dashes;
    for (size_t width : widths) dashes.emplace_back(width, '-');
    PrintLine(dashes, widths, columns_, out);
  }
}

}  // namespace comptoir::cli
