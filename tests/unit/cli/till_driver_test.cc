#include "cli/till_driver.h"

#include <gmock/gmock.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "comptoir/shop/v1/shop.grpc.pb.h"

namespace comptoir::cli {
namespace {

using shop::v1::RecordSaleRequest;
using shop::v1::TillAnswer;
using ::testing::HasSubstr;

// What a node says on one stream, in order: answers, then the end.
struct Script {
  size_t read = 1'000'000;     // requests taken before the end
  size_t answers = 1'000'000;  // of those, how many are told
  grpc::Status end = grpc::Status::OK;
};

// Keeps every sale once, whatever the streams do: the node of R11 in a nutshell.
class ScriptedNode : public shop::v1::ShopService::Service {
 public:
  explicit ScriptedNode(std::vector<Script> scripts) : scripts_(std::move(scripts)) {}

  grpc::Status Till(grpc::ServerContext*,
                    grpc::ServerReaderWriter<TillAnswer, RecordSaleRequest>* stream) override {
    const Script script = streams_ < scripts_.size() ? scripts_[streams_] : Script();
    ++streams_;
    RecordSaleRequest request;
    size_t told = 0;
    for (size_t i = 0; i < script.read && stream->Read(&request); ++i) {
      const std::string number =
          sold_.emplace(request.request_id(), std::to_string(sold_.size() + 1)).first->second;
      if (told++ >= script.answers) continue;
      TillAnswer answer;
      answer.set_request_id(lies_ ? "liar" : request.request_id());
      answer.mutable_recorded()->set_number(number);
      answer.mutable_recorded()->set_total_cents(100);
      stream->Write(answer);
    }
    return script.end;
  }

  std::map<std::string, std::string> sold_;  // by request id, the number
  size_t streams_ = 0;
  bool lies_ = false;

 private:
  const std::vector<Script> scripts_;
};

class TillDriverTest : public ::testing::Test {
 protected:
  void Serve(std::vector<Script> scripts) {
    node_ = std::make_unique<ScriptedNode>(std::move(scripts));
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(node_.get());
    server_ = builder.BuildAndStart();
    Settings settings;
    settings.node_flag = "127.0.0.1:" + std::to_string(port);
    connection_ = *ConnectNode(settings);
  }
  void TearDown() override {
    if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
  }

  absl::Status Drive(size_t sale_count, std::chrono::milliseconds patience) {
    std::vector<RecordSaleRequest> sales(sale_count);
    for (size_t i = 0; i < sale_count; ++i) sales[i].set_request_id("sale " + std::to_string(i));
    TillFeed::Options options;
    options.patience = patience;
    TillFeed feed(std::move(sales), options);
    TillJournal journal(&events_, nullptr, false);
    const absl::Status status = DriveTill(connection_, patience, feed, journal);
    totals_ = journal.totals();
    return status;
  }

  static constexpr std::chrono::milliseconds kLong{60'000};
  static constexpr std::chrono::milliseconds kShort{200};
  static constexpr grpc::StatusCode kCut = grpc::StatusCode::UNAVAILABLE;

  std::unique_ptr<ScriptedNode> node_;
  std::unique_ptr<grpc::Server> server_;
  Connection connection_;
  std::ostringstream events_;
  TillJournal::Totals totals_;
};

TEST_F(TillDriverTest, SellsAll) {
  Serve({});
  EXPECT_TRUE(Drive(100, kLong).ok());
  EXPECT_EQ(totals_.sold, 100u);
  EXPECT_EQ(totals_.cents, 10'000);
  EXPECT_EQ(totals_.broken, 0u);
  EXPECT_EQ(node_->sold_.size(), 100u);
}

TEST_F(TillDriverTest, ASaleIsSoldOnceHoweverOftenTheStreamBreaks) {
  // Cut before anything, after answers, with sales taken and not answered, and
  // by a node that ends the stream as if all were well.
  Serve({{0, 0, {kCut, "cut"}}, {5, 5, {kCut, "cut"}}, {4, 1, {kCut, "cut"}}, {3, 0, {}}});
  EXPECT_TRUE(Drive(50, kLong).ok());
  EXPECT_EQ(totals_.sold, 50u);
  EXPECT_EQ(totals_.broken, 4u);
  EXPECT_EQ(node_->sold_.size(), 50u);
  EXPECT_EQ(node_->streams_, 5u);
  // Every sale was told once, and with the number that the node gave it.
  std::istringstream lines(events_.str());
  std::set<std::string> numbers;
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("sold\t", 0) != 0) continue;
    const size_t number = line.find('\t', 5) + 1;
    EXPECT_TRUE(numbers.insert(line.substr(number, line.find('\t', number) - number)).second);
  }
  EXPECT_EQ(numbers.size(), 50u);
}

TEST_F(TillDriverTest, GivesUpWhereTheNodeRefusesTheStream) {
  Serve({{0, 0, {grpc::StatusCode::PERMISSION_DENIED, "no till of ours"}}});
  const absl::Status status = Drive(3, kLong);
  EXPECT_EQ(ExitCodeOf(status), ExitCode::kRefused);
  EXPECT_THAT(std::string(status.message()), HasSubstr("no till of ours"));
}

TEST_F(TillDriverTest, GivesUpOnAnswersOutOfTurn) {
  Serve({});
  node_->lies_ = true;
  EXPECT_EQ(ExitCodeOf(Drive(3, kLong)), ExitCode::kRefused);
}

TEST_F(TillDriverTest, GivesUpOnSilence) {
  Serve(std::vector<Script>(100, {1'000'000, 0, {}}));
  const absl::Status status = Drive(3, kShort);
  EXPECT_EQ(ExitCodeOf(status), ExitCode::kUnanswered);
  EXPECT_THAT(std::string(status.message()), HasSubstr("3 sales are left without an answer"));
}

TEST_F(TillDriverTest, GivesUpWhereNobodyListens) {
  Serve({});
  server_->Shutdown();
  server_->Wait();
  const absl::Status status = Drive(1, kShort);
  EXPECT_EQ(ExitCodeOf(status), ExitCode::kUnanswered);
  EXPECT_EQ(std::string(status.message()), "no connection; 1 sale is left without an answer");
}

}  // namespace
}  // namespace comptoir::cli
