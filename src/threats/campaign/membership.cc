#include <algorithm>
#include <cmath>
#include <cstdio>

#include "threats/campaign/stages.h"

namespace duolex::threats::campaign {
namespace {

// How sure the model is of the label: members tend to have more.
std::vector<double> confidence_of(const Work& work, const Rows& rows, const std::vector<std::size_t>& picked) {
  const auto oracle = work.target.oracle();
  std::vector<double> out, scores(work.target.outputs());
  for (const std::size_t i : picked) {
    const evasion::Sample sample = rows.sample(work.plan, i);
    oracle->exact_scores(sample.x.data(), 1, scores.data());
    const double margin = sample.goal.margin(std::span<const double>(scores));
    out.push_back(std::isfinite(margin) ? margin : -1e300);
  }
  return out;
}

}  // namespace

// The attack by the loss of a single model (Yeom and others, 2018), judged as Carlini and others (2022) ask: by the
// share of members found while hardly any other row is called one. Stronger attacks exist: what is found is a lower
// bound of what leaks.
MembershipFinding membership_from(std::vector<double> in, std::vector<double> outside, double confidence) {
  MembershipFinding m;
  m.members = in.size();
  m.non_members = outside.size();
  if (outside.size() < 20 || in.empty()) {
    m.note = in.empty() ? "no members" : "fewer than 20 rows that are no members";
    return m;
  }
  // Pairs in which the member is surer, a tie counting half.
  std::sort(outside.begin(), outside.end());
  double pairs = 0;
  for (const double a : in) {
    const auto below = std::lower_bound(outside.begin(), outside.end(), a), above = std::upper_bound(outside.begin(), outside.end(), a);
    pairs += static_cast<double>(below - outside.begin()) + static_cast<double>(above - below) / 2;
  }
  m.auc = pairs / (static_cast<double>(in.size()) * static_cast<double>(outside.size()));
  // At most this many of the others may be called members.
  const std::size_t allowed = outside.size() / 100;
  m.low_rate = static_cast<double>(allowed) / static_cast<double>(outside.size());
  const double level = outside[outside.size() - 1 - allowed];
  const std::size_t hits = static_cast<std::size_t>(std::count_if(in.begin(), in.end(), [&](double v) { return v > level; }));
  m.true_positive_at_low = static_cast<double>(hits) / static_cast<double>(in.size());
  m.true_positive = clopper_pearson(hits, in.size(), confidence);
  m.tested = true;
  char text[200];
  std::snprintf(text, sizeof text, "%zu of %zu members found while %zu of %zu others are called one (AUC %.3f); a lower bound of what leaks", hits, in.size(), allowed,
                outside.size(), m.auc);
  m.note = text;
  return m;
}

void infer_membership(const Work& work, Findings& out) {
  if (!work.plan.confidentiality || work.stopped()) return;
  if (has_reference(work.plan.task)) {
    out.membership.note = "it is about labels";
    out.not_tested.push_back("membership inference: " + out.membership.note);
    return;
  }
  const auto others = read_rows(work.plan, work.plan.non_members, work.files.non_members, work.plan.non_member_labels, work.files.non_member_labels,
                                work.target.form(), work.target.outputs());
  if (!others) {
    out.membership.note = others.error().front().message;
  } else {
    std::vector<std::size_t> all(others->count());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    out.membership = membership_from(confidence_of(work, work.rows, out.picked), confidence_of(work, *others, all), work.plan.confidence);
  }
  if (!out.membership.tested) out.not_tested.push_back("membership inference: " + out.membership.note);
}

}  // namespace duolex::threats::campaign
