// What is to come: days, questions, duties.
#include <algorithm>
#include <map>

#include "documents/page.h"

namespace duolex::documents {
namespace {

using findings::ShownDuty;

void day_heading(Page& page, Day day) {
  page.h.raw("<h3><time datetime=\"").text(to_string(day)).raw("\">");
  page.say(on_day(day));
  page.h.raw("</time></h3>\n");
}

void settled_day(Page& page, const char* conclusion) {
  const findings::Finding& f = page.of(conclusion);
  page.h.open("li");
  page.say(Page::law(f.label));
  page.h.text(": ");
  page.with("strong", page.value(f));
  page.h.cites(f.cites).close();
}

}  // namespace

void write_timeline(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  page.section("timeline", said("What applies when"));
  page.with("p", said("The days from this one on that matter to this product, all facts as they are: days on which a conclusion "
                      "changes, and days that the facts or the law fix."));
  h.open("ol", "class=\"timeline\"").open("li", "class=\"now\"");
  day_heading(page, a.findings.as_of);
  h.open("ul").open("li");
  page.say(said("The day of this assessment."));
  h.text(" ");
  page.say(Page::law(page.of("joint.regime_now").label));
  h.text(": ");
  page.with("strong", page.value(page.of("joint.regime_now")));
  h.cites(page.of("joint.regime_now").cites).close();
  h.close().close();
  struct Entry {
    const plan::TimelineDay* changes = nullptr;
    std::vector<const plan::FixedDay*> fixed;
  };
  std::map<Day, Entry> days;
  for (const plan::TimelineDay& d : a.timeline) days[d.day].changes = &d;
  for (const plan::FixedDay& d : a.fixed_days)
    if (d.day >= a.findings.as_of) days[d.day].fixed.push_back(&d);
  for (const auto& [day, entry] : days) {
    h.open("li");
    day_heading(page, day);
    h.open("ul");
    for (const plan::FixedDay* f : entry.fixed) {
      h.open("li");
      page.say(Page::law(f->label));
      h.cites(f->cites).close();
    }
    if (entry.changes != nullptr)
      for (const plan::Change& c : entry.changes->changes) {
        h.open("li");
        page.say(Page::law(c.label));
        h.text(": ");
        page.with("span", page.english() ? data(c.before_words) : text_said(c.before), "class=\"before\"");
        h.raw(" <span aria-label=\"").text(page.tongue(said("becomes"))).raw("\">→</span> ");
        page.with("strong", page.english() ? data(c.after_words) : text_said(c.after));
        h.cites(c.cites).close();
      }
    h.close().close();
  }
  h.close();
  if (days.empty()) page.with("p", said("On the facts as they stand no conclusion changes with the dates of the law."));
  h.raw("</section>\n");
}

void write_questions(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  page.section("questions", said("Open questions about the route"));
  if (a.questions.empty()) {
    page.with("p", said("Nothing that could be asked would change the route."));
    h.raw("</section>\n");
    return;
  }
  const auto smallest = std::count_if(a.questions.begin(), a.questions.end(), [](const QuestionRow& q) { return q.in_smallest; });
  const Said facts = data(std::to_string(a.questions.size())), answers = data(std::to_string(smallest));
  h.open("p");
  page.say(a.questions.size() == 1 ? said("1 fact can still change the route.") : said("{n} facts can still change the route.", {{"n", facts}}));
  h.text(" ");
  page.say(a.smallest_proven ? smallest == 1 ? said("One answer can settle it; no smaller set of answers can.") : said("{n} answers can settle it; no smaller set of answers can.", {{"n", answers}})
           : smallest == 1   ? said("One answer can settle it.")
                             : said("{n} answers can settle it.", {{"n", answers}}));
  h.text(" ");
  page.say(said("The most decisive comes first."));
  h.close();
  h.open("ol", "class=\"questions\"");
  for (const QuestionRow& q : a.questions) {
    h.open("li").open("p");
    page.with("strong", Page::law(q.question));
    h.cites(q.cites);
    if (q.in_smallest) {
      h.raw(" ");
      page.tag("open", said("among the fewest"));
    }
    h.close();
    if (!q.help.empty()) page.with("p", Page::law(q.help));
    h.open("p", "class=\"soft\"");
    page.say(said("Answer: {answer}. In the dossier:", {{"answer", q.answer}}));
    h.text(" ").with("code", q.id).text(".").close();
    if (!q.can_change.empty()) {
      Said list = listed({}, "; ");
      for (std::size_t i = 0; i < q.can_change.size() && i < 6; ++i) list.parts.push_back(Page::law(q.can_change[i]));
      if (q.can_change.size() > 6) list.parts.push_back(said("and {n} more", {{"n", data(std::to_string(q.can_change.size() - 6))}}));
      page.with("p", said("It can change: {what}.", {{"what", list}}), "class=\"soft\"");
    }
    h.close();
  }
  h.close().raw("</section>\n");
}

void write_duties(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  page.section("duties", said("Duties by stage"));
  if (a.findings.duties.empty()) {
    page.with("p", said("No duty that is tracked binds on these facts."));
    h.raw("</section>\n");
    return;
  }
  static const std::pair<const char*, Said> stages[] = {
      {"design", said("Design")}, {"development", said("Development")}, {"before_placing", said("Before placing on the market")},
      {"placing", said("Placing on the market")}, {"after_placing", said("After placing on the market")}, {"", said("Without a stage")}};
  page.with("p", said("Duties whose condition holds, or may still hold, on the facts. The day given is the first on which the duty binds "
                      "this product, or, where that is open, anybody. For this product:"));
  h.open("ul");
  settled_day(page, "cra.requirements_from");
  settled_day(page, "cra.reporting_applies");
  settled_day(page, "ai.high_risk_duties_from");
  settled_day(page, "ai.marking_from");
  h.close();
  for (const auto& [id, title] : stages) {
    const auto here = [&, &stage = id](const ShownDuty& d) { return d.stage == stage; };
    const auto count = std::count_if(a.findings.duties.begin(), a.findings.duties.end(), here);
    if (count == 0) continue;
    h.open("h3");
    page.say(title);
    h.raw(" ").with("span", std::to_string(count), "class=\"count\"").close();
    page.table(title, {{"", said("Duty")}, {"who", said("Binds")}, {"day", said("From")}});
    for (const ShownDuty& d : a.findings.duties) {
      if (!here(d)) continue;
      h.open("tr").open("th", "scope=\"row\" class=\"plain\"");
      page.say(Page::law(d.text));
      if (!d.surely) {
        h.raw(" ");
        page.tag("undecided", said("may bind"));
      }
      h.cites(d.cites).close();
      page.cell(said("Binds"));
      page.say(binds_said(d.binds));
      h.raw("</td>");
      page.cell(said("From"));
      if (const auto day = parse_day(d.from)) page.say(on_day(*day));
      h.raw("</td>").close();
    }
    page.end_table();
  }
  h.raw("</section>\n");
}

}  // namespace duolex::documents
