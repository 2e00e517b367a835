// When an answer that is a map or a sequence counts as changed, for the commands that ask it.
#pragma once

#include <string>
#include <vector>

#include "workspace/probes/probe_run.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace duolex::cli {

struct CriterionOptions {
  std::string overlap, changed, level = "0.5";
  std::size_t edits = 0, blank = 0;

  // Those of which one at most may be given; `add` makes them exclude each other.
  std::vector<CLI::Option*> add(CLI::App& command);
  [[nodiscard]] bool declared() const { return !overlap.empty() || !changed.empty() || edits != 0; }
  // Sets what was declared; leaves the rest as it is.
  void fill(threats::evasion::Task& task, double& at, threats::evasion::Criterion& criterion) const;
};

}  // namespace duolex::cli
