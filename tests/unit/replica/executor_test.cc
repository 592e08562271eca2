#include "common/replica/executor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

namespace comptoir::replica {
namespace {

TEST(Executor, RunsEverythingBeforeItGoes) {
  std::atomic<int> done = 0;
  {
    Executor executor(3);
    for (int i = 0; i < 1'000; ++i) executor.Run([&] { ++done; });
  }
  EXPECT_EQ(done, 1'000);
}

TEST(Executor, RunsWhatItsTasksQueueWhileItEnds) {
  std::atomic<int> done = 0;
  {
    Executor executor(2);
    executor.Run([&] {
      for (int i = 0; i < 10; ++i) {
        executor.Run([&] { executor.Run([&] { ++done; }); });
      }
    });
  }
  EXPECT_EQ(done, 10);
}

TEST(Executor, RunsTasksSideBySide) {
  Executor executor(2);
  std::promise<void> first_runs;
  std::promise<void> second_ran;
  auto second_has_run = second_ran.get_future();
  std::promise<void> both;
  executor.Run([&] {
    first_runs.set_value();
    second_has_run.wait();
    both.set_value();
  });
  first_runs.get_future().wait();
  executor.Run([&] { second_ran.set_value(); });
  both.get_future().wait();
}

TEST(Executor, WithoutThreadsRunsWhatItsOwnerChooses) {
  std::vector<int> seen;
  {
    Executor executor(0);
    EXPECT_FALSE(executor.RunOne());
    for (int i = 0; i < 4; ++i) executor.Run([&seen, i] { seen.push_back(i); });
    EXPECT_TRUE(seen.empty());
    EXPECT_TRUE(executor.RunOne());
    EXPECT_TRUE(executor.RunOne(2));
    EXPECT_TRUE(executor.RunOne(2));  // of the two left: the oldest
    EXPECT_EQ(seen, (std::vector<int>{0, 3, 1}));
  }
  EXPECT_EQ(seen, (std::vector<int>{0, 3, 1, 2}));
}

TEST(Strand, KeepsItsOrderHoweverTasksAreChosen) {
  std::vector<int> seen;
  Executor executor(0);
  const auto strand = std::make_shared<Strand>(executor);
  const auto other = std::make_shared<Strand>(executor);
  for (int i = 0; i < 100; ++i) {
    strand->Run([&seen, i] { seen.push_back(i); });
    other->Run([] {});
    executor.RunOne(static_cast<size_t>(i));
  }
  for (size_t choice = 0; executor.RunOne(choice); ++choice) {
  }
  ASSERT_EQ(seen.size(), 100U);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

TEST(Strand, KeepsTheOrderOfOneProducer) {
  std::vector<int> seen;  // touched on the strand alone, so it needs no lock
  {
    Executor executor(4);
    const auto strand = std::make_shared<Strand>(executor);
    for (int i = 0; i < 10'000; ++i) strand->Run([&seen, i] { seen.push_back(i); });
  }
  ASSERT_EQ(seen.size(), 10'000U);
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(seen[static_cast<size_t>(i)], i);
}

TEST(Strand, NeverRunsTwoTasksAtOnce) {
  std::atomic<int> inside = 0;
  std::atomic<bool> overlapped = false;
  uint64_t plain = 0;  // a race on it is what the thread sanitizer looks for
  {
    Executor executor(4);
    const auto strand = std::make_shared<Strand>(executor);
    std::vector<std::thread> producers;
    for (int producer = 0; producer < 4; ++producer) {
      producers.emplace_back([&] {
        for (int i = 0; i < 2'000; ++i) {
          strand->Run([&] {
            if (++inside != 1) overlapped = true;
            ++plain;
            --inside;
          });
        }
      });
    }
    for (std::thread& producer : producers) producer.join();
  }
  EXPECT_FALSE(overlapped);
  EXPECT_EQ(plain, 8'000U);
}

TEST(Strand, KeepsTheOrderOfEachOfManyProducers) {
  constexpr int kProducers = 4;
  constexpr int kTasks = 1'000;
  std::vector<std::vector<int>> seen(kProducers);
  {
    Executor executor(3);
    const auto strand = std::make_shared<Strand>(executor);
    std::vector<std::thread> producers;
    for (size_t producer = 0; producer < kProducers; ++producer) {
      producers.emplace_back([&, producer] {
        for (int i = 0; i < kTasks; ++i) {
          strand->Run([&seen, producer, i] { seen[producer].push_back(i); });
        }
      });
    }
    for (std::thread& producer : producers) producer.join();
  }
  for (const std::vector<int>& one : seen) {
    ASSERT_EQ(one.size(), static_cast<size_t>(kTasks));
    EXPECT_TRUE(std::is_sorted(one.begin(), one.end()));
  }
}

TEST(Strand, OneThatWaitsDoesNotHoldUpAnother) {
  Executor executor(2);
  const auto slow = std::make_shared<Strand>(executor);
  const auto quick = std::make_shared<Strand>(executor);
  std::promise<void> go_on;
  std::promise<void> ended;
  slow->Run([&, go = go_on.get_future().share()] { go.wait(); });
  slow->Run([&] { ended.set_value(); });
  std::promise<void> ran;
  quick->Run([&] { ran.set_value(); });
  ran.get_future().wait();
  go_on.set_value();
  ended.get_future().wait();
}

TEST(Strand, LivesUntilItsTasksAreDone) {
  std::atomic<int> done = 0;
  {
    Executor executor(1);
    std::promise<void> go_on;
    executor.Run([go = go_on.get_future().share()] { go.wait(); });
    auto strand = std::make_shared<Strand>(executor);
    for (int i = 0; i < 5; ++i) strand->Run([&] { ++done; });
    strand.reset();
    go_on.set_value();
  }
  EXPECT_EQ(done, 5);
}

TEST(Strand, TasksMayQueueMoreOnTheirOwnStrand) {
  std::vector<int> seen;
  {
    Executor executor(2);
    const auto strand = std::make_shared<Strand>(executor);
    strand->Run([&, strand] {
      seen.push_back(1);
      strand->Run([&] { seen.push_back(3); });
      seen.push_back(2);
    });
  }
  EXPECT_EQ(seen, (std::vector<int>{1, 2, 3}));
}

}  // namespace
}  // namespace comptoir::replica
