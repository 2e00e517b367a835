// What it rests on: all conclusions, the artefacts, the facts, the proofs, the law, and what was not checked.
#include <algorithm>

#include "documents/page.h"
#include "plan/steps.h"

namespace duolex::documents {
namespace {

using findings::Explanation;
using findings::Finding;

const char* group_title(const std::string& conclusion) {
  const std::string prefix = conclusion.substr(0, conclusion.find('.'));
  if (prefix == "cra") return "Cyber Resilience Act";
  if (prefix == "ai") return "AI Act";
  if (prefix == "joint") return "Both acts together";
  if (prefix == "gdpr") return "General Data Protection Regulation";
  return "Other conclusions";
}

// Notes are numbered in the order in which the conclusions first need them.
class Notes {
 public:
  explicit Notes(const Assessment& a) : a_(a) {}

  void refer(Html& h, const Finding& f) {
    for (const std::string& id : f.notes) {
      const auto note = std::find_if(a_.findings.notes.begin(), a_.findings.notes.end(), [&](const auto& n) { return n.id == id; });
      if (note == a_.findings.notes.end() || !note->surely) continue;
      auto at = std::find(shown_.begin(), shown_.end(), &*note);
      if (at == shown_.end()) at = shown_.insert(shown_.end(), &*note);
      const std::string number = std::to_string(at - shown_.begin() + 1);
      h.raw(" <a class=\"noteref\" href=\"#note-").text(number).raw("\">note ").text(number).raw("</a>");
    }
  }

  void write(Html& h) const {
    if (shown_.empty()) return;
    h.with("h3", "Notes").open("ol", "class=\"notes\"");
    for (std::size_t i = 0; i < shown_.size(); ++i)
      h.raw("<li id=\"note-").text(std::to_string(i + 1)).raw("\">").text(shown_[i]->text).cites(shown_[i]->cites).raw("</li>\n");
    h.close();
  }

 private:
  const Assessment& a_;
  std::vector<const findings::ShownNote*> shown_;
};

void conclusion_cell(Page& page, const Finding& f, Notes& notes) {
  Html& h = page.h;
  page.cell("Finding");
  h.with("strong", in_words(f));
  if (f.status == rules::Status::contested) {
    h.raw(" ");
    page.tag("contested", "contested");
  }
  if (f.status == rules::Status::unknown) {
    std::string missing;
    for (std::size_t i = 0; i < f.missing.size() && i < 5; ++i) missing += (i == 0 ? "" : ", ") + f.missing[i];
    if (f.missing.size() > 5) missing += " and " + std::to_string(f.missing.size() - 5) + " more";
    h.raw("<br>").with("span", "Waits for " + missing, "class=\"soft\"");
  }
  if (f.projected) h.raw("<br>").with("span", "Rests on the legal state as last checked, carried on to this day", "class=\"soft\"");
  notes.refer(h, f);
  h.raw("</td>");
}

void facts_table(Page& page, const char* caption, bool assumed) {
  Html& h = page.h;
  page.table(caption, {{"name", "Fact"}, {"value", assumed ? "Counted as" : "Value"}, {"", assumed ? "Provisions" : "Source and date"}});
  for (const FactRow& f : page.a.facts) {
    if (f.assumed != assumed) continue;
    h.open("tr").open("th", "scope=\"row\" class=\"plain\"").text(f.question.empty() ? f.id : f.question).raw("<br>").with("code", f.id).close();
    page.cell("Value");
    h.with("strong", in_words(f.value)).raw("</td>");
    if (assumed) {
      page.cell("Provisions");
      h.cites(f.cites);
    } else {
      page.cell("Source and date");
      h.text(f.source + (f.on.empty() ? "" : ", " + f.on));
      if (f.line != 0) h.raw(" ").with("span", "duolex.yaml:" + std::to_string(f.line), "class=\"soft\"");
    }
    h.raw("</td>").close();
  }
  page.end_table();
}

// Two levels stand open, deeper ones fold.
void step(Html& h, const Explanation& e, int depth) {
  const plan::StepWords w = plan::step_words(e);
  h.open("li");
  const bool folds = depth >= 2 && !e.because.empty();
  if (folds) h.open("details").open("summary");
  h.text(w.what);
  if (!w.value.empty()) h.text(w.what.ends_with('?') ? " " : ": ").with("strong", w.value);
  h.cites(e.cites);
  if (!w.detail.empty()) h.raw(" ").with("span", w.detail, "class=\"detail\"");
  if (folds) h.close();
  if (!e.because.empty()) {
    h.open("ul");
    for (const Explanation& b : e.because) step(h, b, depth + 1);
    h.close();
  }
  if (folds) h.close();
  h.close();
}

}  // namespace

void write_conclusions(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  page.section("conclusions", "All conclusions");
  Notes notes(a);
  const char* group = "";
  h.open("table").with("caption", "Every conclusion with its finding and its provisions", "class=\"unseen\"");
  h.raw("<thead><tr><th scope=\"col\" class=\"name\">Conclusion</th><th scope=\"col\">Finding</th></tr></thead>\n");
  for (const Finding& f : a.findings.conclusions) {
    const char* title = group_title(f.conclusion);
    if (std::string_view(title) != group) {
      if (*group != '\0') h.close();
      group = title;
      h.open("tbody").raw("<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"2\">").text(title).raw("</th></tr>\n");
    }
    h.open("tr").open("th", "scope=\"row\" class=\"plain\"").text(f.label).cites(f.cites).raw("<br>").with("code", f.conclusion).close();
    conclusion_cell(page, f, notes);
    h.close();
  }
  if (*group != '\0') h.close();
  h.close();
  notes.write(h);
  h.raw("</section>\n");
}

std::string verdict_in_words(const std::string& verdict) {
  if (verdict == "executes_code") return "Yes.";
  if (verdict == "suspicious") return "It is suspicious.";
  if (verdict == "unreadable") return "Not known: it could not be read.";
  return "No code was found in what was checked.";
}

void write_measured(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  page.section("measured", "Measured from the artefacts");
  if (a.artefacts.empty()) {
    h.with("p", "The dossier names no artefacts, so nothing was measured.").raw("</section>\n");
    return;
  }
  page.table("Artefacts", {{"name", "Artefact"}, {"", "What it is"}});
  for (const ArtefactRow& r : a.artefacts) {
    h.open("tr").open("th", "scope=\"row\"").with("code", r.path).close();
    page.cell("What it is");
    h.text(in_words(r.kind) + (r.note.empty() ? "" : ": " + r.note)).raw("<br>");
    h.with("code", "sha256 " + r.sha256, "class=\"hash\"");
    if (!r.verdict.empty()) {
      h.with("p", "Does loading it run code? " + verdict_in_words(r.verdict));
      for (const std::string& f : r.found) h.with("p", f);
      for (const std::string& n : r.not_checked) h.with("p", "Not checked: " + n);
    }
    h.raw("</td>").close();
  }
  page.end_table();
  if (!a.proposals.empty()) {
    h.with("h3", "Proposed facts");
    h.with("p", "Suggested by what was measured. None counts until a person takes it over into the dossier.");
    page.table("Proposed facts", {{"name", "Fact"}, {"value", "Proposed"}, {"", "Because"}});
    for (const ProposalRow& p : a.proposals) {
      h.open("tr").open("th", "scope=\"row\"").with("code", p.fact).close();
      page.cell("Proposed");
      h.text(in_words(p.value)).raw("</td>");
      page.cell("Because");
      h.text(p.because).raw(" ").with("code", p.artefact).raw("</td>").close();
    }
    page.end_table();
  }
  h.raw("</section>\n");
}

void write_facts(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  page.section("facts", "Facts this rests on");
  const auto assumed = std::count_if(a.facts.begin(), a.facts.end(), [](const FactRow& f) { return f.assumed; });
  h.with("p", std::to_string(a.facts.size() - static_cast<std::size_t>(assumed)) + " facts are stated in the dossier" +
                  (assumed == 0 ? "." : ", " + std::to_string(assumed) + " count by default because nobody stated otherwise. What is "
                                                                          "neither is unknown and was not assumed."));
  if (static_cast<std::size_t>(assumed) < a.facts.size()) facts_table(page, "Facts stated in the dossier", false);
  if (assumed != 0) {
    h.with("h3", "Counted by default");
    facts_table(page, "Facts counted by default", true);
  }
  h.raw("</section>\n");
}

void write_proofs(Page& page) {
  Html& h = page.h;
  page.section("proofs", "Proofs");
  h.with("p", "Each tree names the rule that decides, its provisions, and what it rests on, down to the facts. What is folded stays "
              "folded on paper. The file answer.json holds every conclusion's proof in a form that the separate program "
              "duolex-check verifies against the rule files and the facts.");
  for (const ProofRow& p : page.a.proofs) {
    h.open("details", "class=\"proof\"").open("summary").text(p.label + ": ").with("strong", p.value).close();
    h.open("ul", "class=\"tree\"");
    step(h, plan::condensed(p.tree), 0);
    h.close();
    if (!p.others.empty()) {
      h.with("h3", "Why not the others");
      h.open("ul", "class=\"tree\"");
      for (const Explanation& e : p.others) step(h, plan::condensed(e), 1);
      h.close();
    }
    h.close();
  }
  h.raw("</section>\n");
}

void write_law(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  page.section("law", "The law used, and what was not checked");
  if (!a.law_texts.empty()) {
    h.with("p", "Texts in force on " + in_words(a.findings.as_of) + " that the rules speak of:");
    h.open("ul");
    for (const LawText& t : a.law_texts) h.open("li").text(t.title + " ").with("code", t.id).close();
    h.close();
  }
  h.with("h3", "Not checked").open("ul");
  for (const std::string& what : a.not_checked) h.with("li", what);
  h.close();
  h.with("h3", "Fingerprints").open("dl", "class=\"terms wide\"");
  const auto hash = [&](const char* title, const std::string& value) {
    h.open("div").with("dt", title).open("dd").with("code", value, "class=\"hash\"").close().close();
  };
  hash("Facts, SHA-256", a.facts_sha256);
  hash("Rule base, SHA-256", a.findings.law_sha256);
  h.open("div").with("dt", "Program").with("dd", "Duolex " + a.program_version).close();
  h.close();
  h.with("p", "Reasoned from the texts of the acts. No legal advice. Only the Official Journal is authentic.", "class=\"soft\"");
  h.raw("</section>\n");
}

}  // namespace duolex::documents
