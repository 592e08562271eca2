#include "common/daemon/admin_service.h"

#include <deque>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/mutex.h"
#include "common/base/status.h"
#include "common/daemon/entry_lines.h"
#include "common/daemon/fact_reader.h"
#include "common/daemon/fact_watch.h"
#include "common/retail/recalls/list.h"
#include "common/rpc/status.h"

namespace comptoir::daemon {
namespace {

constexpr int kLostListedMax = 100;

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

absl::Status OnlyTheHub() {
  return absl::FailedPreconditionError("only the hub knows of nodes and tokens: ask it with --hub");
}

// Status is what people look at when something is broken: what cannot be read is said, and no more.
void FillRecalls(const ledger::Ledger& ledger, admin::v1::Status* response) {
  int unreadable = 0;
  const auto recalls = retail::OpenRecalls(*ledger.NewSnapshot(), ledger.self().shop, &unreadable);
  if (!recalls.ok()) {
    response->add_notes(
        absl::StrCat("which recalls stand cannot be read here, and a till may sell "
                     "what is recalled: ask at the hub, and start this daemon anew ",
                     "(", recalls.status().message(), ")"));
    return;
  }
  if (unreadable > 0) {
    response->add_notes(
        absl::StrCat(unreadable,
                     " of the recalls cannot be read here, and a till may sell what "
                     "is recalled: ask at the hub, and start this daemon anew"));
  }
  for (const retail::OpenRecall& recall : *recalls) {
    admin::v1::OpenRecall* open = response->add_open_recalls();
    open->set_code(recall.code);
    open->set_what(recall.what);
    open->mutable_shops()->Add(recall.shops.begin(), recall.shops.end());
  }
}

}  // namespace

admin::v1::Revocation ToMessage(const retail::Revocation& revocation) {
  admin::v1::Revocation message;
  message.set_since_ms(revocation.since_ms);
  message.set_reason(revocation.reason);
  message.set_retired(revocation.retired);
  return message;
}

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
    absl::StatusOr<ledger::VerifyReport> report = Verify();
    if (!report.ok() && !no_room_.ok()) report = no_room_;
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
      // It must not take the space that sales need.
      no_room_ = service_.host_.disk().Check(0);
      return !cancelled_ && !service_.stopping_ && no_room_.ok();
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
  absl::Status no_room_;  // by thread_ alone
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

// Waits for a node, so on a thread of its own.
class AdminService::RetireCall : public grpc::ServerUnaryReactor {
 public:
  RetireCall(AdminService& service, grpc::CallbackServerContext* context,
             const admin::v1::RetireNodeRequest& request, admin::v1::RetireNodeResponse* response)
      : thread_([this, &service, context, request, response] {
          const auto answer = service.wiring_.retire_node(
              request, [this, &service] { return cancelled_ || service.stopping_; });
          if (answer.ok()) *response = *answer;
          Finish(rpc::Answer(answer.status(), *context));
        }) {}

  void OnCancel() override { cancelled_ = true; }
  void OnDone() override {
    thread_.join();
    delete this;
  }

 private:
  std::atomic<bool> cancelled_ = false;
  std::thread thread_;
};

void AdminService::Stop() {
  stopping_ = true;
  carrying_.stopping = true;
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
  response->set_not_recording(std::string(host_.disk().Check(0).message()));
  const DiskReserve::View disk = host_.disk().view();
  response->set_free_disk_bytes(disk.free_bytes);
  response->set_disk_reserve_bytes(disk.reserve_bytes);
  response->set_ballast_bytes(disk.ballast_bytes);
  if (wiring_.link) {
    const replica::LinkView view = host_.replica().link();
    admin::v1::Link* link = response->mutable_link();
    link->set_online(view.online);
    link->set_since_ms(view.since_ms);
    link->set_waiting_entries(view.waiting_entries);
    link->set_oldest_waiting_ms(view.oldest_waiting_ms);
    link->set_clock_offset_ms(view.clock_offset_ms);
    if (view.revoked.has_value()) *link->mutable_revoked() = ToMessage(*view.revoked);
    wiring_.link(link);
  }
  if (wiring_.siblings) wiring_.siblings(response);
  response->set_clock_doubtful(host_.ledger().ClockIsDoubtful());
  response->set_halted(host_.ledger().halted());
  response->set_certificate_expires_ms(host_.certificate().life().expires_ms);
  response->set_authority_expires_ms(host_.certificate().authority_expires_ms());
  for (std::string& note : host_.certificate().notes()) response->add_notes(std::move(note));
  if (std::string rot = host_.RotNote(); !rot.empty()) response->add_notes(std::move(rot));
  for (const std::string& note : host_.ledger().opening_notes()) response->add_notes(note);
  for (std::string& note : host_.replica().notes()) response->add_notes(std::move(note));
  FillRecalls(host_.ledger(), response);
  for (const ledger::Loss& loss : host_.ledger().Losses()) {
    response->set_lost_entries(response->lost_entries() + loss.entries());
    if (response->lost_size() < kLostListedMax) response->add_lost(ledger::LossText(loss));
  }
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

grpc::ServerUnaryReactor* AdminService::GetHead(grpc::CallbackServerContext* context,
                                                const admin::v1::GetHeadRequest* request,
                                                journal::v1::Head* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::Status status = wiring_.authorise(*context);
  if (status.ok()) {
    const auto head =
        host_.ledger().ReadHead(JournalId(request->journal()), Sequence(request->sequence()));
    status = head.status();
    if (head.ok()) {
      response->set_journal(head->journal.value());
      response->set_sequence(head->sequence.value());
      response->set_hash(head->hash.bytes.data(), head->hash.bytes.size());
    }
  }
  reactor->Finish(rpc::Answer(status, *context));
  return reactor;
}

grpc::ServerUnaryReactor* AdminService::ListEntries(grpc::CallbackServerContext* context,
                                                    const admin::v1::ListEntriesRequest* request,
                                                    admin::v1::ListEntriesResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::Status status = wiring_.authorise(*context);
  if (status.ok()) status = ListEntryLines(host_.ledger(), *request, response);
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

template <typename Request, typename Response, typename Method>
grpc::ServerUnaryReactor* AdminService::AtHub(grpc::CallbackServerContext* context,
                                              const Method& method, const Request& request,
                                              Response* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::Status status = wiring_.authorise(*context);
  if (status.ok() && !method) status = OnlyTheHub();
  if (status.ok()) {
    auto answer = method(request);
    status = answer.status();
    if (answer.ok()) *response = *std::move(answer);
  }
  reactor->Finish(rpc::Answer(status, *context));
  return reactor;
}

grpc::ServerUnaryReactor* AdminService::CreateToken(grpc::CallbackServerContext* context,
                                                    const admin::v1::CreateTokenRequest* request,
                                                    admin::v1::CreateTokenResponse* response) {
  return AtHub(context, wiring_.create_token, *request, response);
}

grpc::ServerUnaryReactor* AdminService::ListTokens(grpc::CallbackServerContext* context,
                                                   const admin::v1::ListTokensRequest* request,
                                                   admin::v1::ListTokensResponse* response) {
  return AtHub(context, wiring_.list_tokens, *request, response);
}

grpc::ServerUnaryReactor* AdminService::RevokeToken(grpc::CallbackServerContext* context,
                                                    const admin::v1::RevokeTokenRequest* request,
                                                    admin::v1::RevokeTokenResponse* response) {
  return AtHub(context, wiring_.revoke_token, *request, response);
}

grpc::ServerUnaryReactor* AdminService::ListNodes(grpc::CallbackServerContext* context,
                                                  const admin::v1::ListNodesRequest* request,
                                                  admin::v1::ListNodesResponse* response) {
  return AtHub(context, wiring_.list_nodes, *request, response);
}

grpc::ServerUnaryReactor* AdminService::RevokeNode(grpc::CallbackServerContext* context,
                                                   const admin::v1::RevokeNodeRequest* request,
                                                   admin::v1::RevokeNodeResponse* response) {
  return AtHub(context, wiring_.revoke_node, *request, response);
}

grpc::ServerUnaryReactor* AdminService::RetireNode(grpc::CallbackServerContext* context,
                                                   const admin::v1::RetireNodeRequest* request,
                                                   admin::v1::RetireNodeResponse* response) {
  absl::Status status = wiring_.authorise(*context);
  if (status.ok() && !wiring_.retire_node) status = OnlyTheHub();
  if (status.ok()) return new RetireCall(*this, context, *request, response);
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(rpc::Answer(status, *context));
  return reactor;
}

}  // namespace comptoir::daemon
