#include "checker/check.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "checker/evaluate.h"

namespace duolex::checker {
namespace {

constexpr std::size_t nesting_limit = 1000, witness_limit = 16, case_limit = 64;

Json read_answer(const Source& source) {
  std::vector<std::unordered_set<std::string>> open;  // keys of the objects around
  return Json::parse(source.text, [&](int, Json::parse_event_t event, const Json& parsed) {
    using Event = Json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) open.emplace_back();
    if (event == Event::object_end || event == Event::array_end) open.pop_back();
    if (open.size() > nesting_limit) throw Verdict{65, source.name + ": nested too deeply"};
    if (event == Event::key && !open.back().insert(parsed.get<std::string>()).second)
      throw Verdict{65, source.name + ": the key '" + parsed.get<std::string>() + "' stands twice in one object"};
    return true;
  });
}
void require(bool holds, std::string_view step, std::string_view why) {
  if (!holds) throw Verdict{1, std::string(step) + ": " + std::string(why)};
}
using Words = std::initializer_list<std::string_view>;
void require_keys(const Json& object, std::string_view what, Words required, Words optional = {}) {
  require(object.is_object(), what, "is no object");
  for (const std::string_view key : required) require(object.contains(key), what, "lacks " + std::string(key));
  for (const auto& [name, ignored] : object.items()) {
    const bool means = std::ranges::count(required, name) + std::ranges::count(optional, name) != 0;
    require(means, what, "has '" + name + "', which means nothing");
  }
}
// Lists of names are compared in the order of the names: theirs says nothing.
Json sorted(Json list, std::string_view what) {
  const bool names = list.is_array() && std::ranges::all_of(list, [](const Json& e) { return e.is_string(); });
  require(names, what, "is no list of names");
  std::sort(list.begin(), list.end());
  return list;
}
// The steps of a case or of a reading's entry and those around it: of rules, and whether under the reading.
using Steps = std::map<std::pair<int, bool>, Value>;

struct Other {  // a reading that departs, and what the conclusions it touches are under it, by their first rule
  int ambiguity, reading;
  std::map<int, Whole> conclusions = {};
};
}  // namespace

class Checker {  // of answers for one product on one day
 public:
  Checker(const LawFiles& files, Value as_of, const Source& facts)
      : law_(parse_law(files, as_of)), given_(read_facts(law_, facts)), world_(diagrams_, law_, given_) {}
  std::string accept(const Json& answer) {
    const Json &proofs = answer["proofs"], &conclusions = answer["conclusions"], &proven = proofs["conclusions"];
    world_.forget();
    world_.depart(-1, -1);
    counts_.clear();
    assumed(answer["assumed"]);
    const Steps steps = check_steps(proofs["steps"], {});
    const std::vector<Other> others = departures();
    for (const Named& c : law_.conclusions) try {
        require(conclusions.contains(c.id) && proven.contains(c.id), "conclusions", "it or its proof is absent");
        conclude(c, others, steps, conclusions[c.id], proven[c.id]);
      } catch (const Verdict& v) { throw Verdict{v.exit_code, c.id + ": " + v.message}; }
    const std::size_t count = law_.conclusions.size();
    require(conclusions.size() == count && proven.size() == count, "conclusions", "one is none of the law's");
    std::string accepted = "accepted: " + std::to_string(count) + " conclusions";
    for (const auto& [status, number] : counts_) accepted += ", " + std::to_string(number) + " " + status;
    return accepted;
  }

 private:
  void assumed(const Json& claimed) const {
    std::set<std::string> expected;
    for (int f = 0; f < std::ssize(law_.facts); ++f) {
      const Fact& fact = law_.facts[f];
      const bool counts = given_.contains(f) ? fact.partner >= 0 : fact.assumed.has_value();
      if (!fact.state && counts) expected.insert(fact.id);
    }
    require(sorted(claimed, "assumed") == Json(expected), "assumed", "does not list exactly the right facts");
  }
  bool can_be(Ref condition) { return world_.here(Type{}, condition).values.contains(1); }
  // Readings of ambiguities that can be live.
  std::vector<Other> departures() {
    std::vector<Other> others;
    for (int a = 0; a < std::ssize(law_.ambiguities); ++a) {
      const Ambiguity& ambiguity = law_.ambiguities[a];
      if (!can_be(world_.operand(~ambiguity.rule, false))) continue;
      for (int r = 0; r < std::ssize(ambiguity.readings); ++r) {
        if (r == ambiguity.usual) continue;
        world_.depart(a, r);
        std::map<int, Whole>& conclusions = others.emplace_back(Other{a, r}).conclusions;
        for (const Named& c : law_.conclusions)
          if (ambiguity.touched[c.first]) conclusions[c.first] = world_.here(c.type, world_.conclusion(c));
      }
    }
    world_.depart(-1, -1);
    return others;
  }
  void conclude(const Named& c, const std::vector<Other>& others, const Steps& steps, Json claimed, const Json& proof) {
    const Ref function = world_.conclusion(c);
    const Whole whole = world_.here(c.type, function);
    Whole all = whole;
    Json readings = Json::array();
    std::vector<const Other*> listed;  // readings
    bool contested = false;
    for (const Other& o : others) {
      const auto other = o.conclusions.find(c.first);
      const Ambiguity& a = law_.ambiguities[o.ambiguity];
      if (!whole.definite() || other == o.conclusions.end()) continue;
      const bool differs = other->second.root != whole.root;
      if (!differs && !a.named[c.first]) continue;
      contested = contested || differs;
      listed.push_back(&o);
      const auto entry = [&](int reading, const Whole& of) {
        return Json{{"ambiguity", a.id}, {"reading", a.readings[reading]}, {"value", value(c, of)}};
      };
      if (readings.empty()) readings.push_back(entry(a.usual, whole)), readings[0]["default"] = true;
      readings.push_back(entry(o.reading, other->second));
      if (!other->second.definite()) readings.back()["possible"] = possible(c, other->second);
      all.values.insert(other->second.values.begin(), other->second.values.end());
    }
    if (!contested) all = whole, readings = Json::array(), listed.clear();
    std::set<std::string> missing;
    for (const int fact : whole.facts) missing.insert(law_.facts[fact].id);
    const auto late = world_.here(c.type, function, true).facts;
    const bool projected = std::ranges::any_of(late, [&](int fact) { return law_.facts[fact].state; });
    const std::string status = !whole.definite() ? "unknown" : contested ? "contested" : "settled";
    const Json expected = {{"status", status}, {"value", value(c, whole)}, {"possible", possible(c, all)},
                           {"readings", readings}, {"missing", missing}, {"cites", cites(c, whole)},
                           {"projected", projected ? Json(true) : Json()}};
    require_keys(claimed, "conclusion", {"status", "value", "possible", "readings", "missing", "cites"},
                 {"notes", "projected"});
    for (const char* list : {"missing", "cites"}) claimed[list] = sorted(claimed[list], list);
    for (const auto& [key, json] : expected.items())
      require(claimed.value(key, Json()) == json, key, "the law gives " + json.dump());
    ++counts_[status];
    require_keys(proof, "proof", {whole.definite() ? "tree" : "witnesses"}, {"readings"});
    show(c, whole, steps, proof);
    const Json entries = proof.value("readings", Json::array());
    require(entries.is_array() && entries.size() == listed.size(), "readings", "there is not one proof for each");
    for (std::size_t i = 0; i < listed.size(); ++i) reading(c, *listed[i], steps, entries[i]);
  }
  static Json value(const Named& c, const Whole& whole) {
    return whole.definite() ? write_value(c.type, *whole.values.begin()) : Json();
  }
  static Json possible(const Named& c, const Whole& whole) {
    Json list = Json::array();
    for (const Value v : whole.varies ? std::set<Value>() : whole.values) list.push_back(write_value(c.type, v));
    return list;
  }
  Json shown(const Cites& cites) const {
    std::set<std::string> names;
    for (const std::string& cite : cites) names.insert(law_.shown.contains(cite) ? law_.shown.at(cite) : cite);
    return names;
  }
  // Those of the header and of every item that decides in some completion.
  Json cites(const Named& c, const Whole& whole) {
    Cites names = law_.rules[c.first].cites;
    for (int rule = c.first; whole.definite() && rule < c.first + c.type.parts(); ++rule)
      for (const Ground& g : world_.grounds(rule, false))
        if (can_be(g.decides)) names.insert(names.end(), g.item->cites.begin(), g.item->cites.end());
    return whole.definite() ? shown(names) : Json::array();
  }
  // What shows the one value, or that there are several.
  void show(const Named& c, const Whole& whole, const Steps& steps, const Json& proof) {
    if (!whole.definite()) return witnesses(c, whole, proof["witnesses"]);
    if (proof["tree"].is_null()) return void(++counts_["settled without a tree"]);
    check_tree(proof["tree"], steps, c, *whole.values.begin());
  }
  void witnesses(const Named& c, const Whole& whole, const Json& list) {
    std::set<Value> seen;
    require(list.is_array(), "witnesses", "is no list");
    for (const Json& witness : list) {
      require_keys(witness, "witness", {"with", "value"});
      require(witness["with"].is_object(), "witness", "supposes nothing");
      for (const auto& [id, known] : witness["with"].items()) {
        const Named& fact = unknown_fact(id, "witness");
        world_.know(fact, supposed(fact, known, id));
      }
      const Whole here = world_.here(c.type, world_.conclusion(c));
      require(here.definite() && witness["value"] == value(c, here), "witness", "does not have this value");
      require(seen.insert(*here.values.begin()).second, "witness", "two have the same value");
      world_.forget();
    }
    require(seen.size() >= (whole.varies ? 2 : std::min(witness_limit, whole.values.size())), "witnesses", "too few");
  }
  void reading(const Named& c, const Other& o, const Steps& steps, const Json& entry) {
    const Ambiguity& a = law_.ambiguities[o.ambiguity];
    const Whole& whole = o.conclusions.at(c.first);
    require_keys(entry, "reading", {"ambiguity", "reading", "steps", whole.definite() ? "tree" : "witnesses"});
    const bool mine = entry["ambiguity"] == a.id && entry["reading"] == a.readings[o.reading];
    require(mine, "reading", "its proof is not in its place");
    world_.depart(o.ambiguity, o.reading);
    show(c, whole, check_steps(entry["steps"], steps), entry);
    world_.depart(-1, -1);
  }
  // The rule that a key of STEPS or `uses` names, and whether it is read under the reading: a plain key of a rule that
  // the reading reaches is.
  std::optional<std::pair<int, bool>> rule_of(const std::string& key) const {
    const bool by_default = key.starts_with("default ");
    const auto it = law_.rule_by_id.find(by_default ? key.substr(8) : key);
    const bool reached = it != law_.rule_by_id.end() && world_.reaches(it->second);
    if (it == law_.rule_by_id.end() || (by_default && !reached)) return std::nullopt;
    return std::pair(it->second, reached && !by_default);
  }
  Steps check_steps(const Json& steps, Steps around) {
    require(steps.is_object(), "steps", "is no object");
    for (const auto& [key, step] : steps.items()) {
      const auto rule = rule_of(key);
      require(rule.has_value(), key, "is the name of no step");
      require_keys(step, key, {"value", "by", "cites", "uses"});
      const std::optional<Value> value = read_value(law_.rules[rule->first].type, step["value"]);
      require(value && step["uses"].is_object(), key, "its value or 'uses' is none");
      around[*rule] = *value;
    }
    for (const auto& [key, step] : steps.items()) check_step(key, step, around);
    return around;
  }
  // That no step leans on itself needs no look: it uses only rules that its own rule reads, and rules are no circle.
  void check_step(const std::string& key, const Json& step, const Steps& steps) {
    const auto named = *rule_of(key);
    const Rule& rule = law_.rules[named.first];
    World::Uses uses;
    for (const auto& [name, use] : step["uses"].items()) {
      if (const auto fact = law_.fact_by_id.find(name); fact != law_.fact_by_id.end()) {
        const auto& [id, first, type] = fact->second;
        const std::optional<Knowledge> known = read_knowledge(type, use);
        const auto read = rule.reads.lower_bound(first);
        require(read != rule.reads.end() && *read < first + type.parts(), key, "does not read " + name);
        const bool holds = known && std::ranges::equal(world_.fact(fact->second), *known, within);
        require(holds, key, name + " is not known as it says");
        for (int m = 0; m < type.parts(); ++m) uses[{first + m, false}] = world_.used(first + m, (*known)[m]);
      } else {
        const auto used = rule_of(name);
        require(used && rule.reads.contains(~used->first), key, "does not read " + name);
        const auto other = steps.find(*used);
        const Type& type = law_.rules[used->first].type;
        const bool holds = other != steps.end() && read_value(type, use) == other->second;
        require(holds, key, "there is no step " + name + " with this value");
        uses[{~used->first, used->second}] = world_.value(type, other->second);
      }
    }
    World only(world_, std::move(uses));
    const Ref value = world_.value(rule.type, steps.at(named));
    for (const Ground& g : only.grounds(named.first, named.second))
      if (g.gives == diagrams_.yes && step["by"] == g.item->label && g.item->gives(only, named.second) == value)
        return require(shown(g.item->cites) == sorted(step["cites"], key), key, "cites other provisions");
    require(false, key, "does not follow by this label from what it uses");
  }
  void check_tree(const Json& node, const Steps& steps, const Named& c, Value value) {
    for (int i = 0; node == "steps" && i < c.type.parts(); ++i) {
      const Rule& rule = law_.rules[c.first + i];
      const auto step = steps.find(*rule_of(rule.id));
      const bool same = step != steps.end() && step->second == (rule.member ? value >> i & 1 : value);
      require(same, rule.id, "a leaf of the tree has another value, or none");
    }
    if (node == "steps") return;
    require_keys(node, "tree", {"split", "cases"});
    const Named& fact = unknown_fact(node["split"], "split");
    const std::string what = "split of " + fact.id;
    const Json& cases = node["cases"];
    require(cases.is_array() && cases.size() >= 2 && cases.size() <= case_limit, what, "has no cases");
    const Knowledge before = world_.fact(fact);
    std::vector<Knowledge> parts;
    Count total = 0;
    for (const Json& one : cases) {
      require_keys(one, what, {"is", "steps", "tree"});
      const Knowledge known = supposed(fact, one["is"], what);
      for (const Knowledge& other : parts)
        require(!std::ranges::equal(known, other, overlap), what, "two cases share a value");
      total += count(parts.emplace_back(known));
    }
    require(total == count(before), what, "the cases miss a value");
    for (std::size_t i = 0; i < parts.size(); ++i) {
      world_.know(fact, parts[i]);
      check_tree(cases[i]["tree"], check_steps(cases[i]["steps"], steps), c, value);
    }
    world_.know(fact, before);
  }
  const Named& unknown_fact(const Json& id, std::string_view what) const {
    const auto it = law_.fact_by_id.find(id.is_string() ? id.get<std::string>() : "");
    require(it != law_.fact_by_id.end() && !world_.known(it->second), what, "supposes something of no unknown fact");
    return it->second;
  }
  Knowledge supposed(const Named& fact, const Json& json, std::string_view what) const {
    const std::optional<Knowledge> known = read_knowledge(fact.type, json);
    require(known && std::ranges::equal(*known, world_.fact(fact), within), what, "cannot be so");
    return *known;
  }

  Law law_;
  std::map<int, Values> given_;
  Diagrams diagrams_;
  World world_;
  std::map<std::string, int> counts_;
};
Verdict Examiner::check(const Source& source) try {
  const Json answer = read_answer(source);
  for (const char* key : {"as_of", "conclusions", "assumed", "proofs"})
    require(answer.is_object() && answer.contains(key), key, "is absent");
  const Json& proofs = answer["proofs"];
  require_keys(proofs, "proofs", {"format", "law", "as_of", "steps", "conclusions"});
  const std::string hash = law_.hash();
  require(proofs["format"] == 1, "format", "is not 1");
  require(proofs["law"] == hash && answer.value("law_sha256", Json(hash)) == hash, "law", "is not these rule files");
  const std::optional<Value> as_of = read_value(day_type, answer["as_of"]);
  require(as_of && proofs["as_of"] == answer["as_of"], "as_of", "is no day, or not that of the proofs");
  require(answer["conclusions"].is_object() && proofs["conclusions"].is_object(), "conclusions", "is no object");
  std::shared_ptr<Checker>& day = days_[*as_of];
  if (day == nullptr) day = std::make_shared<Checker>(law_, *as_of, facts_);
  return {0, day->accept(answer)};
} catch (const Verdict& v) {
  return {v.exit_code, (v.exit_code == 1 ? "refused: " : "") + v.message};
} catch (const Json::parse_error& e) {
  const std::string read = source.text.substr(0, std::max<std::size_t>(e.byte, 1) - 1);
  const auto line = std::count(read.begin(), read.end(), '\n') + 1;
  return {65, source.name + ":" + std::to_string(line) + ":" + std::to_string(read.size() - read.rfind('\n')) + ": " + e.what()};
} catch (const std::exception& e) {
  return {65, source.name + ": " + e.what()};
}

}  // namespace duolex::checker
