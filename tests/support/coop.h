// A co-op of real identities and ledgers over memory, for tests of what stands
// above them.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/identity/authority.h"
#include "common/identity/certificate_verifier.h"
#include "common/identity/key_pair.h"
#include "common/identity/key_signer.h"
#include "common/ledger/ledger.h"
#include "common/ledger/tables.h"
#include "common/store/memory_store.h"
#include "tests/support/fixed_sources.h"

namespace comptoir::testing {

// Unwraps, or fails the test with what is wrong.
template <typename Value>
Value Must(absl::StatusOr<Value> value) {
  if (!value.ok()) {
    ADD_FAILURE() << value.status();
    std::abort();
  }
  return *std::move(value);
}
inline void MustOk(const absl::Status& status) {
  if (!status.ok()) {
    ADD_FAILURE() << status;
    std::abort();
  }
}

// One replica: a ledger over a store that outlives it, so that it can be opened again.
struct Replica {
  std::unique_ptr<identity::KeySigner> signer;
  std::unique_ptr<identity::CertificateVerifier> verifier;
  std::unique_ptr<store::MemoryStore> store;
  FixedClock clock;
  std::unique_ptr<SeededRandom> random;
  std::atomic<bool> has_room = true;                    // on its disk
  retail::Release release;                              // from the next opening on
  std::vector<std::pair<uint64_t, uint64_t>> refolded;  // what openings told of it
  std::unique_ptr<ledger::Ledger> ledger;

  void Open(absl::StatusOr<journal::v1::Witness> witness = absl::NotFoundError("none")) {
    ledger::Options options{store.get(), signer.get(), verifier.get(), &clock, random.get()};
    options.witness = std::move(witness);
    options.room = [this](uint64_t) {
      return has_room ? absl::OkStatus() : absl::ResourceExhaustedError("the disk is nearly full");
    };
    options.on_refold = [this](uint64_t done, uint64_t total) {
      refolded.emplace_back(done, total);
    };
    options.release = release;
    options.new_scratch = [] { return std::make_shared<store::MemoryStore>(ledger::AllTables()); };
    ledger = Must(ledger::Ledger::Open(std::move(options)));
  }
  void Reopen() {
    ledger.reset();
    Open();
  }
};

class Coop {
 public:
  explicit Coop(const std::string& code = "essai")
      : authority_(Must(identity::Authority::Create(code, "Essai", kMonday))) {}

  std::unique_ptr<Replica> Hub() {
    return Make(identity::HubHolder(authority_.coop().code, "hub"));
  }
  std::unique_ptr<Replica> Node(const std::string& shop, const std::string& node) {
    return Make(identity::NodeHolder(authority_.coop().code, shop, node, false));
  }
  const identity::Authority& authority() const { return authority_; }

 private:
  std::unique_ptr<Replica> Make(const identity::Holder& holder) {
    auto replica = std::make_unique<Replica>();
    const identity::KeyPair key = Must(identity::KeyPair::Generate());
    const std::string request = Must(identity::MakeSigningRequest(key, holder.writer.node));
    replica->signer =
        Must(identity::KeySigner::Make(key, Must(authority_.Issue(holder, request, kMonday))));
    replica->verifier = Must(identity::CertificateVerifier::Make({authority_.certificate()}));
    replica->store = std::make_unique<store::MemoryStore>(ledger::AllTables());
    replica->random = std::make_unique<SeededRandom>(++seed_);
    replica->Open();
    return replica;
  }

  identity::Authority authority_;
  uint64_t seed_ = 20'261'123;
};

// ---- facts ----

inline retail::v1::Sold OneSale(const std::string& product, int64_t quantity_milli,
                                int64_t unit_price_cents) {
  retail::v1::Sold sold;
  retail::v1::SoldLine* line = sold.add_lines();
  line->set_product(product);
  line->set_unit(retail::v1::UNIT_PIECE);
  if (quantity_milli != 1000) line->set_quantity_milli(quantity_milli);
  line->set_unit_price_cents(unit_price_cents);
  line->set_vat_basis_points(600);
  sold.add_payments()->set_method(retail::v1::PAYMENT_METHOD_CARD);
  return sold;
}

inline std::string RequestId(uint32_t number) {
  std::string id = "till-session";
  AppendBigEndian32(number, &id);
  return id;
}

inline ledger::AppendRequest SaleRequest(uint32_t number, const retail::v1::Sold& sold,
                                         uint32_t digest = 1) {
  return {RequestId(number),
          digest,
          journal::v1::SCOPE_SHOP,
          {{retail::v1::FACT_KIND_SOLD, sold.SerializeAsString()}}};
}

// Sells one piece at 2.50 under request `number`.
inline ledger::AppendResult Sell(Replica& replica, uint32_t number) {
  return Must(replica.ledger->AppendAndWait(SaleRequest(number, OneSale("pain-gris", 1000, 250))));
}

// ---- moving and comparing ----

// Every row of the tables that are folded, as text, for comparing (I1).
inline std::map<std::string, std::string> Views(const store::Store& constant_store) {
  auto& store = const_cast<store::Store&>(constant_store);
  std::map<std::string, std::string> rows;
  const auto snapshot = store.NewSnapshot();
  for (const store::TableSpec& table : ledger::FoldedTables()) {
    auto row = snapshot->Scan(table.id, "", "");
    for (; row->Valid(); row->Next()) {
      rows[table.name + "/" + std::string(row->key())] = std::string(row->value());
    }
    MustOk(row->status());
  }
  return rows;
}

inline ledger::IngestResult IngestAndWait(Replica& target, const journal::v1::Segment& segment,
                                          const journal::Writer& bringer) {
  Mutex mutex;
  CondVar arrived;
  std::unique_ptr<ledger::IngestResult> result;
  target.ledger->Ingest(segment, bringer, [&](ledger::IngestResult ingested) {
    MutexLock lock(&mutex);
    result = std::make_unique<ledger::IngestResult>(std::move(ingested));
    arrived.Signal();
  });
  MutexLock lock(&mutex);
  while (result == nullptr) arrived.Wait(&mutex);
  return std::move(*result);
}

// Carries everything that `target` may read and lacks from `source`.
inline void Carry(Replica& source, Replica& target, size_t raw_bytes_max = 1 << 20) {
  std::map<JournalId, Sequence> held;
  for (const auto& journal : target.ledger->Journals()) {
    held[journal.head.journal] = journal.head.sequence;
  }
  for (const auto& journal : source.ledger->Journals()) {
    if (!journal::MayRead(target.ledger->self(), journal.scope, journal.shop)) continue;
    Sequence from = held[journal.head.journal];
    while (from < journal.head.sequence) {
      auto segment =
          Must(source.ledger->ReadSegment(journal.head.journal, Next(from), raw_bytes_max));
      ASSERT_TRUE(segment.has_value());
      const auto result = IngestAndWait(target, *segment, source.ledger->self());
      ASSERT_TRUE(result.status.ok()) << result.status;
      ASSERT_EQ(result.refusal, ledger::Refusal::kNone) << result.detail;
      ASSERT_GT(result.held.sequence, from);
      from = result.held.sequence;
    }
  }
}

inline ledger::VerifyReport VerifyNow(Replica& replica) {
  store::MemoryStore scratch(ledger::AllTables());
  return Must(replica.ledger->Verify(scratch, [](uint64_t, uint64_t) { return true; }));
}

}  // namespace comptoir::testing
