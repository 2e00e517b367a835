#include "incidents/record.h"

#include <gtest/gtest.h>

namespace duolex::incidents {
namespace {

std::string errors(const std::string& yaml) {
  const auto record = read_record("r.yaml", yaml);
  return record ? "" : render(record.error());
}

const std::string head = "format: 1\nid: a\ntitle: t\ntime_zone: Europe/Berlin\n";

TEST(Record, ReadsEverything) {
  const auto record = read_record("r.yaml", head +
                                                "versions: [\"1.0\", \"1.1\"]\ncomponents: [pkg:npm/sharp@0.32.1]\n"
                                                "cra: {kind: incident, severe: null}\nai_act: {harm: [death, health]}\n"
                                                "awareness:\n  - {of: [cra, gdpr], at: 2026-11-02T10:20, by: Security lead, note: by mail}\n"
                                                "events:\n  - {what: measure_available, at: 2026-11-03, by: x}\n"
                                                "submissions:\n  - {act: cra, stage: early_warning, at: 2026-11-02T11:00Z, by: x, reference: R1}\n"
                                                "upstream:\n  - {component: pkg:npm/sharp, to: maintainers, at: 2026-11-02T12:00, by: x}\n"
                                                "intake: {channel: mail, at: 2026-11-02T09:00, by: desk}\nfields: {attack_vector: network}\n");
  ASSERT_TRUE(record) << render(record.error());
  EXPECT_EQ(record->facts.at("cra.kind"), std::vector<std::string>{"incident"});
  EXPECT_FALSE(record->facts.contains("cra.severe"));
  EXPECT_EQ(record->facts.at("ai_act.harm").size(), 2u);
  EXPECT_TRUE(record->events.at(0).act.at.day_only);
  EXPECT_EQ(record->submissions.at(0).reference, "R1");
  EXPECT_EQ(record->fields.at("attack_vector").text, "network");
  ASSERT_TRUE(record->intake);
}

TEST(Record, MistakesAreAllNamedWithTheirPlace) {
  const std::string text = errors(head +
                                  "cra: {kind: flood, sevre: true}\nai_act: {high_risk: maybe, harm: [ghost]}\n"
                                  "awareness:\n  - {at: 2026-10-25T02:30, by: x}\n  - {of: cra, at: yesterday, by: x}\n"
                                  "  - {of: cra, at: 2027-03-28T02:30}\nevents: none\n");
  for (const char* part : {"r.yaml:5:13", "'kind' cannot hold 'flood'", "did you mean 'severe'", "'high_risk' cannot hold 'maybe'", "'ghost'",
                           "comes twice", "aware under which act", "is no moment", "does not exist in Europe/Berlin",
                           "'by' is missing", "not a list"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST(Record, NeedsAZoneBeforeAnythingElse) {
  EXPECT_NE(errors("format: 1\nid: a\ntitle: t\ntime_zone: Mars\nawareness:\n  - {of: cra, at: x, by: y}\n").find("no time zone 'Mars'"), std::string::npos);
  EXPECT_NE(errors("format: 1\nid: a\ntitle: t\n").find("'time_zone' is missing"), std::string::npos);
  EXPECT_NE(errors("[1]").find("is a map"), std::string::npos);
  EXPECT_NE(errors("").find("is a map"), std::string::npos);
}

TEST(Record, AListWhereOneWordBelongsIsRefused) {
  EXPECT_NE(errors(head + "cra: {kind: [vulnerability, incident]}\n").find("not a list"), std::string::npos);
}

}  // namespace
}  // namespace duolex::incidents
