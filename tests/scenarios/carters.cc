// Who takes goods from shop to shop, and what is known of it.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/retail/transfers/list.h"
#include "tests/scenarios/village.h"

namespace comptoir::scenarios {
namespace {

std::string Pieces(int64_t milli) { return absl::StrFormat("%g", double(milli) / 1'000); }

void AddGoods(const std::vector<std::string>& words, size_t first, auto* request) {
  for (size_t i = first; i + 1 < words.size(); i += 2) {
    shop::v1::TransferGoods* goods = request->add_lines();
    goods->set_product(words[i]);
    goods->set_quantity_milli(std::stoll(words[i + 1]) * 1'000);
  }
}

std::string LinesOf(const shop::v1::TransferResponse& response) {
  std::string text;
  for (const retail::v1::TransferLine& line : response.lines()) {
    absl::StrAppend(&text, ", ", line.product(), " ", Pieces(line.quantity_milli()));
  }
  return text;
}

}  // namespace

std::string Village::Send(const Words& words) {
  Machine& machine = MachineOf(words[1]);
  shop::v1::SendTransferRequest request;
  request.set_request_id(NewRequestId());
  request.set_to(words[2]);
  AddGoods(words, 3, &request);
  const auto answer = machine.transfers().Send(request);
  machine.Settle();
  if (!answer.ok()) return Answer(answer.status(), "");
  return absl::StrCat(answer->name(), ": ", answer->transfer().transfer(), LinesOf(*answer), "\n");
}

std::string Village::Arrive(const Words& words) {
  Machine& machine = MachineOf(words[1]);
  shop::v1::ReceiveTransferRequest request;
  request.set_request_id(NewRequestId());
  request.set_transfer(words[2]);
  AddGoods(words, 3, &request);
  const auto answer = machine.transfers().Receive(request);
  machine.Settle();
  if (!answer.ok()) return Answer(answer.status(), "");
  return absl::StrCat(answer->name(), LinesOf(*answer), "\n");
}

std::string Village::GiveUp(const Words& words) {
  Machine& machine = MachineOf(words[1]);
  shop::v1::SettleTransferRequest request;
  request.set_request_id(NewRequestId());
  request.set_transfer(words[2]);
  request.set_reason(retail::v1::WASTE_REASON_THEFT);
  AddGoods(words, 3, &request);
  const auto answer = machine.transfers().Settle(request);
  machine.Settle();
  if (!answer.ok()) return Answer(answer.status(), "");
  return absl::StrCat(answer->name(), LinesOf(*answer), "\n");
}

std::string Village::Transfers(const Words& words) {
  Machine& machine = MachineOf(words[1]);
  const auto list =
      retail::ListTransfers(*machine.ledger().NewSnapshot(), machine.ledger().WallNow(), {});
  if (!list.ok()) return Answer(list.status(), "");
  std::string lines;
  for (const shop::v1::Transfer& transfer : list->transfers()) {
    absl::StrAppend(&lines, transfer.transfer(), transfer.open() ? ", open" : ", closed",
                    transfer.overdue() ? ", late" : "",
                    transfer.sent_ms() == 0 ? ", not known to be sent" : "");
    for (const shop::v1::TransferStock& line : transfer.lines()) {
      absl::StrAppend(&lines, "; ", line.product(), ": ", Pieces(line.sent_milli()), " sent, ",
                      Pieces(line.received_milli()), " received, ", Pieces(line.settled_milli()),
                      " given up");
    }
    absl::StrAppend(&lines, "\n");
  }
  return lines.empty() ? "none\n" : lines;
}

}  // namespace comptoir::scenarios
