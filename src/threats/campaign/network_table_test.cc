// Networks of rows under budgets and constraints, where the true answer is known: the score is a sum over features that
// can each be moved by themselves.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tensor/test_model.h"
#include "threats/campaign/report.h"
#include "threats/campaign/tree_campaign.h"
#include "threats/evasion/random.h"
#include "threats/tabular/space.h"

namespace duolex::threats::campaign {
namespace {

using tensor::testing::initializer;
using tensor::testing::node;

// income, visits (whole), own, rent (one of them), age (fixed), debt (falls only). Score of class 1: the sum.
const std::vector<double> weight = {0.8, 0.5, 1.5, -0.25, 3, -1.25};

std::string network() {
  std::vector<float> w;
  for (const double v : weight) w.insert(w.end(), {0, static_cast<float>(v)});
  return tensor::testing::model(initializer("w", tensor::tensor_of(tensor::Type::f32, {6, 2}, w)) + node("MatMul", {"x", "w"}, {"y"}), {-1, 6});
}

struct Table {
  Plan plan;
  Files files;
  std::vector<std::vector<double>> rows;
  std::vector<int> labels;
};

Table table(evasion::Norm norm, double epsilon) {
  Table t;
  t.plan.model = "net.onnx";
  t.plan.inputs = "x.csv";
  t.plan.labels = "y.csv";
  t.plan.norm = norm;
  t.plan.epsilon = epsilon;
  t.plan.seed = 3;
  t.plan.effort.queries = 300;
  t.plan.effort.iterations = 40;
  t.plan.constraints = *tabular::read_constraints("c.yaml", R"(
duolex_constraints: 1
features:
  income: {budget: 0.5, range: [-3, 3]}
  visits: {budget: 2, integer: true, range: [0, 9]}
  age: {change: none}
  debt: {budget: 0.25, direction: down}
  own: {budget: 1}
  rent: {budget: 1}
one_hot:
  - features: [own, rent]
)");
  t.files.model = network();
  std::ostringstream x, y;
  x << "income,visits,own,rent,age,debt\n";
  evasion::Random random(9, 0, 0);
  for (int i = 0; i < 60; ++i) {
    const bool own = random.below(2) == 1;
    std::vector<double> row = {2 * random.uniform() - 1, static_cast<double>(random.below(10)), own ? 1.0 : 0.0, own ? 0.0 : 1.0, 2 * random.uniform() - 2, random.uniform()};
    double score = 0;
    for (std::size_t f = 0; f < 6; ++f) {
      row[f] = static_cast<double>(static_cast<float>(row[f]));
      score += weight[f] * row[f];
    }
    x.precision(17);
    for (std::size_t f = 0; f < 6; ++f) x << (f == 0 ? "" : ",") << row[f];
    x << "\n";
    y << (score > 0 ? 1 : 0) << "\n";
    t.rows.push_back(row);
    t.labels.push_back(score > 0 ? 1 : 0);
  }
  t.files.inputs = x.str();
  t.files.labels = y.str();
  return t;
}

// The most that the score can be moved towards the other class; every feature by itself, as L-infinity and budgets allow.
double best(const Table& t, std::size_t i, bool with_groups_and_whole_numbers) {
  const std::vector<double>& x = t.rows[i];
  const double to = t.labels[i] == 1 ? -1 : 1, e = t.plan.epsilon;
  const bool budgets = t.plan.norm == evasion::Norm::budgets;
  const auto moved = [&](std::size_t f, double low, double high) { return std::max(to * weight[f] * (low - x[f]), to * weight[f] * (high - x[f])); };
  double fall = moved(0, std::max(-3.0, x[0] - e * (budgets ? 0.5 : 1)), std::min(3.0, x[0] + e * (budgets ? 0.5 : 1)));
  const double step = e * (budgets ? 2 : 1);
  const double low = std::max(0.0, x[1] - step), high = std::min(9.0, x[1] + step);
  fall += with_groups_and_whole_numbers ? moved(1, std::ceil(low), std::floor(high)) : moved(1, low, high);
  fall += moved(5, x[5] - e * (budgets ? 0.25 : 1), x[5]);
  const double swap = (x[2] == 1 ? -1 : 1) * to * (weight[2] - weight[3]);
  if (with_groups_and_whole_numbers) return fall + (e >= 1 ? std::max(0.0, swap) : 0);
  const double reach = std::min(1.0, e);
  return fall + moved(2, std::max(0.0, x[2] - reach), std::min(1.0, x[2] + reach)) + moved(3, std::max(0.0, x[3] - reach), std::min(1.0, x[3] + reach));
}
double lead(const Table& t, std::size_t i) {
  double score = 0;
  for (std::size_t f = 0; f < 6; ++f) score += weight[f] * t.rows[i][f];
  return std::abs(score);
}

std::size_t held(const Result<std::vector<bool>>& verified) { return verified ? static_cast<std::size_t>(std::count(verified->begin(), verified->end(), true)) : 0; }

class EachMeasure : public ::testing::TestWithParam<std::pair<evasion::Norm, double>> {};

TEST_P(EachMeasure, AttacksFindAllThatThereIsAndProofsNoMoreThanHolds) {
  Table t = table(GetParam().first, GetParam().second);
  t.plan.certify = "crown";
  t.plan.curve = {GetParam().second / 2, GetParam().second * 2};
  std::size_t truly = 0, in_the_box = 0;
  for (std::size_t i = 0; i < t.rows.size(); ++i) {
    truly += best(t, i, true) < lead(t, i) - 1e-5;
    in_the_box += best(t, i, false) < lead(t, i) - 1e-5;
  }
  ASSERT_GT(truly, 5u);
  ASSERT_LT(truly, 58u);
  const auto one = run_table(t.plan, t.files, 1, {}), two = run_table(t.plan, t.files, 2, {});
  ASSERT_TRUE(one) << render(one.error());
  const Findings& f = one->findings;
  EXPECT_EQ(f.clean_correct(), 60u);
  EXPECT_EQ(f.attacked_correct(), truly);
  EXPECT_EQ(f.certified_correct(), in_the_box) << "of a linear network the bounds over the box are exact";
  ASSERT_EQ(f.curve.size(), 2u);
  EXPECT_GE(f.curve[0].correct, truly);
  EXPECT_LE(f.curve[1].correct, truly);
  ASSERT_TRUE(f.curve[0].certified && f.curve[1].certified);
  EXPECT_GE(*f.curve[0].certified, in_the_box);
  EXPECT_LE(*f.curve[0].certified, f.curve[0].correct);
  EXPECT_EQ(result_json(t.plan, f, {}), result_json(t.plan, two->findings, {}));
  // What is stored is allowed and wrong when it is looked at again, and not when it is changed.
  std::vector<StoredRow> stored;
  for (const evasion::SampleResult& r : f.results)
    if (!r.row.empty()) stored.push_back({t.rows[r.number], r.row, static_cast<double>(t.labels[r.number])});
  ASSERT_FALSE(stored.empty());
  const std::vector<std::string> names = {"income", "visits", "own", "rent", "age", "debt"};
  EXPECT_EQ(held(verify_rows(t.plan, t.files.model, stored, names)), stored.size());
  for (StoredRow& r : stored) r.example[1] += 0.5;
  EXPECT_EQ(held(verify_rows(t.plan, t.files.model, stored, names)), 0u) << "no whole number";
}

INSTANTIATE_TEST_SUITE_P(Measures, EachMeasure, ::testing::Values(std::pair{evasion::Norm::budgets, 1.0}, std::pair{evasion::Norm::budgets, 0.6}, std::pair{evasion::Norm::linf, 0.75}, std::pair{evasion::Norm::linf, 1.0}),
                         [](const auto& i) { return std::string(name_of(i.param.first)) + std::to_string(static_cast<int>(i.param.second * 100)); });

// The same scores from what can only be asked; `asked` holds every row it was asked about, `answers` may refuse one.
std::shared_ptr<evasion::Target> box(std::vector<std::vector<float>>* asked = nullptr, std::function<bool(const std::vector<float>&)> answers = {}) {
  const evasion::Ask ask = [asked, answers = std::move(answers)](const std::vector<float>& rows, std::size_t n) -> Result<std::vector<float>> {
    std::vector<float> scores;
    for (std::size_t i = 0; i < n; ++i) {
      const std::vector<float> row(rows.begin() + static_cast<std::ptrdiff_t>(6 * i), rows.begin() + static_cast<std::ptrdiff_t>(6 * i + 6));
      if (asked != nullptr) asked->push_back(row);
      if (answers && !answers(row)) return failure(error_in("", "the target ended"));
      float score = 0;
      for (std::size_t f = 0; f < 6; ++f) score += static_cast<float>(weight[f]) * row[f];
      scores.insert(scores.end(), {0, score});
    }
    return scores;
  };
  return *evasion::open_asked({1, 1, 6}, std::vector<float>(6), ask);
}

TEST_P(EachMeasure, ABlackBoxIsBrokenWhereverItCanBe) {
  Table t = table(GetParam().first, GetParam().second);
  t.plan.certify = "crown";
  std::size_t truly = 0;
  for (std::size_t i = 0; i < t.rows.size(); ++i) truly += best(t, i, true) < lead(t, i) - 1e-5;
  const auto one = run_table(t.plan, t.files, 1, {}, {}, box()), two = run_table(t.plan, t.files, 2, {}, {}, box());
  ASSERT_TRUE(one) << render(one.error());
  const Findings& f = one->findings;
  EXPECT_EQ(f.clean_correct(), 60u);
  EXPECT_EQ(f.attacked_correct(), truly);
  EXPECT_EQ(f.attacks, (std::vector<std::string>{"coordinate", "restarts"}));
  EXPECT_FALSE(f.certification_ran);
  EXPECT_NE(std::find(f.not_tested.begin(), f.not_tested.end(), "certification: nothing can be proven of a black box"), f.not_tested.end());
  EXPECT_EQ(result_json(t.plan, f, {}), result_json(t.plan, two->findings, {}));
  std::vector<StoredRow> stored;
  for (const evasion::SampleResult& r : f.results)
    if (!r.row.empty()) stored.push_back({t.rows[r.number], r.row, static_cast<double>(t.labels[r.number])});
  ASSERT_FALSE(stored.empty());
  const std::vector<std::string> names = {"income", "visits", "own", "rent", "age", "debt"};
  const auto always = *evasion::open_asked({1, 1, 6}, std::vector<float>(6), [](const std::vector<float>&, std::size_t n) { return Result<std::vector<float>>(std::vector<float>(2 * n)); });
  EXPECT_EQ(held(verify_rows(t.plan, "", stored, names, box())), stored.size());
  EXPECT_EQ(held(verify_rows(t.plan, "", stored, names, always)), 0u) << "it says nothing of any row";
}

TEST(NetworkTable, AThiefAsksAboutAllowedRowsAlone) {
  Table t = table(evasion::Norm::budgets, 1);
  t.plan.effort.set = evasion::AttackSet::none;
  t.plan.extraction = {400};
  std::vector<std::vector<float>> asked;
  const auto target = box(&asked);
  asked.clear();  // one to count the scores
  const auto run = run_table(t.plan, t.files, 2, {}, {}, target);
  ASSERT_TRUE(run) << render(run.error());
  ASSERT_TRUE(run->findings.extraction.complete);
  EXPECT_GT(run->findings.extraction.copies.front().agree, 25u);
  const tabular::Applied applied = *tabular::apply("c", *t.plan.constraints, {"income", "visits", "own", "rent", "age", "debt"}, 6);
  const tabular::Metric any{evasion::Norm::linf, {}};
  std::size_t mixed = 0;
  ASSERT_GT(asked.size(), 400u);
  for (const std::vector<float>& row : asked) {
    const std::vector<double> r(row.begin(), row.end());
    bool is_row = false, can_be_made = false;
    for (const std::vector<double>& x : t.rows) {
      is_row = is_row || x == r;
      can_be_made = can_be_made || tabular::Space(applied, any, std::numeric_limits<double>::infinity(), true, x).holds(r);
    }
    EXPECT_TRUE(can_be_made) << "visits " << r[1] << ", own " << r[2] << ", rent " << r[3];
    mixed += !is_row;
  }
  EXPECT_GT(mixed, 200u);
  // A network answers the same questions, and so has the same copy.
  const auto own = run_table(t.plan, t.files, 2, {});
  ASSERT_TRUE(own) << render(own.error());
  EXPECT_EQ(own->findings.extraction.copies.front().agree, run->findings.extraction.copies.front().agree);
}

TEST(NetworkTable, MembersAndOddRowsAreLookedAtUnderConstraints) {
  Table t = table(evasion::Norm::budgets, 1);
  t.plan.effort.set = evasion::AttackSet::none;
  t.plan.confidentiality = t.plan.availability = true;
  t.plan.non_members = "o.csv";
  t.plan.non_member_labels = "oy.csv";
  t.files.non_members = t.files.inputs;
  t.files.non_member_labels = t.files.labels;
  const auto odd = [](const Findings& f, const std::string& name) {
    for (const auto& o : f.availability.odd)
      if (o.name == name) return o;
    return AvailabilityFinding::Odd{"none", 0, 0, 0};
  };
  const auto own = run_table(t.plan, t.files, 1, {});
  ASSERT_TRUE(own) << render(own.error());
  EXPECT_TRUE(own->findings.membership.tested);
  EXPECT_DOUBLE_EQ(own->findings.membership.auc, 0.5) << "the same rows on both sides";
  EXPECT_EQ(odd(own->findings, "NaN in one place").finite, 0u);
  for (const char* name : {"a half where the constraints demand whole numbers", "a value beyond the range of the constraints", "every 1 of a one-hot group"}) {
    EXPECT_EQ(odd(own->findings, name).rows, 60u) << name;
    EXPECT_EQ(odd(own->findings, name).finite, 60u) << name;
  }
  // One that refuses what is no number and goes on, and one that ends.
  const auto firm = run_table(t.plan, t.files, 1, {}, {}, box(nullptr, [](const std::vector<float>& row) { return std::all_of(row.begin(), row.end(), [](float v) { return std::isfinite(v); }); }));
  ASSERT_TRUE(firm) << render(firm.error());
  EXPECT_EQ(odd(firm->findings, "NaN in one place").refused, 1u);
  EXPECT_EQ(odd(firm->findings, "every 1 of a one-hot group").finite, 60u);
  EXPECT_TRUE(firm->findings.availability.unit.empty());
  auto ended = std::make_shared<bool>(false);
  const auto frail = run_table(t.plan, t.files, 1, {}, {}, box(nullptr, [ended](const std::vector<float>& row) { return !(*ended = *ended || std::isinf(row[2]) || std::isinf(row[0]) || std::isinf(row[1])); }));
  ASSERT_TRUE(frail) << render(frail.error()) << "what ends in a test of availability is a finding, not the end of the run";
  EXPECT_EQ(odd(frail->findings, "+infinity in one place").refused, 1u);
  EXPECT_EQ(odd(frail->findings, "every 1 of a one-hot group").rows, 0u);
  EXPECT_TRUE(frail->findings.availability.note.starts_with("after +infinity in one place the target answered nothing any more")) << frail->findings.availability.note;
  EXPECT_EQ(result_json(t.plan, frail->findings, {})["availability"]["odd_inputs"].size(), 2u);
}

TEST(NetworkTable, ABlackBoxThatEndsLeavesNoSamples) {
  const Table t = table(evasion::Norm::budgets, 1);
  std::size_t left = 500, told = 0;
  Hooks hooks;
  hooks.ended = [&](const evasion::SampleResult& r) { told += r.finite; };
  const auto run = run_table(t.plan, t.files, 1, hooks, {}, box(nullptr, [&](const std::vector<float>&) { return left != 0 && --left != 0; }));
  ASSERT_FALSE(run);
  EXPECT_NE(render(run.error()).find("the target ended"), std::string::npos);
  std::size_t all = 0;
  left = 500;
  hooks.ended = [&](const evasion::SampleResult&) { ++all; };
  (void)run_table(t.plan, t.files, 1, hooks, {}, box(nullptr, [&](const std::vector<float>&) { return left != 0 && --left != 0; }));
  EXPECT_EQ(all, told) << "a sample whose answers were cut off would be taken for settled";
  EXPECT_GT(told, 0u);
}

TEST(NetworkTable, SumsOfChangesAreHeldToo) {
  for (const evasion::Norm norm : {evasion::Norm::l2, evasion::Norm::l1}) {
    const Table t = table(norm, 1.2);
    const auto run = run_table(t.plan, t.files, 2, {});
    ASSERT_TRUE(run) << render(run.error());
    const Findings& f = run->findings;
    EXPECT_LT(f.attacked_correct(), f.clean_correct());
    // No more can be broken than with the whole radius for every feature.
    Table wide = table(evasion::Norm::linf, 1.2);
    std::size_t truly = 0;
    for (std::size_t i = 0; i < wide.rows.size(); ++i) truly += best(wide, i, true) < lead(wide, i);
    EXPECT_GE(f.attacked_correct(), truly);
  }
}

TEST(NetworkTable, RefusesWhatIsNotClear) {
  Table t = table(evasion::Norm::budgets, 1);
  const auto refusal = [&] {
    const auto run = run_table(t.plan, t.files, 1, {});
    return run ? std::string() : render(run.error());
  };
  EXPECT_EQ(refusal(), "");
  Table missing = t;
  t.files.inputs = t.files.inputs.substr(0, t.files.inputs.rfind('\n', t.files.inputs.size() - 2) + 1) + ",5,1,0,0,0\n";
  EXPECT_NE(refusal().find("missing"), std::string::npos) << refusal();
  t = missing;
  t.plan.scale = 0.5;
  EXPECT_NE(refusal().find("put the scaling into the model"), std::string::npos);
  t = missing;
  t.plan.constraints.reset();
  EXPECT_NE(refusal().find("gives no feature a budget"), std::string::npos);
  t = missing;
  t.files.inputs = "income,visits,own,rent,age,debt\n0,1,1,1,0,0\n";
  t.files.labels = "0\n";
  EXPECT_NE(refusal().find("group 0"), std::string::npos);
}

}  // namespace
}  // namespace duolex::threats::campaign
