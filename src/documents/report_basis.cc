// What it rests on: all conclusions, the artefacts, the facts, the proofs, the law, and what was not checked.
#include <algorithm>

#include "documents/page.h"
#include "plan/steps.h"

namespace duolex::documents {
namespace {

using findings::Explanation;
using findings::Finding;

Said group_title(const std::string& conclusion) {
  const std::string prefix = conclusion.substr(0, conclusion.find('.'));
  if (prefix == "cra") return said("Cyber Resilience Act");
  if (prefix == "ai") return said("AI Act");
  if (prefix == "joint") return said("Both acts together");
  if (prefix == "gdpr") return said("General Data Protection Regulation");
  return said("Other conclusions");
}

// Notes are numbered in the order in which the conclusions first need them.
class Notes {
 public:
  explicit Notes(const Assessment& a) : a_(a) {}

  void refer(Page& page, const Finding& f) {
    Html& h = page.h;
    for (const std::string& id : f.notes) {
      const auto note = std::find_if(a_.findings.notes.begin(), a_.findings.notes.end(), [&](const auto& n) { return n.id == id; });
      if (note == a_.findings.notes.end() || !note->surely) continue;
      auto at = std::find(shown_.begin(), shown_.end(), &*note);
      if (at == shown_.end()) at = shown_.insert(shown_.end(), &*note);
      const std::string number = std::to_string(at - shown_.begin() + 1);
      h.raw(" <a class=\"noteref\" href=\"#note-").text(number).raw("\">");
      page.say(said("note {n}", {{"n", data(number)}}));
      h.raw("</a>");
    }
  }

  void write(Page& page) const {
    if (shown_.empty()) return;
    Html& h = page.h;
    page.with("h3", said("Notes"));
    h.open("ol", "class=\"notes\"");
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      h.raw("<li id=\"note-").text(std::to_string(i + 1)).raw("\">");
      page.say(Page::law(shown_[i]->text));
      h.cites(shown_[i]->cites).raw("</li>\n");
    }
    h.close();
  }

 private:
  const Assessment& a_;
  std::vector<const findings::ShownNote*> shown_;
};

void conclusion_cell(Page& page, const Finding& f, Notes& notes) {
  Html& h = page.h;
  page.cell(said("Finding"));
  page.with("strong", page.value(f));
  if (f.status == rules::Status::contested) {
    h.raw(" ");
    page.tag("contested", said("contested"));
  }
  if (f.status == rules::Status::unknown) {
    Said missing = listed({});
    for (std::size_t i = 0; i < f.missing.size() && i < 5; ++i) missing.parts.push_back(data(f.missing[i]));
    if (f.missing.size() > 5) missing = listed({missing, said("and {n} more", {{"n", data(std::to_string(f.missing.size() - 5))}})}, " ");
    h.raw("<br>");
    page.with("span", said("Waits for {what}", {{"what", missing}}), "class=\"soft\"");
  }
  if (f.projected) {
    h.raw("<br>");
    page.with("span", said("Rests on the legal state as last checked, carried on to this day"), "class=\"soft\"");
  }
  notes.refer(page, f);
  h.raw("</td>");
}

void facts_table(Page& page, const Said& caption, bool assumed) {
  Html& h = page.h;
  page.table(caption, {{"name", said("Fact")}, {"value", assumed ? said("Counted as") : said("Value")}, {"", assumed ? said("Provisions") : said("Source and date")}});
  for (const FactRow& f : page.a.facts) {
    if (f.assumed != assumed) continue;
    h.open("tr").open("th", "scope=\"row\" class=\"plain\"");
    page.say(f.question.empty() ? data(f.id) : Page::law(f.question));
    h.raw("<br>").with("code", f.id).close();
    page.cell(said("Value"));
    page.with("strong", page.value(f.value));
    h.raw("</td>");
    if (assumed) {
      page.cell(said("Provisions"));
      h.cites(f.cites);
    } else {
      page.cell(said("Source and date"));
      page.say(f.source);
      if (!f.on.empty()) h.text(", " + f.on);
      if (f.line != 0) h.raw(" ").with("span", "duolex.yaml:" + std::to_string(f.line), "class=\"soft\"");
    }
    h.raw("</td>").close();
  }
  page.end_table();
}

// Two levels stand open, deeper ones fold.
void step(Page& page, const Explanation& e, int depth) {
  Html& h = page.h;
  const plan::StepWords w = plan::step_words(e);
  h.open("li");
  const bool folds = depth >= 2 && !e.because.empty();
  if (folds) h.open("details").open("summary");
  if (page.english()) {
    h.text(w.what);
    if (!w.value.empty()) h.text(w.what.ends_with('?') ? " " : ": ").with("strong", w.value);
  } else {
    page.say(words_said(w));
  }
  h.cites(e.cites);
  if (!w.detail.empty()) {
    h.raw(" ");
    page.with("span", detail_said(w), "class=\"detail\"");
  }
  if (folds) h.close();
  if (!e.because.empty()) {
    h.open("ul");
    for (const Explanation& b : e.because) step(page, b, depth + 1);
    h.close();
  }
  if (folds) h.close();
  h.close();
}

}  // namespace

void write_conclusions(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  page.section("conclusions", said("All conclusions"));
  Notes notes(a);
  Said group;
  h.open("table");
  page.with("caption", said("Every conclusion with its finding and its provisions"), "class=\"unseen\"");
  h.raw("<thead><tr>");
  page.with("th", said("Conclusion"), "scope=\"col\" class=\"name\"");
  page.with("th", said("Finding"), "scope=\"col\"");
  h.raw("</tr></thead>\n");
  for (const Finding& f : a.findings.conclusions) {
    const Said title = group_title(f.conclusion);
    if (title != group) {
      if (!group.empty()) h.close();
      group = title;
      h.open("tbody").raw("<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"2\">");
      page.say(title);
      h.raw("</th></tr>\n");
    }
    h.open("tr").open("th", "scope=\"row\" class=\"plain\"");
    page.say(Page::law(f.label));
    h.cites(f.cites).raw("<br>").with("code", f.conclusion).close();
    conclusion_cell(page, f, notes);
    h.close();
  }
  if (!group.empty()) h.close();
  h.close();
  notes.write(page);
  h.raw("</section>\n");
}

Said verdict_said(const std::string& verdict) {
  if (verdict == "executes_code") return said("Does loading it run code? Yes.");
  if (verdict == "suspicious") return said("Does loading it run code? It is suspicious.");
  if (verdict == "unreadable") return said("Does loading it run code? Not known: it could not be read.");
  return said("Does loading it run code? No code was found in what was checked.");
}

void write_measured(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  page.section("measured", said("Measured from the artefacts"));
  if (a.artefacts.empty()) {
    page.with("p", said("The dossier names no artefacts, so nothing was measured."));
    h.raw("</section>\n");
    return;
  }
  page.table(said("Artefacts"), {{"name", said("Artefact")}, {"", said("What it is")}});
  for (const ArtefactRow& r : a.artefacts) {
    h.open("tr").open("th", "scope=\"row\"").with("code", r.path).close();
    page.cell(said("What it is"));
    page.say(r.note.empty() ? word_said(in_words(r.kind)) : said("{what}: {value}", {{"what", word_said(in_words(r.kind))}, {"value", r.note}}));
    h.raw("<br>");
    h.with("code", "sha256 " + r.sha256, "class=\"hash\"");
    if (!r.verdict.empty()) {
      page.with("p", verdict_said(r.verdict));
      for (const std::string& f : r.found) page.with("p", Page::law(f));
      for (const std::string& n : r.not_checked) page.with("p", said("Not checked: {what}", {{"what", Page::law(n)}}));
    }
    h.raw("</td>").close();
  }
  page.end_table();
  if (!a.proposals.empty()) {
    page.with("h3", said("Proposed facts"));
    page.with("p", said("Suggested by what was measured. None counts until a person takes it over into the dossier."));
    page.table(said("Proposed facts"), {{"name", said("Fact")}, {"value", said("Proposed")}, {"", said("Because")}});
    for (const ProposalRow& p : a.proposals) {
      h.open("tr").open("th", "scope=\"row\"").with("code", p.fact).close();
      page.cell(said("Proposed"));
      page.say(page.value(p.value));
      h.raw("</td>");
      page.cell(said("Because"));
      page.say(Page::law(p.because));
      h.raw(" ").with("code", p.artefact).raw("</td>").close();
    }
    page.end_table();
  }
  h.raw("</section>\n");
}

void write_facts(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  page.section("facts", said("Facts this rests on"));
  const auto assumed = std::count_if(a.facts.begin(), a.facts.end(), [](const FactRow& f) { return f.assumed; });
  const Said stated = data(std::to_string(a.facts.size() - static_cast<std::size_t>(assumed)));
  page.with("p", assumed == 0 ? said("{n} facts are stated in the dossier.", {{"n", stated}})
                              : said("{n} facts are stated in the dossier, {m} count by default because nobody stated otherwise. What is neither is unknown and was not assumed.",
                                     {{"n", stated}, {"m", data(std::to_string(assumed))}}));
  if (static_cast<std::size_t>(assumed) < a.facts.size()) facts_table(page, said("Facts stated in the dossier"), false);
  if (assumed != 0) {
    page.with("h3", said("Counted by default"));
    facts_table(page, said("Facts counted by default"), true);
  }
  h.raw("</section>\n");
}

void write_proofs(Page& page) {
  Html& h = page.h;
  page.section("proofs", said("Proofs"));
  page.with("p", said("Each tree names the rule that decides, its provisions, and what it rests on, down to the facts. What is folded stays "
                      "folded on paper. The file answer.json holds every conclusion's proof in a form that the separate program "
                      "duolex-check verifies against the rule files and the facts."));
  for (const ProofRow& p : page.a.proofs) {
    h.open("details", "class=\"proof\"").open("summary");
    page.say(Page::law(p.label));
    h.text(": ");
    page.with("strong", page.english() ? data(p.value) : finding_said(page.of(p.conclusion.c_str())));
    h.close();
    h.open("ul", "class=\"tree\"");
    step(page, plan::condensed(p.tree), 0);
    h.close();
    if (!p.others.empty()) {
      page.with("h3", said("Why not the others"));
      h.open("ul", "class=\"tree\"");
      for (const Explanation& e : p.others) step(page, plan::condensed(e), 1);
      h.close();
    }
    h.close();
  }
  h.raw("</section>\n");
}

void write_law(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  page.section("law", said("The law used, and what was not checked"));
  if (!a.law_texts.empty()) {
    page.with("p", said("Texts in force on {day} that the rules speak of:", {{"day", on_day(a.findings.as_of)}}));
    h.open("ul");
    for (const LawText& t : a.law_texts) {
      h.open("li");
      page.say(Page::law(t.title));
      h.text(" ").with("code", t.id).close();
    }
    h.close();
  }
  page.with("h3", said("Not checked"));
  h.open("ul");
  for (const Said& what : a.not_checked) page.with("li", what);
  h.close();
  page.with("h3", said("Fingerprints"));
  h.open("dl", "class=\"terms wide\"");
  const auto hash = [&](const Said& title, const std::string& value) {
    h.open("div");
    page.with("dt", title);
    h.open("dd").with("code", value, "class=\"hash\"").close().close();
  };
  hash(said("Facts, SHA-256"), a.facts_sha256);
  hash(said("Rule base, SHA-256"), a.findings.law_sha256);
  h.open("div");
  page.with("dt", said("Program"));
  h.with("dd", "Duolex " + a.program_version).close();
  h.close();
  page.with("p", said("Reasoned from the texts of the acts. No legal advice. Only the Official Journal is authentic."), "class=\"soft\"");
  h.raw("</section>\n");
}

}  // namespace duolex::documents
