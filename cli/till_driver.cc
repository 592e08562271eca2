#include "cli/till_driver.h"

#include <algorithm>
#include <memory>
#include <string>
#include <thread>

#include "cli/format.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"

namespace comptoir::cli {
namespace {

using shop::v1::RecordSaleRequest;
using shop::v1::TillAnswer;
using Clock = std::chrono::steady_clock;
using Stream = grpc::ClientReaderWriter<RecordSaleRequest, TillAnswer>;

// Between two streams, so that a node that drops each at once is not hammered.
constexpr std::chrono::milliseconds kDialPause{50};
// How often a wait for a connection looks up.
constexpr std::chrono::milliseconds kLook{200};

void SendAll(TillFeed& feed, TillJournal& journal, grpc::ClientContext& context, Stream& stream) {
  while (const RecordSaleRequest* sale = feed.WaitNext()) {
    journal.Sent(sale->request_id());
    if (!stream.Write(*sale)) return;  // broken: the reader hears it too
  }
  if (feed.is_done()) stream.WritesDone();
  // Only then: on a stream that the node has ended, it would hide the node's status.
  if (feed.is_stalled()) context.TryCancel();
}

// Takes answers until the stream ends. Not OK where an answer makes no sense.
absl::Status TakeAnswers(TillFeed& feed, TillJournal& journal, Stream& stream) {
  TillAnswer answer;
  while (stream.Read(&answer)) {
    const absl::Status in_turn = feed.Answer(answer.request_id());
    if (!in_turn.ok()) return in_turn;
    journal.Answered(answer);
  }
  return absl::OkStatus();
}

// One stream from beginning to end. Its status; or, not OK, why to give up.
absl::StatusOr<grpc::Status> RunStream(const Connection& node, TillFeed& feed,
                                       TillJournal& journal) {
  shop::v1::ShopService::Stub stub(node.channel);
  grpc::ClientContext context;
  const std::unique_ptr<Stream> stream = stub.Till(&context);
  feed.Open();
  journal.Connected();
  std::thread sender([&] { SendAll(feed, journal, context, *stream); });
  const absl::Status answers = TakeAnswers(feed, journal, *stream);
  if (!answers.ok()) context.TryCancel();
  feed.Close();
  sender.join();
  const grpc::Status status = stream->Finish();
  if (!answers.ok()) {
    return CallFailure(grpc::Status(grpc::StatusCode::INTERNAL, std::string(answers.message())), "",
                       node.address);
  }
  if (IsFinal(status.error_code())) return CallFailure(status, context, node.address);
  return status;
}

// False where none came in `patience`, and once the feed has nothing more to send.
bool WaitForConnection(const Connection& node, std::chrono::milliseconds patience,
                       const TillFeed& feed) {
  const auto give_up = std::chrono::system_clock::now() + patience;
  while (!feed.is_done()) {
    const auto look = std::min(give_up, std::chrono::system_clock::now() + kLook);
    if (node.channel->WaitForConnected(look)) return true;
    if (look == give_up) return false;
  }
  return false;
}

absl::Status GaveUp(const Connection& node, const TillFeed& feed, const std::string& why) {
  const size_t left = feed.size() - feed.answered();
  return CallFailure(grpc::Status(grpc::StatusCode::UNAVAILABLE,
                                  why + "; " + FormatCount(left, "sale is", "sales are") +
                                      " left without an answer"),
                     "", node.address);
}

}  // namespace

absl::Status DriveTill(const Connection& node, std::chrono::milliseconds patience, TillFeed& feed,
                       TillJournal& journal) {
  Clock::time_point last_progress = Clock::now();
  while (!feed.is_done()) {
    if (!WaitForConnection(node, patience, feed)) {
      if (feed.is_done()) break;
      return GaveUp(node, feed, "no connection");
    }
    const size_t answered_before = feed.answered();
    const absl::StatusOr<grpc::Status> status = RunStream(node, feed, journal);
    if (!status.ok()) return status.status();
    if (feed.is_done()) break;
    journal.Broken(status->error_message());
    if (feed.answered() > answered_before) last_progress = Clock::now();
    if (Clock::now() - last_progress >= patience) {
      return GaveUp(node, feed, status->error_message());
    }
    std::this_thread::sleep_for(kDialPause);
  }
  return absl::OkStatus();
}

}  // namespace comptoir::cli
