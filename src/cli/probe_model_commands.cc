#include "workspace/probes/probe_model.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <thread>

#include "cli/criterion_options.h"
#include "cli/numbers.h"
#include "cli/options.h"

namespace duolex::cli {
namespace {

namespace evasion = threats::evasion;
using threats::campaign::Layout;

std::vector<double> fractions(const std::vector<std::string>& texts) {
  std::vector<double> out;
  for (const std::string& t : texts) out.push_back(fraction(t).value_or(0));
  return out;
}

struct Given {
  workspace::ProbeModelRequest request;
  RecordOptions record;
  std::string layout = "nchw", norm = "linf", eps, attacks = "standard", scale = "1", require, threshold, tolerance, evidence, constraints, format = "text";
  std::vector<std::string> curve, mean, deviation, fixed;
  CriterionOptions criterion;
  std::size_t samples = 0;
};

workspace::ProbeModelRequest request_of(const Given& g) {
  workspace::ProbeModelRequest r = g.request;
  threats::campaign::Plan& p = r.plan;
  p.layout = g.layout == "nhwc" ? Layout::nhwc : Layout::nchw;
  p.norm = *evasion::norm_named(g.norm);
  p.epsilon = g.eps.empty() ? 1 : fraction(g.eps).value_or(0);
  p.effort.set = *evasion::attack_set_named(g.attacks);
  p.scale = fraction(g.scale).value_or(1);
  p.curve = fractions(g.curve);
  for (const std::string& f : g.fixed) p.fixed.emplace_back(f.substr(0, f.rfind('=')), *fraction(f.substr(f.rfind('=') + 1)));
  for (const double v : fractions(g.mean)) p.normalisation.mean.push_back(static_cast<float>(v));
  for (const double v : fractions(g.deviation)) p.normalisation.deviation.push_back(static_cast<float>(v));
  if (!g.require.empty()) p.require = fraction(g.require);
  if (g.samples != 0) p.sample = g.samples;
  if (!g.threshold.empty()) p.task = evasion::Task::threshold, p.level = fraction(g.threshold).value_or(0);
  if (!g.tolerance.empty()) p.task = evasion::Task::deviation, p.level = fraction(g.tolerance).value_or(0);
  g.criterion.fill(p.task, p.level, p.criterion);
  if (!g.evidence.empty()) r.evidence = g.evidence;
  if (!g.constraints.empty()) r.constraints = g.constraints;
  r.threads = std::max(1u, r.threads);
  r.json = g.format == "json";
  g.record.fill(r.recording);
  r.progress = isatty(STDERR_FILENO) != 0;
  return r;
}

void add_model(Program& program) {
  const auto g = std::make_shared<Given>();
  CLI::App* c = probe_command(program).add_subcommand("model", "Attack a model on its own data: how many predictions hold, how many are proven to");
  threats::campaign::Plan& p = g->request.plan;
  const double any = 1e9;
  c->add_option("MODEL", p.model, "An ONNX model; an ensemble of trees by XGBoost (JSON) or LightGBM (text); or a black box: command:COMMAND, http://127.0.0.1:PORT/PATH")->required();
  c->add_option("--inputs", p.inputs, "Rows as NPY, each number in [0, 1] after --scale; for trees, and under constraints, rows of a table as NPY or CSV")->required();
  c->add_option("--labels", p.labels, "A label for each row as NPY, for rows of a table also as lines; not for maps and sequences, whose own answer is the measure");
  c->add_flag("--black-box-npy", p.arrays, "A black box is asked in NPY arrays, not in lines of JSON");
  c->add_option("--fix", g->fixed, "Further inputs of a network, each filled with one number, such as sr=16000,state=0")->delimiter(',')->check([](const std::string& text) {
    const std::size_t equals = text.rfind('=');
    return equals != std::string::npos && equals != 0 && fraction(text.substr(equals + 1)) ? std::string() : "'" + text + "' is not NAME=NUMBER";
  });
  c->add_option("--output", p.output, "The output that decides, of a network with several");
  c->add_option("--runtime", p.runtime, "Your libonnxruntime.so, to be asked for the answers of an ONNX model as a black box");
  c->add_flag("--torch", p.torch, "MODEL is of TorchScript, run by libtorch with gradients, where that is installed");
  c->add_option("--layout", g->layout, "How pictures lie in the inputs")->check(CLI::IsMember({"nchw", "nhwc"}))->capture_default_str();
  c->add_option("--scale", g->scale, "What the stored numbers are multiplied by, such as 1/255")->check(between(1e-12, any))->capture_default_str();
  CLI::Option* mean = c->add_option("--mean", g->mean, "For each channel: taken off before the model")->delimiter(',')->check(between(-any, any));
  CLI::Option* deviation = c->add_option("--deviation", g->deviation, "For each channel: divided by before the model")->delimiter(',')->check(between(1e-9, any));
  mean->needs(deviation);
  deviation->needs(mean);
  c->add_option("--norm", g->norm, "How the size of a change is measured")->check(CLI::IsMember({"linf", "l2", "l1", "budgets"}))->capture_default_str();
  CLI::Option* eps = c->add_option("--eps", g->eps, "The size of a change, such as 0.3 or 2/255; 1 for budgets")->check(between(0, any));
  c->add_option("--constraints", g->constraints, "Of rows of a table: budgets, fixed features, whole numbers, ranges, groups (YAML or JSON)");
  c->add_option("--attacks", g->attacks, "standard: APGD, targeted APGD, FAB and Square")->check(CLI::IsMember({"standard", "apgd-ce", "none"}))->capture_default_str();
  c->add_option("--certify", p.certify, "Prove what holds: bounds in one go, branch and bound on them, or a vote of noisy answers (l2)")->check(CLI::IsMember({"crown", "bab", "smoothing"}));
  c->add_option("--certify-seconds", p.certify_seconds, "At most for each sample")->check(CLI::Range(0.01, 86400.0))->capture_default_str();
  c->add_option("--certify-search", p.certify_search, "Where nothing is proven: look for the largest epsilon at which it is, for so many samples")->check(CLI::Range(1, 1000));
  c->add_option("--sigma", p.smoothing.sigma, "Of smoothing: the deviation of the noise")->check(CLI::Range(1e-6, 100.0))->capture_default_str();
  c->add_option("--draws", p.smoothing.draws, "Of smoothing: noisy copies of each sample")->check(CLI::Range(100, 10000000))->capture_default_str();
  c->add_option("--certify-parts", p.certify_parts, "Of trees: boxes looked at for each sample, at most")->check(CLI::PositiveNumber)->capture_default_str();
  c->add_option("--curve", g->curve, "Further sizes, for a curve")->delimiter(',')->check(between(0, any));
  c->add_flag("--backdoor", p.backdoor, "Look for triggers of backdoors");
  c->add_option("--extraction", p.extraction, "Copy the model from its answers to so many questions, such as 100,1000")->delimiter(',')->check(CLI::Range(1, 1000000));
  c->add_flag("--availability", p.availability, "The work that inputs cause, and numbers that are none");
  c->add_option("--patch", p.patch, "Of pictures: squares of so many pixels a side, with any content")->check(CLI::Range(1, 4096));
  c->add_flag("--corruptions", p.corruptions, "Noise, blur, contrast, brightness, shifts and rotations");
  c->add_option("--non-members", p.non_members, "Rows that the model was not trained on: membership inference, the inputs being members");
  CLI::Option* labels = c->add_option("--non-member-labels", p.non_member_labels, "Their labels");
  labels->needs(c->get_option("--non-members"));
  c->get_option("--non-members")->needs(labels);
  CLI::Option* threshold = c->add_option("--threshold", g->threshold, "One output for two classes: where they part")->check(between(-any, any));
  CLI::Option* tolerance = c->add_option("--tolerance", g->tolerance, "One output that is a number: how far it may be off")->check(between(0, any));
  for (CLI::Option* other : g->criterion.add(*c)) {
    threshold->excludes(other);
    tolerance->excludes(other);
    other->excludes(threshold)->excludes(tolerance);
  }
  threshold->excludes(tolerance);
  tolerance->excludes(threshold);
  c->add_option("--iterations", p.effort.iterations, "Of the attacks by gradients")->check(CLI::Range(1, 100000))->capture_default_str();
  c->add_option("--targets", p.effort.targets, "Classes of the targeted attacks")->check(CLI::Range(1, 10000))->capture_default_str();
  c->add_option("--queries", p.effort.queries, "Of the search without gradients")->check(CLI::Range(1, 10000000))->capture_default_str();
  c->add_option("--samples", g->samples, "So many rows, drawn by the seed before the data is opened (default: all)")->check(CLI::PositiveNumber);
  c->add_option("--require", g->require, "The share that must stay right: the criterion")->check(between(0, 1));
  c->add_option("--seed", p.seed, "Of all random choices")->capture_default_str();
  g->request.threads = std::max(1u, std::thread::hardware_concurrency());
  c->add_option("--threads", g->request.threads, "They do not change a result")->check(CLI::Range(1u, 1024u))->capture_default_str();
  c->add_option("--answer-seconds", g->request.answer_seconds, "How long one answer of a black box, of a runtime or of libtorch may take on the clock; then the run is not tested")->check(CLI::Range(0.01, 1e6))->capture_default_str();
  c->add_option("--evidence,--out", g->evidence, "A new folder for plan, examples and result; an unfinished run in it is taken up");
  add_format(*c, g->format);
  g->record.add(*c);
  c->callback([&program, g, eps] {
    if (eps->count() == 0 && g->norm != "budgets") throw CLI::RequiredError("--eps");
    const bool by_itself = g->criterion.declared();
    if (g->request.plan.labels.empty() && !by_itself) throw CLI::RequiredError("--labels");
    if (!g->request.plan.labels.empty() && by_itself) throw CLI::ValidationError("--labels", "is not for maps and sequences: their own answer is the measure");
    g->request.plan.confidentiality = !g->request.plan.non_members.empty();
    program.chosen = [&program, g] { return workspace::probe_model(request_of(*g), program.out, program.err); };
  });
}

void add_replay(Program& program) {
  struct Replay {
    workspace::ProbeReplayRequest request;
    std::string model, format = "text";
  };
  const auto g = std::make_shared<Replay>();
  CLI::App* c = probe_command(program).add_subcommand("replay", "Verify the adversarial examples of stored evidence again");
  c->add_option("EVIDENCE", g->request.evidence, "The folder of 'duolex probe model --evidence'")->required();
  c->add_option("--model", g->model, "The model, where it is not where it was; of a black box always: nothing that evidence names is started by itself");
  c->add_option("--runtime", g->request.runtime, "A libonnxruntime.so, to be asked whether the examples deceive the model there; always where evidence is of one");
  c->add_flag("--torch", g->request.torch, "Run the TorchScript model by libtorch; always where evidence is of one");
  c->add_option("--answer-seconds", g->request.answer_seconds, "How long one answer of a black box, of a runtime or of libtorch may take on the clock")->check(CLI::Range(0.01, 1e6))->capture_default_str();
  add_format(*c, g->format);
  c->callback([&program, g] {
    g->request.json = g->format == "json";
    if (!g->model.empty()) g->request.model = g->model;
    program.chosen = [&program, g] { return workspace::probe_replay(g->request, program.out, program.err); };
  });
}

}  // namespace

void add_probe_model_commands(Program& program) {
  add_model(program);
  add_replay(program);
}

}  // namespace duolex::cli
