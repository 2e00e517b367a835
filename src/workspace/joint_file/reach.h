// How far the two acts reach a product, and whether they ask a declaration of whoever keeps its dossier.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/exit_code.h"
#include "documents/assessment.h"
#include "workspace/joint_file/blockers.h"
#include "workspace/verdict/subject.h"

namespace duolex::workspace {

struct Standing {
  // outside: surely neither act, whatever the open questions bring: CRA Art. 2, AI Act Art. 2, no general-purpose model of
  // Art. 3(63), and no duty of either. reached: surely one of them. unknown: facts decide it that are not given.
  enum class Reach { outside, unknown, reached } reach = Reach::unknown;
  // An EU declaration of conformity is asked, or may be, of an actor in this position: CRA Art. 13(12) and 28, AI Act Art. 47.
  bool declaration = true;
  std::vector<documents::StandingRow> because;  // the conclusions that say so
  std::vector<std::string> rests_on;            // the facts they were decided from, sorted
  std::string dossier_file, law_sha256;         // whose answers, under which law, on which day
  Day as_of;
};

[[nodiscard]] Standing standing_of(const Subject& subject, const findings::Findings& findings);

// What it means, in a sentence with the day; empty while a declaration is asked or may be.
[[nodiscard]] documents::Said standing_said(const Standing& standing);

// The same conclusion by conclusion with its provisions, then what was looked at and what was not.
[[nodiscard]] std::vector<std::string> standing_lines(const Standing& standing);
[[nodiscard]] nlohmann::ordered_json standing_json(const Standing& standing);

// Whether the release may go out for all that stands against it: clear outside both acts and where nothing stands against
// it; undecided where all that stands is; else a finding.
[[nodiscard]] ExitCode release_code(const Standing& standing, const std::vector<Blocker>& blockers);

}  // namespace duolex::workspace
