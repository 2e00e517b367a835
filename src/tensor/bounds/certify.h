// Is a classification the same for every input within a distance of a sample, and how is that known?
//
// A certificate is a proof about the network as a function of real numbers (see crown.h): for every x' with
// |x' - x| <= eps in every coordinate, and within [domain_low, domain_high], the output of `label` is larger than every
// other. A falsification carries an input in single precision for which that fails, evaluated in double precision
// with its rounding bounded. Everything else is unknown.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tensor/bounds/prepared.h"

namespace duolex::tensor::bounds {

enum class Method { interval, crown, branch_and_bound };

struct CertifyOptions {
  Method method = Method::crown;
  double eps = 0;                             // in the model's input units
  double domain_low = 0, domain_high = 1;     // every coordinate stays within; infinities switch that off
  std::vector<double> low, high;              // a box in place of eps and domain: no counter-example is looked for in it
  // With the box: inputs are also within a ball around `centre`, where the L2 or L1 norm of the differences, each over its
  // radius, is at most 1.
  enum class Ball { none, l2, l1 };
  Ball ball = Ball::none;
  std::vector<double> centre, radius;
  // Where branch and bound ends undecided, per sample. With the count of parts alone the outcome is a function of the
  // sample; out_of_time, asked now and then, is for callers who have a clock. Empty: never.
  std::size_t most_parts = 100'000;
  std::function<bool()> out_of_time;
  std::uint64_t seed = 0;                     // of the search for counter-examples
};

enum class Outcome { certified, falsified, unknown };

struct Certificate {
  Outcome outcome = Outcome::unknown;
  double margin = 0;          // a proven lower bound of label's output minus the largest other, over the whole box
  Method by = Method::crown;  // the cheapest method that decided
  std::size_t parts = 0;      // of branch and bound
  double rounding = 0;        // the most that roundings could amount to in a bound; taken off before a margin counts
  std::vector<float> counter_example;
  // Of a large network: the step at which intervals had become so wide that the proof was not gone on with, and how many
  // of all steps stand before it. Empty: it went to the end.
  std::string given_up_at;
  std::size_t steps_before = 0, steps = 0;
};

// Works on one sample at a time; one per thread.
class Certifier {
 public:
  explicit Certifier(std::shared_ptr<const Prepared> prepared);
  ~Certifier();
  Certifier(Certifier&&) noexcept;
  Certifier& operator=(Certifier&&) = delete;

  // x: inputs() numbers; label < outputs(). A sample the network gets wrong is falsified by itself.
  [[nodiscard]] Certificate certify(const float* x, std::size_t label, const CertifyOptions& options);

  // How far label's output leads at x itself, at least, in the units of a margin.
  [[nodiscard]] double lead(const float* x, std::size_t label);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace duolex::tensor::bounds
