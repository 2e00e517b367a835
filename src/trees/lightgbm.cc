#include <charconv>
#include <cmath>
#include <limits>
#include <map>

#include "trees/builder.h"

namespace duolex::trees {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double zero_band = static_cast<double>(1e-35f);

struct Line {
  std::string_view text;
  std::size_t number = 0, offset = 0;
};

// The keys of one block, "name=value" a line.
struct Block {
  std::map<std::string_view, Line> values;
  std::size_t line = 0;
  [[nodiscard]] std::string_view get(std::string_view key) const {
    const auto found = values.find(key);
    return found == values.end() ? std::string_view{} : found->second.text;
  }
};

class Reader {
 public:
  Reader(const std::string& file, const std::string& bytes, const Limits& limits) : file_(file), bytes_(bytes), limits_(limits) {}
  Result<Ensemble> read();

 private:
  std::optional<Line> next();
  [[nodiscard]] Failure refuse(std::size_t line, const std::string& what) const {
    Diagnostic d = error_in(file_, what);
    d.span.line = static_cast<std::uint32_t>(line);
    d.span.column = 1;
    return failure(std::move(d));
  }
  [[nodiscard]] Result<Block> block(std::size_t line);
  template <class T>
  [[nodiscard]] Result<std::vector<T>> list(const Block& b, const char* key, std::size_t wanted) const;
  [[nodiscard]] std::optional<Failure> head(const Block& b, Ensemble& e);
  [[nodiscard]] std::optional<Failure> tree(const Block& b, Ensemble& e, Builder& builder, std::size_t output);

  const std::string& file_;
  const std::string& bytes_;
  const Limits& limits_;
  std::size_t at_ = 0, line_ = 0;
};

std::optional<Line> Reader::next() {
  if (at_ >= bytes_.size()) return std::nullopt;
  const std::size_t end = std::min(bytes_.find('\n', at_), bytes_.size());
  Line l{std::string_view(bytes_).substr(at_, end - at_), ++line_, at_};
  if (l.text.ends_with('\r')) l.text.remove_suffix(1);
  at_ = end + 1;
  return l;
}

// Up to an empty line.
Result<Block> Reader::block(std::size_t line) {
  Block b;
  b.line = line;
  while (const auto l = next()) {
    if (l->text.empty()) break;
    const std::size_t equals = l->text.find('=');
    const std::string_view key = l->text.substr(0, equals);
    const std::string_view value = equals == std::string_view::npos ? std::string_view{} : l->text.substr(equals + 1);
    if (!b.values.emplace(key, Line{value, l->number, l->offset}).second) return refuse(l->number, std::string(key.substr(0, 40)) + " is given twice");
  }
  return b;
}

template <class T>
Result<std::vector<T>> Reader::list(const Block& b, const char* key, std::size_t wanted) const {
  std::vector<T> out;
  const auto found = b.values.find(key);
  const std::size_t line = found == b.values.end() ? b.line : found->second.number;
  std::string_view rest = b.get(key);
  while (!rest.empty()) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    if (word.empty()) continue;
    T v{};
    const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), v);
    if (code != std::errc() || end != word.data() + word.size()) return refuse(line, std::string(key) + " holds '" + std::string(word.substr(0, 40)) + "', which is no number that serves there");
    if (out.size() >= wanted) return refuse(line, std::string(key) + " holds more than " + std::to_string(wanted) + " numbers");
    out.push_back(v);
  }
  if (out.size() != wanted) return refuse(line, std::string(key) + " holds " + std::to_string(out.size()) + " numbers of " + std::to_string(wanted));
  return out;
}

std::optional<Failure> Reader::head(const Block& b, Ensemble& e) {
  const std::string version(b.get("version"));
  if (version != "v2" && version != "v3" && version != "v4") return refuse(b.line, "not tested: the format '" + version.substr(0, 20) + "' of LightGBM");
  const auto number = [&](const char* key, std::size_t most) -> Result<std::size_t> {
    auto one = list<std::int64_t>(b, key, 1);
    if (!one) return tl::unexpected(one.error());
    if (one->front() < 0 || static_cast<std::size_t>(one->front()) > most) return refuse(b.line, std::string(key) + " is " + std::to_string(one->front()));
    return static_cast<std::size_t>(one->front());
  };
  const auto most_feature = number("max_feature_idx", limits_.features - 1), per_round = number("num_tree_per_iteration", limits_.outputs);
  if (!most_feature) return tl::unexpected(most_feature.error());
  if (!per_round) return tl::unexpected(per_round.error());
  if (*per_round == 0) return refuse(b.line, "num_tree_per_iteration is 0");
  const auto classes = number("num_class", limits_.outputs);
  if (!classes) return tl::unexpected(classes.error());
  if (*classes != *per_round) return refuse(b.line, "num_class is " + std::to_string(*classes) + " and num_tree_per_iteration " + std::to_string(*per_round) + "; they are one number");
  e.features = *most_feature + 1;
  e.outputs = *per_round;
  std::string_view names = b.get("feature_names");
  while (!names.empty() && e.feature_names.size() <= e.features) {
    const std::string_view name = names.substr(0, names.find(' '));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    e.feature_names.emplace_back(name);
  }
  if (e.feature_names.size() != e.features) e.feature_names.clear();
  const std::string_view objective = b.get("objective");
  const std::string name(objective.substr(0, objective.find(' ')));
  const bool root = objective.find(" sqrt") != std::string_view::npos;
  if (root) return refuse(b.line, "not tested: regression on square roots (reg_sqrt)");
  if (name == "binary" || name == "multiclass" || name == "multiclassova") e.classifier = true;
  e.link = name == "binary" || name == "cross_entropy" ? Link::logistic
           : name == "multiclass"                      ? Link::softmax
           : name == "multiclassova"                   ? Link::logistic_each
           : name == "poisson" || name == "gamma" || name == "tweedie" ? Link::exponential
                                                                       : Link::identity;
  constexpr const char* known[] = {"binary", "multiclass", "multiclassova", "cross_entropy", "poisson", "gamma", "tweedie", "regression", "regression_l1",
                                   "huber", "fair", "quantile", "mape", "lambdarank", "rank_xendcg", ""};
  bool is_known = false;
  for (const char* k : known) is_known = is_known || name == k;
  if (!is_known) return refuse(b.line, "not tested: the objective '" + name.substr(0, 40) + "'");
  if (e.classifier && name != "binary" && e.outputs < 2) return refuse(b.line, "has one output for several classes");
  if (name.empty()) e.notes.push_back("the file names no objective; its sums are taken as they are");
  if (const std::size_t sigmoid = objective.find("sigmoid:"); sigmoid != std::string_view::npos) {
    const std::string_view slope = objective.substr(sigmoid + 8);
    if (std::from_chars(slope.data(), slope.data() + slope.size(), e.slope).ec != std::errc() || !(e.slope > 0)) return refuse(b.line, "the slope of the sigmoid is no number above 0");
  }
  return std::nullopt;
}

std::optional<Failure> Reader::tree(const Block& b, Ensemble& e, Builder& builder, std::size_t output) {
  const auto one = [&](const char* key) { return list<std::int64_t>(b, key, 1); };
  const auto leaves = one("num_leaves");
  if (!leaves) return tl::unexpected(leaves.error());
  if (leaves->front() < 1 || static_cast<std::size_t>(leaves->front()) > limits_.nodes) return refuse(b.line, "num_leaves is " + std::to_string(leaves->front()));
  if (const std::string_view linear = b.get("is_linear"); !linear.empty() && linear != "0") return refuse(b.line, "not tested: leaves that hold linear models");
  const std::size_t n = static_cast<std::size_t>(leaves->front()), inner = n - 1;
  const auto value = list<double>(b, "leaf_value", n);
  if (!value) return tl::unexpected(value.error());
  const auto feature = list<std::int64_t>(b, "split_feature", inner), left = list<std::int64_t>(b, "left_child", inner), right = list<std::int64_t>(b, "right_child", inner),
             decision = list<std::int64_t>(b, "decision_type", inner);
  const auto threshold = list<double>(b, "threshold", inner);
  for (const auto* l : {&feature, &left, &right, &decision})
    if (!*l) return tl::unexpected(l->error());
  if (!threshold) return tl::unexpected(threshold.error());
  std::vector<std::int64_t> starts;
  std::vector<std::uint32_t> bits;
  if (const std::string_view sets = b.get("num_cat"); !sets.empty() && sets != "0") {
    const auto count = one("num_cat");
    if (!count) return tl::unexpected(count.error());
    if (count->front() < 0 || static_cast<std::size_t>(count->front()) > inner) return refuse(b.line, "num_cat is " + std::to_string(count->front()));
    auto boundaries = list<std::int64_t>(b, "cat_boundaries", static_cast<std::size_t>(count->front()) + 1);
    if (!boundaries) return tl::unexpected(boundaries.error());
    starts = std::move(*boundaries);
    for (std::size_t i = 0; i < starts.size(); ++i)
      if (starts[i] < (i == 0 ? 0 : starts[i - 1]) || static_cast<std::size_t>(starts[i]) > limits_.nodes) return refuse(b.line, "cat_boundaries do not ascend");
    auto words = list<std::uint32_t>(b, "cat_threshold", static_cast<std::size_t>(starts.back()));
    if (!words) return tl::unexpected(words.error());
    bits = std::move(*words);
  }
  // Nodes are numbered 0 … inner − 1, leaf i is inner + i.
  const auto child = [&](std::int64_t c) -> std::int64_t { return c >= 0 ? (c < static_cast<std::int64_t>(inner) ? c : -1) : ~c < static_cast<std::int64_t>(n) ? static_cast<std::int64_t>(inner) + ~c : -1; };
  const auto about = [&](std::size_t i) { return i >= inner ? Numbered{-1, -1, true} : Numbered{child((*left)[i]), child((*right)[i]), false}; };
  const auto weigh = [&](std::size_t i) -> std::optional<std::string> {
    const double v = (*value)[i - inner];
    if (!std::isfinite(v)) return "a leaf that is not finite";
    e.weights.push_back({static_cast<std::uint32_t>(output), v});
    return std::nullopt;
  };
  const auto split = [&](std::size_t i, Node& node) -> std::optional<std::string> {
    if ((*feature)[i] < 0 || (*feature)[i] > 0x7fffffff) return "a feature below 0";
    node.feature = static_cast<std::uint32_t>((*feature)[i]);
    const std::int64_t d = (*decision)[i];
    const bool default_left = (d & 2) != 0;
    const std::int64_t missing = d >> 2 & 3;
    const double t = (*threshold)[i];
    if ((d & 1) != 0) {
      // What is in the set goes left; NaN and numbers below 0 never do.
      if (!(t >= 0 && t < static_cast<double>(starts.size()) - 1)) return "node " + std::to_string(i) + " asks for categories that are not listed";
      const std::size_t k = static_cast<std::size_t>(t);
      std::vector<std::uint32_t> numbers;
      for (std::int64_t word = starts[k]; word < starts[k + 1]; ++word)
        for (std::uint32_t bit = 0; bit < 32; ++bit)
          if ((bits[static_cast<std::size_t>(word)] >> bit & 1) != 0) numbers.push_back(static_cast<std::uint32_t>(word - starts[k]) * 32 + bit);
      builder.set_cuts(node, of_categories(e, numbers));
      node.missing_left = false;
      return std::nullopt;
    }
    if (std::isnan(t)) return "a threshold that is no number";
    // The library's entrances make zero of what lies in the band before a tree sees it.
    const double end = t < -zero_band || t > zero_band ? above(e, t) : t < 0 ? -zero_band : above(e, zero_band);
    if (missing != 1) {
      builder.set_cuts(node, {{-infinity, end}});
      node.missing_left = missing == 2 ? default_left : 0 <= t;
      return std::nullopt;
    }
    // The band around zero, and NaN, which is read as zero, go where missing values go.
    const double low = -zero_band, high = above(e, zero_band);
    Intervals left_side;
    if (default_left) {
      if (end >= low) left_side = {{-infinity, std::max(end, high)}};
      else left_side = {{-infinity, end}, {low, high}};
    } else {
      left_side.emplace_back(-infinity, std::min(end, low));
      if (end > high) left_side.emplace_back(high, end);
    }
    builder.set_cuts(node, left_side);
    node.missing_left = default_left;
    return std::nullopt;
  };
  if (auto wrong = builder.add_tree(inner + n, n == 1 ? inner : 0, about, split, weigh)) return refuse(b.line, *wrong);
  return std::nullopt;
}

Result<Ensemble> Reader::read() {
  if (bytes_.size() > limits_.bytes) return refuse(0, "is larger than " + std::to_string(limits_.bytes) + " bytes");
  Ensemble e;
  e.kind = "LightGBM";
  e.single = false;
  const auto first = next();
  if (!first || first->text != "tree") return refuse(1, "is no model of LightGBM: it does not begin with the line 'tree'");
  const auto top = block(1);
  if (!top) return tl::unexpected(top.error());
  if (auto wrong = head(*top, e)) return *wrong;
  e.base.assign(e.outputs, 0);
  Builder builder(e, limits_);
  bool ended = false;
  while (const auto l = next()) {
    if (l->text == "end of trees") {
      ended = true;
      break;
    }
    if (l->text.empty()) continue;
    if (l->text != "Tree=" + std::to_string(e.roots.size())) return refuse(l->number, "'Tree=" + std::to_string(e.roots.size()) + "' was expected");
    const auto b = block(l->number);
    if (!b) return tl::unexpected(b.error());
    if (auto wrong = tree(*b, e, builder, e.roots.size() % e.outputs)) return *wrong;
  }
  if (!ended) return refuse(line_, "ends before 'end of trees'");
  if (e.roots.empty()) return refuse(line_, "holds no trees");
  if (e.roots.size() % e.outputs != 0) return refuse(line_, "ends within a round of trees");
  if (top->values.contains("average_output")) e.divisor = static_cast<double>(e.roots.size() / e.outputs);
  return e;
}

}  // namespace

Result<Ensemble> read_lightgbm(const std::string& file, const std::string& bytes, const Limits& limits) { return Reader(file, bytes, limits).read(); }

}  // namespace duolex::trees
