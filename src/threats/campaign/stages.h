// What a campaign does after the attacks; each stage adds to the findings when the plan asks for it, and says in
// `not_tested` why it could not.
#pragma once

#include "threats/campaign/campaign.h"
#include "threats/tabular/space.h"

namespace duolex::threats::campaign {

struct Work {
  const Plan& plan;
  const Files& files;
  const evasion::Target& target;
  const evasion::NetworkTarget* network;  // the same, or null when it is a black box
  const Rows& rows;
  unsigned threads;
  const Hooks& hooks;
  const tabular::Applied* applied = nullptr;  // what rows of a table keep to
  [[nodiscard]] bool stopped() const { return hooks.stop && hooks.stop(); }
};

void certify(const Work& work, Findings& out);
void smooth_samples(const Work& work, Findings& out);
void draw_curve(const Work& work, Findings& out);
void certify_curve(const Work& work, Findings& out);
void stick_patches(const Work& work, Findings& out);
void corrupt(const Work& work, Findings& out);
void look_for_backdoors(const Work& work, Findings& out);
void infer_membership(const Work& work, Findings& out);
void copy_network(const Work& work, Findings& out);
void as_two_classes(const Plan& plan, double score, std::span<float> p);
// Questions keep to the constraints (tabular::admit); `single`: numbers are f32.
[[nodiscard]] extraction::Result copy_by_answers(const Plan& plan, const extraction::Ask& ask, std::span<const float> rows, std::size_t width, std::size_t classes,
                                                 const tabular::Applied* applied, bool single, const Hooks& hooks, std::vector<std::string>& not_tested);
void disturb(const Work& work, Findings& out);
// What breaks the declared constraints, by name, done to the row of a number; false where it cannot be done to it. An
// answer says that the model does not look. By reference.
using Oddity = std::function<bool(std::size_t number, std::span<float> row)>;
[[nodiscard]] std::vector<std::pair<std::string, Oddity>> broken_rows(const tabular::Applied& applied);
// From how sure the model is of the labels of members and of others.
[[nodiscard]] MembershipFinding membership_from(std::vector<double> in, std::vector<double> outside, double confidence);

}  // namespace duolex::threats::campaign
