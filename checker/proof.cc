#include "checker/proof.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace duolex::checker {

constexpr std::size_t case_limit = 64;

void require_keys(const Json& object, std::string_view what, std::initializer_list<const char*> required,
                  std::initializer_list<const char*> optional) {
  require(object.is_object(), what, "is no object");
  for (const char* key : required) require(object.contains(key), what, std::string("lacks ") + key);
  for (const auto& [name, ignored] : object.items()) {
    const bool means = std::count(required.begin(), required.end(), name) + std::count(optional.begin(), optional.end(), name) != 0;
    require(means, what, "has '" + name + "', which means nothing");
  }
}
std::vector<std::string> strings(const Json& list, std::string_view what) {
  const bool all = list.is_array() && std::all_of(list.begin(), list.end(), [](const Json& e) { return e.is_string(); });
  require(all, what, "is no list of strings");
  return list.get<std::vector<std::string>>();
}

// The rule that a key of STEPS or `uses` names, and whether it is read under the reading: in a reading's entry a plain
// key of a rule that the reading reaches is.
std::optional<std::pair<int, bool>> Proof::rule_of(const std::string& key, bool in_reading) const {
  const bool by_default = key.starts_with("default ");
  const auto it = law_.rule_by_id.find(by_default ? key.substr(8) : key);
  const bool reached = it != law_.rule_by_id.end() && in_reading && world_.reaches(it->second);
  if (it == law_.rule_by_id.end() || (by_default && !reached)) return std::nullopt;
  return std::pair(it->second, reached && !by_default);
}

void Proof::check_steps(const Scope& scope) const {
  require(scope.steps->is_object(), "steps", "is no object");
  for (const auto& [key, step] : scope.steps->items()) check_step(key, step, scope);
}

// That no step leans on itself needs no look: a step uses only rules that its own rule reads, and rules are no circle.
void Proof::check_step(const std::string& key, const Json& step, const Scope& scope) const {
  const auto named = rule_of(key, scope.departing);
  require(named.has_value(), key, "is the name of no step");
  const auto [index, departing] = *named;
  const Rule& rule = law_.rules[index];
  require_keys(step, key, {"value", "by", "cites", "uses"});
  const std::optional<Value> value = read_value(rule.type, step["value"]);
  std::map<int, Knowledge> facts;
  std::map<std::pair<int, bool>, Value> rules;
  require(value && step["uses"].is_object(), key, "its value or 'uses' is none");
  for (const auto& [name, use] : step["uses"].items()) {
    if (const auto fact = law_.fact_by_id.find(name); fact != law_.fact_by_id.end()) {
      const Type& type = law_.facts[fact->second].type;
      const std::optional<Knowledge> k = read_knowledge(type, use);
      require(rule.reads_facts.contains(fact->second), key, "does not read " + name);
      require(k && within(type, world_.fact(fact->second), *k), key, name + " is not known as it says");
      facts[fact->second] = *k;
    } else {
      const auto used = rule_of(name, scope.departing);
      require(used && rule.reads_rules.contains(used->first), key, "does not read " + name);
      const Json* other = find_step(name, scope);
      const std::optional<Value> v = read_value(law_.rules[used->first].type, use);
      require(other != nullptr && v && *other == use, key, "there is no step " + name + " with this value");
      rules[*used] = *v;
    }
  }
  World only(world_, facts, rules);
  const Ref gives = world_.definite(*value);
  for (const Ground& g : only.grounds(index, departing)) {
    if (g.gives != world_.definite(1) || step["by"] != g.item->label || only.expression(g.item->gives, departing) != gives) continue;
    return require(law_.shown(g.item->cites) == law_.shown(strings(step["cites"], key), true), key, "cites other provisions");
  }
  require(false, key, "does not follow by this label from what it uses");
}

// The value of a rule's step, from the innermost scope outwards.
const Json* Proof::find_step(const std::string& key, const Scope& scope) const {
  const auto named = rule_of(key, scope.departing);
  for (const Scope* at = &scope; named && at != nullptr; at = at->outer) {
    if (scope.departing && !at->departing && named->second) break;  // the default reading's, not this one's
    const auto it = at->steps->find(key);
    if (it != at->steps->end() && it->is_object() && it->contains("value")) return &(*it)["value"];
  }
  return nullptr;
}

void Proof::check_tree(const Json& node, const Scope& scope, const Conclusion& c, Value value) const {
  if (node == "steps") {
    for (std::size_t i = 0; i < c.type.rules(); ++i) {
      const Rule& rule = law_.rules[c.first + i];
      const Json* step = find_step(rule.id, scope);
      const Value mine = rule.member ? static_cast<Value>(static_cast<std::uint64_t>(value) >> i & 1) : value;
      require(step != nullptr && read_value(rule.type, *step) == mine, rule.id, "a leaf of the tree has another value, or none");
    }
    return;
  }
  require_keys(node, "tree", {"split", "cases"});
  const auto it = law_.fact_by_id.find(node["split"].is_string() ? node["split"].get<std::string>() : "");
  require(it != law_.fact_by_id.end() && !world_.known(it->second), "split", "of no unknown fact");
  const Type& type = law_.facts[it->second].type;
  const Knowledge before = world_.fact(it->second);
  const std::string what = "split of " + it->first;
  const Json& cases = node["cases"];
  require(cases.is_array() && cases.size() >= 2 && cases.size() <= case_limit, what, "has no cases");
  std::vector<Knowledge> parts;
  Count total = 0;
  for (const Json& one : cases) {
    require_keys(one, what, {"is", "steps", "tree"});
    const std::optional<Knowledge> k = read_knowledge(type, one["is"]);
    require(k && within(type, *k, before), what, "a case is none of what was possible");
    for (const Knowledge& other : parts) require(!overlap(type, *k, other), what, "two cases share a value");
    total += count(type, parts.emplace_back(*k));
  }
  require(total == count(type, before), what, "the cases miss a value");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    world_.know(it->second, parts[i]);
    const Scope inner{&cases[i]["steps"], &scope, scope.departing};
    check_steps(inner);
    check_tree(cases[i]["tree"], inner, c, value);
  }
  world_.know(it->second, before);
}

void Proof::suppose(const Json& with, std::string_view what, int except, const std::function<void()>& inner) const {
  require(with.is_object(), what, "supposes nothing");
  std::map<int, Knowledge> before;
  for (const auto& [id, known] : with.items()) {
    const auto it = law_.fact_by_id.find(id);
    require(it != law_.fact_by_id.end() && !world_.known(it->second) && it->second != except, what, "cannot suppose " + id);
    const Type& type = law_.facts[it->second].type;
    const std::optional<Knowledge> k = read_knowledge(type, known);
    require(k && within(type, *k, world_.fact(it->second)), what, id + " cannot be so");
    before.emplace(it->second, world_.fact(it->second));
    world_.know(it->second, *k);
  }
  inner();
  for (const auto& [fact, k] : before) world_.know(fact, k);
}

}  // namespace duolex::checker
