#include "threats/campaign/campaign.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "threats/array.h"
#include "threats/backdoors/small_network.h"
#include "threats/campaign/base64.h"
#include "threats/campaign/journal.h"
#include "threats/campaign/picture.h"
#include "threats/campaign/report.h"

namespace duolex::threats::campaign {
namespace {

using nlohmann::ordered_json;

struct Small {
  Plan plan;
  Files files;
};

// A trained network of five classes and 60 pictures of it.
Small small(double epsilon) {
  static const std::string model = testing::trained_onnx(testing::pictures(300, 1), 1, 40);
  const testing::Pictures p = testing::pictures(60, 2);
  std::vector<float> x;
  std::vector<std::int64_t> y;
  for (std::size_t i = 0; i < p.x.size(); ++i) {
    x.insert(x.end(), p.x[i].begin(), p.x[i].end());
    y.push_back(static_cast<std::int64_t>(p.y[i]));
  }
  Small s;
  s.plan.model = "small.onnx";
  s.plan.inputs = "X.npy";
  s.plan.labels = "y.npy";
  s.plan.epsilon = epsilon;
  s.plan.effort = {evasion::AttackSet::standard, 30, 4, 200};
  s.files.model = model;
  s.files.inputs = to_npy(array_of({60, 1, p.side, p.side}, x));
  s.files.labels = to_npy(array_of({60}, y));
  return s;
}

std::string refusal(const Small& s) {
  const auto f = run(s.plan, s.files, 1, {});
  return f ? "" : render(f.error());
}

TEST(Campaign, TheBracketHoldsAndThreadsDoNotChangeIt) {
  Small s = small(0.12);
  s.plan.certify = "crown";
  s.plan.curve = {0.02, 0.3};
  const auto one = run(s.plan, s.files, 1, {}), two = run(s.plan, s.files, 2, {});
  ASSERT_TRUE(one) << render(one.error());
  EXPECT_TRUE(one->complete);
  EXPECT_GT(one->clean_correct(), 50u);
  EXPECT_LE(one->certified_correct(), one->attacked_correct());
  EXPECT_LT(one->attacked_correct(), one->clean_correct());
  EXPECT_GT(one->certified_correct(), 0u);
  ASSERT_EQ(one->curve.size(), 2u);
  EXPECT_GE(one->curve[0].correct, one->attacked_correct());
  EXPECT_LE(one->curve[1].correct, one->attacked_correct());
  EXPECT_EQ(result_json(s.plan, *one, {}), result_json(s.plan, *two, {}));
}

TEST(Campaign, ProofsInOtherNormsStayBelowWhatAttacksLeave) {
  for (const auto& [norm, epsilon] : {std::pair{evasion::Norm::l2, 0.4}, {evasion::Norm::l1, 0.8}}) {
    Small s = small(epsilon);
    s.plan.norm = norm;
    s.plan.effort = {evasion::AttackSet::apgd_ce, 30, 4, 200};
    s.plan.certify = "crown";
    const auto f = run(s.plan, s.files, 2, {});
    ASSERT_TRUE(f) << render(f.error());
    ASSERT_TRUE(f->certification_ran);
    EXPECT_GT(f->certified_correct(), 0u) << name_of(norm);
    EXPECT_LE(f->certified_correct(), f->attacked_correct()) << name_of(norm);
    // As many at least with the mean and deviation that change nothing.
    s.plan.normalisation = {{0.0F}, {1.0F}};
    EXPECT_EQ(run(s.plan, s.files, 2, {})->certified_correct(), f->certified_correct()) << name_of(norm);
  }
}

// Where nothing is proven the search says how far proofs reach, and that holds when it is tried by itself.
TEST(Campaign, TheEpsilonOfProofsIsFound) {
  Small s = small(0.9);
  s.plan.effort.set = evasion::AttackSet::none;
  s.plan.certify = "crown";
  s.plan.certify_search = 3;
  s.plan.curve = {0.5, 1e-6};
  const auto found = run(s.plan, s.files, 2, {});
  ASSERT_TRUE(found) << render(found.error());
  EXPECT_EQ(found->certified_correct(), 0u);
  ASSERT_TRUE(found->certify_search);
  ASSERT_EQ(found->certify_search->samples.size(), 3u);
  const auto json = result_json(s.plan, *found, {});
  EXPECT_LT(json["certification"]["closest_bound"].get<double>(), 0);
  const double best = json["certification"]["largest_epsilon"]["proven_at"].get<double>();
  for (const CertifySearch::Sample& one : found->certify_search->samples) {
    EXPECT_LT(one.proven_at, one.open_at);
    EXPECT_LE(one.proven_at, best);
    // What is open is open at or beyond the best: it was not left before that.
    EXPECT_GT(one.open_at, best) << one.number;
  }
  EXPECT_GT(best, 1e-4);
  EXPECT_LT(found->certify_search->samples[0].open_at / found->certify_search->samples[0].proven_at, 2.5);
  s.plan.certify_search = 0;
  s.plan.epsilon = best;
  EXPECT_GT(run(s.plan, s.files, 2, {})->certified_correct(), 0u);
}

// Five scores taken for a map of five places; for a sequence they are one step, which is none.
TEST(Campaign, AMapIsHeldAgainstItsOwnAnswer) {
  Small s = small(0.3);
  s.plan.task = evasion::Task::map;
  s.plan.criterion = {evasion::Measure::changed, 0.3, 0};
  s.plan.level = 0;
  s.plan.labels = "";
  s.files.labels = "";
  const auto one = run(s.plan, s.files, 1, {}), two = run(s.plan, s.files, 2, {});
  ASSERT_TRUE(one) << render(one.error());
  EXPECT_EQ(one->attacks, (std::vector<std::string>{"apgd-margin", "square"}));
  EXPECT_EQ(one->clean_correct(), 60u);
  EXPECT_LT(one->attacked_correct(), 60u);
  EXPECT_EQ(result_json(s.plan, *one, {}), result_json(s.plan, *two, {}));
  EXPECT_NE(result_json(s.plan, *one, {})["criterion"].get<std::string>().find("more than 30.0 % of the map is decided otherwise"), std::string::npos);
  EXPECT_EQ(plan_text(*read_plan("p", plan_text(s.plan))), plan_text(s.plan));
  // Each example by itself: two of its five places or more are decided otherwise.
  const auto target = open_target(s.plan, s.files.model, s.files.inputs);
  const auto rows = read_rows(s.plan, "x", s.files.inputs, "", "", (*target)->form(), 5);
  const auto oracle = (*target)->oracle();
  for (const evasion::SampleResult& r : one->results) {
    if (r.example.empty()) continue;
    double clean[5], now[5];
    oracle->exact_scores(rows->row(r.number).data(), 1, clean);
    oracle->exact_scores(r.example.data(), 1, now);
    int otherwise = 0;
    for (int i = 0; i < 5; ++i) otherwise += (clean[i] > 0) != (now[i] > 0);
    EXPECT_GE(otherwise, 2) << r.number;
  }
  s.plan.task = evasion::Task::sequence;
  s.plan.criterion = {evasion::Measure::edits, 1, 0};
  EXPECT_NE(refusal(s).find("no sequence of scores"), std::string::npos);
}

TEST(Campaign, AResumedRunEndsWhereAnotherWould) {
  const Small s = small(0.12);
  std::string journal;
  const auto whole = run(s.plan, s.files, 1, {.ended = [&](const auto& r) { journal += to_line(r); }});
  ASSERT_TRUE(whole);
  std::vector<evasion::SampleResult> before;
  for (std::size_t at = 0, end; (end = journal.find('\n', at)) != std::string::npos && before.size() < 25; at = end + 1)
    before.push_back(*from_line(journal.substr(at, end - at)));
  std::size_t again = 0;
  const auto resumed = run(s.plan, s.files, 1, {.ended = [&](const auto&) { ++again; }}, before);
  ASSERT_TRUE(resumed);
  EXPECT_EQ(again, 35u);
  EXPECT_EQ(resumed->settled_before, 25u);
  EXPECT_EQ(resumed->attacked_correct(), whole->attacked_correct());
  // An example that does not hold is not taken over.
  for (evasion::SampleResult& r : before)
    if (!r.example.empty()) r.example.assign(r.example.size(), 0.5f);
  again = 0;
  const auto forged = run(s.plan, s.files, 1, {.ended = [&](const auto&) { ++again; }}, before);
  EXPECT_GT(again, 35u);
  EXPECT_EQ(forged->attacked_correct(), whole->attacked_correct());
}

TEST(Campaign, AStoppedRunIsMarked) {
  const Small s = small(0.06);
  const auto f = run(s.plan, s.files, 1, {.stop = [] { return true; }});
  ASSERT_TRUE(f);
  EXPECT_FALSE(f->complete);
  EXPECT_EQ(decide(s.plan, *f).verdict, "inconclusive");
  EXPECT_EQ(result_json(s.plan, *f, {})["state"], "interrupted");
}

TEST(Campaign, WhatIsDoneToTheDataIsDeclaredOrTheRunRefused) {
  Small s = small(0.06);
  s.plan.layout = Layout::nhwc;
  EXPECT_NE(refusal(s).find("--layout nchw"), std::string::npos);
  s.plan.layout = Layout::nchw;
  s.plan.scale = 255;
  EXPECT_NE(refusal(s).find("outside [0, 1]"), std::string::npos);
  s.plan.scale = 1;
  s.files.labels = to_npy(array_of({60}, std::vector<std::int64_t>(60, 5)));
  EXPECT_NE(refusal(s).find("has the label 5"), std::string::npos);
  s.files.labels = to_npy(array_of({59}, std::vector<std::int64_t>(59, 1)));
  EXPECT_NE(refusal(s).find("59 labels for 60 rows"), std::string::npos);
  s.files.model = "no model";
  EXPECT_FALSE(refusal(s).empty());
}

TEST(Campaign, ChannelsThatComeLastAreMoved) {
  Plan plan;
  plan.layout = Layout::nhwc;
  const std::string x = to_npy(array_of({1, 1, 2, 3}, std::vector<float>{0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f}));
  const std::string y = to_npy(array_of({1}, std::vector<std::int64_t>{0}));
  const auto rows = read_rows(plan, "x", x, "y", y, {3, 1, 2}, 2);
  ASSERT_TRUE(rows) << render(rows.error());
  EXPECT_EQ(rows->x, (std::vector<float>{0.1f, 0.4f, 0.2f, 0.5f, 0.3f, 0.6f}));
}

TEST(Campaign, TheVerdictFollowsTheCriterionSetBefore) {
  Small s = small(0.01);
  auto f = run(s.plan, s.files, 1, {});
  ASSERT_TRUE(f);
  EXPECT_EQ(decide(s.plan, *f).verdict, "measured");
  s.plan.require = 0.5;
  EXPECT_EQ(decide(s.plan, *f).verdict, "met");
  s.plan.require = 0.99;
  EXPECT_EQ(decide(s.plan, *f).verdict, "inconclusive");
  for (auto& r : f->results) r.broken_by = "apgd-ce";
  EXPECT_EQ(decide(s.plan, *f).verdict, "not_met");
  f->signs.front().present = true;
  EXPECT_EQ(decide(s.plan, *f).verdict, "inconclusive");
}

TEST(Campaign, TheVoteIsCertifiedAndTheModelCopied) {
  Small s = small(0.1);
  s.plan.effort.set = evasion::AttackSet::none;
  s.plan.norm = evasion::Norm::l2;
  s.plan.certify = "smoothing";
  s.plan.smoothing.sigma = 0.15;
  s.plan.smoothing.draws = 200;
  s.plan.extraction = {30, 300};
  s.plan.availability = true;
  s.plan.patch = 4;
  const auto one = run(s.plan, s.files, 1, {}), two = run(s.plan, s.files, 2, {});
  ASSERT_TRUE(one) << render(one.error());
  const auto j = result_json(s.plan, *one, {});
  EXPECT_EQ(j, result_json(s.plan, *two, {}));
  EXPECT_TRUE(j["certified_correct"].is_null()) << "the vote is not the model";
  EXPECT_GT(one->smoothing.right_to(0), 30u);
  EXPECT_LE(one->smoothing.right_to(0.1), one->smoothing.right_to(0));
  EXPECT_GE(one->extraction.copies[1].agree, one->extraction.copies[0].agree);
  EXPECT_EQ(one->availability.odd.size(), 4u);
  ASSERT_TRUE(one->patches);
  EXPECT_LT(one->patches->correct, one->clean_correct());
}

TEST(Campaign, CorruptionsAndMembershipAreMeasured) {
  Small s = small(0.02);
  s.plan.effort.set = evasion::AttackSet::none;
  s.plan.corruptions = s.plan.confidentiality = true;
  s.plan.non_members = "N.npy";
  s.plan.non_member_labels = "n.npy";
  s.files.non_members = s.files.inputs;
  s.files.non_member_labels = s.files.labels;
  const auto f = run(s.plan, s.files, 2, {});
  ASSERT_TRUE(f) << render(f.error());
  ASSERT_EQ(f->corruptions.size(), 11u);
  EXPECT_GE(f->corruptions[0].correct, f->corruptions[2].correct);  // more noise, no more right
  EXPECT_LE(f->corruptions[8].correct, f->corruptions[7].correct);  // wider shifts contain the narrower
  EXPECT_TRUE(f->membership.tested);
  EXPECT_DOUBLE_EQ(f->membership.auc, 0.5);  // the same rows on both sides
  EXPECT_EQ(f->membership.true_positive_at_low, 0);
}

TEST(Campaign, TheSectionShowsCurveAndPictures) {
  Small s = small(0.08);
  s.plan.curve = {0.02};
  const auto f = run(s.plan, s.files, 1, {});
  ASSERT_TRUE(f);
  const auto target = open_target(s.plan, s.files.model);
  const auto rows = read_rows(s.plan, "x", s.files.inputs, "y", s.files.labels, (*target)->form(), 5);
  s.plan.model = "<script>";
  const std::string html = result_html(result_json(s.plan, *f, {}), s.plan, *rows, f->results);
  EXPECT_NE(html.find("<svg"), std::string::npos);
  EXPECT_NE(html.find("data:image/png;base64,iVBORw0KGgo"), std::string::npos);
  EXPECT_EQ(html.find("<script>"), std::string::npos);
}

TEST(Plan, IsReadBackAndHashedTheSame) {
  Plan p = small(2.0 / 255).plan;
  p.curve = {0.1, 0.25};
  p.sample = 40;
  p.require = 0.9;
  p.normalisation = {{0.5f}, {0.25f}};
  const auto again = read_plan("plan.json", plan_text(p));
  ASSERT_TRUE(again) << render(again.error());
  EXPECT_EQ(plan_text(*again), plan_text(p));
  p.epsilon = 3.0 / 255;
  EXPECT_NE(sha256_hex(plan_text(*again)), sha256_hex(plan_text(p)));
  EXPECT_FALSE(read_plan("plan.json", "{}"));
  EXPECT_FALSE(read_plan("plan.json", "[" + std::string(100000, '[')));
}

TEST(Plan, TheSampleIsDrawnByTheSeedAlone) {
  Plan p;
  p.sample = 10;
  p.seed = 1;
  const auto a = picked(p, 100), b = picked(p, 100);
  EXPECT_EQ(a, b);
  EXPECT_EQ(a.size(), 10u);
  p.seed = 2;
  EXPECT_NE(picked(p, 100), a);
  p.sample.reset();
  EXPECT_EQ(picked(p, 3), (std::vector<std::size_t>{0, 1, 2}));
}

TEST(Journal, ADamagedLineIsNoResult) {
  evasion::SampleResult r;
  r.number = 3;
  r.clean_correct = true;
  r.broken_by = "square";
  r.example = {0.25f, 1};
  const std::string line = to_line(r);
  const auto again = from_line(line);
  ASSERT_TRUE(again);
  EXPECT_EQ(to_line(*again), line);
  for (std::size_t cut = 0; cut + 2 < line.size(); cut += 7) EXPECT_FALSE(from_line(line.substr(0, cut)));
  EXPECT_FALSE(from_line("{}"));
}

TEST(Base64, KnowsThePublishedVectors) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : vectors) {
    EXPECT_EQ(to_base64(plain), coded);
    EXPECT_EQ(from_base64(coded), plain);
  }
  for (const char* wrong : {"Z", "Zg=", "Zh==", "Zg==Zg==", "=AAA", "Zm9v\n"}) EXPECT_FALSE(from_base64(wrong)) << wrong;
}

TEST(Picture, IsAPngOfItsSize) {
  const std::string bytes = png(std::vector<float>{0, 0.5f, 1, 0.25f, 0, 1}, {1, 2, 3});
  EXPECT_EQ(bytes.substr(0, 8), "\x89PNG\r\n\x1a\n");
  EXPECT_EQ(bytes.substr(bytes.size() - 4), "\xae\x42\x60\x82");  // the check sum of every IEND
  EXPECT_EQ(png(std::vector<float>(10), {1, 1, 10}), "");
}

}  // namespace
}  // namespace duolex::threats::campaign
