// What tests of the product's own models and data found: AI Act Article 15(4) and (5), CRA Annex I Part I.
#include <algorithm>
#include <cstdio>

#include "documents/curve.h"
#include "documents/page.h"
#include "text/figures.h"

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

void list(Page& page, const Said& title, const std::vector<std::string>& items) {
  if (items.empty()) return;
  Html& h = page.h;
  page.with("h4", title);
  h.open("ul");
  for (const std::string& i : items) page.with("li", Page::law(i));
  h.close();
}

Said signed_said(const EvidenceRow& r) { return r.signers == "unsigned" ? said("unsigned") : said("signed {by}", {{"by", told(r.signers)}}); }

Said standing(const EvidenceRow& r) {
  Said state = r.because.empty() ? told(r.state) : said("{what}: {value}", {{"what", told(r.state)}, {"value", told(r.because)}});
  if (!r.good_until.empty()) state = said("{state}; good until {day}", {{"state", state}, {"day", data(r.good_until)}});
  return said("Leaf {leaf} of the ledger, {day}, {state}; {signed}.",
              {{"leaf", data(std::to_string(r.leaf))}, {"day", data(r.at.substr(0, 10))}, {"state", state}, {"signed", signed_said(r)}});
}

void count_row(Page& page, const Said& title, const Counted& c, std::size_t samples) {
  Html& h = page.h;
  h.open("tr");
  page.with("th", title, "scope=\"row\"");
  page.cell(said("Samples"));
  page.say(c.tested ? said("{n} of {all}", {{"n", data(std::to_string(c.count))}, {"all", data(std::to_string(samples))}}) : said("not tested"));
  h.raw("</td>");
  page.cell(said("Interval (95 %)"));
  if (c.tested) page.say(said("{low} to {high}", {{"low", data(percent(c.low))}, {"high", data(percent(c.high))}}));
  h.raw("</td>").close();
}

void write_model(Page& page, const ModelTest& t) {
  Html& h = page.h;
  h.open("article", "class=\"test\"").open("h3").with("code", t.model).text(": ");
  page.say(Page::law(in_words(t.verdict)));
  h.close();
  h.open("p");
  page.say(listed({Page::law(t.because), data(".")}, ""));
  h.text(" ");
  page.say(said("Demanded before the run: {what}.", {{"what", Page::law(t.criterion)}}));
  h.cites(t.record.provisions).close();
  if (!t.starts_to_fail.empty()) page.with("p", t.starts_to_fail, "class=\"key\"");
  page.table(said("Counts"), {{"name", said("Of the samples drawn before the data was opened")}, {"", said("Samples")}, {"", said("Interval (95 %)")}});
  // The answer to a map or sequence is held against the answer to the sample as it is: nobody said what is right.
  const bool kept = !t.changed_when.empty();
  count_row(page, kept ? said("answered as they are") : said("right as they are"), t.clean, t.samples);
  count_row(page, kept ? said("unchanged under every attack: the true number is at most this") : said("right under every attack: the true number is at most this"), t.attacked, t.samples);
  count_row(page, kept ? said("proven unchanged: the true number is at least this") : said("proven right: the true number is at least this"), t.certified, t.samples);
  for (const CurveRow& c : t.curve) {
    if (c.epsilon <= 0) continue;
    const Said size = data(t.norm + " " + size_of(c.epsilon, !t.pictures.empty()));
    count_row(page, kept ? said("unchanged under attack within {size}", {{"size", size}}) : said("right under attack within {size}", {{"size", size}}), c.right, t.samples);
  }
  page.end_table();
  if (t.searched) {
    const Said tried = data(std::to_string(*t.searched));
    page.with("p", t.proven_to > 0 ? said("Proofs reach as far as {size}, looked for on {n} samples.", {{"size", data(t.norm + " " + text::figure(t.proven_to))}, {"n", tried}})
                                   : said("Nothing was proven at any size, looked for on {n} samples.", {{"n", tried}}));
  }
  h.raw(robustness_curve(t, page.tongue).c_str());
  if (!t.pictures.empty()) {
    page.with("p", said("Samples, what was changed (stretched), and what the model then got wrong:"));
    h.open("div", "class=\"pictures\"");
  }
  for (const PictureRow& p : t.pictures) {
    h.open("figure");
    const Said sample = data(p.sample);
    h.png(p.original, page.tongue(said("sample {n}", {{"n", sample}}))).png(p.change, page.tongue(said("the change"))).png(p.example, page.tongue(said("the adversarial example")));
    page.with("figcaption", said("sample {n}, {attack}, distance {distance}", {{"n", sample}, {"attack", data(p.attack)}, {"distance", data(p.distance)}}));
    h.close();
  }
  if (!t.pictures.empty()) h.close();
  list(page, said("Samples that each attack broke"), t.attacks);
  list(page, said("Samples right under corruptions"), t.corruptions);
  list(page, said("Signs that robustness was masked"), t.signs);
  if (t.signs.empty() && t.attacked.tested) page.with("p", said("No sign was found that gradients were masked."));
  if (!t.backdoor.empty()) page.with("p", said("Backdoors: {what}", {{"what", t.backdoor}}));
  if (!t.membership.empty()) page.with("p", said("Membership inference: {what}", {{"what", Page::law(t.membership)}}));
  list(page, said("Not tested"), t.not_tested);
  page.with("p", standing(t.record), "class=\"soft\"");
  h.close();
}

void write_data(Page& page, const std::vector<DataTest>& tests) {
  if (tests.empty()) return;
  Html& h = page.h;
  page.with("h3", said("Data"));
  page.table(said("Tests of data"), {{"name", said("Test")}, {"state", said("Outcome")}, {"", said("Measured, and the first rows")}});
  for (const DataTest& t : tests) {
    h.open("tr").open("th", "scope=\"row\"");
    page.say(Page::law(t.record.shows));
    h.raw("<br>").with("code", t.record.test);
    for (const std::string& about : t.record.about) h.raw("<br>").with("code", about);
    h.close();
    page.cell(said("Outcome"));
    page.say(Page::law(t.record.outcome));
    h.raw("</td>");
    page.cell(said("Measured, and the first rows"));
    page.say(Page::law(t.record.detail));
    if (!t.measured.empty() || !t.rows.empty()) h.open("ul");
    for (const std::string& m : t.measured) page.with("li", Page::law(m));
    for (const Said& r : t.rows) page.with("li", r, "class=\"soft\"");
    if (!t.measured.empty() || !t.rows.empty()) h.close();
    h.open("p", "class=\"soft\"");
    page.say(said("Demanded: {what}.", {{"what", Page::law(t.record.criterion)}}));
    h.text(" ");
    page.say(standing(t.record));
    h.close().raw("</td>").close();
  }
  page.end_table();
}

}  // namespace

void write_tested(Page& page) {
  const Tested& t = page.a.tested;
  Html& h = page.h;
  page.section("tested", said("Tests of models and data"));
  if (!t.has_ledger)
    page.with("p", said("The dossier has no ledger, so no test is on record. 'duolex probe model' and 'duolex probe data' with --record put one there."));
  else if (t.models.empty() && t.data.empty()) page.with("p", said("No test of a model or of data is on record."));
  for (const ModelTest& m : t.models) write_model(page, m);
  if (!t.untested_models.empty()) {
    page.with("h3", said("Models without an attack on record that counts"));
    h.open("ul");
    for (const std::string& m : t.untested_models) h.open("li").with("code", m).close();
    h.close();
  }
  write_data(page, t.data);
  for (const Said& u : t.unreadable) page.with("p", said("Cannot be shown: {what}", {{"what", u}}), "class=\"warning\"");
  h.raw("</section>\n");
}

void write_evidence(Page& page) {
  const Tested& t = page.a.tested;
  Html& h = page.h;
  page.section("evidence", said("Evidence on record"));
  if (t.evidence.empty()) {
    page.with("p", t.has_ledger ? said("The ledger holds no evidence.") : said("The dossier has no ledger."));
    h.raw("</section>\n");
    return;
  }
  page.with("p", said("Each leaf of the ledger, as it counts on this day. Whether what a leaf says is true cannot be seen from it."));
  page.table(said("Evidence"), {{"name", said("What it shows")}, {"state", said("Outcome")}, {"state", said("Counts")}, {"", said("About, by whom, for what")}});
  for (const EvidenceRow& r : t.evidence) {
    h.open("tr").open("th", "scope=\"row\"").text(std::to_string(r.leaf) + ". ");
    page.say(Page::law(r.shows));
    h.raw("<br>");
    h.with("code", (r.test.empty() ? "" : r.test + ", ") + r.hash.substr(0, 16) + "…").close();
    page.cell(said("Outcome"));
    page.say(Page::law(r.outcome + (r.interrupted ? ", interrupted" : "")));
    h.raw("</td>");
    page.cell(said("Counts"));
    page.say(r.because.empty() ? told(r.state) : said("{what}: {value}", {{"what", told(r.state)}, {"value", told(r.because)}}));
    h.raw("</td>");
    page.cell(said("About, by whom, for what"));
    if (!r.detail.empty()) {
      page.say(Page::law(r.detail));
      h.raw("<br>");
    }
    // The others have it where their figures are.
    if (!r.criterion.empty() && r.criterion != "none was set" && r.test != "model.evasion" && !r.test.starts_with("data.")) {
      page.say(said("Demanded: {what}.", {{"what", Page::law(r.criterion)}}));
      h.raw("<br>");
    }
    for (const std::string& about : r.about) h.with("code", about).raw("<br>");
    Said made = listed({data(r.at)});
    if (!r.tool.empty()) made.parts.push_back(data(r.tool));
    if (!r.release.empty()) made.parts.push_back(said("release {version}", {{"version", data(r.release)}}));
    made.parts.push_back(signed_said(r));
    page.say(made);
    for (std::size_t i = 0; i < r.speaks_to.size(); ++i) h.raw(i == 0 ? "<br>" : " ").with("code", r.speaks_to[i]);
    for (std::size_t i = 0; i < r.atlas.size(); ++i) h.raw(i == 0 ? "<br>MITRE ATLAS " : ", ").text(r.atlas[i]);
    h.cites(r.provisions).raw("</td>").close();
  }
  page.end_table();
  h.raw("</section>\n");
}

}  // namespace duolex::documents
