#include <gtest/gtest.h>

#include "rules/rule_base.h"

namespace duolex::rules {
namespace {

const char* const duties = R"(text CRA "The act"  from 2024-12-10
duty cra.one "Do one thing"
  binds manufacturer
  stage design
  when always
  cite CRA/art/1
duty cra.two "Do another"
  binds manufacturer
  stage design
  when always
  cite CRA/art/2
)";

std::string errors_of(const std::string& control) {
  const auto base = load_rule_base({{"a.law", duties + control}});
  return base ? "" : render(base.error());
}

TEST(Control, IsRead) {
  const auto base = load_rule_base({{"a.law", std::string(duties) + R"(control control.both "Do both at once"
  owner engineering
  evidence "A record"
  evidence "A test"
  because "They are done with the same hands"
  answers cra.one  equal
  answers cra.two  intersects  leaves "the other half"
  cite CRA/art/1
)"}});
  ASSERT_TRUE(base) << render(base.error());
  ASSERT_EQ(base->controls.size(), 1u);
  const Control& c = base->controls[0];
  EXPECT_EQ(c.id, "control.both");
  EXPECT_EQ(c.evidence, (std::vector<std::string>{"A record", "A test"}));
  ASSERT_EQ(c.answers.size(), 2u);
  EXPECT_EQ(base->duties[c.answers[1].duty].id, "cra.two");
  EXPECT_EQ(c.answers[1].relation, Answer::Relation::intersects);
  EXPECT_EQ(c.answers[1].leaves, "the other half");
}

TEST(Control, SaysWhatAPartialAnswerLeaves) {
  const std::string head = "control control.x \"X\"\n  evidence \"E\"\n  because \"B\"\n";
  EXPECT_NE(errors_of(head + "  answers cra.one intersects\n").find("a.law:15:"), std::string::npos);
  EXPECT_NE(errors_of(head + "  answers cra.one equal leaves \"something\"\n").find("leaves nothing"), std::string::npos);
}

TEST(Control, AnswersDutiesThatAreThere) {
  const std::string head = "control control.x \"X\"\n  evidence \"E\"\n  because \"B\"\n";
  const std::string errors = errors_of(head + "  answers cra.onee equal\n");
  EXPECT_NE(errors.find("cra.one"), std::string::npos) << errors;
  EXPECT_NE(errors_of(head + "  answers cra.one equal\n  answers cra.one subsumes\n").find("twice"), std::string::npos);
  EXPECT_NE(errors_of(head).find("answers no duty"), std::string::npos);
  EXPECT_NE(errors_of("control control.x \"X\"\n  answers cra.one equal\n").find("gives no reason"), std::string::npos);
}

TEST(Control, SharesItsNamesWithEverything) {
  EXPECT_NE(errors_of("control cra.one \"X\"\n  evidence \"E\"\n  because \"B\"\n  answers cra.two equal\n").find("declared twice"),
            std::string::npos);
}

}  // namespace
}  // namespace duolex::rules
