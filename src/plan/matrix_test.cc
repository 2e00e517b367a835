#include "plan/matrix.h"

#include <gtest/gtest.h>

#include <random>

#include "law/law.h"

namespace duolex::plan {
namespace {

const law::Law& built_in() {
  static const auto law = *law::load();
  return *law;
}

// The duties of a product, as findings name them.
findings::Findings with_duties(const std::vector<std::size_t>& which) {
  findings::Findings f;
  for (const std::size_t d : which) {
    const rules::Duty& duty = built_in().base.duties[d];
    f.duties.push_back({duty.id, duty.text, duty.binds, duty.stage, "2027-12-11", {}, true});
  }
  return f;
}

std::string plain(const std::string& provision) { return provision; }

TEST(Matrix, LosesNoDutyOfAnyProduct) {
  std::mt19937 random(7);
  const std::size_t all = built_in().base.duties.size();
  for (int product = 0; product < 500; ++product) {
    std::vector<std::size_t> which;
    for (std::size_t d = 0; d < all; ++d)
      if (random() % 100 < static_cast<unsigned>(product % 100)) which.push_back(d);
    const Matrix m = duty_matrix(built_in().base, with_duties(which), plain, {});
    ASSERT_EQ(m.duties.size(), which.size());
    EXPECT_EQ(lost_duties(m), std::vector<std::string>{}) << "product " << product;
    EXPECT_EQ(m.rows.size(), m.joint + m.rests + m.alone);
  }
}

TEST(Matrix, SaysWhenADutyIsLost) {
  Matrix m = duty_matrix(built_in().base, with_duties({0, 1, 2, 3, 4, 5}), plain, {});
  ASSERT_FALSE(m.rows.empty());
  m.rows.clear();
  EXPECT_EQ(lost_duties(m).size(), 6u);
}

TEST(Matrix, HasAtLeastSixtyMerges) {
  std::size_t merges = 0;
  for (const rules::Control& c : built_in().base.controls) merges += c.answers.size() >= 2;
  EXPECT_GE(merges, 60u);
}

TEST(Matrix, AControlWithOneBindingDutyMergesNothing) {
  const rules::RuleBase& base = built_in().base;
  const rules::Control& c = base.controls.front();
  const Matrix m = duty_matrix(base, with_duties({c.answers.front().duty}), plain, {});
  EXPECT_EQ(m.joint, 0u);
  EXPECT_EQ(m.alone, 1u);
  EXPECT_EQ(m.rows.front().id, base.duties[c.answers.front().duty].id);
}

TEST(Matrix, WhatPartialAnswersLeaveHasARow) {
  const rules::RuleBase& base = built_in().base;
  for (const rules::Control& c : base.controls) {
    if (c.id != "control.ai_attack_tests") continue;
    std::vector<std::size_t> duties;
    for (const rules::Answer& a : c.answers) duties.push_back(a.duty);
    const Matrix m = duty_matrix(base, with_duties(duties), plain, {});
    EXPECT_GT(m.rests, 0u);
    EXPECT_TRUE(lost_duties(m).empty());
  }
}

TEST(Matrix, NothingIsDueBeforeTheProductIsPlaced) {
  const Matrix m = duty_matrix(built_in().base, with_duties({0, 1}), plain, {}, "2029-01-01");
  for (const MatrixRow& row : m.rows) EXPECT_EQ(row.due, "2029-01-01");
}

TEST(Matrix, TakesOverWhatIsSaid) {
  std::map<std::string, Progress> said;
  const std::string id = built_in().base.duties[0].id;
  said[id].status = Progress::Status::done;
  said[id].evidence = {"record.md"};
  said[id].owner = "someone";
  said[id].due = "2027-01-01";
  said["control.of_nothing"].owner = "nobody";
  const Matrix m = duty_matrix(built_in().base, with_duties({0}), plain, said);
  EXPECT_EQ(m.open(), 0u);
  EXPECT_EQ(m.rows[0].owner, "someone");
  EXPECT_TRUE(m.rows[0].due_is_set);
  EXPECT_EQ(m.unknown_ids, std::vector<std::string>{"control.of_nothing"});
}

RowEvidence passed(std::uint64_t leaf) { return {leaf, "ab", "scan", "shown", "passed", "current", "", false, true}; }

TEST(Matrix, WhatIsSaidToBeDoneNeedsEvidenceThatCounts) {
  const std::string id = built_in().base.duties[0].id;
  std::map<std::string, Progress> said;
  said[id].status = Progress::Status::done;
  const auto row = [&](std::vector<RowEvidence> records) {
    return duty_matrix(built_in().base, with_duties({0}), plain, said, "", {{id, std::move(records)}}).rows.at(0);
  };
  EXPECT_EQ(row({}).status, Progress::Status::open);
  EXPECT_EQ(row({}).evidence_state, "none");
  EXPECT_EQ(row({passed(3)}).status, Progress::Status::done);
  RowEvidence failed = passed(4), stale = passed(5), part = passed(6), stopped = passed(7);
  failed.outcome = "failed";
  stale.state = "stale";
  stale.because = "'a' has another hash now";
  part.whole = false;
  stopped.interrupted = true;
  for (const RowEvidence& bad : {failed, stale, part, stopped}) {
    EXPECT_EQ(row({bad}).status, Progress::Status::open) << bad.leaf;
    EXPECT_TRUE(row({bad}).refused);
  }
  EXPECT_EQ(row({passed(3), failed}).evidence_state, "failed");
  EXPECT_EQ(row({passed(3), failed}).status, Progress::Status::open);
  EXPECT_NE(row({stale}).status_because.find("leaf 5 of the ledger is stale: 'a' has another hash now"), std::string::npos);
}

TEST(Matrix, NotApplicableStandsOnlyWhereAProvisionAdmitsIt) {
  const rules::RuleBase& base = built_in().base;
  std::size_t admitted = 0, refused = 0;
  for (std::size_t d = 0; d < base.duties.size(); ++d) {
    std::map<std::string, Progress> said;
    said[base.duties[d].id].status = Progress::Status::not_applicable;
    said[base.duties[d].id].because = "there is no interface";
    const MatrixRow row = duty_matrix(base, with_duties({d}), plain, said).rows.at(0);
    const bool lets = !base.duties[d].may_not_apply.empty();
    EXPECT_EQ(row.status == Progress::Status::not_applicable, lets) << base.duties[d].id;
    EXPECT_EQ(row.refused, !lets);
    ++(lets ? admitted : refused);
    said[base.duties[d].id].because.clear();
    EXPECT_TRUE(duty_matrix(base, with_duties({d}), plain, said).rows.at(0).refused);
  }
  EXPECT_EQ(admitted, 16u);  // CRA Annex I Part I(2)(a) to (m); 18(1), 30(4) and 33(5), which leave a choice
  EXPECT_GT(refused, 100u);
}

}  // namespace
}  // namespace duolex::plan
