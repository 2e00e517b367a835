#include "checker/check.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "checker/evaluate.h"

namespace duolex::checker {
namespace {

constexpr std::size_t nesting_limit = 1000, witness_limit = 16, case_limit = 64, day_limit = 16;

Json read_answer(const Source& source) {
  std::vector<std::unordered_set<std::string>> open;  // keys of the objects around
  const auto watch = [&](int, Json::parse_event_t event, Json& parsed) {
    using Event = Json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) open.emplace_back();
    if (event == Event::object_end || event == Event::array_end) open.pop_back();
    if (open.size() > nesting_limit) throw Unreadable{source.name + ": nested too deeply"};
    if (event == Event::key && !open.back().insert(parsed.get<std::string>()).second)
      throw Unreadable{source.name + ": the key '" + parsed.get<std::string>() + "' stands twice in one object"};
    return true;
  };
  try {
    return Json::parse(source.text, watch);
  } catch (const Json::parse_error& error) {
    throw Unreadable{place_of(source, error.byte == 0 ? 0 : error.byte - 1) + "this is not JSON"};
  }
}

struct Refused {  // a claim that does not follow; thrown inside the checker only
  std::string step, why, conclusion = {};
};
inline void require(bool holds, std::string_view step, std::string_view why) {
  if (!holds) throw Refused{std::string(step), std::string(why)};
}
void require_keys(const Json& object, std::string_view what, std::initializer_list<const char*> required,
                  std::initializer_list<const char*> optional = {}) {
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

struct Scope {  // the STEPS of a case or of a reading's entry, within those around it
  const Json* steps = nullptr;
  const Scope* outer = nullptr;
  bool departing = false;  // belongs to a reading's entry
};

struct Other {  // a reading that departs, and what the conclusions it touches are under it
  int ambiguity, reading;
  std::map<int, Whole> conclusions = {};  // by their first rule
};

class Checker {
 public:
  Checker(const Law& law, const std::map<int, Value>& given, World& world)
      : law_(law), given_(given), world_(world) {}

  std::string run(const Json& answer) {
    const Json &proofs = answer["proofs"], &conclusions = answer["conclusions"], &proven = proofs["conclusions"];
    top_ = {&proofs["steps"]};
    check_steps(top_);
    assumed(answer["assumed"]);
    depart_each();
    for (const Conclusion& c : law_.conclusions) try {
        require(conclusions.contains(c.id) && proven.contains(c.id), "conclusions", "it or its proof is absent");
        conclude(c, conclusions[c.id], proven[c.id]);
      } catch (Refused& refused) {
        refused.conclusion = c.id;
        throw;
      }
    const std::size_t count = law_.conclusions.size();
    require(conclusions.size() == count && proven.size() == count, "conclusions", "one is none of the law's");
    return "accepted: " + std::to_string(count) + " conclusions (" + std::to_string(counts_["settled"]) + " settled, " +
           std::to_string(counts_["contested"]) + " contested, " + std::to_string(counts_["unknown"]) + " unknown); " +
           std::to_string(treeless_) + " settled without a tree";
  }

 private:
  static void lists(const Json& list, const std::set<std::string>& expected, std::string_view what) {
    const std::vector<std::string> listed = strings(list, what);
    require(std::set(listed.begin(), listed.end()) == expected && listed.size() == expected.size(), what, "does not list exactly the right facts");
  }
  void assumed(const Json& list) const {
    std::set<std::string> expected;
    for (std::size_t f = 0; f < law_.facts.size(); ++f) {
      const Fact& fact = law_.facts[f];
      if (!fact.state && (given_.contains(static_cast<int>(f)) ? fact.partner >= 0 : fact.assumed.has_value())) expected.insert(fact.id);
    }
    lists(list, expected, "assumed");
  }

  // Readings of ambiguities that can be live. The default readings come first, so that the diagrams keep their order.
  void depart_each() {
    for (const Conclusion& c : law_.conclusions) world_.conclusion(c);
    for (int a = 0; a < static_cast<int>(law_.ambiguities.size()); ++a) {
      const Ambiguity& ambiguity = law_.ambiguities[a];
      if (world_.here(world_.rule(ambiguity.rule, false)).values == std::set<Value>{0}) continue;
      for (int r = 0; r < static_cast<int>(ambiguity.readings.size()); ++r) {
        if (r == ambiguity.usual) continue;
        world_.depart(a, r);
        Other& other = others_.emplace_back(Other{a, r});
        for (const Conclusion& c : law_.conclusions)
          if (ambiguity.touched[c.first]) other.conclusions[c.first] = world_.here(world_.conclusion(c));
      }
    }
    world_.depart(-1, -1);
  }

  void conclude(const Conclusion& c, const Json& answer, const Json& proof) {
    require_keys(answer, "conclusion", {"status", "value", "possible", "readings", "missing", "cites"}, {"notes", "projected"});
    const Ref function = world_.conclusion(c);
    const Whole whole = world_.here(function);
    const auto differs = [&](const Other& o) { return o.conclusions.contains(c.first) && o.conclusions.at(c.first).root != whole.root; };
    const bool contested = whole.definite() && std::any_of(others_.begin(), others_.end(), differs);
    const std::string status = !whole.definite() ? "unknown" : contested ? "contested" : "settled";
    require(answer["status"] == status, "status", "it is " + status);
    ++counts_[status];
    std::set<std::string> missing;
    for (const int fact : whole.facts) missing.insert(law_.facts[fact].id);
    lists(answer["missing"], missing, "missing");
    const auto late = world_.here(function, true).facts;
    const bool projected = std::any_of(late.begin(), late.end(), [&](int fact) { return law_.facts[fact].state; });
    require(answer.value("projected", Json()) == (projected ? Json(true) : Json()), "projected", projected ? "it must stand" : "it must not stand");
    if (whole.definite()) {
      require(read_value(c.type, answer["value"]) == *whole.values.begin(), "value", "it is another");
      cites(c, answer["cites"]);
      require_keys(proof, "proof", {"tree"}, {"readings"});
      tree(proof["tree"], top_, c, *whole.values.begin());
    } else {
      require(answer["value"].is_null() && answer["cites"] == Json::array(), "value", "an unknown conclusion has none, and no cites");
      require_keys(proof, "proof", {"witnesses"});
      witnesses(c, whole, proof["witnesses"]);
    }
    possible(c, readings(c, whole, contested, answer["readings"], proof.value("readings", Json::array())), answer["possible"]);
  }

  void tree(const Json& node, const Scope& scope, const Conclusion& c, Value value) {
    node.is_null() ? void(++treeless_) : check_tree(node, scope, c, value);
  }

  static void possible(const Conclusion& c, const Whole& whole, const Json& list) {
    const std::set<Value> expected = whole.varies ? std::set<Value>{} : whole.values;
    const auto is = [&](const Json& element, Value value) { return read_value(c.type, element) == value; };
    require(list.is_array() && std::equal(list.begin(), list.end(), expected.begin(), expected.end(), is), "possible",
            "is not what is possible, in its order");
  }

  // Those of the header and of every item that decides in some completion.
  void cites(const Conclusion& c, const Json& claimed) {
    std::set<std::string> expected = law_.shown(c.cites);
    for (int rule = c.first; rule < c.first + static_cast<int>(c.type.rules()); ++rule)
      for (const Ground& g : world_.grounds(rule, false))
        if (world_.here(g.decides).values != std::set<Value>{0}) expected.merge(law_.shown(g.item->cites));
    const std::set<std::string> names = law_.shown(strings(claimed, "cites"), true);
    require(names == expected && names.size() == claimed.size(), "cites", "are not exactly those that give the value");
  }

  void witnesses(const Conclusion& c, const Whole& whole, const Json& list) {
    std::set<Value> seen;
    require(list.is_array(), "witnesses", "is no list");
    for (const Json& witness : list) {
      require_keys(witness, "witness", {"with", "value"});
      require(witness["with"].is_object(), "witness", "supposes nothing");
      for (const auto& [id, known] : witness["with"].items()) {
        const int fact = unknown_fact(id, "witness");
        world_.know(fact, supposed(fact, known, "witness"));
      }
      const Whole here = world_.here(world_.conclusion(c));
      require(here.definite() && read_value(c.type, witness["value"]) == *here.values.begin(), "witness", "does not have this value");
      require(seen.insert(*here.values.begin()).second, "witness", "two have the same value");
      world_.forget();
    }
    require(seen.size() >= (whole.varies ? 2 : std::min(witness_limit, whole.values.size())), "witnesses", "are too few");
  }

  // All values of all readings.
  Whole readings(const Conclusion& c, const Whole& whole, bool contested, const Json& claimed, const Json& entries) {
    require(claimed.is_array() && entries.is_array(), "readings", "is no list");
    Whole all = whole;
    std::size_t next = 0;
    for (const Other& o : others_) {
      const auto it = o.conclusions.find(c.first);
      if (!contested || it == o.conclusions.end() || (it->second.root == whole.root && !law_.ambiguities[o.ambiguity].named[c.first])) continue;
      if (next == 0) entry(c, law_.ambiguities[o.ambiguity], -1, whole, claimed, next++);
      entry(c, law_.ambiguities[o.ambiguity], o.reading, it->second, claimed, next);
      require(next - 1 < entries.size(), "readings", "one has no proof");
      reading(c, o, it->second, entries[next++ - 1]);
      all.values.insert(it->second.values.begin(), it->second.values.end());
    }
    require(claimed.size() == next && entries.size() == (next == 0 ? 0 : next - 1), "readings", "one is listed that should not be");
    return all;
  }
  static void entry(const Conclusion& c, const Ambiguity& a, int reading, const Whole& whole, const Json& claimed, std::size_t place) {
    const std::string &id = a.readings[reading < 0 ? a.usual : reading], what = "readings entry " + a.id + " " + id;
    require(place < claimed.size(), what, "is not listed");
    const Json& entry = claimed[place];
    require_keys(entry, what, {"ambiguity", "reading", "value"}, {"default", "possible"});
    require(entry["ambiguity"] == a.id && entry["reading"] == id, what, "should stand here");
    require(entry.value("default", Json()) == (reading < 0 ? Json(true) : Json()), what, "is wrong about the default");
    require(entry.contains("possible") != whole.definite(), what, "has 'possible' exactly when the value varies");
    if (!whole.definite()) possible(c, whole, entry["possible"]);
    require(whole.definite() ? read_value(c.type, entry["value"]) == *whole.values.begin() : entry["value"].is_null(), what, "has another value");
  }
  void reading(const Conclusion& c, const Other& o, const Whole& whole, const Json& entry) {
    const Ambiguity& a = law_.ambiguities[o.ambiguity];
    require_keys(entry, "reading", {"ambiguity", "reading", "steps", whole.definite() ? "tree" : "witnesses"});
    require(entry["ambiguity"] == a.id && entry["reading"] == a.readings[o.reading], "reading", "its proof is not in its place");
    world_.depart(o.ambiguity, o.reading);
    const Scope own{&entry["steps"], &top_, true};
    check_steps(own);
    if (whole.definite()) tree(entry["tree"], own, c, *whole.values.begin());
    else witnesses(c, whole, entry["witnesses"]);
    world_.depart(-1, -1);
  }

  // The rule that a key of STEPS or `uses` names, and whether it is read under the reading: in a reading's entry a plain
  // key of a rule that the reading reaches is.
  std::optional<std::pair<int, bool>> rule_of(const std::string& key, bool in_reading) const {
    const bool by_default = key.starts_with("default ");
    const auto it = law_.rule_by_id.find(by_default ? key.substr(8) : key);
    const bool reached = it != law_.rule_by_id.end() && in_reading && world_.reaches(it->second);
    if (it == law_.rule_by_id.end() || (by_default && !reached)) return std::nullopt;
    return std::pair(it->second, reached && !by_default);
  }

  void check_steps(const Scope& scope) {
    require(scope.steps->is_object(), "steps", "is no object");
    for (const auto& [key, step] : scope.steps->items()) check_step(key, step, scope);
  }

  // That no step leans on itself needs no look: a step uses only rules that its own rule reads, and rules are no circle.
  void check_step(const std::string& key, const Json& step, const Scope& scope) {
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
  const Json* find_step(const std::string& key, const Scope& scope) const {
    const auto named = rule_of(key, scope.departing);
    for (const Scope* at = &scope; named && at != nullptr; at = at->outer) {
      if (scope.departing && !at->departing && named->second) break;  // the default reading's, not this one's
      const auto it = at->steps->find(key);
      if (it != at->steps->end() && it->is_object() && it->contains("value")) return &(*it)["value"];
    }
    return nullptr;
  }

  void check_tree(const Json& node, const Scope& scope, const Conclusion& c, Value value) {
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
    const int fact = unknown_fact(node["split"], "split");
    const Type& type = law_.facts[fact].type;
    const Knowledge before = world_.fact(fact);
    const std::string what = "split of " + law_.facts[fact].id;
    const Json& cases = node["cases"];
    require(cases.is_array() && cases.size() >= 2 && cases.size() <= case_limit, what, "has no cases");
    std::vector<Knowledge> parts;
    Count total = 0;
    for (const Json& one : cases) {
      require_keys(one, what, {"is", "steps", "tree"});
      const Knowledge k = supposed(fact, one["is"], what);
      for (const Knowledge& other : parts) require(!overlap(type, k, other), what, "two cases share a value");
      total += count(type, parts.emplace_back(k));
    }
    require(total == count(type, before), what, "the cases miss a value");
    for (std::size_t i = 0; i < parts.size(); ++i) {
      world_.know(fact, parts[i]);
      const Scope inner{&cases[i]["steps"], &scope, scope.departing};
      check_steps(inner);
      check_tree(cases[i]["tree"], inner, c, value);
    }
    world_.know(fact, before);
  }
  int unknown_fact(const Json& id, std::string_view what) const {
    const auto it = law_.fact_by_id.find(id.is_string() ? id.get<std::string>() : "");
    require(it != law_.fact_by_id.end() && !world_.known(it->second), what, "supposes something of no unknown fact");
    return it->second;
  }
  Knowledge supposed(int fact, const Json& known, std::string_view what) const {
    const std::optional<Knowledge> k = read_knowledge(law_.facts[fact].type, known);
    require(k && within(law_.facts[fact].type, *k, world_.fact(fact)), what, law_.facts[fact].id + " cannot be so");
    return *k;
  }

  const Law& law_;
  const std::map<int, Value>& given_;
  World& world_;
  Scope top_;
  std::vector<Other> others_;
  std::map<std::string, int> counts_;
  int treeless_ = 0;
};

}  // namespace

struct Examiner::Day {
  Day(const LawFiles& files, Value as_of, const Source& facts)
      : law(parse_law(files, as_of)), given(read_facts(law, facts)), world(diagrams, law, given) {}
  Law law;
  std::map<int, Value> given;
  Diagrams diagrams;
  World world;
};

std::string Examiner::accept(const Source& source) {
  const Json answer = read_answer(source);
  for (const char* key : {"as_of", "conclusions", "assumed", "proofs"})
    require(answer.is_object() && answer.contains(key), key, "is absent");
  const Json& proofs = answer["proofs"];
  require_keys(proofs, "proofs", {"format", "law", "as_of", "steps", "conclusions"});
  const std::string hash = law_.hash();
  require(proofs["format"] == 1, "format", "is not 1");
  require(proofs["law"] == hash && answer.value("law_sha256", Json(hash)) == hash, "law", "the hash is not that of these rule files");
  const std::optional<Value> as_of = answer["as_of"].is_string() ? parse_day(answer["as_of"].get<std::string>()) : std::nullopt;
  require(as_of.has_value() && proofs["as_of"] == answer["as_of"], "as_of", "is no day, or not that of the proofs");
  require(answer["conclusions"].is_object() && proofs["conclusions"].is_object(), "conclusions", "is no object");
  if (days_.size() > day_limit) days_.clear();
  std::unique_ptr<Day>& day = days_[as_of.value_or(0)];
  if (day == nullptr) day = std::make_unique<Day>(law_, as_of.value_or(0), facts_);
  day->world.forget();
  day->world.depart(-1, -1);
  return Checker(day->law, day->given, day->world).run(answer);
}

Examiner::Examiner(const LawFiles& law, Source facts) : law_(law), facts_(std::move(facts)) {}
Examiner::~Examiner() = default;
Verdict Examiner::check(const Source& answer) try {
  return {0, accept(answer)};
} catch (const Refused& r) {
  return {1, "refused: " + (r.conclusion.empty() ? "" : r.conclusion + ": ") + r.step + ": " + r.why};
} catch (const Unreadable& u) {
  return {65, u.message};
} catch (const std::exception& e) {
  return {65, e.what()};
}
Verdict check_files(const std::filesystem::path& law, const std::filesystem::path& facts, const std::filesystem::path& answer) try {
  const LawFiles files = read_files(law);
  return Examiner(files, read_source(facts)).check(read_source(answer));
} catch (const Unreadable& u) {
  return {65, u.message};
}

}  // namespace duolex::checker
