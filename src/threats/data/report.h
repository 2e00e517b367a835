// All tests of a data set in one report, with rows that a person can open.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "threats/data/manifest.h"
#include "threats/data/tests.h"

namespace duolex::threats::data {

struct Inputs {
  DataSet data;
  std::string sha256;                    // of the file, or the root of a folder
  std::optional<Manifest> baseline;
  std::vector<std::string> baseline_signers{};  // of the keys it was held against
  std::optional<DataSet> reference;      // earlier data, for drift and leakage
  std::vector<float> activations;        // one row each; empty: the data's own numbers are used
  std::size_t activation_width = 0;
  std::vector<TestInput> others;         // hashes of the other files
  std::uint64_t seed = 1;
};

struct Report {
  DataSet data;
  std::string reference_name;
  Manifest manifest;
  std::optional<Comparison> comparison;
  Duplicates duplicates;
  LabelNoise noise;
  Poison poison;
  std::optional<Drift> drift;
  std::vector<Pair> across;              // rows of the reference (first) that the data holds too (second)
  std::vector<std::string> reference_rows;
  std::vector<TestResult> results;
};

[[nodiscard]] Report test_data(Inputs inputs);
[[nodiscard]] std::string to_json_text(const Report& report);
[[nodiscard]] std::string to_text(const Report& report);

}  // namespace duolex::threats::data
