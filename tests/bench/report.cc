#include "tests/bench/report.h"

#include <cmath>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace comptoir::bench {
namespace {

std::string Row(const Figure& figure) {
  std::string target = figure.target;
  if (figure.reached.has_value()) {
    absl::StrAppend(&target, *figure.reached ? " — reached" : " — **missed**");
  }
  return absl::StrCat("| ", figure.what, " | ", figure.measured, " | ", figure.limit, " | ", target,
                      " |\n");
}

}  // namespace

void Report::Add(Figure figure) {
  std::fputs(Row(figure).c_str(), stderr);
  figures_.push_back(std::move(figure));
}

std::string Report::Markdown() const {
  std::string table =
      "| figure | measured | limit, in the same run | to reach |\n| --- | --- | --- | --- |\n";
  for (const Figure& figure : figures_) table += Row(figure);
  return table;
}

std::string Thousands(double value) {
  const std::string digits = absl::StrCat(std::llround(value));
  std::string grouped;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) grouped.push_back(',');
    grouped.push_back(digits[i]);
  }
  return grouped;
}

std::string Decimals(double value, int digits) { return absl::StrFormat("%.*f", digits, value); }

std::string Microseconds(double value) {
  if (value < 1'000) return absl::StrFormat("%.0f µs", value);
  return absl::StrFormat("%.*f ms", value < 10'000 ? 2 : 1, value / 1'000);
}

std::string Mebibytes(double bytes) { return absl::StrFormat("%.1f MiB", bytes / (1 << 20)); }

}  // namespace comptoir::bench
