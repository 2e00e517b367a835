// The first page: what the product is under each act, the procedure, why, and why not another one.
#include <algorithm>

#include "documents/page.h"

namespace duolex::documents {
namespace {

using findings::Finding;

constexpr std::size_t points_unfolded = 15;
using plan::RouteOption;

void term(Page& page, const Said& title, const Said& text) {
  page.h.open("div");
  page.with("dt", title);
  page.with("dd", text);
  page.h.close();
}

void finding(Page& page, const Said& title, const char* conclusion) {
  const Finding& f = page.of(conclusion);
  Html& h = page.h;
  h.open("div");
  page.with("dt", title);
  h.open("dd");
  page.say(page.value(f));
  if (f.status == rules::Status::contested) {
    h.raw(" ");
    page.tag("contested", said("contested"));
  }
  h.cites(f.cites).close().close();
}

bool is_no(const Finding& f) { return f.status != rules::Status::unknown && !f.value.yes; }

}  // namespace

void write_header(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  h.open("header");
  page.with("p", said("Assessment under the EU AI Act and the Cyber Resilience Act"), "class=\"over\"");
  h.with("h1", a.product);
  if (!a.description.empty()) h.with("p", a.description, "class=\"lead\"");
  h.open("dl", "class=\"terms\"");
  term(page, said("As of"), on_day(a.findings.as_of));
  term(page, said("Manufacturer or provider"), a.manufacturer.empty() ? said("not named") : data(a.manufacturer));
  term(page, said("Release"), a.release.empty() ? said("none recorded") : data(a.release));
  term(page, said("Classification signed off"), a.sign_off);
  if (!a.intended_purpose.empty()) {
    h.open("div", "class=\"full\"");
    page.with("dt", said("Intended purpose"));
    h.with("dd", a.intended_purpose).close();
  }
  h.close().close();
}

void write_verdict(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  h.open("section", "class=\"verdict\" aria-labelledby=\"verdict\"");
  page.with("h2", said("Verdict"), "id=\"verdict\"");
  Said route = listed(route_said(a.findings), " ");
  page.with("p", page.english() ? data(a.route) : route, "class=\"route\"");
  h.open("div", "class=\"acts\"");
  h.open("div");
  page.with("h3", said("Cyber Resilience Act"));
  h.open("dl", "class=\"terms\"");
  finding(page, said("Covers the product"), "cra.applies");
  if (is_no(page.of("cra.applies"))) finding(page, said("Outside because"), "cra.excluded_by");
  finding(page, said("Class"), "cra.class");
  finding(page, said("Article 32 would open"), "cra.procedures");
  h.close().close();
  h.open("div");
  page.with("h3", said("AI Act"));
  h.open("dl", "class=\"terms\"");
  finding(page, said("Covers the system"), "ai.applies");
  finding(page, said("High-risk"), "ai.high_risk");
  if (!is_no(page.of("ai.high_risk"))) finding(page, said("Ground"), "ai.high_risk_basis");
  finding(page, said("Procedure of Article 43"), "ai.procedure");
  h.close().close();
  h.open("div");
  page.with("h3", said("Both together"));
  h.open("dl", "class=\"terms\"");
  finding(page, said("Article 12 CRA applies"), "joint.art12_applies");
  finding(page, said("CRA requirements assessed by"), "joint.cra_assessed_by");
  finding(page, said("Independent bodies"), "joint.bodies");
  finding(page, said("Conformity duties binding on this day"), "joint.regime_now");
  h.close().close().close();
  if (!a.route_reasons.empty()) {
    page.with("h3", said("Why"));
    page.reasons(a.route_reasons);
  }
  for (const findings::ShownNote& w : a.findings.warnings) {
    h.open("p", "class=\"warning\"");
    page.with("strong", said("Facts that sit oddly together."));
    h.text(" ");
    page.say(Page::law(w.text));
    h.cites(w.cites).close();
  }
  h.close();
}

void write_routes(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  page.section("routes", said("The procedures compared, and why not the others"));
  static const std::pair<const char*, Said> standings[] = {
      {"taken", said("applies")}, {"open", said("may be chosen")}, {"closed", said("not open")}, {"undecided", said("undecided")}};
  h.open("table", "class=\"routes\"");
  page.with("caption", said("Every conformity assessment procedure of the two acts"), "class=\"unseen\"");
  h.raw("<thead><tr>");
  page.with("th", said("Procedure"), "scope=\"col\" class=\"name\"");
  page.with("th", said("Standing"), "scope=\"col\" class=\"state\"");
  page.with("th", said("Why"), "scope=\"col\"");
  h.raw("</tr></thead>\n");
  std::string act;
  for (const RouteOption& o : a.routes) {
    if (o.act != act) {
      if (!act.empty()) h.close();
      act = o.act;
      h.open("tbody").raw("<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"3\">");
      page.say(act == "CRA" ? said("Cyber Resilience Act, Article 32") : said("AI Act, Article 43"));
      h.raw("</th></tr>\n");
    }
    const auto& [name, words] = standings[static_cast<int>(o.standing)];
    h.open("tr", o.standing == RouteOption::Standing::taken ? "class=\"taken\"" : "");
    h.open("th", "scope=\"row\"");
    page.say(Page::law(o.name));
    h.cites({o.provision}).close();
    page.cell(said("Standing"));
    page.tag(name, words);
    h.raw("</td>");
    page.cell(said("Why"));
    page.reasons(o.reasons);
    h.raw("</td>").close();
  }
  if (!act.empty()) h.close();
  h.close().raw("</section>\n");
}

void write_readings(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  page.section("readings", said("Contested readings"));
  if (a.readings.empty()) page.with("p", said("No conclusion about this product depends on a contested reading that is tracked."));
  for (const ReadingRow& r : a.readings) {
    h.open("article", "class=\"contested-reading\"").open("h3").text(r.ambiguity + ": ");
    page.say(Page::law(r.question));
    h.cites(r.cites).close();
    const Said chosen = word_said(in_words(r.chosen));
    page.with("p", r.chosen.empty()      ? said("No reading is recorded in the dossier. The verdict follows the default reading.")
                   : r.chosen_by.empty() ? said("Recorded in the dossier: {reading}.", {{"reading", chosen}})
                                         : said("Recorded in the dossier: {reading}, by {who}.", {{"reading", chosen}, {"who", data(r.chosen_by)}}));
    h.open("table", "class=\"readings\"");
    page.with("caption", said("The readings side by side"), "class=\"unseen\"");
    h.raw("<thead><tr><td></td>");
    for (const ReadingRow::Option& o : r.options) {
      h.open("th", o.is_taken ? "scope=\"col\" class=\"default\"" : "scope=\"col\"");
      page.say(word_said(in_words(o.reading)));
      if (o.is_taken) {
        h.raw(" ");
        page.with("span", o.is_default ? said("(default)") : said("(chosen)"), "class=\"soft\"");
      }
      h.close();
    }
    h.raw("</tr></thead>\n").open("tbody").raw("<tr>");
    page.with("th", said("Because"), "scope=\"row\"");
    for (const ReadingRow::Option& o : r.options) page.with("td", Page::law(o.because));
    h.raw("</tr>\n");
    std::vector<std::string> labels;
    for (const ReadingRow::Option& o : r.options)
      for (const ReadingRow::Option::Value& v : o.values)
        if (std::find(labels.begin(), labels.end(), v.label) == labels.end()) labels.push_back(v.label);
    for (const std::string& label : labels) {
      h.open("tr");
      page.with("th", Page::law(label), "scope=\"row\"");
      for (const ReadingRow::Option& o : r.options) {
        const auto at = std::find_if(o.values.begin(), o.values.end(), [&](const auto& v) { return v.label == label; });
        page.with("td", at == o.values.end() ? said("as in the reading taken") : page.english() ? data(at->value) : at->said);
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
  page.section("open-points", a.standing.empty() ? said("What stands between this product and a signed declaration") : said("What stands against this product's release"));
  if (!a.standing.empty()) {
    page.with("p", a.standing);
    h.open("ul");
    for (const StandingRow& r : a.standing_because) {
      h.open("li");
      page.say(said("{what}: {value}.", {{"what", Page::law(r.label)}, {"value", page.english() ? data(r.value) : r.said}}));
      h.cites(r.cites).close();
    }
    h.close();
  }
  if (a.open_points.empty()) {
    page.with("p", said("Nothing among what was checked. What was not checked is listed at the end."));
  } else {
    const auto rows = [&](std::size_t from, std::size_t to) {
      page.table(said("Open points"), {{"name", said("Open point")}, {"", said("What closes it")}});
      for (std::size_t i = from; i < to; ++i) {
        const OpenPoint& p = a.open_points[i];
        h.open("tr").open("th", "scope=\"row\"");
        page.say(page.english() ? data(p.what) : p.what_said);
        h.cites(p.cites).close();
        page.cell(said("What closes it"));
        page.say(page.english() ? data(p.how) : p.how_said);
        h.raw("</td>").close();
      }
      page.end_table();
    };
    const std::size_t all = a.open_points.size(), first = all > points_unfolded + 5 ? points_unfolded : all;
    if (a.standing.empty())
      page.with("p", all == 1 ? said("1 point. 'duolex declare' refuses the declaration as long as one is open.")
                              : said("{n} points. 'duolex declare' refuses the declaration as long as one is open.", {{"n", data(std::to_string(all))}}));
    rows(0, first);
    if (first < all) {
      h.open("details", "class=\"proof\"");
      page.with("summary", said("The other {n}", {{"n", data(std::to_string(all - first))}}));
      rows(first, all);
      h.close();
    }
  }
  if (!a.conditions.empty()) {
    const Finding& f = page.of("joint.presumption");
    page.with("h3", said("Article 12(1) CRA: is the cybersecurity of Article 15 AI Act deemed met?"));
    h.open("p");
    page.say(said("{what}: {value}.", {{"what", Page::law(f.label)}, {"value", page.value(f)}}));
    h.cites(f.cites).close();
    page.table(said("Conditions of the presumption"), {{"name", said("Condition")}, {"state", said("Standing")}});
    using Holds = plan::RequiredFact::Holds;
    for (const plan::RequiredFact& c : a.conditions) {
      h.open("tr").open("th", "scope=\"row\"");
      page.say(Page::law(c.question));
      h.cites(c.cites).close();
      page.cell(said("Standing"));
      if (c.holds == Holds::yes) page.tag("taken", said("stated as met"));
      if (c.holds == Holds::no) page.tag("gap", said("not met"));
      if (c.holds == Holds::unknown) page.tag("undecided", said("not known"));
      h.raw("</td>").close();
    }
    page.end_table();
  }
  h.raw("</section>\n");
}

}  // namespace duolex::documents
