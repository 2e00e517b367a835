#include "plan/route.h"

#include <algorithm>

#include "plan/steps.h"
#include "plan/words.h"

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

std::string said(const Explanation& e) { return one_line(step_words(e)); }

class Grounds {
 public:
  Grounds(const rules::CompiledLaw& law, const rules::FactValues& facts, const findings::CiteNames& names)
      : law_(law), facts_(facts), names_(names) {}

  // A step with its grounds one level down: what people ask next when they read "no".
  [[nodiscard]] Reason reason(const Explanation& e) const {
    Reason r{said(e), e.cites, {}};
    if (e.kind != Explanation::Kind::rule || law_.base().rule(e.id) == rules::no_index) return r;
    add(condensed(findings::explain(law_, facts_, e.id, names_)), r.because);
    return r;
  }

  // What a tree's root rests on, each said once.
  static void add(const Explanation& root, std::vector<Reason>& reasons) {
    for (const Explanation& e : root.because) {
      if (e.kind != Explanation::Kind::rule && e.kind != Explanation::Kind::fact && e.kind != Explanation::Kind::state) continue;
      const std::string text = said(e);
      if (std::none_of(reasons.begin(), reasons.end(), [&](const Reason& r) { return r.text == text; }))
        reasons.push_back({text, e.cites, {}});
    }
  }

  [[nodiscard]] Explanation why(const char* conclusion) const { return condensed(findings::explain(law_, facts_, conclusion, names_)); }
  [[nodiscard]] std::vector<Explanation> why_not(const char* conclusion) const {
    return findings::explain_others(law_, facts_, conclusion, names_);
  }

 private:
  const rules::CompiledLaw& law_;
  const rules::FactValues& facts_;
  const findings::CiteNames& names_;
};

// Reasons from the clauses of the menu that would open the procedure and do not apply; each ground is given once,
// with the provisions of every clause that it closes.
void add_reasons(const Grounds& grounds, const std::vector<Explanation>& failed, const std::string& procedure,
                 RouteOption& option) {
  for (const Explanation& clause : failed) {
    if (clause.text.size() < 2) continue;
    const std::string listed = ", " + clause.text.substr(1, clause.text.size() - 2) + ",";
    if (listed.find(", " + procedure + ",") == std::string::npos) continue;
    for (const Explanation& why : clause.because) {
      Reason r = grounds.reason(why);
      r.cites = clause.cites;
      const auto same = std::find_if(option.reasons.begin(), option.reasons.end(), [&](const Reason& o) { return o.text == r.text; });
      if (same == option.reasons.end()) {
        option.reasons.push_back(std::move(r));
        continue;
      }
      for (const std::string& cite : clause.cites)
        if (std::find(same->cites.begin(), same->cites.end(), cite) == same->cites.end()) same->cites.push_back(cite);
    }
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
  const Grounds grounds(law, facts, names);
  const auto cra_failed = grounds.why_not("cra.procedures");
  const auto ai_failed = grounds.why_not("ai.procedures_open");
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
      add_reasons(grounds, cra ? cra_failed : ai_failed, k.procedure, o);
      if (o.reasons.empty())
        o.reasons.push_back({found[k.conclusion].label + ": " + in_words(found[k.conclusion]), found[k.conclusion].cites, {}});
    } else if (cra && assessed.status != rules::Status::unknown) {
      if (assessed.value.word == "cra_procedures") {
        o.reasons.push_back({"Article 32 opens it, and the CRA requirements are assessed under the CRA", assessed.cites, {}});
        if (found["cra.procedures"].status != rules::Status::unknown && found["cra.procedures"].value.words.size() == 1)
          o.standing = Standing::taken;
      } else {
        o.standing = Standing::closed;
        o.reasons.push_back({assessed.value.word == "not_applicable"
                                 ? "No procedure is offered: " + assessed.label + " is not applicable"
                                 : "Article 32 would open it, but the CRA requirements are assessed with the AI Act: " +
                                       plain(assessed.value.word),
                             assessed.cites, {}});
      }
    } else if (!cra && ai_procedure.status != rules::Status::unknown) {
      if (ai_procedure.value.word == k.procedure) {
        o.standing = Standing::taken;
        o.reasons.push_back({"It is the procedure of Article 43 for this system", ai_procedure.cites, {}});
      } else {
        o.reasons.push_back({"Open under Article 43, and the provider has chosen " + plain(ai_procedure.value.word), ai_procedure.cites, {}});
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
  if (assessed.status == rules::Status::unknown || ai.status == rules::Status::unknown) {
    std::string text = "Undecided.";
    for (const Finding* f : {&ai, &assessed}) {
      text += " " + f->label + ": ";
      if (f->status != rules::Status::unknown) text += in_words(*f);
      for (std::size_t i = 0; f->status == rules::Status::unknown && i < f->possible.size(); ++i)
        text += (i == 0 ? "" : i + 1 == f->possible.size() ? " or " : ", ") + in_words(f->possible[i]);
      text += ".";
    }
    return text;
  }
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

std::vector<Reason> route_reasons(const rules::CompiledLaw& law, const rules::FactValues& facts, const Findings& found,
                                  const findings::CiteNames& names) {
  std::vector<Reason> reasons;
  const Grounds grounds(law, facts, names);
  const Finding& ai = found["ai.procedure"];
  for (const char* conclusion : {"joint.cra_assessed_by", "ai.procedure"}) {
    const Finding& f = found[conclusion];
    if (f.status == rules::Status::unknown) return {};
    if (f.conclusion == ai.conclusion && ai.value.word == "none") continue;
    const Explanation why = grounds.why(conclusion);
    Reason r{f.label + ": " + in_words(f), why.cites, {}};
    Grounds::add(why, r.because);
    reasons.push_back(std::move(r));
  }
  return reasons;
}

}  // namespace duolex::plan
