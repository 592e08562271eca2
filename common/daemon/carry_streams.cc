#include "common/daemon/carry_streams.h"

#include <array>
#include <thread>
#include <utility>

#include "common/base/mutex.h"
#include "common/base/status.h"
#include "common/identity/certificate.h"
#include "common/identity/pem.h"
#include "common/replica/carry_in.h"
#include "common/replica/carry_out.h"
#include "common/rpc/status.h"

namespace comptoir::daemon {
namespace {

// In step with ledger::Refusal; the first is no refusal.
constexpr std::array<const char*, ledger::kRefusals> kReasons = {
    "", "GAP", "FORK", "SIGNATURE", "CERTIFICATE", "SCOPE", "MALFORMED", "LIMIT"};

admin::v1::CarryOutReport ToMessage(const replica::CarryOut& carry, uint64_t bytes) {
  admin::v1::CarryOutReport message;
  message.set_node(carry.header().node());
  message.set_for_shop(carry.header().for_shop());
  message.set_whole(carry.header().whole());
  message.set_journals(carry.journals());
  message.set_segments(carry.written().segments());
  message.set_entries(carry.written().entries());
  message.set_bytes(bytes);
  for (const replica::CarryGap& gap : carry.gaps()) {
    admin::v1::CarryGap* added = message.add_gaps();
    added->set_journal(gap.journal.value());
    added->set_node(gap.node);
    added->set_first(gap.first.value());
    added->set_last(gap.last.value());
    added->set_why(gap.why);
  }
  return message;
}

admin::v1::CarryInReport ToMessage(const replica::CarryInReport& report) {
  admin::v1::CarryInReport message;
  message.set_node(report.header.node());
  message.set_shop(report.header.shop());
  message.set_for_shop(report.header.for_shop());
  message.set_made_ms(report.header.made_ms());
  message.set_segments(report.segments);
  message.set_entries(report.entries);
  message.set_new_entries(report.new_entries);
  message.set_broken(std::string(report.end.message()));
  for (const replica::CarryRefusal& refusal : report.refusals) {
    admin::v1::CarryRefusal* added = message.add_refusals();
    added->set_journal(refusal.journal.value());
    added->set_segments(refusal.segments);
    added->set_held(refusal.held.value());
    added->set_reason(kReasons[static_cast<size_t>(refusal.reason)]);
    added->set_detail(refusal.detail);
  }
  return message;
}

// Lets a thread wait for what a reactor hears.
class Turn {
 public:
  // The reactor: what was started has ended.
  void Pass(bool ok) {
    MutexLock lock(&mutex_);
    passed_ = true;
    ok_ = ok;
    passing_.SignalAll();
  }
  // The thread: waits for that; false when the client is gone.
  bool Wait() {
    MutexLock lock(&mutex_);
    while (!passed_) passing_.Wait(&mutex_);
    passed_ = false;
    return ok_;
  }

 private:
  Mutex mutex_;
  CondVar passing_;
  bool passed_ ABSL_GUARDED_BY(mutex_) = false;
  bool ok_ ABSL_GUARDED_BY(mutex_) = false;
};

absl::Status Busy() {
  return absl::ResourceExhaustedError(
      "something is being carried out or in here: wait for its end");
}

class CarryOutStream : public grpc::ServerWriteReactor<admin::v1::CarryOutPart> {
 public:
  CarryOutStream(Host& host, Carrying& carrying, admin::v1::CarryOutRequest request)
      : host_(host), carrying_(carrying), request_(std::move(request)) {}
  void Refuse(const absl::Status& status) { Finish(rpc::ToGrpc(status)); }
  // Apart from the constructor: a refusal needs no thread.
  void Start() {
    thread_ = std::thread([this] {
      const absl::Status status = Run();
      // Before the caller hears the end: the next request may follow at once.
      carrying_.under_way = false;
      Finish(rpc::ToGrpc(status));
    });
  }

  void OnWriteDone(bool ok) override { turn_.Pass(ok); }
  void OnDone() override {
    if (thread_.joinable()) thread_.join();
    delete this;
  }

 private:
  absl::Status Run() {
    journal::v1::CarryHeader header;
    COMPTOIR_ASSIGN_OR_RETURN(const std::vector<std::string> authorities,
                              AuthorityFingerprints(host_));
    for (const std::string& authority : authorities) header.add_authorities(authority);
    header.set_made_ms(host_.ledger().WallNow());
    header.set_software(kRelease);
    COMPTOIR_ASSIGN_OR_RETURN(
        const auto carry,
        replica::CarryOut::Begin(host_.ledger(), host_.replica().at_hub(),
                                 {request_.for_shop(), request_.whole()}, std::move(header)));
    uint64_t bytes = 0;
    while (true) {
      COMPTOIR_ASSIGN_OR_RETURN(std::optional<std::string> chunk, carry->Next());
      admin::v1::CarryOutPart part;
      part.set_done_entries(carry->done_entries());
      part.set_total_entries(carry->total_entries());
      const bool is_last = !chunk.has_value();
      if (is_last) {
        *part.mutable_report() = ToMessage(*carry, bytes);
      } else {
        bytes += chunk->size();
        part.set_chunk(*std::move(chunk));
      }
      COMPTOIR_RETURN_IF_ERROR(Write(std::move(part)));
      if (is_last) return absl::OkStatus();
    }
  }

  absl::Status Write(admin::v1::CarryOutPart part) {
    if (carrying_.stopping) return absl::UnavailableError("this daemon is stopping");
    part_ = std::move(part);
    StartWrite(&part_);
    return turn_.Wait() ? absl::OkStatus() : absl::CancelledError("the asker is gone");
  }

  Host& host_;
  Carrying& carrying_;
  const admin::v1::CarryOutRequest request_;
  admin::v1::CarryOutPart part_;
  Turn turn_;
  std::thread thread_;
};

class CarryInStream : public grpc::ServerReadReactor<admin::v1::CarryInPart> {
 public:
  CarryInStream(Host& host, Carrying& carrying, admin::v1::CarryInReport* response)
      : host_(host), carrying_(carrying), response_(*response) {}
  void Refuse(const absl::Status& status) { Finish(rpc::ToGrpc(status)); }
  void Start() {
    thread_ = std::thread([this] {
      const absl::Status status = Run();
      carrying_.under_way = false;
      Finish(rpc::ToGrpc(status));
    });
  }

  void OnReadDone(bool ok) override { turn_.Pass(ok); }
  void OnCancel() override { cancelled_ = true; }
  void OnDone() override {
    if (thread_.joinable()) thread_.join();
    delete this;
  }

 private:
  absl::Status Run() {
    COMPTOIR_ASSIGN_OR_RETURN(std::vector<std::string> authorities, AuthorityFingerprints(host_));
    replica::CarryIn carry(host_.ledger(), std::move(authorities));
    while (true) {
      StartRead(&part_);
      if (!turn_.Wait()) break;
      if (carrying_.stopping) return absl::UnavailableError("this daemon is stopping");
      COMPTOIR_RETURN_IF_ERROR(carry.Take(part_.chunk()));
    }
    COMPTOIR_ASSIGN_OR_RETURN(const replica::CarryInReport report, carry.Finish());
    if (cancelled_) return absl::CancelledError("the asker is gone");
    response_ = ToMessage(report);
    response_.set_reader(host_.ledger().self().node);
    return absl::OkStatus();
  }

  Host& host_;
  Carrying& carrying_;
  admin::v1::CarryInReport& response_;
  admin::v1::CarryInPart part_;
  Turn turn_;
  std::atomic<bool> cancelled_ = false;
  std::thread thread_;
};

template <typename Stream>
Stream* Begin(Stream* stream, Carrying& carrying, const absl::Status& authorised) {
  if (!authorised.ok()) {
    stream->Refuse(authorised);
  } else if (carrying.under_way.exchange(true)) {
    stream->Refuse(Busy());
  } else {
    stream->Start();
  }
  return stream;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> AuthorityFingerprints(const Host& host) {
  COMPTOIR_ASSIGN_OR_RETURN(
      const std::vector<std::string> certificates,
      identity::ReadPemBlocks(host.identity().tls.authority_pem, identity::kCertificateLabel));
  std::vector<std::string> fingerprints;
  for (const std::string& certificate : certificates) {
    if (fingerprints.size() == journal::kCarryAuthoritiesMax) break;
    fingerprints.emplace_back(identity::Fingerprint(certificate).view());
  }
  return fingerprints;
}

grpc::ServerWriteReactor<admin::v1::CarryOutPart>* StartCarryOut(
    Host& host, Carrying& carrying, const admin::v1::CarryOutRequest& request,
    const absl::Status& authorised) {
  return Begin(new CarryOutStream(host, carrying, request), carrying, authorised);
}

grpc::ServerReadReactor<admin::v1::CarryInPart>* StartCarryIn(Host& host, Carrying& carrying,
                                                              admin::v1::CarryInReport* response,
                                                              const absl::Status& authorised) {
  return Begin(new CarryInStream(host, carrying, response), carrying, authorised);
}

}  // namespace comptoir::daemon
