// The first page: what the product is under each act, the procedure, why, and why not another one.
#include <algorithm>

#include "documents/page.h"

namespace duolex::documents {
namespace {

using findings::Finding;

constexpr std::size_t points_unfolded = 15;
using plan::RouteOption;

void term(Html& h, const char* title, const std::string& text) {
  h.open("div").with("dt", title).with("dd", text).close();
}

void finding(Page& page, const char* title, const char* conclusion) {
  const Finding& f = page.of(conclusion);
  Html& h = page.h;
  h.open("div").with("dt", title).open("dd").text(in_words(f));
  if (f.status == rules::Status::contested) {
    h.raw(" ");
    page.tag("contested", "contested");
  }
  h.cites(f.cites).close().close();
}

bool is_no(const Finding& f) { return f.status != rules::Status::unknown && !f.value.yes; }

}  // namespace

void write_header(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  h.open("header").with("p", "Assessment under the EU AI Act and the Cyber Resilience Act", "class=\"over\"");
  h.with("h1", a.product);
  if (!a.description.empty()) h.with("p", a.description, "class=\"lead\"");
  h.open("dl", "class=\"terms\"");
  term(h, "As of", in_words(a.findings.as_of));
  term(h, "Manufacturer or provider", a.manufacturer.empty() ? "not named" : a.manufacturer);
  term(h, "Release", a.release.empty() ? "none recorded" : a.release);
  term(h, "Classification signed off", a.sign_off);
  if (!a.intended_purpose.empty()) {
    h.open("div", "class=\"full\"").with("dt", "Intended purpose").with("dd", a.intended_purpose).close();
  }
  h.close().close();
}

void write_verdict(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  h.open("section", "class=\"verdict\" aria-labelledby=\"verdict\"");
  h.with("h2", "Verdict", "id=\"verdict\"").with("p", a.route, "class=\"route\"");
  h.open("div", "class=\"acts\"");
  h.open("div").with("h3", "Cyber Resilience Act").open("dl", "class=\"terms\"");
  finding(page, "Covers the product", "cra.applies");
  if (is_no(page.of("cra.applies"))) finding(page, "Outside because", "cra.excluded_by");
  finding(page, "Class", "cra.class");
  finding(page, "Article 32 would open", "cra.procedures");
  h.close().close();
  h.open("div").with("h3", "AI Act").open("dl", "class=\"terms\"");
  finding(page, "Covers the system", "ai.applies");
  finding(page, "High-risk", "ai.high_risk");
  if (!is_no(page.of("ai.high_risk"))) finding(page, "Ground", "ai.high_risk_basis");
  finding(page, "Procedure of Article 43", "ai.procedure");
  h.close().close();
  h.open("div").with("h3", "Both together").open("dl", "class=\"terms\"");
  finding(page, "Article 12 CRA applies", "joint.art12_applies");
  finding(page, "CRA requirements assessed by", "joint.cra_assessed_by");
  finding(page, "Independent bodies", "joint.bodies");
  finding(page, "Conformity duties binding on this day", "joint.regime_now");
  h.close().close().close();
  if (!a.route_reasons.empty()) {
    h.with("h3", "Why");
    page.reasons(a.route_reasons);
  }
  for (const findings::ShownNote& w : a.findings.warnings)
    h.open("p", "class=\"warning\"").with("strong", "Facts that sit oddly together. ").text(w.text).cites(w.cites).close();
  h.close();
}

void write_routes(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  page.section("routes", "The procedures compared, and why not the others");
  static const std::pair<const char*, const char*> standings[] = {
      {"taken", "applies"}, {"open", "may be chosen"}, {"closed", "not open"}, {"undecided", "undecided"}};
  h.open("table", "class=\"routes\"").with("caption", "Every conformity assessment procedure of the two acts", "class=\"unseen\"");
  h.raw("<thead><tr><th scope=\"col\" class=\"name\">Procedure</th><th scope=\"col\" class=\"state\">Standing</th>"
        "<th scope=\"col\">Why</th></tr></thead>\n");
  std::string act;
  for (const RouteOption& o : a.routes) {
    if (o.act != act) {
      if (!act.empty()) h.close();
      act = o.act;
      h.open("tbody").raw("<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"3\">");
      h.text(act == "CRA" ? "Cyber Resilience Act, Article 32" : act + ", Article 43").raw("</th></tr>\n");
    }
    const auto& [name, words] = standings[static_cast<int>(o.standing)];
    h.open("tr", o.standing == RouteOption::Standing::taken ? "class=\"taken\"" : "");
    h.open("th", "scope=\"row\"").text(o.name).cites({o.provision}).close();
    page.cell("Standing");
    page.tag(name, words);
    h.raw("</td>");
    page.cell("Why");
    page.reasons(o.reasons);
    h.raw("</td>").close();
  }
  if (!act.empty()) h.close();
  h.close().raw("</section>\n");
}

void write_readings(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  page.section("readings", "Contested readings");
  if (a.readings.empty()) h.with("p", "No conclusion about this product depends on a contested reading that is tracked.");
  for (const ReadingRow& r : a.readings) {
    h.open("article", "class=\"contested-reading\"").open("h3").text(r.ambiguity + ": " + r.question).cites(r.cites).close();
    h.with("p", r.chosen.empty() ? "No reading is recorded in the dossier. The verdict follows the default reading."
                                 : "Recorded in the dossier: " + in_words(r.chosen) + (r.chosen_by.empty() ? "" : ", by " + r.chosen_by) + ".");
    h.open("table", "class=\"readings\"").with("caption", "The readings side by side", "class=\"unseen\"");
    h.raw("<thead><tr><td></td>");
    for (const ReadingRow::Option& o : r.options) {
      h.open("th", o.is_default ? "scope=\"col\" class=\"default\"" : "scope=\"col\"").text(in_words(o.reading));
      if (o.is_default) h.raw(" ").with("span", "(default)", "class=\"soft\"");
      h.close();
    }
    h.raw("</tr></thead>\n").open("tbody").raw("<tr><th scope=\"row\">Because</th>");
    for (const ReadingRow::Option& o : r.options) h.with("td", o.because);
    h.raw("</tr>\n");
    std::vector<std::string> labels;
    for (const ReadingRow::Option& o : r.options)
      for (const auto& [label, value] : o.values)
        if (std::find(labels.begin(), labels.end(), label) == labels.end()) labels.push_back(label);
    for (const std::string& label : labels) {
      h.open("tr").with("th", label, "scope=\"row\"");
      for (const ReadingRow::Option& o : r.options) {
        const auto at = std::find_if(o.values.begin(), o.values.end(), [&](const auto& v) { return v.first == label; });
        h.with("td", at == o.values.end() ? "as in the default reading" : at->second);
      }
      h.close();
    }
    h.close().close().close();
  }
  h.raw("</section>\n");
}

void write_open_points(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  page.section("open-points", "What stands between this product and a signed declaration");
  if (a.open_points.empty()) {
    h.with("p", "Nothing among what was checked. What was not checked is listed at the end.");
  } else {
    const auto rows = [&](std::size_t from, std::size_t to) {
      page.table("Open points", {{"name", "Open point"}, {"", "What closes it"}});
      for (std::size_t i = from; i < to; ++i) {
        const OpenPoint& p = a.open_points[i];
        h.open("tr").open("th", "scope=\"row\"").text(p.what).cites(p.cites).close();
        page.cell("What closes it");
        h.text(p.how).raw("</td>").close();
      }
      page.end_table();
    };
    const std::size_t all = a.open_points.size(), first = all > points_unfolded + 5 ? points_unfolded : all;
    h.with("p", std::to_string(all) + (all == 1 ? " point." : " points.") + " 'duolex declare' refuses the declaration as long as one is open.");
    rows(0, first);
    if (first < all) {
      h.open("details", "class=\"proof\"").open("summary").text("The other " + std::to_string(all - first)).close();
      rows(first, all);
      h.close();
    }
  }
  if (!a.conditions.empty()) {
    const Finding& f = page.of("joint.presumption");
    h.with("h3", "Article 12(1) CRA: is the cybersecurity of Article 15 AI Act deemed met?");
    h.open("p").text(f.label + ": " + in_words(f) + ".").cites(f.cites).close();
    page.table("Conditions of the presumption", {{"name", "Condition"}, {"state", "Standing"}});
    using Holds = plan::RequiredFact::Holds;
    for (const plan::RequiredFact& c : a.conditions) {
      h.open("tr").open("th", "scope=\"row\"").text(c.question).cites(c.cites).close();
      page.cell("Standing");
      if (c.holds == Holds::yes) page.tag("taken", "stated as met");
      if (c.holds == Holds::no) page.tag("gap", "not met");
      if (c.holds == Holds::unknown) page.tag("undecided", "not known");
      h.raw("</td>").close();
    }
    page.end_table();
  }
  h.raw("</section>\n");
}

}  // namespace duolex::documents
