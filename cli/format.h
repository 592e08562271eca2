// Numbers, days and instants as people read them. Pure, but for local time.
#pragma once

#include <cstdint>
#include <string>

#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::cli {

// "1.250" of kilograms and litres; whole pieces without decimals.
std::string FormatQuantity(int64_t milli, retail::v1::Unit unit);
// "piece", "kg", "litre"; empty where unspecified.
std::string FormatUnit(retail::v1::Unit unit);
// Euros: "12.40", "-0.05".
std::string FormatMoney(int64_t cents);
// "6 %", "5.5 %".
std::string FormatVat(uint32_t basis_points);
// "card"; a number where this build does not know the method.
std::string FormatPaymentMethod(retail::v1::PaymentMethod method);
// "expired"; a number where this build does not know the reason.
std::string FormatWasteReason(retail::v1::WasteReason reason);
// "2026-11-23".
std::string FormatDay(int32_t day);
// "2026-11-23 14:07:12" at an offset from UTC.
std::string FormatInstant(int64_t wall_ms, int utc_offset_minutes);
// The same in the time zone of this machine, which it names since the shop's may be another:
// "2026-11-23 14:07:12 CET".
std::string FormatLocalInstant(int64_t wall_ms);
// The day that it is in the time zone of this machine.
int32_t LocalToday();
// "340 ms", "-12.5 s", "3 h 20 min": the two largest parts are enough.
std::string FormatMillis(int64_t millis);
// "1 entry", "0 entries".
std::string FormatCount(uint64_t count, const std::string& one, const std::string& many);
// "12.3 GiB".
std::string FormatBytes(uint64_t bytes);

// How a list of stock that is empty begins, of one product or, where it is empty, of all:
// "nothing of savon", "nothing".
std::string NothingOf(const std::string& product);

// Entries that a node is known to hold and the hub does not. Only of one that is online, or was
// retired, can it be said that there are none.
std::string FormatWaiting(uint64_t entries, bool online, bool retired);

}  // namespace comptoir::cli
