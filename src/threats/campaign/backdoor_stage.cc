#include "threats/backdoors/trigger.h"
#include "threats/campaign/stages.h"

namespace duolex::threats::campaign {

void look_for_backdoors(const Work& work, Findings& out) {
  if (!work.plan.backdoor) return;
  BackdoorFinding& found = out.backdoor;
  const auto refuse = [&](const std::string& why) {
    found.note = why;
    out.not_tested.push_back("backdoors: " + why);
  };
  if (work.plan.task != evasion::Task::classes) return refuse("trigger inversion is for classes");
  if (!work.target.has_gradient()) return refuse("triggers are looked for with gradients, which a black box does not give");
  if (work.target.outputs() < 3) return refuse("with two classes there is no median class to compare with");
  if (work.target.outputs() > 200) return refuse("more than 200 classes");
  if (work.stopped()) return refuse("interrupted");
  std::vector<std::span<const float>> rows;
  std::vector<std::size_t> labels;
  for (const evasion::SampleResult& r : out.results) {
    rows.push_back(work.rows.row(r.number));
    labels.push_back(static_cast<std::size_t>(work.rows.labels[r.number]));
  }
  const auto progress = [&](std::size_t done) {
    if (work.hooks.progress) work.hooks.progress("triggers", done, work.target.outputs());
  };
  const std::vector<backdoors::Trigger> triggers = backdoors::invert_triggers(work.target, rows, labels, work.plan.seed, work.threads, {}, progress);
  std::size_t made = 0;
  for (const backdoors::Trigger& t : triggers) {
    made += t.made;
    found.classes.push_back({t.target, t.size, t.ratio, t.anomaly, t.success_held_out, t.suspected});
    if (t.suspected) found.targets.push_back(t.target);
  }
  if (made == 0) return refuse("no patch sends all rows to any class, or there are too few rows");
  found.tested = true;
  found.suspected = !found.targets.empty();
  found.note = "a patch that sends rows of other classes to one class; triggers that are no patch, that need a certain class, or that are as large as those of "
               "other classes are not found this way";
}

}  // namespace duolex::threats::campaign
