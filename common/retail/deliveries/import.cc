#include "common/retail/deliveries/import.h"

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/catalogue/standing.h"
#include "common/retail/check.h"
#include "common/retail/deliveries/admit.h"
#include "common/retail/reasons.h"

namespace comptoir::retail {
namespace {

// Gathers lines into deliveries.
class StockImporter {
 public:
  StockImporter(const store::Snapshot& snapshot, const std::string& document)
      : snapshot_(snapshot), document_(document) {}

  absl::Status AddLine(const shop::v1::StockLine& line);
  absl::StatusOr<StockImport> Finish() &&;

 private:
  absl::StatusOr<std::string> ProducerOf(const shop::v1::StockLine& line) const;
  v1::GoodsReceived& DeliveryOf(const std::string& producer);

  const store::Snapshot& snapshot_;
  const std::string& document_;
  std::vector<v1::GoodsReceived> deliveries_;
  std::map<std::string, size_t> open_;  // by producer, its delivery that takes lines
  std::set<std::string> unknown_;
};

absl::StatusOr<std::string> StockImporter::ProducerOf(const shop::v1::StockLine& line) const {
  if (!line.producer().empty()) return line.producer();
  COMPTOIR_ASSIGN_OR_RETURN(std::string named, ProductProducer(snapshot_, line.product()));
  if (!named.empty()) return named;
  return Refuse(kNoProducer, absl::StrCat("no producer is known for product ",
                                          Quoted(line.product()), ": say from whom it came"));
}

v1::GoodsReceived& StockImporter::DeliveryOf(const std::string& producer) {
  const auto [open, is_new] = open_.emplace(producer, deliveries_.size());
  if (!is_new && static_cast<size_t>(deliveries_[open->second].lines_size()) == kLinesMax) {
    open->second = deliveries_.size();
  }
  if (open->second < deliveries_.size()) return deliveries_[open->second];
  v1::GoodsReceived& delivery = deliveries_.emplace_back();
  delivery.set_producer(producer);
  delivery.set_document(document_);
  return delivery;
}

absl::Status StockImporter::AddLine(const shop::v1::StockLine& line) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", line.product()));
  COMPTOIR_ASSIGN_OR_RETURN(const v1::Unit unit, ProductUnit(snapshot_, line.product()));
  if (unit == v1::UNIT_UNSPECIFIED) return WithoutUnit(snapshot_, line.product());
  if (line.unit() != v1::UNIT_UNSPECIFIED && line.unit() != unit) {
    return Refuse(kBadUnit, absl::StrCat("product ", Quoted(line.product()),
                                         " has another unit in the catalogue than is said here: "
                                         "leave the unit out, or write how much it is in that"));
  }
  COMPTOIR_ASSIGN_OR_RETURN(const std::string producer, ProducerOf(line));
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("producer", producer));
  v1::ReceivedLine received;
  received.set_product(line.product());
  received.set_unit(unit);
  received.set_quantity_milli(line.quantity_milli());
  received.set_lot(line.lot());
  received.set_use_by_day(line.use_by_day());
  received.set_best_before_day(line.best_before_day());
  received.set_unit_cost_cents(line.unit_cost_cents());
  COMPTOIR_RETURN_IF_ERROR(CheckReceivedLine(received));
  COMPTOIR_ASSIGN_OR_RETURN(const bool known, IsKnownProducer(snapshot_, producer, line.product()));
  if (!known) unknown_.insert(producer);
  *DeliveryOf(producer).add_lines() = std::move(received);
  return absl::OkStatus();
}

absl::StatusOr<StockImport> StockImporter::Finish() && {
  StockImport import;
  import.producers = static_cast<uint32_t>(open_.size());
  import.unknown_producers.assign(unknown_.begin(), unknown_.end());
  for (const v1::GoodsReceived& delivery : deliveries_) {
    COMPTOIR_RETURN_IF_ERROR(CheckGoodsReceived(delivery));
    import.facts.push_back(delivery.SerializeAsString());
  }
  return import;
}

}  // namespace

absl::StatusOr<StockImport> BuildStockImport(const store::Snapshot& snapshot,
                                             const shop::v1::ImportStockRequest& request) {
  const auto count = static_cast<size_t>(request.lines_size());
  if (count == 0 || count > kImportStockLinesMax) {
    return Refuse(kBadLines, absl::StrCat("there are ", count, " lines: 1 to ",
                                          kImportStockLinesMax, " are taken at once"));
  }
  StockImporter importer(snapshot, request.document());
  for (int i = 0; i < request.lines_size(); ++i) {
    COMPTOIR_RETURN_IF_ERROR(AtLine(importer.AddLine(request.lines(i)), i + 1));
  }
  return std::move(importer).Finish();
}

absl::StatusOr<bool> IsKnownProducer(
    const store::Snapshot& snapshot, std::string_view producer,
    const google::protobuf::RepeatedPtrField<shop::v1::DeliveryLine>& lines) {
  for (const shop::v1::DeliveryLine& line : lines) {
    COMPTOIR_ASSIGN_OR_RETURN(const bool known,
                              IsKnownProducer(snapshot, producer, line.product()));
    if (known) return true;
  }
  return false;
}

}  // namespace comptoir::retail
