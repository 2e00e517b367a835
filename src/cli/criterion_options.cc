#include "cli/criterion_options.h"

#include <CLI/CLI.hpp>

#include "cli/numbers.h"

namespace duolex::cli {

namespace evasion = threats::evasion;

std::vector<CLI::Option*> CriterionOptions::add(CLI::App& command) {
  const double any = 1e9;
  std::vector<CLI::Option*> all = {
      command.add_option("--map-overlap", overlap, "A map of scores: it has changed when intersection over union with the answer it is held against falls below")->check(between(0, 1)),
      command.add_option("--map-changed", changed, "A map of scores: it has changed when more than this share is decided otherwise")->check(between(0, 1)),
      command.add_option("--sequence-edits", edits, "Scores of symbols by step (CTC): changed from so many edits of what is read on")->check(CLI::Range(1, 1000000))};
  for (CLI::Option* one : all)
    for (CLI::Option* other : all)
      if (one != other) one->excludes(other);
  command.add_option("--map-level", level, "Above it a place of a map is decided for")->check(between(-any, any))->capture_default_str();
  command.add_option("--sequence-blank", blank, "The symbol that stands for none")->check(CLI::Range(0, 100000000))->capture_default_str();
  return all;
}

void CriterionOptions::fill(evasion::Task& task, double& at, evasion::Criterion& criterion) const {
  criterion.blank = blank;
  if (edits != 0) {
    task = evasion::Task::sequence;
    criterion.measure = evasion::Measure::edits;
    criterion.limit = static_cast<double>(edits);
  } else if (declared()) {
    task = evasion::Task::map;
    at = fraction(level).value_or(0);
    criterion.measure = changed.empty() ? evasion::Measure::overlap : evasion::Measure::changed;
    criterion.limit = fraction(changed.empty() ? overlap : changed).value_or(0);
  }
}

}  // namespace duolex::cli
