#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "trees/builder.h"

namespace duolex::trees {
namespace {

namespace od = simdjson::ondemand;

constexpr std::size_t most_tokens = 30'000'000;

struct RawTree {
  std::vector<std::int64_t> left, right, feature, default_left, kind, category_nodes, category_starts, category_sizes, categories;
  std::vector<double> conditions;
  std::int64_t vector_leaf = 0;
  std::size_t offset = 0;
};

struct RawModel {
  std::vector<RawTree> trees;
  std::vector<std::int64_t> groups;
  std::vector<double> drop_weights;
  std::vector<std::string> feature_names;
  std::string booster, objective, base_score, best_iteration;
  std::int64_t classes = 0, features = 0, targets = 1;
  std::size_t sizes_at = 0;  // where these stand
};

// Walks over the text once. The first thing that does not fit ends it, with the byte.
class Walk {
 public:
  Walk(const std::string& file, const char* begin, std::size_t size) : file_(file), begin_(begin), size_(size) {}

  bool wrong(const std::string& what, std::size_t at) {
    if (errors.empty()) errors.push_back(error_in(file_, "byte " + std::to_string(at) + ": " + what));
    return false;
  }
  std::size_t offset(od::value& v) {
    const char* at = nullptr;
    return v.current_location().get(at) == simdjson::SUCCESS ? static_cast<std::size_t>(at - begin_) : size_;  // it ends there
  }
  // Calls each(key, value) for the members of an object.
  template <class F>
  bool object(od::value v, const std::string& what, F each) {
    const std::size_t at = offset(v);
    od::object o;
    if (v.get_object().get(o) != simdjson::SUCCESS) return wrong(what + " is no object", at);
    for (auto f : o) {
      std::string_view key;
      od::value value;
      if (f.unescaped_key().get(key) != simdjson::SUCCESS || f.value().get(value) != simdjson::SUCCESS) return wrong(what + " is broken off or no JSON", at);
      const std::string name(key);
      if (!each(name, value)) return false;
    }
    return true;
  }
  template <class F>
  bool array(od::value v, const std::string& what, F each) {
    const std::size_t at = offset(v);
    od::array a;
    if (v.get_array().get(a) != simdjson::SUCCESS) return wrong(what + " is no list", at);
    for (auto item : a) {
      od::value value;
      if (item.get(value) != simdjson::SUCCESS) return wrong(what + " is broken off or no JSON", at);
      if (!each(value)) return false;
    }
    return true;
  }
  bool text(od::value v, const std::string& what, std::string& out) {
    const std::size_t at = offset(v);
    std::string_view s;
    if (v.get_string().get(s) != simdjson::SUCCESS) return wrong(what + " is no text", at);
    out = s;
    return true;
  }
  // A whole number, bare, in quotes or as true and false.
  bool whole(od::value v, const std::string& what, std::int64_t& out) {
    const std::size_t at = offset(v);
    std::string_view s;
    bool b = false;
    if (v.get_int64().get(out) == simdjson::SUCCESS) return true;
    if (v.get_bool().get(b) == simdjson::SUCCESS) return out = b, true;
    if (v.get_string().get(s) == simdjson::SUCCESS && std::from_chars(s.data(), s.data() + s.size(), out).ptr == s.data() + s.size() && !s.empty()) return true;
    return wrong(what + " is no whole number", at);
  }
  bool wholes(od::value v, const std::string& what, std::vector<std::int64_t>& out) {
    return array(v, what, [&](od::value item) {
      out.push_back(0);
      return whole(item, what, out.back());
    });
  }
  bool numbers(od::value v, const std::string& what, std::vector<double>& out) {
    return array(v, what, [&](od::value item) {
      double d = 0;
      const std::size_t at = offset(item);
      if (item.get_double().get(d) != simdjson::SUCCESS) {
        // XGBoost writes what is no number in JSON bare.
        const std::string_view word = item.raw_json_token();
        if (word.starts_with("NaN")) d = std::numeric_limits<double>::quiet_NaN();
        else if (word.starts_with("Infinity")) d = std::numeric_limits<double>::infinity();
        else if (word.starts_with("-Infinity")) d = -std::numeric_limits<double>::infinity();
        else return wrong(what + " holds no number", at);
      }
      out.push_back(static_cast<double>(static_cast<float>(d)));
      return true;
    });
  }

  Diagnostics errors{};

 private:
  const std::string& file_;
  const char* begin_;
  std::size_t size_;
};

bool read_tree(Walk& w, od::value v, RawModel& m) {
  m.trees.emplace_back();
  RawTree& t = m.trees.back();
  t.offset = w.offset(v);
  return w.object(v, "a tree", [&](const std::string& key, od::value value) {
    if (key == "left_children") return w.wholes(value, key, t.left);
    if (key == "right_children") return w.wholes(value, key, t.right);
    if (key == "split_indices") return w.wholes(value, key, t.feature);
    if (key == "split_conditions") return w.numbers(value, key, t.conditions);
    if (key == "default_left") return w.wholes(value, key, t.default_left);
    if (key == "split_type") return w.wholes(value, key, t.kind);
    if (key == "categories") return w.wholes(value, key, t.categories);
    if (key == "categories_nodes") return w.wholes(value, key, t.category_nodes);
    if (key == "categories_segments") return w.wholes(value, key, t.category_starts);
    if (key == "categories_sizes") return w.wholes(value, key, t.category_sizes);
    if (key == "tree_param")
      return w.object(value, key, [&](const std::string& name, od::value p) { return name != "size_leaf_vector" || w.whole(p, name, t.vector_leaf); });
    return true;
  });
}

bool read_trees(Walk& w, od::value model, RawModel& m, const Limits& limits) {
  return w.object(model, "the model", [&](const std::string& key, od::value value) {
    if (key == "tree_info") return w.wholes(value, key, m.groups);
    if (key != "trees") return true;
    return w.array(value, key, [&](od::value tree) {
      if (m.trees.size() >= limits.trees) return w.wrong("more than " + std::to_string(limits.trees) + " trees", w.offset(tree));
      return read_tree(w, tree, m);
    });
  });
}

bool read_booster(Walk& w, od::value v, RawModel& m, const Limits& limits) {
  return w.object(v, "gradient_booster", [&](const std::string& key, od::value value) {
    if (key == "name") return w.text(value, key, m.booster);
    if (key == "model") return read_trees(w, value, m, limits);
    if (key == "weight_drop") return w.numbers(value, key, m.drop_weights);
    if (key == "gbtree")
      return w.object(value, key, [&](const std::string& name, od::value inner) { return name != "model" || read_trees(w, inner, m, limits); });
    return true;
  });
}

bool read_learner(Walk& w, od::value v, RawModel& m, const Limits& limits) {
  return w.object(v, "learner", [&](const std::string& key, od::value value) {
    if (key == "gradient_booster") return read_booster(w, value, m, limits);
    if (key == "feature_names")
      return w.array(value, key, [&](od::value item) {
        m.feature_names.emplace_back();
        return w.text(item, key, m.feature_names.back());
      });
    if (key == "attributes")
      return w.object(value, key, [&](const std::string& name, od::value a) { return name != "best_iteration" || w.text(a, name, m.best_iteration); });
    if (key == "objective") return w.object(value, key, [&](const std::string& name, od::value o) { return name != "name" || w.text(o, name, m.objective); });
    if (key == "learner_model_param") {
      m.sizes_at = w.offset(value);
      return w.object(value, key, [&](const std::string& name, od::value p) {
        if (name == "base_score") return w.text(p, name, m.base_score);
        if (name == "num_class") return w.whole(p, name, m.classes);
        if (name == "num_feature") return w.whole(p, name, m.features);
        if (name == "num_target") return w.whole(p, name, m.targets);
        return true;
      });
    }
    return true;
  });
}

struct Objective {
  const char* name;
  bool classifier;
  Link link;
};
constexpr Objective objectives[] = {
    {"binary:logistic", true, Link::logistic},       {"binary:logitraw", true, Link::identity},         {"binary:hinge", true, Link::identity},
    {"multi:softprob", true, Link::softmax},         {"multi:softmax", true, Link::softmax},            {"reg:logistic", false, Link::logistic},
    {"reg:squarederror", false, Link::identity},     {"reg:linear", false, Link::identity},             {"reg:squaredlogerror", false, Link::identity},
    {"reg:absoluteerror", false, Link::identity},    {"reg:pseudohubererror", false, Link::identity},   {"reg:quantileerror", false, Link::identity},
    {"reg:gamma", false, Link::exponential},         {"reg:tweedie", false, Link::exponential},         {"count:poisson", false, Link::exponential},
    {"survival:cox", false, Link::exponential},      {"rank:pairwise", false, Link::identity},          {"rank:ndcg", false, Link::identity},
    {"rank:map", false, Link::identity},
};

std::optional<std::string> add(Builder& b, Ensemble& e, const RawTree& t, std::size_t group, double factor) {
  const std::size_t n = t.left.size();
  for (const std::size_t size : {t.right.size(), t.feature.size(), t.conditions.size(), t.default_left.size()})
    if (size != n) return "its lists of nodes differ in length";
  if (!t.kind.empty() && t.kind.size() != n) return "its lists of nodes differ in length";
  if (t.category_nodes.size() != t.category_starts.size() || t.category_nodes.size() != t.category_sizes.size()) return "its lists of categories differ in length";
  const auto about = [&](std::size_t i) { return Numbered{t.left[i], t.right[i], t.left[i] == -1}; };
  const auto split = [&](std::size_t i, Node& node) -> std::optional<std::string> {
    if (t.feature[i] < 0 || t.feature[i] > 0x7fffffff) return "a feature below 0";
    node.feature = static_cast<std::uint32_t>(t.feature[i]);
    node.missing_left = t.default_left[i] != 0;
    if (t.kind.empty() || t.kind[i] == 0) {
      // Nothing is less than NaN.
      if (std::isnan(t.conditions[i])) b.set_cuts(node, {});
      else b.set_cuts(node, {{-std::numeric_limits<double>::infinity(), t.conditions[i]}});
      return std::nullopt;
    }
    // What is in the set goes right; so do not numbers below 0 or beyond 2^24, which are no categories.
    const auto found = std::find(t.category_nodes.begin(), t.category_nodes.end(), static_cast<std::int64_t>(i));
    if (found == t.category_nodes.end()) return "node " + std::to_string(i) + " asks for categories that are not listed";
    const std::size_t k = static_cast<std::size_t>(found - t.category_nodes.begin());
    const std::int64_t from = t.category_starts[k], count = t.category_sizes[k];
    if (from < 0 || count < 0 || from > static_cast<std::int64_t>(t.categories.size()) || count > static_cast<std::int64_t>(t.categories.size()) - from)
      return "the categories of node " + std::to_string(i) + " lie beyond the list";
    Intervals right;
    std::vector<std::int64_t> sorted(t.categories.begin() + from, t.categories.begin() + from + count);
    std::sort(sorted.begin(), sorted.end());
    for (const std::int64_t c : sorted) {
      if (c < 0 || c >= 1 << 24) return "the category " + std::to_string(c);
      const double low = static_cast<double>(c), high = low + 1;
      if (!right.empty() && right.back().second >= low) right.back().second = high;
      else right.emplace_back(low, high);
    }
    b.set_cuts(node, complement(right));
    return std::nullopt;
  };
  const auto weigh = [&](std::size_t i) -> std::optional<std::string> {
    if (!std::isfinite(t.conditions[i])) return "a leaf that is not finite";
    e.weights.push_back({static_cast<std::uint32_t>(group), static_cast<double>(static_cast<float>(t.conditions[i]) * static_cast<float>(factor))});
    return std::nullopt;
  };
  return b.add_tree(n, 0, about, split, weigh);
}

}  // namespace

Result<Ensemble> read_xgboost(const std::string& file, const std::string& bytes, const Limits& limits) {
  const auto refuse = [&](const std::string& what, const std::string& hint = "") { return failure(error_in(file, what, hint)); };
  if (bytes.size() > limits.bytes) return refuse("is larger than " + std::to_string(limits.bytes) + " bytes");
  if (static_cast<std::size_t>(std::count_if(bytes.begin(), bytes.end(), [](char c) { return c == ',' || c == ':' || c == '[' || c == '{'; })) > most_tokens)
    return refuse("holds more values than are read");
  const simdjson::padded_string padded(bytes);
  od::parser parser(simdjson::SIMDJSON_MAXSIZE_BYTES);
  od::document doc;
  if (const auto error = parser.iterate(padded).get(doc); error != simdjson::SUCCESS)
    return refuse(std::string("byte 0: is no JSON: ") + simdjson::error_message(error));
  RawModel m;
  Walk w(file, padded.data(), padded.size());
  od::value root;
  if (doc.get_value().get(root) != simdjson::SUCCESS) return refuse("byte 0: is no JSON object");
  bool learner = false;
  w.object(root, "the file", [&](const std::string& key, od::value value) {
    if (key != "learner") return true;
    if (learner) return w.wrong("a second learner", w.offset(value));
    learner = true;
    return read_learner(w, value, m, limits);
  });
  if (!w.errors.empty()) return failure(std::move(w.errors));
  if (!learner) return refuse("is no model of XGBoost: it has no 'learner'");
  if (m.booster == "gblinear") return refuse("not tested: a linear booster holds no trees");
  if (m.booster != "gbtree" && m.booster != "dart") return refuse("not tested: the booster '" + m.booster.substr(0, 40) + "'");
  const Objective* objective = std::find_if(std::begin(objectives), std::end(objectives), [&](const Objective& o) { return m.objective == o.name; });
  if (objective == std::end(objectives)) return refuse("not tested: the objective '" + m.objective.substr(0, 60) + "'");
  if (m.features <= 0 || static_cast<std::size_t>(m.features) > limits.features) return refuse("byte " + std::to_string(m.sizes_at) + ": says that it has " + std::to_string(m.features) + " features");
  if (m.classes < 0 || static_cast<std::size_t>(m.classes) > limits.outputs) return refuse("byte " + std::to_string(m.sizes_at) + ": says that it has " + std::to_string(m.classes) + " classes");
  if (m.targets > 1) return refuse("not tested: more than one target");
  if (m.groups.size() != m.trees.size()) return refuse("has " + std::to_string(m.trees.size()) + " trees, and says of " + std::to_string(m.groups.size()) + " which output they add to");
  if (m.booster == "dart" && m.drop_weights.size() != m.trees.size()) return refuse("has not one weight for each tree of a DART model");

  Ensemble e;
  e.kind = "XGBoost";
  e.features = static_cast<std::size_t>(m.features);
  if (m.feature_names.size() == e.features) e.feature_names = m.feature_names;
  e.outputs = std::max<std::size_t>(1, static_cast<std::size_t>(m.classes));
  e.classifier = objective->classifier;
  e.link = objective->link;
  std::string_view base_text = m.base_score;
  if (base_text.starts_with('[') && base_text.ends_with(']')) base_text = base_text.substr(1, base_text.size() - 2);
  const bool logit = m.objective == "binary:logistic" || m.objective == "reg:logistic" || m.objective == "binary:logitraw";
  while (!base_text.empty() && e.base.size() <= e.outputs) {
    const std::string_view word = base_text.substr(0, base_text.find(','));
    base_text.remove_prefix(std::min(base_text.size(), word.size() + 1));
    float base = 0;
    const bool number = std::from_chars(word.data(), word.data() + word.size(), base).ptr == word.data() + word.size() && !word.empty();
    if (logit) base = -std::log(1.0f / base - 1.0f);
    if (e.link == Link::exponential) base = std::log(base);
    if (!number || !std::isfinite(base)) return refuse("the base score '" + m.base_score.substr(0, 40) + "' is none for " + m.objective);
    e.base.push_back(static_cast<double>(base));
  }
  if (e.base.size() == 1) e.base.assign(e.outputs, e.base.front());
  if (e.base.size() != e.outputs) return refuse("the base score '" + m.base_score.substr(0, 40) + "' has not one number for each output");
  if (!m.best_iteration.empty()) e.notes.push_back("the file names a best iteration (" + m.best_iteration.substr(0, 20) + "); all trees are used");
  Builder b(e, limits);
  for (std::size_t i = 0; i < m.trees.size(); ++i) {
    const std::int64_t group = m.groups[i];
    const std::string where = "byte " + std::to_string(m.trees[i].offset) + ": tree " + std::to_string(i) + ": ";
    if (group < 0 || static_cast<std::size_t>(group) >= e.outputs) return refuse(where + "adds to output " + std::to_string(group));
    if (m.trees[i].vector_leaf > 1) return refuse("not tested: leaves that hold a vector (multi_output_tree)");
    if (auto wrong = add(b, e, m.trees[i], static_cast<std::size_t>(group), m.booster == "dart" ? m.drop_weights[i] : 1.0)) return refuse(where + *wrong);
  }
  if (e.roots.empty()) return refuse("holds no trees");
  return e;
}

}  // namespace duolex::trees
