#include "case_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace duolex::cases {
namespace {

using rules::Kind;
using rules::RuleBase;
using rules::Type;
using rules::Value;

struct BadCase {
  std::string message;
  int line;
};

[[noreturn]] void bad(const YAML::Node& node, const std::string& message) {
  throw BadCase{message, node.Mark().line + 1};
}

Value scalar_value(const Type& type, const YAML::Node& node) {
  if (node.IsNull()) return rules::null_value;
  if (!node.IsScalar()) bad(node, "expected a single value");
  const std::string& text = node.Scalar();
  switch (type.kind) {
    case Kind::yes_no:
      if (text == "true") return 1;
      if (text == "false") return 0;
      bad(node, "expected true or false, not '" + text + "'");
    case Kind::one_of:
    case Kind::set_of: {
      const auto at = std::find(type.values.begin(), type.values.end(), text);
      if (at == type.values.end()) bad(node, "there is no value '" + text + "'");
      return at - type.values.begin();
    }
    case Kind::date: {
      if (text == "never") return rules::never_value;
      const auto day = parse_day(text);
      if (!day) bad(node, "'" + text + "' is not a date");
      return day->number;
    }
    case Kind::whole:
      return node.as<long long>();
  }
  return 0;
}

Value value_of(const Type& type, const YAML::Node& node) {
  if (type.kind != Kind::set_of) return scalar_value(type, node);
  if (!node.IsSequence()) bad(node, "expected a list");
  std::uint64_t mask = 0;
  for (const YAML::Node& item : node) mask |= std::uint64_t{1} << scalar_value(type, item);
  return static_cast<Value>(mask);
}

// By words that one warning has and no other.
std::vector<rules::Index> read_warnings(const YAML::Node& node, const RuleBase& base) {
  std::vector<rules::Index> warnings;
  for (const YAML::Node& item : node) {
    std::vector<rules::Index> found;
    for (rules::Index w = 0; w < base.warnings.size(); ++w)
      if (base.warnings[w].text.find(item.Scalar()) != std::string::npos) found.push_back(w);
    if (found.size() != 1) bad(item, std::to_string(found.size()) + " warnings have the words '" + item.Scalar() + "'");
    warnings.push_back(found[0]);
  }
  return warnings;
}

// The products of the file, else those of products.yaml beside it.
struct Products {
  YAML::Node own, shared;
  YAML::Node find(const YAML::Node& name) const {
    for (const YAML::Node& map : {own, shared})
      if (map && map.IsMap() && map[name.Scalar()]) return map[name.Scalar()];
    bad(name, "there is no product '" + name.Scalar() + "'");
  }
};

void read_facts(const YAML::Node& node, const Products& products, const RuleBase& base, rules::FactValues& facts,
                int depth = 0) {
  if (depth > 8) bad(node, "products that are like one another");
  if (node["like"]) read_facts(products.find(node["like"]), products, base, facts, depth + 1);
  std::set<std::string> seen;
  for (const auto& pair : node) {
    const std::string id = pair.first.Scalar();
    if (id == "like") continue;
    if (!seen.insert(id).second) bad(pair.first, "the fact '" + id + "' is given twice");
    const rules::Index fact = base.fact(id);
    if (fact == rules::no_index) bad(pair.first, "there is no fact '" + id + "'");
    facts[fact] = pair.second.IsNull() ? rules::unknown_value : value_of(base.facts[fact].type, pair.second);
  }
}

WantedReading read_reading(const Type& type, const YAML::Node& node) {
  WantedReading wanted;
  if (node.IsMap()) {
    if (node.size() != 1 || !node["varies"]) bad(node, "expected a value, or varies with a list of values");
    for (const YAML::Node& item : node["varies"]) wanted.possible.push_back(value_of(type, item));
    std::sort(wanted.possible.begin(), wanted.possible.end());
  } else {
    wanted.value = value_of(type, node);
    wanted.possible.push_back(wanted.value);
  }
  return wanted;
}

Expectation read_expectation(const std::string& id, const YAML::Node& key, const YAML::Node& node,
                             const RuleBase& base) {
  const rules::Index rule = base.rule(id);
  if (rule == rules::no_index || !base.rules[rule].is_conclusion) bad(key, "there is no conclusion '" + id + "'");
  const Type& type = base.rules[rule].type;
  Expectation e;
  e.conclusion = id;
  e.line = key.Mark().line + 1;
  if (!node.IsMap()) {
    e.value = value_of(type, node);
    return e;
  }
  for (const auto& pair : node) {
    const std::string what = pair.first.Scalar();
    if (what == "unknown") {
      e.status = rules::Status::unknown;
      for (const YAML::Node& item : pair.second) e.possible.push_back(value_of(type, item));
    } else if (what == "missing") {
      e.missing.emplace();
      for (const YAML::Node& item : pair.second) {
        if (base.fact(item.Scalar()) == rules::no_index) bad(item, "there is no fact '" + item.Scalar() + "'");
        e.missing->push_back(item.Scalar());
      }
      std::sort(e.missing->begin(), e.missing->end());
    } else if (what == "contested") {
      e.status = rules::Status::contested;
      e.value = value_of(type, pair.second);
    } else if (what == "settled") {
      e.value = value_of(type, pair.second);
    } else if (what == "cites") {
      e.cites.emplace();
      for (const YAML::Node& item : pair.second) e.cites->push_back(item.Scalar());
      std::sort(e.cites->begin(), e.cites->end());
    } else if (what == "readings") {
      e.readings.emplace();
      for (const auto& reading : pair.second) {
        const std::string& ambiguity = reading.first.Scalar();
        if (std::none_of(base.ambiguities.begin(), base.ambiguities.end(),
                         [&](const rules::Ambiguity& a) { return a.id == ambiguity; }))
          bad(reading.first, "there is no ambiguity '" + ambiguity + "'");
        (*e.readings)[ambiguity] = read_reading(type, reading.second);
      }
    } else {
      bad(pair.first, "unknown key '" + what + "'");
    }
  }
  return e;
}

// Where in a list of the rule base the named ones stand, in order.
template <class Declaration>
std::vector<rules::Index> read_ids(const YAML::Node& node, const std::vector<Declaration>& list, const std::string& what) {
  std::vector<rules::Index> found;
  for (const YAML::Node& item : node) {
    const auto at = std::find_if(list.begin(), list.end(), [&](const Declaration& d) { return d.id == item.Scalar(); });
    if (at == list.end()) bad(item, "there is no " + what + " '" + item.Scalar() + "'");
    found.push_back(static_cast<rules::Index>(at - list.begin()));
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<rules::Index> read_notes(const YAML::Node& node, const RuleBase& base) { return read_ids(node, base.notes, "note"); }
std::vector<rules::Index> read_duties(const YAML::Node& node, const RuleBase& base) { return read_ids(node, base.duties, "duty"); }
std::vector<rules::Index> read_items(const YAML::Node& node, const RuleBase& base) { return read_ids(node, base.items, "item"); }

bool is_bound(const rules::Duty& duty, const std::string& whom) {
  const std::string list = ", " + duty.binds + ", ";
  return list.find(", " + whom + ", ") != std::string::npos;
}

Case read_case(const YAML::Node& node, const std::string& file, const Products& products, const RuleBase& base) {
  Case c;
  c.file = file;
  c.line = node.Mark().line + 1;
  c.facts.assign(base.facts.size(), rules::unknown_value);
  for (const auto& pair : node) {
    const std::string key = pair.first.Scalar();
    if (key != "name" && key != "why" && key != "as_of" && key != "like" && key != "facts" && key != "expect" &&
        key != "notes" && key != "no_notes" && key != "warnings" && key != "no_warnings" && key != "duties" &&
        key != "may_bind" && key != "no_duties" && key != "binds_exactly" && key != "items" && key != "no_items")
      bad(pair.first, "unknown key '" + key + "'");
  }
  if (!node["name"] || !node["why"] || !node["as_of"]) bad(node, "a case has name, why and as_of");
  c.name = node["name"].Scalar();
  c.why = node["why"].Scalar();
  const auto day = parse_day(node["as_of"].Scalar());
  if (!day) bad(node["as_of"], "as_of is not a date");
  c.as_of = *day;
  if (node["like"]) {
    if (node["like"].IsSequence()) {
      for (const YAML::Node& name : node["like"]) c.like.push_back(name.Scalar());
      for (const YAML::Node& name : node["like"]) read_facts(products.find(name), products, base, c.facts);
    } else {
      c.like.push_back(node["like"].Scalar());
      read_facts(products.find(node["like"]), products, base, c.facts);
    }
  }
  if (node["notes"]) c.notes = read_notes(node["notes"], base);
  if (node["no_notes"]) c.no_notes = read_notes(node["no_notes"], base);
  if (node["warnings"]) c.warnings = read_warnings(node["warnings"], base);
  if (node["no_warnings"]) c.no_warnings = read_warnings(node["no_warnings"], base);
  if (node["duties"]) c.duties = read_duties(node["duties"], base);
  if (node["may_bind"]) c.may_bind = read_duties(node["may_bind"], base);
  if (node["no_duties"]) c.no_duties = read_duties(node["no_duties"], base);
  if (node["items"]) c.items = read_items(node["items"], base);
  if (node["no_items"]) c.no_items = read_items(node["no_items"], base);
  for (const auto& pair : node["binds_exactly"]) {
    const std::string whom = pair.first.Scalar();
    if (std::none_of(base.duties.begin(), base.duties.end(), [&](const rules::Duty& d) { return is_bound(d, whom); }))
      bad(pair.first, "no duty binds '" + whom + "'");
    c.binds_exactly[whom] = read_duties(pair.second, base);
  }
  if (node["facts"]) read_facts(node["facts"], products, base, c.facts);
  for (const auto& pair : node["expect"])
    c.expect.push_back(read_expectation(pair.first.Scalar(), pair.first, pair.second, base));
  if (c.expect.empty() && c.notes.empty() && c.no_notes.empty() && c.warnings.empty() && c.no_warnings.empty() &&
      c.duties.empty() && c.may_bind.empty() && c.no_duties.empty() && c.binds_exactly.empty() && c.items.empty() && c.no_items.empty())
    bad(node, "a case expects something");
  return c;
}

void read_file(const std::filesystem::path& path, const RuleBase& base, std::vector<Case>& cases,
               std::vector<std::string>& errors) {
  try {
    const YAML::Node root = YAML::LoadFile(path.string());
    Products products{root["products"], {}};
    const std::filesystem::path beside = path.parent_path() / "products.yaml";
    if (path != beside && std::filesystem::exists(beside)) products.shared = YAML::LoadFile(beside.string())["products"];
    for (const YAML::Node& node : root["cases"]) {
      try {
        cases.push_back(read_case(node, path.string(), products, base));
      } catch (const BadCase& e) {
        errors.push_back(path.string() + ":" + std::to_string(e.line) + ": " + e.message);
      }
    }
  } catch (const YAML::Exception& e) {
    errors.push_back(path.string() + ":" + std::to_string(e.mark.line + 1) + ": " + e.msg);
  }
}

std::string show(const RuleBase& base, const Type& type, const rules::Outcome& o) {
  std::string text;
  if (o.status == rules::Status::settled) return "settled " + to_text(type, o.value);
  text = o.status == rules::Status::unknown ? "unknown {" : "contested " + to_text(type, o.value) + " {";
  for (const Value v : o.possible) text += " " + to_text(type, v);
  text += " }";
  if (o.status == rules::Status::unknown) {
    text += " missing {";
    for (const rules::Index f : o.missing) text += " " + base.facts[f].id;
    text += " }";
  }
  for (const auto& r : o.readings)
    text += " " + base.ambiguities[r.ambiguity].id + ":" +
            (r.value == rules::unknown_value ? "varies" : to_text(type, r.value));
  return text;
}

// Exactly the readings that the case names, and in `possible` exactly what they and the default give.
bool readings_hold(const Expectation& e, const RuleBase& base, const Type& type, const rules::Outcome& o,
                   std::string& wanted) {
  bool ok = e.readings->size() == o.readings.size();
  std::set<Value> possible{e.value};
  for (const auto& [ambiguity, reading] : *e.readings) {
    wanted += " " + ambiguity + ":" + (reading.value == rules::unknown_value ? "varies" : to_text(type, reading.value));
    possible.insert(reading.possible.begin(), reading.possible.end());
    ok = ok && std::any_of(o.readings.begin(), o.readings.end(), [&, &id = ambiguity, &want = reading](const auto& r) {
           std::vector<Value> have = r.possible;
           std::sort(have.begin(), have.end());
           return base.ambiguities[r.ambiguity].id == id && r.value == want.value && have == want.possible;
         });
  }
  return ok && possible == std::set<Value>(o.possible.begin(), o.possible.end());
}

}  // namespace

std::vector<Case> read_cases(const std::filesystem::path& where, const RuleBase& base,
                             std::vector<std::string>& errors) {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(where)) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(where))
      if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  } else {
    files.push_back(where);
  }
  std::sort(files.begin(), files.end());
  std::vector<Case> cases;
  for (const auto& file : files) read_file(file, base, cases, errors);
  return cases;
}

std::vector<std::string> check(const Case& c, const RuleBase& base, const std::vector<rules::Outcome>& outcomes) {
  std::vector<std::string> wrong;
  for (const Expectation& e : c.expect) {
    const rules::Index rule = base.rule(e.conclusion);
    const auto at = std::find(base.conclusions.begin(), base.conclusions.end(), rule);
    const rules::Outcome& o = outcomes[static_cast<std::size_t>(at - base.conclusions.begin())];
    const Type& type = base.rules[rule].type;
    bool ok = o.status == e.status;
    std::string wanted;
    if (e.status == rules::Status::unknown) {
      std::vector<Value> want = e.possible;
      std::sort(want.begin(), want.end());
      std::vector<Value> have = o.possible;
      std::sort(have.begin(), have.end());
      ok = ok && (want.empty() || want == have);
      wanted = "unknown";
      for (const Value v : e.possible) wanted += " " + to_text(type, v);
      if (e.missing) {
        std::vector<std::string> missing;
        for (const rules::Index f : o.missing) missing.push_back(base.facts[f].id);
        std::sort(missing.begin(), missing.end());
        ok = ok && missing == *e.missing;
        wanted += " missing";
        for (const std::string& id : *e.missing) wanted += " " + id;
      }
    } else {
      ok = ok && o.value == e.value;
      wanted = (e.status == rules::Status::settled ? "settled " : "contested ") + to_text(type, e.value);
      if (e.readings) ok = readings_hold(e, base, type, o, wanted) && ok;
    }
    std::string found = show(base, type, o);
    if (e.cites) {
      std::vector<std::string> have;
      for (const rules::Cite* cite : o.cites) have.push_back(cite->provision);
      std::sort(have.begin(), have.end());
      ok = ok && have == *e.cites;
      for (const std::string& id : *e.cites) wanted += " " + id;
      for (const std::string& id : have) found += " " + id;
    }
    if (!ok)
      wrong.push_back(c.file + ":" + std::to_string(e.line) + ": " + c.name + "\n    " + e.conclusion +
                      "\n      the text gives  " + wanted + "\n      the engine finds " + found);
  }
  return wrong;
}

std::vector<std::string> check_notes(const Case& c, const RuleBase& base, rules::Decider& decider) {
  using Holds = rules::Decider::Holds;
  std::vector<std::string> wrong;
  const std::string at = c.file + ":" + std::to_string(c.line) + ": " + c.name + "\n    ";
  const std::vector<Holds> notes = decider.notes(c.facts), warnings = decider.warnings(c.facts);
  for (const rules::Index n : c.notes)
    if (notes[n] != Holds::yes) wrong.push_back(at + "note " + base.notes[n].id + " is not shown");
  for (const rules::Index n : c.no_notes)
    if (notes[n] != Holds::no) wrong.push_back(at + "note " + base.notes[n].id + " is shown");
  for (const rules::Index w : c.warnings)
    if (warnings[w] != Holds::yes) wrong.push_back(at + "no warning '" + base.warnings[w].text + "'");
  for (const rules::Index w : c.no_warnings)
    if (warnings[w] != Holds::no) wrong.push_back(at + "warning '" + base.warnings[w].text + "'");
  return wrong;
}

std::vector<std::string> check_items(const Case& c, const RuleBase& base, const std::vector<rules::Decider::Holds>& by_item) {
  using Holds = rules::Decider::Holds;
  std::vector<std::string> wrong;
  const std::string at = c.file + ":" + std::to_string(c.line) + ": " + c.name + "\n    item ";
  for (const rules::Index i : c.items)
    if (by_item[i] != Holds::yes) wrong.push_back(at + base.items[i].id + " is not there for certain");
  for (const rules::Index i : c.no_items)
    if (by_item[i] != Holds::no) wrong.push_back(at + base.items[i].id + " is there");
  return wrong;
}

std::vector<std::string> check_duties(const Case& c, const RuleBase& base,
                                      const std::vector<rules::Decider::Holds>& by_duty) {
  using Holds = rules::Decider::Holds;
  std::vector<std::string> wrong;
  const std::string at = c.file + ":" + std::to_string(c.line) + ": " + c.name + "\n    duty ";
  const auto say = [&](rules::Index d, const char* what) { wrong.push_back(at + base.duties[d].id + what); };
  for (const rules::Index d : c.duties)
    if (by_duty[d] != Holds::yes) say(d, by_duty[d] == Holds::no ? " does not bind" : " binds for some answers only");
  for (const rules::Index d : c.may_bind)
    if (by_duty[d] != Holds::maybe) say(d, by_duty[d] == Holds::no ? " does not bind" : " binds");
  for (const rules::Index d : c.no_duties)
    if (by_duty[d] != Holds::no) say(d, by_duty[d] == Holds::yes ? " binds" : " binds for some answers");
  for (const auto& [whom, all] : c.binds_exactly)
    for (rules::Index d = 0; d < base.duties.size(); ++d) {
      if (!is_bound(base.duties[d], whom)) continue;
      const bool wanted = std::binary_search(all.begin(), all.end(), d);
      if (wanted && by_duty[d] != Holds::yes) say(d, (" does not bind the " + whom).c_str());
      if (!wanted && by_duty[d] != Holds::no) say(d, (" binds the " + whom + " as well").c_str());
    }
  return wrong;
}

std::vector<rules::SourceFile> read_law(const std::filesystem::path& folder) {
  std::vector<rules::SourceFile> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".law") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    files.push_back({std::filesystem::relative(entry.path(), folder).generic_string(), text.str()});
  }
  return files;
}

}  // namespace duolex::cases
