// Stable reason codes that errors carry for programs, beside the sentence for
// people. Once published, a code keeps its meaning.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/types/optional.h"

namespace comptoir::retail {

inline constexpr char kReasonPayload[] = "comptoir.reason";

inline constexpr std::string_view kUnknownProduct = "UNKNOWN_PRODUCT";
inline constexpr std::string_view kUnknownProducer = "UNKNOWN_PRODUCER";
inline constexpr std::string_view kUnknownShop = "UNKNOWN_SHOP";
inline constexpr std::string_view kUnknownReceipt = "UNKNOWN_RECEIPT";
inline constexpr std::string_view kUnknownFact = "UNKNOWN_FACT";
inline constexpr std::string_view kNotASale = "NOT_A_SALE";
inline constexpr std::string_view kNotOnReceipt = "NOT_ON_RECEIPT";
inline constexpr std::string_view kReturnedTooMuch = "RETURNED_TOO_MUCH";
inline constexpr std::string_view kNothingLeft = "NOTHING_LEFT";
inline constexpr std::string_view kDuplicateSale = "DUPLICATE_SALE";
inline constexpr std::string_view kNotCorrectable = "NOT_CORRECTABLE";
inline constexpr std::string_view kAlreadyCorrected = "ALREADY_CORRECTED";
inline constexpr std::string_view kOtherShop = "OTHER_SHOP";
inline constexpr std::string_view kNoPrice = "NO_PRICE";
inline constexpr std::string_view kNoUnit = "NO_UNIT";
inline constexpr std::string_view kNoProducer = "NO_PRODUCER";
inline constexpr std::string_view kBadSubject = "BAD_SUBJECT";
inline constexpr std::string_view kBadCode = "BAD_CODE";
inline constexpr std::string_view kBadText = "BAD_TEXT";
inline constexpr std::string_view kBadGtin = "BAD_GTIN";
inline constexpr std::string_view kBadItem = "BAD_ITEM";
inline constexpr std::string_view kBadBarcode = "BAD_BARCODE";
inline constexpr std::string_view kUnknownBarcode = "UNKNOWN_BARCODE";
inline constexpr std::string_view kBadUnit = "BAD_UNIT";
inline constexpr std::string_view kBadLot = "BAD_LOT";
inline constexpr std::string_view kBadDay = "BAD_DAY";
inline constexpr std::string_view kBadQuantity = "BAD_QUANTITY";
inline constexpr std::string_view kBadPrice = "BAD_PRICE";
inline constexpr std::string_view kBadDiscount = "BAD_DISCOUNT";
inline constexpr std::string_view kBadDeposit = "BAD_DEPOSIT";
inline constexpr std::string_view kNoDeposit = "NO_DEPOSIT";
inline constexpr std::string_view kBadVat = "BAD_VAT";
inline constexpr std::string_view kBadLines = "BAD_LINES";
inline constexpr std::string_view kBadPayment = "BAD_PAYMENT";
inline constexpr std::string_view kBadWasteReason = "BAD_WASTE_REASON";
inline constexpr std::string_view kBadCash = "BAD_CASH";
inline constexpr std::string_view kBadClosing = "BAD_CLOSING";
inline constexpr std::string_view kDayIsOpen = "DAY_IS_OPEN";
inline constexpr std::string_view kNothingToClose = "NOTHING_TO_CLOSE";
inline constexpr std::string_view kBadReference = "BAD_REFERENCE";
inline constexpr std::string_view kAmbiguous = "AMBIGUOUS";
inline constexpr std::string_view kBadReplaces = "BAD_REPLACES";
inline constexpr std::string_view kBadCertificate = "BAD_CERTIFICATE";
inline constexpr std::string_view kBadReceiptNumber = "BAD_RECEIPT_NUMBER";
inline constexpr std::string_view kBadCursor = "BAD_CURSOR";
inline constexpr std::string_view kBadPageSize = "BAD_PAGE_SIZE";
inline constexpr std::string_view kTotalTooLarge = "TOTAL_TOO_LARGE";
inline constexpr std::string_view kTwice = "NAMED_TWICE";
inline constexpr std::string_view kWrongScope = "WRONG_SCOPE";
inline constexpr std::string_view kNotAllowed = "NOT_ALLOWED";
inline constexpr std::string_view kDiskReserve = "DISK_RESERVE";
inline constexpr std::string_view kNothingToWrite = "NOTHING_TO_WRITE";
inline constexpr std::string_view kUnknownNode = "UNKNOWN_NODE";
inline constexpr std::string_view kUnknownToken = "UNKNOWN_TOKEN";
inline constexpr std::string_view kTokenUsed = "TOKEN_USED";
inline constexpr std::string_view kNodeRevoked = "NODE_REVOKED";
inline constexpr std::string_view kNodeNotRevoked = "NODE_NOT_REVOKED";
inline constexpr std::string_view kNodeOffline = "NODE_OFFLINE";
inline constexpr std::string_view kNodeNotLevel = "NODE_NOT_LEVEL";
inline constexpr std::string_view kHalted = "HALTED";
inline constexpr std::string_view kBadTransfer = "BAD_TRANSFER";
inline constexpr std::string_view kUnknownTransfer = "UNKNOWN_TRANSFER";
inline constexpr std::string_view kNotAnnounced = "NOT_ANNOUNCED";
inline constexpr std::string_view kNothingInTransit = "NOTHING_IN_TRANSIT";
inline constexpr std::string_view kTooManyFacts = "TOO_MANY_FACTS";
inline constexpr std::string_view kRecalled = "RECALLED";
inline constexpr std::string_view kBadRecall = "BAD_RECALL";
inline constexpr std::string_view kUnknownRecall = "UNKNOWN_RECALL";
inline constexpr std::string_view kAlreadyLifted = "ALREADY_LIFTED";
inline constexpr std::string_view kRequestOnItsWay = "REQUEST_ON_ITS_WAY";

// `status`, carrying `reason`; an OK status stays as it is.
inline absl::Status WithReason(absl::Status status, std::string_view reason) {
  status.SetPayload(kReasonPayload, absl::Cord(absl::string_view(reason.data(), reason.size())));
  return status;
}
// Empty where `status` carries none.
inline std::string ReasonOf(const absl::Status& status) {
  const absl::optional<absl::Cord> reason = status.GetPayload(kReasonPayload);
  return reason.has_value() ? std::string(*reason) : std::string();
}

}  // namespace comptoir::retail
