// Whether answers that are maps or sequences stay what they were, when a model is run once: what counts as changed is
// declared in a plan that is written down and hashed before any data is opened, as that of an attack is (plan.h).
// docs/formats/probe-run.md.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "threats/evasion/goal.h"
#include "threats/interval.h"

namespace duolex::threats::campaign {

// The same criterion in words is of a sample under attack, or of any two answers.
enum class HeldAgainst { sample, reference };
[[nodiscard]] std::string changed_when(evasion::Task task, double level, const evasion::Criterion& criterion, HeldAgainst against);
[[nodiscard]] nlohmann::ordered_json criterion_json(evasion::Task task, double level, const evasion::Criterion& criterion);

struct AnswerPlan {
  std::string model;
  std::vector<std::string> inputs{}, dimensions{};  // as given: "NAME=FILE.npy", "NAME=SIZE"
  std::uint64_t seed = 0;
  bool torch = false;
  std::string output{};        // the one that decides; "": the first
  evasion::Task task = evasion::Task::map;
  double level = 0;            // of a map
  evasion::Criterion criterion{};
  bool each_row = false;       // the first dimension counts answers; else all of it is one
  // What answers are held against, one of the two: scores in an NPY file, or the model's own answer to these inputs.
  std::string against_answer{};
  std::vector<std::string> against_inputs{};
  std::optional<double> require{};  // the share that must stay unchanged; none: all of them
  double confidence = 0.95;
};

[[nodiscard]] std::string plan_text(const AnswerPlan& plan);
[[nodiscard]] Result<AnswerPlan> read_answer_plan(const std::string& file, const std::string& bytes);
// Whether the text is of such a plan, and not of an attack's.
[[nodiscard]] bool is_answer_plan(const std::string& bytes);

struct AnswerFinding {
  struct Row {
    bool changed = false;
    std::optional<double> measured{};  // share of places, overlap or edits; none: a score is no number
  };
  std::vector<Row> rows{};
  [[nodiscard]] std::size_t unchanged() const;
  [[nodiscard]] std::size_t not_answered() const;
};

// `shape` is that of both. An answer with a score that is no number has changed; a reference with one is refused, and
// so is a shape that is no map or sequence.
[[nodiscard]] Result<AnswerFinding> hold_answers(const AnswerPlan& plan, const std::vector<std::size_t>& shape, std::span<const double> scores,
                                                 std::span<const double> reference);

// "criterion", "verdict", "because" and "answer" of the result.
[[nodiscard]] nlohmann::ordered_json answers_json(const AnswerPlan& plan, const AnswerFinding& finding);
// The result as a section of a report.
[[nodiscard]] std::string answers_html(const AnswerPlan& plan, const nlohmann::ordered_json& result);

}  // namespace duolex::threats::campaign
