// Known vulnerabilities of the release: CRA Annex I Part I(2)(a).
#include "documents/page.h"

namespace duolex::documents {

void write_vulnerabilities(Page& page) {
  const VulnerabilityCheck& v = page.a.vulnerabilities;
  Html& h = page.h;
  page.section("vulnerabilities", said("Known vulnerabilities"));
  h.open("p");
  page.say(v.against);
  h.cites({"CRA/anx/I/PartI/2/a", "CRA/anx/I/PartII/1"}).close();
  for (const Said& bill : v.bills) page.with("p", bill);
  if (v.checked && v.rows.empty()) page.with("p", said("No component was found affected in what was checked."));
  const auto rows_of = [&](const Said& title, const std::vector<VulnerabilityRow>& rows) {
    if (rows.empty()) return;
    page.table(title, {{"name", said("Component")}, {"value", said("Status")}, {"", said("Because")}});
    for (const VulnerabilityRow& r : rows) {
      h.open("tr").open("th", "scope=\"row\"").with("code", r.component).raw("<br>").text(r.advisory).close();
      page.cell(said("Status"));
      if (!r.exploited.empty()) {
        page.with("strong", said("exploited"));
        h.raw("<br>");
      }
      page.say(Page::law(r.status));
      if (!r.score.empty()) {
        h.raw("<br>");
        page.say(Page::law(r.score));
      }
      h.raw("</td>");
      page.cell(said("Because"));
      page.say(Page::law(r.because));
      if (!r.exploited.empty()) {
        h.raw("<br>");
        page.say(Page::law(r.exploited));
      }
      h.raw("<br>").with("code", r.where).raw("</td>").close();
    }
    page.end_table();
  };
  rows_of(said("Findings"), v.rows);
  rows_of(said("Closed by what was stated"), v.closed);
  if (!v.stated.empty()) page.with("p", said("Statements (VEX) that were not applied, and remarks:"));
  for (const std::string& text : v.stated) page.with("p", Page::law(text));
  h.raw("</section>\n");
}

}  // namespace duolex::documents
