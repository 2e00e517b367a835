// Networks of rows under budgets and constraints, where the true answer is known: the score is a sum over features that
// can each be moved by themselves.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tensor/test_model.h"
#include "threats/campaign/report.h"
#include "threats/campaign/tree_campaign.h"
#include "threats/evasion/random.h"

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
  for (const bool held : *verify_rows(t.plan, t.files.model, stored, names)) EXPECT_TRUE(held);
  for (StoredRow& r : stored) r.example[1] += 0.5;
  for (const bool held : *verify_rows(t.plan, t.files.model, stored, names)) EXPECT_FALSE(held) << "no whole number";
}

INSTANTIATE_TEST_SUITE_P(Measures, EachMeasure, ::testing::Values(std::pair{evasion::Norm::budgets, 1.0}, std::pair{evasion::Norm::budgets, 0.6}, std::pair{evasion::Norm::linf, 0.75}, std::pair{evasion::Norm::linf, 1.0}),
                         [](const auto& i) { return std::string(name_of(i.param.first)) + std::to_string(static_cast<int>(i.param.second * 100)); });

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
