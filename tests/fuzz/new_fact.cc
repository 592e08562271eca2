#include "tests/fuzz/new_fact.h"

#include "comptoir/journal/v1/journal.pb.h"
#include "comptoir/retail/v1/days.pb.h"
#include "comptoir/retail/v1/recalls.pb.h"
#include "comptoir/retail/v1/retail.pb.h"
#include "comptoir/retail/v1/transfers.pb.h"

namespace comptoir::fuzz {

namespace facts = retail::v1;

std::unique_ptr<google::protobuf::Message> NewFact(uint32_t kind) {
  switch (kind) {
    case facts::FACT_KIND_GENESIS:
      return std::make_unique<journal::v1::Genesis>();
    case facts::FACT_KIND_PRODUCT_EDITED:
      return std::make_unique<facts::ProductEdited>();
    case facts::FACT_KIND_PRODUCER_EDITED:
      return std::make_unique<facts::ProducerEdited>();
    case facts::FACT_KIND_SHOP_EDITED:
      return std::make_unique<facts::ShopEdited>();
    case facts::FACT_KIND_PRICE_SET:
      return std::make_unique<facts::PriceSet>();
    case facts::FACT_KIND_VAT_SET:
      return std::make_unique<facts::VatSet>();
    case facts::FACT_KIND_GOODS_RECEIVED:
      return std::make_unique<facts::GoodsReceived>();
    case facts::FACT_KIND_SOLD:
      return std::make_unique<facts::Sold>();
    case facts::FACT_KIND_NODE_ENROLLED:
      return std::make_unique<facts::NodeEnrolled>();
    case facts::FACT_KIND_NODE_REVOKED:
      return std::make_unique<facts::NodeRevoked>();
    case facts::FACT_KIND_FORK_SETTLED:
      return std::make_unique<facts::ForkSettled>();
    case facts::FACT_KIND_MOVED:
      return std::make_unique<facts::Moved>();
    case facts::FACT_KIND_WASTED:
      return std::make_unique<facts::Wasted>();
    case facts::FACT_KIND_RETURNED:
    case facts::FACT_KIND_VOIDED:
      return std::make_unique<facts::Returned>();
    case facts::FACT_KIND_COUNTED:
      return std::make_unique<facts::Counted>();
    case facts::FACT_KIND_CORRECTED:
      return std::make_unique<facts::Corrected>();
    case facts::FACT_KIND_TRANSFER_SENT:
      return std::make_unique<facts::TransferSent>();
    case facts::FACT_KIND_TRANSFER_ANNOUNCED:
      return std::make_unique<facts::TransferAnnounced>();
    case facts::FACT_KIND_TRANSFER_ANSWERED:
      return std::make_unique<facts::TransferAnswered>();
    case facts::FACT_KIND_TRANSFER_RECEIVED:
      return std::make_unique<facts::TransferReceived>();
    case facts::FACT_KIND_TRANSFER_SETTLED:
      return std::make_unique<facts::TransferSettled>();
    case facts::FACT_KIND_RECALLED:
      return std::make_unique<facts::Recalled>();
    case facts::FACT_KIND_RECALL_LIFTED:
      return std::make_unique<facts::RecallLifted>();
    case facts::FACT_KIND_RECALL_CONFIRMED:
      return std::make_unique<facts::RecallConfirmed>();
    case facts::FACT_KIND_DAY_OPENED:
      return std::make_unique<facts::DayOpened>();
    case facts::FACT_KIND_CASH_MOVED:
      return std::make_unique<facts::CashMoved>();
    case facts::FACT_KIND_DAY_CLOSED:
      return std::make_unique<facts::DayClosed>();
    default:
      return nullptr;
  }
}

}  // namespace comptoir::fuzz
