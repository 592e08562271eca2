#include "tests/process/raw_peer.h"

#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/codegen/rpc_method.h>

#include <chrono>
#include <utility>

#include "tests/process/harness.h"
#include "tests/process/services.h"

namespace comptoir::testing {

using sync::v1::Frame;

rpc::TlsFiles FilesOf(const identity::Identity& identity) {
  return {identity.tls.authority_pem, identity.tls.certificate_pem, identity.tls.key_pem};
}

RawPeer::RawPeer(const std::string& address, const identity::Identity& identity)
    : node_(identity.writer().node),
      stub_(sync::v1::SyncService::NewStub(MutualTlsChannel(address, FilesOf(identity)))) {
  context_.set_deadline(std::chrono::system_clock::now() + kCallPatience);
  stream_ = stub_->Connect(&context_);
}

RawPeer::~RawPeer() {
  if (ended_) return;
  context_.TryCancel();
  stream_->Finish();
}

sync::v1::Hello RawPeer::GoodHello(const std::string& node) {
  sync::v1::Hello hello;
  hello.set_protocol_min(1);
  hello.set_protocol_max(1);
  hello.set_node(node);
  hello.set_run(1);
  hello.set_software("by hand");
  hello.set_fold_version(1);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  hello.set_wall_ms(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
  return hello;
}

Frame RawPeer::Hello(const sync::v1::Hello& hello) {
  Frame frame;
  *frame.mutable_hello() = hello;
  return frame;
}

void RawPeer::Say(const Frame& frame) {
  Require(stream_->Write(frame), "the stream ended before a frame could be sent");
}

void RawPeer::Bring(const journal::v1::Segment& segment) {
  Frame frame;
  *frame.mutable_segment() = segment;
  Say(frame);
}

Frame RawPeer::Await(const std::function<bool(const Frame&)>& wanted) {
  Frame frame;
  while (stream_->Read(&frame)) {
    if (wanted(frame)) return frame;
  }
  ended_ = true;
  const grpc::Status status = stream_->Finish();
  GiveUp("the stream ended with " + std::to_string(status.error_code()) + " (" +
         status.error_message() + ") before the frame that was waited for");
}

Frame RawPeer::AwaitAnswer(JournalId journal) {
  return Await([&](const Frame& frame) {
    return (frame.has_ack() && frame.ack().journal() == journal.value()) ||
           (frame.has_refused() && frame.refused().journal() == journal.value());
  });
}

sync::v1::Refused RawPeer::AwaitRefusal(JournalId journal) {
  const Frame answer = AwaitAnswer(journal);
  Require(answer.has_refused(), "acknowledged: " + answer.ShortDebugString());
  return answer.refused();
}

sync::v1::Ack RawPeer::AwaitAck(JournalId journal) {
  const Frame answer = AwaitAnswer(journal);
  Require(answer.has_ack(), "refused: " + answer.ShortDebugString());
  return answer.ack();
}

std::string RawPeer::AwaitGoodbye() {
  return Await([](const Frame& frame) { return frame.has_goodbye(); }).goodbye().reason();
}

grpc::Status RawPeer::AwaitEnd() {
  Frame frame;
  while (stream_->Read(&frame)) {
  }
  ended_ = true;
  return stream_->Finish();
}

grpc::Status SendBytes(const std::string& address, const identity::Identity& identity,
                       const std::string& message) {
  const auto channel = MutualTlsChannel(address, FilesOf(identity));
  const grpc::internal::RpcMethod method("/comptoir.sync.v1.SyncService/Connect",
                                         grpc::internal::RpcMethod::BIDI_STREAMING);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kCallPatience);
  std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>> stream(
      grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(
          channel.get(), method, &context));
  const grpc::Slice slice(message);
  stream->Write(grpc::ByteBuffer(&slice, 1));
  grpc::ByteBuffer answer;
  while (stream->Read(&answer)) {
  }
  return stream->Finish();
}

}  // namespace comptoir::testing
