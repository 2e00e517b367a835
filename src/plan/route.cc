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

Reason reason_of(StepWords words, std::vector<std::string> cites) {
  std::string text = one_line(words);
  return {std::move(text), std::move(cites), {}, std::move(words)};
}

// The words after a colon, or what alone.
Reason reason_of(std::string what, std::vector<std::string> words, std::vector<std::string> cites) {
  StepWords w;
  w.what = std::move(what);
  for (const std::string& word : words) w.value += (w.value.empty() ? "" : ", ") + word;
  w.words = std::move(words);
  return reason_of(std::move(w), std::move(cites));
}

// The label of a finding with its value.
Reason reason_of(const Finding& f, std::vector<std::string> cites) {
  std::vector<std::string> words = each_in_words(f.status == rules::Status::unknown ? "undecided"
                                                 : f.value.kind == findings::Value::Kind::words ? "{" + to_text(f.value) + "}" : in_words(f.value));
  if (f.status != rules::Status::unknown && f.value.kind == findings::Value::Kind::words && f.value.words.empty()) words = {"none"};
  return reason_of(f.label, std::move(words), std::move(cites));
}

class Grounds {
 public:
  Grounds(const rules::CompiledLaw& law, const rules::FactValues& facts, const findings::CiteNames& names)
      : law_(law), facts_(facts), names_(names) {}

  // A step with its grounds one level down: what people ask next when they read "no".
  [[nodiscard]] Reason reason(const Explanation& e) const {
    Reason r = reason_of(step_words(e), e.cites);
    if (e.kind != Explanation::Kind::rule || law_.base().rule(e.id) == rules::no_index) return r;
    add(condensed(findings::explain(law_, facts_, e.id, names_)), r.because);
    return r;
  }

  // What a tree's root rests on, each said once.
  static void add(const Explanation& root, std::vector<Reason>& reasons) {
    for (const Explanation& e : root.because) {
      if (e.kind != Explanation::Kind::rule && e.kind != Explanation::Kind::fact && e.kind != Explanation::Kind::state) continue;
      Reason one = reason_of(step_words(e), e.cites);
      if (std::none_of(reasons.begin(), reasons.end(), [&](const Reason& r) { return r.text == one.text; }))
        reasons.push_back(std::move(one));
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
        o.reasons.push_back(reason_of(found[k.conclusion], found[k.conclusion].cites));
    } else if (cra && assessed.status != rules::Status::unknown) {
      if (assessed.value.word == "cra_procedures") {
        o.reasons.push_back(reason_of("Article 32 opens it, and the CRA requirements are assessed under the CRA", {}, assessed.cites));
        if (found["cra.procedures"].status != rules::Status::unknown && found["cra.procedures"].value.words.size() == 1)
          o.standing = Standing::taken;
      } else {
        o.standing = Standing::closed;
        o.reasons.push_back(assessed.value.word == "not_applicable"
                                ? reason_of(assessed, assessed.cites)
                                : reason_of("Article 32 would open it, but the CRA requirements are assessed with the AI Act",
                                            {plain(assessed.value.word)}, assessed.cites));
      }
    } else if (!cra && ai_procedure.status != rules::Status::unknown) {
      if (ai_procedure.value.word == k.procedure) {
        o.standing = Standing::taken;
        o.reasons.push_back(reason_of("It is the procedure of Article 43 for this system", {}, ai_procedure.cites));
      } else {
        o.reasons.push_back(reason_of("Open under Article 43, and the provider has chosen another", {plain(ai_procedure.value.word)}, ai_procedure.cites));
      }
    }
    options.push_back(std::move(o));
  }
  return options;
}

std::vector<RouteSentence> route_sentences(const Findings& found) {
  const Finding& assessed = found["joint.cra_assessed_by"];
  const Finding& ai = found["ai.procedure"];
  if (found["ai.prohibited"].status != rules::Status::unknown && found["ai.prohibited"].value.yes)
    return {{"No route: the practice is prohibited and may not be placed on the market.", {}}};
  std::vector<RouteSentence> all;
  if (assessed.status == rules::Status::unknown || ai.status == rules::Status::unknown) {
    all.push_back({"Undecided.", {}});
    for (const Finding* f : {&ai, &assessed}) {
      std::vector<std::string> values;
      if (f->status != rules::Status::unknown) values.push_back(in_words(*f));
      for (std::size_t i = 0; f->status == rules::Status::unknown && i < f->possible.size(); ++i) values.push_back(in_words(f->possible[i]));
      if (values.size() > 1) {
        all.push_back({"{what}: {values} or {last}.", {{"what", {f->label}}, {"values", {values.begin(), values.end() - 1}}, {"last", {values.back()}}}});
      } else if (!values.empty()) {
        all.push_back({"{what}: {value}.", {{"what", {f->label}}, {"value", values}}});
      }
    }
    return all;
  }
  std::vector<std::string> menu;
  for (const std::string& p : found["cra.procedures"].value.words) menu.push_back(plain(p));
  if (found["cra.procedures"].status == rules::Status::unknown) menu = {"a procedure of Article 32 that is not decided yet"};
  if (menu.empty()) menu = {"none"};
  const std::string& by = assessed.value.word;
  const std::string& procedure = ai.value.word;
  const RouteSentence::Name one{"procedure", {plain(procedure)}}, some{"menu", menu};
  if (by == "not_applicable" && procedure == "none") {
    all.push_back({"Neither act asks for a conformity assessment of this product.", {}});
  } else if (by == "not_applicable") {
    all.push_back({"AI Act alone: {procedure}.", {one}});
  } else if (by == "cra_procedures" && procedure == "none") {
    all.push_back({"CRA alone: {menu}.", {some}});
  } else if (by == "cra_procedures") {
    all.push_back({"Two procedures: {procedure} for the AI Act, and for the CRA requirements {menu}.", {one, some}});
  } else {
    all.push_back({"One procedure for both acts: {procedure}.", {one}});
  }
  if (assessed.status == rules::Status::contested || ai.status == rules::Status::contested)
    all.push_back({"This is contested; see the readings.", {}});
  return all;
}

std::string route_sentence(const Findings& found) {
  std::string text;
  for (const RouteSentence& s : route_sentences(found)) {
    std::string line = s.pattern;
    for (const RouteSentence::Name& n : s.names) {
      std::string words;
      for (const std::string& word : n.words) words += (words.empty() ? "" : n.name == "menu" ? ", or " : ", ") + word;
      line.replace(line.find("{" + n.name + "}"), n.name.size() + 2, words);
    }
    text += (text.empty() ? "" : " ") + line;
  }
  return text;
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
    Reason r = reason_of(f, why.cites);
    Grounds::add(why, r.because);
    reasons.push_back(std::move(r));
  }
  return reasons;
}

}  // namespace duolex::plan
