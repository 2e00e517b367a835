// CVSS 4.0: the metrics fall into six groups of equivalence; the six levels name a set of vectors whose worst one has a
// score that experts gave; how far a vector lies below the worst one takes a part of the way to the next set away.
#include <algorithm>
#include <array>

#include "vulnerabilities/cvss/editions.h"

namespace duolex::vulnerabilities::cvss {
namespace {

using Values = std::vector<std::pair<const char*, const char*>>;

// Tenths, by the levels of the groups 1 2 3 (a row) and 4 5 6 (in it); -1: there are no such vectors.
constexpr std::array<int, 324> worst_scores = {
    100, 99, 98, 95, 95, 92, 100, 96, 93, 87, 91, 81, 93, 90, 89, 80, 81, 68,
    98, 95, 95, 92, 90, 84, 93, 92, 89, 81, 81, 65, 88, 80, 78, 70, 69, 48,
    -1, 92, -1, 82, -1, 72, -1, 79, -1, 69, -1, 50, -1, 69, -1, 55, -1, 27,
    99, 97, 95, 92, 92, 85, 95, 91, 90, 83, 84, 71, 92, 81, 82, 71, 72, 53,
    95, 93, 92, 85, 85, 73, 92, 82, 80, 72, 70, 59, 84, 70, 71, 52, 50, 30,
    -1, 86, -1, 75, -1, 52, -1, 71, -1, 52, -1, 29, -1, 63, -1, 29, -1, 17,
    98, 95, 94, 87, 91, 81, 94, 89, 86, 74, 77, 64, 87, 75, 74, 63, 63, 49,
    94, 89, 88, 77, 76, 67, 86, 76, 74, 58, 59, 50, 72, 57, 57, 52, 52, 25,
    -1, 83, -1, 70, -1, 54, -1, 65, -1, 58, -1, 26, -1, 53, -1, 21, -1, 13,
    95, 90, 88, 76, 76, 70, 90, 77, 75, 62, 61, 53, 77, 66, 68, 59, 52, 30,
    89, 78, 76, 67, 62, 58, 74, 59, 57, 57, 47, 23, 61, 52, 57, 29, 24, 16,
    -1, 71, -1, 59, -1, 30, -1, 58, -1, 26, -1, 15, -1, 23, -1, 13, -1, 6,
    93, 87, 86, 72, 75, 58, 86, 74, 74, 61, 56, 34, 70, 54, 52, 40, 40, 22,
    85, 75, 74, 55, 62, 51, 72, 57, 55, 41, 46, 19, 53, 36, 34, 19, 19, 8,
    -1, 64, -1, 51, -1, 20, -1, 47, -1, 21, -1, 11, -1, 24, -1, 9, -1, 4,
    88, 75, 73, 53, 60, 50, 73, 55, 59, 40, 41, 20, 54, 43, 45, 22, 20, 11,
    75, 55, 58, 45, 40, 21, 61, 51, 48, 18, 20, 9, 46, 18, 17, 7, 8, 2,
    -1, 53, -1, 24, -1, 14, -1, 24, -1, 12, -1, 5, -1, 10, -1, 3, -1, 1,
};

struct Levels {
  int group[6] = {};  // of the groups 1 … 6; 0 is the worst

  [[nodiscard]] int score() const {
    constexpr int count[] = {3, 2, 3, 3, 3, 2};
    std::size_t at = 0;
    for (int i = 0; i < 6; ++i) {
      if (group[i] >= count[i]) return -1;
      at = at * static_cast<std::size_t>(count[i]) + static_cast<std::size_t>(group[i]);
    }
    return worst_scores[at];
  }
  [[nodiscard]] int lower(int a, int b = -1) const {
    Levels next = *this;
    ++next.group[a];
    if (b >= 0) ++next.group[b];
    return next.score();
  }
};

// The letters that count: those of the modified metric, or of the metric; what is not given is the worst case.
class Effective {
 public:
  explicit Effective(const Vector& vector) : vector_(vector) {}
  [[nodiscard]] char operator()(const std::string& metric) const {
    const auto modified = vector_.find("M" + metric);
    if (modified != vector_.end() && modified->second != "X") return modified->second[0];
    const auto given = vector_.find(metric);
    if (given != vector_.end() && given->second != "X") return given->second[0];
    return metric == "E" ? 'A' : 'H';
  }

 private:
  const Vector& vector_;
};

// How far letters lie from the worst ones of a metric.
int steps(const std::string& metric, char letter) {
  static const std::map<std::string, const char*> orders = {{"AV", "NALP"}, {"PR", "NLH"}, {"UI", "NPA"}, {"AC", "LH"}, {"AT", "NP"}, {"VC", "HLN"}, {"VI", "HLN"},
                                                            {"VA", "HLN"},  {"SC", "SHLN"}, {"SI", "SHLN"}, {"SA", "SHLN"}, {"CR", "HML"}, {"IR", "HML"}, {"AR", "HML"}};
  const std::string_view order = orders.at(metric);
  return static_cast<int>(order.find(letter));
}

using Worst = std::vector<std::pair<const char*, char>>;  // a vector of the metrics of a group

int distance(const Effective& v, const std::vector<Worst>& worst) {
  int sum = 0;
  for (const Worst& one : worst) {
    sum = 0;
    bool below = true;
    for (const auto& [metric, letter] : one) {
      const int d = steps(metric, v(metric)) - steps(metric, letter);
      below = below && d >= 0;
      sum += d;
    }
    if (below) return sum;
  }
  return sum;
}

Worst of(const char* a, const char* b, const char* c, std::string_view letters) { return {{a, letters[0]}, {b, letters[1]}, {c, letters[2]}}; }
Worst six(std::string_view l) { return {{"VC", l[0]}, {"VI", l[1]}, {"VA", l[2]}, {"CR", l[3]}, {"IR", l[4]}, {"AR", l[5]}}; }

Levels levels_of(const Effective& v) {
  const auto is = [&](const char* metric, char letter) { return v(metric) == letter; };
  Levels out;
  const int open = (is("AV", 'N') ? 1 : 0) + (is("PR", 'N') ? 1 : 0) + (is("UI", 'N') ? 1 : 0);
  out.group[0] = open == 3 ? 0 : open != 0 && !is("AV", 'P') ? 1 : 2;
  out.group[1] = is("AC", 'L') && is("AT", 'N') ? 0 : 1;
  const bool c = is("VC", 'H'), i = is("VI", 'H'), a = is("VA", 'H');
  out.group[2] = c && i ? 0 : c || i || a ? 1 : 2;
  out.group[3] = is("SI", 'S') || is("SA", 'S') ? 0 : is("SC", 'H') || is("SI", 'H') || is("SA", 'H') ? 1 : 2;
  out.group[4] = is("E", 'A') ? 0 : is("E", 'P') ? 1 : 2;
  out.group[5] = (c && is("CR", 'H')) || (i && is("IR", 'H')) || (a && is("AR", 'H')) ? 0 : 1;
  return out;
}

// Tenths.
int scored(const Effective& v) {
  bool harmless = true;
  for (const char* metric : {"VC", "VI", "VA", "SC", "SI", "SA"}) harmless = harmless && v(metric) == 'N';
  if (harmless) return 0;
  const Levels levels = levels_of(v);
  const int value = levels.score();
  struct Part {
    int next, distance, depth;
  };
  std::vector<Part> parts;
  const int* g = levels.group;
  static const std::vector<Worst> one[] = {{of("AV", "PR", "UI", "NNN")}, {of("AV", "PR", "UI", "ANN"), of("AV", "PR", "UI", "NLN"), of("AV", "PR", "UI", "NNP")}, {of("AV", "PR", "UI", "PNN"), of("AV", "PR", "UI", "ALP")}};
  static const std::vector<Worst> two[] = {{{{"AC", 'L'}, {"AT", 'N'}}}, {{{"AC", 'H'}, {"AT", 'N'}}, {{"AC", 'L'}, {"AT", 'P'}}}};
  static const std::vector<Worst> three[3][2] = {{{six("HHHHHH")}, {six("HHLMMH"), six("HHHMMM")}},
                                                 {{six("LHHHHH"), six("HLHHHH")}, {six("LHLHMH"), six("LHHHMM"), six("HLHMHM"), six("HLLMHH"), six("LLHHHM")}},
                                                 {{}, {six("LLLHHH")}}};
  static const std::vector<Worst> four[] = {{of("SC", "SI", "SA", "HSS")}, {of("SC", "SI", "SA", "HHH")}, {of("SC", "SI", "SA", "LLL")}};
  constexpr int depth_one[] = {1, 4, 5}, depth_two[] = {1, 2}, depth_three[3][2] = {{7, 6}, {8, 8}, {10, 10}}, depth_four[] = {6, 5, 4};
  parts.push_back({levels.lower(0), distance(v, one[g[0]]), depth_one[g[0]]});
  parts.push_back({levels.lower(1), distance(v, two[g[1]]), depth_two[g[1]]});
  // The third and the sixth group go down together.
  const int next = g[2] == 0 && g[5] == 0 ? std::max(levels.lower(5), levels.lower(2)) : g[2] == 1 && g[5] == 0 ? levels.lower(5) : g[5] == 1 && g[2] < 2 ? levels.lower(2) : levels.lower(2, 5);
  parts.push_back({next, distance(v, three[g[2]][g[5]]), depth_three[g[2]][g[5]]});
  parts.push_back({levels.lower(3), distance(v, four[g[3]]), depth_four[g[3]]});
  parts.push_back({levels.lower(4), 0, 1});
  // In 840ths, which all depths divide, so that no binary fraction tips the last digit.
  constexpr long long fine = 840;
  long long below = 0, count = 0;
  for (const Part& p : parts)
    if (p.next >= 0) {
      below += static_cast<long long>(value - p.next) * p.distance * (fine / p.depth);
      ++count;
    }
  if (count == 0) return value;
  const long long whole = fine * count, exact = value * whole - below;
  return static_cast<int>(std::clamp<long long>((2 * exact + whole) / (2 * whole), 0, 100));
}

Values with_x(Values values) {
  values.insert(values.begin(), {"X", "NOT_DEFINED"});
  return values;
}

}  // namespace

const std::vector<Metric>& metrics_of_4() {
  static const Values attack = {{"N", "NETWORK"}, {"A", "ADJACENT"}, {"L", "LOCAL"}, {"P", "PHYSICAL"}}, complexity = {{"L", "LOW"}, {"H", "HIGH"}}, requirements = {{"N", "NONE"}, {"P", "PRESENT"}},
                      privileges = {{"N", "NONE"}, {"L", "LOW"}, {"H", "HIGH"}}, user = {{"N", "NONE"}, {"P", "PASSIVE"}, {"A", "ACTIVE"}}, impact = {{"H", "HIGH"}, {"L", "LOW"}, {"N", "NONE"}},
                      safety = {{"X", "NOT_DEFINED"}, {"S", "SAFETY"}, {"H", "HIGH"}, {"L", "LOW"}, {"N", "NEGLIGIBLE"}}, need = {{"X", "NOT_DEFINED"}, {"H", "HIGH"}, {"M", "MEDIUM"}, {"L", "LOW"}};
  static const std::vector<Metric> all = {
      {"AV", "attackVector", true, attack},
      {"AC", "attackComplexity", true, complexity},
      {"AT", "attackRequirements", true, requirements},
      {"PR", "privilegesRequired", true, privileges},
      {"UI", "userInteraction", true, user},
      {"VC", "vulnConfidentialityImpact", true, impact},
      {"VI", "vulnIntegrityImpact", true, impact},
      {"VA", "vulnAvailabilityImpact", true, impact},
      {"SC", "subConfidentialityImpact", true, impact},
      {"SI", "subIntegrityImpact", true, impact},
      {"SA", "subAvailabilityImpact", true, impact},
      {"E", "exploitMaturity", false, {{"X", "NOT_DEFINED"}, {"A", "ATTACKED"}, {"P", "PROOF_OF_CONCEPT"}, {"U", "UNREPORTED"}}},
      {"CR", "confidentialityRequirement", false, need},
      {"IR", "integrityRequirement", false, need},
      {"AR", "availabilityRequirement", false, need},
      {"MAV", "modifiedAttackVector", false, with_x(attack)},
      {"MAC", "modifiedAttackComplexity", false, with_x(complexity)},
      {"MAT", "modifiedAttackRequirements", false, with_x(requirements)},
      {"MPR", "modifiedPrivilegesRequired", false, with_x(privileges)},
      {"MUI", "modifiedUserInteraction", false, with_x(user)},
      {"MVC", "modifiedVulnConfidentialityImpact", false, with_x(impact)},
      {"MVI", "modifiedVulnIntegrityImpact", false, with_x(impact)},
      {"MVA", "modifiedVulnAvailabilityImpact", false, with_x(impact)},
      {"MSC", "modifiedSubConfidentialityImpact", false, with_x(impact)},
      {"MSI", "modifiedSubIntegrityImpact", false, safety},
      {"MSA", "modifiedSubAvailabilityImpact", false, safety},
      {"S", "Safety", false, {{"X", "NOT_DEFINED"}, {"N", "NEGLIGIBLE"}, {"P", "PRESENT"}}},
      {"AU", "Automatable", false, {{"X", "NOT_DEFINED"}, {"N", "NO"}, {"Y", "YES"}}},
      {"R", "Recovery", false, {{"X", "NOT_DEFINED"}, {"A", "AUTOMATIC"}, {"U", "USER"}, {"I", "IRRECOVERABLE"}}},
      {"V", "valueDensity", false, {{"X", "NOT_DEFINED"}, {"D", "DIFFUSE"}, {"C", "CONCENTRATED"}}},
      {"RE", "vulnerabilityResponseEffort", false, {{"X", "NOT_DEFINED"}, {"L", "LOW"}, {"M", "MODERATE"}, {"H", "HIGH"}}},
      {"U", "providerUrgency", false, {{"X", "NOT_DEFINED"}, {"Clear", "CLEAR"}, {"Green", "GREEN"}, {"Amber", "AMBER"}, {"Red", "RED"}}},
  };
  return all;
}

Scores score_4(const Vector& vector) {
  Vector base, threat;
  for (const Metric& metric : metrics_of_4())
    if (const auto given = vector.find(metric.key); given != vector.end()) {
      if (metric.base) base.insert(*given);
      if (metric.base || given->first == "E") threat.insert(*given);
    }
  return {scored(Effective(base)) / 10.0, scored(Effective(threat)) / 10.0, scored(Effective(vector)) / 10.0};
}

}  // namespace duolex::vulnerabilities::cvss
