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

enum class Kind { classes, number };

// A layer of rectified units, and beside it a way straight through: linear models are copied by that alone.
class Network {
 public:
  Network(Kind kind, std::size_t inputs, std::size_t hidden, std::size_t classes, std::uint64_t seed)
      : kind_(kind), inputs_(inputs), hidden_(hidden), classes_(classes), first_((inputs + 1) * hidden), second_((hidden + 1) * classes), through_(inputs * classes), h_(hidden), back_(hidden) {
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
    if (kind_ == Kind::classes) softmax(p);
  }
  // Adds the gradient of the cross-entropy towards `target`, of numbers that of half the square: the same expression.
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
  Kind kind_;
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

// What was asked and answered, ready to learn from, and what the copies are compared on.
struct Lesson {
  std::size_t width = 0, classes = 0;
  std::vector<float> x, y, test;
  std::vector<float> truth;  // classes: the index; numbers: as answered
};

Network trained(const Lesson& l, Kind kind, std::size_t budget, const std::vector<float>& weight, const Options& o) {
  Network net(kind, l.width, o.hidden, l.classes, o.seed);
  Random shuffle(o.seed, budget, for_order);
  std::vector<std::size_t> turn(budget);
  std::vector<float> p(l.classes);
  std::iota(turn.begin(), turn.end(), std::size_t{0});
  // Few questions are gone through more often.
  const std::size_t epochs = std::clamp<std::size_t>(o.epochs * 1000 / std::max<std::size_t>(budget, 1), o.epochs / 4, o.epochs * 4);
  for (std::size_t e = 0; e < epochs && !(o.stop && o.stop()); ++e) {
    for (std::size_t i = budget; i > 1; --i) std::swap(turn[i - 1], turn[shuffle.below(static_cast<std::uint32_t>(i))]);
    for (std::size_t from = 0; from < budget; from += batch) {
      const std::size_t to = std::min(budget, from + batch);
      for (std::size_t k = from; k < to; ++k) {
        const float* const y = l.y.data() + turn[k] * l.classes;
        const float w = weight.empty() ? 1.0f : weight[highest({y, l.classes})];
        net.learn(l.x.data() + turn[k] * l.width, y, p, w / static_cast<float>(to - from));
      }
      net.step();
    }
  }
  return net;
}

std::vector<std::size_t> counts(const Lesson& l, std::size_t budget) {
  std::vector<std::size_t> n(l.classes);
  for (std::size_t q = 0; q < budget; ++q) ++n[highest({l.y.data() + q * l.classes, l.classes})];
  return n;
}

// The mean over the classes that occur of the share that the copy answers alike, among what was asked.
double balanced_on_questions(Network& net, const Lesson& l, std::size_t budget) {
  std::vector<std::size_t> agree(l.classes);
  const std::vector<std::size_t> of = counts(l, budget);
  std::vector<float> p(l.classes);
  for (std::size_t q = 0; q < budget; ++q) {
    net.answer(l.x.data() + q * l.width, p);
    const std::size_t y = highest({l.y.data() + q * l.classes, l.classes});
    agree[y] += highest(p) == y;
  }
  double sum = 0, n = 0;
  for (std::size_t c = 0; c < l.classes; ++c)
    if (of[c] != 0) sum += static_cast<double>(agree[c]) / static_cast<double>(of[c]), n += 1;
  return n > 0 ? sum / n : 0;
}

Copy copy_of_classes(const Lesson& l, std::size_t budget, const Options& o) {
  Copy c{.queries = budget};
  Network net = trained(l, Kind::classes, budget, {}, o);
  const std::vector<std::size_t> asked = counts(l, budget);
  std::size_t least = budget, occurring = 0;
  for (const std::size_t n : asked)
    if (n != 0) least = std::min(least, n), ++occurring;
  // Rare: less than half of an even share.
  if (occurring > 1 && 2 * least * occurring < budget) {
    std::vector<float> weight(l.classes);
    for (std::size_t k = 0; k < l.classes; ++k)
      if (asked[k] != 0) weight[k] = std::min(10.0f, static_cast<float>(budget) / static_cast<float>(occurring * asked[k]));
    Network other = trained(l, Kind::classes, budget, weight, o);
    c.weighted = balanced_on_questions(other, l, budget) > balanced_on_questions(net, l, budget);
    if (c.weighted) net = std::move(other);
  }
  std::vector<float> p(l.classes);
  c.classes.resize(l.classes);
  for (std::size_t k = 0; k < l.truth.size(); ++k) {
    net.answer(l.test.data() + k * l.width, p);
    OfClass& of = c.classes[static_cast<std::size_t>(l.truth[k])];
    const bool alike = highest(p) == static_cast<std::size_t>(l.truth[k]);
    ++of.of;
    of.agree += alike;
    c.agree += alike;
  }
  double n = 0;
  for (const OfClass& of : c.classes) n += of.of != 0;
  for (OfClass& of : c.classes) {
    if (of.of == 0) continue;
    of.interval = clopper_pearson(of.agree, of.of, o.confidence);
    c.balanced += static_cast<double>(of.agree) / static_cast<double>(of.of) / n;
    c.balanced_low += clopper_pearson(of.agree, of.of, 1 - (1 - o.confidence) / n).low / n;
  }
  return c;
}

// Answers are learnt less their mean and over their deviation.
Copy copy_of_numbers(const Lesson& l, std::size_t budget, const Options& o) {
  Copy c{.queries = budget};
  double mean = 0, square = 0;
  for (std::size_t q = 0; q < budget; ++q) mean += static_cast<double>(l.y[q]) / static_cast<double>(budget);
  for (std::size_t q = 0; q < budget; ++q) square += std::pow(static_cast<double>(l.y[q]) - mean, 2) / static_cast<double>(budget);
  const double deviation = square > 0 ? std::sqrt(square) : 1;
  Lesson scaled = l;
  for (float& v : scaled.y) v = static_cast<float>((static_cast<double>(v) - mean) / deviation);
  Network net = trained(scaled, Kind::number, budget, {}, o);
  float z = 0;
  double wrong = 0, spread = 0, middle = 0;
  for (const float v : l.truth) middle += static_cast<double>(v) / static_cast<double>(l.truth.size());
  for (std::size_t k = 0; k < l.truth.size(); ++k) {
    net.answer(l.test.data() + k * l.width, {&z, 1});
    const double off = mean + deviation * static_cast<double>(z) - static_cast<double>(l.truth[k]);
    c.agree += std::abs(off) <= *o.tolerance;
    wrong += off * off;
    spread += std::pow(static_cast<double>(l.truth[k]) - middle, 2);
  }
  c.explained = spread > 0 ? 1 - wrong / spread : 0;
  return c;
}

}  // namespace

Result copy_model(const Ask& ask, std::span<const float> rows, std::size_t width, std::size_t classes, const Options& o) {
  Result out;
  const std::size_t n = width == 0 ? 0 : rows.size() / width;
  if (n < 40 || classes < (o.tolerance ? 1U : 2U)) return out;
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random draw(o.seed, 0, for_rows);
  for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[draw.below(static_cast<std::uint32_t>(i))]);
  const std::vector<std::size_t> known(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(n / 2)), held(order.begin() + static_cast<std::ptrdiff_t>(n / 2), order.end());
  const Scale scale(rows, width, known);
  const std::size_t most = o.budgets.empty() ? 0 : *std::max_element(o.budgets.begin(), o.budgets.end());
  Lesson l{width, classes, std::vector<float>(most * width), std::vector<float>(most * classes), std::vector<float>(held.size() * width), {}};
  Random mix(o.seed, 0, for_mixtures);
  for (std::size_t q = 0; q < most; ++q) {
    float* const to = l.x.data() + q * width;
    const std::size_t a = known[q < known.size() ? q : mix.below(static_cast<std::uint32_t>(known.size()))];
    const std::size_t b = q < known.size() ? a : known[mix.below(static_cast<std::uint32_t>(known.size()))];
    const float share = q < known.size() ? 1.0f : static_cast<float>(mix.uniform());
    for (std::size_t i = 0; i < width; ++i) to[i] = a == b ? rows[a * width + i] : share * rows[a * width + i] + (1 - share) * rows[b * width + i];
    if (a != b && o.admit) o.admit(rows.subspan(a * width, width), rows.subspan(b * width, width), {to, width});
    ask({to, width}, {l.y.data() + q * classes, classes});
    scale.apply({to, width});
    if (o.stop && o.stop()) return out;
  }
  std::vector<float> p(classes);
  for (std::size_t k = 0; k < held.size(); ++k) {
    const std::span<float> row(l.test.data() + k * width, width);
    std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>(held[k] * width), width, row.begin());
    ask(row, p);
    l.truth.push_back(o.tolerance ? p[0] : static_cast<float>(highest(p)));
    scale.apply(row);
  }
  out.compared = held.size();
  if (o.tolerance) {
    std::vector<float> asked = l.y;
    std::sort(asked.begin(), asked.end());
    const double constant = asked.empty() ? 0 : static_cast<double>(asked[asked.size() / 2]);
    out.constant = static_cast<std::size_t>(std::count_if(l.truth.begin(), l.truth.end(), [&](float v) { return std::abs(static_cast<double>(v) - constant) <= *o.tolerance; }));
  } else {
    const std::vector<std::size_t> frequent = counts(l, most);
    const auto usual = static_cast<float>(std::max_element(frequent.begin(), frequent.end()) - frequent.begin());
    out.constant = static_cast<std::size_t>(std::count(l.truth.begin(), l.truth.end(), usual));
  }
  for (const std::size_t budget : o.budgets) {
    Copy c = o.tolerance ? copy_of_numbers(l, budget, o) : copy_of_classes(l, budget, o);
    if (o.stop && o.stop()) return out;
    c.interval = clopper_pearson(c.agree, held.size(), o.confidence);
    out.copies.push_back(std::move(c));
  }
  out.complete = true;
  return out;
}

}  // namespace duolex::threats::extraction
