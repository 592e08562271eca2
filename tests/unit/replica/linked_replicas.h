// Replicas joined in memory: real identities, ledgers and sessions, with frames
// handed over instead of sent.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "common/replica/replica.h"
#include "tests/support/coop.h"
#include "tests/support/eventually.h"

namespace comptoir::testing {

// One direction: what one side sends, the other receives, in order. Frames wait
// until there is someone to receive them, and are lost once the link is cut.
class MemorySink : public replica::FrameSink {
 public:
  void Send(sync::v1::Frame frame) override {
    MutexLock lock(&mutex_);
    if (closed_) return;
    ++frames_;
    if (target_ == nullptr) {
      early_.push_back(std::move(frame));
    } else {
      target_->Receive(std::move(frame));
    }
  }
  void Handled() override {}
  // The sender ends the stream; the other side learns of it after the frames.
  void Close(const absl::Status& reason) override {
    MutexLock lock(&mutex_);
    if (closed_) return;
    closed_ = true;
    reason_ = reason;
    if (target_ != nullptr) target_->Stop();
  }

  void Deliver(std::shared_ptr<replica::Peer> target) {
    MutexLock lock(&mutex_);
    target_ = std::move(target);
    for (sync::v1::Frame& frame : early_) target_->Receive(std::move(frame));
    early_.clear();
    if (closed_) target_->Stop();
  }
  // Nothing goes through any more, and nobody is told.
  void Cut() {
    MutexLock lock(&mutex_);
    closed_ = true;
    target_ = nullptr;
  }

  bool closed() const {
    MutexLock lock(&mutex_);
    return closed_;
  }
  absl::Status reason() const {
    MutexLock lock(&mutex_);
    return reason_;
  }
  size_t frames() const {
    MutexLock lock(&mutex_);
    return frames_;
  }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<replica::Peer> target_ ABSL_GUARDED_BY(mutex_);
  std::vector<sync::v1::Frame> early_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status reason_ ABSL_GUARDED_BY(mutex_);
  size_t frames_ ABSL_GUARDED_BY(mutex_) = 0;
};

// One end: a ledger and the sessions over it.
struct Site {
  // Without threads the test says what runs when: Replica::RunOne.
  explicit Site(std::unique_ptr<Replica> the_base, size_t threads = replica::Options().threads)
      : base(std::move(the_base)), threads_(threads) {
    Start();
  }

  void Start() {
    replica::Options options;
    options.threads = threads_;
    options.ledger = base->ledger.get();
    options.clock = &base->clock;
    options.random = base->random.get();
    options.software = "test";
    options.on_up = [this](const replica::PeerView& peer, const replica::LinkView& link) {
      Note("up " + peer.writer.node + " " + std::to_string(link.waiting_entries));
    };
    options.on_down = [this](const replica::PeerView& peer, const replica::LinkView& link,
                             const absl::Status& why) {
      Note("down " + peer.writer.node + " " + std::to_string(link.waiting_entries) + " " +
           std::string(why.message()));
    };
    sessions = std::make_unique<replica::Replica>(std::move(options));
  }
  // As after a crash: what was committed is there, and nothing else.
  void Restart() {
    sessions.reset();
    base->Reopen();
    Start();
  }
  const journal::Writer& writer() const { return base->signer->writer(); }

  // Sessions that came and went: "up NODE WAITING", "down NODE WAITING WHY".
  std::vector<std::string> heard() const {
    MutexLock lock(&mutex_);
    return heard_;
  }

  std::unique_ptr<Replica> base;

 private:
  void Note(std::string what) {
    MutexLock lock(&mutex_);
    heard_.push_back(std::move(what));
  }

  const size_t threads_;
  mutable Mutex mutex_;
  std::vector<std::string> heard_ ABSL_GUARDED_BY(mutex_);

 public:
  // Last: its sessions tell the above.
  std::unique_ptr<replica::Replica> sessions;
};

// A stream between two sites, for as long as it lives; it must end before their
// sessions do.
class Link {
 public:
  Link(Site& a, Site& b)
      : a_sends(std::make_shared<MemorySink>()),
        b_sends(std::make_shared<MemorySink>()),
        at_a(a.sessions->Connect(b.writer(), "memory:b", a_sends)),
        at_b(b.sessions->Connect(a.writer(), "memory:a", b_sends)) {
    a_sends->Deliver(at_b);
    b_sends->Deliver(at_a);
  }
  ~Link() { Cut(); }
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  // The wire breaks; both sides find the stream gone.
  void Cut() {
    a_sends->Cut();
    b_sends->Cut();
    at_a->Stop();
    at_b->Stop();
  }

  const std::shared_ptr<MemorySink> a_sends;
  const std::shared_ptr<MemorySink> b_sends;
  const std::shared_ptr<replica::Peer> at_a;
  const std::shared_ptr<replica::Peer> at_b;
};

// Heads of everything held.
inline std::vector<Head> HeadsOf(const Site& site) {
  std::vector<Head> heads;
  for (const auto& journal : site.base->ledger->Journals()) heads.push_back(journal.head);
  return heads;
}

inline bool BecomeLevel(const Site& a, const Site& b) {
  return Eventually([&] { return HeadsOf(a) == HeadsOf(b); });
}

}  // namespace comptoir::testing
