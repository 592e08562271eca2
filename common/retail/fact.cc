#include "common/retail/fact.h"

#include <array>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/retail/calendar.h"
#include "common/retail/catalogue/admit.h"
#include "common/retail/catalogue/fold.h"
#include "common/retail/corrections/admit.h"
#include "common/retail/corrections/fold.h"
#include "common/retail/counts/admit.h"
#include "common/retail/counts/fold.h"
#include "common/retail/days/admit.h"
#include "common/retail/days/fold.h"
#include "common/retail/deliveries/admit.h"
#include "common/retail/deliveries/fold.h"
#include "common/retail/effect.h"
#include "common/retail/forks/admit.h"
#include "common/retail/nodes/admit.h"
#include "common/retail/nodes/fold.h"
#include "common/retail/recalls/admit.h"
#include "common/retail/recalls/fold.h"
#include "common/retail/returns/admit.h"
#include "common/retail/returns/fold.h"
#include "common/retail/sales/admit.h"
#include "common/retail/sales/fold.h"
#include "common/retail/stock/lots.h"
#include "common/retail/tables.h"
#include "common/retail/trace/fold.h"
#include "common/retail/transfers/admit.h"
#include "common/retail/transfers/fold.h"
#include "common/retail/waste/admit.h"
#include "common/retail/waste/fold.h"
#include "comptoir/retail/v1/transfers.pb.h"
#include "google/protobuf/arena.h"

namespace comptoir::retail {
namespace {

using google::protobuf::Arena;
using google::protobuf::Message;

// What this build knows of one kind of fact.
struct Traits {
  bool prints_receipt = false;
  bool moves_goods = false;  // of its shop
  bool may_be_corrected = false;
};
struct Handler {
  v1::FactKind kind = v1::FACT_KIND_UNSPECIFIED;
  Traits traits;
  Message* (*create)(Arena*) = nullptr;
  absl::Status (*admit)(const Fact&) = nullptr;
  absl::Status (*fold)(const Fact&, Effect, Folding&) = nullptr;
};

template <typename FactMessage, auto AdmitRoom, auto FoldRoom>
constexpr Handler Handle(v1::FactKind kind, Traits traits = {}) {
  return {
      kind, traits,
      [](Arena* arena) -> Message* { return Arena::CreateMessage<FactMessage>(arena); },
      [](const Fact& fact) { return AdmitRoom(fact, static_cast<const FactMessage&>(*fact.fact)); },
      [](const Fact& fact, Effect effect, Folding& folding) {
        const auto& message = static_cast<const FactMessage&>(*fact.fact);
        if constexpr (std::is_invocable_v<decltype(FoldRoom), const Fact&, const FactMessage&,
                                          Effect, Folding&>) {
          return FoldRoom(fact, message, effect, folding);
        } else {
          return FoldRoom(fact, message, effect, folding.transaction());
        }
      }};
}

// What a fact makes of other entries, and not of views, is the ledger's to do.
template <typename FactMessage>
absl::Status FoldByLedger(const Fact& /*fact*/, const FactMessage& /*message*/, Effect /*effect*/,
                          store::Transaction& /*transaction*/) {
  return absl::OkStatus();
}

constexpr int64_t kMillisPerSecond = 1'000;

constexpr Traits kPrintsReceiptAndMoves = {.prints_receipt = true, .moves_goods = true};
constexpr Traits kMovesAndMayBeCorrected = {.moves_goods = true, .may_be_corrected = true};
constexpr Traits kMayBeCorrected = {.may_be_corrected = true};

// By kind; the first stands for no kind.
constexpr std::array<Handler, 29> kHandlers = {
    Handler{},
    Handle<journal::v1::Genesis, AdmitGenesis, FoldGenesis>(v1::FACT_KIND_GENESIS),
    Handle<v1::ProductEdited, AdmitProductEdited, FoldProductEdited>(v1::FACT_KIND_PRODUCT_EDITED),
    Handle<v1::ProducerEdited, AdmitProducerEdited, FoldProducerEdited>(
        v1::FACT_KIND_PRODUCER_EDITED),
    Handle<v1::ShopEdited, AdmitShopEdited, FoldShopEdited>(v1::FACT_KIND_SHOP_EDITED),
    Handle<v1::PriceSet, AdmitPriceSet, FoldPriceSet>(v1::FACT_KIND_PRICE_SET),
    Handle<v1::VatSet, AdmitVatSet, FoldVatSet>(v1::FACT_KIND_VAT_SET),
    Handle<v1::GoodsReceived, AdmitGoodsReceived, FoldGoodsReceived>(v1::FACT_KIND_GOODS_RECEIVED,
                                                                     kMovesAndMayBeCorrected),
    Handle<v1::Sold, AdmitSold, FoldSold>(v1::FACT_KIND_SOLD, kPrintsReceiptAndMoves),
    Handle<v1::NodeEnrolled, AdmitNodeEnrolled, FoldNodeEnrolled>(v1::FACT_KIND_NODE_ENROLLED),
    Handle<v1::Wasted, AdmitWasted, FoldWasted>(v1::FACT_KIND_WASTED, kMovesAndMayBeCorrected),
    Handle<v1::Returned, AdmitReturned, FoldReturned>(v1::FACT_KIND_RETURNED,
                                                      kPrintsReceiptAndMoves),
    Handle<v1::Returned, AdmitReturned, FoldReturned>(v1::FACT_KIND_VOIDED, kPrintsReceiptAndMoves),
    Handle<v1::Counted, AdmitCounted, FoldCounted>(v1::FACT_KIND_COUNTED, kMayBeCorrected),
    Handle<v1::Corrected, AdmitCorrected, FoldCorrected>(v1::FACT_KIND_CORRECTED),
    Handle<v1::NodeRevoked, AdmitNodeRevoked, FoldNodeRevoked>(v1::FACT_KIND_NODE_REVOKED),
    Handle<v1::ForkSettled, AdmitForkSettled, FoldByLedger<v1::ForkSettled>>(
        v1::FACT_KIND_FORK_SETTLED),
    Handle<v1::Moved, AdmitMoved, FoldByLedger<v1::Moved>>(v1::FACT_KIND_MOVED),
    Handle<v1::TransferSent, AdmitTransferSent, FoldTransferSent>(v1::FACT_KIND_TRANSFER_SENT,
                                                                  kMovesAndMayBeCorrected),
    Handle<v1::TransferAnnounced, AdmitTransferAnnounced, FoldTransferAnnounced>(
        v1::FACT_KIND_TRANSFER_ANNOUNCED),
    Handle<v1::TransferAnswered, AdmitTransferAnswered, FoldTransferAnswered>(
        v1::FACT_KIND_TRANSFER_ANSWERED),
    Handle<v1::TransferReceived, AdmitTransferReceived, FoldTransferReceived>(
        v1::FACT_KIND_TRANSFER_RECEIVED, kMovesAndMayBeCorrected),
    Handle<v1::TransferSettled, AdmitTransferSettled, FoldTransferSettled>(
        v1::FACT_KIND_TRANSFER_SETTLED, kMovesAndMayBeCorrected),
    Handle<v1::Recalled, AdmitRecalled, FoldRecalled>(v1::FACT_KIND_RECALLED),
    Handle<v1::RecallLifted, AdmitRecallLifted, FoldRecallLifted>(v1::FACT_KIND_RECALL_LIFTED),
    Handle<v1::RecallConfirmed, AdmitRecallConfirmed, FoldRecallConfirmed>(
        v1::FACT_KIND_RECALL_CONFIRMED),
    Handle<v1::DayOpened, AdmitDayOpened, FoldDayOpened>(v1::FACT_KIND_DAY_OPENED),
    Handle<v1::CashMoved, AdmitCashMoved, FoldCashMoved>(v1::FACT_KIND_CASH_MOVED),
    Handle<v1::DayClosed, AdmitDayClosed, FoldDayClosed>(v1::FACT_KIND_DAY_CLOSED),
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
  return kind >= kHandlers.size() || kHandlers[kind].create == nullptr ? nullptr : &kHandlers[kind];
}

const Handler& HandlerOf(const Fact& fact) {
  const Handler* handler = Find(static_cast<uint32_t>(fact.kind));
  COMPTOIR_CHECK(handler != nullptr && fact.fact != nullptr && fact.journal != nullptr);
  return *handler;
}

absl::Status FoldEffect(const Fact& fact, Effect effect, Folding& folding) {
  const Handler& handler = HandlerOf(fact);
  COMPTOIR_RETURN_IF_ERROR(handler.fold(fact, effect, folding));
  NoteLots(fact, effect, folding.transaction());
  FoldTrace(fact, effect, folding.transaction());
  return handler.traits.moves_goods
             ? FoldMoved(fact, handler.traits.prints_receipt, effect, folding)
             : absl::OkStatus();
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

uint32_t Fact::second_of_day() const {
  const int64_t local_ms = LocalMillis(*this);
  return static_cast<uint32_t>((local_ms - FloorDivide(local_ms, kMillisPerDay) * kMillisPerDay) /
                               kMillisPerSecond);
}

v1::NamedFact Fact::name() const {
  v1::NamedFact named;
  const Reference& written = moved.has_value() ? moved->original : reference;
  named.mutable_reference()->set_journal(written.journal.value());
  named.mutable_reference()->set_sequence(written.sequence.value());
  named.mutable_reference()->set_hash_prefix(written.hash_prefix);
  named.set_request_id(request_id);
  named.set_request_digest(request_digest);
  named.set_request_index(request_index);
  return named;
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
  const Release* release = fact->journal == nullptr ? nullptr : fact->journal->release;
  if (release != nullptr && release->not_known.contains(fact->kind)) handler = nullptr;
  if (handler == nullptr) {
    return Unknown(absl::StrCat("this build does not know facts of kind ", entry.kind(),
                                ": upgrade this node"));
  }
  if (entry.fact().size() > FactBytesMax(entry.kind())) {
    return Bad(absl::StrCat("the fact has ", entry.fact().size(), " bytes; at most ",
                            FactBytesMax(entry.kind()), " are taken"));
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

size_t FactBytesMax(uint32_t kind) {
  return kind == v1::FACT_KIND_MOVED ? kMovedFactBytesMax : kFactBytesMax;
}

bool PrintsReceipt(v1::FactKind kind) {
  const Handler* handler = Find(static_cast<uint32_t>(kind));
  return handler != nullptr && handler->traits.prints_receipt;
}

bool TakesReceiptNumber(const Fact& fact, const Verdict& verdict) {
  switch (verdict.kind) {
    case Verdict::Kind::kAdmitted:
      return PrintsReceipt(fact.kind);
    case Verdict::Kind::kUnknown:
      return fact.takes_receipt_number;
    case Verdict::Kind::kBad:
      break;
  }
  return false;
}

absl::Status Fold(const Fact& fact, Direction direction, Folding& folding) {
  return FoldEffect(fact, direction == Direction::kCount ? Effect::kCount : Effect::kUncount,
                    folding);
}

absl::Status FoldDuplicate(const Fact& fact, Folding& folding) {
  return FoldEffect(fact, Effect::kDuplicate, folding);
}

bool MayBeCorrected(v1::FactKind kind) {
  const Handler* handler = Find(static_cast<uint32_t>(kind));
  return handler != nullptr && handler->traits.may_be_corrected;
}

absl::StatusOr<const v1::CountHorizonRow*> Folding::CountHorizon(const std::string& shop) {
  const auto known = horizons_.find(shop);
  if (known != horizons_.end()) return known->second.get();
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                            transaction_->Get(kCountHorizons, shop));
  std::unique_ptr<v1::CountHorizonRow> row;
  if (bytes.has_value()) {
    row = std::make_unique<v1::CountHorizonRow>();
    if (!row->ParseFromString(*bytes)) {
      return absl::DataLossError("a row of count_horizons is damaged");
    }
  }
  return (horizons_[shop] = std::move(row)).get();
}

void Folding::SetCountHorizon(const std::string& shop, const v1::CountHorizonRow& row) {
  transaction_->Put(kCountHorizons, shop, row.SerializeAsString());
  horizons_[shop] = std::make_unique<v1::CountHorizonRow>(row);
}

}  // namespace comptoir::retail
