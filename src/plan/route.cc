#include "plan/route.h"

#include <algorithm>

namespace duolex::plan {
namespace {

using findings::Explanation;
using findings::Finding;
using findings::Findings;
using Standing = RouteOption::Standing;

struct Known {
  const char* act;
  const char* conclusion;  // the menu it stands on
  const char* procedure;
  const char* name;
  const char* provision;
};

constexpr Known known_procedures[] = {
    {"CRA", "cra.procedures", "module_a", "Internal control (module A)", "CRA/art/32/1/a"},
    {"CRA", "cra.procedures", "module_b_c", "EU-type examination and production control (modules B and C)", "CRA/art/32/1/b"},
    {"CRA", "cra.procedures", "module_h", "Full quality assurance (module H)", "CRA/art/32/1/c"},
    {"CRA", "cra.procedures", "certificate_27_9", "European cybersecurity certificate (Article 27(9))", "CRA/art/32/1/d"},
    {"CRA", "cra.procedures", "certificate_8_1", "Mandatory European cybersecurity certificate (Article 8(1))", "CRA/art/8/1"},
    {"AI Act", "ai.procedures_open", "annex_vi", "Internal control (Annex VI)", "AIA/anx/VI"},
    {"AI Act", "ai.procedures_open", "annex_vii", "Quality management system and technical documentation (Annex VII)", "AIA/anx/VII"},
    {"AI Act", "ai.procedures_open", "sectoral", "The product law's own procedure (Article 43(3))", "AIA/art/43/3"},
};

bool has(const findings::Value& value, const std::string& word) {
  return std::find(value.words.begin(), value.words.end(), word) != value.words.end();
}

// Whether a menu surely, possibly or surely not has a procedure.
Standing on_menu(const Finding& menu, const std::string& procedure) {
  if (menu.status != rules::Status::unknown) return has(menu.value, procedure) ? Standing::open : Standing::closed;
  bool some = menu.possible.empty(), all = !menu.possible.empty();
  for (const findings::Value& v : menu.possible) {
    some = some || has(v, procedure);
    all = all && has(v, procedure);
  }
  return all ? Standing::open : some ? Standing::undecided : Standing::closed;
}

std::string said(const Explanation& e) {
  const std::string what = e.label.empty() ? e.id : e.label;
  if (e.kind == Explanation::Kind::fact) return e.id + " " + e.text;
  return what + (e.text.empty() ? "" : ": " + e.text);
}

// Reasons from the clauses of the menu that would open the procedure and do not apply.
void add_reasons(const std::vector<Explanation>& failed, const std::string& procedure, RouteOption& option) {
  for (const Explanation& clause : failed) {
    const std::string listed = ", " + clause.text.substr(1, clause.text.size() - 2) + ",";
    if (listed.find(", " + procedure + ",") == std::string::npos) continue;
    std::string text;
    for (const Explanation& why : clause.because) text += (text.empty() ? "" : "; ") + said(why);
    if (!text.empty()) option.reasons.push_back({text, clause.cites});
  }
}

std::string plain(const std::string& procedure) {
  for (const Known& k : known_procedures)
    if (procedure == k.procedure) return std::string(k.name);
  return procedure;
}

}  // namespace

std::vector<RouteOption> compare_routes(const rules::CompiledLaw& law, const rules::FactValues& facts, const Findings& found,
                                        const findings::CiteNames& names) {
  const Finding& assessed = found["joint.cra_assessed_by"];
  const Finding& ai_procedure = found["ai.procedure"];
  const auto cra_failed = findings::explain_others(law, facts, "cra.procedures", names);
  const auto ai_failed = findings::explain_others(law, facts, "ai.procedures_open", names);
  std::vector<RouteOption> options;
  for (const Known& k : known_procedures) {
    RouteOption o;
    o.act = k.act;
    o.procedure = k.procedure;
    o.name = k.name;
    o.provision = names(k.provision);
    o.standing = on_menu(found[k.conclusion], k.procedure);
    const bool cra = o.act == "CRA";
    if (o.standing == Standing::closed) {
      add_reasons(cra ? cra_failed : ai_failed, k.procedure, o);
      if (o.reasons.empty())
        o.reasons.push_back({found[k.conclusion].label + ": " + to_text(found[k.conclusion].value), found[k.conclusion].cites});
    } else if (cra && assessed.status != rules::Status::unknown) {
      if (assessed.value.word == "cra_procedures") {
        o.reasons.push_back({"Article 32 opens it, and the CRA requirements are assessed under the CRA", assessed.cites});
        if (found["cra.procedures"].status != rules::Status::unknown && found["cra.procedures"].value.words.size() == 1)
          o.standing = Standing::taken;
      } else {
        o.standing = Standing::closed;
        o.reasons.push_back({assessed.value.word == "not_applicable"
                                 ? "No procedure is offered: " + assessed.label + " is not applicable"
                                 : "Article 32 would open it, but the CRA requirements are assessed with the AI Act: " +
                                       plain(assessed.value.word),
                             assessed.cites});
      }
    } else if (!cra && ai_procedure.status != rules::Status::unknown) {
      if (ai_procedure.value.word == k.procedure) {
        o.standing = Standing::taken;
        o.reasons.push_back({"It is the procedure of Article 43 for this system", ai_procedure.cites});
      } else {
        o.reasons.push_back({"Open under Article 43, and the provider has chosen " + plain(ai_procedure.value.word), ai_procedure.cites});
      }
    }
    options.push_back(std::move(o));
  }
  return options;
}

std::string route_sentence(const Findings& found) {
  const Finding& assessed = found["joint.cra_assessed_by"];
  const Finding& ai = found["ai.procedure"];
  if (found["ai.prohibited"].status != rules::Status::unknown && found["ai.prohibited"].value.yes)
    return "No route: the practice is prohibited and may not be placed on the market.";
  if (assessed.status == rules::Status::unknown || ai.status == rules::Status::unknown)
    return "Undecided: facts that can still change the route are missing.";
  std::string cra_menu;
  for (const std::string& p : found["cra.procedures"].value.words) cra_menu += (cra_menu.empty() ? "" : ", or ") + plain(p);
  if (found["cra.procedures"].status == rules::Status::unknown) cra_menu = "a procedure of Article 32 that is not decided yet";
  const std::string contested = assessed.status == rules::Status::contested || ai.status == rules::Status::contested
                                    ? " This is contested; see the readings." : "";
  const std::string& by = assessed.value.word;
  const std::string& procedure = ai.value.word;
  if (by == "not_applicable" && procedure == "none") return "Neither act asks for a conformity assessment of this product." + contested;
  if (by == "not_applicable") return "AI Act alone: " + plain(procedure) + "." + contested;
  if (by == "cra_procedures" && procedure == "none") return "CRA alone: " + cra_menu + "." + contested;
  if (by == "cra_procedures")
    return "Two procedures: " + plain(procedure) + " for the AI Act, and for the CRA requirements " + cra_menu + "." + contested;
  return "One procedure for both acts: " + plain(procedure) + "." + contested;
}

}  // namespace duolex::plan
