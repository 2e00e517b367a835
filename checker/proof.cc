#include "checker/proof.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace duolex::checker {

constexpr std::size_t case_limit = 64, depth_limit = 500;

void require_keys(const Json& object, std::string_view what, std::initializer_list<const char*> required,
                  std::initializer_list<const char*> optional) {
  require(object.is_object(), what, "is no object");
  for (const char* key : required) require(object.contains(key), what, std::string("lacks ") + key);
  for (const auto& [name, ignored] : object.items()) {
    const bool has_meaning = std::count(required.begin(), required.end(), name) + std::count(optional.begin(), optional.end(), name) != 0;
    require(has_meaning, what, "has '" + name + "', which means nothing");
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

void Proof::check_steps(const Scope& scope) {
  require(scope.steps->is_object(), "steps", "is no object");
  for (const auto& [key, step] : scope.steps->items()) check_step(key, step, scope);
}

void Proof::check_step(const std::string& key, const Json& step, const Scope& scope) {
  const auto named = rule_of(key, scope.departing);
  require(named.has_value(), key, "is the name of no step");
  const auto [index, departing] = *named;
  const Rule& rule = law_.rules[index];
  require_keys(step, key, {"value", "by", "cites", "uses"});
  const std::optional<Value> value = read_value(rule.type, step["value"]);
  const Result& result = world_.rule(index, departing);
  require(result.definite(), key, "what is known here does not settle it");
  require(value == result.value, key, "it does not have this value");
  std::map<int, Knowledge> facts;
  std::map<std::pair<int, bool>, Value> rules;
  require(step["uses"].is_object(), key, "'uses' is no object");
  for (const auto& [name, use] : step["uses"].items()) {
    const auto fact = law_.fact_by_id.find(name);
    const auto used = rule_of(name, scope.departing);
    const bool reads = fact != law_.fact_by_id.end() ? rule.reads_facts.contains(fact->second) : used && rule.reads_rules.contains(used->first);
    require(reads, key, "does not read " + name);
    if (fact != law_.fact_by_id.end()) {
      const Type& type = law_.facts[fact->second].type;
      const std::optional<Knowledge> k = read_knowledge(type, use);
      require(k && within(type, world_.fact(fact->second), *k), key, name + " is not known as it says");
      facts[fact->second] = *k;
    } else {
      const Json* other = find_step(name, scope);
      const std::optional<Value> v = read_value(law_.rules[used->first].type, use);
      require(other != nullptr && v && *other == use, key, "there is no step " + name + " with this value");
      rules[*used] = *v;
    }
  }
  World only(world_, facts, rules);
  for (const Ground& g : only.grounds(index, departing)) {
    const Result given = g.gives.yes() && step["by"] == g.item->label ? only.expression(g.item->gives, departing) : Result{};
    if (!given.definite() || given.value != *value) continue;
    return require(law_.shown(g.item->cites) == law_.shown(strings(step["cites"], key), true), key, "cites other provisions");
  }
  require(false, key, "does not follow by this label from what it uses");
}

const Json* Proof::find_step(const std::string& key, const Scope& scope) const {
  const auto named = rule_of(key, scope.departing);
  for (const Scope* at = &scope; named && at != nullptr; at = at->outer) {
    if (scope.departing && !at->departing && named->second) break;  // the default reading's, not this one's
    const auto it = at->steps->find(key);
    if (it != at->steps->end() && it->is_object() && it->contains("value")) return &(*it)["value"];
  }
  return nullptr;
}

int Proof::fact_of(const Json& split) const {
  const auto it = law_.fact_by_id.find(split["split"].is_string() ? split["split"].get<std::string>() : "");
  require(it != law_.fact_by_id.end() && !world_.known(it->second), "split", "of no unknown fact");
  return it->second;
}

void Proof::each_case(const Json& split, const std::function<void(const Json&)>& inner) {
  const int fact = fact_of(split);
  const std::string what = "split of " + law_.facts[fact].id;
  const Type& type = law_.facts[fact].type;
  const Knowledge before = world_.fact(fact);
  const Json& cases = split["cases"];
  require(cases.is_array() && cases.size() >= 2 && cases.size() <= case_limit, what, "has no cases");
  std::vector<Knowledge> parts;
  Count total = 0;
  for (const Json& one : cases) {
    const auto k = one.is_object() && one.contains("is") ? read_knowledge(type, one["is"]) : std::nullopt;
    require(k && within(type, *k, before), what, "a case is none of what was possible");
    for (const Knowledge& other : parts) require(!overlap(type, *k, other), what, "two cases share a value");
    total += count(type, parts.emplace_back(*k));
  }
  require(total == count(type, before), what, "the cases miss a value");
  path_.push_back(fact);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    world_.know(fact, parts[i]);
    inner(cases[i]);
  }
  world_.know(fact, before);
  path_.pop_back();
}

void Proof::suppose(const Json& with, std::string_view what, int except, const std::function<void()>& inner) {
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

bool Proof::explore(const std::function<Result()>& result, const std::function<bool(const Result&)>& leaf, int& steps) {
  const Result here = result();
  if (!here.open()) return leaf(here);
  const int fact = here.why.fact;
  if (--steps < 0 || path_.size() > depth_limit || fact < 0) return false;
  const Knowledge before = world_.fact(fact);
  const auto [first, second] = split(law_.facts[fact].type, before, here.why);
  path_.push_back(fact);
  bool all = count(law_.facts[fact].type, first) != 0 && count(law_.facts[fact].type, second) != 0;
  for (const Knowledge& part : {first, second}) {
    if (all) world_.know(fact, part);
    all = all && explore(result, leaf, steps);
  }
  world_.know(fact, before);
  path_.pop_back();
  return all;
}

Leaf Proof::leaf(Result result) const {
  Leaf here{{}, std::move(result)};
  for (const int fact : path_) here.box[fact] = world_.fact(fact);
  return here;
}

bool Proof::decided_by(const std::set<int>& told, const std::vector<Leaf>& leaves) const {
  for (const Leaf& a : leaves)
    for (const Leaf& b : leaves) {
      if (a.result.is == b.result.is && a.result.value == b.result.value && a.result.form == b.result.form) continue;
      const bool agree = std::all_of(told.begin(), told.end(), [&](int fact) {
        const auto in_a = a.box.find(fact), in_b = b.box.find(fact);
        return in_a == a.box.end() || in_b == b.box.end() || overlap(law_.facts[fact].type, in_a->second, in_b->second);
      });
      if (agree) return false;
    }
  return true;
}

}  // namespace duolex::checker
