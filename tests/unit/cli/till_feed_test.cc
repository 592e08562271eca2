#include "cli/till_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "cli/request_id.h"

namespace comptoir::cli {
namespace {

using shop::v1::RecordSaleRequest;
using ::testing::HasSubstr;

std::vector<RecordSaleRequest> Sales(const std::string& ids) {
  std::vector<RecordSaleRequest> sales;
  for (char id : ids) sales.emplace_back().set_request_id(std::string(1, id));
  return sales;
}

TillFeed::Options Window(size_t window) {
  TillFeed::Options options;
  options.window = window;
  return options;
}

TEST(TillFeed, SendsUpToItsWindow) {
  TillFeed feed(Sales("abc"), Window(2));
  feed.Open();
  EXPECT_EQ(feed.WaitNext()->request_id(), "a");
  EXPECT_EQ(feed.WaitNext()->request_id(), "b");
  // The third goes only once an answer comes.
  std::string third;
  std::thread sender([&] { third = feed.WaitNext()->request_id(); });
  EXPECT_TRUE(feed.Answer("a").ok());
  sender.join();
  EXPECT_EQ(third, "c");
  EXPECT_EQ(feed.answered(), 1u);
}

TEST(TillFeed, SendsTheUnansweredAgainAfterABreak) {
  TillFeed feed(Sales("abc"), Window(3));
  feed.Open();
  for (int i = 0; i < 3; ++i) ASSERT_NE(feed.WaitNext(), nullptr);
  EXPECT_TRUE(feed.Answer("a").ok());
  feed.Close();
  EXPECT_EQ(feed.WaitNext(), nullptr);
  feed.Open();
  EXPECT_EQ(feed.WaitNext()->request_id(), "b");
  EXPECT_TRUE(feed.Answer("b").ok());
  EXPECT_EQ(feed.WaitNext()->request_id(), "c");
  EXPECT_TRUE(feed.Answer("c").ok());
  EXPECT_TRUE(feed.is_done());
  EXPECT_EQ(feed.WaitNext(), nullptr);
}

TEST(TillFeed, RefusesAnswersOutOfTurn) {
  TillFeed feed(Sales("ab"), Window(2));
  feed.Open();
  EXPECT_FALSE(feed.Answer("a").ok());  // not sent yet
  ASSERT_NE(feed.WaitNext(), nullptr);
  ASSERT_NE(feed.WaitNext(), nullptr);
  EXPECT_FALSE(feed.Answer("b").ok());
  EXPECT_TRUE(feed.Answer("a").ok());
  EXPECT_FALSE(feed.Answer("a").ok());
  EXPECT_EQ(feed.answered(), 1u);
}

TEST(TillFeed, LosesPatience) {
  TillFeed::Options options = Window(1);
  options.patience = std::chrono::milliseconds(1);
  TillFeed feed(Sales("ab"), options);
  feed.Open();
  ASSERT_NE(feed.WaitNext(), nullptr);
  EXPECT_FALSE(feed.is_stalled());
  EXPECT_EQ(feed.WaitNext(), nullptr);
  EXPECT_TRUE(feed.is_stalled());
  EXPECT_FALSE(feed.is_done());
  feed.Open();
  EXPECT_FALSE(feed.is_stalled());
}

TEST(TillFeed, KeepsItsPace) {
  TillFeed::Options options = Window(8);
  options.sales_per_second = 200;
  options.patience = std::chrono::milliseconds(1);  // pacing is no lack of answers
  TillFeed feed(Sales("abcde"), options);
  const auto begin = TillFeed::Clock::now();
  feed.Open();
  for (const char* id : {"a", "b", "c", "d", "e"}) {
    ASSERT_NE(feed.WaitNext(), nullptr);
    ASSERT_TRUE(feed.Answer(id).ok());
  }
  EXPECT_GE(TillFeed::Clock::now() - begin, std::chrono::milliseconds(20));
}

TEST(TillFeed, StoppedItSendsNoMoreAndIsDoneOnceNothingIsOnItsWay) {
  TillFeed feed(Sales("abc"), Window(2));
  feed.Open();
  ASSERT_NE(feed.WaitNext(), nullptr);
  ASSERT_NE(feed.WaitNext(), nullptr);
  feed.Stop();
  EXPECT_FALSE(feed.is_done()) << "two are on their way";
  ASSERT_TRUE(feed.Answer("a").ok());
  EXPECT_FALSE(feed.is_done());
  ASSERT_TRUE(feed.Answer("b").ok());
  EXPECT_TRUE(feed.is_done());
  EXPECT_EQ(feed.WaitNext(), nullptr);
  EXPECT_EQ(feed.answered(), 2u);
}

TEST(TillFeed, StoppedItWaitsForNoAnswerOfAStreamThatBroke) {
  TillFeed feed(Sales("ab"), Window(1));
  feed.Open();
  ASSERT_NE(feed.WaitNext(), nullptr);
  feed.Stop();
  feed.Close();
  EXPECT_TRUE(feed.is_done());
  EXPECT_EQ(feed.answered(), 0u);
}

TEST(TillFeed, OfNothingIsDone) {
  TillFeed feed({}, Window(1));
  feed.Open();
  EXPECT_EQ(feed.WaitNext(), nullptr);
  EXPECT_TRUE(feed.is_done());
}

TEST(ReadBaskets, TakesASaleALine) {
  SystemRandom random;
  BasketOptions options;
  options.till = "c1";
  options.payment = "card";
  const auto sales = ReadBaskets(
      "carottes=1.250 pain-gris:-0.50\n\n# a comment\npommes=2@2,40 # two\r\n", options, random);
  ASSERT_TRUE(sales.ok()) << sales.status();
  ASSERT_EQ(sales->size(), 2u);
  EXPECT_EQ((*sales)[0].lines_size(), 2);
  EXPECT_EQ((*sales)[0].lines(0).quantity_milli(), 1250);
  EXPECT_FALSE((*sales)[0].lines(1).has_quantity_milli());
  EXPECT_EQ((*sales)[0].lines(1).discount_cents(), 50);
  EXPECT_EQ((*sales)[1].lines(0).unit_price_cents(), 240);
  EXPECT_EQ((*sales)[0].till(), "c1");
  EXPECT_EQ((*sales)[0].payments(0).method(), retail::v1::PAYMENT_METHOD_CARD);
  EXPECT_EQ((*sales)[0].request_id().size(), 16u);
  EXPECT_NE((*sales)[0].request_id(), (*sales)[1].request_id());
}

TEST(ReadBaskets, TakesEveryLineEnd) {
  SystemRandom random;
  std::vector<size_t> lines;
  const auto sales =
      ReadBaskets("pain=1\rpain=2\r# a note\rpain=3\r\npain=4\n", BasketOptions(), random, &lines);
  ASSERT_TRUE(sales.ok()) << sales.status();
  EXPECT_EQ(sales->size(), 4u);
  EXPECT_EQ(lines, (std::vector<size_t>{1, 2, 4, 5}));
}

TEST(ReadBaskets, StopsAfterSoMany) {
  SystemRandom random;
  BasketOptions options;
  options.sales_max = 2;
  EXPECT_EQ(ReadBaskets("a\nb\nnot a basket=x\n", options, random)->size(), 2u);
}

TEST(ReadBaskets, NamesBadLinesAndSellsNothing) {
  SystemRandom random;
  const auto sales = ReadBaskets("a=1\nA\nb=0\n", BasketOptions(), random);
  const std::string why(sales.status().message());
  EXPECT_THAT(why, HasSubstr("line 2: product \"A\" is not a code"));
  EXPECT_THAT(why, HasSubstr("line 3: \"0\" is not a quantity"));
  EXPECT_THAT(why, HasSubstr("nothing was sold"));
}

TEST(ReadBaskets, RefusesAnEndlessSaleAndAnOddPayment) {
  SystemRandom random;
  std::string line;
  for (int i = 0; i < 1001; ++i) line += "a ";
  EXPECT_THAT(std::string(ReadBaskets(line, BasketOptions(), random).status().message()),
              HasSubstr("more than 1000"));
  BasketOptions options;
  options.payment = "cheque";
  EXPECT_FALSE(ReadBaskets("a", options, random).ok());
}

}  // namespace
}  // namespace comptoir::cli
