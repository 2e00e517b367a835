// Answers that take too long end what asked; others do not, however many there are.
#include "workspace/system/answer_clock.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <atomic>
#include <vector>

#include "workspace/system/confined.h"

namespace duolex::workspace {
namespace {

using namespace std::chrono_literals;

TEST(AnswerClock, ALateAnswerIsToldOfWhileItIsStillAwaited) {
  std::atomic<bool> late = false;
  AnswerClock clock(0.05, [&] { late = true; });
  const AnswerClock::Asking asking(&clock);
  for (int i = 0; i < 500 && !late; ++i) std::this_thread::sleep_for(10ms);
  EXPECT_TRUE(late);
}

TEST(AnswerClock, ManyShortAnswersAreNotOneLongOne) {
  std::atomic<bool> late = false;
  {
    AnswerClock clock(2, [&] { late = true; });
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 300; ++i) {
          const AnswerClock::Asking asking(&clock);
          std::this_thread::sleep_for(10ms);  // three seconds in all
        }
      });
    for (std::thread& t : threads) t.join();
  }
  EXPECT_FALSE(late);
}

TEST(AnswerClock, TheOldestCountsWhenOthersCameAndWent) {
  std::atomic<bool> late = false;
  AnswerClock clock(0.3, [&] { late = true; });
  const AnswerClock::Asking oldest(&clock);
  for (int i = 0; i < 500 && !late; ++i) {
    const AnswerClock::Asking other(&clock);
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_TRUE(late);
}

// What waits uses no processor time, and ends all the same.
TEST(Confined, EndsByTheClockAndSaysSo) {
  ConfinedLimits limits;
  limits.wall_seconds = 1;
  std::string heard;
  const auto end = run_confined(
      limits,
      [](const Say& say) {
        say("begun");
        sleep(600);
        say("ended");
        return 0;
      },
      [&](const std::string& line) { heard += line; });
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->late);
  EXPECT_FALSE(end->interrupted);
  EXPECT_EQ(heard, "begun");
  const auto quick = run_confined(limits, [](const Say&) { return 7; }, [](const std::string&) {});
  ASSERT_TRUE(quick);
  EXPECT_FALSE(quick->late);
  EXPECT_EQ(quick->status, 7);
}

TEST(AnswerClock, WithoutOneNothingIsBounded) { const AnswerClock::Asking asking(nullptr); }

}  // namespace
}  // namespace duolex::workspace
