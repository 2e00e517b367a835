// The classification memo: what the product is under both acts, which procedure and why not the others, what is
// contested, what is open, and the proofs in short.
#include <algorithm>
#include <map>
#include <set>

#include "findings/value_json.h"
#include "plan/questions.h"
#include "plan/route.h"
#include "plan/words.h"
#include "rules/questions.h"
#include "workspace/joint_file/binding.h"
#include "workspace/joint_file/blockers.h"

namespace duolex::workspace {
namespace {

using documents::BoundItem;
using documents::cited;
using documents::data;
using documents::ItemTable;
using documents::listed;
using documents::on_day;
using documents::said;
using documents::Said;
using findings::Explanation;
using findings::Finding;

// The conclusions whose proofs the memo gives in short.
constexpr const char* decisive[] = {"joint.cra_assessed_by", "joint.derogation_12_3", "cra.applies",  "cra.class",          "cra.procedures", "ai.applies",
                                    "ai.high_risk",          "ai.procedure",          "joint.bodies", "joint.presumption"};

Said from_conclusions() { return said("conclusions of the rule base; their proofs are in part 6"); }

void show(BoundItem& out, ItemTable table, Said source) {
  if (table.rows.empty()) return;
  out.tables.push_back(std::move(table));
  out.source = std::move(source);
  out.substantiated = true;
}

Said status_of(const Finding& f) {
  return said(f.status == rules::Status::settled ? "settled" : f.status == rules::Status::contested ? "contested" : "undecided");
}

class Memo {
 public:
  Memo(const Binding& b, BoundItem& out) : b_(b), out_(out) {}

  void product() {
    const dossier::Dossier& d = b_.s.dossier;
    const Said source = place("product, roles, releases");
    give(out_, data(d.name), source, true);
    if (!d.description.empty()) give(out_, data(d.description), source, true);
    if (const dossier::Release* r = b_.release()) {
      give(out_, said("Release: {version}", {{"version", data(r->version)}}), source, true);
      if (r->placed_on_market_on) give(out_, said("Placed on the market, as planned or done: {day}", {{"day", on_day(*r->placed_on_market_on)}}), source, true);
    }
    if (!b_.maker().empty()) give(out_, said("Manufacturer and provider: {who}", {{"who", data(b_.maker())}}), source, true);
  }

  void conclusions(const Said& caption, const std::vector<const char*>& ids) {
    ItemTable t{caption, {said("Conclusion"), said("Value"), said("Status"), said("Basis")}, {}};
    for (const char* id : ids) {
      const Finding& f = b_.findings[id];
      t.rows.push_back({said(f.label), finding_said(f), status_of(f), cited(f.cites)});
    }
    show(out_, std::move(t), from_conclusions());
  }

  void cra() {
    if (b_.says("cra.applies", "no")) return conclusions(said("The Cyber Resilience Act"), {"cra.applies", "cra.excluded_by"});
    conclusions(said("The Cyber Resilience Act"), {"cra.applies", "cra.role", "cra.class", "cra.procedures", "cra.third_party_required", "cra.requirements_apply",
                                                          "cra.requirements_from"});
  }
  void ai() {
    if (b_.says("ai.applies", "no")) return conclusions(said("The AI Act"), {"ai.applies"});
    conclusions(said("The AI Act"), {"ai.applies", "ai.role", "ai.prohibited", "ai.annex_i_section", "ai.high_risk", "ai.high_risk_basis", "ai.art6_3_derogation", "ai.gpai",
                               "ai.transparency", "ai.procedures_open", "ai.procedure", "ai.notified_body", "ai.registration", "ai.high_risk_duties_from",
                               "ai.marking_from"});
  }
  void joint() {
    conclusions(said("Both acts together"), {"joint.art12_applies", "joint.presumption", "joint.derogation_12_3", "joint.cra_assessed_by", "joint.bodies",
                                       "joint.nb_needs_art39", "joint.nb_competence", "joint.certificate_8_1_needed", "joint.regime_now"});
  }

  void route() {
    for (Said& s : documents::route_said(b_.findings)) give(out_, std::move(s), from_conclusions(), true);
    ItemTable t{said("Why"), {said("Conclusion"), said("Rests on"), said("Basis")}, {}};
    for (const plan::Reason& r : plan::route_reasons(*b_.s.compiled, b_.s.facts.values, b_.findings, b_.s.names))
      t.rows.push_back({words_said(r.words), because(r), cited(r.cites)});
    if (!t.rows.empty()) out_.tables.push_back(std::move(t));
  }

  void alternatives() {
    using Standing = plan::RouteOption::Standing;
    ItemTable t{said("The procedures compared"), {said("Procedure"), said("Standing"), said("Why"), said("Basis")}, {}};
    for (const plan::RouteOption& o : plan::compare_routes(*b_.s.compiled, b_.s.facts.values, b_.findings, b_.s.names)) {
      Said why = listed({}, "; ");
      std::vector<std::string> basis = {o.provision};
      for (const plan::Reason& r : o.reasons) {
        why.parts.push_back(r.because.empty() ? words_said(r.words) : said("{reason} ({because})", {{"reason", words_said(r.words)}, {"because", because(r)}}));
        for (const std::string& c : r.cites)
          if (std::find(basis.begin(), basis.end(), c) == basis.end()) basis.push_back(c);
      }
      if (why.parts.empty()) why = said("undecided");
      t.rows.push_back({said("{act}: {procedure}", {{"act", said(o.act)}, {"procedure", said(o.name)}}), said(o.standing == Standing::taken ? "applies" : o.standing == Standing::open ? "may be chosen" : o.standing == Standing::closed ? "not open" : "undecided"), std::move(why), cited(basis)});
    }
    show(out_, std::move(t), from_conclusions());
  }

  void readings() {
    bool all_chosen = true;
    for (const rules::Ambiguity& amb : b_.s.law->base.ambiguities) {
      std::map<std::string, Said> results;  // by reading
      for (const Finding& f : b_.findings.conclusions)
        for (const findings::ReadingFinding& r : f.readings) {
          if (r.ambiguity != amb.id || r.is_default) continue;
          add(results, r.reading, said("{what}: {value}", {{"what", said(f.label)}, {"value", r.varies ? said("varies") : value_said(r.value)}}));
          add(results, amb.readings[amb.taken].id, said("{what}: {value}", {{"what", said(f.label)}, {"value", finding_said(f)}}));
        }
      if (results.empty()) continue;
      const auto chosen = std::find_if(b_.s.dossier.readings.begin(), b_.s.dossier.readings.end(), [&](const auto& c) { return c.ambiguity == amb.id; });
      all_chosen = all_chosen && chosen != b_.s.dossier.readings.end();
      ItemTable t{said("{id}: {question}", {{"id", data(amb.id)}, {"question", said(amb.question)}}),
                  {said("Reading"), said("Because"), said("Result"), said("Recorded choice")}, {}};
      for (const rules::Reading& r : amb.readings) {
        const bool is_default = r.id == amb.readings[amb.taken].id;
        const Said name = documents::word_said(plan::in_words(r.id));
        const auto result = results.find(r.id);
        Said choice = said("not chosen");
        if (chosen == b_.s.dossier.readings.end()) choice = said("no choice is recorded");
        else if (chosen->reading == r.id) {
          choice = said("chosen by {who}", {{"who", data(chosen->by)}});
          if (chosen->on) choice = said("{choice}, {day}", {{"choice", choice}, {"day", on_day(*chosen->on)}});
          if (!chosen->because.empty()) choice = said("{choice}, because: {why}", {{"choice", choice}, {"why", data(chosen->because)}});
        }
        t.rows.push_back({is_default ? said("{reading} (the documents rest on it)", {{"reading", name}}) : name, said(r.because),
                          result == results.end() ? said("as in the reading taken") : result->second, choice});
      }
      out_.tables.push_back(std::move(t));
    }
    if (out_.tables.empty()) give(out_, said("No conclusion about this product depends on a contested reading that is tracked."), from_conclusions(), true);
    out_.source = from_conclusions();
    out_.substantiated = all_chosen;
  }

  void questions() {
    const rules::Questions q = rules::questions(*b_.s.compiled, b_.s.facts.values, route_conclusions(b_.s.law->base));
    if (q.open.empty()) return give(out_, said("No open question can change the route."), from_conclusions(), true);
    ItemTable t{said("Open questions, most decisive first"), {said("Question"), said("Fact"), said("Can change"), said("Basis")}, {}};
    for (const rules::Index i : q.open) {
      const rules::Fact& f = b_.s.law->base.facts[i];
      Said labels = listed({}, "; ");
      for (const std::string& label : plan::can_change(b_.findings, f.id)) labels.parts.push_back(said(label));
      if (labels.parts.empty()) labels = said("none");
      t.rows.push_back({said(f.ask), data(f.id), labels, cited(shown(f.cites))});
    }
    out_.content.push_back(said("{open} questions can still change the route; {few} answers can settle it.",
                                {{"open", data(std::to_string(q.open.size()))}, {"few", data(std::to_string(q.smallest.size()))}}));
    show(out_, std::move(t), from_conclusions());
  }

  void proofs() {
    ItemTable t{said("What each conclusion rests on"), {said("Conclusion"), said("Rests on"), said("Clause"), said("Basis")}, {}};
    for (const char* id : decisive) {
      const Finding& f = b_.findings[id];
      const Explanation e = plan::condensed(findings::explain(*b_.s.compiled, b_.s.facts.values, id, b_.s.names));
      Said rests = listed({}, "; ");
      constexpr std::size_t shown_at_most = 8;
      for (std::size_t i = 0; i < e.because.size() && i < shown_at_most; ++i) rests.parts.push_back(words_said(plan::step_words(e.because[i])));
      if (e.because.size() > shown_at_most) rests.parts.push_back(said("and {n} more", {{"n", data(std::to_string(e.because.size() - shown_at_most))}}));
      if (rests.parts.empty()) rests = said(f.status == rules::Status::unknown ? "open questions" : "no fact");
      t.rows.push_back({said("{what}: {value}", {{"what", said(f.label)}, {"value", finding_said(f)}}), rests, data(e.place), cited(f.cites)});
    }
    show(out_, std::move(t), said("the rule base {law}; the whole proofs are in answer.json and can be checked with duolex-check", {{"law", data(b_.s.law->base.sha256)}}));
  }

  void facts() {
    std::set<std::string> ids;
    for (const char* id : decisive) collect(findings::explain(*b_.s.compiled, b_.s.facts.values, id, b_.s.names), ids);
    ItemTable t{said("Facts relied on"), {said("Question"), said("Answer"), said("Source"), said("Fact")}, {}};
    for (const facts::KnownFact& k : b_.s.facts.known) {
      const rules::Fact& f = b_.s.law->base.facts[k.fact];
      if (!ids.contains(f.id)) continue;
      t.rows.push_back({said(f.ask), value_said(findings::value_of(f.type, b_.s.facts.values[k.fact])), source_of(k.source), data(f.id)});
    }
    show(out_, std::move(t), place("facts"));
  }

  void sign_off() {
    const std::string state = sign_off_state(b_.s, facts::facts_sha256(b_.s.law->base, b_.s.facts.values));
    const bool valid = state.starts_with("valid");
    ItemTable t{said("Sign-offs"), {said("Who"), said("Function"), said("Day"), said("State")}, {}};
    std::vector<const dossier::SignOff*> offs;
    for (const dossier::SignOff& s : b_.s.dossier.sign_offs)
      if (s.of == "classification") offs.push_back(&s);
    for (const dossier::SignOff* off : offs) {
      const dossier::SignOff& s = *off;
      const bool last = off == offs.back();
      t.rows.push_back({data(s.by), s.role.empty() ? said("not said") : data(s.role), s.on ? on_day(*s.on) : said("not said"),
                        said(!last ? "replaced by a later one" : valid ? "valid for these facts and this law" : "stale: facts or law have changed since")});
    }
    if (t.rows.empty()) return;
    show(out_, std::move(t), place("sign_offs"));
    if (!valid) out_.substantiated = false;
  }

  void limits() {
    const Said source = said("this program");
    give(out_, said("Whether the facts are true: they are taken from the dossier with their stated source."), source, true);
    give(out_, said("Whether the product meets the essential cybersecurity requirements of CRA Annex I, or Articles 8 to 15 AI Act: the technical file and the risk assessment say what is shown."), source, true);
    give(out_, said("National law, and Union law other than the acts named in the provisions."), source, true);
    give(out_, said("This memo is no legal advice. Where the texts leave a reading open, it is for authorities and courts to say which one holds."), source, true);
  }

 private:
  static void add(std::map<std::string, Said>& results, const std::string& reading, Said one) {
    Said& list = results.try_emplace(reading, listed({}, "; ")).first->second;
    if (std::find(list.parts.begin(), list.parts.end(), one) == list.parts.end()) list.parts.push_back(std::move(one));
  }
  static Said because(const plan::Reason& r) {
    Said list = listed({}, "; ");
    for (const plan::Reason& b : r.because) list.parts.push_back(words_said(b.words));
    return list.parts.empty() ? said("the clause alone") : list;
  }
  static void collect(const Explanation& e, std::set<std::string>& ids) {
    if (e.kind == Explanation::Kind::fact) ids.insert(e.id);
    for (const Explanation& b : e.because) collect(b, ids);
  }
  [[nodiscard]] std::vector<std::string> shown(const rules::Cites& cites) const {
    std::vector<std::string> ids;
    for (const rules::Cite& c : cites) ids.push_back(b_.s.names(c.provision));
    return ids;
  }
  static Said source_of(const dossier::Source& s) {
    Said list = listed({said(s.kind == "measured" ? "measured" : s.kind == "document" ? "document" : "stated")});
    for (const std::string* part : {&s.by, &s.artefact, &s.note})
      if (!part->empty()) list.parts.push_back(data(*part));
    if (s.on) list.parts.push_back(on_day(*s.on));
    return list;
  }

  const Binding& b_;
  BoundItem& out_;
};

}  // namespace

void bind_memo(const Binding& b, const std::string& name, BoundItem& out) {
  static const std::map<std::string, void (Memo::*)()> parts = {
      {"product", &Memo::product}, {"cra", &Memo::cra}, {"ai", &Memo::ai}, {"joint", &Memo::joint}, {"route", &Memo::route},
      {"alternatives", &Memo::alternatives}, {"readings", &Memo::readings}, {"questions", &Memo::questions}, {"proofs", &Memo::proofs},
      {"facts", &Memo::facts}, {"sign_off", &Memo::sign_off}, {"limits", &Memo::limits}};
  if (const auto part = parts.find(name); part != parts.end()) {
    Memo memo(b, out);
    (memo.*part->second)();
  }
}

}  // namespace duolex::workspace
