// Labels that the rest of the data contradicts, after the idea of confident learning (Northcutt, Jiang and Chuang,
// 2021): scores by a classifier that did not see the row, compared with what its class usually scores. Kernel ridge
// regression on one-hot labels takes the classifier's part: it has one solution, found without iteration.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "threats/data/matrix.h"
#include "threats/data/tests.h"
#include "threats/evasion/random.h"

namespace duolex::threats::data {
namespace {

constexpr std::size_t folds = 5;
constexpr std::size_t most_landmarks = 1000;  // rows that are learnt from, in all folds together
constexpr std::size_t most_label_classes = 200;
constexpr std::size_t most_rows_here = 100'000;
constexpr std::uint32_t purpose = 0x6c61626c;

struct Setting {
  bool each_column = false;  // scaled by its own deviation
  double width = 1, ridge = 1;
};

// Squared distances of every row to every landmark.
Matrix distances(const Matrix& z, const std::vector<std::size_t>& landmarks) {
  Matrix out(z.rows, landmarks.size());
  std::vector<double> norms(z.rows);
  for (std::size_t i = 0; i < z.rows; ++i) norms[i] = dot(z.row(i), z.row(i), z.columns);
  for (std::size_t i = 0; i < z.rows; ++i)
    for (std::size_t k = 0; k < landmarks.size(); ++k)
      out.row(i)[k] = std::max(0.0, norms[i] + norms[landmarks[k]] - 2 * dot(z.row(i), z.row(landmarks[k]), z.columns));
  return out;
}

class Scores {
 public:
  Scores(const DataSet& data, std::uint64_t seed) : n_(data.rows.size()), classes_(data.classes.size()) {
    for (const Row& r : data.rows) labels_.push_back(static_cast<std::size_t>(r.label));
    // A seeded order of the rows: its first are the landmarks, and its position says the fold.
    std::vector<std::pair<std::uint32_t, std::size_t>> order(n_);
    for (std::size_t i = 0; i < n_; ++i) order[i] = {evasion::Random(seed, i, purpose).bits(), i};
    std::sort(order.begin(), order.end());
    fold_.resize(n_);
    for (std::size_t k = 0; k < n_; ++k) {
      fold_[order[k].second] = k % folds;
      if (k < most_landmarks) landmarks_.push_back(order[k].second);
    }
    std::sort(landmarks_.begin(), landmarks_.end());
  }

  void use(const Matrix& z) {
    distances_ = distances(z, landmarks_);
    columns_ = z.columns;
  }

  // Row by class. Rows that are left out are not learnt from, and are scored all the same.
  [[nodiscard]] Matrix of(const Setting& s, const std::vector<bool>& left_out) const {
    Matrix kernel(n_, landmarks_.size());
    const double gamma = s.width / static_cast<double>(columns_);
    for (std::size_t i = 0; i < kernel.values.size(); ++i) kernel.values[i] = std::exp(-gamma * distances_.values[i]);
    Matrix out(n_, classes_);
    for (std::size_t fold = 0; fold < folds; ++fold) {
      std::vector<std::size_t> used;  // positions among the landmarks
      for (std::size_t k = 0; k < landmarks_.size(); ++k)
        if (fold_[landmarks_[k]] != fold && !left_out[landmarks_[k]]) used.push_back(k);
      Matrix system(used.size(), used.size());
      for (std::size_t a = 0; a < used.size(); ++a) {
        for (std::size_t b = 0; b <= a; ++b) system.row(a)[b] = kernel.row(landmarks_[used[a]])[used[b]];
        system.row(a)[a] += s.ridge;
      }
      if (used.empty() || !cholesky(system)) continue;
      Matrix weights(classes_, used.size());
      const double base = 1.0 / static_cast<double>(classes_);
      for (std::size_t c = 0; c < classes_; ++c) {
        for (std::size_t a = 0; a < used.size(); ++a) weights.row(c)[a] = (labels_[landmarks_[used[a]]] == c ? 1 : 0) - base;
        solve_cholesky(system, weights.row(c));
      }
      std::vector<double> row(used.size());
      for (std::size_t i = 0; i < n_; ++i) {
        if (fold_[i] != fold) continue;
        for (std::size_t a = 0; a < used.size(); ++a) row[a] = kernel.row(i)[used[a]];
        for (std::size_t c = 0; c < classes_; ++c) out.row(i)[c] = base + dot(row.data(), weights.row(c), used.size());
      }
    }
    return out;
  }

  // Mean squared error of the scores: small for a classifier that fits.
  [[nodiscard]] double error(const Matrix& scores) const {
    double sum = 0;
    for (std::size_t i = 0; i < n_; ++i)
      for (std::size_t c = 0; c < classes_; ++c) {
        const double e = scores.row(i)[c] - (labels_[i] == c ? 1 : 0);
        sum += e * e;
      }
    return sum / static_cast<double>(n_);
  }

  [[nodiscard]] Doubt judged(const Matrix& scores, std::size_t i) const {
    const double* const row = scores.row(i);
    std::size_t best = 0;
    for (std::size_t c = 1; c < classes_; ++c)
      if (row[c] > row[best]) best = c;
    return {i, static_cast<std::int32_t>(best), row[best] - row[labels_[i]]};
  }

 private:
  std::size_t n_, classes_, columns_ = 1;
  std::vector<std::size_t> labels_, fold_, landmarks_;
  Matrix distances_;
};

}  // namespace

LabelNoise find_label_noise(const DataSet& data, std::uint64_t seed) {
  LabelNoise out;
  const std::size_t n = data.rows.size();
  if (!data.labelled()) return out.why_not = "not every row has a label", out;
  if (data.features == 0) return out.why_not = "the rows have no numbers to compare them by", out;
  if (data.classes.size() < 2) return out.why_not = "there is one class", out;
  if (data.classes.size() > most_label_classes) return out.why_not = "there are more than " + std::to_string(most_label_classes) + " classes", out;
  if (n < 20) return out.why_not = "there are fewer than 20 rows", out;
  if (n > most_rows_here) return out.why_not = "there are more than " + std::to_string(most_rows_here) + " rows", out;
  out.tested = true;
  Scores scores(data, seed);
  const std::vector<bool> all(n, false);
  double least = 0;
  bool first = true;
  Setting best;
  for (const bool each : {true, false}) {
    scores.use(each ? standardised(data.values.data(), n, data.features) : centred(data.values.data(), n, data.features));
    for (const double width : {0.1, 0.3, 1.0, 3.0})
      for (const double ridge : {0.3, 1.0, 3.0}) {
        if (n > 400 && ridge != 1.0) continue;
        const Setting s{each, width, ridge};
        if (const double e = scores.error(scores.of(s, all)); first || e < least) {
          least = e;
          best = s;
          first = false;
        }
      }
  }
  scores.use(best.each_column ? standardised(data.values.data(), n, data.features) : centred(data.values.data(), n, data.features));
  std::vector<bool> left_out(n, false);
  Matrix last;
  for (int round = 0; round < 3; ++round) {
    last = scores.of(best, left_out);
    if (round == 0)
      for (std::size_t i = 0; i < n; ++i) out.accuracy += scores.judged(last, i).margin <= 0 ? 1.0 / static_cast<double>(n) : 0;
    if (round < 2)
      for (std::size_t i = 0; i < n; ++i) left_out[i] = scores.judged(last, i).margin > 0.1;
  }
  for (std::size_t i = 0; i < n; ++i)
    if (const Doubt d = scores.judged(last, i); d.margin >= doubt_margin) out.doubts.push_back(d);
  std::stable_sort(out.doubts.begin(), out.doubts.end(), [](const Doubt& a, const Doubt& b) { return a.margin > b.margin; });
  char text[120];
  std::snprintf(text, sizeof text, "kernel ridge regression, %s, width %g, ridge %g, %zu folds", best.each_column ? "columns scaled each" : "one scale", best.width, best.ridge, folds);
  out.classifier = text;
  return out;
}

}  // namespace duolex::threats::data
