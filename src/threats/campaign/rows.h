// The data of a test: rows in the layout and range that the model takes, with their labels.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "threats/campaign/plan.h"
#include "threats/evasion/suite.h"

namespace duolex::threats::campaign {

struct Rows {
  evasion::Form form;
  std::vector<float> x;         // rows of form.size() numbers in [0, 1]
  std::vector<double> labels;
  std::vector<std::shared_ptr<const evasion::Reference>> references{};  // of a map or a sequence, by row
  [[nodiscard]] std::size_t count() const { return labels.size(); }
  [[nodiscard]] std::span<const float> row(std::size_t i) const { return std::span(x).subspan(i * form.size(), form.size()); }
  [[nodiscard]] evasion::Sample sample(const Plan& plan, std::size_t i) const { return {i, row(i), {plan.task, labels[i], plan.level, references.empty() ? nullptr : references[i]}}; }
};

// Of a map or a sequence: the model's answer to the input, which the criterion holds others against. Fails for a target
// whose answer is none of the kind, and for one that does not show the shape of its answers.
[[nodiscard]] Result<std::shared_ptr<const evasion::Reference>> reference_of(const Plan& plan, const evasion::Target& target, evasion::Oracle& oracle, std::span<const float> x);
// Fills references for the rows of `which`.
[[nodiscard]] Result<void> refer(const Plan& plan, const evasion::Target& target, const std::vector<std::size_t>& which, Rows& rows);

// Refuses numbers outside [0, 1] after the declared scale, a shape that is not the declared layout of the model's
// input, labels that are no outputs of the model: what is done to the data before the model sees it must be declared.
[[nodiscard]] Result<Rows> read_rows(const Plan& plan, const std::string& inputs, std::string_view input_bytes, const std::string& labels,
                                     std::string_view label_bytes, const evasion::Form& form, std::size_t outputs);

// The rows that the plan's rule picks, ascending.
[[nodiscard]] std::vector<std::size_t> picked(const Plan& plan, std::size_t count);

}  // namespace duolex::threats::campaign
