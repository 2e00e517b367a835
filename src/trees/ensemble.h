// Ensembles of decision trees in one form, whatever library wrote them, and what they answer.
//
// Every split asks whether a number lies in a union of half-open intervals; a comparison, a set of categories, the
// band around zero that LightGBM takes for missing and the six comparisons of ONNX are all such unions, so that
// evaluation and bounds need one case.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace duolex::trees {

// A child is a node, or ~i for leaf i.
using Child = std::int32_t;

struct Node {
  std::uint32_t feature = 0;
  std::uint32_t cut = 0, cuts = 0;  // Ensemble::cuts[cut, cut + cuts), ascending
  bool left_below = true;           // whether numbers below the first cut go left; each cut changes the side
  bool missing_left = false;        // where NaN goes
  Child left = 0, right = 0;
};

struct Weight {
  std::uint32_t output = 0;
  double value = 0;
};

struct Leaf {
  std::uint32_t weight = 0, weights = 0;  // Ensemble::weights[weight, weight + weights)
};

// What is done to the sum before a person sees it. None changes which output is the highest.
enum class Link { identity, logistic, logistic_each, softmax, exponential };
[[nodiscard]] const char* name_of(Link link);

struct Ensemble {
  std::string kind;                         // "XGBoost", "LightGBM", "ONNX"
  std::size_t features = 0;
  std::vector<std::string> feature_names;   // empty when the file has none
  std::size_t outputs = 1;
  std::vector<Node> nodes;
  std::vector<double> cuts;
  std::vector<Leaf> leaves;
  std::vector<Weight> weights;
  std::vector<Child> roots;                 // one a tree, in the order in which the library adds them
  std::vector<double> base;                 // one an output
  bool base_first = true;                   // added before the trees, or after them
  double divisor = 1;                       // the sum over the trees is divided by it
  bool single = true;                       // numbers are rounded to f32 before they are compared, and sums kept in f32
  bool classifier = false;
  double level = 0;                         // a classifier of one output says class 1 above it
  Link link = Link::identity;
  double slope = 1;                         // of a logistic link
  std::vector<std::string> notes;           // what a reader of a result should know

  // A classifier has at least two.
  [[nodiscard]] std::size_t classes() const { return !classifier ? 0 : outputs == 1 ? 2 : outputs; }
};

// x as the model takes it: f32 where it keeps f32. NaN is a missing value.
void as_taken(const Ensemble& e, std::span<double> x);

// The leaf that x reaches in a tree. x: as taken, `features` numbers.
[[nodiscard]] std::size_t leaf_of(const Ensemble& e, Child root, std::span<const double> x);

// How many splits x passes in all trees, and the most that any row can.
[[nodiscard]] std::size_t splits_passed(const Ensemble& e, std::span<const double> x);
[[nodiscard]] std::size_t deepest(const Ensemble& e);

// The outputs before the link, added as the library does: in f32 where it does, tree by tree.
void raw_scores(const Ensemble& e, std::span<const double> x, std::span<double> out);
// The same sums in double precision.
void exact_scores(const Ensemble& e, std::span<const double> x, std::span<double> out);
// How far the library's sum, in any order of addition, and ours in double can lie from the true one; one an output.
[[nodiscard]] std::vector<double> rounding(const Ensemble& e);

// After the link, in double precision.
void apply_link(const Ensemble& e, std::span<double> scores);

// What a test compares: for a classifier a score for each class, of which the highest wins (for one output: 0 and the
// output less its level); else the one number that a person sees. `out` has scores_of(e) places.
[[nodiscard]] std::size_t scores_of(const Ensemble& e);
void to_scores(const Ensemble& e, std::span<const double> raw, std::span<double> out);

struct Limits {
  std::size_t bytes = std::size_t{128} << 20;
  std::size_t nodes = 4'000'000;   // with leaves, of all trees
  std::size_t trees = 200'000;
  std::size_t features = 100'000;
  std::size_t outputs = 10'000;
};

// By its first bytes: XGBoost's JSON, LightGBM's text, an ONNX model of which a tree ensemble is the only part that
// decides. Nothing of the file is run. A failure names the byte or the line; one that begins with "not tested" is about
// a model that may be sound but has something that is not known here.
[[nodiscard]] Result<Ensemble> read_ensemble(const std::string& file, const std::string& bytes, const Limits& limits = {});
// Whether the bytes look like one of these, so that read_ensemble says what is wrong with them.
[[nodiscard]] bool looks_like_trees(const std::string& bytes);

[[nodiscard]] Result<Ensemble> read_xgboost(const std::string& file, const std::string& bytes, const Limits& limits = {});
[[nodiscard]] Result<Ensemble> read_lightgbm(const std::string& file, const std::string& bytes, const Limits& limits = {});
[[nodiscard]] Result<Ensemble> read_onnx_trees(const std::string& file, const std::string& bytes, const Limits& limits = {});

}  // namespace duolex::trees
