#include "findings/findings.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "findings/value_json.h"

namespace duolex::findings {
namespace {

using rules::Index;
using rules::RuleBase;

std::vector<std::string> cite_ids(const std::vector<const rules::Cite*>& cites, const CiteNames& names) {
  std::vector<std::string> ids;
  for (const rules::Cite* cite : cites) {
    std::string id = names(cite->provision);
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(std::move(id));
  }
  return ids;
}

std::vector<std::string> cite_ids(const rules::Cites& cites, const CiteNames& names) {
  std::vector<const rules::Cite*> pointers;
  for (const rules::Cite& cite : cites) pointers.push_back(&cite);
  return cite_ids(pointers, names);
}

std::vector<ReadingFinding> readings_of(const RuleBase& base, const rules::Type& type, const rules::Outcome& o) {
  std::vector<ReadingFinding> result;
  for (const rules::ReadingOutcome& r : o.readings) {
    const rules::Ambiguity& a = base.ambiguities[r.ambiguity];
    if (result.empty()) {
      const rules::Reading& usual = a.readings[a.taken];
      result.push_back({a.id, usual.id, usual.because, true, false, value_of(type, o.value), {}});
    }
    ReadingFinding f{a.id, a.readings[r.reading].id, a.readings[r.reading].because, false, false, {}, {}};
    f.varies = r.value == rules::unknown_value;
    if (!f.varies) f.value = value_of(type, r.value);
    for (const rules::Value v : r.possible) f.possible.push_back(value_of(type, v));
    result.push_back(std::move(f));
  }
  return result;
}

// The day on which a duty binds this product where that is settled, else the first on which it binds anybody.
std::string first_day(const rules::CompiledLaw& law, const rules::Duty& duty, const std::vector<Finding>& conclusions) {
  const RuleBase& base = law.base();
  if (duty.from_by != rules::no_index)
    for (const Finding& f : conclusions)
      if (f.conclusion == base.rules[duty.from_by].id && f.value.kind == Value::Kind::date) return f.value.word;
  return duty.from ? to_string(base.day_at(*duty.from, law.as_of())) : "";
}

Finding finding_of(const RuleBase& base, Index rule, const rules::Outcome& o, const CiteNames& names) {
  const rules::Rule& r = base.rules[rule];
  Finding f;
  f.conclusion = r.id;
  f.label = r.label.empty() ? r.id : r.label;
  f.status = o.status;
  f.value = value_of(r.type, o.value);
  for (const rules::Value v : o.possible) f.possible.push_back(value_of(r.type, v));
  f.readings = readings_of(base, r.type, o);
  for (const Index fact : o.missing) f.missing.push_back(base.facts[fact].id);
  f.cites = cite_ids(o.cites, names);
  f.projected = o.projected;
  return f;
}

}  // namespace

Findings find(const rules::CompiledLaw& law, const rules::FactValues& facts, const CiteNames& names) {
  // The decider wants shared ownership; the caller keeps the law alive through this call.
  rules::Decider decider(std::shared_ptr<const rules::CompiledLaw>(std::shared_ptr<void>(), &law));
  return find(decider, law, facts, names);
}

Findings find(rules::Decider& decider, const rules::CompiledLaw& law, const rules::FactValues& facts,
              const CiteNames& names) {
  const RuleBase& base = law.base();
  Findings result;
  result.as_of = law.as_of();
  result.law_sha256 = base.sha256;
  const std::vector<rules::Outcome>& outcomes = decider.decide(facts);
  for (std::size_t i = 0; i < base.conclusions.size(); ++i)
    result.conclusions.push_back(finding_of(base, base.conclusions[i], outcomes[i], names));
  result.assumed = assumed(base, facts);

  using Holds = rules::Decider::Holds;
  const std::vector<Holds> warnings = decider.warnings(facts);
  for (std::size_t i = 0; i < warnings.size(); ++i)
    if (warnings[i] == Holds::yes)
      result.warnings.push_back({"", base.warnings[i].text, cite_ids(base.warnings[i].cites, names), true});
  const std::vector<Holds> notes = decider.notes(facts);
  for (std::size_t i = 0; i < notes.size(); ++i) {
    if (notes[i] == Holds::no) continue;
    const rules::Note& note = base.notes[i];
    result.notes.push_back({note.id, note.text, cite_ids(note.cites, names), notes[i] == Holds::yes});
    for (const Index rule : note.on)
      for (std::size_t c = 0; c < base.conclusions.size(); ++c)
        if (base.conclusions[c] == rule) result.conclusions[c].notes.push_back(note.id);
  }
  const std::vector<Holds> duties = decider.duties(facts);
  for (std::size_t i = 0; i < duties.size(); ++i) {
    if (duties[i] == Holds::no) continue;
    const rules::Duty& duty = base.duties[i];
    result.duties.push_back({duty.id, duty.text, duty.binds, duty.stage,
                             first_day(law, duty, result.conclusions),
                             cite_ids(duty.cites, names), duties[i] == Holds::yes});
  }
  return result;
}

std::vector<std::string> assumed(const RuleBase& base, const rules::FactValues& facts) {
  std::vector<std::string> ids;
  for (Index f = 0; f < base.facts.size(); ++f) {
    const bool given = facts[f] != rules::unknown_value;
    const rules::Fact& fact = base.facts[f];
    if ((fact.assumed && !given) || (fact.overrides_state != rules::no_index && given)) ids.push_back(fact.id);
  }
  return ids;
}

const Finding& Findings::operator[](const std::string& conclusion) const {
  for (const Finding& f : conclusions)
    if (f.conclusion == conclusion) return f;
  std::abort();
}

int Findings::exit_code() const {
  int code = 0;
  for (const Finding& f : conclusions) {
    if (f.status == rules::Status::unknown) return 2;
    if (f.status == rules::Status::contested) code = 1;
  }
  return code;
}

nlohmann::ordered_json to_json(const Finding& f) {
  static const char* const names[] = {"settled", "unknown", "contested"};
  nlohmann::ordered_json j;
  j["status"] = names[static_cast<int>(f.status)];
  j["value"] = to_json(f.value);
  j["possible"] = nlohmann::ordered_json::array();
  for (const Value& v : f.possible) j["possible"].push_back(to_json(v));
  j["readings"] = nlohmann::ordered_json::array();
  for (const ReadingFinding& r : f.readings) {
    nlohmann::ordered_json entry;
    entry["ambiguity"] = r.ambiguity;
    entry["reading"] = r.reading;
    entry["value"] = to_json(r.value);
    if (r.is_default) entry["default"] = true;
    if (r.varies) {
      entry["possible"] = nlohmann::ordered_json::array();
      for (const Value& v : r.possible) entry["possible"].push_back(to_json(v));
    }
    j["readings"].push_back(std::move(entry));
  }
  j["missing"] = f.missing;
  j["cites"] = f.cites;
  if (!f.notes.empty()) j["notes"] = f.notes;
  if (f.projected) j["projected"] = true;
  return j;
}

nlohmann::ordered_json to_json(const Findings& findings) {
  nlohmann::ordered_json j;
  j["as_of"] = to_string(findings.as_of);
  j["conclusions"] = nlohmann::ordered_json::object();
  for (const Finding& f : findings.conclusions) j["conclusions"][f.conclusion] = to_json(f);
  j["assumed"] = findings.assumed;
  const auto shown = [](const std::vector<ShownNote>& notes) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const ShownNote& n : notes) {
      nlohmann::ordered_json entry;
      if (!n.id.empty()) entry["id"] = n.id;
      entry["text"] = n.text;
      entry["cites"] = n.cites;
      list.push_back(std::move(entry));
    }
    return list;
  };
  j["warnings"] = shown(findings.warnings);
  j["notes"] = shown(findings.notes);
  j["law_sha256"] = findings.law_sha256;
  return j;
}

}  // namespace duolex::findings
