// A whole test of a model: what the plan says, on the data, to the end or to where it is stopped.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "threats/campaign/plan.h"
#include "threats/campaign/rows.h"
#include "threats/evasion/asked_target.h"
#include "threats/evasion/masking.h"
#include "threats/extraction/surrogate.h"
#include "threats/interval.h"

namespace duolex::threats::campaign {

// At most so many passes through the model, and the time they take; known before the attacks begin.
struct Estimate {
  double forward_passes = 0, gradient_passes = 0, seconds = 0;
};

// One more sample, by number in the data. `settled`: its attack ended in an earlier, interrupted run.
struct CertifiedSample {
  std::size_t number = 0;
  bool certified = false, falsified = false;
  double margin = 0;    // a proven lower bound of the label's lead, when certified
  double rounding = 0;  // what was taken off a bound for the roundings of its computation, at most
  std::vector<float> counter_example{};
  std::string given_up_at{};  // the step of a large network at which bounds were too wide to go on
};

// How far proofs reach where there is none at the plan's epsilon. Of the sample with the largest lead by halving the
// logarithm of epsilon, and where a bound says how much of the lead is left, by a step that the rest should allow; of the
// others whether they go beyond the best so far.
struct CertifySearch {
  struct Sample {
    std::size_t number = 0;
    double proven_at = 0;  // 0: nowhere that it was tried
    double open_at = 0;    // the smallest epsilon at which it was tried in vain
  };
  std::vector<Sample> samples{};
  double smallest = 0;     // that is tried
};

// Of rows of a table: an ensemble of trees, a network, or what can only be asked.
struct TableFinding {
  std::string kind, link;                   // "XGBoost", "logistic"
  std::size_t trees = 0, leaves = 0, features = 0;
  std::vector<std::string> names{};         // of the features, where there are any
  double radius = 0;                        // how far the search for the nearest wrong row went
  struct Distance {
    std::size_t row = 0;
    double none_below = 0;                  // proven: no nearer row is wrong; infinite: none within the radius
    std::optional<double> nearest{};        // of a row that is wrong
    bool exact = false;
    std::size_t parts = 0;
  };
  std::vector<Distance> distances{};        // of rows that are right, when they were searched for
  std::vector<std::string> notes{};
};

struct CurvePoint {
  double epsilon = 0;
  std::size_t correct = 0;
  std::optional<std::size_t> certified{};
};

struct CorruptionPoint {
  std::string name;  // "gaussian_noise 0.1"
  std::size_t correct = 0;
};

struct BackdoorFinding {
  bool tested = false, suspected = false;
  std::vector<std::size_t> targets{};
  struct Class {
    std::size_t target = 0;
    double mask_size = 0, ratio = 0, anomaly = 0, success = 0;  // success: of the found trigger, on rows it was not made from
    bool suspected = false;
  };
  std::vector<Class> classes{};
  std::string note{};
};

struct MembershipFinding {
  bool tested = false;
  std::size_t members = 0, non_members = 0;
  double auc = 0, true_positive_at_low = 0, low_rate = 0;  // TPR at a false-positive rate of at most low_rate
  Interval true_positive{};
  std::string note{};
};

// Of the vote of noisy answers; see evasion/smoothing.h.
struct SmoothingFinding {
  struct Sample {
    std::size_t number = 0;
    bool abstained = true, right = false;
    double radius = 0;  // in L2
  };
  bool tested = false;
  std::vector<Sample> samples{};
  std::string note{};
  [[nodiscard]] std::size_t right_to(double radius) const;  // right, and proven so within the radius
};

// Squares of any content.
struct PatchFinding {
  struct Stuck {
    std::size_t number = 0, top = 0, left = 0;
    std::vector<float> picture;       // wrong in double precision
    double margin = 0;
  };
  std::size_t side = 0, correct = 0;  // right whichever patch was tried
  std::vector<Stuck> stuck{};         // in the order of the samples
};

struct AvailabilityFinding {
  struct Odd {
    std::string name;                  // "NaN in one place"
    std::size_t rows = 0, finite = 0;  // how many were answered with numbers
    std::size_t refused = 0;           // how many were not answered at all, by what is asked
  };
  bool tested = false;
  std::vector<Odd> odd{};
  std::string unit{};                  // of the costs: "splits", "passes"; "": they are not known
  double median_cost = 0, worst_seen = 0, worst_possible = 0;
  std::string note{};
};

struct Findings {
  std::size_t rows = 0;
  std::vector<std::size_t> picked{};
  std::vector<evasion::SampleResult> results{};  // in the order of `picked`, those that ended
  bool complete = true;
  std::size_t settled_before = 0;                // by an earlier, interrupted run
  std::vector<std::string> attacks{};
  std::vector<evasion::Sign> signs{};
  bool certification_ran = false;
  std::vector<CertifiedSample> certified{};
  std::optional<CertifySearch> certify_search{};
  std::vector<CurvePoint> curve{};
  std::vector<CorruptionPoint> corruptions{};
  SmoothingFinding smoothing{};
  BackdoorFinding backdoor{};
  MembershipFinding membership{};
  extraction::Result extraction{};
  AvailabilityFinding availability{};
  std::optional<PatchFinding> patches{};
  std::optional<TableFinding> table{};
  std::vector<std::string> not_tested{};
  Estimate estimate{};

  [[nodiscard]] std::size_t clean_correct() const;
  [[nodiscard]] std::size_t attacked_correct() const;
  [[nodiscard]] std::size_t certified_correct() const;
};

// What the run tells and asks while it goes on. All may be empty.
struct Hooks {
  std::function<void(const Estimate&)> estimated;
  std::function<void(const evasion::SampleResult&)> ended;           // one call at a time
  std::function<void(const std::string& stage, std::size_t done, std::size_t of)> progress;
  std::function<bool()> stop;
  std::function<double()> seconds;                                   // a clock; without it no estimate of time
};

struct Files {
  std::string model, inputs, labels, non_members, non_member_labels;  // their bytes
};

// `target`: what is attacked, where it is not the model of the files (a black box).
// `before`: results of an interrupted run of the same plan on the same files; examples among them are verified again.
[[nodiscard]] Result<Findings> run(const Plan& plan, const Files& files, unsigned threads, const Hooks& hooks,
                                   const std::vector<evasion::SampleResult>& before = {}, std::shared_ptr<evasion::Target> target = nullptr);

// The model as a target: with gradients where the fast engine knows its operators, else as a black box that the
// evaluator answers for. An operator that is lacking is an error that begins with "not tested".
[[nodiscard]] Result<std::shared_ptr<evasion::Target>> open_target(const Plan& plan, const std::string& model_bytes, const std::string& inputs = {});

// The shape of one row of an NPY file, pictures with their channels first.
[[nodiscard]] Result<tensor::Shape> shape_of_row(const Plan& plan, const std::string& inputs);
// The inputs that the plan fills with one number each; open dimensions are 1.
[[nodiscard]] Result<std::map<std::string, tensor::Tensor>> fixed_inputs(const std::vector<std::pair<std::string, double>>& fixed, const tensor::Model& model);
// The fast engine's network of a model: with the inputs that the plan fixes, its output, and the shape of a row where the
// model leaves its own open.
[[nodiscard]] Result<tensor::Network> compile_network(const Plan& plan, const tensor::Model& model, const std::optional<tensor::Shape>& row);
// How the rows of an NPY file lie for a black box, which does not say what it takes: four dimensions are pictures.
[[nodiscard]] Result<evasion::Form> form_of_rows(const Plan& plan, const std::string& inputs);
// A black box for these rows.
[[nodiscard]] Result<std::shared_ptr<evasion::Target>> open_black_box(const Plan& plan, const std::string& inputs, evasion::Ask ask);

}  // namespace duolex::threats::campaign
