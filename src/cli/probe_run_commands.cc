#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "workspace/probes/probe_run.h"

namespace duolex::cli {

void add_probe_run_commands(Program& program) {
  struct Given {
    workspace::ProbeRunRequest request;
    std::string out, format = "text";
    std::uint64_t megabytes = 2048;
  };
  const auto g = std::make_shared<Given>();
  CLI::App* c = probe_command(program).add_subcommand("run", "An ONNX model once from inputs to outputs, whatever its operators: shapes, ranges, what is no finite number");
  c->add_option("MODEL", g->request.model, "An ONNX file; with --torch one of TorchScript")->required();
  c->add_flag("--torch", g->request.torch, "MODEL is of TorchScript, run by libtorch, where that is installed; its input is given");
  c->add_option("--input", g->request.inputs, "FILE.npy, NAME=FILE.npy or NAME=NUMBER; what is not given is drawn from [0, 1), whole numbers are 0");
  c->add_option("--dim", g->request.dimensions, "NAME=SIZE or INPUT.PLACE=SIZE, for dimensions that the model leaves open; else 1");
  c->add_option("--seed", g->request.seed, "Of the inputs that are drawn")->capture_default_str();
  c->add_option("--memory", g->megabytes, "Megabytes of values held at a time")->check(CLI::Range(1, 1 << 20))->capture_default_str();
  c->add_option("--seconds", g->request.seconds, "Of processor time, at most")->check(CLI::Range(1, 1000000))->capture_default_str();
  c->add_option("--out", g->out, "A folder for the outputs, output_0.npy and on");
  add_format(*c, g->format);
  c->callback([&program, g] {
    g->request.json = g->format == "json";
    g->request.memory = g->megabytes << 20;
    if (!g->out.empty()) g->request.out = g->out;
    program.chosen = [&program, g] { return workspace::probe_run(g->request, program.out, program.err); };
  });
}

}  // namespace duolex::cli
