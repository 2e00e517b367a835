// The tests of a data set. Each is a function of the data and a seed; each says what it could not test.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "threats/data/data_set.h"
#include "threats/result.h"

namespace duolex::threats::data {

// Rows that hold the same, or nearly. first < second; distance is the root mean square of the differences of the
// features, each in units of its deviation; 0: the same bytes.
struct Pair {
  std::size_t first = 0, second = 0;
  double distance = 0;
};
struct Duplicates {
  std::vector<Pair> exact, near;        // nearest first
  std::vector<Pair> contradicting;      // the same content, different labels
  std::vector<Pair> leaking;            // across splits
  std::uint64_t exact_rows = 0;         // rows that repeat an earlier one
  bool near_tested = false, near_complete = false;
};
inline constexpr double near_distance = 0.01;
[[nodiscard]] Duplicates find_duplicates(const DataSet& data);

// A row whose label the other rows contradict.
struct Doubt {
  std::size_t row = 0;
  std::int32_t suggested = no_label;
  double margin = 0;  // by how much the suggested class scores above the given one; about 1 is certain
};
struct LabelNoise {
  bool tested = false;
  std::string why_not;
  std::vector<Doubt> doubts;  // most certain first
  double accuracy = 0;        // share of rows that the classifier, which did not see them, gives their own label
  std::string classifier;
};
inline constexpr double doubt_margin = 0.25;
// Out-of-fold scores of a kernel classifier chosen on the data itself; doubtful rows are left out and the rest learnt
// again, twice.
[[nodiscard]] LabelNoise find_label_noise(const DataSet& data, std::uint64_t seed);

// A group within one class that stands apart and whose rows differ from each other as the other classes do.
struct ClassSuspicion {
  std::int32_t label = no_label;
  double separation = 0;   // gap of the group and the rest of the class against both their widths, out of sample
  double spread = 0;       // variance of the group where the other classes differ, against the rest; of two classes: assumed
  [[nodiscard]] double score() const { return spread * separation; }
  bool suspected = false;
  bool apart = false;      // not suspected, but it stands so far apart that someone should look: natural, or of one other class
  std::vector<std::size_t> rows;  // of the group, when it is either
};
struct Poison {
  bool tested = false;
  std::string why_not;
  std::vector<ClassSuspicion> classes;  // by label
};
// Suspected: all three are reached. With two classes there is no spread to measure, and none is suspected.
inline constexpr double poison_score = 6, poison_separation = 2.5, poison_spread = 1.5;
inline constexpr double apart_separation = 6, apart_separation_of_two_classes = 4;
// `features`: activations of a model, or the data's own numbers; one row each.
[[nodiscard]] Poison find_poison(const std::vector<float>& features, std::size_t width, const std::vector<std::int32_t>& labels, std::size_t classes);

// Two looks at the same rows: of each class the one that suspects it more.
[[nodiscard]] Poison either(Poison one, const Poison& other);

struct FeatureDrift {
  std::size_t feature = 0;
  double distance = 0;  // Kolmogorov and Smirnov's
  double p = 1;         // by permutation
  double adjusted = 1;  // Holm
};
struct Drift {
  bool tested = false;
  std::string why_not;
  double energy = 0, p = 1;  // energy distance of all features together
  std::size_t permutations = 0, rows_used = 0;
  std::vector<FeatureDrift> features;  // smallest p first
};
[[nodiscard]] Drift find_drift(const DataSet& before, const DataSet& after, std::uint64_t seed);

}  // namespace duolex::threats::data
