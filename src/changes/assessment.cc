#include "changes/assessment.h"

#include <algorithm>

#include "changes/change_json.h"
#include "changes/signals.h"
#include "rules/rule_base.h"

namespace duolex::changes {
namespace {

using dossier::ForeseenChange;

bool settled(const findings::Findings& f, const char* conclusion, const char* value) {
  const findings::Finding& finding = f[conclusion];
  return finding.status == rules::Status::settled && to_text(finding.value) == value;
}

// What a foreseen change may be of, by the kind of the signal.
std::string foreseeable(const std::string& kind) {
  if (kind == "component_changed" || kind == "dependency_changed") return "components";
  for (const char* same : {"model_weights", "model_structure", "thresholds", "labels", "data", "data_sources"})
    if (kind == same) return same;
  return "";
}

Phrase stated(const dossier::ChangeStatement& c) {
  return c.on ? phrase("stated by {who} on {day}", {{"who", c.by}, {"day", to_string(*c.on)}}) : phrase("stated by {who}", {{"who", c.by}});
}

// A security update that renews a component and closes what is named: CRA recital 39.
void cover_security_update(const ReleaseView& after, Signals& signals) {
  const auto& change = after.release->change;
  if (!change || change->closes.empty()) return;
  std::string closes;
  for (const std::string& id : change->closes) closes += (closes.empty() ? "" : ", ") + id;
  for (Signal& s : signals) {
    const bool renewed = std::any_of(change->components.begin(), change->components.end(), [&](const std::string& name) {
      return s.subject == name || (s.kind == "dependency_changed" && s.subject.starts_with(name + "@"));
    });
    if (!renewed || (s.kind != "component_changed" && s.kind != "dependency_changed" && s.kind != "platform_changed")) continue;
    s.cra = Weight::none;
    s.covered_by = phrase("a security update that closes {vulnerabilities}, {stated}", {{"vulnerabilities", closes}, {"stated", stated(*change)}});
    s.cites.push_back("CRA/rec/39");
  }
}

// Whether the limit that was set for a foreseen change holds; why not otherwise.
Phrase limit_missed(const ForeseenChange& foreseen, const ReleaseView& after) {
  if (foreseen.metric.empty()) return {};
  const auto it = std::find_if(after.predictions.begin(), after.predictions.end(), [&](const Predictions& p) { return p.metric == foreseen.metric; });
  if (it == after.predictions.end()) return phrase("'{metric}' was not measured, and its limit was part of what was foreseen", {{"metric", foreseen.metric}});
  std::size_t correct = 0;
  for (const auto& [sample, is] : it->correct) correct += is ? 1 : 0;
  if (static_cast<double>(correct) < foreseen.at_least * static_cast<double>(it->correct.size()))
    return phrase("'{metric}' is {correct} of {all}, below the limit that was foreseen", {{"metric", foreseen.metric}, {"correct", std::to_string(correct)}, {"all", std::to_string(it->correct.size())}});
  return {};
}

void cover_foreseen(const ReleaseView& before, const ReleaseView& after, Signals& signals) {
  const auto& change = after.release->change;
  if (!change) return;
  Signals unfounded;
  for (const std::string& id : change->foreseen) {
    const auto& list = before.release->foreseen_changes;
    const auto foreseen = std::find_if(list.begin(), list.end(), [&](const ForeseenChange& f) { return f.id == id; });
    if (foreseen == list.end()) {
      unfounded.push_back({"foreseen_not_found", id, phrase("'{id}' is said to have been foreseen; release {release} foresaw no such change", {{"id", id}, {"release", before.release->version}}), {}, {}, Weight::none,
                           Weight::review, phrase("what was not described in the first assessment was not foreseen"), {"AIA/art/3/23", "AIA/anx/IV/2/f"}});
      continue;
    }
    const Phrase missed = limit_missed(*foreseen, after);
    for (Signal& s : signals) {
      const std::string of = foreseeable(s.kind);
      const bool named = !of.empty() && std::find(foreseen->of.begin(), foreseen->of.end(), of) != foreseen->of.end();
      const bool its_metric = s.kind.starts_with("metric_") && !foreseen->metric.empty() && s.subject == foreseen->metric && s.kind != "metric_missing";
      if (!named && !its_metric) continue;
      if (!missed.empty()) {
        s.because.add(phrase("foreseen as '{id}', but {why}", {{"id", id}, {"why", missed}}));
        continue;
      }
      s.ai = Weight::none;
      s.covered_by.add(phrase("foreseen in the first assessment as '{id}', {stated}", {{"id", id}, {"stated", stated(*change)}}));
      s.cites.insert(s.cites.end(), {"AIA/art/43/4/#1", "AIA/anx/IV/2/f"});
    }
  }
  signals.insert(signals.end(), unfounded.begin(), unfounded.end());
}

// A fact of the rule base set to yes or no, where there is one.
void set(const rules::RuleBase& base, rules::FactValues& facts, const char* id, bool yes) {
  if (const rules::Index f = base.fact(id); f != rules::no_index) facts[f] = yes ? 1 : 0;
}

std::vector<Redo> redo(const rules::RuleBase& base, const rules::CompiledLaw& law, const findings::CiteNames& names, const rules::FactValues& facts,
                       const std::string& act, const char* affects) {
  rules::FactValues modified = facts, same = facts;
  set(base, same, "change.after_placing", false);
  set(base, modified, "change.after_placing", true);
  set(base, modified, affects, true);
  set(base, modified, "change.foreseen_in_initial_assessment", false);
  set(base, modified, "change.predetermined_annex_iv_2f", false);
  const findings::Findings with = findings::find(law, modified, names), without = findings::find(law, same, names);
  std::vector<Redo> list;
  for (const findings::ShownDuty& d : with.duties) {
    const auto binds = [&](const findings::ShownDuty& other) { return other.id == d.id && other.surely == d.surely; };
    if (d.id.starts_with(act) && std::none_of(without.duties.begin(), without.duties.end(), binds)) list.push_back({d.id, d.text, d.cites});
  }
  return list;
}

ActVerdict verdict_of(const Signals& signals, Weight Signal::*weight) {
  ActVerdict v;
  for (const Signal& s : signals) v.verdict = std::max(v.verdict, s.*weight);
  for (std::size_t i = 0; i < signals.size(); ++i)
    if (v.verdict != Weight::none && signals[i].*weight == v.verdict) v.signals.push_back(i);
  const bool covered = std::any_of(signals.begin(), signals.end(), [](const Signal& s) { return !s.covered_by.empty(); }), one = v.signals.size() == 1;
  const Phrase::Names n = one ? Phrase::Names() : Phrase::Names{{"n", std::to_string(v.signals.size())}};
  switch (v.verdict) {
    case Weight::none:
      v.because = phrase(covered ? "what differs is covered by what was stated or foreseen, or gives no ground" : "nothing that was compared gives a ground for it");
      break;
    case Weight::review: v.because = phrase(one ? "1 signal that a person must judge" : "{n} signals that a person must judge", n); break;
    case Weight::unknown: v.because = phrase(one ? "1 signal of something that could not be compared" : "{n} signals of something that could not be compared", n); break;
    case Weight::presumed: v.because = phrase(one ? "1 signal of a change that was not assessed" : "{n} signals of a change that was not assessed", n); break;
  }
  return v;
}

// What people recorded of the change, beside the verdicts it belongs to.
void add_judged(const ReleaseView& after, Assessment& a) {
  if (!after.release->change) return;
  for (const dossier::ChangeJudgement& j : after.release->change->judged) (j.act == "cra" ? a.cra : a.ai).judged = &j;
  for (const dossier::RedoneDuty& r : after.release->change->redone)
    for (ActVerdict* v : {&a.cra, &a.ai})
      for (Redo& again : v->redo)
        if (again.duty == r.duty) again.done = &r;
}

// The duties of telling a body, in the law; what a change of the quality system is, no artefact shows.
struct Telling {
  const char* duty;
  ActVerdict Assessment::*act;
  bool quality_system;
};
constexpr Telling tellings[] = {{"cra.tell_body_of_changes", &Assessment::cra, false},
                                {"cra.surveillance_of_quality_system", &Assessment::cra, true},
                                {"ai.tell_body_of_changes", &Assessment::ai, false},
                                {"ai.surveillance_of_quality_system", &Assessment::ai, true}};

void add_told(const ReleaseView& before, const ReleaseView& after, const rules::RuleBase& base, Assessment& a) {
  // A measure that is as good as it was, or new, is no change of the product.
  if (std::all_of(a.signals.begin(), a.signals.end(), [](const Signal& s) { return s.kind == "metric_kept" || s.kind == "metric_new"; })) return;
  const dossier::Declaration& named = after.dossier->declaration;
  for (const Telling& t : tellings) {
    const auto law = std::find_if(base.duties.begin(), base.duties.end(), [&](const rules::Duty& d) { return d.id == t.duty; });
    if (law == base.duties.end()) continue;
    bool binds = false, surely = false;
    for (const ReleaseView* view : {&before, &after})
      for (const findings::ShownDuty& d : view->findings->duties)
        if (d.id == t.duty) binds = true, surely = surely || d.surely;
    // A body may also take part where none has to.
    const bool chosen = !binds && t.act == &Assessment::cra && !named.body_name.empty() && !settled(*after.findings, "cra.applies", "no");
    if (!binds && !chosen) continue;
    Told told{t.duty, law->text, false, {}, {}};
    for (const rules::Cite& c : law->cites) told.cites.push_back(c.provision);
    if (t.quality_system) {
      told.because = phrase("whether the quality system changes with this release is not compared");
    } else if ((a.*t.act).verdict == Weight::none) {
      told.because = phrase("what differs gives no ground for a substantial modification; the body is told of less than that, and a person judges whether this is such a change");
    } else if (!surely && !chosen) {
      told.because = phrase("open questions decide whether a body takes part");
    } else {
      told.surely = true;
      told.because = phrase("there are changes that could affect what it looked at, and it is told before it is settled whether they are substantial");
    }
    if (!named.body_name.empty()) told.because.add(phrase("the dossier names {body}", {{"body", named.body_name + (named.body_number.empty() ? "" : " (" + named.body_number + ")")}}));
    a.told.push_back(std::move(told));
  }
}

std::string folded(std::string name) {
  std::string out;
  for (const char c : name)
    if (c != ' ' && c != '\t') out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

}  // namespace

const char* name_of(Weight weight) {
  switch (weight) {
    case Weight::none: return "not";
    case Weight::review: return "review";
    case Weight::unknown: return "unknown";
    case Weight::presumed: return "presumed_substantial";
  }
  return "";
}

int Assessment::exit_code() const {
  const Weight most = std::max(cra.verdict, ai.verdict);
  return most == Weight::none ? 0 : most == Weight::unknown ? 2 : 1;
}

Assessment assess(const ReleaseView& before, const ReleaseView& after, const rules::RuleBase& base, const rules::CompiledLaw& law, const findings::CiteNames& names) {
  Assessment a;
  a.product = after.dossier->name;
  a.before = before.release->version;
  a.after = after.release->version;
  a.as_of = after.findings->as_of;
  a.law_sha256 = base.sha256;
  a.baseline_declared = !before.artefacts("declaration").empty();
  a.before_sha256 = state_sha256(before, Declarations::in);
  a.after_sha256 = state_sha256(after, Declarations::out);
  add_bill_signals(before, after, base, a.signals);
  add_model_signals(before, after, a.signals);
  add_law_signals(before, after, base, a.signals);
  add_statement_signals(before, after, base, a.signals);
  cover_security_update(after, a.signals);
  cover_foreseen(before, after, a.signals);
  std::stable_sort(a.signals.begin(), a.signals.end(), [](const Signal& x, const Signal& y) { return std::max(x.cra, x.ai) > std::max(y.cra, y.ai); });

  if (settled(*before.findings, "cra.applies", "no") && settled(*after.findings, "cra.applies", "no")) {
    a.cra.because = phrase("neither release is within the CRA");
    a.cra.cites = (*after.findings)["cra.applies"].cites;
  } else {
    a.cra = verdict_of(a.signals, &Signal::cra);
    a.cra.cites = {"CRA/art/3/30"};
    if (a.cra.verdict != Weight::none) a.cra.redo = redo(base, law, names, *after.facts, "cra.", "change.affects_annex_i_part_i");
  }
  if (settled(*before.findings, "ai.high_risk", "no") && settled(*after.findings, "ai.high_risk", "no")) {
    a.ai.because = phrase("neither release is a high-risk AI system, and a new assessment is asked of those alone");
    a.ai.cites = {"AIA/art/43/4"};
  } else {
    a.ai = verdict_of(a.signals, &Signal::ai);
    a.ai.cites = {"AIA/art/3/23", "AIA/art/43/4"};
    if (a.ai.verdict != Weight::none) a.ai.redo = redo(base, law, names, *after.facts, "ai.", "change.affects_section_2");
  }
  add_judged(after, a);
  add_told(before, after, base, a);
  for (const ReleaseView* view : {&before, &after})
    if (view->stated == Stated::of_dossier)
      a.not_compared.push_back(phrase("facts, intended purpose, standards, controls, texts and risks of {release}: they are not recorded for it", {{"release", view->title()}}));
  a.not_compared.push_back(phrase("what the code does: hashes and bills show that it changed, not how"));
  a.not_compared.push_back(phrase("the environment in which the product is used, and changes made by others"));
  if (!a.baseline_declared) a.not_compared.push_back(phrase("whether {release} is the last release with a signed declaration: none is among its artefacts", {{"release", a.before}}));
  a.difference_sha256 = difference_sha256(a);
  for (const dossier::SignOff& o : after.dossier->sign_offs)
    if (o.of == "change")
      add_signature(a, {o.by, o.role, o.on ? to_string(*o.on) : "", o.facts_sha256 != a.difference_sha256 || o.law_sha256 != a.law_sha256});
  return a;
}

void add_signature(Assessment& a, Signature signature) {
  const bool again = std::any_of(a.signatures.begin(), a.signatures.end(), [&](const Signature& s) { return !s.stale && folded(s.by) == folded(signature.by); });
  if (!signature.stale && !again) ++a.signers;
  a.signatures.push_back(std::move(signature));
}

}  // namespace duolex::changes
