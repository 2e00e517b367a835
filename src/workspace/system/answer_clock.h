// How long one answer of a model may take on the clock. A foreign model can run for ever; whoever asks it cannot go on, so
// the process that it was asked in ends with that.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace duolex::workspace {

inline constexpr double default_answer_seconds = 60;

// "not tested: one answer of the model took longer than 60 s (--answer-seconds)"
[[nodiscard]] std::string too_late(double seconds);

class AnswerClock {
 public:
  // `late` is called once, on a thread of its own, when an answer takes longer than that, and is not to return.
  AnswerClock(double seconds, std::function<void()> late);
  ~AnswerClock();
  AnswerClock(const AnswerClock&) = delete;
  AnswerClock& operator=(const AnswerClock&) = delete;

  // From the question to the answer; any number at a time, on any threads. `clock` may be null.
  class Asking {
   public:
    explicit Asking(AnswerClock* clock);
    ~Asking();
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;

   private:
    AnswerClock* clock_;
    std::list<std::chrono::steady_clock::time_point>::iterator place_{};
  };

 private:
  void watch();
  std::chrono::steady_clock::duration limit_;
  std::function<void()> late_;
  std::mutex one_;
  std::condition_variable ends_;
  bool over_ = false;
  std::list<std::chrono::steady_clock::time_point> begun_;  // the oldest first
  std::thread thread_;
};

}  // namespace duolex::workspace
