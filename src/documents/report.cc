#include <algorithm>

#include "documents/assessment.h"
#include "documents/html.h"
#include "documents/style.h"

namespace duolex::documents {
namespace {

using findings::Explanation;
using findings::Finding;

class Report {
 public:
  explicit Report(const Assessment& a) : a_(a) {}

  std::string run() {
    h_.raw("<!DOCTYPE html>\n").open("html", "lang=\"en\"").open("head");
    h_.raw("<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    h_.with("title", a_.product + ": assessment under the AI Act and the Cyber Resilience Act");
    h_.open("style").raw(report_style()).close().close();
    h_.open("body").raw("<a class=\"skip\" href=\"#verdict\">Skip to the verdict</a>\n");
    header();
    h_.open("main");
    verdict();
    open_points();
    routes();
    readings();
    conclusions();
    timeline();
    questions();
    duties();
    measured();
    facts();
    proofs();
    not_checked();
    h_.close();
    footer();
    return h_.take();
  }

 private:
  const Finding& of(const char* conclusion) const { return a_.findings[conclusion]; }

  void header() {
    h_.open("header").with("h1", a_.product);
    h_.with("p", "Assessment under the EU AI Act and the Cyber Resilience Act, as of " + to_string(a_.findings.as_of), "class=\"sub\"");
    if (!a_.description.empty()) h_.with("p", a_.description);
    h_.open("dl", "class=\"facts\"");
    row("Manufacturer or provider", a_.manufacturer.empty() ? "not named" : a_.manufacturer);
    row("Release", a_.release.empty() ? "none recorded" : a_.release);
    if (!a_.intended_purpose.empty()) row("Intended purpose", a_.intended_purpose);
    h_.close().close();
  }

  void row(const std::string& term, const std::string& text) { h_.with("dt", term).with("dd", text); }

  void row(const char* term, const Finding& f) {
    h_.with("dt", term).open("dd").text(in_words(f));
    if (f.status == rules::Status::contested) h_.raw(" ").with("span", "contested", "class=\"tag contested\"");
    h_.cites(f.cites).close();
  }

  void section(const char* id, const char* title) {
    h_.raw("<h2 id=\"").raw(id).raw("\">").text(title).raw("</h2>\n");
  }

  void verdict() {
    h_.open("section", "class=\"verdict\" id=\"verdict\" aria-label=\"Verdict\"");
    h_.with("p", a_.route, "class=\"route\"");
    h_.open("dl", "class=\"facts\"");
    row("CRA applies", of("cra.applies"));
    if (of("cra.applies").status != rules::Status::unknown && !of("cra.applies").value.yes) row("Outside the CRA because", of("cra.excluded_by"));
    row("Class under the CRA", of("cra.class"));
    row("AI Act applies", of("ai.applies"));
    row("High-risk AI system", of("ai.high_risk"));
    row("Ground", of("ai.high_risk_basis"));
    row("Procedure under the AI Act", of("ai.procedure"));
    row("CRA requirements assessed by", of("joint.cra_assessed_by"));
    row("Bodies to involve", of("joint.bodies"));
    row("Binding today", of("joint.regime_now"));
    h_.close().close();
    for (const findings::ShownNote& w : a_.findings.warnings)
      h_.open("p").with("strong", "Warning: ").text(w.text).cites(w.cites).close();
  }

  void open_points() {
    section("open-points", "What stands between this product and a signed declaration");
    if (a_.open_points.empty()) {
      h_.with("p", "Nothing that was checked. See what was not checked at the end.");
      return;
    }
    h_.open("table", "class=\"stack\"").raw("<thead><tr><th scope=\"col\">Open point</th><th scope=\"col\">What closes it</th></tr></thead>\n").open("tbody");
    for (const OpenPoint& p : a_.open_points) {
      h_.open("tr").open("th", "scope=\"row\"").text(p.what).cites(p.cites).close();
      h_.with("td", p.how).close();
    }
    h_.close().close();
  }

  void routes() {
    section("routes", "The procedures compared");
    h_.open("table", "class=\"stack\"").raw("<thead><tr><th scope=\"col\">Procedure</th><th scope=\"col\">Standing</th><th scope=\"col\">Why</th></tr></thead>\n").open("tbody");
    static const char* const words[] = {"taken", "open", "closed", "undecided"};
    for (const plan::RouteOption& o : a_.routes) {
      const char* word = words[static_cast<int>(o.standing)];
      h_.open("tr").open("th", "scope=\"row\"").text(o.act + ": " + o.name).cites({o.provision}).close();
      h_.open("td").raw("<span class=\"tag ").raw(word).raw("\">").raw(word).raw("</span>").close();
      h_.open("td");
      for (std::size_t i = 0; i < o.reasons.size(); ++i) {
        if (i != 0) h_.raw("<br>");
        h_.text(o.reasons[i].text).cites(o.reasons[i].cites);
      }
      h_.close().close();
    }
    h_.close().close();
  }

  void readings() {
    section("readings", "Contested readings");
    if (a_.readings.empty()) {
      h_.with("p", "No conclusion about this product depends on a contested reading that is tracked.");
      return;
    }
    for (const ReadingRow& r : a_.readings) {
      h_.open("h3").text(r.ambiguity + ": " + r.question).cites(r.cites).close();
      h_.with("p", r.chosen.empty() ? "No reading has been recorded in the dossier; the default is shown in the verdict."
                                    : "Recorded choice: " + r.chosen + ", by " + r.chosen_by + ".");
      h_.open("div", "class=\"readings\"");
      for (const ReadingRow::Option& o : r.options) {
        h_.open("div", o.is_default ? "class=\"reading default\"" : "class=\"reading\"");
        h_.with("h4", in_words(o.reading) + (o.is_default ? " (default)" : ""));
        h_.with("p", o.because).open("dl", "class=\"facts\"");
        for (const auto& [label, value] : o.values) row(label, value);
        h_.close().close();
      }
      h_.close();
    }
  }

  void conclusions() {
    section("conclusions", "All conclusions");
    h_.open("table", "class=\"stack\"").raw("<thead><tr><th scope=\"col\">Conclusion</th><th scope=\"col\">Finding</th><th scope=\"col\">Provisions</th></tr></thead>\n").open("tbody");
    for (const Finding& f : a_.findings.conclusions) {
      h_.open("tr").open("th", "scope=\"row\"").text(f.label).raw("<br>").with("code", f.conclusion, "class=\"by\"").close();
      h_.open("td").text(in_words(f));
      if (f.status == rules::Status::unknown) {
        h_.raw(" ");
        std::string missing;
        for (std::size_t i = 0; i < f.missing.size() && i < 5; ++i) missing += (i == 0 ? "" : ", ") + f.missing[i];
        if (f.missing.size() > 5) missing += " and " + std::to_string(f.missing.size() - 5) + " more";
        h_.with("span", "needs " + missing, "class=\"by\"");
      }
      if (f.status == rules::Status::contested) h_.raw(" ").with("span", "contested", "class=\"tag contested\"");
      if (f.projected) h_.raw(" ").with("span", "projected: the legal state was last checked before this day", "class=\"by\"");
      for (const std::string& id : f.notes)
        for (const findings::ShownNote& n : a_.findings.notes)
          if (n.id == id && n.surely) h_.open("p", "class=\"by\"").text(n.text).cites(n.cites).close();
      h_.close().open("td").cites(f.cites).close().close();
    }
    h_.close().close();
  }

  void timeline() {
    section("timeline", "What applies when");
    if (a_.timeline.empty()) {
      h_.with("p", "On the facts as they stand no conclusion changes with the dates of the law.");
      return;
    }
    h_.open("table", "class=\"stack\"").raw("<thead><tr><th scope=\"col\">From</th><th scope=\"col\">What changes</th></tr></thead>\n").open("tbody");
    for (const plan::TimelineDay& d : a_.timeline) {
      h_.open("tr").with("th", to_string(d.day), "scope=\"row\"").open("td");
      for (std::size_t i = 0; i < d.changes.size(); ++i) {
        if (i != 0) h_.raw("<br>");
        const plan::Change& c = d.changes[i];
        h_.text(c.label + ": " + in_words(c.before) + " → " + in_words(c.after)).cites(c.cites);
      }
      h_.close().close();
    }
    h_.close().close();
  }

  void questions() {
    section("questions", "Open questions about the route");
    if (a_.questions.empty()) {
      h_.with("p", "Nothing that could be asked would change the route.");
      return;
    }
    const auto smallest = std::count_if(a_.questions.begin(), a_.questions.end(), [](const QuestionRow& q) { return q.in_smallest; });
    h_.with("p", std::to_string(a_.questions.size()) + " facts can still change the route. Answers to " + std::to_string(smallest) +
                     " of them can settle it" + (a_.smallest_proven ? ", and no smaller set can" : "") + ". Most decisive first.");
    h_.open("ol", "class=\"questions\"");
    for (const QuestionRow& q : a_.questions) {
      h_.open("li").with("strong", q.question).cites(q.cites).raw("<br>").with("code", q.id).text(": " + q.answer);
      if (!q.help.empty()) h_.raw("<br>").with("span", q.help, "class=\"by\"");
      h_.close();
    }
    h_.close();
  }

  void duties() {
    section("duties", "Duties by stage");
    static const std::pair<const char*, const char*> stages[] = {{"design", "Design"}, {"development", "Development"},
        {"before_placing", "Before placing on the market"}, {"placing", "Placing on the market"},
        {"after_placing", "After placing on the market"}, {"", "Without a stage"}};
    h_.with("p", "Duties whose condition holds or may still hold on the facts, with the first day on which they bind anyone.");
    for (const auto& [id, title] : stages) {
      if (std::none_of(a_.findings.duties.begin(), a_.findings.duties.end(), [&, &s = id](const auto& d) { return d.stage == s; })) continue;
      h_.with("h3", title).open("table", "class=\"stack\"");
      h_.raw("<thead><tr><th scope=\"col\">Duty</th><th scope=\"col\">Binds</th><th scope=\"col\">From</th></tr></thead>\n").open("tbody");
      for (const findings::ShownDuty& d : a_.findings.duties) {
        if (d.stage != id) continue;
        h_.open("tr").open("td").text(d.text);
        if (!d.surely) h_.raw(" ").with("span", "may bind", "class=\"tag undecided\"");
        h_.cites(d.cites).close().with("td", d.binds).with("td", d.from).close();
      }
      h_.close().close();
    }
  }

  void measured() {
    section("measured", "Measured from the artefacts");
    if (a_.artefacts.empty()) {
      h_.with("p", "The dossier names no artefacts, so nothing was measured.");
      return;
    }
    h_.open("table", "class=\"stack\"").raw("<thead><tr><th scope=\"col\">Artefact</th><th scope=\"col\">What it is</th></tr></thead>\n").open("tbody");
    for (const ArtefactRow& r : a_.artefacts) {
      h_.open("tr").open("th", "scope=\"row\"").with("code", r.path).close();
      h_.open("td").text(r.kind + (r.note.empty() ? "" : ": " + r.note)).raw("<br>").with("code", "sha256 " + r.sha256, "class=\"by\"").close().close();
    }
    h_.close().close();
    if (a_.proposals.empty()) return;
    h_.with("h3", "Proposed facts");
    h_.with("p", "Suggested by what was measured. None counts until a person takes it over into the dossier.");
    h_.open("table", "class=\"stack\"").raw("<thead><tr><th scope=\"col\">Fact</th><th scope=\"col\">Proposed</th><th scope=\"col\">Because</th></tr></thead>\n").open("tbody");
    for (const ProposalRow& p : a_.proposals) {
      h_.open("tr").open("th", "scope=\"row\"").with("code", p.fact).close().with("td", p.value);
      h_.open("td").text(p.because).raw(" ").with("code", p.artefact, "class=\"by\"").close().close();
    }
    h_.close().close();
  }

  void facts() {
    section("facts", "Facts this rests on");
    h_.open("table", "class=\"stack\"").raw("<thead><tr><th scope=\"col\">Fact</th><th scope=\"col\">Value</th><th scope=\"col\">Source</th></tr></thead>\n").open("tbody");
    for (const FactRow& f : a_.facts) {
      h_.open("tr").open("th", "scope=\"row\"").text(f.question.empty() ? f.id : f.question).raw("<br>").with("code", f.id, "class=\"by\"").close();
      h_.with("td", in_words(f.value)).open("td").text(f.assumed ? "assumed, not asked" : f.source);
      if (!f.on.empty()) h_.text(", " + f.on);
      h_.close().close();
    }
    h_.close().close();
  }

  void node(const Explanation& e) {
    h_.open("li");
    switch (e.kind) {
      case Explanation::Kind::fact:
        h_.text((e.label.empty() ? e.id : e.label) + " ").with("strong", in_words(e.text.rfind("is ", 0) == 0 ? e.text.substr(3) : e.text));
        h_.raw(" ").with("code", e.id, "class=\"by\"");
        break;
      case Explanation::Kind::state:
        h_.text("Legal state ").with("code", e.id).text(": " + e.text);
        break;
      default:
        h_.text(e.label.empty() ? e.id : e.label);
        if (!e.text.empty()) h_.text(": ").with("strong", in_words(e.text));
        if (!e.by.empty()) h_.raw(" ").with("span", e.by + ", " + e.place, "class=\"by\"");
    }
    h_.cites(e.cites);
    if (!e.because.empty()) {
      h_.open("ul", "class=\"proof\"");
      for (const Explanation& b : e.because) node(b);
      h_.close();
    }
    h_.close();
  }

  void proofs() {
    section("proofs", "Proofs");
    h_.with("p", "Each tree names the clause that decides, its provisions, and the facts it rests on. The file answer.json holds the same "
                 "in a form that the separate program duolex-check verifies.");
    for (const ProofRow& p : a_.proofs) {
      h_.open("details").open("summary").text(p.label + ": ").with("strong", in_words(p.value)).close();
      h_.open("ul", "class=\"proof\"");
      node(p.tree);
      h_.close();
      if (!p.others.empty()) {
        h_.with("p", "Why not the others");
        h_.open("ul", "class=\"proof\"");
        for (const Explanation& e : p.others) node(e);
        h_.close();
      }
      h_.close();
    }
  }

  void not_checked() {
    section("not-checked", "What was not checked");
    h_.open("ul");
    for (const std::string& what : a_.not_checked) h_.with("li", what);
    h_.close();
  }

  void footer() {
    h_.open("footer");
    h_.with("p", "Classification sign-off: " + a_.sign_off + ".");
    h_.open("p").text("Facts ").with("code", a_.facts_sha256).text(" · law ").with("code", a_.findings.law_sha256).text(" · Duolex " + a_.program_version).close();
    h_.with("p", "Reasoned from the texts of the acts; no legal advice. Only the Official Journal is authentic.");
    h_.close();
  }

  const Assessment& a_;
  Html h_;
};

}  // namespace

std::string report_html(const Assessment& assessment) { return Report(assessment).run(); }

}  // namespace duolex::documents
