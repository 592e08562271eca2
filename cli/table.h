// Text tables, aligned by what a terminal shows and not by bytes.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace comptoir::cli {

class Table {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string title;
    Align align = Align::kLeft;
  };

  explicit Table(std::vector<Column> columns);

  // As many cells as columns. Control characters are replaced.
  void AddRow(const std::vector<std::string>& cells);
  // A line of dashes, before a total.
  void AddRule();
  bool empty() const { return rows_.empty(); }

  // Title line and rows, two spaces between columns, none at the ends of lines.
  void Print(std::ostream& out) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;  // empty: a rule
};

}  // namespace comptoir::cli
