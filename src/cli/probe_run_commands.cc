#include <CLI/CLI.hpp>

#include "cli/criterion_options.h"
#include "cli/numbers.h"
#include "cli/options.h"
#include "workspace/probes/probe_run.h"

namespace duolex::cli {
namespace {

struct Given {
  workspace::ProbeRunRequest request;
  RecordOptions record;
  CriterionOptions criterion;
  threats::campaign::AnswerPlan plan;
  std::string out, evidence, require, format = "text";
  std::uint64_t megabytes = 2048;
};

// What only a declared criterion gives a meaning.
void check(const Given& g) {
  const bool against = !g.plan.against_answer.empty() || !g.plan.against_inputs.empty();
  if (g.criterion.declared() && !against) throw CLI::RequiredError("--against-answer or --against-input");
  if (g.criterion.declared()) return;
  const std::pair<bool, const char*> more[] = {{!g.plan.against_answer.empty(), "--against-answer"}, {!g.plan.against_inputs.empty(), "--against-input"}, {g.plan.each_row, "--each-row"},
                                               {!g.plan.output.empty(), "--output"}, {!g.require.empty(), "--require"}, {!g.evidence.empty(), "--evidence"}, {!g.record.dossier.empty(), "--record"}};
  for (const auto& [given, name] : more)
    if (given) throw CLI::ValidationError(name, "is for a run with a criterion: --map-overlap, --map-changed or --sequence-edits");
}

workspace::ProbeRunRequest request_of(const Given& g) {
  workspace::ProbeRunRequest r = g.request;
  r.json = g.format == "json";
  r.memory = g.megabytes << 20;
  if (!g.out.empty()) r.out = g.out;
  if (!g.criterion.declared()) return r;
  threats::campaign::AnswerPlan plan = g.plan;
  plan.model = r.model.string();
  plan.inputs = r.inputs;
  plan.dimensions = r.dimensions;
  plan.seed = r.seed;
  plan.torch = r.torch;
  g.criterion.fill(plan.task, plan.level, plan.criterion);
  if (!g.require.empty()) plan.require = fraction(g.require);
  r.answers = std::move(plan);
  if (!g.evidence.empty()) r.evidence = g.evidence;
  g.record.fill(r.recording);
  return r;
}

}  // namespace

void add_probe_run_commands(Program& program) {
  const auto g = std::make_shared<Given>();
  CLI::App* c = probe_command(program).add_subcommand("run", "An ONNX model once from inputs to outputs, whatever its operators: shapes, ranges, what is no finite number; whether answers stay what they were");
  c->add_option("MODEL", g->request.model, "An ONNX file; with --torch one of TorchScript")->required();
  c->add_flag("--torch", g->request.torch, "MODEL is of TorchScript, run by libtorch, where that is installed; its input is given");
  c->add_option("--input", g->request.inputs, "FILE.npy, NAME=FILE.npy or NAME=NUMBER; what is not given is drawn from [0, 1), whole numbers are 0");
  c->add_option("--dim", g->request.dimensions, "NAME=SIZE or INPUT.PLACE=SIZE, for dimensions that the model leaves open; else 1");
  c->add_option("--seed", g->request.seed, "Of the inputs that are drawn")->capture_default_str();
  c->add_option("--memory", g->megabytes, "Megabytes of values held at a time")->check(CLI::Range(1, 1 << 20))->capture_default_str();
  c->add_option("--seconds", g->request.seconds, "Of processor time, at most")->check(CLI::Range(1, 1000000))->capture_default_str();
  c->add_option("--out", g->out, "A folder for the outputs, output_0.npy and on");
  g->criterion.add(*c);
  CLI::Option* stored = c->add_option("--against-answer", g->plan.against_answer, "With a criterion: an NPY file of scores that the answer is held against, such as output_0.npy of another run");
  CLI::Option* own = c->add_option("--against-input", g->plan.against_inputs, "With a criterion: it is held against the model's own answer to FILE.npy, NAME=FILE.npy or NAME=NUMBER in place of --input");
  stored->excludes(own);
  own->excludes(stored);
  c->add_option("--output", g->plan.output, "With a criterion: the output that decides (default: the first)");
  c->add_flag("--each-row", g->plan.each_row, "With a criterion: the first dimension of the answer counts answers; else all of it is one");
  c->add_option("--require", g->require, "The share of answers that must stay unchanged, at the low end of its interval (default: every one of them)")->check(between(0, 1));
  c->add_option("--evidence", g->evidence, "With a criterion: a new folder for plan, answers and result");
  add_format(*c, g->format);
  g->record.add(*c);
  c->callback([&program, g] {
    check(*g);
    program.chosen = [&program, g] { return workspace::probe_run(request_of(*g), program.out, program.err); };
  });
}

}  // namespace duolex::cli
