#include "facts/from_dossier.h"

#include <algorithm>

#include "base/hash.h"
#include "facts/fact_value.h"

namespace duolex::facts {
namespace {

void from_release(const std::optional<Day>& day, const char* id, const rules::RuleBase& base,
                  const dossier::Release& release, DossierFacts& out) {
  const rules::Index fact = base.fact(id);
  if (!day || fact == rules::no_index || out.values[fact] != rules::unknown_value) return;
  out.values[fact] = day->number;
  out.known.push_back({fact, {"document", "", "release " + release.version, "", std::nullopt}, 0});
}

void check_readings(const dossier::Dossier& dossier, const rules::RuleBase& base, Diagnostics& errors) {
  for (const dossier::ReadingChoice& choice : dossier.readings) {
    const auto complain = [&](const std::string& what, const std::vector<std::string>& known, const std::string& word) {
      const std::string near = nearest_name(word, known);
      errors.push_back(error_at(dossier.file, dossier.bytes, choice.span.begin, choice.span.end, what,
                                near.empty() ? "" : "did you mean '" + near + "'?"));
    };
    std::vector<std::string> ids;
    for (const rules::Ambiguity& a : base.ambiguities) ids.push_back(a.id);
    const auto at = std::find(ids.begin(), ids.end(), choice.ambiguity);
    if (at == ids.end()) {
      complain("there is no ambiguity '" + choice.ambiguity + "'", ids, choice.ambiguity);
      continue;
    }
    std::vector<std::string> readings;
    for (const rules::Reading& r : base.ambiguities[static_cast<std::size_t>(at - ids.begin())].readings) readings.push_back(r.id);
    if (!choice.reading.empty() && std::find(readings.begin(), readings.end(), choice.reading) == readings.end())
      complain(choice.ambiguity + " has no reading '" + choice.reading + "'", readings, choice.reading);
  }
}

}  // namespace

DossierFacts from_dossier(const dossier::Dossier& dossier, const rules::RuleBase& base, Diagnostics& errors) {
  DossierFacts out;
  out.values.assign(base.facts.size(), rules::unknown_value);
  std::vector<std::string> ids;
  for (const rules::Fact& fact : base.facts) ids.push_back(fact.id);
  for (const dossier::GivenFact& given : dossier.facts) {
    const rules::Index fact = base.fact(given.id);
    if (fact == rules::no_index) {
      const std::string near = nearest_name(given.id, ids);
      errors.push_back(text::error_about(given.key, dossier.bytes, "there is no fact '" + given.id + "'",
                                         near.empty() ? "" : "did you mean '" + near + "'?"));
      continue;
    }
    const Result<rules::Value> value = read_value(base.facts[fact], given.value, dossier.bytes);
    if (!value) {
      errors.insert(errors.end(), value.error().begin(), value.error().end());
      continue;
    }
    out.values[fact] = *value;
    if (*value != rules::unknown_value) out.known.push_back({fact, given.source, given.key.span.line});
  }
  if (!dossier.releases.empty()) {
    from_release(dossier.releases.back().placed_on_market_on, "product.placed_on_market_on", base, dossier.releases.back(), out);
    from_release(dossier.releases.back().support_period_end, "product.support_period_end", base, dossier.releases.back(), out);
  }
  check_readings(dossier, base, errors);
  return out;
}

std::string facts_sha256(const rules::RuleBase& base, const rules::FactValues& facts) {
  std::vector<std::string> lines;
  for (rules::Index f = 0; f < facts.size(); ++f)
    if (facts[f] != rules::unknown_value) lines.push_back(base.facts[f].id + "=" + to_text(base.facts[f].type, facts[f]) + "\n");
  for (const rules::Ambiguity& a : base.ambiguities)
    if (a.taken != a.default_reading) lines.push_back(a.id + "=" + a.readings[a.taken].id + "\n");
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const std::string& line : lines) all += line;
  return sha256_hex(all);
}

}  // namespace duolex::facts
