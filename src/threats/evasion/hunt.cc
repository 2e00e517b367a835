#include "threats/evasion/hunt.h"

#include <algorithm>
#include <numeric>

namespace duolex::threats::evasion {

std::vector<Inquiry*> Desk::take(std::size_t lanes, std::size_t takers) {
  const std::scoped_lock lock(one_);
  std::deque<Inquiry*>& queue = for_gradients_.size() >= lanes || for_gradients_.size() >= for_scores_.size() ? for_gradients_ : for_scores_;
  const std::size_t n = std::min(queue.size(), std::max<std::size_t>(1, queue.size() / (lanes * takers)) * lanes);
  const auto end = queue.begin() + static_cast<std::ptrdiff_t>(n);
  std::vector<Inquiry*> out(queue.begin(), end);
  queue.erase(queue.begin(), end);
  return out;
}

Hunt::Hunt(Desk& desk, Oracle& oracle, Form form, std::size_t outputs, Ball ball, Goal goal, std::span<const float> x, std::uint64_t seed,
           std::uint64_t sample)
    : desk_(desk), oracle_(oracle), form_(form), outputs_(outputs), ball_(ball), goal_(goal), x_(x), seed_(seed), sample_(sample) {}

void Hunt::offer(std::span<const float> candidate) {
  if (found_ || !ball_.holds(x_, candidate)) return;
  std::vector<double> exact(outputs_);
  oracle_.exact_scores(candidate.data(), 1, exact.data());
  if (goal_.wrong(std::span<const double>(exact)))
    found_.emplace(candidate.begin(), candidate.end());
  else
    ++refuted_;
}

void Hunt::Asked::await_suspend(std::coroutine_handle<> waiting) {
  inquiry_.waiting = waiting;
  hunt_.desk_.put(&inquiry_);
}

double Hunt::Asked::await_resume() {
  const double margin = hunt_.goal_.margin(std::span<const float>(inquiry_.scores));
  if (margin < 0) hunt_.offer(inquiry_.x);
  return inquiry_.loss != nullptr ? inquiry_.value : margin;
}

Hunt::Asked Hunt::try_scores(std::span<const float> candidate, std::span<float> scores) {
  ++forwards_;
  return {*this, {candidate, scores}};
}

Hunt::Asked Hunt::try_gradient(std::span<const float> candidate, const Loss& loss, std::span<float> scores, std::span<float> by_x) {
  ++gradients_;
  return {*this, {candidate, scores, &loss, &goal_, by_x}};
}

std::vector<std::size_t> rivals(std::span<const float> scores, std::size_t label) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase(order, label);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return scores[i] > scores[j]; });
  return order;
}

}  // namespace duolex::threats::evasion
