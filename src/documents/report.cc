#include "documents/page.h"
#include "documents/style.h"

namespace duolex::documents {
namespace {

constexpr std::pair<const char*, const char*> contents[] = {
    {"verdict", "Verdict"},
    {"routes", "Procedures compared"},
    {"readings", "Contested readings"},
    {"open-points", "What stands in between"},
    {"timeline", "What applies when"},
    {"questions", "Open questions"},
    {"duties", "Duties by stage"},
    {"conclusions", "All conclusions"},
    {"change", "Change since the last declaration"},
    {"vulnerabilities", "Known vulnerabilities"},
    {"tested", "Tests of models and data"},
    {"evidence", "Evidence on record"},
    {"measured", "Measured from the artefacts"},
    {"facts", "Facts this rests on"},
    {"proofs", "Proofs"},
    {"law", "Law, and what was not checked"},
};

void write_contents(Html& h) {
  h.open("nav", "aria-labelledby=\"contents\"").with("p", "Contents", "class=\"navhead\" id=\"contents\"").open("ol");
  for (const auto& [id, title] : contents)
    h.raw("<li><a href=\"#").raw(id).raw("\">").text(title).raw("</a></li>\n");
  h.close().close();
}

}  // namespace

std::string report_html(const Assessment& a) {
  Page page(a);
  Html& h = page.h;
  h.raw("<!DOCTYPE html>\n").open("html", "lang=\"en\"").open("head");
  h.raw("<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  h.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n");
  h.with("title", a.product + ": assessment under the AI Act and the Cyber Resilience Act, " + in_words(a.findings.as_of));
  h.open("style").raw(report_style()).close().close();
  h.open("body").raw("<a class=\"skip\" href=\"#verdict\">Skip to the verdict</a>\n");
  write_header(page);
  h.open("div", "class=\"frame\"");
  write_contents(h);
  h.open("main");
  write_verdict(page);
  write_routes(page);
  write_readings(page);
  write_open_points(page);
  write_timeline(page);
  write_questions(page);
  write_duties(page);
  write_conclusions(page);
  write_change_check(page);
  write_vulnerabilities(page);
  write_tested(page);
  write_evidence(page);
  write_measured(page);
  write_facts(page);
  write_proofs(page);
  write_law(page);
  h.close().close();
  return h.take();
}

}  // namespace duolex::documents
