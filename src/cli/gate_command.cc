#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "workspace/joint_file/gate.h"

namespace duolex::cli {

void add_gate(Program& program) {
  struct Given {
    workspace::GateRequest request;
    RecordOptions record;
    AsOf as_of;
    std::string format = "text";
  };
  const auto given = std::make_shared<Given>();
  workspace::GateRequest& r = given->request;
  CLI::App* command = program.app.add_subcommand("gate", "Whether a release may go out: scan, model files, assessment, plan, documents, declaration, ledger");
  command->add_option("DOSSIER", r.dossier, "The dossier's folder")->required();
  command->add_option("--out", r.out, "The folder to write")->required();
  command->add_option("--index", r.index, "The index of advisories");
  command->add_option("--vex", r.vex, "A VEX document for the scan; may be repeated")->allow_extra_args(false);
  command->add_option("--checkpoint", r.checkpoint, "A checkpoint of the ledger that was kept elsewhere");
  command->add_option("--checkpoint-key", r.checkpoint_keys, "The key it was signed with: name+id+base64 (may be repeated)")->allow_extra_args(false);
  command->add_flag("--tests-only", r.tests_only, "Before a release: only scan, model files and ledger count for the exit status");
  given->as_of.add(*command);
  add_law(*command, r.law);
  add_format(*command, given->format);
  given->record.add(*command);
  command->callback([&program, given] {
    program.chosen = [&program, given] {
      given->record.fill(given->request.recording);
      given->request.as_of = given->as_of.day();
      given->request.now = now();
      given->request.json = given->format == "json";
      return workspace::gate(given->request, program.out, program.err);
    };
  });
}

}  // namespace duolex::cli
