// The prover on rule bases with one fault each: it finds that one and no other, and the product it shows is one.
#include "small_law.h"

namespace duolex::consistency {
namespace {

using rules::RuleBase;

constexpr const char* since_matters =
    "conclude older : yes/no\n"
    "  yes when since before 2020-01-01\n"
    "  no  otherwise\n";

Report checked(const RuleBase& base) { return prover().check(base); }

// The findings as "check line", a space between.
std::string found(const Report& report) {
  std::string text;
  for (const Finding& f : report.findings)
    text += (text.empty() ? "" : " ") + std::string(name_of(f.check)) + ":" + std::to_string(f.span.line - lines_before);
  return text;
}

TEST(LawCheck, FindsNothingInWhatIsSound) {
  const RuleBase base = crossing(
      "conclude go : yes/no\n"
      "  yes when light is green and not train\n"
      "  no  otherwise\n" + std::string(since_matters));
  const Report report = checked(base);
  EXPECT_EQ(found(report), "");
  EXPECT_TRUE(report.clear());
  EXPECT_EQ(report.proven.rules, 2U);
  EXPECT_EQ(report.proven.facts, 3U);
}

TEST(LawCheck, Contradiction) {
  const RuleBase base = crossing(
      "conclude go : yes/no\n"
      "  yes when light is green\n"
      "  no  when train\n"
      "  no  when light is one of red, amber and not train\n"
      "conclude stop : yes/no\n"
      "  yes when train\n"
      "  no  otherwise\n" + std::string(since_matters));
  const Report report = checked(base);
  ASSERT_EQ(found(report), "contradiction:3");
  EXPECT_FALSE(report.clear());
  const Witness& w = *report.findings[0].witness;
  EXPECT_EQ(w.facts[base.fact("light")], 2);
  EXPECT_EQ(w.facts[base.fact("train")], 1);
  const auto law = rules::CompiledLaw::compile_for(base, w.as_of, w.facts);
  ASSERT_FALSE(law);
  EXPECT_NE(render(law.error()).find("contradict each other"), std::string::npos);
}

TEST(LawCheck, Gap) {
  const RuleBase base = crossing(
      "conclude go : yes/no\n"
      "  yes when light is green and not train\n"
      "  no  when light is red or train\n" + std::string(since_matters));
  const Report report = checked(base);
  ASSERT_EQ(found(report), "gap:1");
  const Witness& w = *report.findings[0].witness;
  EXPECT_EQ(w.facts[base.fact("light")], 1);
  EXPECT_EQ(w.facts[base.fact("train")], 0);
  const auto law = rules::CompiledLaw::compile_for(base, w.as_of, w.facts);
  ASSERT_FALSE(law);
  EXPECT_NE(render(law.error()).find("has no value"), std::string::npos);
}

TEST(LawCheck, DeadClause) {
  const RuleBase base = crossing(
      "conclude go : yes/no\n"
      "  yes when light is green and not train\n"
      "  yes when light is green and light is red\n"
      "  no  otherwise\n" + std::string(since_matters));
  EXPECT_EQ(found(checked(base)), "dead:3");
}

TEST(LawCheck, DeadException) {
  const RuleBase base = crossing(
      "conclude go : yes/no\n"
      "  yes when light is green and not train\n"
      "    except no when train\n"
      "  no  otherwise\n" + std::string(since_matters));
  EXPECT_EQ(found(checked(base)), "dead:3");
}

TEST(LawCheck, DeadGuardNoteAndWarning) {
  const RuleBase base = crossing(
      "conclude go : yes/no\n"
      "  where light is green or not light is green, else no\n"
      "  yes when light is green and not train\n"
      "  no  otherwise\n"
      "note N \"Never shown\"\n"
      "  on go\n"
      "  when train and not train\n"
      "warning \"Never given\"\n"
      "  when light is red and light is green\n" + std::string(since_matters));
  EXPECT_EQ(found(checked(base)), "dead:2 dead:5 dead:8");
}

TEST(LawCheck, ClauseThatIsNeverInTime) {
  const RuleBase base = crossing(
      "day before_the_law\n"
      "  2019-12-31  in LAW\n"
      "conclude go : yes/no\n"
      "  yes when light is green and not train\n"
      "  yes when light is amber and not train  in LAW until before_the_law\n"
      "  no  otherwise\n" + std::string(since_matters));
  EXPECT_EQ(found(checked(base)), "dead:5");
}

TEST(LawCheck, IdleFact) {
  const RuleBase base = crossing(
      "conclude go : yes/no\n"
      "  yes when light is green\n"
      "  no  otherwise\n" + std::string(since_matters));
  const Report report = checked(base);
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings[0].check, Check::idle);
  EXPECT_NE(report.findings[0].message.find("'train'"), std::string::npos);
}

// Named in a rule is not enough: it must be able to change something.
TEST(LawCheck, IdleFactThatIsNamed) {
  const RuleBase base = crossing(
      "conclude go : yes/no\n"
      "  yes when light is green and (train or not train)\n"
      "  no  otherwise\n" + std::string(since_matters));
  const Report report = checked(base);
  ASSERT_EQ(report.findings.size(), 1U) << found(report);
  EXPECT_EQ(report.findings[0].check, Check::idle);
  EXPECT_NE(report.findings[0].message.find("'train'"), std::string::npos);
}

TEST(LawCheck, ExplanatoryFactThatMatters) {
  const RuleBase base = crossing(
      "fact bell : yes/no\n"
      "  ask  \"Does the bell ring?\"\n"
      "  explanatory\n"
      "conclude go : yes/no\n"
      "  yes when light is green and not train and not bell\n"
      "  no  otherwise\n" + std::string(since_matters));
  EXPECT_EQ(found(checked(base)), "idle:1");
}

TEST(LawCheck, FailingInvariant) {
  const RuleBase base = crossing(
      "conclude go : yes/no\n"
      "  yes when light is green\n"
      "  yes when light is amber and not train\n"
      "  no  otherwise\n"
      "invariant \"nobody goes before a train\"\n"
      "  never go and train\n" + std::string(since_matters));
  const Report report = checked(base);
  ASSERT_EQ(found(report), "invariant:6");
  const Witness& w = *report.findings[0].witness;
  EXPECT_EQ(w.facts[base.fact("train")], 1);
  const rules::Outcome go = decided(base, "go", w.as_of, w.facts);
  EXPECT_EQ(go.status, rules::Status::settled);
  EXPECT_EQ(go.value, 1);
}

constexpr const char* two_readings =
    "conclude go : yes/no\n"
    "  yes when light is green and not train\n"
    "  no  otherwise\n"
    "  under X1 lenient yes\n"
    "  under X2 lenient yes\n"
    "ambiguity X1 \"May one go at amber?\"\n"
    "  live when light is amber\n"
    "  reading strict default because \"a\"\n"
    "  reading lenient because \"b\"\n"
    "  touches go\n"
    "ambiguity X2 \"May one go before a train?\"\n"
    "  live when train\n"
    "  reading strict default because \"a\"\n"
    "  reading lenient because \"b\"\n"
    "  touches go\n";

TEST(LawCheck, TwoTriggersMeeting) {
  const RuleBase base = crossing(two_readings + std::string(since_matters));
  const Report report = checked(base);
  ASSERT_EQ(report.findings.size(), 1U) << found(report);
  const Finding& f = report.findings[0];
  EXPECT_EQ(f.check, Check::meeting);
  EXPECT_FALSE(f.failure);
  EXPECT_TRUE(report.clear());
  const rules::Outcome go = decided(base, "go", f.witness->as_of, f.witness->facts);
  EXPECT_EQ(go.status, rules::Status::contested);
  EXPECT_EQ(go.readings.size(), 2U);
}

TEST(LawCheck, InvariantInEveryReading) {
  const std::string invariant = "invariant \"nobody goes before a train\"\n  never go and train\n";
  EXPECT_TRUE(checked(crossing(two_readings + invariant + since_matters)).clear());
  const Report report = checked(crossing(two_readings + invariant + "  in every reading\n" + since_matters));
  EXPECT_FALSE(report.clear());
  bool broken = false;
  for (const Finding& f : report.findings) broken = broken || f.check == Check::invariant;
  EXPECT_TRUE(broken);
}

TEST(LawCheck, AmbiguityThatIsNeverLive) {
  const RuleBase base = crossing(
      "conclude go : yes/no\n"
      "  yes when light is green and not train\n"
      "  no  otherwise\n"
      "  under X1 lenient yes\n"
      "ambiguity X1 \"May one go?\"\n"
      "  live when train and not train\n"
      "  reading strict default because \"a\"\n"
      "  reading lenient because \"b\"\n"
      "  touches go\n" + std::string(since_matters));
  const Report report = checked(base);
  EXPECT_FALSE(report.clear());
  bool ambiguity = false;
  for (const Finding& f : report.findings) ambiguity = ambiguity || f.check == Check::ambiguity;
  EXPECT_TRUE(ambiguity) << found(report);
}

TEST(LawCheck, ReadingThatChangesNothing) {
  const RuleBase base = crossing(
      "conclude go : yes/no\n"
      "  yes when light is green and not train\n"
      "  no  otherwise\n"
      "  under X1 lenient no\n"
      "ambiguity X1 \"May one go at red?\"\n"
      "  live when light is red\n"
      "  reading strict default because \"a\"\n"
      "  reading lenient because \"b\"\n"
      "  touches go\n" + std::string(since_matters));
  const Report report = checked(base);
  EXPECT_FALSE(report.clear());
  for (const Finding& f : report.findings) EXPECT_EQ(f.check, Check::ambiguity) << found(report);
}

}  // namespace
}  // namespace duolex::consistency
