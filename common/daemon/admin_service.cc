#include "common/daemon/admin_service.h"

#include <deque>
#include <thread>
#include <utility>

#include "common/base/mutex.h"
#include "common/base/status.h"
#include "common/daemon/fact_reader.h"
#include "common/daemon/fact_watch.h"
#include "common/platform/files.h"
#include "common/rpc/status.h"

namespace comptoir::daemon {
namespace {

admin::v1::VerifyReport ToMessage(const ledger::VerifyReport& report) {
  admin::v1::VerifyReport message;
  message.set_journals(report.journals);
  message.set_entries(report.entries);
  message.set_signatures(report.signatures);
  message.set_unsigned_entries(report.unsigned_entries);
  message.set_view_rows(report.view_rows);
  message.set_bad_facts(report.bad_facts);
  for (const ledger::VerifyFinding& finding : report.findings) {
    admin::v1::Finding* added = message.add_findings();
    added->set_invariant(finding.invariant);
    added->set_what(finding.what);
  }
  return message;
}

}  // namespace

// One verification, on a thread of its own; progress that the client has not
// read yet is replaced by newer.
class AdminService::VerifyStream : public grpc::ServerWriteReactor<admin::v1::VerifyProgress> {
 public:
  explicit VerifyStream(AdminService& service) : service_(service) {}
  // Apart from the constructor: a refusal needs no thread.
  void Refuse(const absl::Status& status) { Finish(rpc::ToGrpc(status)); }
  void Start() {
    thread_ = std::thread([this] { Run(); });
  }

  void OnWriteDone(bool) override {
    MutexLock lock(&mutex_);
    writing_ = false;
    Advance();
  }
  void OnCancel() override { cancelled_ = true; }
  void OnDone() override {
    if (thread_.joinable()) thread_.join();
    delete this;
  }

 private:
  void Run() {
    const absl::StatusOr<ledger::VerifyReport> report = Verify();
    // Before the caller hears the end: the next request may follow at once.
    service_.verifying_ = false;
    MutexLock lock(&mutex_);
    status_ = report.status();
    if (report.ok()) {
      next_.set_done_entries(report->entries);
      next_.set_total_entries(report->entries);
      *next_.mutable_report() = ToMessage(*report);
      has_next_ = true;
    }
    ended_ = true;
    Advance();
  }

  absl::StatusOr<ledger::VerifyReport> Verify() {
    COMPTOIR_ASSIGN_OR_RETURN(const auto scratch, service_.host_.NewScratch());
    return service_.host_.ledger().Verify(*scratch, [this](uint64_t done, uint64_t total) {
      MutexLock lock(&mutex_);
      next_.set_done_entries(done);
      next_.set_total_entries(total);
      has_next_ = true;
      Advance();
      return !cancelled_ && !service_.stopping_;
    });
  }

  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || finished_) return;
    if (has_next_) {
      has_next_ = false;
      writing_ = true;
      current_ = next_;
      StartWrite(&current_);
    } else if (ended_) {
      finished_ = true;
      Finish(rpc::ToGrpc(status_));
    }
  }

  AdminService& service_;
  std::thread thread_;
  std::atomic<bool> cancelled_ = false;
  Mutex mutex_;
  admin::v1::VerifyProgress next_ ABSL_GUARDED_BY(mutex_);
  admin::v1::VerifyProgress current_ ABSL_GUARDED_BY(mutex_);
  bool has_next_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

void AdminService::Stop() {
  stopping_ = true;
  host_.fact_feed().Close(absl::UnavailableError("this daemon is stopping"));
}

absl::Status AdminService::FillStatus(admin::v1::Status* response) {
  const journal::Writer& self = host_.ledger().self();
  response->set_coop(self.coop);
  response->set_node(self.node);
  response->set_shop(self.shop);
  response->set_software(kRelease);
  response->set_protocol_min(sync::kProtocolMin);
  response->set_protocol_max(sync::kProtocolMax);
  response->set_fold_version(retail::kFoldVersion);
  response->set_started_ms(host_.started_ms());
  const ledger::Totals totals = host_.ledger().totals();
  response->set_journals(totals.journals);
  response->set_entries(totals.entries);
  response->set_receipts(totals.receipts);
  COMPTOIR_ASSIGN_OR_RETURN(const uint64_t bad_facts, host_.ledger().CountVerdicts());
  response->set_bad_facts(bad_facts);
  COMPTOIR_ASSIGN_OR_RETURN(const uint64_t free_bytes, platform::FreeDiskBytes(host_.data()));
  response->set_free_disk_bytes(free_bytes);
  if (wiring_.link) {
    const replica::LinkView view = host_.replica().link();
    admin::v1::Link* link = response->mutable_link();
    link->set_online(view.online);
    link->set_since_ms(view.since_ms);
    link->set_waiting_entries(view.waiting_entries);
    link->set_oldest_waiting_ms(view.oldest_waiting_ms);
    link->set_clock_offset_ms(view.clock_offset_ms);
    wiring_.link(link);
  }
  response->set_certificate_expires_ms(host_.certificate().life().expires_ms);
  response->set_authority_expires_ms(host_.certificate().authority_expires_ms());
  for (std::string& note : host_.certificate().notes()) response->add_notes(std::move(note));
  for (std::string& note : host_.replica().notes()) response->add_notes(std::move(note));
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* AdminService::GetStatus(grpc::CallbackServerContext* context,
                                                  const admin::v1::GetStatusRequest*,
                                                  admin::v1::Status* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::Status status = wiring_.authorise(*context);
  if (status.ok()) status = FillStatus(response);
  reactor->Finish(rpc::Answer(status, *context));
  return reactor;
}

grpc::ServerWriteReactor<admin::v1::VerifyProgress>* AdminService::Verify(
    grpc::CallbackServerContext* context, const admin::v1::VerifyRequest*) {
  auto* stream = new VerifyStream(*this);
  if (absl::Status status = wiring_.authorise(*context); !status.ok()) {
    stream->Refuse(status);
  } else if (verifying_.exchange(true)) {
    stream->Refuse(absl::ResourceExhaustedError("a verification is under way: wait for its end"));
  } else {
    stream->Start();
  }
  return stream;
}

grpc::ServerUnaryReactor* AdminService::ListHeads(grpc::CallbackServerContext* context,
                                                  const admin::v1::ListHeadsRequest*,
                                                  admin::v1::ListHeadsResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const absl::Status status = wiring_.authorise(*context);
  if (status.ok()) {
    for (const ledger::JournalView& journal : host_.ledger().Journals()) {
      admin::v1::JournalHead* added = response->add_heads();
      added->mutable_head()->set_journal(journal.head.journal.value());
      added->mutable_head()->set_sequence(journal.head.sequence.value());
      added->mutable_head()->set_hash(journal.head.hash.bytes.data(),
                                      journal.head.hash.bytes.size());
      added->set_scope(journal.scope);
      added->set_node(journal.node);
      added->set_shop(journal.shop);
      added->set_series(journal.series);
    }
  }
  reactor->Finish(rpc::Answer(status, *context));
  return reactor;
}

grpc::ServerWriteReactor<admin::v1::WatchFactsResponse>* AdminService::WatchFacts(
    grpc::CallbackServerContext* context, const admin::v1::WatchFactsRequest* request) {
  auto* stream = new FactWatch(host_.fact_feed());
  absl::Status status = wiring_.authorise(*context);
  if (status.ok()) {
    absl::StatusOr<FactReader> reader = FactReader::Open(host_.ledger(), *request);
    status = reader.status();
    if (reader.ok()) stream->Start(*std::move(reader));
  }
  if (!status.ok()) stream->Refuse(rpc::Answer(status, *context));
  return stream;
}

grpc::ServerUnaryReactor* AdminService::CreateToken(grpc::CallbackServerContext* context,
                                                    const admin::v1::CreateTokenRequest* request,
                                                    admin::v1::CreateTokenResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::Status status = wiring_.authorise(*context);
  if (status.ok() && !wiring_.create_token) {
    status = absl::FailedPreconditionError("only the hub makes tokens: ask it with --hub");
  }
  if (status.ok()) {
    auto token = wiring_.create_token(*request);
    status = token.status();
    if (token.ok()) *response = *std::move(token);
  }
  reactor->Finish(rpc::Answer(status, *context));
  return reactor;
}

}  // namespace comptoir::daemon
