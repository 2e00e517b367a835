#include "vulnerabilities/cvss/cvss.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "vulnerabilities/cvss/editions.h"

namespace duolex::vulnerabilities::cvss {
namespace {

using Values = std::vector<std::pair<const char*, const char*>>;

Values with_x(Values values) {
  values.insert(values.begin(), {"X", "NOT_DEFINED"});
  return values;
}

const std::vector<Metric>& metrics_of_3() {
  static const Values requirement = {{"X", "NOT_DEFINED"}, {"H", "HIGH"}, {"M", "MEDIUM"}, {"L", "LOW"}}, impact = {{"H", "HIGH"}, {"L", "LOW"}, {"N", "NONE"}};
  static const Values attack = {{"N", "NETWORK"}, {"A", "ADJACENT_NETWORK"}, {"L", "LOCAL"}, {"P", "PHYSICAL"}}, high_low = {{"H", "HIGH"}, {"L", "LOW"}},
                      privileges = {{"N", "NONE"}, {"L", "LOW"}, {"H", "HIGH"}}, user = {{"N", "NONE"}, {"R", "REQUIRED"}}, scope = {{"U", "UNCHANGED"}, {"C", "CHANGED"}};
  static const std::vector<Metric> all = {
      {"AV", "attackVector", true, attack},
      {"AC", "attackComplexity", true, high_low},
      {"PR", "privilegesRequired", true, privileges},
      {"UI", "userInteraction", true, user},
      {"S", "scope", true, scope},
      {"C", "confidentialityImpact", true, impact},
      {"I", "integrityImpact", true, impact},
      {"A", "availabilityImpact", true, impact},
      {"E", "exploitCodeMaturity", false, {{"X", "NOT_DEFINED"}, {"U", "UNPROVEN"}, {"P", "PROOF_OF_CONCEPT"}, {"F", "FUNCTIONAL"}, {"H", "HIGH"}}},
      {"RL", "remediationLevel", false, {{"X", "NOT_DEFINED"}, {"O", "OFFICIAL_FIX"}, {"T", "TEMPORARY_FIX"}, {"W", "WORKAROUND"}, {"U", "UNAVAILABLE"}}},
      {"RC", "reportConfidence", false, {{"X", "NOT_DEFINED"}, {"U", "UNKNOWN"}, {"R", "REASONABLE"}, {"C", "CONFIRMED"}}},
      {"CR", "confidentialityRequirement", false, requirement},
      {"IR", "integrityRequirement", false, requirement},
      {"AR", "availabilityRequirement", false, requirement},
      {"MAV", "modifiedAttackVector", false, with_x(attack)},
      {"MAC", "modifiedAttackComplexity", false, with_x(high_low)},
      {"MPR", "modifiedPrivilegesRequired", false, with_x(privileges)},
      {"MUI", "modifiedUserInteraction", false, with_x(user)},
      {"MS", "modifiedScope", false, with_x(scope)},
      {"MC", "modifiedConfidentialityImpact", false, with_x(impact)},
      {"MI", "modifiedIntegrityImpact", false, with_x(impact)},
      {"MA", "modifiedAvailabilityImpact", false, with_x(impact)},
  };
  return all;
}

const std::vector<Metric>& metrics_of_2() {
  static const Values partial = {{"N", "NONE"}, {"P", "PARTIAL"}, {"C", "COMPLETE"}}, weight = {{"L", "LOW"}, {"M", "MEDIUM"}, {"H", "HIGH"}, {"ND", "NOT_DEFINED"}};
  static const std::vector<Metric> all = {
      {"AV", "accessVector", true, {{"L", "LOCAL"}, {"A", "ADJACENT_NETWORK"}, {"N", "NETWORK"}}},
      {"AC", "accessComplexity", true, {{"H", "HIGH"}, {"M", "MEDIUM"}, {"L", "LOW"}}},
      {"Au", "authentication", true, {{"M", "MULTIPLE"}, {"S", "SINGLE"}, {"N", "NONE"}}},
      {"C", "confidentialityImpact", true, partial},
      {"I", "integrityImpact", true, partial},
      {"A", "availabilityImpact", true, partial},
      {"E", "exploitability", false, {{"U", "UNPROVEN"}, {"POC", "PROOF_OF_CONCEPT"}, {"F", "FUNCTIONAL"}, {"H", "HIGH"}, {"ND", "NOT_DEFINED"}}},
      {"RL", "remediationLevel", false, {{"OF", "OFFICIAL_FIX"}, {"TF", "TEMPORARY_FIX"}, {"W", "WORKAROUND"}, {"U", "UNAVAILABLE"}, {"ND", "NOT_DEFINED"}}},
      {"RC", "reportConfidence", false, {{"UC", "UNCONFIRMED"}, {"UR", "UNCORROBORATED"}, {"C", "CONFIRMED"}, {"ND", "NOT_DEFINED"}}},
      {"CDP", "collateralDamagePotential", false, {{"N", "NONE"}, {"L", "LOW"}, {"LM", "LOW_MEDIUM"}, {"MH", "MEDIUM_HIGH"}, {"H", "HIGH"}, {"ND", "NOT_DEFINED"}}},
      {"TD", "targetDistribution", false, {{"N", "NONE"}, {"L", "LOW"}, {"M", "MEDIUM"}, {"H", "HIGH"}, {"ND", "NOT_DEFINED"}}},
      {"CR", "confidentialityRequirement", false, weight},
      {"IR", "integrityRequirement", false, weight},
      {"AR", "availabilityRequirement", false, weight},
  };
  return all;
}

// The weight of a metric's letters; 1 where it is not given.
using Weights = std::map<std::string, double>;
double weight(const Vector& v, const std::string& metric, const Weights& weights) {
  const auto given = v.find(metric);
  if (given == v.end()) return 1;
  const auto found = weights.find(given->second);
  return found == weights.end() ? 1 : found->second;
}

// Up to one decimal, as 3.1 spells it out so that no binary fraction tips it.
double round_up(double x) {
  const auto n = static_cast<long long>(std::llround(x * 100'000));
  return n % 10'000 == 0 ? static_cast<double>(n) / 100'000 : static_cast<double>(n / 10'000 + 1) / 10;
}
double round_near(double x) { return std::round(x * 10 + 1e-9) / 10; }

const Weights& impacts() {
  static const Weights all = {{"H", 0.56}, {"L", 0.22}, {"N", 0}};
  return all;
}

double exploitability(const std::string& av, const std::string& ac, const std::string& pr, const std::string& ui, bool changed) {
  const double vector = av == "N" ? 0.85 : av == "A" ? 0.62 : av == "L" ? 0.55 : 0.2;
  const double privileges = pr == "N" ? 0.85 : pr == "L" ? (changed ? 0.68 : 0.62) : changed ? 0.5 : 0.27;
  return 8.22 * vector * (ac == "L" ? 0.77 : 0.44) * privileges * (ui == "N" ? 0.85 : 0.62);
}

double base_3(double c, double i, double a, bool changed, double exploit) {
  const double iss = 1 - (1 - c) * (1 - i) * (1 - a);
  const double impact_part = changed ? 7.52 * (iss - 0.029) - 3.25 * std::pow(iss - 0.02, 15) : 6.42 * iss;
  return impact_part > 0 ? round_up(std::min((changed ? 1.08 : 1) * (impact_part + exploit), 10.0)) : 0;
}

// Most vectors have the base metrics of 3.x alone, in the order of the standard. A scan rates one for each finding, so
// these are read where they stand.
std::optional<double> plain_base_3(std::string_view vector) {
  constexpr std::string_view form = "CVSS:3.?/AV:?/AC:?/PR:?/UI:?/S:?/C:?/I:?/A:?";
  constexpr std::array<std::string_view, 9> letters = {"01", "NALP", "HL", "NLH", "NR", "UC", "HLN", "HLN", "HLN"};
  if (vector.size() != form.size()) return std::nullopt;
  std::array<char, 9> given{};
  std::size_t at = 0;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] != '?') {
      if (vector[i] != form[i]) return std::nullopt;
    } else if (letters[at].find(given[at] = vector[i]) == std::string_view::npos) {
      return std::nullopt;
    } else {
      ++at;
    }
  }
  const auto impact = [](char c) { return c == 'H' ? 0.56 : c == 'L' ? 0.22 : 0; };
  const auto letter = [&](std::size_t metric) { return std::string(1, given[metric]); };
  const bool changed = given[5] == 'C';
  return base_3(impact(given[6]), impact(given[7]), impact(given[8]), changed, exploitability(letter(1), letter(2), letter(3), letter(4), changed));
}

Scores score_3(Edition edition, const Vector& v) {
  const auto value = [&](const char* metric) { return v.at(metric); };
  const bool changed = value("S") == "C";
  Scores out;
  out.base = base_3(weight(v, "C", impacts()), weight(v, "I", impacts()), weight(v, "A", impacts()), changed, exploitability(value("AV"), value("AC"), value("PR"), value("UI"), changed));
  const double temporal = weight(v, "E", {{"U", 0.91}, {"P", 0.94}, {"F", 0.97}}) * weight(v, "RL", {{"O", 0.95}, {"T", 0.96}, {"W", 0.97}}) *
                          weight(v, "RC", {{"U", 0.92}, {"R", 0.96}});
  out.temporal = round_up(out.base * temporal);
  const auto modified = [&](const std::string& metric) {
    const auto given = v.find("M" + metric);
    return given == v.end() || given->second == "X" ? v.at(metric) : given->second;
  };
  const Weights needed = {{"H", 1.5}, {"L", 0.5}};
  const auto part = [&](const char* metric, const char* need) { return 1 - weight(v, need, needed) * impacts().at(modified(metric)); };
  const double miss = std::min(1 - part("C", "CR") * part("I", "IR") * part("A", "AR"), 0.915);
  const bool modified_changed = modified("S") == "C";
  double modified_impact = 6.42 * miss;
  if (modified_changed)
    modified_impact = edition == Edition::v31 ? 7.52 * (miss - 0.029) - 3.25 * std::pow(miss * 0.9731 - 0.02, 13) : 7.52 * (miss - 0.029) - 3.25 * std::pow(miss - 0.02, 15);
  const double modified_exploit = exploitability(modified("AV"), modified("AC"), modified("PR"), modified("UI"), modified_changed);
  if (modified_impact > 0) out.environmental = round_up(round_up(std::min((modified_changed ? 1.08 : 1) * (modified_impact + modified_exploit), 10.0)) * temporal);
  return out;
}

Scores score_2(const Vector& v) {
  const Weights cia = {{"N", 0}, {"P", 0.275}, {"C", 0.66}}, need = {{"L", 0.5}, {"H", 1.51}};
  const auto part = [&](const char* metric, double by) { return 1 - by * weight(v, metric, cia); };
  const double exploit = 20 * weight(v, "AV", {{"L", 0.395}, {"A", 0.646}, {"N", 1}}) * weight(v, "AC", {{"H", 0.35}, {"M", 0.61}, {"L", 0.71}}) *
                         weight(v, "Au", {{"M", 0.45}, {"S", 0.56}, {"N", 0.704}});
  const auto base = [&](double impact_part) { return round_near((0.6 * impact_part + 0.4 * exploit - 1.5) * (impact_part == 0 ? 0 : 1.176)); };
  const double temporal = weight(v, "E", {{"U", 0.85}, {"POC", 0.9}, {"F", 0.95}}) * weight(v, "RL", {{"OF", 0.87}, {"TF", 0.9}, {"W", 0.95}}) *
                          weight(v, "RC", {{"UC", 0.9}, {"UR", 0.95}});
  Scores out;
  out.base = base(10.41 * (1 - part("C", 1) * part("I", 1) * part("A", 1)));
  out.temporal = round_near(out.base * temporal);
  const double adjusted = std::min(10.0, 10.41 * (1 - part("C", weight(v, "CR", need)) * part("I", weight(v, "IR", need)) * part("A", weight(v, "AR", need))));
  const double adjusted_temporal = round_near(base(adjusted) * temporal);
  const auto damage = v.find("CDP");
  const double potential = damage == v.end() ? 0 : weight(v, "CDP", {{"N", 0}, {"L", 0.1}, {"LM", 0.3}, {"MH", 0.4}, {"H", 0.5}, {"ND", 0}});
  out.environmental = round_near((adjusted_temporal + (10 - adjusted_temporal) * potential) * weight(v, "TD", {{"N", 0}, {"L", 0.25}, {"M", 0.75}}));
  return out;
}

}  // namespace

const std::vector<Metric>& metrics(Edition edition) {
  return edition == Edition::v2 ? metrics_of_2() : edition == Edition::v40 ? metrics_of_4() : metrics_of_3();
}

std::optional<Vector> parse(Edition edition, std::string_view vector) {
  if (vector.size() > 300) return std::nullopt;
  if (edition != Edition::v2) {
    const std::string_view begin = edition == Edition::v30 ? "CVSS:3.0/" : edition == Edition::v31 ? "CVSS:3.1/" : "CVSS:4.0/";
    if (!vector.starts_with(begin)) return std::nullopt;
    vector.remove_prefix(begin.size());
  }
  const std::vector<Metric>& known = metrics(edition);
  Vector out;
  while (true) {
    const std::size_t slash = std::min(vector.find('/'), vector.size());
    const std::string_view one = vector.substr(0, slash);
    const std::size_t colon = one.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto metric = std::find_if(known.begin(), known.end(), [&](const Metric& m) { return m.key == one.substr(0, colon); });
    if (metric == known.end()) return std::nullopt;
    const std::string_view letters = one.substr(colon + 1);
    if (std::none_of(metric->values.begin(), metric->values.end(), [&](const auto& value) { return value.first == letters; })) return std::nullopt;
    if (!out.emplace(metric->key, letters).second) return std::nullopt;
    if (slash == vector.size()) break;
    vector.remove_prefix(slash + 1);
  }
  for (const Metric& metric : known)
    if (metric.base && !out.contains(metric.key)) return std::nullopt;
  return out;
}

Scores score(Edition edition, const Vector& vector) {
  return edition == Edition::v2 ? score_2(vector) : edition == Edition::v40 ? score_4(vector) : score_3(edition, vector);
}

const char* name_of(Edition edition) { return edition == Edition::v2 ? "2.0" : edition == Edition::v30 ? "3.0" : edition == Edition::v31 ? "3.1" : "4.0"; }

std::string shown(double score) {
  const auto tenths = std::lround(score * 10);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

std::optional<Rating> rate(std::string_view text) {
  if (const auto base = plain_base_3(text)) return Rating{text[7] == '0' ? Edition::v30 : Edition::v31, std::string(text), *base, severity(*base)};
  for (const Edition edition : {Edition::v31, Edition::v40, Edition::v30, Edition::v2}) {
    std::string_view vector = text;
    if (edition == Edition::v2 && vector.starts_with('(') && vector.ends_with(')')) vector = vector.substr(1, vector.size() - 2);
    if (const auto parsed = parse(edition, vector)) {
      const double base = score(edition, *parsed).base;
      // The second edition has no words; these are those of the United States' vulnerability database.
      const char* word = edition != Edition::v2 ? severity(base) : base < 3.95 ? "LOW" : base < 6.95 ? "MEDIUM" : "HIGH";
      return Rating{edition, std::string(vector), base, word};
    }
  }
  return std::nullopt;
}

const char* severity(double score) { return score < 0.05 ? "NONE" : score < 3.95 ? "LOW" : score < 6.95 ? "MEDIUM" : score < 8.95 ? "HIGH" : "CRITICAL"; }

}  // namespace duolex::vulnerabilities::cvss
