// One entry from outside: the transport gate's look at a genesis, and what Judge
// says of any entry in any journal: the same each time, and with a sentence.
#include "common/base/status.h"
#include "common/identity/certificate.h"
#include "common/journal/genesis.h"
#include "common/ledger/folding.h"
#include "comptoir/journal/v1/rows.pb.h"
#include "google/protobuf/arena.h"
#include "tests/fuzz/fuzzers.h"
#include "tests/fuzz/history.h"

namespace comptoir::fuzz {
namespace entry_fuzz {
namespace {

using testing::SampleHistory;
using testing::SampleJournals;
using testing::Write;
using testing::Written;

// Believes every certificate that says who it is of: what CheckGenesis makes of
// that is to be reached without the authority's key.
class Trusting final : public journal::Verifier {
 public:
  absl::StatusOr<journal::Writer> VerifyCertificate(std::string_view certificate) const override {
    if (certificate == "hub") return journal::Writer{"essai", "hub", "", true, true};
    if (certificate == "shop") {
      return journal::Writer{"essai", "outremeuse-1", "outremeuse", false, false};
    }
    auto holder = identity::ParseCertificate(certificate);
    if (!holder.ok()) return absl::UnauthenticatedError("no certificate");
    return holder->writer;
  }
  absl::Status VerifySignature(std::string_view, std::string_view,
                               std::string_view) const override {
    return absl::OkStatus();
  }
};

void CheckAsGenesis(std::string_view bytes) {
  journal::Writer writer;
  const auto genesis = journal::CheckGenesis(JournalId(101), bytes, Trusting(), &writer);
  if (!genesis.ok()) {
    COMPTOIR_CHECK(!genesis.status().message().empty());
    return;
  }
  COMPTOIR_CHECK(genesis->journal() == 101);
  COMPTOIR_CHECK(genesis->node() == writer.node);
  COMPTOIR_CHECK(journal::MayRead(writer, genesis->scope(), genesis->shop()));
  COMPTOIR_CHECK((genesis->scope() == journal::v1::SCOPE_SHOP) == !genesis->shop().empty());
}

// A verdict is kept as a row, and must be read again.
void CheckKept(const retail::Verdict& verdict) {
  journal::v1::VerdictRow row;
  row.set_detail(verdict.detail);
  COMPTOIR_CHECK(row.ParseFromString(row.SerializeAsString()));
}

void CheckVerdict(std::string_view bytes, const retail::JournalContext& context) {
  google::protobuf::Arena arena;
  const Hash hash;
  const auto judged = ledger::Judge(bytes, context, Sequence(2), hash, &arena);
  const auto again = ledger::Judge(bytes, context, Sequence(2), hash, &arena);
  COMPTOIR_CHECK(judged.ok() == again.ok());
  if (!judged.ok()) {
    COMPTOIR_CHECK(absl::IsInvalidArgument(judged.status()));
    return;
  }
  COMPTOIR_CHECK(judged->verdict.kind == again->verdict.kind);
  COMPTOIR_CHECK(judged->verdict.detail == again->verdict.detail);
  COMPTOIR_CHECK(judged->verdict.admitted() == judged->verdict.detail.empty());
  if (!judged->verdict.admitted()) return CheckKept(judged->verdict);
  COMPTOIR_CHECK(judged->fact.second_of_day() < 86'400);
  COMPTOIR_CHECK(judged->fact.fact != nullptr);
}

void Run(std::string_view bytes) {
  CheckAsGenesis(bytes);
  for (const retail::JournalContext& context : SampleJournals()) CheckVerdict(bytes, context);
}

std::vector<std::string> Seeds() {
  std::vector<std::string> seeds;
  for (const Written& written : SampleHistory()) seeds.push_back(written.entry);
  journal::v1::Genesis genesis;
  genesis.set_journal(101);
  genesis.set_node("outremeuse-1");
  genesis.set_shop("outremeuse");
  genesis.set_scope(journal::v1::SCOPE_SHOP);
  genesis.set_series("261123-k7qm2x");
  genesis.set_certificate("shop");
  genesis.mutable_follows()->set_journal(99);
  genesis.mutable_follows()->set_sequence(3);
  genesis.mutable_follows()->set_hash(std::string(32, 'h'));
  seeds.push_back(Write(1, retail::v1::FACT_KIND_GENESIS, genesis).entry);
  // A text so long that its sentence is cut, at the middle of a letter.
  retail::v1::VatSet vat;
  vat.set_product(std::string(63, 'a') + "é");
  seeds.push_back(Write(0, retail::v1::FACT_KIND_VAT_SET, vat).entry);
  genesis.set_node("hub");
  genesis.clear_shop();
  genesis.set_scope(journal::v1::SCOPE_COOP);
  genesis.set_certificate("hub");
  seeds.push_back(Write(0, retail::v1::FACT_KIND_GENESIS, genesis).entry);
  return seeds;
}

}  // namespace
}  // namespace entry_fuzz

constinit const Fuzzer kEntryFuzzer{"entry", entry_fuzz::Run, entry_fuzz::Seeds, AlterEntry};

}  // namespace comptoir::fuzz
