// What changes between two days, each product of it decided by the engine on both.
#include <filesystem>

#include "case_file.h"
#include "small_law.h"

namespace duolex::consistency {
namespace {

using rules::RuleBase;

const RuleBase& law() {
  static const RuleBase loaded = [] {
    auto result = rules::load_rule_base(cases::read_law(std::filesystem::path(DUOLEX_SOURCE_DIR) / "law"));
    if (!result) throw std::runtime_error(render(result.error()));
    return std::move(*result);
  }();
  return loaded;
}

rules::Value value_on(const RuleBase& base, const Change& change, Day day) {
  const rules::Outcome o = decided(base, base.rules[change.conclusion].id, day, change.witness.facts);
  if (change.ambiguity == rules::no_index) return o.value;
  for (const rules::ReadingOutcome& r : o.readings)
    if (r.ambiguity == change.ambiguity && r.reading == change.reading) return r.value;
  return o.value;
}

std::string changed(const Difference& difference, const RuleBase& base) {
  std::string text;
  for (const Change& c : difference.changes) text += (text.empty() ? "" : " ") + base.rules[c.conclusion].id;
  return text;
}

void expect_confirmed(const char* first, const char* second, const std::string& conclusions) {
  SCOPED_TRACE(std::string(first) + " " + second);
  const Day from = *parse_day(first), to = *parse_day(second);
  const Difference difference = prover().diff(law(), from, to);
  EXPECT_EQ(changed(difference, law()), conclusions);
  EXPECT_TRUE(difference.undecided.empty());
  EXPECT_EQ(difference.changes.size() + difference.same.size(), law().conclusions.size());
  for (const Change& c : difference.changes) {
    SCOPED_TRACE(law().rules[c.conclusion].id);
    EXPECT_NE(c.before, c.after);
    EXPECT_EQ(value_on(law(), c, from), c.before);
    EXPECT_EQ(value_on(law(), c, to), c.after);
  }
}

// The AI Act comes in by a product whose design was changed on that very day.
TEST(LawDiff, TheDayOnWhichTheCraApplies) {
  expect_confirmed("2027-12-10", "2027-12-11",
                   "ai.high_risk_duties_apply cra.fines_apply cra.notification_required cra.reporting_applies "
                   "cra.requirements_apply joint.regime_now");
}

TEST(LawDiff, TheDayOnWhichAnnexIiiApplies) {
  expect_confirmed("2027-12-01", "2027-12-02", "ai.high_risk_duties_apply joint.regime_now");
}

TEST(LawDiff, TheDayOnWhichTheNewProhibitionsApply) {
  const Difference difference = prover().diff(law(), *parse_day("2026-12-01"), *parse_day("2026-12-02"));
  const std::string all = " " + changed(difference, law()) + " ";
  for (const char* id : {"ai.prohibited", "ai.prohibited_practices", "ai.high_risk", "ai.transparency", "joint.cra_assessed_by"})
    EXPECT_NE(all.find(" " + std::string(id) + " "), std::string::npos) << id;
  for (const char* id : {"cra.applies", "cra.class", "cra.procedures", "ai.applies", "ai.gpai"})
    EXPECT_EQ(all.find(" " + std::string(id) + " "), std::string::npos) << id;
  for (const Change& c : difference.changes) {
    SCOPED_TRACE(law().rules[c.conclusion].id);
    EXPECT_EQ(value_on(law(), c, *parse_day("2026-12-01")), c.before);
    EXPECT_EQ(value_on(law(), c, *parse_day("2026-12-02")), c.after);
  }
}

TEST(LawDiff, TwoDaysOfTheSameLaw) { expect_confirmed("2026-11-23", "2026-11-24", ""); }

// The same law, but a change of the product may lie between the two days.
TEST(LawDiff, TwoDaysOfOneProduct) {
  expect_confirmed("2028-09-01", "2028-09-02", "ai.high_risk_duties_apply cra.requirements_apply joint.regime_now");
}

TEST(LawDiff, OfASmallLaw) {
  const RuleBase base = crossing(
      "day winter\n"
      "  2021-11-01  in LAW\n"
      "conclude go : yes/no\n"
      "  no  when light is not green or train\n"
      "  no  when light is green and not train and since is a day  from winter\n"
      "  yes when light is green and not train and not since is a day\n"
      "  yes when light is green and not train and since is a day  until winter\n");
  EXPECT_FALSE(prover().check(base).clear()) << "on the first day of winter both hold";
  const Difference difference = prover().diff(base, *parse_day("2021-10-31"), *parse_day("2021-11-02"));
  ASSERT_EQ(difference.changes.size(), 1U);
  EXPECT_EQ(difference.changes[0].before, 1);
  EXPECT_EQ(difference.changes[0].after, 0);
  EXPECT_EQ(value_on(base, difference.changes[0], *parse_day("2021-10-31")), 1);
  EXPECT_EQ(value_on(base, difference.changes[0], *parse_day("2021-11-02")), 0);
}

}  // namespace
}  // namespace duolex::consistency
