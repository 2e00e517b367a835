#include "workspace/system/answer_clock.h"

#include <algorithm>
#include <cstdio>

namespace duolex::workspace {

using Clock = std::chrono::steady_clock;

std::string too_late(double seconds) {
  char text[120];
  std::snprintf(text, sizeof text, "not tested: one answer of the model took longer than %g s (--answer-seconds)", seconds);
  return text;
}

AnswerClock::AnswerClock(double seconds, std::function<void()> late)
    : limit_(std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds))), late_(std::move(late)), thread_([this] { watch(); }) {}

AnswerClock::~AnswerClock() {
  {
    const std::scoped_lock lock(one_);
    over_ = true;
  }
  ends_.notify_all();
  thread_.join();
}

void AnswerClock::watch() {
  std::unique_lock lock(one_);
  while (!over_) {
    const auto now = Clock::now();
    if (!begun_.empty() && now - begun_.front() > limit_) {
      lock.unlock();
      return late_();
    }
    // The next that can be late is the oldest, or one that begins now.
    const auto next = (begun_.empty() ? now : begun_.front()) + limit_ + std::chrono::milliseconds(1);
    ends_.wait_until(lock, next, [this] { return over_; });
  }
}

AnswerClock::Asking::Asking(AnswerClock* clock) : clock_(clock) {
  if (clock_ == nullptr) return;
  const std::scoped_lock lock(clock_->one_);
  place_ = clock_->begun_.insert(clock_->begun_.end(), Clock::now());
}
AnswerClock::Asking::~Asking() {
  if (clock_ == nullptr) return;
  const std::scoped_lock lock(clock_->one_);
  clock_->begun_.erase(place_);
}

}  // namespace duolex::workspace
