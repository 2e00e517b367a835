#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "workspace/probes/probe_data.h"
#include "workspace/probes/probe_file.h"
#include "workspace/probes/probe_import.h"

namespace duolex::cli {
namespace {

void add_file(Program& program) {
  const auto given = std::make_shared<workspace::ProbeFileRequest>();
  const auto record = std::make_shared<RecordOptions>();
  CLI::App* command = probe_command(program).add_subcommand("file", "Whether model files run code when they are loaded; nothing is loaded");
  command->add_option("PATH", given->paths, "Files, and folders with all that is in them")->required();
  add_format(*command, given->format, {"text", "json", "sarif"});
  record->add(*command);
  command->callback([&program, given, record] {
    record->fill(given->recording);
    program.chosen = [&program, given] { return workspace::probe_file(*given, program.out, program.err); };
  });
}

void add_import(Program& program) {
  struct Given {
    workspace::ProbeImportRequest request;
    RecordOptions record;
    std::string format = "text";
  };
  const auto given = std::make_shared<Given>();
  CLI::App* command = probe_command(program).add_subcommand("import", "Results of garak, PyRIT and promptfoo, counted again from their attempts");
  command->add_option("FILE", given->request.files, "Reports of one of these tools")->required();
  command->add_option("--model", given->request.models, "With --record: the dossier's model file that was attacked (may be repeated)");
  add_format(*command, given->format);
  given->record.add(*command);
  command->callback([&program, given] {
    given->record.fill(given->request.recording);
    given->request.json = given->format == "json";
    program.chosen = [&program, given] { return workspace::probe_import(given->request, program.out, program.err); };
  });
}

void add_data(Program& program) {
  struct Given {
    workspace::ProbeDataRequest request;
    RecordOptions record;
    std::string format = "text";
  };
  const auto given = std::make_shared<Given>();
  workspace::ProbeDataRequest& r = given->request;
  CLI::App* command = probe_command(program).add_subcommand("data", "A data set: changes, duplicates, leakage, doubtful labels, poison, drift");
  command->add_option("PATH", r.path, "CSV, NPY, NPZ, IDX, JSON lines, COCO, Parquet, or a folder of files")->required();
  command->add_option("--baseline", r.baseline, "A manifest that was written before");
  CLI::Option* baseline = command->get_option("--baseline");
  command->add_option("--baseline-key", r.baseline_keys, "The baseline is signed with this key: name+id+base64 (may be repeated)")->needs(baseline);
  CLI::Option* written = command->add_option("--write-manifest", r.write_manifest, "Where to write the manifest of the data as it is");
  command->add_option("--sign", r.sign, "A private key (PEM) that signs the manifest written")->needs(written);
  command->add_option("--reference", r.reference, "Other data: training data for leakage, earlier data for drift");
  command->add_option("--labels", r.labels, "One label a row: NPY, IDX or lines of text");
  command->add_option("--label-column", r.label_column, "Of a table: its name, its number from 1, or 'last'; of JSON lines: the key");
  command->add_option("--features", r.features, "A model's activations, one row each (NPY)");
  command->add_option("--seed", r.seed, "Of samples, folds and permutations")->capture_default_str();
  add_format(*command, given->format);
  given->record.add(*command);
  command->callback([&program, given] {
    given->record.fill(given->request.recording);
    given->request.json = given->format == "json";
    program.chosen = [&program, given] { return workspace::probe_data(given->request, program.out, program.err); };
  });
}

}  // namespace

void add_probe_commands(Program& program) {
  add_file(program);
  add_import(program);
  add_data(program);
}

}  // namespace duolex::cli
