#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "tensor/onnx.h"
#include "trees/builder.h"

namespace duolex::trees {
namespace {

using tensor::Attribute;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr const char* tree_operators[] = {"TreeEnsembleClassifier", "TreeEnsembleRegressor", "TreeEnsemble"};
// What may stand after the trees: it hands on, names or scales what they say and does not change which is the highest.
constexpr const char* harmless[] = {"Cast", "Identity", "ZipMap", "Normalizer", "ArgMax", "Reshape", "Squeeze", "Flatten", "ArrayFeatureExtractor"};

enum class Mode { leq, lt, gte, gt, eq, neq, member, leaf };

bool is_tree(const tensor::Node& n) {
  return n.domain == "ai.onnx.ml" && std::find(std::begin(tree_operators), std::end(tree_operators), n.op) != std::end(tree_operators);
}

// The lists of a node, whichever of the forms of an attribute they have.
struct Lists {
  const tensor::Node& node;
  [[nodiscard]] std::vector<double> numbers(const char* name) const {
    std::vector<double> out;
    const auto take = [&](const Attribute& a) {
      for (const float f : a.floats) out.push_back(static_cast<double>(f));
      for (const tensor::Tensor& t : a.tensors)
        for (std::size_t i = 0; t.type != tensor::Type::string && i < t.elements(); ++i) out.push_back(t.number(i));
    };
    if (const Attribute* a = node.attribute(name)) take(*a);
    if (const Attribute* a = node.attribute(std::string(name) + "_as_tensor")) take(*a);
    return out;
  }
  [[nodiscard]] std::vector<std::int64_t> wholes(const char* name) const {
    std::vector<std::int64_t> out = node.integers(name);
    if (const Attribute* a = node.attribute(name))
      for (const tensor::Tensor& t : a->tensors)
        for (std::size_t i = 0; t.type != tensor::Type::string && i < t.elements(); ++i) out.push_back(t.integer(i));
    return out;
  }
  [[nodiscard]] std::vector<std::string> words(const char* name) const {
    const Attribute* a = node.attribute(name);
    return a != nullptr ? a->strings : std::vector<std::string>{};
  }
};

Intervals left_of(const Ensemble& e, Mode mode, double t) {
  if (std::isnan(t)) return mode == Mode::neq ? Intervals{{-infinity, infinity}} : Intervals{};
  switch (mode) {
    case Mode::leq: return {{-infinity, above(e, t)}};
    case Mode::lt: return {{-infinity, t}};
    case Mode::gt: return {{above(e, t), infinity}};
    case Mode::gte: return {{t, infinity}};
    case Mode::eq: return {{t, above(e, t)}};
    case Mode::neq: return {{-infinity, t}, {above(e, t), infinity}};
    default: return {};
  }
}

// A tree with its nodes by number and its weights by (node, output).
struct RawTree {
  std::map<std::int64_t, std::size_t> place;  // node number -> place in `order`
  std::vector<std::size_t> order;             // its nodes, by index in the lists
};

class Reader {
 public:
  Reader(const std::string& file, const Limits& limits, const tensor::Node& node) : file_(file), limits_(limits), lists_{node}, node_(node) {}

  Result<Ensemble> read(bool single, std::size_t features);

 private:
  [[nodiscard]] Failure refuse(const std::string& what) const { return failure(error_in(file_, "byte " + std::to_string(node_.offset) + ": " + what)); }
  [[nodiscard]] Failure untested(const std::string& what) const { return failure(error_in(file_, "not tested: " + what)); }
  std::optional<Failure> old_form(Ensemble& e);
  std::optional<Failure> new_form(Ensemble& e);
  std::optional<Failure> classes(Ensemble& e, std::size_t labels);

  const std::string& file_;
  const Limits& limits_;
  Lists lists_;
  const tensor::Node& node_;
};

std::optional<Failure> Reader::old_form(Ensemble& e) {
  const bool classifier = node_.op == "TreeEnsembleClassifier";
  const char* prefix = classifier ? "class_" : "target_";
  const auto name = [&](const char* rest) { return std::string(prefix) + rest; };
  const auto tree_of = lists_.wholes("nodes_treeids"), number = lists_.wholes("nodes_nodeids"), feature = lists_.wholes("nodes_featureids"),
             yes = lists_.wholes("nodes_truenodeids"), no = lists_.wholes("nodes_falsenodeids");
  auto missing = lists_.wholes("nodes_missing_value_tracks_true");
  const auto mode = lists_.words("nodes_modes");
  const auto value = lists_.numbers("nodes_values");
  const auto w_tree = lists_.wholes(name("treeids").c_str()), w_node = lists_.wholes(name("nodeids").c_str()), w_output = lists_.wholes(name("ids").c_str());
  const auto weight = lists_.numbers(name("weights").c_str());
  const std::size_t n = number.size();
  for (const std::size_t size : {tree_of.size(), feature.size(), yes.size(), no.size(), mode.size(), value.size()})
    if (size != n) return refuse("its lists of nodes differ in length");
  if (missing.empty()) missing.assign(n, 0);
  if (missing.size() != n) return refuse("its lists of nodes differ in length");
  for (const std::size_t size : {w_tree.size(), w_node.size(), w_output.size()})
    if (size != weight.size()) return refuse("its lists of weights differ in length");
  std::map<std::int64_t, std::size_t> tree_index;
  std::vector<RawTree> trees;
  for (std::size_t i = 0; i < n; ++i) {
    const auto [t, fresh] = tree_index.emplace(tree_of[i], trees.size());
    if (fresh) trees.emplace_back();
    if (!trees[t->second].place.emplace(number[i], trees[t->second].order.size()).second) return refuse("node " + std::to_string(number[i]) + " of tree " + std::to_string(tree_of[i]) + " is given twice");
    trees[t->second].order.push_back(i);
  }
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<std::size_t>> weights_of;
  for (std::size_t i = 0; i < weight.size(); ++i) weights_of[{w_tree[i], w_node[i]}].push_back(i);
  std::set<std::int64_t> used(w_output.begin(), w_output.end());
  for (const std::int64_t k : used)
    if (k < 0 || static_cast<std::size_t>(k) >= e.outputs) return refuse("adds to output " + std::to_string(k) + " of " + std::to_string(e.outputs));
  // Two classes and weights for one of them: one output, and class 1 above a level that the weights decide.
  const bool one_column = classifier && e.outputs == 2 && used.size() == 1;
  if (one_column) {
    if (e.base.size() > 1) return untested("two base values for one column of weights");
    e.outputs = 1;
    e.level = std::any_of(weight.begin(), weight.end(), [](double w) { return w < 0; }) ? 0 : 0.5;
  }
  Builder b(e, limits_);
  for (const auto& [tree, index] : tree_index) {
    const RawTree& t = trees[index];
    const std::int64_t tree_number = tree;
    const auto at = [&](std::int64_t node) -> std::int64_t {
      const auto found = t.place.find(node);
      return found == t.place.end() ? -1 : static_cast<std::int64_t>(found->second);
    };
    // The root is the node that is no other's child; what the lists call 0 is it as a rule, not by necessity.
    std::set<std::int64_t> children;
    for (const std::size_t i : t.order)
      if (mode[i] != "LEAF") children.insert({yes[i], no[i]});
    std::size_t root = t.order.size();
    for (std::size_t k = 0; k < t.order.size() && root == t.order.size(); ++k)
      if (!children.contains(number[t.order[k]])) root = k;
    if (root == t.order.size()) return refuse("tree " + std::to_string(tree_number) + " has no root");
    const auto about = [&](std::size_t k) {
      const std::size_t i = t.order[k];
      return Numbered{at(yes[i]), at(no[i]), mode[i] == "LEAF"};
    };
    const auto split = [&](std::size_t k, Node& node) -> std::optional<std::string> {
      constexpr const char* modes[] = {"BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"};
      const std::size_t i = t.order[k];
      const auto found = std::find(std::begin(modes), std::end(modes), mode[i]);
      if (found == std::end(modes)) return "the mode '" + mode[i].substr(0, 20) + "'";
      if (feature[i] < 0 || feature[i] > 0x7fffffff) return "a feature below 0";
      node.feature = static_cast<std::uint32_t>(feature[i]);
      const Mode m = static_cast<Mode>(found - std::begin(modes));
      b.set_cuts(node, left_of(e, m, value[i]));
      node.missing_left = missing[i] != 0 || m == Mode::neq;  // NaN differs from everything
      return std::nullopt;
    };
    const auto weigh = [&](std::size_t k) -> std::optional<std::string> {
      const auto found = weights_of.find({tree_number, number[t.order[k]]});
      if (found == weights_of.end()) return std::nullopt;
      for (const std::size_t w : found->second) {
        if (!std::isfinite(weight[w])) return "a weight that is not finite";
        e.weights.push_back({one_column ? 0 : static_cast<std::uint32_t>(w_output[w]), weight[w]});
      }
      return std::nullopt;
    };
    if (auto wrong = b.add_tree(t.order.size(), root, about, split, weigh)) return refuse("tree " + std::to_string(tree_number) + ": " + *wrong);
  }
  return std::nullopt;
}

std::optional<Failure> Reader::new_form(Ensemble& e) {
  const auto feature = lists_.wholes("nodes_featureids"), mode = lists_.wholes("nodes_modes"), yes = lists_.wholes("nodes_truenodeids"),
             no = lists_.wholes("nodes_falsenodeids"), yes_leaf = lists_.wholes("nodes_trueleafs"), no_leaf = lists_.wholes("nodes_falseleafs"),
             roots = lists_.wholes("tree_roots"), leaf_output = lists_.wholes("leaf_targetids");
  auto missing = lists_.wholes("nodes_missing_value_tracks_true");
  const auto value = lists_.numbers("nodes_splits"), leaf_weight = lists_.numbers("leaf_weights"), members = lists_.numbers("membership_values");
  const std::size_t n = feature.size(), leaves = leaf_output.size();
  for (const std::size_t size : {mode.size(), yes.size(), no.size(), yes_leaf.size(), no_leaf.size(), value.size()})
    if (size != n) return refuse("its lists of nodes differ in length");
  if (missing.empty()) missing.assign(n, 0);
  if (missing.size() != n || leaf_weight.size() != leaves) return refuse("its lists differ in length");
  // The sets of MEMBER follow one another in the order of such nodes, each ended by a NaN.
  std::vector<std::vector<double>> sets(1);
  for (const double m : members) {
    if (std::isnan(m)) sets.emplace_back();
    else sets.back().push_back(m);
  }
  std::vector<std::size_t> set_of(n);
  for (std::size_t i = 0, next = 0; i < n; ++i)
    if (mode[i] == 6) {
      if (next >= sets.size()) return refuse("has fewer sets than nodes that ask for one");
      set_of[i] = next++;
    }
  const auto number = [&](std::int64_t child, std::int64_t leaf) -> std::int64_t {
    if (child < 0) return -1;
    return leaf != 0 ? (static_cast<std::size_t>(child) < leaves ? static_cast<std::int64_t>(n) + child : -1) : static_cast<std::size_t>(child) < n ? child : -1;
  };
  // A tree that is one leaf is written as a node both of whose children are that leaf.
  const auto only_leaf = [&](std::size_t i) { return yes_leaf[i] != 0 && no_leaf[i] != 0 && yes[i] == no[i]; };
  const auto about = [&](std::size_t i) { return i >= n ? Numbered{-1, -1, true} : Numbered{number(yes[i], yes_leaf[i]), number(no[i], no_leaf[i]), false}; };
  Builder b(e, limits_);
  const auto split = [&](std::size_t i, Node& node) -> std::optional<std::string> {
    if (feature[i] < 0 || feature[i] > 0x7fffffff) return "a feature below 0";
    if (mode[i] < 0 || mode[i] > 6) return "the mode " + std::to_string(mode[i]);
    node.feature = static_cast<std::uint32_t>(feature[i]);
    const Mode m = static_cast<Mode>(mode[i]);
    Intervals left = left_of(e, m, value[i]);
    if (m == Mode::member) {
      std::vector<double> set = sets[set_of[i]];
      std::sort(set.begin(), set.end());
      for (const double v : set) {
        if (!left.empty() && left.back().second >= v) left.back().second = above(e, v);
        else left.emplace_back(v, above(e, v));
      }
    }
    b.set_cuts(node, left);
    node.missing_left = missing[i] != 0 || m == Mode::neq;
    return std::nullopt;
  };
  const auto weigh = [&](std::size_t i) -> std::optional<std::string> {
    const std::int64_t k = leaf_output[i - n];
    if (k < 0 || static_cast<std::size_t>(k) >= e.outputs) return "adds to output " + std::to_string(k) + " of " + std::to_string(e.outputs);
    if (!std::isfinite(leaf_weight[i - n])) return "a weight that is not finite";
    e.weights.push_back({static_cast<std::uint32_t>(k), leaf_weight[i - n]});
    return std::nullopt;
  };
  for (const std::int64_t root : roots) {
    if (root < 0 || static_cast<std::size_t>(root) >= n) return refuse("a root that does not exist");
    std::size_t from = static_cast<std::size_t>(root);
    if (only_leaf(from)) {
      const std::int64_t leaf = number(yes[from], 1);
      if (leaf < 0) return refuse("a leaf that does not exist");
      from = static_cast<std::size_t>(leaf);
    }
    if (auto wrong = b.add_tree(n + leaves, from, about, split, weigh)) return refuse("the tree at node " + std::to_string(root) + ": " + *wrong);
  }
  return std::nullopt;
}

Result<Ensemble> Reader::read(bool single, std::size_t features) {
  Ensemble e;
  e.kind = "ONNX";
  e.single = single;
  e.features = features;
  e.base_first = false;
  const bool classifier = node_.op == "TreeEnsembleClassifier", new_form_used = node_.op == "TreeEnsemble";
  const std::size_t labels = std::max(node_.integers("classlabels_int64s").size(), lists_.words("classlabels_strings").size());
  const std::int64_t outputs = classifier ? static_cast<std::int64_t>(labels) : node_.integer("n_targets", 1);
  if (outputs < 1 || static_cast<std::size_t>(outputs) > limits_.outputs) return refuse("says that it has " + std::to_string(outputs) + " outputs");
  e.classifier = classifier;
  e.outputs = static_cast<std::size_t>(outputs);
  e.base = lists_.numbers("base_values");
  const std::string post = new_form_used ? std::vector<std::string>{"NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"}[static_cast<std::size_t>(
                                               std::clamp<std::int64_t>(node_.integer("post_transform", 0), 0, 4))]
                                         : node_.text("post_transform", "NONE");
  if (post == "LOGISTIC") e.link = e.outputs == 1 || labels == 2 ? Link::logistic : Link::logistic_each;
  else if (post == "SOFTMAX" || post == "SOFTMAX_ZERO") e.link = Link::softmax;
  else if (post != "NONE" && !classifier) return untested("the transformation " + post.substr(0, 20) + " after the trees");
  const std::string aggregate = new_form_used ? std::vector<std::string>{"AVERAGE", "SUM", "MIN", "MAX"}[static_cast<std::size_t>(
                                                    std::clamp<std::int64_t>(node_.integer("aggregate_function", 1), 0, 3))]
                                              : node_.text("aggregate_function", "SUM");
  if (aggregate != "SUM" && aggregate != "AVERAGE") return untested("trees of which the " + aggregate.substr(0, 20) + " counts");
  if (auto wrong = new_form_used ? new_form(e) : old_form(e)) return *wrong;
  if (e.roots.empty()) return refuse("holds no trees");
  if (aggregate == "AVERAGE") e.divisor = static_cast<double>(e.roots.size());
  if (e.base.empty()) e.base.assign(e.outputs, 0);
  if (e.base.size() != e.outputs) return refuse("has " + std::to_string(e.base.size()) + " base values for " + std::to_string(e.outputs) + " outputs");
  for (const double v : e.base)
    if (!std::isfinite(v)) return refuse("a base value that is not finite");
  if (classifier && e.outputs == 1 && post == "SOFTMAX") e.link = Link::identity;
  e.notes.push_back("ONNX does not say in which order trees are added; ties within rounding are left open");
  return e;
}

}  // namespace

Result<Ensemble> read_onnx_trees(const std::string& file, const std::string& bytes, const Limits& limits) {
  tensor::Limits of_file;
  of_file.bytes = limits.bytes;
  const auto model = tensor::read_onnx(file, bytes, of_file);
  if (!model) return tl::unexpected(model.error());
  if (const std::string unknown = tensor::unknown_opset(*model); !unknown.empty()) return failure(error_in(file, "not tested: " + unknown));
  const tensor::Node* trees = nullptr;
  for (const tensor::Node& n : model->graph.nodes) {
    if (!is_tree(n)) continue;
    if (trees != nullptr) return failure(error_in(file, "not tested: more than one ensemble of trees in a model"));
    trees = &n;
  }
  if (trees == nullptr) return failure(error_in(file, "holds no ensemble of trees"));
  // Between the model's input and the trees nothing but casts to f32.
  if (model->graph.inputs.size() != 1) return failure(error_in(file, "not tested: a model of trees with " + std::to_string(model->graph.inputs.size()) + " inputs"));
  const tensor::ValueInfo& input = model->graph.inputs.front();
  std::set<std::string> from_input{input.name};
  bool cast = false;
  for (const tensor::Node& n : model->graph.nodes) {
    const std::string op = n.domain.empty() || n.domain == "ai.onnx.ml" ? n.op : n.domain + ":" + n.op;
    const bool on_input = !n.inputs.empty() && from_input.contains(n.inputs.front());
    if (&n == trees) {
      if (!on_input) return failure(error_in(file, "not tested: what is done to the input before the trees"));
      continue;
    }
    if (on_input && (op == "Identity" || (op == "Cast" && n.integer("to", 1) == 1))) {
      cast = cast || op == "Cast";
      from_input.insert(n.outputs.begin(), n.outputs.end());
      continue;
    }
    if (std::find(std::begin(harmless), std::end(harmless), op) == std::end(harmless))
      return failure(error_in(file, "not tested: operator " + op.substr(0, 60) + " beside the trees"));
    if (op == "Normalizer" && trees->op != "TreeEnsembleClassifier") return failure(error_in(file, "not tested: operator Normalizer beside the trees"));
  }
  if (input.type != tensor::Type::f32 && input.type != tensor::Type::f64) return failure(error_in(file, std::string("not tested: inputs of type ") + tensor::name_of(input.type)));
  const bool single = cast || input.type == tensor::Type::f32;
  std::size_t features = 0;
  for (const std::int64_t f : trees->integers("nodes_featureids"))
    if (f >= 0 && f < 0x7fffffff) features = std::max(features, static_cast<std::size_t>(f) + 1);
  if (input.has_shape && input.shape.size() == 2 && input.shape[1] > 0) features = std::max(features, static_cast<std::size_t>(input.shape[1]));
  if (features == 0 || features > limits.features) return failure(error_in(file, "says that it has " + std::to_string(features) + " features"));
  return Reader(file, limits, *trees).read(single, features);
}

}  // namespace duolex::trees
