// A run that is held against a reference: what is declared decides, and nothing that cannot be compared is.
#include "threats/campaign/answers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace duolex::threats::campaign {
namespace {

using evasion::Measure;
using evasion::Task;

AnswerPlan map_plan(Measure measure, double limit, bool each_row) {
  AnswerPlan p;
  p.model = "m.onnx";
  p.criterion = {measure, limit, 0};
  p.level = 0.5;
  p.each_row = each_row;
  p.against_answer = "r.npy";
  return p;
}

const std::vector<double> reference{0.9, 0.9, 0.1, 0.1, 0.9, 0.1, 0.1, 0.1}, now{0.9, 0.1, 0.1, 0.1, 0.9, 0.1, 0.1, 0.2};

TEST(Answers, EachRowIsHeldAgainstItsOwn) {
  const auto f = hold_answers(map_plan(Measure::changed, 0.2, true), {2, 4}, now, reference);
  ASSERT_TRUE(f);
  ASSERT_EQ(f->rows.size(), 2u);
  EXPECT_TRUE(f->rows[0].changed);
  EXPECT_DOUBLE_EQ(f->rows[0].measured.value(), 0.25);
  EXPECT_FALSE(f->rows[1].changed);
  EXPECT_EQ(f->unchanged(), 1u);
  const auto whole = hold_answers(map_plan(Measure::changed, 0.2, false), {2, 4}, now, reference);
  ASSERT_TRUE(whole);
  ASSERT_EQ(whole->rows.size(), 1u);
  EXPECT_DOUBLE_EQ(whole->rows[0].measured.value(), 0.125);
  EXPECT_FALSE(whole->rows[0].changed);
}

TEST(Answers, TheVerdictFollowsTheCriterionAndNothingElse) {
  AnswerPlan plan = map_plan(Measure::overlap, 0.5, true);
  const auto f = hold_answers(plan, {2, 4}, now, reference);
  ASSERT_TRUE(f);
  EXPECT_DOUBLE_EQ(f->rows[0].measured.value(), 0.5) << "half is not below a half";
  EXPECT_EQ(answers_json(plan, *f)["verdict"], "met");
  plan.criterion.limit = 0.6;
  const auto stricter = hold_answers(plan, {2, 4}, now, reference);
  EXPECT_EQ(answers_json(plan, *stricter)["verdict"], "not_met");
  plan.require = 0.5;  // one of two: the interval holds a half
  EXPECT_EQ(answers_json(plan, *stricter)["verdict"], "inconclusive");
  plan.require = 0.999;
  EXPECT_EQ(answers_json(plan, *stricter)["verdict"], "not_met");
  plan.require = 0.001;
  EXPECT_EQ(answers_json(plan, *stricter)["verdict"], "met");
}

TEST(Answers, ANumberThatIsNoneIsAChangeAndNoneIsHeldAgainst) {
  std::vector<double> hole = now;
  hole[5] = std::nan("");
  const auto f = hold_answers(map_plan(Measure::changed, 1, true), {2, 4}, hole, reference);
  ASSERT_TRUE(f);
  EXPECT_TRUE(f->rows[1].changed);
  EXPECT_EQ(f->not_answered(), 1u);
  EXPECT_FALSE(hold_answers(map_plan(Measure::changed, 1, true), {2, 4}, reference, hole));
}

TEST(Answers, SequencesAreReadAlongTheOneDimensionOfSteps) {
  AnswerPlan p = map_plan(Measure::edits, 1, false);
  p.task = Task::sequence;
  const std::vector<double> before{0, 1, 0, 1, 0, 0, 0, 0, 1}, after{0, 1, 0, 1, 0, 0, 0, 1, 0};  // 1 - 2; 1 - 1
  for (const std::vector<std::size_t>& shape : {std::vector<std::size_t>{3, 3}, {1, 3, 3}, {3, 1, 3}}) {
    const auto f = hold_answers(p, shape, after, before);
    ASSERT_TRUE(f);
    EXPECT_TRUE(f->rows[0].changed);
    EXPECT_DOUBLE_EQ(f->rows[0].measured.value(), 1);
  }
  EXPECT_FALSE(hold_answers(p, {9}, after, before)) << "no symbols";
  EXPECT_FALSE(hold_answers(p, {2, 2, 2}, std::vector<double>(8), std::vector<double>(8))) << "two texts in one";
  p.criterion.blank = 3;
  EXPECT_FALSE(hold_answers(p, {3, 3}, after, before)) << "a blank that is no symbol";
}

TEST(Answers, ThePlanIsReadAsItWasWritten) {
  AnswerPlan p = map_plan(Measure::overlap, 0.75, true);
  p.inputs = {"x=a.npy"};
  p.against_answer.clear();
  p.against_inputs = {"x=b.npy"};
  p.output = "y";
  p.require = 0.9;
  const std::string text = plan_text(p);
  EXPECT_TRUE(is_answer_plan(text));
  const auto again = read_answer_plan("plan.json", text);
  ASSERT_TRUE(again);
  EXPECT_EQ(plan_text(*again), text);
  AnswerPlan other = p;
  other.criterion.limit = 0.7;
  EXPECT_NE(plan_text(other), text) << "the criterion is part of what is hashed";
  EXPECT_FALSE(read_answer_plan("plan.json", R"({"format": 1, "test": "probe run"})"));
  EXPECT_FALSE(is_answer_plan(R"({"format": 1, "test": "probe model"})"));
}

}  // namespace
}  // namespace duolex::threats::campaign
