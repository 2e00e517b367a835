// The duty matrix as a page, in a language of the documents.
#include "documents/html.h"
#include "documents/matrix.h"
#include "documents/style.h"
#include "plan/words.h"
#include "text/plain.h"

namespace duolex::documents {
namespace {

using plan::MatrixRow;
using Status = plan::Progress::Status;

Said status_said(Status status) {
  switch (status) {
    case Status::open: return said("open");
    case Status::in_progress: return said("in progress");
    case Status::done: return said("done");
    case Status::not_applicable: return said("not applicable");
  }
  return {};
}

Said evidence_said(const std::string& state) {
  if (state == "failed") return said("a test found a failing");
  if (state == "stale") return said("stale");
  if (state == "fresh") return said("fresh");
  if (state == "inconclusive") return said("says nothing");
  return state == "named" ? said("named in the dossier") : said("none");
}

Said relation_said(const std::string& relation) {
  if (relation == "equal") return said("does what the duty asks");
  return relation == "subsumes" ? said("does more than the duty asks") : said("does a part of what the duty asks");
}

Said number(std::size_t n) { return data(std::to_string(n)); }

Said record_said(const plan::RowEvidence& e) {
  Said state = listed({told(e.outcome)});
  if (e.interrupted) state.parts.push_back(told("interrupted"));
  if (e.state != "current") state.parts.push_back(e.because.empty() ? told(e.state) : said("{what}: {value}", {{"what", told(e.state)}, {"value", told(e.because)}}));
  if (!e.whole) state.parts.push_back(said("on a part of it"));
  return said("leaf {leaf} ({hash}): {test}, {state}", {{"leaf", data(std::to_string(e.leaf))}, {"hash", data(e.hash.substr(0, 12))},
                                                        {"test", e.test.empty() ? told(e.shows) : data(e.test)}, {"state", state}});
}

class Writer {
 public:
  Writer(const MatrixDocument& d, const Tongue& tongue) : d_(d), tongue_(tongue) { h_.speak(tongue_); }

  std::string page() {
    const std::string product = d_.product + (d_.release.empty() ? "" : " " + d_.release);
    const std::string title = tongue_(said("Duties and controls: {product}", {{"product", data(product)}}));
    h_.raw("<!DOCTYPE html>\n<html lang=\"").text(tongue_.language()).raw("\">\n").open("head");
    h_.raw("<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    h_.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
    h_.with("title", title);
    h_.open("style").raw(report_style()).close().close();
    h_.open("body").open("main", "class=\"matrix\"").with("h1", title);
    h_.open("p");
    say(d_.who.empty() ? said("All duties.") : said("Duties of: {who}.", {{"who", word(plan::in_words(d_.who))}}));
    h_.text(" ");
    say(said("As of {day}.", {{"day", on_day(d_.as_of)}}));
    h_.text(" ");
    sentence();
    h_.close();
    h_.open("p");
    say(said("Rule base (SHA-256)"));
    h_.text(" ").with("code", d_.law_sha256).close();
    const Said heads[] = {said("Joint controls"), said("What the joint controls leave"), said("Duties that stand alone")};
    for (int kind = 0; kind < 3; ++kind) {
      bool any = false;
      for (const MatrixRow& row : d_.matrix.rows) {
        if (static_cast<int>(row.kind) != kind) continue;
        if (!any) head(heads[kind]);
        any = true;
        write(row);
      }
      if (any) h_.close().close();
    }
    h_.close().close().raw("</html>\n");
    return h_.take();
  }

 private:
  void say(const Said& s) {
    for (const Tongue::Piece& piece : tongue_.pieces(s))
      if (piece.english && tongue_.language() != "en") {
        h_.with("span", piece.text, "lang=\"en\"");
      } else {
        h_.text(piece.text);
      }
  }
  // A word of the law or the program's; what a catalogue does not know is a name somebody gave.
  [[nodiscard]] Said word(const std::string& english) const { return tongue_.has(english) ? said(english) : data(english); }

  void sentence() {
    const plan::Matrix& m = d_.matrix;
    say(said("Of {duties} duties {merged} are answered by {joint} joint controls, which leave a part of {rests}; {alone} stand alone. {rows} things to do, {open} of them open.",
             {{"duties", number(m.duties.size())}, {"merged", number(counts_of(m).merged)}, {"joint", number(m.joint)}, {"rests", number(m.rests)}, {"alone", number(m.alone)},
              {"rows", number(m.rows.size())}, {"open", number(m.open())}}));
  }

  void head(const Said& title) {
    h_.open("h2");
    say(title);
    h_.close().open("table").open("caption", "class=\"unseen\"");
    say(title);
    h_.close().open("thead").open("tr");
    for (const Said& column : {said("What is done"), said("Duties it answers"), said("Evidence"), said("Owner"), said("Due"), said("Status")}) {
      h_.open("th", "scope=\"col\"");
      say(column);
      h_.close();
    }
    h_.close().close().open("tbody");
  }

  // A cell that a narrow screen shows below the others, with its column's name.
  Html& cell(const Said& column) { return h_.open("td", ("data-label=\"" + text::escaped(tongue_(column)) + "\"").c_str()); }

  void write(const MatrixRow& row) {
    h_.open("tr").open("th", "scope=\"row\"");
    say(said(row.text));
    h_.raw("<br>").with("code", row.id);
    if (row.kind != MatrixRow::Kind::alone) {
      h_.raw("<br>").open("span", "class=\"aside\"");
      because(row);
      h_.close();
    }
    h_.close();
    cell(said("Duties it answers")).open("ul");
    for (const plan::MatrixAnswer& a : row.answers) answer(row, a);
    h_.close().close();
    evidence(row);
    cell(said("Owner"));
    say(row.owner.empty() ? said("not assigned") : word(plan::in_words(row.owner)));
    h_.close();
    cell(said("Due"));
    if (row.due.empty()) {
      say(said("none stated"));
    } else {
      h_.with("span", row.due, "class=\"day\"");
      if (!row.due_is_set) {
        h_.raw("<br>").open("span", "class=\"aside\"");
        say(said("first day it binds"));
        h_.close();
      }
    }
    h_.close();
    cell(said("Status"));
    say(status_said(row.status));
    if (!row.status_because.empty()) {
      h_.text(": ");
      say(row.refused ? told(row.status_because) : data(row.status_because));
    }
    h_.close().close();
  }

  void because(const MatrixRow& row) {
    if (row.kind == MatrixRow::Kind::joint) return say(said(row.because));
    Said leaves = listed({}, "; ");
    for (const std::string& left : row.leaves) leaves.parts.push_back(said(left));
    say(said("What the joint controls leave of it: {what}", {{"what", leaves}}));
  }

  void answer(const MatrixRow& row, const plan::MatrixAnswer& a) {
    const plan::MatrixDuty& duty = d_.matrix.duties[a.duty];
    h_.open("li").with("code", duty.id).text(" ");
    if (row.kind == MatrixRow::Kind::joint) {
      say(relation_said(a.relation));
      h_.text(". ");
      say(said(duty.text));
      h_.text(".");
    }
    h_.cites(duty.cites);
    if (!a.leaves.empty()) {
      h_.raw("<br>");
      say(said("Leaves: {what}.", {{"what", said(a.leaves)}}));
    }
    if (!duty.surely) {
      h_.raw("<br>").open("em");
      say(said("Binds only if open questions are answered so."));
      h_.close();
    }
    h_.close();
  }

  void evidence(const MatrixRow& row) {
    cell(said("Evidence")).open("strong");
    say(evidence_said(row.evidence_state));
    if (!row.untested.empty()) {
      Said tests = listed({});
      for (const std::string& test : row.untested) tests.parts.push_back(data(test));
      say(said(", without a result that counts: {tests}", {{"tests", tests}}));
    }
    h_.close();
    if (!row.given.empty() || !row.ledger.empty()) {
      h_.open("ul");
      for (const plan::RowEvidence& e : row.ledger) {
        h_.open("li");
        say(tongue_.language() == "en" ? data(in_words(e)) : record_said(e));
        h_.close();
      }
      for (const std::string& e : row.given) h_.with("li", e);
      h_.close();
    } else {
      h_.raw("<br>");
      Said wanted = listed({}, "; ");
      for (const std::string& e : row.expected) wanted.parts.push_back(said(e));
      say(row.expected.empty() ? said("none named") : said("Wanted: {what}", {{"what", wanted}}));
    }
    h_.close();
  }

  const MatrixDocument& d_;
  const Tongue& tongue_;
  Html h_;
};

}  // namespace

std::string matrix_html(const MatrixDocument& d, const Tongue& tongue) { return Writer(d, tongue).page(); }

}  // namespace duolex::documents
