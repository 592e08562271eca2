#include "node/sale_recorder.h"

#include <utility>

#include "common/base/status.h"
#include "common/daemon/requests.h"
#include "common/retail/reasons.h"
#include "common/retail/sales/admit.h"
#include "common/retail/sales/build.h"
#include "common/retail/sales/receipts.h"
#include "google/protobuf/arena.h"

namespace comptoir::node {
namespace {

template <typename Fact>
absl::StatusOr<std::string> Serialised(const absl::StatusOr<Fact>& fact) {
  if (!fact.ok()) return fact.status();
  return fact->SerializeAsString();
}

}  // namespace

void SaleRecorder::AppendBuilt(const std::string& request_id, uint32_t digest,
                               retail::v1::FactKind kind, absl::StatusOr<std::string> fact,
                               ledger::Ledger::AppendDone done) {
  if (absl::Status status = daemon::CheckRequestId(request_id); !status.ok()) {
    done(status);
    return;
  }
  ledger::AppendRequest append{request_id, digest, journal::v1::SCOPE_SHOP, {}};
  if (fact.ok()) {
    append.facts.push_back({kind, *std::move(fact)});
    ledger_.AppendForFlush(std::move(append), std::move(done));
    return;
  }
  ledger_.AppendForFlush(std::move(append), [why = fact.status(), done = std::move(done)](
                                                absl::StatusOr<ledger::AppendResult> result) {
    if (absl::IsNotFound(result.status())) {
      done(why);
    } else {
      done(std::move(result));
    }
  });
}

void SaleRecorder::RecordSale(const shop::v1::RecordSaleRequest& request,
                              retail::TillMemory& memory, SaleDone done) {
  const auto snapshot = ledger_.NewSnapshot();
  const auto sold =
      retail::BuildSold(*snapshot, memory, ledger_.self().shop, ledger_.Today(), request, rules_);
  const int64_t total_cents = sold.ok() ? retail::TotalOf(*sold).value() : 0;
  AppendBuilt(
      request.request_id(), daemon::DigestOf(request), retail::v1::FACT_KIND_SOLD, Serialised(sold),
      [this, total_cents, past_use_by = memory.past_use_by,
       done = std::move(done)](absl::StatusOr<ledger::AppendResult> result) {
        if (!result.ok()) {
          done(result.status());
          return;
        }
        const ledger::AppendedFact& fact = result->facts.front();
        shop::v1::SaleRecorded recorded;
        recorded.set_number(
            retail::FormatReceiptNumber(ledger_.self().shop, result->series, fact.receipt_ordinal));
        daemon::SetReference(fact.reference, recorded.mutable_reference());
        recorded.set_total_cents(total_cents);
        if (!result->repeated) {
          recorded.mutable_past_use_by()->Add(past_use_by.begin(), past_use_by.end());
        } else {
          // The first answer, whatever prices are in force by now.
          google::protobuf::Arena arena;
          const auto after = ledger_.NewSnapshot();
          const auto first = ledger_.ReadNamed(*after, recorded.reference(), &arena);
          if (!first.ok()) {
            done(first.status());
            return;
          }
          if (first->kind != retail::v1::FACT_KIND_SOLD) {
            done(
                absl::InvalidArgumentError("this request_id was used for another kind of request"));
            return;
          }
          recorded.set_total_cents(
              retail::TotalOf(static_cast<const retail::v1::Sold&>(*first->fact)).value());
        }
        done(std::move(recorded));
      });
}

}  // namespace comptoir::node
