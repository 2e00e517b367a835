// The attacks of a set on one sample, strongest evidence first: each runs only while the sample is not broken.
// "standard" is the set and order of AutoAttack (Croce and Hein, 2020): APGD on cross-entropy, APGD towards other
// classes on the scaled difference, FAB towards other classes, Square.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "threats/evasion/crowd.h"

namespace duolex::threats::evasion {

enum class AttackSet { none, apgd_ce, standard };
[[nodiscard]] const char* name_of(AttackSet set);
[[nodiscard]] std::optional<AttackSet> attack_set_named(const std::string& name);

struct Effort {
  AttackSet set = AttackSet::standard;
  int iterations = 100;     // of APGD and FAB
  std::size_t targets = 9;  // of the targeted attacks; no more than there are other classes
  int queries = 5000;       // of Square
};

struct Sample {
  std::size_t number = 0;  // in the data
  std::span<const float> x;
  Goal goal;
};

struct SampleResult {
  std::size_t number = 0;
  bool finite = true;         // no NaN or infinity among the scores at x
  bool clean_correct = false;
  double clean_margin = 0;    // in double precision
  bool zero_gradient = false; // of the margin and of the loss of the first attack, at x, everywhere
  std::string broken_by{};    // "apgd-ce", "apgd-t", "fab-t", "square"; empty: not broken
  std::vector<float> example{};
  std::vector<double> row{};  // of a table, in place of `example`
  double distance = 0;        // of the example
  double margin = 0;          // of the example, in double precision
  std::size_t refuted = 0;
  std::uint64_t forward_calls = 0, gradient_calls = 0;
};

// The names of the attacks that would run on this target, in order.
[[nodiscard]] std::vector<std::string> attacks_of(const Effort& effort, const Target& target, Norm norm, Task task);

// Fills `out`; the search ends with whether the sample is broken. A function of its arguments.
Search<bool> attack(Place place, const Target& target, Ball ball, Sample sample, Effort effort, std::uint64_t seed, SampleResult& out);

// All of them, on several threads; result i is that of sample i. `ended` is called once for each, from any thread,
// one call at a time. Nothing for samples that were not reached when stop() became true.
std::vector<std::optional<SampleResult>> attack_all(const Target& target, const Ball& ball, const std::vector<Sample>& samples, const Effort& effort,
                                                    std::uint64_t seed, unsigned threads,
                                                    const std::function<void(const SampleResult&)>& ended = {},
                                                    const std::function<bool()>& stop = {});

// Whether the example is in ball and box and wrong, recomputed from nothing but the numbers.
[[nodiscard]] bool verify(Oracle& oracle, std::size_t outputs, const Ball& ball, const Sample& sample, std::span<const float> example);

}  // namespace duolex::threats::evasion
