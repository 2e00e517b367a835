// Poison with a trigger shows in its class as a group apart, all of it shifted by the trigger. Natural groups stand apart as
// well; but rows that were taken from other classes and given a label still differ from each other as those classes do.
// Both together are the score, and no class needs to be named. The first idea is that of spectral signatures (Tran, Li and
// Madry, 2018), with what all classes vary in divided out; the second follows from how such poison is made.
#include <algorithm>
#include <cmath>
#include <tuple>

#include "threats/data/matrix.h"
#include "threats/data/poison_groups.h"
#include "threats/data/tests.h"

namespace duolex::threats::data {
namespace {

constexpr std::size_t most_width = 1024;     // features; a covariance of more is not affordable
constexpr std::size_t most_directions = 128; // of all rows together, that are looked at
constexpr std::size_t most_of_class = 1500;  // rows of a class in which groups are looked for
constexpr std::size_t fewest_rows = 20;      // of a class
constexpr std::size_t most_kept = 8'000'000; // numbers of the scatters of all classes

// Coordinates along the directions in which the rows vary most, where there are many.
Matrix reduced(const Matrix& z) {
  if (z.columns <= most_directions) return z;
  std::vector<std::size_t> some;
  std::vector<double> mean;
  for (std::size_t i = 0; i < z.rows; i += 1 + z.rows / 10'000) some.push_back(i);
  return along(z, leading(covariance(z, some, mean), most_directions));
}

}  // namespace

Poison find_poison(const std::vector<float>& features, std::size_t width, const std::vector<std::int32_t>& labels, std::size_t classes) {
  Poison out;
  if (width == 0 || features.size() != width * labels.size()) return out.why_not = "the rows have no numbers to compare them by", out;
  if (width > most_width) return out.why_not = "the rows have more than " + std::to_string(most_width) + " numbers; give a model's activations instead", out;
  if (std::any_of(labels.begin(), labels.end(), [&](std::int32_t l) { return l < 0 || static_cast<std::size_t>(l) >= classes; }))
    return out.why_not = "not every row has a label", out;
  if (classes < 2 || classes > 1000) return out.why_not = "between 2 and 1000 classes are needed", out;
  std::vector<std::vector<std::size_t>> rows(classes);
  for (std::size_t i = 0; i < labels.size(); ++i) rows[static_cast<std::size_t>(labels[i])].push_back(i);
  const auto large = std::count_if(rows.begin(), rows.end(), [](const auto& r) { return r.size() >= fewest_rows; });
  if (large < 2) return out.why_not = "fewer than two classes have " + std::to_string(fewest_rows) + " rows", out;
  out.tested = true;
  const Matrix z = reduced(centred(features.data(), labels.size(), width));

  // The sums of all classes; one's own are taken off again.
  Matrix all(z.columns, z.columns);
  std::vector<std::vector<double>> means(classes);
  const auto scatter_of = [&](std::size_t c) {
    Matrix own = covariance(z, rows[c], means[c]);
    for (double& v : own.values) v *= static_cast<double>(rows[c].size());
    return own;
  };
  // Kept where they are few enough; computed again otherwise.
  std::vector<Matrix> scatters;
  const bool keep = classes * z.columns * z.columns <= most_kept;
  for (std::size_t c = 0; c < classes; ++c) {
    Matrix own = scatter_of(c);
    for (std::size_t i = 0; i < all.values.size(); ++i) all.values[i] += own.values[i];
    if (keep) scatters.push_back(std::move(own));
  }
  for (std::size_t c = 0; c < classes; ++c) {
    ClassSuspicion s;
    s.label = static_cast<std::int32_t>(c);
    if (rows[c].size() >= fewest_rows) {
      ClassInContext context;
      const std::size_t step = 1 + (rows[c].size() - 1) / most_of_class;
      std::vector<std::size_t> taken;
      for (std::size_t i = 0; i < rows[c].size(); i += step) taken.push_back(rows[c][i]);
      context.rows = Matrix(taken.size(), z.columns);
      for (std::size_t i = 0; i < taken.size(); ++i) std::copy_n(z.row(taken[i]), z.columns, context.rows.row(i));
      context.within = all;
      const Matrix own = keep ? std::move(scatters[c]) : scatter_of(c);
      for (std::size_t i = 0; i < all.values.size(); ++i) context.within.values[i] -= own.values[i];
      context.other_rows = labels.size() - rows[c].size();
      for (std::size_t k = 0; k < classes; ++k)
        if (k != c && !rows[k].empty()) {
          context.others.values.insert(context.others.values.end(), means[k].begin(), means[k].end());
          ++context.others.rows;
        }
      context.others.columns = z.columns;
      const Groups groups = find_groups(context);
      s.separation = groups.separation;
      s.spread = groups.spread;
      const bool two = context.others.rows < 2;
      s.suspected = !two && s.score() >= poison_score && s.separation >= poison_separation && s.spread >= poison_spread;
      s.apart = !s.suspected && s.separation >= (two ? apart_separation_of_two_classes : apart_separation);
      Side in = groups.in;
      if (s.apart && 2 * std::count(in.begin(), in.end(), true) > static_cast<std::ptrdiff_t>(in.size())) in.flip();  // the smaller one
      if (step > 1 && (s.suspected || s.apart)) {
        // The rows that took no part in the search belong to the nearer group.
        s.rows = assigned(z, taken, in, rows[c]);
      } else if (s.suspected || s.apart) {
        for (std::size_t i = 0; i < in.size(); ++i)
          if (in[i]) s.rows.push_back(taken[i]);
      }
    }
    out.classes.push_back(std::move(s));
  }
  return out;
}

Poison either(Poison one, const Poison& other) {
  if (!one.tested) return other;
  if (!other.tested) return one;
  const auto rank = [](const ClassSuspicion& s) { return std::make_tuple(s.suspected, s.apart, s.apart ? s.separation : s.score()); };
  for (std::size_t c = 0; c < one.classes.size() && c < other.classes.size(); ++c)
    if (rank(other.classes[c]) > rank(one.classes[c])) one.classes[c] = other.classes[c];
  return one;
}

}  // namespace duolex::threats::data
