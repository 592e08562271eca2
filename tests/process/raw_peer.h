// A peer that says what the test tells it to: one stream of SyncService.Connect
// under a node's real certificate, with no session behind it.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/sync_stream.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/identity/data_folder.h"
#include "common/rpc/credentials.h"
#include "comptoir/sync/v1/sync.grpc.pb.h"

namespace comptoir::testing {

// One thread.
class RawPeer {
 public:
  // Dials the hub at `address`; says nothing yet.
  RawPeer(const std::string& address, const identity::Identity& identity);
  ~RawPeer();

  // What a good peer says first, of protocol 1 and without any journal.
  static sync::v1::Hello GoodHello(const std::string& node);
  void SayHello() { Say(Hello(GoodHello(node_))); }
  void Say(const sync::v1::Frame& frame);
  void Bring(const journal::v1::Segment& segment);

  // The next frame for which `wanted` is true; the others are dropped. Gives up
  // when the stream ends before.
  sync::v1::Frame Await(const std::function<bool(const sync::v1::Frame&)>& wanted);
  // Its answer to a segment of `journal`.
  sync::v1::Refused AwaitRefusal(JournalId journal);
  sync::v1::Ack AwaitAck(JournalId journal);
  std::string AwaitGoodbye();
  // How the other end closes the stream, whatever it says before.
  grpc::Status AwaitEnd();

  static sync::v1::Frame Hello(const sync::v1::Hello& hello);

 private:
  sync::v1::Frame AwaitAnswer(JournalId journal);

  const std::string node_;
  grpc::ClientContext context_;
  std::unique_ptr<sync::v1::SyncService::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<sync::v1::Frame, sync::v1::Frame>> stream_;
  bool ended_ = false;
};

rpc::TlsFiles FilesOf(const identity::Identity& identity);

// Sends `message` as the first frame, whatever it is, and gives what became of
// the stream.
grpc::Status SendBytes(const std::string& address, const identity::Identity& identity,
                       const std::string& message);

}  // namespace comptoir::testing
