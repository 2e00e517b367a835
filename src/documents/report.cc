#include "documents/page.h"
#include "documents/style.h"

namespace duolex::documents {
namespace {

const std::pair<const char*, Said> contents[] = {
    {"verdict", said("Verdict")},
    {"routes", said("Procedures compared")},
    {"readings", said("Contested readings")},
    {"open-points", said("What stands in between")},
    {"timeline", said("What applies when")},
    {"questions", said("Open questions")},
    {"duties", said("Duties by stage")},
    {"conclusions", said("All conclusions")},
    {"change", said("Change since the last declaration")},
    {"vulnerabilities", said("Known vulnerabilities")},
    {"tested", said("Tests of models and data")},
    {"evidence", said("Evidence on record")},
    {"measured", said("Measured from the artefacts")},
    {"facts", said("Facts this rests on")},
    {"proofs", said("Proofs")},
    {"law", said("Law, and what was not checked")},
};

void write_contents(Page& page) {
  Html& h = page.h;
  h.open("nav", "aria-labelledby=\"contents\"");
  page.with("p", said("Contents"), "class=\"navhead\" id=\"contents\"");
  h.open("ol");
  for (const auto& [id, title] : contents) {
    h.raw("<li><a href=\"#").raw(id).raw("\">");
    page.say(title);
    h.raw("</a></li>\n");
  }
  h.close().close();
}

}  // namespace

std::string report_html(const Assessment& a, const Tongue& tongue) {
  Page page(a, tongue);
  Html& h = page.h;
  h.raw("<!DOCTYPE html>\n").raw("<html lang=\"").text(tongue.language()).raw("\">\n").open("head");
  h.raw("<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  h.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n");
  h.with("title", tongue(said("{product}: assessment under the AI Act and the Cyber Resilience Act, {day}", {{"product", data(a.product)}, {"day", on_day(a.findings.as_of)}})));
  h.open("style").raw(report_style()).close().close();
  h.open("body").raw("<a class=\"skip\" href=\"#verdict\">");
  page.say(said("Skip to the verdict"));
  h.raw("</a>\n");
  write_header(page);
  h.open("div", "class=\"frame\"");
  write_contents(page);
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
  h.close().close().close().raw("</html>\n");
  return h.take();
}

}  // namespace duolex::documents
