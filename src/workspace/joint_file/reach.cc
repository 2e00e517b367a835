#include "workspace/joint_file/reach.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "documents/citation.h"
#include "documents/law_said.h"

namespace duolex::workspace {
namespace {

using documents::said;
using documents::Said;
using findings::Explanation;
using findings::Finding;
using Reach = Standing::Reach;
using rules::Status;

constexpr std::size_t facts_shown = 6;  // of those a conclusion rests on, to a reader; all to a program

void add_facts(const Explanation& e, std::set<std::string>& facts) {
  if (e.kind == Explanation::Kind::fact) facts.insert(e.id);
  for (const Explanation& below : e.because) add_facts(below, facts);
}

class Standings {
 public:
  Standings(const Subject& s, const findings::Findings& findings) : s_(s), findings_(findings) {}

  Standing all() {
    Standing out;
    out.dossier_file = s_.dossier.file;
    out.law_sha256 = s_.law->base.sha256;
    out.as_of = s_.as_of;
    const bool no_act = surely("cra.applies", "no") && surely("ai.applies", "no") && surely("ai.gpai", "none");
    const bool duty = std::any_of(findings_.duties.begin(), findings_.duties.end(), [](const findings::ShownDuty& d) { return of_the_acts(d); });
    const bool sure_duty = std::any_of(findings_.duties.begin(), findings_.duties.end(), [](const findings::ShownDuty& d) { return d.surely && of_the_acts(d); });
    const bool model = findings_["ai.gpai"].status == Status::settled && !surely("ai.gpai", "none");
    if (no_act && !duty) out.reach = Reach::outside;
    else if (surely("cra.applies", "yes") || surely("ai.applies", "yes") || model || sure_duty) out.reach = Reach::reached;
    out.declaration = out.reach != Reach::outside && (asked("cra.declaration") || asked("ai.declaration") || may_be_high_risk());
    if (!out.declaration) explain(out);
    return out;
  }

 private:
  static bool of_the_acts(const findings::ShownDuty& d) { return !d.id.starts_with("gdpr."); }

  [[nodiscard]] bool surely(const char* conclusion, const std::string& value) const {
    const Finding& f = findings_[conclusion];
    return f.status == Status::settled && to_text(f.value) == value;
  }
  [[nodiscard]] bool asked(const std::string& duty) const {
    return std::any_of(findings_.duties.begin(), findings_.duties.end(), [&](const findings::ShownDuty& d) { return d.id == duty; });
  }

  // Duties are those of the readings taken. Another one that makes the system high-risk, and that nobody has set aside by
  // recording a choice, may ask for one all the same.
  [[nodiscard]] bool may_be_high_risk() const {
    const Finding& f = findings_["ai.high_risk"];
    if (f.status != Status::contested) return false;
    return std::any_of(f.readings.begin(), f.readings.end(), [&](const findings::ReadingFinding& r) {
      if (!r.varies && to_text(r.value) == "no") return false;
      const auto choice = std::find_if(s_.dossier.readings.begin(), s_.dossier.readings.end(), [&](const dossier::ReadingChoice& c) { return c.ambiguity == r.ambiguity; });
      return choice == s_.dossier.readings.end() || choice->reading == r.reading;
    });
  }

  void explain(Standing& out) const {
    std::set<std::string> facts;
    const auto add = [&](const char* conclusion) {
      const Finding& f = findings_[conclusion];
      out.because.push_back({f.label, documents::in_words(f), documents::finding_said(f), f.cites});
      add_facts(findings::explain(*s_.compiled, s_.facts.values, conclusion, s_.names), facts);
    };
    add("cra.applies");
    if (!findings_["cra.excluded_by"].value.words.empty()) add("cra.excluded_by");
    if (!surely("cra.applies", "no")) {
      add("cra.role");
      if (to_text(findings_["cra.role"].value).starts_with("manufacturer")) add("cra.requirements_apply");  // a unit of before the day
    }
    add("ai.applies");
    if (!surely("ai.applies", "no")) {
      add("ai.high_risk");
      add("ai.role");
    }
    add("ai.gpai");
    for (const std::string& id : facts)
      if (s_.facts.values[s_.law->base.fact(id)] != rules::unknown_value) out.rests_on.push_back(id);
  }

  const Subject& s_;
  const findings::Findings& findings_;
};

}  // namespace

Standing standing_of(const Subject& s, const findings::Findings& findings) { return Standings(s, findings).all(); }

Said standing_said(const Standing& standing) {
  const std::vector<std::pair<std::string, Said>> day = {{"day", documents::on_day(standing.as_of)}};
  if (standing.declaration) return {};
  if (standing.reach == Reach::unknown) return said("On {day} neither act asks a declaration of conformity of you for this product. Whether one of them reaches it is not known.", day);
  return standing.reach == Reach::outside ? said("On {day} neither act reaches this product: nothing is to be declared, and neither act stands against its release.", day)
                                          : said("On {day} neither act asks a declaration of conformity of you for this product. What they ask before its release all the same counts.", day);
}

std::vector<std::string> standing_lines(const Standing& standing) {
  std::vector<std::string> lines;
  for (const documents::StandingRow& r : standing.because) {
    std::string cites;
    for (const std::string& c : r.cites) cites += (cites.empty() ? " (" : "; ") + documents::citation(c);
    lines.push_back(r.label + ": " + r.value + (cites.empty() ? "" : cites + ")"));
  }
  std::string facts;
  const std::size_t all = standing.rests_on.size(), shown = all > facts_shown + 1 ? facts_shown : all;
  for (std::size_t i = 0; i < shown; ++i) facts += (i == 0 ? "" : ", ") + standing.rests_on[i];
  if (shown < all) facts += " and " + std::to_string(all - shown) + " more";
  lines.push_back("Checked: the answers of " + standing.dossier_file + " (" + facts + ") against the law with the hash " + standing.law_sha256.substr(0, 16));
  lines.push_back("Not checked: whether the answers are true");
  return lines;
}

nlohmann::ordered_json standing_json(const Standing& standing) {
  static const char* const names[] = {"outside", "unknown", "reached"};
  nlohmann::ordered_json j{{"reach", names[static_cast<int>(standing.reach)]}, {"declaration_asked", standing.declaration}};
  j["says"] = documents::in_english(standing_said(standing));
  j["because"] = nlohmann::ordered_json::array();
  for (const documents::StandingRow& r : standing.because) j["because"].push_back({{"what", r.label}, {"value", r.value}, {"cites", r.cites}});
  j["rests_on"] = standing.rests_on;
  j["law_sha256"] = standing.law_sha256;
  return j;
}

ExitCode release_code(const Standing& standing, const std::vector<Blocker>& blockers) {
  if (standing.reach == Reach::outside || blockers.empty()) return ExitCode::clear;
  const bool gap = std::any_of(blockers.begin(), blockers.end(), [](const Blocker& b) { return !b.undecided; });
  return gap ? ExitCode::finding : ExitCode::undecided;
}

}  // namespace duolex::workspace
