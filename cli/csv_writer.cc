#include "cli/csv_writer.h"

#include <utility>

#include "cli/format.h"
#include "common/base/utf8.h"

namespace comptoir::cli {
namespace {

std::string CsvQuoted(const std::string& field) {
  std::string quoted = "\"";
  for (char c : field) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

void CsvWriter::Row(const std::vector<std::string>& cells) {
  const std::string special = std::string("\"\r\n") + style_.separator;
  std::string line;
  for (const std::string& cell : cells) {
    if (&cell != &cells.front()) line += style_.separator;
    // At the start of a file a byte order mark would be taken for the file's.
    const bool plain =
        cell.find_first_of(special) == std::string::npos && !cell.starts_with(kByteOrderMark);
    line += plain ? cell : CsvQuoted(cell);
  }
  out_ << line << '\n';
}

std::string CsvWriter::Decimal(std::string number) const {
  if (const size_t point = number.find('.'); point != std::string::npos) {
    number[point] = style_.decimal_sign;
  }
  return number;
}

std::string CsvWriter::Quantity(int64_t milli, retail::v1::Unit unit) const {
  return Decimal(FormatQuantity(milli, unit));
}

std::string CsvWriter::Money(int64_t cents) const { return Decimal(FormatMoney(cents)); }

std::string CsvWriter::Percent(uint32_t basis_points) const {
  const std::string text = FormatVat(basis_points);
  return Decimal(text.substr(0, text.find(' ')));
}

}  // namespace comptoir::cli
