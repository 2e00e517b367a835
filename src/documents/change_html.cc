#include <algorithm>

#include "changes/signal.h"
#include "documents/change.h"
#include "documents/html.h"
#include "documents/style.h"
#include "plan/words.h"

namespace duolex::documents {
namespace {

using changes::ActVerdict;
using changes::Assessment;
using changes::Signal;
using changes::Weight;

const char* tag_of(Weight weight) {
  switch (weight) {
    case Weight::none: return "class=\"tag closed\"";
    case Weight::review: return "class=\"tag undecided\"";
    case Weight::unknown: return "class=\"tag undecided\"";
    case Weight::presumed: return "class=\"tag gap\"";
  }
  return "";
}

const char* word_of(Weight weight) {
  switch (weight) {
    case Weight::none: return "no ground";
    case Weight::review: return "review";
    case Weight::unknown: return "unknown";
    case Weight::presumed: return "presumed substantial";
  }
  return "";
}

class Writer {
 public:
  Writer(Html& h, const Assessment& a, int level, std::size_t most) : h_(h), a_(a), head_(level == 2 ? "h2" : "h3"), below_(level == 2 ? "h3" : "h4"), most_(most) {}

  void write() {
    h_.open("div", "class=\"acts two\"");
    act("Cyber Resilience Act", a_.cra);
    act("AI Act", a_.ai);
    h_.close();
    told();
    signals();
    redo();
    h_.with(head_, "Not compared").open("ul");
    for (const std::string& n : a_.not_compared) h_.with("li", n);
    h_.close();
    signatures();
  }

 private:
  void act(const char* title, const ActVerdict& v) {
    h_.open("div").with(head_, title).open("p").with("strong", in_words(v.verdict)).close();
    h_.open("p").text(v.because).cites(v.cites).close().close();
  }

  void told() {
    if (a_.told.empty()) return;
    h_.with(head_, "Bodies to be told").open("ul");
    for (const changes::Told& t : a_.told) {
      h_.open("li").with("span", t.surely ? "to be told" : "to be judged by a person", t.surely ? "class=\"tag gap\"" : "class=\"tag undecided\"");
      h_.text(" " + t.text + ".").cites(t.cites).raw("<br>").with("span", t.because, "class=\"soft\"").close();
    }
    h_.close();
  }

  void column(const char* title) { h_.with("th", title, "scope=\"col\""); }

  void weight(const char* label, Weight w) {
    h_.raw("<td data-label=\"").raw(label).raw("\">").with("span", word_of(w), tag_of(w)).raw("</td>");
  }

  void signals() {
    if (a_.signals.empty()) {
      h_.with("p", "Nothing that was compared differs.");
      return;
    }
    h_.with(head_, "What differs");
    h_.open("table", "class=\"signals\"").with("caption", "What differs between the releases, and its weight under each act", "class=\"unseen\"");
    h_.open("thead").open("tr");
    for (const char* title : {"Difference", "CRA", "AI Act", "Because"}) column(title);
    h_.close().close().open("tbody");
    const std::size_t shown = most_ == 0 ? a_.signals.size() : std::min(most_, a_.signals.size());
    for (std::size_t i = 0; i < shown; ++i) signal(a_.signals[i]);
    h_.close().close();
    if (shown < a_.signals.size()) h_.with("p", "And " + std::to_string(a_.signals.size() - shown) + " more of no greater weight; duolex diff shows all.");
  }

  void signal(const Signal& s) {
    h_.open("tr").open("th", "scope=\"row\" class=\"plain\"").text(s.what);
    if ((!s.before.empty() || !s.after.empty()) && s.before.size() + s.after.size() < 400) {
      h_.raw("<br>").with("span", s.before.empty() ? "nothing" : s.before, "class=\"before\"").raw(" <span aria-label=\"becomes\">→</span> ");
      h_.with("span", s.after.empty() ? "nothing" : s.after);
    }
    h_.close();
    weight("CRA", s.cra);
    weight("AI Act", s.ai);
    h_.raw("<td data-label=\"Because\">").text(s.because).cites(s.cites);
    if (!s.covered_by.empty()) h_.raw("<br>").text("Covered by " + s.covered_by + ".");
    h_.raw("</td>").close();
  }

  void redo() {
    for (const auto& [title, v] : {std::pair("Under the CRA", &a_.cra), std::pair("Under the AI Act", &a_.ai)}) {
      if (v->redo.empty()) continue;
      if (v == &a_.cra || a_.cra.redo.empty()) h_.with(head_, "To be done again if it is substantial");
      h_.with(below_, title).open("ul");
      for (const changes::Redo& r : v->redo) h_.open("li").text(r.text).cites(r.cites).close();
      h_.close();
    }
  }

  void signatures() {
    h_.with(head_, "Signatures");
    h_.with("p", a_.signers >= 2   ? "Two people stand for this assessment."
                 : a_.signers == 1 ? "One person stands for this assessment; a second one is missing."
                                   : "Nobody has signed; two people stand for an assessment of a change.");
    if (a_.signatures.empty()) return;
    h_.open("ul");
    for (const changes::Signature& s : a_.signatures)
      h_.with("li", s.by + (s.role.empty() ? "" : ", " + s.role) + (s.on.empty() ? "" : ", " + s.on) + (s.stale ? ": stale, the difference or the law is another since" : ""));
    h_.close();
  }

  Html& h_;
  const Assessment& a_;
  const char* head_;
  const char* below_;
  std::size_t most_;
};

}  // namespace

void write_change(Html& h, const Assessment& a, int level, std::size_t most_signals) { Writer(h, a, level, most_signals).write(); }

std::string change_html(const Assessment& a) {
  Html h;
  const std::string title = a.product + ": release " + a.before + " against " + a.after;
  h.raw("<!DOCTYPE html>\n").open("html", "lang=\"en\"").open("head");
  h.raw("<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  h.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
  h.with("title", title).open("style").raw(report_style()).close().close();
  h.open("body").open("main", "class=\"document change\"");
  h.with("p", "Assessment of a change under the AI Act and the Cyber Resilience Act", "class=\"over\"").with("h1", title);
  h.with("p", "Is the step between the two releases a substantial modification? As of " + plan::in_words(a.as_of) + ". " +
                  (a.baseline_declared ? "The earlier release has a declaration among its artefacts." : "The earlier release has no declaration among its artefacts."),
         "class=\"lead\"");
  write_change(h, a, 2, 0);
  h.open("footer").open("p", "class=\"soft\"").text("Difference ").with("code", a.difference_sha256).raw("<br>").text("Rule base ").with("code", a.law_sha256).close();
  h.with("p", "No program decides whether a modification is substantial. This page says what was compared, what differs, and how much each difference weighs.", "class=\"soft\"");
  h.close().close().close().close();
  return h.take();
}

}  // namespace duolex::documents
