#include "threats/campaign/tree_campaign.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "threats/array.h"
#include "threats/campaign/journal.h"
#include "threats/campaign/report.h"

namespace duolex::threats::campaign {
namespace {

const std::filesystem::path fixtures = std::filesystem::path(DUOLEX_SOURCE_DIR) / "src/trees/fixtures";

std::string bytes_of(const std::string& name) {
  std::ifstream in(fixtures / name, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

struct Small {
  Plan plan;
  Files files;
};

// A model of the fixtures on its own rows, with the labels that it gives them.
Small small(const std::string& name, const std::string& model) {
  Small s;
  s.plan.model = model;
  s.plan.inputs = "x.csv";
  s.plan.labels = "y.csv";
  s.plan.epsilon = 0.3;
  s.plan.effort.queries = 500;
  s.files.model = bytes_of(model);
  const auto j = nlohmann::json::parse(bytes_of(name + ".json"));
  std::ostringstream x, y;
  x.precision(17);
  for (std::size_t i = 0; i < j["rows"].size(); ++i) {
    const auto& row = j["rows"][i];
    for (std::size_t k = 0; k < row.size(); ++k) {
      x << (k == 0 ? "" : ",");
      if (!row[k].is_null()) x << row[k].get<double>();
    }
    x << "\n";
    const auto raw = j["raw"][i].get<std::vector<double>>();
    y << (raw.size() == 1 ? raw[0] > 0 : std::max_element(raw.begin(), raw.end()) - raw.begin()) << "\n";
  }
  s.files.inputs = x.str();
  s.files.labels = y.str();
  return s;
}

std::string refusal(const Small& s) {
  const auto f = run_trees(s.plan, s.files, 1, {});
  return f ? "" : render(f.error());
}

class EachLibrary : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(EachLibrary, TheBracketIsClosedAndHoldsForEveryEpsilon) {
  Small s = small(GetParam().first, GetParam().second);
  s.plan.certify = "bab";
  s.plan.curve = {0.05, 0.3, 1};
  const auto one = run_trees(s.plan, s.files, 1, {}), two = run_trees(s.plan, s.files, 2, {});
  ASSERT_TRUE(one) << render(one.error());
  const Findings& f = one->findings;
  EXPECT_TRUE(f.complete);
  EXPECT_EQ(f.clean_correct(), f.picked.size());
  EXPECT_LT(f.attacked_correct(), f.clean_correct());
  EXPECT_GT(f.certified_correct(), 0u);
  EXPECT_EQ(f.certified_correct(), f.attacked_correct()) << "small ensembles leave nothing open";
  ASSERT_EQ(f.curve.size(), 3u);
  EXPECT_EQ(f.curve[1].correct, f.attacked_correct());
  EXPECT_GE(f.curve[0].correct, f.curve[1].correct);
  EXPECT_GE(f.curve[1].correct, f.curve[2].correct);
  for (const CurvePoint& p : f.curve) EXPECT_LE(*p.certified, p.correct);
  EXPECT_EQ(result_json(s.plan, f, {}), result_json(s.plan, two->findings, {}));
  // One bound proves less, and never what is not so.
  s.plan.certify = "crown";
  const auto once = run_trees(s.plan, s.files, 1, {});
  EXPECT_LE(once->findings.certified_correct(), f.certified_correct());
  // Without a search the attacks find most of what there is.
  std::size_t by_attack = 0, by_search = 0;
  for (const auto& r : f.results) {
    by_attack += !r.broken_by.empty() && r.broken_by != "certifier";
    by_search += r.broken_by == "certifier";
  }
  EXPECT_GE(by_attack, 9 * by_search);
}

INSTANTIATE_TEST_SUITE_P(Libraries, EachLibrary,
                         ::testing::Values(std::pair{"xgboost-1.7-binary", "xgboost-1.7-binary.model.json"}, std::pair{"xgboost-1.7-multi", "xgboost-1.7-multi.model.json"},
                                           std::pair{"lightgbm-multi", "lightgbm-multi.model.txt"}, std::pair{"lightgbm-zero", "lightgbm-zero.model.txt"},
                                           std::pair{"onnx-forest", "onnx-forest.onnx"}));

TEST(TreeCampaign, ConstraintsNarrowWhatIsBroken) {
  Small s = small("lightgbm-binary", "lightgbm-binary.model.txt");
  s.plan.certify = "bab";
  const auto free = run_trees(s.plan, s.files, 1, {});
  s.plan.constraints = *tabular::read_constraints("c.yaml", "duolex_constraints: 1\nfeatures:\n  Column_0: {change: none}\n  Column_3: {budget: 0.5, direction: up}\n");
  const auto bound = run_trees(s.plan, s.files, 1, {});
  ASSERT_TRUE(free && bound);
  EXPECT_GT(bound->findings.attacked_correct(), free->findings.attacked_correct());
  s.plan.norm = evasion::Norm::budgets;
  s.plan.epsilon = 1;
  const auto budget = run_trees(s.plan, s.files, 1, {});
  ASSERT_TRUE(budget) << render(budget.error());
  EXPECT_GE(budget->findings.attacked_correct(), bound->findings.attacked_correct());
  for (const auto& r : budget->findings.results)
    for (std::size_t f = 0; f < r.row.size(); ++f)
      if (f != 3) {
        EXPECT_TRUE(r.row[f] == budget->table.row(r.number)[f] || std::isnan(r.row[f]));
      }
  // The plan is the same when it has been read again.
  const auto again = read_plan("plan.json", plan_text(s.plan));
  ASSERT_TRUE(again) << render(again.error());
  EXPECT_EQ(plan_text(*again), plan_text(s.plan));
}

TEST(TreeCampaign, AResumedRunTakesOverOnlyWhatHolds) {
  Small s = small("xgboost-1.7-binary", "xgboost-1.7-binary.model.json");
  std::string journal;
  const auto whole = run_trees(s.plan, s.files, 1, {.ended = [&](const auto& r) { journal += to_line(r); }});
  ASSERT_TRUE(whole);
  std::vector<evasion::SampleResult> before;
  for (std::size_t at = 0, end; (end = journal.find('\n', at)) != std::string::npos && before.size() < 40; at = end + 1) {
    auto r = from_line(journal.substr(at, end - at));
    ASSERT_TRUE(r);
    before.push_back(std::move(*r));
  }
  std::size_t again = 0;
  const Hooks count{.ended = [&](const auto&) { ++again; }};
  const auto resumed = run_trees(s.plan, s.files, 1, count, before);
  EXPECT_EQ(again, whole->findings.picked.size() - 40);
  EXPECT_EQ(resumed->findings.attacked_correct(), whole->findings.attacked_correct());
  for (auto& r : before)
    if (!r.row.empty()) r.row[0] += 100;
  again = 0;
  const auto forged = run_trees(s.plan, s.files, 1, count, before);
  EXPECT_GT(again, whole->findings.picked.size() - 40);
  EXPECT_EQ(forged->findings.attacked_correct(), whole->findings.attacked_correct());
}

TEST(TreeCampaign, StoredRowsAreVerifiedAgain) {
  Small s = small("xgboost-1.7-multi", "xgboost-1.7-multi.model.json");
  const auto run = run_trees(s.plan, s.files, 1, {});
  ASSERT_TRUE(run);
  std::vector<StoredRow> rows;
  for (const auto& r : run->findings.results)
    if (!r.row.empty()) rows.push_back({{run->table.row(r.number), run->table.row(r.number) + run->table.columns}, r.row, run->labels[r.number]});
  ASSERT_GT(rows.size(), 3u);
  rows[1].example = rows[1].original;
  rows[2].example[0] = rows[2].original[0] + 5;
  const auto held = verify_rows(s.plan, s.files.model, rows, {});
  ASSERT_TRUE(held);
  EXPECT_TRUE((*held)[0]);
  EXPECT_FALSE((*held)[1]) << "the sample itself is right";
  EXPECT_FALSE((*held)[2]) << "too far";
  EXPECT_EQ(example_files(*run).size(), 4u);
}

TEST(TreeCampaign, WhatDoesNotFitIsRefused) {
  Small s = small("xgboost-1.7-binary", "xgboost-1.7-binary.model.json");
  s.plan.scale = 1.0 / 255;
  EXPECT_NE(refusal(s).find("are for networks"), std::string::npos);
  s.plan.scale = 1;
  s.plan.norm = evasion::Norm::budgets;
  EXPECT_NE(refusal(s).find("gives no feature a budget"), std::string::npos);
  s.plan.norm = evasion::Norm::linf;
  s.files.labels = "2\n" + s.files.labels.substr(2);
  EXPECT_NE(refusal(s).find("row 0 has a label"), std::string::npos);
  s.files.inputs = "1,2,3\n";
  EXPECT_NE(refusal(s).find("rows of 3 numbers; the model takes 6"), std::string::npos);
  s.plan.task = evasion::Task::deviation;
  s = small("xgboost-1.7-squared", "xgboost-1.7-squared.model.json");
  EXPECT_NE(refusal(s).find("answers with a number"), std::string::npos);
}

TEST(TreeCampaign, BoundsInOneGoStandAlongTheCurveAndBelowTheSearch) {
  Small s = small("xgboost-1.7-binary", "xgboost-1.7-binary.model.json");
  s.plan.curve = {0.05, 0.3, 1};
  s.plan.certify = "bab";
  const auto searched = run_trees(s.plan, s.files, 1, {});
  s.plan.certify = "crown";
  const auto bounded = run_trees(s.plan, s.files, 2, {});
  ASSERT_TRUE(searched && bounded);
  std::size_t proven = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    ASSERT_TRUE(bounded->findings.curve[k].certified);
    EXPECT_LE(*bounded->findings.curve[k].certified, *searched->findings.curve[k].certified);
    EXPECT_GE(bounded->findings.curve[k].correct, searched->findings.curve[k].correct);
    proven += *bounded->findings.curve[k].certified;
  }
  EXPECT_GT(proven, 0u);
  EXPECT_EQ(*bounded->findings.curve[1].certified, bounded->findings.certified_correct());
}

TEST(TreeCampaign, CopiesAndCostsAreMeasured) {
  Small s = small("xgboost-1.7-multi", "xgboost-1.7-multi.model.json");
  s.plan.effort.set = evasion::AttackSet::none;
  s.plan.extraction = {20, 400};
  s.plan.availability = true;
  const auto run = run_trees(s.plan, s.files, 1, {});
  ASSERT_TRUE(run) << render(run.error());
  const Findings& f = run->findings;
  ASSERT_TRUE(f.extraction.complete);
  ASSERT_EQ(f.extraction.copies.size(), 2u);
  EXPECT_GT(f.extraction.copies[1].agree, f.extraction.constant);
  EXPECT_LE(f.availability.median_cost, f.availability.worst_seen);
  EXPECT_LE(f.availability.worst_seen, f.availability.worst_possible);
  EXPECT_EQ(f.availability.worst_possible, 24) << "twelve trees of depth two";
  const auto j = result_json(s.plan, f, {});
  EXPECT_EQ(j["extraction"]["budgets"][1]["queries"], 400);
  EXPECT_EQ(j["availability"]["unit"], "splits");
  const auto again = read_plan("plan.json", plan_text(s.plan));
  ASSERT_TRUE(again);
  EXPECT_EQ(plan_text(*again), plan_text(s.plan));
}

TEST(TreeCampaign, NumbersAndProbabilitiesHaveTheirOwnMargins) {
  Small s = small("xgboost-1.7-squared", "xgboost-1.7-squared.model.json");
  const auto j = nlohmann::json::parse(bytes_of("xgboost-1.7-squared.json"));
  s.files.labels.clear();
  for (const auto& raw : j["raw"]) s.files.labels += std::to_string(raw[0].get<double>()) + "\n";
  s.plan.task = evasion::Task::deviation;
  s.plan.level = 0.4;
  s.plan.certify = "bab";
  s.plan.extraction = {400};
  const auto number = run_trees(s.plan, s.files, 1, {});
  ASSERT_TRUE(number) << render(number.error());
  EXPECT_EQ(number->findings.clean_correct(), number->findings.picked.size());
  EXPECT_EQ(number->findings.certified_correct(), number->findings.attacked_correct());
  EXPECT_GT(number->findings.certified_correct(), 0u);
  ASSERT_EQ(number->findings.extraction.copies.size(), 1u);
  const auto copied = result_json(s.plan, number->findings, {})["extraction"];
  EXPECT_EQ(copied["alike_within"], 0.4);
  EXPECT_GT(copied["budgets"][0]["variance_explained"].get<double>(), 0.5);
  Small t = small("xgboost-1.7-binary", "xgboost-1.7-binary.model.json");
  t.plan.certify = "bab";
  t.plan.extraction = {400};
  const auto classes = run_trees(t.plan, t.files, 1, {});
  t.plan.task = evasion::Task::threshold;
  t.plan.level = 0.5;
  const auto threshold = run_trees(t.plan, t.files, 1, {});
  EXPECT_EQ(classes->findings.certified_correct(), threshold->findings.certified_correct());
  for (const auto* run : {&*classes, &*threshold}) {
    ASSERT_EQ(run->findings.extraction.copies.size(), 1u);
    EXPECT_GT(run->findings.extraction.copies[0].balanced, 0.6);
  }
}

}  // namespace
}  // namespace duolex::threats::campaign
