// Comma- and semicolon-separated text for spreadsheets, as `csv.h` reads it.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::cli {

struct CsvStyle {
  char separator = ',';
  char decimal_sign = '.';
  bool french = false;  // titles
};

// UTF-8, lines ended by LF, a field in quotes where it must be.
//
// Thread use: one at a time.
class CsvWriter {
 public:
  CsvWriter(std::ostream& out, CsvStyle style) : out_(out), style_(style) {}

  const CsvStyle& style() const { return style_; }
  void Row(const std::vector<std::string>& cells);

  // Numbers with the style's decimal sign. Whole pieces without decimals.
  std::string Quantity(int64_t milli, retail::v1::Unit unit) const;
  std::string Money(int64_t cents) const;
  // Per cent, without a sign.
  std::string Percent(uint32_t basis_points) const;

 private:
  std::string Decimal(std::string number) const;

  std::ostream& out_;
  const CsvStyle style_;
};

}  // namespace comptoir::cli
