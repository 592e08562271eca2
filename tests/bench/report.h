// The table that a run ends with.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace comptoir::bench {

struct Figure {
  std::string what;
  std::string measured;
  std::string limit;   // measured in the same run; empty for none
  std::string target;  // in words; empty for a figure that stands beside another
  std::optional<bool> reached;
};

// One thread.
class Report {
 public:
  // Also to standard error, as it comes.
  void Add(Figure figure);
  // As a markdown table.
  std::string Markdown() const;

 private:
  std::vector<Figure> figures_;
};

// "128,900".
std::string Thousands(double value);
// "0.953".
std::string Decimals(double value, int digits);
// "163 µs", "12.4 ms".
std::string Microseconds(double value);
std::string Mebibytes(double bytes);

}  // namespace comptoir::bench
