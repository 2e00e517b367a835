// What is to come: days, questions, duties.
#include <algorithm>
#include <map>

#include "documents/page.h"

namespace duolex::documents {
namespace {

using findings::ShownDuty;

void day_heading(Html& h, Day day) {
  h.raw("<h3><time datetime=\"").text(to_string(day)).raw("\">").text(in_words(day)).raw("</time></h3>\n");
}

void settled_day(Page& page, const char* conclusion) {
  const findings::Finding& f = page.of(conclusion);
  page.h.open("li").text(f.label + ": ").with("strong", in_words(f)).cites(f.cites).close();
}

}  // namespace

void write_timeline(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  page.section("timeline", "What applies when");
  h.with("p", "The days from this one on that matter to this product, all facts as they are: days on which a conclusion "
              "changes, and days that the facts or the law fix.");
  h.open("ol", "class=\"timeline\"").open("li", "class=\"now\"");
  day_heading(h, a.findings.as_of);
  h.open("ul");
  h.open("li").text("The day of this assessment. ").text(page.of("joint.regime_now").label + ": ");
  h.with("strong", in_words(page.of("joint.regime_now"))).cites(page.of("joint.regime_now").cites).close();
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
    day_heading(h, day);
    h.open("ul");
    for (const plan::FixedDay* f : entry.fixed) h.open("li").text(f->label).cites(f->cites).close();
    if (entry.changes != nullptr)
      for (const plan::Change& c : entry.changes->changes) {
        h.open("li").text(c.label + ": ").with("span", c.before_words, "class=\"before\"").raw(" <span aria-label=\"becomes\">→</span> ");
        h.with("strong", c.after_words).cites(c.cites).close();
      }
    h.close().close();
  }
  h.close();
  if (days.empty()) h.with("p", "On the facts as they stand no conclusion changes with the dates of the law.");
  h.raw("</section>\n");
}

void write_questions(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  page.section("questions", "Open questions about the route");
  if (a.questions.empty()) {
    h.with("p", "Nothing that could be asked would change the route.").raw("</section>\n");
    return;
  }
  const auto smallest = std::count_if(a.questions.begin(), a.questions.end(), [](const QuestionRow& q) { return q.in_smallest; });
  h.with("p", std::to_string(a.questions.size()) + (a.questions.size() == 1 ? " fact" : " facts") +
                  " can still change the route. " + (smallest == 1 ? "One answer" : std::to_string(smallest) + " answers") +
                  " can settle it" + (a.smallest_proven ? "; no smaller set of answers can" : "") + ". The most decisive comes first.");
  h.open("ol", "class=\"questions\"");
  for (const QuestionRow& q : a.questions) {
    h.open("li").open("p").with("strong", q.question).cites(q.cites);
    if (q.in_smallest) {
      h.raw(" ");
      page.tag("open", "among the fewest");
    }
    h.close();
    if (!q.help.empty()) h.with("p", q.help);
    h.open("p", "class=\"soft\"").text("Answer: " + q.answer + ". In the dossier: ").with("code", q.id).text(".").close();
    if (!q.can_change.empty()) {
      std::string list;
      for (std::size_t i = 0; i < q.can_change.size() && i < 6; ++i) list += (i == 0 ? "" : "; ") + q.can_change[i];
      if (q.can_change.size() > 6) list += "; and " + std::to_string(q.can_change.size() - 6) + " more";
      h.with("p", "It can change: " + list + ".", "class=\"soft\"");
    }
    h.close();
  }
  h.close().raw("</section>\n");
}

void write_duties(Page& page) {
  const Assessment& a = page.a;
  Html& h = page.h;
  page.section("duties", "Duties by stage");
  if (a.findings.duties.empty()) {
    h.with("p", "No duty that is tracked binds on these facts.").raw("</section>\n");
    return;
  }
  static const std::pair<const char*, const char*> stages[] = {
      {"design", "Design"}, {"development", "Development"}, {"before_placing", "Before placing on the market"},
      {"placing", "Placing on the market"}, {"after_placing", "After placing on the market"}, {"", "Without a stage"}};
  h.with("p", "Duties whose condition holds, or may still hold, on the facts. The day given is the first on which the duty binds "
              "anybody. For this product:");
  h.open("ul");
  settled_day(page, "cra.requirements_apply");
  settled_day(page, "cra.reporting_applies");
  settled_day(page, "ai.high_risk_duties_from");
  h.close();
  for (const auto& [id, title] : stages) {
    const auto here = [&, &stage = id](const ShownDuty& d) { return d.stage == stage; };
    const auto count = std::count_if(a.findings.duties.begin(), a.findings.duties.end(), here);
    if (count == 0) continue;
    h.open("h3").text(title).raw(" ").with("span", std::to_string(count), "class=\"count\"").close();
    page.table(title, {{"", "Duty"}, {"who", "Binds"}, {"day", "From"}});
    for (const ShownDuty& d : a.findings.duties) {
      if (!here(d)) continue;
      h.open("tr").open("th", "scope=\"row\" class=\"plain\"").text(d.text);
      if (!d.surely) {
        h.raw(" ");
        page.tag("undecided", "may bind");
      }
      h.cites(d.cites).close();
      page.cell("Binds");
      h.text(in_words(d.binds)).raw("</td>");
      page.cell("From");
      if (const auto day = parse_day(d.from)) h.text(in_words(*day));
      h.raw("</td>").close();
    }
    page.end_table();
  }
  h.raw("</section>\n");
}

}  // namespace duolex::documents
