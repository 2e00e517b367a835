#include "threats/extraction/surrogate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "threats/evasion/random.h"

namespace duolex::threats::extraction {
namespace {

using evasion::Random;

constexpr std::uint32_t for_rows = 0xe100, for_mixtures = 0xe101, for_weights = 0xe102, for_order = 0xe103;
constexpr std::size_t batch = 16;
constexpr float rate = 3e-3f;

// One number of weights with the state of Adam (Kingma and Ba, 2015).
struct Weights {
  std::vector<float> w, gradient, mean, square;
  explicit Weights(std::size_t n) : w(n), gradient(n), mean(n), square(n) {}
  void step(int t) {
    const float first = 1 - std::pow(0.9f, static_cast<float>(t)), second = 1 - std::pow(0.999f, static_cast<float>(t));
    for (std::size_t i = 0; i < w.size(); ++i) {
      mean[i] = 0.9f * mean[i] + 0.1f * gradient[i];
      square[i] = 0.999f * square[i] + 0.001f * gradient[i] * gradient[i];
      w[i] -= rate * (mean[i] / first / (std::sqrt(square[i] / second) + 1e-8f) + 1e-4f * w[i]);
      gradient[i] = 0;
    }
  }
};

void softmax(std::span<float> z) {
  const float most = *std::max_element(z.begin(), z.end());
  float sum = 0;
  for (float& v : z) sum += v = std::exp(v - most);
  for (float& v : z) v /= sum;
}

// A layer of rectified units, and beside it a way straight through: linear models are copied by that alone.
class Network {
 public:
  Network(std::size_t inputs, std::size_t hidden, std::size_t classes, std::uint64_t seed)
      : inputs_(inputs), hidden_(hidden), classes_(classes), first_((inputs + 1) * hidden), second_((hidden + 1) * classes), through_(inputs * classes), h_(hidden), back_(hidden) {
    Random random(seed, 0, for_weights);
    const double a = std::sqrt(2.0 / static_cast<double>(inputs + 1)), b = std::sqrt(1.0 / static_cast<double>(hidden + 1));
    for (std::size_t i = 0; i < inputs * hidden; ++i) first_.w[i] = static_cast<float>(a * random.normal());
    for (std::size_t i = 0; i < hidden * classes; ++i) second_.w[i] = static_cast<float>(b * random.normal());
  }

  void answer(const float* x, std::span<float> p) {
    for (std::size_t j = 0; j < hidden_; ++j) {
      const float* const w = first_.w.data() + j * inputs_;
      float sum = first_.w[inputs_ * hidden_ + j];
      for (std::size_t i = 0; i < inputs_; ++i) sum += w[i] * x[i];
      h_[j] = std::max(0.0f, sum);
    }
    for (std::size_t c = 0; c < classes_; ++c) {
      float sum = second_.w[hidden_ * classes_ + c];
      for (std::size_t j = 0; j < hidden_; ++j) sum += second_.w[c * hidden_ + j] * h_[j];
      for (std::size_t i = 0; i < inputs_; ++i) sum += through_.w[c * inputs_ + i] * x[i];
      p[c] = sum;
    }
    softmax(p);
  }
  // Adds the gradient of the cross-entropy towards `target`.
  void learn(const float* x, const float* target, std::span<float> p, float share) {
    answer(x, p);
    std::fill(back_.begin(), back_.end(), 0.0f);
    for (std::size_t c = 0; c < classes_; ++c) {
      const float d = (p[c] - target[c]) * share;
      for (std::size_t j = 0; j < hidden_; ++j) {
        second_.gradient[c * hidden_ + j] += d * h_[j];
        back_[j] += d * second_.w[c * hidden_ + j];
      }
      second_.gradient[hidden_ * classes_ + c] += d;
      for (std::size_t i = 0; i < inputs_; ++i) through_.gradient[c * inputs_ + i] += d * x[i];
    }
    for (std::size_t j = 0; j < hidden_; ++j) {
      if (h_[j] <= 0) continue;
      for (std::size_t i = 0; i < inputs_; ++i) first_.gradient[j * inputs_ + i] += back_[j] * x[i];
      first_.gradient[inputs_ * hidden_ + j] += back_[j];
    }
  }
  void step() {
    ++steps_;
    first_.step(steps_);
    second_.step(steps_);
    through_.step(steps_);
  }

 private:
  std::size_t inputs_, hidden_, classes_;
  Weights first_, second_, through_;
  std::vector<float> h_, back_;
  int steps_ = 0;
};

std::size_t highest(std::span<const float> p) { return static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin()); }

// Each input less its mean and over its deviation; what is missing becomes the mean.
class Scale {
 public:
  Scale(std::span<const float> rows, std::size_t width, const std::vector<std::size_t>& known) : mean_(width), over_(width) {
    for (std::size_t i = 0; i < width; ++i) {
      double n = 0, sum = 0, squares = 0;
      for (const std::size_t r : known) {
        const double v = static_cast<double>(rows[r * width + i]);
        if (!std::isfinite(v)) continue;
        n += 1;
        sum += v;
        squares += v * v;
      }
      const double mean = n > 0 ? sum / n : 0, variance = n > 0 ? std::max(0.0, squares / n - mean * mean) : 0;
      mean_[i] = static_cast<float>(mean);
      over_[i] = variance > 1e-12 ? static_cast<float>(1 / std::sqrt(variance)) : 0;
    }
  }
  void apply(std::span<float> x) const {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::isfinite(x[i]) ? std::clamp((x[i] - mean_[i]) * over_[i], -8.0f, 8.0f) : 0.0f;
  }

 private:
  std::vector<float> mean_, over_;
};

}  // namespace

Result copy_model(const Ask& ask, std::span<const float> rows, std::size_t width, std::size_t classes, const Options& o) {
  Result out;
  const std::size_t n = width == 0 ? 0 : rows.size() / width;
  if (n < 40 || classes < 2) return out;
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random draw(o.seed, 0, for_rows);
  for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[draw.below(static_cast<std::uint32_t>(i))]);
  const std::vector<std::size_t> known(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(n / 2)), held(order.begin() + static_cast<std::ptrdiff_t>(n / 2), order.end());
  const Scale scale(rows, width, known);

  const std::size_t most = o.budgets.empty() ? 0 : *std::max_element(o.budgets.begin(), o.budgets.end());
  std::vector<float> x(most * width), y(most * classes);
  Random mix(o.seed, 0, for_mixtures);
  for (std::size_t q = 0; q < most; ++q) {
    float* const to = x.data() + q * width;
    const std::size_t a = known[q < known.size() ? q : mix.below(static_cast<std::uint32_t>(known.size()))];
    const std::size_t b = q < known.size() ? a : known[mix.below(static_cast<std::uint32_t>(known.size()))];
    const float share = q < known.size() ? 1.0f : static_cast<float>(mix.uniform());
    for (std::size_t i = 0; i < width; ++i) to[i] = a == b ? rows[a * width + i] : share * rows[a * width + i] + (1 - share) * rows[b * width + i];
    ask({to, width}, {y.data() + q * classes, classes});
    scale.apply({to, width});
    if (o.stop && o.stop()) return out;
  }
  std::vector<std::size_t> truth;
  std::vector<float> test(held.size() * width), p(classes);
  for (std::size_t k = 0; k < held.size(); ++k) {
    std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>(held[k] * width), width, test.begin() + static_cast<std::ptrdiff_t>(k * width));
    ask({test.data() + k * width, width}, p);
    truth.push_back(highest(p));
    scale.apply({test.data() + k * width, width});
  }
  out.compared = held.size();
  std::vector<std::size_t> frequent(classes);
  for (std::size_t q = 0; q < most; ++q) ++frequent[highest({y.data() + q * classes, classes})];
  const std::size_t usual = static_cast<std::size_t>(std::max_element(frequent.begin(), frequent.end()) - frequent.begin());
  out.constant = static_cast<std::size_t>(std::count(truth.begin(), truth.end(), usual));
  for (const std::size_t budget : o.budgets) {
    Network net(width, o.hidden, classes, o.seed);
    Random shuffle(o.seed, budget, for_order);
    std::vector<std::size_t> turn(budget);
    std::iota(turn.begin(), turn.end(), std::size_t{0});
    // Few questions are gone through more often.
    const std::size_t epochs = std::clamp<std::size_t>(o.epochs * 1000 / std::max<std::size_t>(budget, 1), o.epochs / 4, o.epochs * 4);
    for (std::size_t e = 0; e < epochs; ++e) {
      if (o.stop && o.stop()) return out;
      for (std::size_t i = budget; i > 1; --i) std::swap(turn[i - 1], turn[shuffle.below(static_cast<std::uint32_t>(i))]);
      for (std::size_t from = 0; from < budget; from += batch) {
        const std::size_t to = std::min(budget, from + batch);
        for (std::size_t k = from; k < to; ++k)
          net.learn(x.data() + turn[k] * width, y.data() + turn[k] * classes, p, 1.0f / static_cast<float>(to - from));
        net.step();
      }
    }
    Copy c{budget, 0, {}};
    for (std::size_t k = 0; k < held.size(); ++k) {
      net.answer(test.data() + k * width, p);
      c.agree += highest(p) == truth[k];
    }
    c.interval = clopper_pearson(c.agree, held.size(), o.confidence);
    out.copies.push_back(c);
  }
  out.complete = true;
  return out;
}

}  // namespace duolex::threats::extraction
