// The search for an adversarial example of one sample. Attacks offer candidates; one is taken only when it lies in
// the ball and the box and is wrong in double precision.
#pragma once

#include <coroutine>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "threats/evasion/ball.h"
#include "threats/evasion/goal.h"
#include "threats/evasion/random.h"
#include "threats/evasion/search.h"
#include "threats/evasion/target.h"

namespace duolex::threats::evasion {

// A question to the model, and who waits for the answer.
struct Inquiry {
  std::span<const float> x;
  std::span<float> scores;
  const Loss* loss = nullptr;  // with a loss, its gradient is wanted
  const Goal* goal = nullptr;
  std::span<float> by_x{};
  double value = 0;            // of the loss
  std::coroutine_handle<> waiting{};
};

// Where inquiries wait; filled by searches, emptied by a crowd, both from any thread.
class Desk {
 public:
  // Whoever takes the inquiry resumes its search, maybe before put() returns.
  void put(Inquiry* inquiry) {
    const std::scoped_lock lock(one_);
    (inquiry->loss != nullptr ? for_gradients_ : for_scores_).push_back(inquiry);
  }
  // Inquiries of one kind, the oldest: of a queue that fills whole batches of `lanes` a share of 1 / `takers` in such
  // batches, or what there is. None when nobody waits.
  [[nodiscard]] std::vector<Inquiry*> take(std::size_t lanes, std::size_t takers);

 private:
  std::mutex one_{};
  std::deque<Inquiry*> for_scores_{}, for_gradients_{};
};

class Hunt {
 public:
  // Everything referred to outlives the hunt. `sample` is the sample's number in the data, from which its random
  // numbers come.
  Hunt(Desk& desk, Oracle& oracle, Form form, std::size_t outputs, Ball ball, Goal goal, std::span<const float> x, std::uint64_t seed,
       std::uint64_t sample);

  [[nodiscard]] std::span<const float> x() const { return x_; }
  [[nodiscard]] const Form& form() const { return form_; }
  [[nodiscard]] std::size_t outputs() const { return outputs_; }
  [[nodiscard]] const Ball& ball() const { return ball_; }
  [[nodiscard]] const Goal& goal() const { return goal_; }
  [[nodiscard]] Random random(std::uint32_t purpose) const { return {seed_, sample_, purpose}; }

  // To be awaited. Offers the candidate when its scores look wrong, and gives the margin, or the loss.
  class Asked {
   public:
    Asked(Hunt& hunt, Inquiry inquiry) : hunt_(hunt), inquiry_(inquiry) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting);
    double await_resume();

   private:
    Hunt& hunt_;
    Inquiry inquiry_;
  };
  [[nodiscard]] Asked try_scores(std::span<const float> candidate, std::span<float> scores);
  [[nodiscard]] Asked try_gradient(std::span<const float> candidate, const Loss& loss, std::span<float> scores, std::span<float> by_x);

  [[nodiscard]] bool found() const { return found_.has_value(); }
  [[nodiscard]] const std::vector<float>& example() const { return *found_; }
  // Candidates that were wrong in single precision and not in double.
  [[nodiscard]] std::size_t refuted() const { return refuted_; }
  [[nodiscard]] std::uint64_t forward_calls() const { return forwards_; }
  [[nodiscard]] std::uint64_t gradient_calls() const { return gradients_; }

 private:
  void offer(std::span<const float> candidate);

  Desk& desk_;
  Oracle& oracle_;
  Form form_;
  std::size_t outputs_;
  Ball ball_;
  Goal goal_;
  std::span<const float> x_;
  std::uint64_t seed_, sample_;
  std::optional<std::vector<float>> found_;
  std::size_t refuted_ = 0;
  std::uint64_t forwards_ = 0, gradients_ = 0;
};

// The other classes by their score, highest first: the targets of targeted attacks.
[[nodiscard]] std::vector<std::size_t> rivals(std::span<const float> scores, std::size_t label);

}  // namespace duolex::threats::evasion
