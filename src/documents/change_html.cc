#include <algorithm>

#include "changes/signal.h"
#include "documents/change.h"
#include "documents/change_said.h"
#include "documents/html.h"
#include "documents/style.h"

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

class Writer {
 public:
  Writer(Html& h, const Assessment& a, int level, std::size_t most, const Tongue& tongue)
      : h_(h), a_(a), head_(level == 2 ? "h2" : "h3"), below_(level == 2 ? "h3" : "h4"), most_(most), tongue_(tongue) {}

  void write() {
    h_.open("div", "class=\"acts two\"");
    act(said("Cyber Resilience Act"), a_.cra);
    act(said("AI Act"), a_.ai);
    h_.close();
    told();
    signals();
    redo();
    with(head_, said("Not compared"));
    h_.open("ul");
    for (const changes::Phrase& n : a_.not_compared) with("li", phrase_said(n));
    h_.close();
    signatures();
  }

  void say(const Said& what) {
    for (const Tongue::Piece& piece : tongue_.pieces(what))
      if (piece.english && tongue_.language() != "en") {
        h_.with("span", piece.text, "lang=\"en\"");
      } else {
        h_.text(piece.text);
      }
  }
  void with(const char* element, const Said& what, const char* attributes = "") {
    h_.open(element, attributes);
    say(what);
    h_.close();
  }

 private:
  void act(const Said& title, const ActVerdict& v) {
    h_.open("div");
    with(head_, title);
    h_.open("p");
    with("strong", weight_said(v.verdict));
    h_.close().open("p");
    say(phrase_said(v.because));
    h_.cites(v.cites).close();
    if (v.judged != nullptr) with("p", judged_said(*v.judged));
    h_.close();
  }

  void told() {
    if (a_.told.empty()) return;
    with(head_, said("Bodies to be told"));
    h_.open("ul");
    for (const changes::Told& t : a_.told) {
      h_.open("li");
      with("span", t.surely ? said("to be told") : said("to be judged by a person"), t.surely ? "class=\"tag gap\"" : "class=\"tag undecided\"");
      h_.text(" ");
      say(words_of_law(t.text));
      h_.text(".").cites(t.cites).raw("<br>");
      with("span", phrase_said(t.because), "class=\"soft\"");
      h_.close();
    }
    h_.close();
  }

  void label(const Said& title) { h_.raw("<td data-label=\"").text(tongue_(title)).raw("\">"); }

  void weight(const Said& title, Weight w) {
    label(title);
    with("span", word_of(w), tag_of(w));
    h_.raw("</td>");
  }

  void signals() {
    if (a_.signals.empty()) return with("p", said("Nothing that was compared differs."));
    with(head_, said("What differs"));
    h_.open("table", "class=\"signals\"");
    with("caption", said("What differs between the releases, and its weight under each act"), "class=\"unseen\"");
    h_.open("thead").open("tr");
    for (const Said& title : {said("Difference"), said("CRA"), said("AI Act"), said("Because")}) with("th", title, "scope=\"col\"");
    h_.close().close().open("tbody");
    const std::size_t shown = most_ == 0 ? a_.signals.size() : std::min(most_, a_.signals.size());
    for (std::size_t i = 0; i < shown; ++i) signal(a_.signals[i]);
    h_.close().close();
    if (shown < a_.signals.size()) with("p", said("And {n} more of no greater weight; duolex diff shows all.", {{"n", data(std::to_string(a_.signals.size() - shown))}}));
  }

  void signal(const Signal& s) {
    h_.open("tr").open("th", "scope=\"row\" class=\"plain\"");
    say(phrase_said(s.what));
    if ((!s.before.empty() || !s.after.empty()) && s.before.text().size() + s.after.text().size() <= longest_values) {
      h_.raw("<br>");
      with("span", s.before.empty() ? said("nothing") : phrase_said(s.before), "class=\"before\"");
      h_.raw(" <span aria-hidden=\"true\">→</span> ");
      with("span", s.after.empty() ? said("nothing") : phrase_said(s.after));
    }
    h_.close();
    weight(said("CRA"), s.cra);
    weight(said("AI Act"), s.ai);
    label(said("Because"));
    say(phrase_said(s.because));
    h_.cites(s.cites);
    if (!s.covered_by.empty()) {
      h_.raw("<br>");
      say(said("Covered by {what}.", {{"what", phrase_said(s.covered_by)}}));
    }
    h_.raw("</td>").close();
  }

  void redo() {
    for (const auto& [title, v] : {std::pair(said("Under the CRA"), &a_.cra), std::pair(said("Under the AI Act"), &a_.ai)}) {
      if (v->redo.empty()) continue;
      if (v == &a_.cra || a_.cra.redo.empty()) with(head_, said("To be done again if it is substantial"));
      with(below_, title);
      h_.open("ul");
      for (const changes::Redo& r : v->redo) {
        h_.open("li");
        say(words_of_law(r.text));
        h_.cites(r.cites);
        if (r.done != nullptr) {
          h_.raw("<br>");
          with("span", redone_said(*r.done), "class=\"soft\"");
        }
        h_.close();
      }
      h_.close();
    }
  }

  void signatures() {
    with(head_, said("Signatures"));
    with("p", signers_said(a_));
    if (a_.signatures.empty()) return;
    h_.open("ul");
    for (const changes::Signature& s : a_.signatures) with("li", signature_said(s));
    h_.close();
  }

  Html& h_;
  const Assessment& a_;
  const char* head_;
  const char* below_;
  std::size_t most_;
  const Tongue& tongue_;
};

}  // namespace

void write_change(Html& h, const Assessment& a, int level, std::size_t most_signals, const Tongue& tongue) { Writer(h, a, level, most_signals, tongue).write(); }

std::string change_html(const Assessment& a, const Tongue& tongue) {
  Html h;
  h.speak(tongue);
  Writer page(h, a, 2, 0, tongue);
  h.raw("<!DOCTYPE html>\n").raw("<html lang=\"").text(tongue.language()).raw("\">\n").open("head");
  h.raw("<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  h.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
  h.with("title", tongue(title_said(a))).open("style").raw(report_style()).close().close();
  h.open("body").open("main", "class=\"document change\"");
  page.with("p", said("Assessment of a change under the AI Act and the Cyber Resilience Act"), "class=\"over\"");
  page.with("h1", title_said(a));
  h.open("p", "class=\"lead\"");
  page.say(said("Is the step between the two releases a substantial modification? As of {day}.", {{"day", on_day(a.as_of)}}));
  h.text(" ");
  page.say(a.baseline_declared ? said("The earlier release has a declaration among its artefacts.") : said("The earlier release has no declaration among its artefacts."));
  h.close();
  page.write();
  h.open("footer").open("p", "class=\"soft\"");
  page.say(said("Difference (SHA-256)"));
  h.text(" ").with("code", a.difference_sha256).raw("<br>");
  page.say(said("Rule base (SHA-256)"));
  h.text(" ").with("code", a.law_sha256).close();
  page.with("p", said("No program decides whether a modification is substantial. This page says what was compared, what differs, and how much each difference weighs."), "class=\"soft\"");
  h.close().close().close().raw("</html>\n");
  return h.take();
}

}  // namespace duolex::documents
