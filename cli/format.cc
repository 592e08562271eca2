#include "cli/format.h"

#include <array>

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace comptoir::cli {
namespace {

// `value` over 10^decimals, all decimals written.
std::string FormatScaled(int64_t value, int decimals) {
  // Through unsigned, so that the lowest integer has a size too.
  const uint64_t size = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  uint64_t scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  return absl::StrFormat("%s%d.%0*d", value < 0 ? "-" : "", size / scale, decimals, size % scale);
}

constexpr char kInstant[] = "%Y-%m-%d %H:%M:%S";

}  // namespace

std::string FormatQuantity(int64_t milli, retail::v1::Unit unit) {
  if (unit == retail::v1::UNIT_PIECE && milli % 1000 == 0) return std::to_string(milli / 1000);
  return FormatScaled(milli, 3);
}

std::string FormatUnit(retail::v1::Unit unit) {
  switch (unit) {
    case retail::v1::UNIT_PIECE:
      return "piece";
    case retail::v1::UNIT_KILOGRAM:
      return "kg";
    case retail::v1::UNIT_LITRE:
      return "litre";
    default:
      return unit == retail::v1::UNIT_UNSPECIFIED ? "" : "unit " + std::to_string(unit);
  }
}

std::string FormatWasteReason(retail::v1::WasteReason reason) {
  switch (reason) {
    case retail::v1::WASTE_REASON_EXPIRED:
      return "expired";
    case retail::v1::WASTE_REASON_DAMAGED:
      return "damaged";
    case retail::v1::WASTE_REASON_DONATED:
      return "donated";
    case retail::v1::WASTE_REASON_TASTING:
      return "tasting";
    case retail::v1::WASTE_REASON_STAFF:
      return "staff";
    case retail::v1::WASTE_REASON_THEFT:
      return "theft";
    case retail::v1::WASTE_REASON_RECALLED:
      return "recalled";
    default:
      return "reason " + std::to_string(reason);
  }
}

std::string FormatMoney(int64_t cents) { return FormatScaled(cents, 2); }

std::string FormatVat(uint32_t basis_points) {
  if (basis_points % 100 == 0) return absl::StrFormat("%d %%", basis_points / 100);
  if (basis_points % 10 == 0) return FormatScaled(basis_points / 10, 1) + " %";
  return FormatScaled(basis_points, 2) + " %";
}

std::string FormatPaymentMethod(retail::v1::PaymentMethod method) {
  switch (method) {
    case retail::v1::PAYMENT_METHOD_CASH:
      return "cash";
    case retail::v1::PAYMENT_METHOD_CARD:
      return "card";
    case retail::v1::PAYMENT_METHOD_VOUCHER:
      return "voucher";
    default:
      return "payment " + std::to_string(method);
  }
}

std::string FormatDay(int32_t day) {
  const absl::CivilDay civil = absl::CivilDay(1970, 1, 1) + day;
  return absl::StrFormat("%04d-%02d-%02d", civil.year(), civil.month(), civil.day());
}

std::string FormatInstant(int64_t wall_ms, int utc_offset_minutes) {
  // A fixed zone of a day or more is UTC to absl: say what was meant by adding it here.
  return absl::FormatTime(kInstant,
                          absl::FromUnixMillis(wall_ms + int64_t{utc_offset_minutes} * 60'000),
                          absl::UTCTimeZone());
}

std::string FormatLocalInstant(int64_t wall_ms) {
  return absl::FormatTime(std::string(kInstant) + " %Z", absl::FromUnixMillis(wall_ms),
                          absl::LocalTimeZone());
}

int32_t LocalToday() {
  const absl::CivilDay today = absl::ToCivilDay(absl::Now(), absl::LocalTimeZone());
  return static_cast<int32_t>(today - absl::CivilDay(1970, 1, 1));
}

std::string FormatMillis(int64_t millis) {
  const char* sign = millis < 0 ? "-" : "";
  const uint64_t size =
      millis < 0 ? 0 - static_cast<uint64_t>(millis) : static_cast<uint64_t>(millis);
  const uint64_t minutes = size / 60'000;
  if (size < 1'000) return absl::StrFormat("%s%d ms", sign, size);
  if (minutes < 1) return absl::StrFormat("%s%d.%d s", sign, size / 1000, size % 1000 / 100);
  if (minutes < 60) return absl::StrFormat("%s%d min %d s", sign, minutes, size / 1000 % 60);
  if (minutes < 48 * 60) return absl::StrFormat("%s%d h %d min", sign, minutes / 60, minutes % 60);
  return absl::StrFormat("%s%d days", sign, minutes / (24 * 60));
}

std::string FormatCount(uint64_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string FormatBytes(uint64_t bytes) {
  constexpr std::array kNames = {"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return absl::StrFormat("%d bytes", bytes);
  size_t name = 0;
  uint64_t scale = 1024;
  while (name + 1 < kNames.size() && bytes / scale >= 1024) {
    scale *= 1024;
    ++name;
  }
  return absl::StrFormat("%d.%d %s", bytes / scale, bytes % scale * 10 / scale, kNames[name]);
}

std::string NothingOf(const std::string& product) {
  return product.empty() ? "nothing" : "nothing of " + product;
}

std::string FormatWaiting(uint64_t entries, bool online, bool retired) {
  return entries == 0 && !online && !retired ? "unknown" : std::to_string(entries);
}

}  // namespace comptoir::cli
