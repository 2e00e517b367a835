// What tests of the product's own models and data found: AI Act Article 15(4) and (5), CRA Annex I Part I.
#include <algorithm>
#include <cstdio>

#include "documents/curve.h"
#include "documents/page.h"

namespace duolex::documents {
namespace {

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", 100 * share);
  return text;
}
std::string size_of(double epsilon, bool picture) {
  char text[64];
  std::snprintf(text, sizeof text, picture ? "%.4g (%.3g/255)" : "%.4g", epsilon, 255 * epsilon);
  return text;
}

void list(Html& h, const char* title, const std::vector<std::string>& items) {
  if (items.empty()) return;
  h.with("h4", title).open("ul");
  for (const std::string& i : items) h.with("li", i);
  h.close();
}

std::string standing(const EvidenceRow& r) {
  return "Leaf " + std::to_string(r.leaf) + " of the ledger, " + r.at.substr(0, 10) + ", " + r.state + (r.because.empty() ? "" : ": " + r.because) +
         (r.good_until.empty() ? "" : "; good until " + r.good_until) + "; " + (r.signers == "unsigned" ? "" : "signed ") + r.signers + ".";
}

void count_row(Page& page, const char* title, const Counted& c, std::size_t samples) {
  Html& h = page.h;
  h.open("tr").with("th", title, "scope=\"row\"");
  page.cell("Samples");
  h.text(c.tested ? std::to_string(c.count) + " of " + std::to_string(samples) : "not tested").raw("</td>");
  page.cell("Interval (95 %)");
  h.text(c.tested ? percent(c.low) + " to " + percent(c.high) : "").raw("</td>").close();
}

void write_model(Page& page, const ModelTest& t) {
  Html& h = page.h;
  h.open("article", "class=\"test\"").open("h3").with("code", t.model).text(": " + in_words(t.verdict)).close();
  h.open("p").text(t.because + ". Demanded before the run: " + t.criterion + ".").cites(t.record.provisions).close();
  if (!t.starts_to_fail.empty()) h.with("p", t.starts_to_fail, "class=\"key\"");
  page.table("Counts", {{"name", "Of the samples drawn before the data was opened"}, {"", "Samples"}, {"", "Interval (95 %)"}});
  count_row(page, "right as they are", t.clean, t.samples);
  count_row(page, "right under every attack: the true number is at most this", t.attacked, t.samples);
  count_row(page, "proven right: the true number is at least this", t.certified, t.samples);
  for (const CurveRow& c : t.curve)
    if (c.epsilon > 0) count_row(page, ("right under attack within " + t.norm + " " + size_of(c.epsilon, !t.pictures.empty())).c_str(), c.right, t.samples);
  page.end_table();
  h.raw(robustness_curve(t).c_str());
  if (!t.pictures.empty()) h.with("p", "Samples, what was changed (stretched), and what the model then got wrong:").open("div", "class=\"pictures\"");
  for (const PictureRow& p : t.pictures) {
    h.open("figure");
    h.png(p.original, "sample " + p.sample).png(p.change, "the change").png(p.example, "the adversarial example");
    h.with("figcaption", "sample " + p.sample + ", " + p.attack + ", distance " + p.distance).close();
  }
  if (!t.pictures.empty()) h.close();
  list(h, "Samples that each attack broke", t.attacks);
  list(h, "Samples right under corruptions", t.corruptions);
  list(h, "Signs that robustness was masked", t.signs);
  if (t.signs.empty() && t.attacked.tested) h.with("p", "No sign was found that gradients were masked.");
  if (!t.backdoor.empty()) h.with("p", "Backdoors: " + t.backdoor);
  if (!t.membership.empty()) h.with("p", "Membership inference: " + t.membership);
  list(h, "Not tested", t.not_tested);
  h.with("p", standing(t.record), "class=\"soft\"").close();
}

void write_data(Page& page, const std::vector<DataTest>& tests) {
  if (tests.empty()) return;
  Html& h = page.h;
  h.with("h3", "Data");
  page.table("Tests of data", {{"name", "Test"}, {"state", "Outcome"}, {"", "Measured, and the first rows"}});
  for (const DataTest& t : tests) {
    h.open("tr").open("th", "scope=\"row\"").text(t.record.shows).raw("<br>").with("code", t.record.test);
    for (const std::string& about : t.record.about) h.raw("<br>").with("code", about);
    h.close();
    page.cell("Outcome");
    h.text(t.record.outcome).raw("</td>");
    page.cell("Measured, and the first rows");
    h.text(t.record.detail);
    if (!t.measured.empty() || !t.rows.empty()) h.open("ul");
    for (const std::string& m : t.measured) h.with("li", m);
    for (const std::string& r : t.rows) h.with("li", r, "class=\"soft\"");
    if (!t.measured.empty() || !t.rows.empty()) h.close();
    h.with("p", "Demanded: " + t.record.criterion + ". " + standing(t.record), "class=\"soft\"").raw("</td>").close();
  }
  page.end_table();
}

}  // namespace

void write_tested(Page& page) {
  const Tested& t = page.a.tested;
  Html& h = page.h;
  page.section("tested", "Tests of models and data");
  if (!t.has_ledger)
    h.with("p", "The dossier has no ledger, so no test is on record. 'duolex probe model' and 'duolex probe data' with --record put one there.");
  else if (t.models.empty() && t.data.empty()) h.with("p", "No test of a model or of data is on record.");
  for (const ModelTest& m : t.models) write_model(page, m);
  if (!t.untested_models.empty()) {
    h.with("h3", "Models without an attack on record that counts").open("ul");
    for (const std::string& m : t.untested_models) h.open("li").with("code", m).close();
    h.close();
  }
  write_data(page, t.data);
  for (const std::string& u : t.unreadable) h.with("p", "Cannot be shown: " + u, "class=\"warning\"");
  h.raw("</section>\n");
}

void write_evidence(Page& page) {
  const Tested& t = page.a.tested;
  Html& h = page.h;
  page.section("evidence", "Evidence on record");
  if (t.evidence.empty()) {
    h.with("p", t.has_ledger ? "The ledger holds no evidence." : "The dossier has no ledger.").raw("</section>\n");
    return;
  }
  h.with("p", "Each leaf of the ledger, as it counts on this day. Whether what a leaf says is true cannot be seen from it.");
  page.table("Evidence", {{"name", "What it shows"}, {"state", "Outcome"}, {"state", "Counts"}, {"", "About, by whom, for what"}});
  for (const EvidenceRow& r : t.evidence) {
    h.open("tr").open("th", "scope=\"row\"").text(std::to_string(r.leaf) + ". " + r.shows).raw("<br>");
    h.with("code", (r.test.empty() ? "" : r.test + ", ") + r.hash.substr(0, 16) + "…").close();
    page.cell("Outcome");
    h.text(r.outcome + (r.interrupted ? ", interrupted" : "")).raw("</td>");
    page.cell("Counts");
    h.text(r.state + (r.because.empty() ? "" : ": " + r.because)).raw("</td>");
    page.cell("About, by whom, for what");
    if (!r.detail.empty()) h.text(r.detail).raw("<br>");
    for (const std::string& about : r.about) h.with("code", about).raw("<br>");
    h.text(r.at + (r.tool.empty() ? "" : ", " + r.tool) + (r.release.empty() ? "" : ", release " + r.release) + ", " + (r.signers == "unsigned" ? "" : "signed ") + r.signers);
    for (std::size_t i = 0; i < r.speaks_to.size(); ++i) h.raw(i == 0 ? "<br>" : " ").with("code", r.speaks_to[i]);
    for (std::size_t i = 0; i < r.atlas.size(); ++i) h.raw(i == 0 ? "<br>MITRE ATLAS " : ", ").text(r.atlas[i]);
    h.cites(r.provisions).raw("</td>").close();
  }
  page.end_table();
  h.raw("</section>\n");
}

}  // namespace duolex::documents
