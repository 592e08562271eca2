#include "tests/simulation/transfers.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/ledger/tables.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"
#include "common/retail/transfers/state.h"
#include "google/protobuf/arena.h"
#include "tests/simulation/people.h"
#include "tests/simulation/world.h"

namespace comptoir::simulation {

// ---- clerks ----

template <typename Request, typename Record>
void Clerk::AskTransfer(Asked::Kind kind, const std::string& transfer, Request request,
                        Record record) {
  asked_ = &oracle_.Ask(kind, machine_.writer().shop);
  asked_->transfer = transfer;
  request.set_request_id(asked_->id);
  for (const shop::v1::TransferGoods& goods : request.lines()) {
    if (goods.has_quantity_milli()) asked_->goods_milli[goods.product()] += goods.quantity_milli();
  }
  work_ = [this, request = std::move(request), record](Machine& machine, Asked& asked) {
    if (const absl::Status known = Knows(machine, retail::v1::FACT_KIND_TRANSFER_SENT);
        !known.ok()) {
      return known;
    }
    const absl::StatusOr<shop::v1::TransferResponse> response =
        record(machine.transfers(), request);
    if (!response.ok()) return response.status();
    const journal::v1::Reference& where = response->reference();
    asked.where = {JournalId(where.journal()), Sequence(where.sequence()), where.hash_prefix()};
    asked.transfer = response->transfer().transfer();
    (asked.astray ? astray_ : correctable_).push_back(response->name());
    return absl::OkStatus();
  };
}

// Sends to another shop, or sees to what was sent here: the paper has come with the goods,
// whatever the link did. Now and then a crate for another shop is counted in, and that is
// taken back some time later.
void Clerk::ChooseTransfer() {
  if (!astray_.empty() && astray_dice_.OneIn(2)) return CorrectAstray();
  const std::string& own = machine_.writer().shop;
  const bool errs = astray_dice_.OneIn(8);
  std::vector<const Asked*> came;
  for (const Asked& asked : oracle_.all()) {
    const bool is_here = asked.to == own || (errs && asked.shop != own);
    if (asked.kind == Asked::Kind::kSend && asked.told && is_here) came.push_back(&asked);
  }
  if (came.empty() || transfer_dice_.OneIn(3)) {
    const std::string to = kShops[transfer_dice_.Below(kShops.size())];
    if (to != own) SendGoods(to);
    return;
  }
  // Most often one of the last.
  const size_t last = std::min<size_t>(came.size(), 4);
  const Asked& sent = *came[came.size() - 1 - transfer_dice_.Below(last)];
  if (sent.to == own && transfer_dice_.OneIn(4)) {
    SettleGoods(sent);
  } else {
    ReceiveGoods(sent);
  }
}

void Clerk::SendGoods(const std::string& to) {
  shop::v1::SendTransferRequest request;
  request.set_to(to);
  for (int64_t i = transfer_dice_.Between(1, 2); i > 0; --i) {
    shop::v1::TransferGoods* goods = request.add_lines();
    goods->set_product(kProducts[transfer_dice_.Below(kProducts.size())]);
    goods->set_quantity_milli(transfer_dice_.Between(1, 12) * 1'000);
  }
  AskTransfer(Asked::Kind::kSend, "", std::move(request),
              [](node::TransferRecorder& recorder, const shop::v1::SendTransferRequest& asked) {
                return recorder.Send(asked);
              });
  asked_->to = to;
}

// By what the paper says, more or less; or all that is announced.
void Clerk::ReceiveGoods(const Asked& sent) {
  shop::v1::ReceiveTransferRequest request;
  request.set_transfer(sent.transfer);
  const bool astray = sent.to != machine_.writer().shop;
  const bool all = !astray && transfer_dice_.OneIn(3);
  for (const auto& [product, milli] : sent.goods_milli) {
    if (all) break;
    shop::v1::TransferGoods* goods = request.add_lines();
    goods->set_product(product);
    goods->set_quantity_milli(
        transfer_dice_.OneIn(2) ? milli : transfer_dice_.Between(1, milli / 500) * 500);
  }
  AskTransfer(Asked::Kind::kReceive, sent.transfer, std::move(request),
              [](node::TransferRecorder& recorder, const shop::v1::ReceiveTransferRequest& asked) {
                return recorder.Receive(asked);
              });
  asked_->astray = astray;
}

void Clerk::CorrectAstray() {
  asked_ = &oracle_.Ask(Asked::Kind::kCorrection, machine_.writer().shop);
  shop::v1::CorrectRequest request;
  request.set_request_id(asked_->id);
  request.set_name(astray_.back());
  request.set_reason("another shop's crate");
  astray_.pop_back();
  work_ = [request](Machine& machine, Asked& asked) {
    COMPTOIR_RETURN_IF_ERROR(Knows(machine, retail::v1::FACT_KIND_CORRECTED));
    const auto response = machine.goods().Correct(request);
    if (!response.ok()) return response.status();
    const journal::v1::Reference& where = response->reference();
    asked.where = {JournalId(where.journal()), Sequence(where.sequence()), where.hash_prefix()};
    return absl::OkStatus();
  };
}

void Clerk::SettleGoods(const Asked& sent) {
  shop::v1::SettleTransferRequest request;
  request.set_transfer(sent.transfer);
  request.set_reason(retail::v1::WASTE_REASON_THEFT);
  if (transfer_dice_.OneIn(2)) {
    shop::v1::TransferGoods* goods = request.add_lines();
    goods->set_product(sent.goods_milli.begin()->first);
    goods->set_quantity_milli(500);
  }
  AskTransfer(Asked::Kind::kSettle, sent.transfer, std::move(request),
              [](node::TransferRecorder& recorder, const shop::v1::SettleTransferRequest& asked) {
                return recorder.Settle(asked);
              });
}

// ---- the reckoning ----

namespace {

// By product: sent, received, given up.
using Goods = std::map<std::string, std::array<int64_t, 3>>;

std::string TextOf(const Goods& goods) {
  std::string text;
  for (const auto& [product, sums] : goods) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", product, " ", sums[0], "/", sums[1], "/",
                    sums[2]);
  }
  return text.empty() ? "nothing" : text;
}

// The fact of a request that the hub holds, as it stands in its views; null in a fact that
// cannot be read.
retail::Fact FactOf(Machine& hub, const Asked& asked, google::protobuf::Arena* arena) {
  const auto snapshot = hub.ledger().NewSnapshot();
  const auto row = snapshot->Get(ledger::kRequests, ledger::RequestKey(asked.shop, asked.id, 0));
  if (!row.ok() || !row->has_value() || (*row)->size() < 16) return {};
  const std::string_view place = **row;
  const auto fact = hub.ledger().ReadFact(*snapshot, JournalId(ReadBigEndian64(place)),
                                          Sequence(ReadBigEndian64(place.substr(8))), arena);
  return fact.ok() ? *fact : retail::Fact();
}

// Requests of which a correction that is at the hub names the fact.
std::set<std::string> Undone(Machine& hub, const Oracle& oracle) {
  std::set<std::string> undone;
  for (const Asked& asked : oracle.all()) {
    if (asked.kind != Asked::Kind::kCorrection || !HoldsRequest(hub.disk(), asked)) continue;
    google::protobuf::Arena arena;
    const retail::Fact fact = FactOf(hub, asked, &arena);
    if (fact.kind != retail::v1::FACT_KIND_CORRECTED) continue;
    undone.insert(static_cast<const retail::v1::Corrected&>(*fact.fact).fact().request_id());
  }
  return undone;
}

template <typename Fact>
void AddLines(const Fact& fact, size_t which, Goods* goods) {
  for (const retail::v1::TransferLine& line : fact.lines()) {
    (*goods)[line.product()][which] += line.quantity_milli();
  }
}

// Adds what the request did: as the clerk said, or as the node filled it in.
void AddAsked(Machine& hub, const Asked& asked, size_t which, Goods* goods) {
  for (const auto& [product, milli] : asked.goods_milli) (*goods)[product][which] += milli;
  if (!asked.goods_milli.empty()) return;
  google::protobuf::Arena arena;
  const retail::Fact fact = FactOf(hub, asked, &arena);
  if (fact.kind == retail::v1::FACT_KIND_TRANSFER_RECEIVED) {
    AddLines(static_cast<const retail::v1::TransferReceived&>(*fact.fact), which, goods);
  } else if (fact.kind == retail::v1::FACT_KIND_TRANSFER_SETTLED) {
    AddLines(static_cast<const retail::v1::TransferSettled&>(*fact.fact), which, goods);
  }
}

struct Expected {
  Goods goods;
  std::set<std::string> shops;  // of what counts, and where it was sent to
  bool lost = false;            // something of it, which the hub does not hold
};

// The id of a transfer whose answer nobody heard is in its fact.
std::string TransferOf(Machine& hub, const Asked& asked) {
  if (!asked.transfer.empty()) return asked.transfer;
  google::protobuf::Arena arena;
  const retail::Fact fact = FactOf(hub, asked, &arena);
  if (fact.kind != retail::v1::FACT_KIND_TRANSFER_SENT) return "";
  return static_cast<const retail::v1::TransferSent&>(*fact.fact).transfer();
}

std::map<std::string, Expected> ExpectedTransfers(Machine& hub, const Oracle& oracle) {
  const std::map<Asked::Kind, size_t> kinds = {
      {Asked::Kind::kSend, 0}, {Asked::Kind::kReceive, 1}, {Asked::Kind::kSettle, 2}};
  const std::set<std::string> undone = Undone(hub, oracle);
  std::map<std::string, Expected> expected;
  for (const Asked& asked : oracle.all()) {
    const auto kind = kinds.find(asked.kind);
    if (kind == kinds.end()) continue;
    if (!HoldsRequest(hub.disk(), asked)) {
      if (!asked.transfer.empty()) expected[asked.transfer].lost = true;
      continue;
    }
    Expected& transfer = expected[TransferOf(hub, asked)];
    if (undone.contains(asked.id)) continue;
    transfer.shops.insert(asked.shop);
    if (!asked.to.empty()) transfer.shops.insert(asked.to);
    AddAsked(hub, asked, kind->second, &transfer.goods);
  }
  return expected;
}

// Does the hub know something of it by what it told alone? That outlives the fact where
// every disk that held it was lost, and the hub's is an old copy.
bool KnowsByNotes(Machine& hub, const std::string& transfer) {
  const auto state = retail::ReadTransfer(*hub.ledger().NewSnapshot(), transfer);
  return state.ok() && std::ranges::any_of(state->facts, [](const retail::TransferFact& fact) {
           return !fact.is_held;
         });
}

// What the hub told of it, to whom: they stay concerned.
std::set<std::string> ToldOf(Machine& hub, const std::string& transfer) {
  std::set<std::string> shops;
  const auto state = retail::ReadTransfer(*hub.ledger().NewSnapshot(), transfer);
  if (!state.ok()) return shops;
  for (const auto& [told, note] : state->notes) shops.insert(told.first);
  return shops;
}

Goods GoodsAt(Machine& machine, const std::string& transfer) {
  Goods goods;
  const auto state = retail::ReadTransfer(*machine.ledger().NewSnapshot(), transfer);
  if (!state.ok()) return goods;
  for (const auto& [key, item] : retail::ItemsOf(*state)) {
    auto& sums = goods[key.first];
    sums[0] += item.sent_milli;
    sums[1] += item.received_milli;
    sums[2] += item.settled_milli;
  }
  return goods;
}

}  // namespace

bool HasToldOfTransfers(Machine& hub) {
  const std::string waiting = retail::TransferListPrefix(retail::TransferList::kWaiting);
  const auto snapshot = hub.ledger().NewSnapshot();
  const auto rows = snapshot->Scan(retail::kTransferLists, waiting, retail::PrefixLimit(waiting));
  return !rows->Valid() && rows->status().ok();
}

std::vector<std::string> CheckTransfers(Machine& hub,
                                        const std::vector<std::unique_ptr<Machine>>& machines,
                                        const Oracle& oracle) {
  std::vector<std::string> findings;
  for (const auto& [transfer, expected] : ExpectedTransfers(hub, oracle)) {
    if (expected.lost && KnowsByNotes(hub, transfer)) continue;
    std::set<std::string> shops = ToldOf(hub, transfer);
    shops.insert(expected.shops.begin(), expected.shops.end());
    for (const auto& machine : machines) {
      const bool concerned = machine->hub() || (shops.contains(machine->writer().shop) &&
                                                !hub.ledger().IsRevoked(machine->writer().node));
      if (!concerned) continue;
      const Goods goods = GoodsAt(*machine, transfer);
      if (goods == expected.goods) continue;
      findings.push_back(absl::StrCat("transfers: ", transfer, " is ", TextOf(expected.goods),
                                      " sent/received/given up by what clerks asked, and ",
                                      TextOf(goods), " at ", machine->name()));
    }
  }
  return findings;
}

}  // namespace comptoir::simulation
