#include "documents/html.h"
#include "documents/matrix.h"
#include "documents/style.h"
#include "plan/words.h"

namespace duolex::documents {
namespace {

using plan::MatrixRow;

void write_row(Html& h, const plan::Matrix& m, const MatrixRow& row) {
  h.open("tr");
  h.open("th", "scope=\"row\"").text(row.text).raw("<br>").with("code", row.id);
  if (row.kind != MatrixRow::Kind::alone) h.raw("<br>").with("span", row.because, "class=\"aside\"");
  h.close();
  h.open("td").open("ul");
  for (const plan::MatrixAnswer& a : row.answers) {
    const plan::MatrixDuty& duty = m.duties[a.duty];
    h.open("li").with("code", duty.id).text(row.kind == MatrixRow::Kind::joint ? " " + a.relation + ". " : " ");
    if (row.kind == MatrixRow::Kind::joint) h.text(duty.text + ".");
    h.cites(duty.cites);
    if (!a.leaves.empty()) h.raw("<br>").text("Leaves " + a.leaves + ".");
    if (!duty.surely) h.raw("<br>").with("em", "Binds only if open questions are answered so.");
    h.close();
  }
  h.close().close();
  h.open("td").with("strong", evidence_words(row));
  if (!row.given.empty() || !row.ledger.empty()) {
    h.open("ul");
    for (const plan::RowEvidence& e : row.ledger) h.with("li", in_words(e));
    for (const std::string& e : row.given) h.with("li", e);
    h.close();
  } else {
    h.raw("<br>");
    h.text(row.expected.empty() ? "none named" : "Wanted: ");
    for (std::size_t i = 0; i < row.expected.size(); ++i) h.text((i == 0 ? "" : "; ") + row.expected[i]);
  }
  h.close();
  h.with("td", row.owner.empty() ? "not assigned" : plan::in_words(row.owner));
  h.open("td");
  if (row.due.empty()) {
    h.text("none stated");
  } else {
    h.with("span", row.due, "class=\"day\"");
    if (!row.due_is_set) h.raw("<br>").with("span", "first day it binds", "class=\"aside\"");
  }
  h.close();
  h.open("td").text(name_of(row.status));
  if (!row.status_because.empty()) h.text(": " + row.status_because);
  h.close().close();
}

}  // namespace

std::string matrix_html(const MatrixDocument& d) {
  Html h;
  h.raw("<!DOCTYPE html>\n").open("html", "lang=\"en\"").open("head");
  h.raw("<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  h.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
  h.with("title", "Duties and controls: " + d.product);
  h.open("style").raw(report_style()).close().close();
  h.open("body").open("main", "class=\"matrix\"");
  h.with("h1", "Duties and controls: " + d.product + (d.release.empty() ? "" : " " + d.release));
  h.with("p", (d.who.empty() ? "All duties" : "Duties of the " + d.who) + std::string(", as of ") + plan::in_words(d.as_of) + ". " +
                  matrix_sentence(d.matrix));
  h.open("p").text("Rule base ").with("code", d.law_sha256).close();
  static const char* const heads[] = {"Joint controls", "What the joint controls leave", "Duties that stand alone"};
  for (int kind = 0; kind < 3; ++kind) {
    bool any = false;
    for (const MatrixRow& row : d.matrix.rows) {
      if (static_cast<int>(row.kind) != kind) continue;
      if (!any) {
        h.with("h2", heads[kind]).open("table").with("caption", heads[kind], "class=\"unseen\"").open("thead").open("tr");
        for (const char* column : {"What is done", "Duties it answers", "Evidence", "Owner", "Due", "Status"})
          h.with("th", column, "scope=\"col\"");
        h.close().close().open("tbody");
        any = true;
      }
      write_row(h, d.matrix, row);
    }
    if (any) h.close().close();
  }
  h.close().close().close();
  return h.take();
}

}  // namespace duolex::documents
