#include "common/retail/fact.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/retail/calendar.h"
#include "common/retail/catalogue/admit.h"
#include "common/retail/catalogue/fold.h"
#include "common/retail/deliveries/admit.h"
#include "common/retail/deliveries/fold.h"
#include "common/retail/effect.h"
#include "common/retail/nodes/admit.h"
#include "common/retail/nodes/fold.h"
#include "common/retail/sales/admit.h"
#include "common/retail/sales/fold.h"
#include "google/protobuf/arena.h"

namespace comptoir::retail {
namespace {

using google::protobuf::Arena;
using google::protobuf::Message;

// What this build knows of one kind of fact.
struct Handler {
  v1::FactKind kind = v1::FACT_KIND_UNSPECIFIED;
  bool prints_receipt = false;
  Message* (*create)(Arena*) = nullptr;
  absl::Status (*admit)(const Fact&) = nullptr;
  absl::Status (*fold)(const Fact&, Effect, store::Transaction&) = nullptr;
};

template <typename FactMessage, auto AdmitRoom, auto FoldRoom>
constexpr Handler Handle(v1::FactKind kind, bool prints_receipt = false) {
  return {
      kind, prints_receipt,
      [](Arena* arena) -> Message* { return Arena::CreateMessage<FactMessage>(arena); },
      [](const Fact& fact) { return AdmitRoom(fact, static_cast<const FactMessage&>(*fact.fact)); },
      [](const Fact& fact, Effect effect, store::Transaction& transaction) {
        return FoldRoom(fact, static_cast<const FactMessage&>(*fact.fact), effect, transaction);
      }};
}

// By kind; the first stands for no kind.
constexpr std::array<Handler, 10> kHandlers = {
    Handler{},
    Handle<journal::v1::Genesis, AdmitGenesis, FoldGenesis>(v1::FACT_KIND_GENESIS),
    Handle<v1::ProductEdited, AdmitProductEdited, FoldProductEdited>(v1::FACT_KIND_PRODUCT_EDITED),
    Handle<v1::ProducerEdited, AdmitProducerEdited, FoldProducerEdited>(
        v1::FACT_KIND_PRODUCER_EDITED),
    Handle<v1::ShopEdited, AdmitShopEdited, FoldShopEdited>(v1::FACT_KIND_SHOP_EDITED),
    Handle<v1::PriceSet, AdmitPriceSet, FoldPriceSet>(v1::FACT_KIND_PRICE_SET),
    Handle<v1::VatSet, AdmitVatSet, FoldVatSet>(v1::FACT_KIND_VAT_SET),
    Handle<v1::GoodsReceived, AdmitGoodsReceived, FoldGoodsReceived>(v1::FACT_KIND_GOODS_RECEIVED),
    Handle<v1::Sold, AdmitSold, FoldSold>(v1::FACT_KIND_SOLD, true),
    Handle<v1::NodeEnrolled, AdmitNodeEnrolled, FoldNodeEnrolled>(v1::FACT_KIND_NODE_ENROLLED),
};

constexpr bool InOrder() {
  for (size_t i = 0; i < kHandlers.size(); ++i) {
    if (static_cast<size_t>(kHandlers[i].kind) != i) return false;
  }
  return true;
}
static_assert(InOrder());

// Null for a kind that this build does not know.
const Handler* Find(uint32_t kind) {
  return kind == 0 || kind >= kHandlers.size() ? nullptr : &kHandlers[kind];
}

const Handler& HandlerOf(const Fact& fact) {
  const Handler* handler = Find(static_cast<uint32_t>(fact.kind));
  COMPTOIR_CHECK(handler != nullptr && fact.fact != nullptr && fact.journal != nullptr);
  return *handler;
}

Verdict Bad(std::string sentence) { return {Verdict::Kind::kBad, std::move(sentence)}; }
Verdict Unknown(std::string sentence) { return {Verdict::Kind::kUnknown, std::move(sentence)}; }

int64_t LocalMillis(const Fact& fact) {
  return fact.wall_ms + fact.utc_offset_minutes * kMillisPerMinute;
}

}  // namespace

Day Fact::business_day() const {
  return Day(static_cast<int32_t>(FloorDivide(LocalMillis(*this), kMillisPerDay)));
}

int64_t Fact::business_hour() const { return FloorDivide(LocalMillis(*this), kMillisPerHour); }

Verdict ParseFact(const journal::v1::Entry& entry, Arena* arena, Fact* fact) {
  fact->kind = static_cast<v1::FactKind>(entry.kind());
  fact->fact = nullptr;
  if (entry.fold_version() == 0) return Bad("it names no fold version");
  if (entry.kind() == 0) return Bad("it names no kind of fact");
  if (entry.fold_version() > kFoldVersion) {
    return Unknown(absl::StrCat("it needs fold version ", entry.fold_version(),
                                ", this build folds ", kFoldVersion, ": upgrade this node"));
  }
  const Handler* handler = Find(entry.kind());
  if (handler == nullptr) {
    return Unknown(absl::StrCat("this build does not know facts of kind ", entry.kind(),
                                ": upgrade this node"));
  }
  if (entry.fact().size() > kFactBytesMax) {
    return Bad(absl::StrCat("the fact has ", entry.fact().size(), " bytes; at most ", kFactBytesMax,
                            " are taken"));
  }
  Message* message = handler->create(arena);
  if (!message->ParseFromString(entry.fact())) {
    return Bad(absl::StrCat("its bytes are no ", v1::FactKind_Name(handler->kind)));
  }
  fact->fact = message;
  return {};
}

Verdict Admit(const Fact& fact) {
  const absl::Status status = HandlerOf(fact).admit(fact);
  return status.ok() ? Verdict{} : Bad(std::string(status.message()));
}

bool PrintsReceipt(v1::FactKind kind) {
  const Handler* handler = Find(static_cast<uint32_t>(kind));
  return handler != nullptr && handler->prints_receipt;
}

absl::Status Fold(const Fact& fact, Direction direction, store::Transaction& transaction) {
  const Effect effect = direction == Direction::kCount ? Effect::kCount : Effect::kUncount;
  return HandlerOf(fact).fold(fact, effect, transaction);
}

absl::Status FoldDuplicate(const Fact& fact, store::Transaction& transaction) {
  return HandlerOf(fact).fold(fact, Effect::kDuplicate, transaction);
}

}  // namespace comptoir::retail
