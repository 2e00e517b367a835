// Known vulnerabilities of the release: CRA Annex I Part I(2)(a).
#include "documents/page.h"

namespace duolex::documents {

void write_vulnerabilities(Page& page) {
  const VulnerabilityCheck& v = page.a.vulnerabilities;
  Html& h = page.h;
  page.section("vulnerabilities", "Known vulnerabilities");
  h.open("p").text(v.against).cites({"CRA/anx/I/PartI/2/a", "CRA/anx/I/PartII/1"}).close();
  for (const std::string& bill : v.bills) h.with("p", bill);
  if (v.checked && v.rows.empty()) h.with("p", "No component was found affected in what was checked.");
  const auto rows_of = [&](const char* title, const std::vector<VulnerabilityRow>& rows) {
    if (rows.empty()) return;
    page.table(title, {{"name", "Component"}, {"value", "Status"}, {"", "Because"}});
    for (const VulnerabilityRow& r : rows) {
      h.open("tr").open("th", "scope=\"row\"").with("code", r.component).raw("<br>").text(r.advisory).close();
      page.cell("Status");
      if (!r.exploited.empty()) h.with("strong", "exploited").raw("<br>");
      h.text(r.status).raw("</td>");
      page.cell("Because");
      h.text(r.because);
      if (!r.exploited.empty()) h.raw("<br>").text(r.exploited);
      h.raw("<br>").with("code", r.where).raw("</td>").close();
    }
    page.end_table();
  };
  rows_of("Findings", v.rows);
  rows_of("Closed by what was stated", v.closed);
  if (!v.stated.empty()) h.with("p", "Statements (VEX) that were not applied, and remarks:");
  for (const std::string& text : v.stated) h.with("p", text);
  h.raw("</section>\n");
}

}  // namespace duolex::documents
