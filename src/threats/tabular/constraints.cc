#include "threats/tabular/constraints.h"

#include <charconv>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "text/node.h"

namespace duolex::threats::tabular {
namespace {

using text::Node;

constexpr std::size_t most_rules = 100'000;

class Reader {
 public:
  explicit Reader(const std::string& bytes) : bytes_(bytes) {}

  void wrong(const Node& at, const std::string& what, const std::string& hint = "") { errors.push_back(error_about(at, bytes_, what, hint)); }

  std::optional<double> number(const Node& n, const char* what) {
    double v = 0;
    if (n.kind == Node::Kind::integer) return static_cast<double>(n.integer);
    const auto [end, code] = std::from_chars(n.text.data(), n.text.data() + n.text.size(), v);
    if (n.kind == Node::Kind::text && !n.quoted && code == std::errc() && end == n.text.data() + n.text.size() && std::isfinite(v)) return v;
    wrong(n, std::string(what) + " is " + describe(n) + "; a number is needed");
    return std::nullopt;
  }
  bool boolean(const Node& n, const char* what) {
    if (n.kind != Node::Kind::boolean) wrong(n, std::string(what) + " is " + describe(n) + "; true or false is needed");
    return n.boolean;
  }
  bool none(const Node& n) {
    if (n.kind != Node::Kind::text || (n.text != "none" && n.text != "allowed")) wrong(n, "change is " + describe(n) + "; none or allowed is needed");
    return n.text == "none";
  }

  Rule rule(const std::string& feature, const Node& n) {
    Rule r;
    r.feature = feature;
    if (n.kind != Node::Kind::mapping) {
      wrong(n, "a rule is " + describe(n) + "; a mapping is needed", "such as {budget: 100, integer: true}");
      return r;
    }
    for (std::size_t i = 0; i < n.keys.size(); ++i) {
      const std::string& key = n.keys[i].text;
      const Node& v = n.items[i];
      if (key == "change") r.fixed = none(v);
      else if (key == "integer") r.integer = boolean(v, "integer");
      else if (key == "budget") r.budget = number(v, "budget");
      else if (key == "direction") {
        if (v.text == "up") r.direction = Direction::up;
        else if (v.text == "down") r.direction = Direction::down;
        else if (v.text != "both") wrong(v, "direction is " + describe(v) + "; up, down or both is needed");
      } else if (key == "range") {
        if (v.kind != Node::Kind::sequence || v.items.size() != 2) {
          wrong(v, "range is " + describe(v) + "; a list of two numbers is needed");
          continue;
        }
        if (v.items[0].kind != Node::Kind::null) r.low = number(v.items[0], "the low end of a range");
        if (v.items[1].kind != Node::Kind::null) r.high = number(v.items[1], "the high end of a range");
        if (r.low && r.high && *r.low > *r.high) wrong(v, "the range ends below its beginning");
      } else {
        wrong(n.keys[i], "'" + key.substr(0, 60) + "' is no key of a rule", "change, integer, budget, direction, range");
      }
    }
    if (r.budget && *r.budget < 0) wrong(n, "the budget is below 0");
    if (r.budget && *r.budget == 0) r.fixed = true;
    return r;
  }

  Diagnostics errors{};

 private:
  const std::string& bytes_;
};

}  // namespace

Result<Constraints> read_constraints(const std::string& file, const std::string& bytes) {
  const auto tree = text::read_by_name(file, bytes);
  if (!tree) return tl::unexpected(tree.error());
  Reader r(bytes);
  Constraints out;
  if (tree->kind != Node::Kind::mapping) return failure(error_in(file, "holds no constraints", "features: {NAME: {change: none}}"));
  bool versioned = false;
  for (std::size_t i = 0; i < tree->keys.size(); ++i) {
    const std::string& key = tree->keys[i].text;
    const Node& v = tree->items[i];
    if (key == "duolex_constraints") {
      versioned = true;
      if (v.kind != Node::Kind::integer || v.integer != 1) r.wrong(v, "is no format that is known", "duolex_constraints: 1");
    } else if (key == "features") {
      if (v.kind != Node::Kind::mapping || v.keys.size() > most_rules) r.wrong(v, "features is " + describe(v) + "; a mapping from features to rules is needed");
      else
        for (std::size_t k = 0; k < v.keys.size(); ++k) out.rules.push_back(r.rule(v.keys[k].text, v.items[k]));
    } else if (key == "otherwise") {
      out.otherwise = r.rule("", v);
    } else if (key == "one_hot") {
      if (v.kind != Node::Kind::sequence) r.wrong(v, "one_hot is " + describe(v) + "; a list of groups is needed");
      for (const Node& g : v.items) {
        OneHot group;
        const Node* features = g.kind == Node::Kind::mapping ? g.find("features") : nullptr;
        if (features == nullptr || features->kind != Node::Kind::sequence || features->items.size() < 2) {
          r.wrong(g, "a group names no list of at least two features", "{features: [A, B], change: none}");
          continue;
        }
        for (const Node& f : features->items) group.features.push_back(f.kind == Node::Kind::integer ? std::to_string(f.integer) : f.text);
        for (std::size_t k = 0; k < g.keys.size(); ++k)
          if (g.keys[k].text == "change") group.fixed = r.none(g.items[k]);
          else if (g.keys[k].text != "features") r.wrong(g.keys[k], "'" + g.keys[k].text.substr(0, 60) + "' is no key of a group", "features, change");
        out.one_hot.push_back(std::move(group));
      }
    } else {
      r.wrong(tree->keys[i], "'" + key.substr(0, 60) + "' is no key of constraints", "duolex_constraints, features, otherwise, one_hot");
    }
  }
  if (!versioned) r.wrong(*tree, "does not say its format", "duolex_constraints: 1");
  if (!r.errors.empty()) return failure(std::move(r.errors));
  return out;
}

namespace {

nlohmann::ordered_json rule_json(const Rule& r) {
  nlohmann::ordered_json j = nlohmann::ordered_json::object();
  if (r.fixed) j["change"] = "none";
  if (r.integer) j["integer"] = true;
  if (r.direction != Direction::both) j["direction"] = r.direction == Direction::up ? "up" : "down";
  const auto end = [](const std::optional<double>& v) { return v ? nlohmann::ordered_json(*v) : nlohmann::ordered_json(nullptr); };
  if (r.low || r.high) j["range"] = {end(r.low), end(r.high)};
  if (r.budget) j["budget"] = *r.budget;
  return j;
}

}  // namespace

nlohmann::ordered_json to_json(const Constraints& c) {
  nlohmann::ordered_json j = {{"duolex_constraints", 1}, {"features", nlohmann::ordered_json::object()}};
  for (const Rule& r : c.rules) j["features"][r.feature] = rule_json(r);
  j["otherwise"] = rule_json(c.otherwise);
  nlohmann::ordered_json groups = nlohmann::ordered_json::array();
  for (const OneHot& g : c.one_hot) groups.push_back({{"features", g.features}, {"change", g.fixed ? "none" : "allowed"}});
  j["one_hot"] = groups;
  return j;
}

Result<Applied> apply(const std::string& file, const Constraints& c, const std::vector<std::string>& names, std::size_t features) {
  Applied out;
  out.features.assign(features, c.otherwise);
  std::map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < names.size(); ++i) index.emplace(names[i], i);
  Diagnostics errors;
  const auto find = [&](const std::string& name) -> std::optional<std::size_t> {
    if (const auto found = index.find(name); found != index.end()) return found->second;
    std::size_t number = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), number).ptr == name.data() + name.size() && !name.empty() && number < features) return number;
    errors.push_back(error_in(file, "names the feature '" + name.substr(0, 80) + "'; the model has none of that name or number" + (names.empty() ? " (it has no names)" : "")));
    return std::nullopt;
  };
  std::set<std::size_t> ruled, grouped;
  for (const Rule& r : c.rules)
    if (const auto i = find(r.feature)) {
      if (!ruled.insert(*i).second) errors.push_back(error_in(file, "gives feature " + std::to_string(*i) + " two rules"));
      out.features[*i] = r;
    }
  for (const OneHot& g : c.one_hot) {
    Applied::Group group;
    group.fixed = g.fixed;
    for (const std::string& name : g.features)
      if (const auto i = find(name)) {
        if (!grouped.insert(*i).second) errors.push_back(error_in(file, "names feature " + std::to_string(*i) + " in two groups"));
        group.members.push_back(*i);
      }
    out.groups.push_back(std::move(group));
  }
  for (std::size_t i = 0; i < features; ++i) out.features[i].feature = i < names.size() ? names[i] : std::to_string(i);
  if (!errors.empty()) return failure(std::move(errors));
  return out;
}

}  // namespace duolex::threats::tabular
