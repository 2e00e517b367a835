// The search for an adversarial example of one sample. Attacks offer candidates; one is taken only when it lies in
// the ball and the box and is wrong in double precision.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "threats/evasion/ball.h"
#include "threats/evasion/goal.h"
#include "threats/evasion/random.h"
#include "threats/evasion/target.h"

namespace duolex::threats::evasion {

class Hunt {
 public:
  // x, oracle and the form's meaning outlive the hunt. `sample` is the sample's number in the data, from which its
  // random numbers come.
  Hunt(Oracle& oracle, Form form, std::size_t outputs, Ball ball, Goal goal, std::span<const float> x, std::uint64_t seed,
       std::uint64_t sample);

  [[nodiscard]] std::span<const float> x() const { return x_; }
  [[nodiscard]] const Form& form() const { return form_; }
  [[nodiscard]] std::size_t outputs() const { return outputs_; }
  [[nodiscard]] const Ball& ball() const { return ball_; }
  [[nodiscard]] const Goal& goal() const { return goal_; }
  [[nodiscard]] Random random(std::uint32_t purpose) const { return {seed_, sample_, purpose}; }

  // Scores and margin at a candidate; offers it when it looks wrong.
  double try_scores(std::span<const float> candidate, std::span<float> scores);
  // The same with the loss and its gradient. No gradient when the candidate was taken, or, with `only_while_right`,
  // when it looks wrong.
  double try_gradient(std::span<const float> candidate, const Loss& loss, std::span<float> scores, std::span<float> by_x,
                      bool only_while_right = false);

  [[nodiscard]] bool found() const { return found_.has_value(); }
  [[nodiscard]] const std::vector<float>& example() const { return *found_; }
  // Candidates that were wrong in single precision and not in double.
  [[nodiscard]] std::size_t refuted() const { return refuted_; }
  [[nodiscard]] std::uint64_t forward_calls() const { return forwards_; }
  [[nodiscard]] std::uint64_t gradient_calls() const { return gradients_; }

  // The other classes by their score at x, highest first: the targets of targeted attacks.
  [[nodiscard]] std::vector<std::size_t> rivals();

 private:
  void offer(std::span<const float> candidate);

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

}  // namespace duolex::threats::evasion
