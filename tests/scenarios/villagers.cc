// What the people of the village do and see.
#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "common/daemon/receipts.h"
#include "common/journal/genesis.h"
#include "common/retail/stock/queries.h"
#include "tests/scenarios/village.h"
#include "tests/simulation/checks.h"

namespace comptoir::scenarios {
namespace {

constexpr int64_t kAnswerMsMax = 60'000;
constexpr size_t kRequestIdBytes = 16;

int64_t Milli(const std::string& word) {
  double quantity = 0;
  return absl::SimpleAtod(word, &quantity) ? static_cast<int64_t>(quantity * 1'000) : 0;
}

std::string Quantity(int64_t milli) { return absl::StrFormat("%g", double(milli) / 1'000); }
std::string Euros(int64_t cents) { return absl::StrFormat("%.2f", double(cents) / 100); }

}  // namespace

// ---- names ----

std::string Village::RequestId(const std::string& name) {
  std::string id = name.substr(0, kRequestIdBytes);
  id.resize(kRequestIdBytes, '.');
  return id;
}

std::string Village::NewRequestId() { return RequestId(absl::StrCat("#", ++requests_)); }

void Village::LetterJournals() {
  std::vector<std::pair<HybridTime, std::pair<std::string, JournalId>>> opened;
  for (const auto& machine : machines_) {
    if (!machine->alive()) continue;
    for (const ledger::JournalView& journal : machine->ledger().Journals()) {
      if (letters_.contains(journal.series)) continue;
      opened.push_back({journal.opened, {journal.series, journal.head.journal}});
    }
  }
  std::ranges::sort(opened);
  for (const auto& [time, journal] : opened) {
    const auto& [series, id] = journal;
    const std::string letter(1, static_cast<char>('A' + letters_.size()));
    const std::string& given = letters_.try_emplace(series, letter).first->second;
    ids_[absl::StrCat(absl::Hex(id.value(), absl::kZeroPad16))] = given;
  }
}

std::string Village::Lettered(std::string text) {
  return absl::StrReplaceAll(absl::StrReplaceAll(text, letters_), ids_);
}

// Only in the names of receipts and facts: "outremeuse-A-0001", "outremeuse-A/3".
std::string Village::Unlettered(std::string text) {
  for (const auto& [series, letter] : letters_) {
    for (const char* const end : {"-0", "/"}) {
      const std::string shown = absl::StrCat("-", letter, end);
      if (!absl::StrContains(text, shown)) continue;
      return absl::StrReplaceAll(text, {{shown, absl::StrCat("-", series, end)}});
    }
  }
  return text;
}

std::string Village::Answer(const absl::Status& status, const std::string& good) {
  return status.ok() ? good + "\n" : absl::StrCat("refused: ", status.message(), "\n");
}

// ---- what they do ----

std::string Village::Product(const Words& words) {
  shop::v1::EditProductRequest edit;
  edit.set_request_id(NewRequestId());
  edit.set_product(words[1]);
  edit.mutable_name()->set_value(words[1]);
  edit.mutable_unit()->set_value(retail::v1::UNIT_PIECE);
  edit.mutable_producer()->set_value("ferme-des-trois-chenes");
  edit.mutable_vat()->set_value(600);
  if (const auto edited = hub().desk().EditProduct(edit); !edited.ok()) {
    return Answer(edited.status(), "");
  }
  return Price({"price", "hub", words[1], words[2]});
}

std::string Village::Price(const Words& words) {
  Machine& machine = MachineOf(words[1]);
  shop::v1::SetPriceRequest request;
  request.set_request_id(NewRequestId());
  request.set_product(words[2]);
  int64_t cents = 0;
  if (!absl::SimpleAtoi(words[3], &cents)) throw Misspelt("no cents: " + words[3]);
  request.mutable_price()->set_value(cents);
  request.set_coop(machine.hub() && words.size() < 5);
  if (machine.hub() && words.size() == 5) request.set_shop(words[4]);
  const auto answer = machine.desk().SetPrice(request);
  machine.Settle();
  return answer.ok() ? "" : Answer(answer.status(), "");
}

std::string Village::Receive(const Words& words) {
  Machine& machine = MachineOf(words[1]);
  shop::v1::RecordDeliveryRequest request;
  request.set_request_id(NewRequestId());
  request.set_producer("ferme-des-trois-chenes");
  shop::v1::DeliveryLine* line = request.add_lines();
  line->set_product(words[2]);
  line->set_quantity_milli(Milli(words[3]));
  if (words.size() > 4) line->set_lot(words[4]);
  const auto answer = machine.goods().RecordDelivery(request);
  machine.Settle();
  return Answer(answer.status(), answer.ok() ? answer->name() : "");
}

std::string Village::Sell(const Words& words) {
  Machine& machine = MachineOf(words[1]);
  if (!machine.alive()) return "no answer\n";
  shop::v1::RecordSaleRequest request;
  request.set_request_id(RequestId(words[2]));
  shop::v1::SaleLine* line = request.add_lines();
  line->set_product(words[3]);
  if (words.size() > 4) line->set_quantity_milli(Milli(words[4]));
  if (words.size() > 5) line->set_lot(words[5]);
  std::optional<absl::StatusOr<shop::v1::SaleRecorded>> answer;
  machine.sales().RecordSale(request, machine.till_memory(),
                             [&answer](auto recorded) { answer = std::move(recorded); });
  machine.Settle();
  if (!RunUntil([&answer] { return answer.has_value(); }, kAnswerMsMax)) return "no answer\n";
  if (!answer->ok()) return Answer(answer->status(), "");
  return absl::StrCat((*answer)->number(), ": ", Euros((*answer)->total_cents()), "\n");
}

std::string Village::Return(const Words& words) {
  Machine& machine = MachineOf(words[1]);
  shop::v1::RecordReturnRequest request;
  request.set_request_id(NewRequestId());
  request.set_number(words[2]);
  shop::v1::ReturnLine* line = request.add_lines();
  line->set_product(words[3]);
  line->set_quantity_milli(Milli(words[4]));
  const auto answer = machine.goods().RecordReturn(request);
  machine.Settle();
  if (!answer.ok()) return Answer(answer.status(), "");
  return absl::StrCat(answer->number(), ": ", Euros(answer->total_cents()), "\n");
}

std::string Village::Void(const Words& words) {
  Machine& machine = MachineOf(words[1]);
  shop::v1::VoidReceiptRequest request;
  request.set_request_id(NewRequestId());
  request.set_number(words[2]);
  const auto answer = machine.goods().VoidReceipt(request);
  machine.Settle();
  if (!answer.ok()) return Answer(answer.status(), "");
  return absl::StrCat(answer->number(), ": ", Euros(answer->total_cents()), "\n");
}

std::string Village::Waste(const Words& words) {
  Machine& machine = MachineOf(words[1]);
  shop::v1::RecordWasteRequest request;
  request.set_request_id(NewRequestId());
  request.set_reason(retail::v1::WASTE_REASON_EXPIRED);
  shop::v1::WasteLine* line = request.add_lines();
  line->set_product(words[2]);
  line->set_quantity_milli(Milli(words[3]));
  const auto answer = machine.goods().RecordWaste(request);
  machine.Settle();
  return Answer(answer.status(), answer.ok() ? answer->name() : "");
}

std::string Village::Count(const Words& words) {
  Machine& machine = MachineOf(words[1]);
  shop::v1::RecordCountRequest request;
  request.set_request_id(NewRequestId());
  shop::v1::CountLine* line = request.add_lines();
  line->set_product(words[2]);
  line->set_quantity_milli(Milli(words[3]));
  const auto answer = machine.goods().RecordCount(request);
  machine.Settle();
  return Answer(answer.status(), answer.ok() ? answer->name() : "");
}

std::string Village::Correct(const Words& words) {
  Machine& machine = MachineOf(words[1]);
  shop::v1::CorrectRequest request;
  request.set_request_id(NewRequestId());
  request.set_name(words[2]);
  request.set_reason("entered by mistake");
  const auto answer = machine.goods().Correct(request);
  machine.Settle();
  return Answer(answer.status(), "undone");
}

std::string Village::Recall(const Words& words) {
  Machine& machine = MachineOf(words[1]);
  shop::v1::AddRecallRequest request;
  request.set_request_id(NewRequestId());
  request.set_product(words[2]);
  if (words.size() > 3) request.set_lot(words[3]);
  request.set_reason("salmonella");
  const auto answer = machine.recalls().Add(request);
  machine.Settle();
  return Answer(answer.status(), answer.ok() ? answer->recall().code() : "");
}

std::string Village::Confirm(const Words& words) {
  Machine& machine = MachineOf(words[1]);
  shop::v1::ConfirmRecallRequest request;
  request.set_request_id(NewRequestId());
  request.set_code(words[2]);
  request.set_staff("marie");
  const auto answer = machine.recalls().Confirm(request);
  machine.Settle();
  return Answer(answer.status(), "confirmed");
}

std::string Village::Lift(const Words& words) {
  Machine& machine = MachineOf(words[1]);
  shop::v1::LiftRecallsRequest request;
  request.set_request_id(NewRequestId());
  request.add_codes(words[2]);
  request.set_reason("a false alarm");
  const auto answer = machine.recalls().Lift(request);
  machine.Settle();
  return Answer(answer.status(), "lifted");
}

// ---- what they see ----

std::string Village::Recalls(const Words& words) {
  const auto recalls = MachineOf(words[1]).recalls().List({});
  if (!recalls.ok()) return Answer(recalls.status(), "");
  std::string lines;
  for (const shop::v1::Recall& recall : recalls->recalls()) {
    absl::StrAppend(&lines, recall.code(), ": ", recall.product(), " ", recall.lot(), "\n");
    for (const shop::v1::RecallShop& shop : recall.shops()) {
      absl::StrAppend(&lines, "  ", shop.shop(), ": ",
                      shop.has_confirmed() ? "confirmed" : "NOT CONFIRMED");
      for (const shop::v1::RecalledStock& stock : shop.stock()) {
        absl::StrAppend(&lines, ", ", Quantity(stock.quantity_milli()), " still there");
      }
      absl::StrAppend(&lines, "\n");
    }
  }
  return lines.empty() ? "none\n" : lines;
}

std::string Village::Trace(const Words& words) {
  shop::v1::TraceRequest request;
  request.set_product(words[2]);
  request.set_lot(words[3]);
  const auto trace = MachineOf(words[1]).recalls().Trace(request);
  if (!trace.ok()) return Answer(trace.status(), "");
  std::string lines;
  for (const shop::v1::TraceMovement& movement : trace->movements()) {
    const std::string& kind = shop::v1::TraceKind_Name(movement.kind());
    absl::StrAppend(&lines, movement.name(), ": ", absl::AsciiStrToLower(kind.substr(11)), " ",
                    Quantity(movement.quantity_milli()), "\n");
  }
  for (const shop::v1::TraceTotal& total : trace->totals()) {
    absl::StrAppend(&lines, total.shop(), ": ", Quantity(total.delivered_milli()), " - ",
                    Quantity(total.sold_milli()), " + ", Quantity(total.returned_milli()), " - ",
                    Quantity(total.wasted_milli()), " + ", Quantity(total.counted_milli()), " = ",
                    Quantity(total.on_shelf_milli()), total.reconciles() ? "\n" : " DIFFERS\n");
  }
  return lines.empty() ? "nothing\n" : lines;
}

// Who has how much of what: a row a journal, a column a machine.
std::string Village::Heads(const Words&) {
  LetterJournals();
  std::map<std::string, std::pair<std::string, std::map<size_t, uint64_t>>> rows;  // by letter
  for (const auto& machine : machines_) {
    if (!machine->alive()) continue;
    for (const ledger::JournalView& journal : machine->ledger().Journals()) {
      auto& row = rows[letters_[journal.series]];
      row.first = absl::StrCat(journal.node, journal.shop.empty() ? " for all" : " for its shop");
      row.second[machine->number()] = journal.head.sequence.value();
    }
  }
  std::string lines = absl::StrFormat("%-30s", "journal");
  for (const auto& machine : machines_) absl::StrAppendFormat(&lines, "  %17s", NameOf(*machine));
  for (const auto& [letter, row] : rows) {
    absl::StrAppendFormat(&lines, "\n%s by %-25s", letter, row.first);
    for (const auto& machine : machines_) {
      const auto held = row.second.find(machine->number());
      absl::StrAppendFormat(&lines, "  %17s",
                            !machine->alive()          ? "off"
                            : held == row.second.end() ? "-"
                                                       : absl::StrCat(held->second));
    }
  }
  return lines + "\n";
}

std::string Village::Stock(const Words& words) {
  const auto stock = retail::ListStock(*MachineOf(words[1]).ledger().NewSnapshot(), words[2], {});
  if (!stock.ok()) return Answer(stock.status(), "");
  std::string lines;
  for (const shop::v1::StockRow& row : stock->rows()) {
    absl::StrAppend(&lines, row.product(), ": ", Quantity(row.quantity_milli()), "\n");
  }
  return lines.empty() ? "nothing\n" : lines;
}

std::string Village::Receipts(const Words& words) {
  Machine& machine = MachineOf(words[1]);
  shop::v1::ListReceiptsRequest request;
  request.set_shop(words[2]);
  request.set_day(machine.ledger().Today().value());
  const auto receipts = daemon::ListReceipts(machine.ledger(), request);
  if (!receipts.ok()) return Answer(receipts.status(), "");
  std::string lines;
  for (const shop::v1::Receipt& receipt : receipts->receipts()) {
    absl::StrAppend(&lines, receipt.number(), ": ", Euros(receipt.total_cents()),
                    receipt.duplicate() ? ", recorded twice" : "",
                    receipt.doubtful() ? ", clock in doubt" : "", "\n");
  }
  return lines.empty() ? "none\n" : lines;
}

std::string Village::Prices(const Words& words) {
  shop::v1::GetCatalogueEntryRequest request;
  request.set_subject(shop::v1::SUBJECT_PRODUCT);
  request.set_code(words[2]);
  Machine& machine = MachineOf(words[1]);
  const auto entry = machine.desk().Find(request);
  if (!entry.ok()) return Answer(entry.status(), "");
  std::string lines;
  for (const shop::v1::FieldValues& field : entry->fields()) {
    if (field.field() != shop::v1::CATALOGUE_FIELD_PRICE) continue;
    const int64_t days = int64_t{field.first_day()} - machine.ledger().Today().value();
    absl::StrAppend(&lines, field.shop().empty() ? "all" : field.shop(),
                    days == 0 ? " from today:" : absl::StrCat(" from in ", days, " days:"));
    for (const shop::v1::StandingWrite& write : field.writes()) {
      absl::StrAppend(&lines, " ", Euros(write.number()), " by ", write.node());
    }
    absl::StrAppend(&lines, field.conflict() ? ", in conflict\n" : "\n");
  }
  return lines;
}

std::string Village::Conflicts(const Words& words) {
  const auto conflicts = MachineOf(words[1]).desk().ListConflicts({});
  if (!conflicts.ok()) return Answer(conflicts.status(), "");
  std::string lines;
  for (const shop::v1::Conflict& conflict : conflicts->conflicts()) {
    absl::StrAppend(&lines, conflict.code(), ":");
    for (const shop::v1::StandingWrite& write : conflict.field().writes()) {
      absl::StrAppend(&lines, " ", Euros(write.number()), " by ", write.node());
    }
    absl::StrAppend(&lines, "\n");
  }
  return lines.empty() ? "none\n" : lines;
}

std::string Village::Notes(const Words& words) {
  Machine& machine = MachineOf(words[1]);
  std::string lines;
  for (const std::string& note : machine.ledger().opening_notes()) {
    absl::StrAppend(&lines, note, "\n");
  }
  for (const std::string& note : machine.sessions().notes()) absl::StrAppend(&lines, note, "\n");
  return lines.empty() ? "none\n" : lines;
}

std::string Village::Verify(const Words&) {
  std::string lines;
  for (const auto& machine : machines_) {
    if (!machine->alive()) continue;
    for (const std::string& finding : simulation::CheckMachine(*machine)) {
      absl::StrAppend(&lines, finding, "\n");
    }
  }
  return lines.empty() ? "all sound\n" : lines;
}

}  // namespace comptoir::scenarios
