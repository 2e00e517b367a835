#include "checker/check.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "checker/proof.h"

namespace duolex::checker {
namespace {

constexpr std::size_t nesting_limit = 1000, witness_limit = 64, leaf_limit = 1024;
// Steps the checker takes by itself: for a tree that is not given, for a cover, for one citation.
constexpr int tree_steps = 20'000, cover_steps = 2'000, cite_steps = 2'000;

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

bool before(Value a, Value b) { return a != null_value && (b == null_value || a < b); }

struct Goal {  // of a tree: a conclusion, or the rule "live when A4"; and its value
  const Conclusion& conclusion;
  Value value;
};

// What an entry of a proof's readings shows.
struct Shown {
  bool live = false, not_live = false, varies = false;
  Value value = 0;
  std::vector<Value> possible = {};
};

class Checker {
 public:
  Checker(const Law& law, const std::map<int, Value>& given) : law_(law), given_(given), world_(law, given), cases_(world_, law) {}

  std::string run(const Json& answer) {
    const Json &proofs = answer["proofs"], &conclusions = answer["conclusions"], &proven = proofs["conclusions"];
    top_ = {&proofs["steps"]};
    cases_.check_steps(top_);
    assumed(answer["assumed"]);
    for (const Conclusion& c : law_.conclusions) try {
        require(conclusions.contains(c.id) && proven.contains(c.id), "conclusions", "it or its proof is absent");
        conclude(c, conclusions[c.id], proven[c.id]);
      } catch (Refused& refused) {
        refused.conclusion = c.id;
        throw;
      }
    const std::size_t count = law_.conclusions.size();
    require(conclusions.size() == count && proven.size() == count, "conclusions", "one is none of the law's");
    std::string message = "accepted: " + std::to_string(count) + " conclusions (" + std::to_string(counts_["settled"]) + " settled, " +
                          std::to_string(counts_["contested"]) + " contested, " + std::to_string(counts_["unknown"]) +
                          " unknown); not shown to be complete: " + std::to_string(unproven_.size());
    for (const std::string& what : unproven_) message += " " + what;
    return message;
  }

 private:
  void assumed(const Json& list) const {
    std::set<std::string> expected;
    for (std::size_t f = 0; f < law_.facts.size(); ++f) {
      const Fact& fact = law_.facts[f];
      if (!fact.state && (given_.contains(static_cast<int>(f)) ? fact.partner >= 0 : fact.assumed.has_value())) expected.insert(fact.id);
    }
    const std::vector<std::string> listed = strings(list, "assumed");
    require(std::set(listed.begin(), listed.end()) == expected && listed.size() == expected.size(), "assumed",
            "it does not list exactly the facts that are assumed");
  }

  void tree(const Json& node, const Scope& scope, const Goal& goal, const std::function<void()>& leaf) {
    const Conclusion& c = goal.conclusion;
    if (node.is_null()) {
      int steps = tree_steps;
      const bool all = cases_.explore([&] { return world_.conclusion(c); }, [&](const Result& r) {
        return r.definite() && r.value == goal.value && (leaf(), true);
      }, steps);
      return require(all, "tree", "none is given, and none is found");
    }
    if (node.is_object() && node.contains("split")) {
      require_keys(node, "tree", {"split", "cases"});
      return cases_.each_case(node, [&](const Json& one) {
        require_keys(one, "case", {"is", "steps", "tree"});
        const Scope inner{&one["steps"], &scope, scope.departing};
        cases_.check_steps(inner);
        tree(one["tree"], inner, goal, leaf);
      });
    }
    const bool set = c.type.kind == Kind::set;
    require_keys(node, "tree", {set ? "members" : "step"});
    require(node == (set ? Json{{"members", true}} : Json{{"step", c.id}}), "tree", "its leaf is not the conclusion's");
    for (std::size_t i = 0; i < c.type.rules(); ++i) {
      const Rule& rule = law_.rules[c.first + i];
      const Json* step = cases_.find_step(rule.id, scope);
      const Value value = set ? static_cast<Value>(static_cast<std::uint64_t>(goal.value) >> i & 1) : goal.value;
      require(step != nullptr && read_value(rule.type, *step) == value, rule.id, "a leaf of the tree has another value, or none");
    }
    leaf();
  }

  void conclude(const Conclusion& c, const Json& answer, const Json& proof) {
    require_keys(answer, "conclusion", {"status", "value", "possible", "readings", "missing", "cites"}, {"notes", "projected"});
    const std::vector<Value> possible = values(c.type, answer["possible"]);
    const std::string status = answer["status"].is_string() ? answer["status"].get<std::string>() : "";
    require(status == "settled" || status == "contested" || status == "unknown", "status", "is none");
    require(answer["readings"].is_array() && (status == "contested" || answer["readings"].empty()), "readings", "cannot be");
    ++counts_[status];
    if (status == "unknown") {
      require(answer["value"].is_null() && answer["cites"] == Json::array(), "value", "an unknown conclusion has none, and no cites");
      require_keys(proof, "proof", {"witnesses", "can_change", "cover"});
      unknown(c, answer, proof, possible);
    } else {
      require(answer["missing"] == Json::array(), "missing", "nothing can be missing");
      require_keys(proof, "proof", {"tree"}, {"readings"});
      const std::optional<Value> value = read_value(c.type, answer["value"]);
      require(value.has_value(), "value", "is no value of the conclusion");
      std::set<std::string> must = law_.shown(c.cites), may;
      tree(proof["tree"], top_, {c, *value}, [&] { cites(c, must, may); });
      check_cites(c, strings(answer["cites"], "cites"), must, may);
      readings(c, answer["readings"], proof.value("readings", Json::array()), possible, *value, status == "contested");
    }
    projected(c, answer.value("projected", Json()));
  }

  static std::vector<Value> values(const Type& type, const Json& list) {
    std::vector<Value> result;
    require(list.is_array(), "possible", "is no list");
    for (const Json& element : list) {
      const std::optional<Value> v = read_value(type, element);
      require(v && (result.empty() || before(result.back(), *v)), "possible", "is no list of values in their order");
      result.push_back(*v);
    }
    return result;
  }

  // Citations of the items that decide at this leaf, or somewhere within it; `may`: it could not be found out.
  void cites(const Conclusion& c, std::set<std::string>& must, std::set<std::string>& may) {
    for (int rule = c.first; rule < c.first + static_cast<int>(c.type.rules()); ++rule)
      for (const Ground& g : world_.grounds(rule, false)) {
        std::set<std::string> mine = law_.shown(g.item->cites);
        if (g.decides.no() || std::includes(must.begin(), must.end(), mine.begin(), mine.end())) continue;
        int steps = cite_steps;
        bool found = false;
        const bool ended = cases_.explore([&] {
          for (const Ground& now : world_.grounds(rule, false))
            if (now.item == g.item) return now.decides;
          return Result{Result::Is::definite};
        }, [&](const Result& r) { return !(found = r.yes()); }, steps);
        if (found || !ended) (found ? must : may).merge(mine);
      }
  }
  void check_cites(const Conclusion& c, const std::vector<std::string>& claimed, const std::set<std::string>& must,
                   const std::set<std::string>& may) {
    const std::set<std::string> names = law_.shown(claimed, true);
    require(names.size() == claimed.size(), "cites", "one stands twice");
    for (const std::string& name : must) require(names.contains(name), "cites", name + " is not cited, but gives the value");
    for (const std::string& name : names) require(must.contains(name) || may.contains(name), "cites", name + " does not give the value");
    if (!std::includes(must.begin(), must.end(), may.begin(), may.end())) unproven_.insert(c.id + ".cites");
  }

  void unknown(const Conclusion& c, const Json& answer, const Json& proof, const std::vector<Value>& possible) {
    std::set<int> missing;
    for (const std::string& id : strings(answer["missing"], "missing")) {
      const auto it = law_.fact_by_id.find(id);
      require(it != law_.fact_by_id.end() && !world_.known(it->second) && missing.insert(it->second).second, "missing",
              "'" + id + "' is no unknown fact, or stands twice");
      const std::string what = "can_change of " + id;
      require(proof["can_change"].is_object() && proof["can_change"].contains(id), what, "is absent");
      const Json& pair = proof["can_change"][id];
      require_keys(pair, what, {"with", "is", "values"});
      require(pair["is"].is_array() && pair["is"].size() == 2 && pair["values"].is_array() && pair["values"].size() == 2 &&
              pair["values"][0] != pair["values"][1], what, "has not two sides that differ");
      cases_.suppose(pair["with"], what, it->second, [&] {
        for (const std::size_t i : {0u, 1u})
          cases_.suppose({{id, pair["is"][i]}}, what, -1, [&] { require_value(c, pair["values"][i], what); });
      });
    }
    require(proof["can_change"].is_object() && proof["can_change"].size() == missing.size(), "can_change", "has a fact that is not missing");
    if (!all_values(c, proof, possible, &missing)) unproven_.insert(c.id);
  }
  Value require_value(const Conclusion& c, const Json& claimed, std::string_view what) {
    const Result r = world_.conclusion(c);
    require(r.definite() && read_value(c.type, claimed) == r.value, what, "it does not have this value");
    return r.value;
  }

  // `possible` is witnessed and, where a cover shows it, complete; so are the missing facts. False: it is not shown.
  bool all_values(const Conclusion& c, const Json& proof, const std::vector<Value>& possible, const std::set<int>* missing) {
    std::set<Value> seen;
    require(!possible.empty() || c.type.kind == Kind::date || c.type.kind == Kind::whole, "possible", "is empty");
    require(proof["witnesses"].is_array(), "witnesses", "is no list");
    for (const Json& witness : proof["witnesses"]) {
      require_keys(witness, "witness", {"with", "value"});
      cases_.suppose(witness["with"], "witness", -1, [&] {
        const Value v = require_value(c, witness["value"], "witness");
        require(seen.insert(v).second, "witness", "two have the same value");
        require(possible.empty() || std::count(possible.begin(), possible.end(), v) == 1, "possible", "lacks a value that is witnessed");
      });
    }
    require(seen.size() >= std::max<std::size_t>(2, std::min(witness_limit, possible.size())), "witnesses", "are too few");
    std::vector<Leaf> leaves;
    const auto leaf = [&](const Result& r) {
      for (const int fact : r.facts)
        require(missing == nullptr || missing->contains(fact), "missing", law_.facts[fact].id + " can still change the value");
      leaves.push_back(cases_.leaf(r));
      return leaves.size() <= leaf_limit;
    };
    int steps = cover_steps;
    const Json cover = proof.value("cover", Json());
    if (cover.is_null() && !cases_.explore([&] { return world_.conclusion(c); }, leaf, steps)) return false;
    if (!cover.is_null()) read_cover(c, cover, missing, leaf);
    require(missing == nullptr || cases_.decided_by(*missing, leaves), "missing",
            "lacks a fact that can still change the value");
    const bool varies = std::any_of(leaves.begin(), leaves.end(), [](const Leaf& l) { return !l.result.definite(); });
    std::set<Value> all;
    for (const Leaf& l : leaves)
      if (!varies) all.insert(l.result.value);
    require(all == std::set(possible.begin(), possible.end()), "possible", "is not what is possible");
    return true;
  }
  void read_cover(const Conclusion& c, const Json& node, const std::set<int>* missing, const std::function<bool(const Result&)>& leaf) {
    if (node.is_object() && node.contains("split")) {
      require_keys(node, "cover", {"split", "cases"}, {"free"});
      const bool free = missing != nullptr && !missing->contains(cases_.fact_of(node));
      require(node.value("free", Json()) == (free ? Json(true) : Json()), "cover", "'free' stands exactly at facts that are not missing");
      return cases_.each_case(node, [&](const Json& one) {
        require_keys(one, "case", {"is", "cover"});
        read_cover(c, one["cover"], missing, leaf);
      });
    }
    const Result r = world_.conclusion(c);
    require_keys(node, "cover", {r.definite() ? "value" : "varies"});
    require(r.definite() ? read_value(c.type, node["value"]) == r.value : !r.open() && node["varies"] == true, "cover",
            "a leaf does not have its value");
    require(leaf(r), "cover", "has too many leaves");
  }

  // A reading of an ambiguity that touches the conclusion; `claimed` is its entry in the answer, if any.
  Shown reading(const Conclusion& c, int ambiguity, int reading, const Json& entry, const Json& claimed) {
    const Scope own{&entry["steps"], &top_, true};
    const Conclusion live{law_.rules[law_.ambiguities[ambiguity].rule].id, {}, {}, law_.ambiguities[ambiguity].rule};
    Shown shown{!entry["live"].is_null(), entry.contains("not_live"), entry.contains("witnesses")};
    require(!shown.live || !shown.not_live, "live", "the ambiguity cannot be live and not live");
    world_.depart(ambiguity, reading);
    cases_.check_steps(own);
    if (shown.live) {
      require_keys(entry["live"], "live", {"with"});
      cases_.suppose(entry["live"]["with"], "live", -1, [&] { require_value(live, true, "live"); });
    }
    if (shown.not_live) {
      require_keys(entry, "reading", {"ambiguity", "reading", "steps", "live", "not_live"});
      tree(entry["not_live"], own, {live, 0}, [] {});
    } else if (shown.varies) {
      require_keys(entry, "reading", {"ambiguity", "reading", "steps", "live", "witnesses"}, {"cover"});
      require(claimed.is_object() && claimed.contains("possible"), "readings", "one that varies lacks 'possible'");
      shown.possible = values(c.type, claimed["possible"]);
      if (!all_values(c, entry, shown.possible, nullptr)) unproven_.insert(c.id);
    } else {
      require_keys(entry, "reading", {"ambiguity", "reading", "steps", "live", "tree", "value"});
      const std::optional<Value> v = read_value(c.type, entry["value"]);
      require(v.has_value(), "value", "is no value of the conclusion");
      shown.possible = {shown.value = *v};
      tree(entry["tree"], own, {c, *v}, [] {});
    }
    world_.depart(-1, -1);
    return shown;
  }

  void readings(const Conclusion& c, const Json& claimed, const Json& entries, const std::vector<Value>& possible, Value value,
                bool contested) {
    require(entries.is_array(), "readings", "is no list");
    std::size_t next = 0, listed = 0;
    bool differ = false;
    std::vector<Value> all{value};
    for (std::size_t i = 0; i < law_.ambiguities.size(); ++i) {
      const Ambiguity& a = law_.ambiguities[i];
      for (int r = 0; r < static_cast<int>(a.readings.size()); ++r) {
        if (r == a.usual || !a.touched[c.first]) continue;
        const std::string what = "reading " + a.id + " " + a.readings[r];
        if (next < entries.size())
          require_keys(entries[next], "readings", {"ambiguity", "reading", "steps", "live"}, {"tree", "value", "witnesses", "cover", "not_live"});
        if (next == entries.size() || entries[next]["ambiguity"] != a.id || entries[next]["reading"] != a.readings[r]) {
          world_.depart(static_cast<int>(i), r);
          const Result direct = world_.conclusion(c);
          require(!contested && direct.definite() && direct.value == value, what, "no proof is given");
          world_.depart(-1, -1);
          continue;
        }
        const std::size_t place = std::max<std::size_t>(listed, 1);
        const Shown shown = reading(c, static_cast<int>(i), r, entries[next++], place < claimed.size() ? claimed[place] : Json());
        const bool differs = !shown.not_live && (shown.varies || shown.value != value);
        require(contested || !differs, what, "gives another value, so the conclusion is contested");
        differ = differ || differs;
        if (!contested || shown.not_live || (!differs && !a.named[c.first])) continue;
        require(shown.live, what, "is not shown to be live, nor the contrary");
        if (listed == 0) check_entry(c, claimed, listed++, a, a.usual, {true, false, false, value});
        check_entry(c, claimed, listed++, a, r, shown);
        all.insert(all.end(), shown.possible.begin(), shown.possible.end());
      }
    }
    require(next == entries.size(), "readings", "an entry of the proof is out of place");
    require(listed == claimed.size(), "readings", "one is listed that should not be");
    require(differ == contested, "status", "no reading gives another value");
    std::sort(all.begin(), all.end(), before);
    all.erase(std::unique(all.begin(), all.end()), all.end());
    require(all == possible, "possible", "is not what the readings give");
  }
  static void check_entry(const Conclusion& c, const Json& claimed, std::size_t place, const Ambiguity& a, int reading, const Shown& shown) {
    const std::string what = "readings entry " + a.id + " " + a.readings[reading];
    require(place < claimed.size(), what, "is not listed");
    const Json& entry = claimed[place];
    require_keys(entry, what, {"ambiguity", "reading", "value"}, {"default", "possible"});
    require(entry["ambiguity"] == a.id && entry["reading"] == a.readings[reading], what, "should stand here");
    require(entry.value("default", Json()) == (reading == a.usual ? Json(true) : Json()), what, "is wrong about the default");
    require(entry.contains("possible") == shown.varies, what, "has 'possible' exactly when the value varies");
    require(shown.varies ? entry["value"].is_null() : read_value(c.type, entry["value"]) == shown.value, what, "has another value");
  }

  // Whether the conclusion rests on legal state carried on past its last check.
  void projected(const Conclusion& c, const Json& claimed) {
    std::vector<std::pair<int, Knowledge>> late;
    std::vector<bool> seeds(law_.rules.size(), false);
    for (int f = 0; f < static_cast<int>(law_.facts.size()); ++f) {
      if (!law_.facts[f].state || given_.contains(law_.facts[f].partner) || law_.facts[f].checked >= law_.as_of) continue;
      late.emplace_back(f, world_.fact(f));
      for (std::size_t r = 0; r < seeds.size(); ++r) seeds[r] = seeds[r] || law_.rules[r].reads_facts.contains(f);
    }
    bool rests = false, all = true;
    if (law_.depending_on(seeds)[c.first]) {
      for (const auto& [f, k] : late) world_.know(f, nothing_known({}));
      std::vector<Leaf> leaves;
      int steps = cover_steps;
      all = cases_.explore([&] { return world_.conclusion(c); }, [&](const Result& r) {
        leaves.push_back(cases_.leaf(r));
        return leaves.size() <= leaf_limit;
      }, steps);
      for (const auto& [f, k] : late) world_.know(f, k);
      std::set<int> asked;
      for (int f = 0; f < static_cast<int>(law_.facts.size()); ++f)
        if (!law_.facts[f].state) asked.insert(f);
      rests = !cases_.decided_by(asked, leaves);
    }
    if (!all && !rests) unproven_.insert(c.id + ".projected");
    else require(claimed == (rests ? Json(true) : Json()), "projected", rests ? "it must stand" : "it must not stand");
  }

  const Law& law_;
  const std::map<int, Value>& given_;
  World world_;
  Proof cases_;
  Scope top_;
  std::map<std::string, int> counts_;
  std::set<std::string> unproven_;
};

Verdict guarded(const std::function<std::string()>& accept) try {
  return {0, accept()};
} catch (const Refused& r) {
  return {1, "refused: " + (r.conclusion.empty() ? "" : r.conclusion + ": ") + r.step + ": " + r.why};
} catch (const Unreadable& u) {
  return {65, u.message};
} catch (const std::exception& e) {
  return {65, e.what()};
}

std::string accept(const LawFiles& files, const Source& facts, const Source& source) {
  const Json answer = read_answer(source);
  for (const char* key : {"as_of", "conclusions", "assumed", "proofs"})
    require(answer.is_object() && answer.contains(key), key, "is absent");
  const Json& proofs = answer["proofs"];
  require_keys(proofs, "proofs", {"format", "law", "as_of", "steps", "conclusions"});
  const std::string hash = files.hash();
  require(proofs["format"] == 1, "format", "is not 1");
  require(proofs["law"] == hash && answer.value("law_sha256", Json(hash)) == hash, "law", "the hash is not that of these rule files");
  const auto as_of = answer["as_of"].is_string() ? parse_day(answer["as_of"].get<std::string>()) : std::nullopt;
  require(as_of && proofs["as_of"] == answer["as_of"], "as_of", "is no day, or not that of the proofs");
  require(answer["conclusions"].is_object() && proofs["conclusions"].is_object(), "conclusions", "is no object");
  const Law law = parse_law(files, *as_of);
  return Checker(law, read_facts(law, facts)).run(answer);
}

}  // namespace

Verdict check(const LawFiles& law, const Source& facts, const Source& answer) {
  return guarded([&] { return accept(law, facts, answer); });
}
Verdict check_files(const std::filesystem::path& law, const std::filesystem::path& facts, const std::filesystem::path& answer) {
  return guarded([&] { return accept(read_files(law), read_source(facts), read_source(answer)); });
}

}  // namespace duolex::checker
