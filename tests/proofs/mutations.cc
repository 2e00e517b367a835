#include "mutations.h"

#include <algorithm>
#include <set>

#include "products.h"

namespace duolex::proofs {
namespace {

using Json = nlohmann::ordered_json;
using Pointer = Json::json_pointer;
constexpr const char* other_cite = "CRA/art/71";  // entry into force: the ground of no conclusion

class Mutator {
 public:
  Mutator(const Json& answer, std::size_t each) : answer_(answer), each_(each) {}

  std::vector<Mutation> run() {
    around();
    for (const auto& [id, c] : answer_["conclusions"].items()) {
      const Pointer at = Pointer("/conclusions") / id, proof = Pointer("/proofs/conclusions") / id;
      claims(at, c);
      witnesses(proof, c);
      readings(at, proof, c);
      const Json& proven = answer_.at(proof);
      if (proven.contains("tree")) tree(proof / "tree", proven["tree"]);
    }
    steps(Pointer("/proofs/steps"), used_in_default());
    return sampled();
  }

 private:
  void add(const std::string& kind, const Pointer& at, std::function<void(Json&)> change) {
    found_[kind].push_back({kind + " at " + at.to_string(), [at, change](Json& j) { change(j.at(at)); }});
  }
  std::vector<Mutation> sampled() const {
    std::vector<Mutation> result;
    for (const auto& [kind, all] : found_)
      for (std::size_t i = 0; i < std::min(each_, all.size()); ++i) result.push_back(all[i * all.size() / std::min(each_, all.size())]);
    return result;
  }

  // A different value of the same shape, wherever that may stand.
  static Json another(const Json& value) {
    if (value.is_boolean()) return !value.get<bool>();
    if (value.is_null()) return "2027-01-01";
    if (value.is_string() && value.get<std::string>().starts_with("20")) return value == "2027-06-30" ? "2027-06-29" : "2027-06-30";
    if (value.is_string()) return value == "none" ? "not_applicable" : "none";
    if (value.is_array() && value.empty()) return Json::array({"module_a"});
    if (value.is_array()) return Json(value.begin() + 1, value.end());
    return value == 0 ? 1 : 0;
  }
  static void add_to(Json& list, const Json& element) { list.push_back(element); }

  // What frames the conclusions: each key has one right value.
  void around() {
    const Pointer root;
    add("law hash of the proofs", root / "proofs" / "law", [](Json& j) { j = std::string(64, 'a'); });
    add("law hash of the answer", root / "law_sha256", [](Json& j) { j = std::string(64, '0'); });
    add("as_of of the answer alone", root / "as_of", [](Json& j) { j = "2026-01-31"; });
    add("as_of of the proofs alone", root / "proofs" / "as_of", [](Json& j) { j = "2026-01-31"; });
    add("as_of no day", root / "as_of", [](Json& j) { j = "2026-02-30"; });
    add("format", root / "proofs" / "format", [](Json& j) { j = 2; });
    add("an unknown key", root / "proofs", [](Json& j) { j["hints"] = true; });
    add("the proofs gone", root, [](Json& j) { j.erase("proofs"); });
    add("assumed fact added", root / "assumed", [](Json& j) { j.push_back("product.is_product"); });
    for (std::size_t i = 0; i < answer_["assumed"].size(); ++i)
      add("assumed fact dropped", root / "assumed", [i](Json& j) { j.erase(i); });
    for (const char* what : {"conclusions", "proofs"})
      for (const auto& [id, c] : answer_["conclusions"].items()) {
        const Pointer at = std::string(what) == "proofs" ? root / "proofs" / "conclusions" : root / what;
        add(std::string("conclusion dropped from ") + what, at, [id = id](Json& j) { j.erase(id); });
        add(std::string("conclusion added to ") + what, at, [id = id](Json& j) { j[id + "_too"] = j[id]; });
      }
  }

  // What a conclusion claims is one thing for one product.
  void claims(const Pointer& at, const Json& c) {
    for (const char* status : {"settled", "unknown", "contested"})
      if (c["status"] != status) add("status changed", at / "status", [status](Json& j) { j = status; });
    if (c["status"] == "unknown") add("a value where there is none", at / "value", [c](Json& j) { j = c["possible"].empty() ? Json("2027-01-01") : c["possible"][0]; });
    else add("value changed", at / "value", [](Json& j) { j = another(j); });
    for (std::size_t i = 0; i < c["possible"].size(); ++i) {
      add("possible value dropped", at / "possible", [i](Json& j) { j.erase(i); });
      add("possible value doubled", at / "possible", [i](Json& j) { add_to(j, Json(j[i])); });
      if (i > 0) add("possible values out of order", at / "possible", [i](Json& j) { std::swap(j[i - 1], j[i]); });
    }
    if (c["possible"].size() == 1) add("possible value changed", at / "possible" / 0, [](Json& j) { j = another(j); });
    const Json& missing = c["missing"];
    for (std::size_t i = 0; i < missing.size(); ++i) {
      add("missing fact dropped", at / "missing", [i](Json& j) { j.erase(i); });
      add("missing fact doubled", at / "missing", [i](Json& j) { add_to(j, Json(j[i])); });
    }
    for (const auto& fact : the_law().base.facts)
      if (std::find(missing.begin(), missing.end(), Json(fact.id)) == missing.end())
        add("missing fact added", at / "missing", [id = fact.id](Json& j) { j.push_back(id); });
    for (std::size_t i = 0; i < c["cites"].size(); ++i) {
      add("citation dropped", at / "cites", [i](Json& j) { j.erase(i); });
      add("citation changed", at / "cites" / i, [](Json& j) { j = other_cite; });
      add("citation doubled", at / "cites", [i](Json& j) { add_to(j, Json(j[i])); });
    }
    add("citation added", at / "cites", [](Json& j) { j.push_back(other_cite); });
    add("reading added", at / "readings", [](Json& j) { j.push_back({{"ambiguity", "A4"}, {"reading", "literal"}, {"value", true}}); });
    if (c.contains("projected")) add("projected dropped", at, [](Json& j) { j.erase("projected"); });
    else add("projected added", at, [](Json& j) { j["projected"] = true; });
    add("an unknown key in a conclusion", at, [](Json& j) { j["certainty"] = "high"; });
  }

  // Witnesses have different values, so that one's supposition gives another's value never.
  void witnesses(const Pointer& proof, const Json& c) {
    const Json& proven = answer_.at(proof);
    if (!proven.contains("witnesses")) return;
    const Json& list = proven["witnesses"];
    for (std::size_t i = 0; i < list.size(); ++i) {
      add("witness of another value", proof / "witnesses" / i / "value", [v = list[(i + 1) % list.size()]["value"]](Json& j) { j = v; });
      add("witness of another's supposition", proof / "witnesses" / i / "with", [w = list[(i + 1) % list.size()]["with"]](Json& j) { j = w; });
      add("witness supposes what it may not", proof / "witnesses" / i / "with", [](Json& j) { j["cra.act_8_1"] = true; });
      if (!list[i]["with"].empty()) add("witness that supposes nothing", proof / "witnesses" / i / "with", [](Json& j) { j = Json::object(); });
      if (c["possible"].size() <= 16) add("witness dropped", proof / "witnesses", [i](Json& j) { j.erase(i); });
    }
  }

  void readings(const Pointer& at, const Pointer& proof, const Json& c) {
    for (std::size_t i = 0; i < c["readings"].size(); ++i) {
      add("reading dropped", at / "readings", [i](Json& j) { j.erase(i); });
      add("reading's ambiguity changed", at / "readings" / i / "ambiguity", [](Json& j) { j = "A99"; });
      add("reading's name changed", at / "readings" / i / "reading", [](Json& j) { j = "liberal"; });
      add("reading's value changed", at / "readings" / i / "value", [](Json& j) { j = another(j); });
      if (i == 0) add("reading no longer the default", at / "readings" / i, [](Json& j) { j.erase("default"); });
      else add("another default reading", at / "readings" / i, [](Json& j) { j["default"] = true; });
      if (i > 0) add("readings out of order", at / "readings", [i](Json& j) { std::swap(j[i - 1], j[i]); });
      if (!c["readings"][i].contains("possible")) add("reading that varies", at / "readings" / i, [](Json& j) { j["possible"] = Json::array({j["value"]}); });
    }
    const Json& proven = answer_.at(proof);
    if (!proven.contains("readings")) return;
    for (std::size_t i = 0; i < proven["readings"].size(); ++i) {
      const Pointer entry = proof / "readings" / i;
      const Json& e = proven["readings"][i];
      add("proof of a reading dropped", proof / "readings", [i](Json& j) { j.erase(i); });
      add("proof of another reading", entry / "reading", [](Json& j) { j = "liberal"; });
      if (e.contains("tree") && e["tree"] == "steps") steps(entry / "steps", {});
    }
  }

  // Steps that a tree or another step rests on: those of conclusions with a tree, and what they use in turn.
  std::set<std::string> used_in_default() const {
    const Json& steps = answer_["proofs"]["steps"];
    std::vector<std::string> left;
    for (const auto& [id, proof] : answer_["proofs"]["conclusions"].items())
      for (const auto& [key, step] : steps.items())
        if (proof.contains("tree") && proof["tree"] == "steps" && (key == id || key.starts_with(id + " has "))) left.push_back(key);
    std::set<std::string> used;
    while (!left.empty()) {
      const std::string key = left.back();
      left.pop_back();
      if (!steps.contains(key) || !used.insert(key).second) continue;
      for (const auto& [name, value] : steps[key]["uses"].items()) left.push_back(name);
    }
    return used;
  }
  void steps(const Pointer& at, const std::set<std::string>& used) {
    for (const auto& [key, step] : answer_.at(at).items()) {
      const Pointer s = at / key;
      add("step's value changed", s / "value", [](Json& j) { j = another(j); });
      // No rule has this many clauses; whether another label fits as well is so left aside.
      add("step's label changed", s / "by", [](Json& j) { j = "clause 99"; });
      add("step's label emptied", s / "by", [](Json& j) { j = nullptr; });
      add("step's citation added", s / "cites", [](Json& j) { j.push_back(other_cite); });
      for (std::size_t i = 0; i < step["cites"].size(); ++i) {
        add("step's citation changed", s / "cites" / i, [](Json& j) { j = other_cite; });
        add("step's citation dropped", s / "cites", [i](Json& j) { j.erase(i); });
      }
      // The engine writes uses only where the rule's text alone does not decide.
      if (!step["uses"].empty()) add("step that uses nothing", s / "uses", [](Json& j) { j = Json::object(); });
      for (const auto& [name, value] : step["uses"].items())
        add("use of another value", s / "uses" / name, [](Json& j) { j = another(j); });
      add("use of what the rule does not read", s / "uses", [](Json& j) { j["product.no_such_fact"] = true; });
      add("step lacks its label", s, [](Json& j) { j.erase("by"); });
      add("step of no rule", at, [key = key](Json& j) { j[key + "_too"] = j[key]; });
      if (used.contains(key)) add("used step dropped", at, [key = key](Json& j) { j.erase(key); });
    }
  }

  void tree(const Pointer& at, const Json& node) {
    if (!node.is_object()) return;
    add("split of a known fact or state", at / "split", [](Json& j) { j = "cra.act_8_1"; });
    add("cases of a split gone", at / "cases", [](Json& j) { j = Json::array(); });
    for (std::size_t i = 0; i < node["cases"].size(); ++i) {
      const Pointer one = at / "cases" / i;
      add("case dropped", at / "cases", [i](Json& j) { j.erase(i); });
      add("case doubled", at / "cases", [i](Json& j) { add_to(j, Json(j[i])); });
      add("case like another", one / "is", [other = node["cases"][(i + 1) % node["cases"].size()]["is"]](Json& j) { j = other; });
      if (node["cases"][i]["tree"] == "steps") add("case without steps", one / "steps", [](Json& j) { j = Json::object(); });
      add("case's steps no object", one / "steps", [](Json& j) { j = Json::array(); });
      steps(one / "steps", {});
      tree(one / "tree", node["cases"][i]["tree"]);
    }
  }

  const Json& answer_;
  std::size_t each_;
  std::map<std::string, std::vector<Mutation>> found_;
};

}  // namespace

std::vector<Mutation> mutations_of(const nlohmann::ordered_json& answer, std::size_t each) {
  return Mutator(answer, each).run();
}

}  // namespace duolex::proofs
