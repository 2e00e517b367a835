// What a test of a model is going to do, written down and hashed before any data is opened, so that neither the
// criterion nor the sample can follow the result. docs/formats/probe-model.md.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "threats/evasion/ball.h"
#include "threats/evasion/network_target.h"
#include "threats/evasion/smoothing.h"
#include "threats/evasion/suite.h"
#include "threats/tabular/constraints.h"

namespace duolex::threats::campaign {

enum class Layout { nchw, nhwc };  // of the inputs file; the model itself says its own

struct Plan {
  std::string model, inputs, labels;  // paths as given
  Layout layout = Layout::nchw;
  double scale = 1;  // stored numbers are multiplied by it and must then lie in [0, 1]
  evasion::Normalisation normalisation{};
  evasion::Task task = evasion::Task::classes;
  double level = 0;  // see evasion::Goal
  evasion::Criterion criterion{};  // of a map or a sequence
  std::vector<std::pair<std::string, double>> fixed{};  // further inputs of a network, each filled with one number
  std::string output{};   // the output that decides, of a network with several; "": its only one
  std::string runtime{};  // the path of a libonnxruntime.so that answers for the model; "": our own engine
  bool torch = false;     // a TorchScript model, run by libtorch
  bool arrays = false;  // a black box is asked in NPY arrays, not in lines of JSON
  evasion::Norm norm = evasion::Norm::linf;
  double epsilon = 0;
  evasion::Effort effort{};
  std::string certify{};         // "", "crown", "bab", "smoothing"
  evasion::Smoothing smoothing{};
  double certify_seconds = 10;   // for each sample, with "bab"
  std::size_t certify_search = 0;  // where nothing is proven: the largest epsilon for so many samples
  std::size_t certify_parts = 100'000;  // likewise, of an ensemble of trees: boxes looked at
  std::optional<tabular::Constraints> constraints{};  // what of a row of a table can change
  bool backdoor = false;
  bool confidentiality = false;
  std::string non_members{};     // rows that the model was not trained on; with confidentiality
  std::string non_member_labels{};
  std::vector<std::size_t> extraction{};  // how many questions a thief may ask; empty: no copy is tried
  bool availability = false;
  std::size_t patch = 0;         // pixels of its side; 0: no patches
  bool corruptions = false;
  std::vector<double> curve{};   // further epsilons
  std::uint64_t seed = 0;
  std::optional<std::size_t> sample{};  // so many rows drawn by the seed; else all
  std::optional<double> require{};      // the share of samples that must stay right
  double confidence = 0.95;
};

[[nodiscard]] nlohmann::ordered_json to_json(const Plan& plan);
// The bytes that are stored and hashed.
[[nodiscard]] std::string plan_text(const Plan& plan);
[[nodiscard]] Result<Plan> read_plan(const std::string& file, const std::string& bytes);

}  // namespace duolex::threats::campaign
