#include "incidents/clocks.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "base/file.h"
#include "incidents/clocks_out.h"
#include "text/yaml_out.h"

namespace duolex::incidents {
namespace {

const std::string root = DUOLEX_SOURCE_DIR;

text::Node cases() {
  const std::string file = root + "/tests/incidents/clocks.yaml";
  const auto bytes = read_file(file);
  EXPECT_TRUE(bytes) << render(bytes.error());
  const auto node = text::read_yaml(file, *bytes);
  EXPECT_TRUE(node) << render(node.error());
  return *node;
}

std::string record_of(const text::Node& c) {
  std::string out = "format: 1\nid: case\ntitle: t\ntime_zone: " + c.find("zone")->text + "\n";
  for (const char* act : {"cra", "ai_act", "gdpr"}) {
    if (const text::Node* facts = c.find(act)) out += std::string(act) + ": " + text::to_inline_yaml(*facts) + "\n";
  }
  std::string awareness, events, submissions;
  if (const text::Node* acts = c.find("acts")) {
    for (const text::Node& act : acts->items) {
      const std::string at = ", at: \"" + act.find("at")->text + "\", by: somebody}\n";
      if (const text::Node* of = act.find("aware")) {
        awareness += "  - {of: " + text::to_inline_yaml(*of) + at;
      } else if (const text::Node* what = act.find("event")) {
        events += "  - {what: " + what->text + at;
      } else {
        const text::Node* covers = act.find("also_covers");
        submissions += "  - {act: " + act.find("act")->text + ", stage: " + act.find("submit")->text +
                       (covers != nullptr ? ", also_covers: " + text::to_inline_yaml(*covers) : "") + at;
      }
    }
  }
  if (!awareness.empty()) out += "awareness:\n" + awareness;
  if (!events.empty()) out += "events:\n" + events;
  if (!submissions.empty()) out += "submissions:\n" + submissions;
  return out;
}

Moment moment(const std::string& text) { return parse_point(text, *Zone::named("Etc/UTC")).point.moment; }

std::string value_of(const Clock& clock, const std::string& key, const Zone& zone) {
  if (key == "status") return to_string(clock.status);
  if (key == "due_on") return clock.due_on ? to_string(*clock.due_on) : "none";
  if (key == "due_at") return clock.due_at ? zone.text(*clock.due_at) : "none";
  return "?";
}

TEST(Clocks, TheTableOfCases) {
  const text::Node table = cases();
  int count = 0;
  for (const text::Node& group : table.find("groups")->items) {
    for (const text::Node& c : group.find("cases")->items) {
      ++count;
      const std::string name = c.find("name")->text + " (line " + std::to_string(c.span.line) + ")";
      const auto record = read_record("case.yaml", record_of(c));
      ASSERT_TRUE(record) << name << "\n" << render(record.error());
      const text::Node* now = c.find("now");
      const auto clocks = clocks_of(*record, built_in_clock_rules(), moment(now ? now->text : "2040-01-01T00:00Z"));
      ASSERT_TRUE(clocks) << name << "\n" << render(clocks.error());
      const text::Node& expect = *c.find("expect");
      ASSERT_FALSE(expect.keys.empty()) << name;
      for (std::size_t i = 0; i < expect.keys.size(); ++i) {
        const Clock* found = nullptr;
        for (const Clock& clock : *clocks) {
          if (clock.rule->id == expect.keys[i].text) found = &clock;
        }
        ASSERT_NE(found, nullptr) << name << ": no clock " << expect.keys[i].text;
        for (std::size_t k = 0; k < expect.items[i].keys.size(); ++k) {
          const std::string& key = expect.items[i].keys[k].text;
          EXPECT_EQ(value_of(*found, key, *record->zone), expect.items[i].items[k].text)
              << name << ": " << expect.keys[i].text << " " << key;
        }
      }
    }
  }
  EXPECT_GE(count, 200);
}

TEST(Clocks, EveryClockHasACase) {
  std::set<std::string> seen;
  const text::Node table = cases();
  for (const text::Node& group : table.find("groups")->items) {
    for (const text::Node& c : group.find("cases")->items) {
      for (const text::Node& key : c.find("expect")->keys) seen.insert(key.text);
    }
  }
  for (const ClockRule& rule : built_in_clock_rules().clocks) {
    if (rule.id == "ai_act.causal_link_rights") continue;  // the same as ai_act.causal_link for another harm
    EXPECT_TRUE(seen.contains(rule.id)) << rule.id;
  }
}

TEST(Clocks, EveryCitationIsAProvision) {
  std::set<std::string> known;
  for (const char* text : {"AIA", "CRA", "GDPR"}) {
    std::ifstream in(root + "/law/provisions/" + text + ".txt");
    ASSERT_TRUE(in) << text;
    for (std::string line; std::getline(in, line);) known.insert(line.substr(0, line.find(' ')));
  }
  const ClockRules& rules = built_in_clock_rules();
  for (const ClockRule& rule : rules.clocks) {
    for (const std::string& id : rule.cite) EXPECT_TRUE(known.contains(id)) << rule.id << " cites " << id;
  }
  for (const Tension& t : rules.tensions) {
    for (const std::string& id : t.cite) EXPECT_TRUE(known.contains(id)) << t.id << " cites " << id;
  }
}

// The worked cases of the rule base for cra.final_report_due (law/cases/cra/art-14.yaml), on our clocks.
TEST(Clocks, AgreeWithTheRuleBaseOnTheFinalReport) {
  const std::string file = root + "/law/cases/cra/art-14.yaml";
  const auto bytes = read_file(file);
  ASSERT_TRUE(bytes);
  const auto node = text::read_yaml(file, *bytes);
  ASSERT_TRUE(node);
  int compared = 0;
  for (const text::Node& c : (node->kind == text::Node::Kind::sequence ? *node : *node->find("cases")).items) {
    const text::Node* facts = c.find("facts");
    const text::Node* expect = c.find("expect") ? c.find("expect")->find("cra.final_report_due") : nullptr;
    if (facts == nullptr || expect == nullptr || expect->kind != text::Node::Kind::text) continue;
    const text::Node* kind = facts->find("event.kind");
    if (kind == nullptr) continue;
    const bool incident = kind->text == "incident";
    const text::Node* start = facts->find(incident ? "event.notification_submitted_on" : "event.corrective_measure_on");
    ASSERT_NE(start, nullptr);
    std::string yaml = "format: 1\nid: a\ntitle: t\ntime_zone: Europe/Berlin\ncra: {kind: " + kind->text +
                       ", severe: true, actively_exploited: true}\nawareness:\n  - {of: cra, at: 2026-09-12, by: b}\n";
    yaml += incident ? "submissions:\n  - {act: cra, stage: notification, at: " + start->text + ", by: b}\n"
                     : "events:\n  - {what: measure_available, at: " + start->text + ", by: b}\n";
    const auto record = read_record("a.yaml", yaml);
    ASSERT_TRUE(record) << render(record.error());
    const auto clocks = clocks_of(*record, built_in_clock_rules(), moment("2040-01-01T00:00Z"));
    ASSERT_TRUE(clocks);
    for (const Clock& clock : *clocks) {
      if (clock.rule->id != (incident ? "cra.incident.final_report" : "cra.vulnerability.final_report")) continue;
      ASSERT_TRUE(clock.due_on);
      EXPECT_EQ(to_string(*clock.due_on), expect->text) << c.find("name")->text;
      ++compared;
    }
  }
  EXPECT_GE(compared, 7);
}

const std::string both_acts =
    "format: 1\nid: a\ntitle: t\ntime_zone: Europe/Berlin\ncra: {kind: vulnerability, actively_exploited: true}\n"
    "ai_act: {high_risk: true, harm: [health]}\nawareness:\n  - {of: [cra, ai_act], at: 2027-12-10T10:00, by: b}\n";

TEST(Clocks, BothActsAtOnceShowTheTension) {
  const auto record = read_record("a.yaml", both_acts + "events:\n  - {what: system_changed, at: 2027-12-10T12:00, by: b}\n");
  ASSERT_TRUE(record) << render(record.error());
  const Moment now = moment("2027-12-10T12:00Z");
  const auto clocks = clocks_of(*record, built_in_clock_rules(), now);
  ASSERT_TRUE(clocks);
  const auto tensions = tensions_of(*record, built_in_clock_rules(), *clocks);
  ASSERT_EQ(tensions.size(), 1u);
  EXPECT_TRUE(tensions[0].changed_before_told);
  const std::string text = clocks_text(*record, built_in_clock_rules(), *clocks, tensions, now);
  EXPECT_NE(text.find("changed before the authority was told"), std::string::npos) << text;
  EXPECT_NE(text.find("AIA/art/73/6/#1"), std::string::npos);
}

TEST(Clocks, OneActAloneShowsNoTension) {
  const auto record = read_record("a.yaml",
                                  "format: 1\nid: a\ntitle: t\ntime_zone: Europe/Berlin\ncra: {kind: vulnerability, actively_exploited: true}\n"
                                  "ai_act: {high_risk: false}\nawareness:\n  - {of: cra, at: 2027-12-10T10:00, by: b}\n");
  ASSERT_TRUE(record);
  const auto clocks = clocks_of(*record, built_in_clock_rules(), moment("2027-12-10T12:00Z"));
  ASSERT_TRUE(clocks);
  EXPECT_TRUE(tensions_of(*record, built_in_clock_rules(), *clocks).empty());
}

TEST(Clocks, WhatHasNotHappenedYetIsRefused) {
  const auto record = read_record("a.yaml", both_acts);
  ASSERT_TRUE(record);
  const auto clocks = clocks_of(*record, built_in_clock_rules(), moment("2027-12-10T08:00Z"));
  ASSERT_FALSE(clocks);
  EXPECT_NE(render(clocks.error()).find("a.yaml:8:"), std::string::npos) << render(clocks.error());
}

TEST(Clocks, AWeekendIsInformationOnly) {
  // 2026-11-14 and fourteen days is Saturday 2026-11-28.
  const auto record = read_record("a.yaml", "format: 1\nid: a\ntitle: t\ntime_zone: Europe/Berlin\n"
                                            "cra: {kind: vulnerability, actively_exploited: true}\nawareness:\n"
                                            "  - {of: cra, at: 2026-11-13T10:00, by: b}\nevents:\n"
                                            "  - {what: measure_available, at: 2026-11-14T09:00, by: b}\n");
  ASSERT_TRUE(record);
  const auto clocks = clocks_of(*record, built_in_clock_rules(), moment("2026-11-29T12:00Z"));
  ASSERT_TRUE(clocks);
  for (const Clock& c : *clocks) {
    if (c.rule->id != "cra.vulnerability.final_report") continue;
    EXPECT_EQ(to_string(*c.working_day_on), "2026-11-30");
    EXPECT_EQ(to_string(c.status), "overdue");
    EXPECT_EQ(record->zone->text(*c.same_hour_at), "2026-11-28T09:00:00+01:00");
  }
}

TEST(ClockRules, MistakesAreNamedWithTheirPlace) {
  const auto rules = read_clock_rules("c.yaml",
                                      "format: 1\nchecked_on: 2026-11-24\nclocks:\n  - id: x\n    act: cra\n    stage: never\n"
                                      "    label: l\n    to: t\n    when: {kynd: incident}\n    from: awareness\n    within: 3 weeks\n");
  ASSERT_FALSE(rules);
  const std::string text = render(rules.error());
  for (const char* part : {"c.yaml:6:12", "no fact 'cra.kynd'", "'3 weeks' is no period", "without a provision"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST(ClockRules, TheBuiltInFileIsTheFile) {
  const auto bytes = read_file(root + "/law/incidents/clocks.yaml");
  ASSERT_TRUE(bytes);
  const auto rules = read_clock_rules("clocks.yaml", *bytes);
  ASSERT_TRUE(rules) << render(rules.error());
  EXPECT_EQ(rules->clocks.size(), built_in_clock_rules().clocks.size());
}

TEST(Clocks, WhatTheOwnPolicyPromisesRunsFromTheReport) {
  const auto policy = read_disclosure("d.yaml", "format: 1\norganisation: O\nacknowledge_days: 3\nassess_days: 10\n");
  ASSERT_TRUE(policy) << render(policy.error());
  const auto status = [&](const std::string& more, const char* now) {
    const auto record = read_record("r.yaml", "format: 1\nid: R\ntitle: t\ntime_zone: Europe/Berlin\n" + more);
    EXPECT_TRUE(record) << render(record.error());
    ClockRules rules = built_in_clock_rules();
    for (ClockRule& rule : promised_clocks(*policy)) rules.clocks.push_back(std::move(rule));
    const auto clocks = clocks_of(*record, rules, parse_point(now, *Zone::named("Etc/UTC")).point.moment);
    EXPECT_TRUE(clocks) << render(clocks.error());
    std::string out;
    for (const char* id : {"policy.acknowledge", "policy.assess"})
      for (const Clock& c : *clocks)
        if (c.rule->id == id) out += (out.empty() ? "" : " ") + to_string(c.status) + (c.due_on ? "/" + to_string(*c.due_on) : "") + (c.pressing ? "!" : "");
    return out;
  };
  const std::string intake = "intake: {channel: mail, at: \"2027-03-26T23:30\", by: Desk}\n";
  EXPECT_EQ(status(intake, "2027-03-27T00:00Z"), "running/2027-03-29 running/2027-04-05");
  EXPECT_EQ(status(intake, "2027-03-29T12:00Z"), "near/2027-03-29! running/2027-04-05");
  EXPECT_EQ(status(intake, "2027-03-29T21:59Z"), "near/2027-03-29! running/2027-04-05");  // 23:59 in Berlin's summer time
  EXPECT_EQ(status(intake, "2027-03-29T22:00Z"), "overdue/2027-03-29! running/2027-04-05");
  EXPECT_EQ(status(intake + "events: [{what: report_acknowledged, at: \"2027-03-28T10:00\", by: Desk}]\n", "2027-04-10T00:00Z"), "done/2027-03-29 overdue/2027-04-05!");
  EXPECT_EQ(status(intake + "events: [{what: report_assessed, at: \"2027-04-06T10:00\", by: Desk}]\n", "2027-04-10T00:00Z"), "overdue/2027-03-29! done_late/2027-04-05");
  EXPECT_EQ(status("", "2027-04-10T00:00Z"), "not_started not_started");
}

}  // namespace
}  // namespace duolex::incidents
