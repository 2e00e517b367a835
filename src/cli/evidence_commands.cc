#include "workspace/evidence/evidence.h"

#include <CLI/CLI.hpp>
#include <chrono>

#include "cli/options.h"

namespace duolex::cli {
namespace {

std::int64_t this_moment() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()).time_since_epoch().count(); }

template <class Request>
struct Given {
  Request request;
  std::string good_until, format = "text";
  AsOf as_of;
};

void add_dossier(CLI::App& command, std::filesystem::path& dossier) { command.add_option("DOSSIER", dossier, "The dossier's folder")->required(); }

template <class Request>
void add_about(CLI::App& command, Given<Request>& given) {
  command.add_option("--release", given.request.release, "The release it is about");
  command.add_option("--artefact", given.request.artefacts, "A file of the dossier it is about, or a folder of data; hashed now (may be repeated)");
  command.add_option("--answers", given.request.answers, "A control, a duty or an item of a document that it answers (may be repeated)")->delimiter(',');
  command.add_option("--key", given.request.key, "An Ed25519 key, in PEM, to sign what is recorded with");
  add_day(command, "--good-until", given.good_until, "Until when it counts, YYYY-MM-DD");
}

void add_add(Program& program, CLI::App& group) {
  const auto given = std::make_shared<Given<workspace::EvidenceAddRequest>>();
  auto& r = given->request;
  CLI::App* command = group.add_subcommand("add", "Record a file or a statement as evidence");
  add_dossier(*command, r.dossier);
  command->add_option("--shows", r.shows, "What it shows")->required();
  command->add_option("--outcome", r.outcome, "passed, failed, inconclusive or stated")->required()->check(CLI::IsMember({"passed", "failed", "inconclusive", "stated"}));
  command->add_option("--file", r.file, "A file to attach");
  command->add_option("--detail", r.detail, "Counts and the like, one line");
  command->add_option("--tool", r.tool, "The tool that found it");
  command->add_option("--tool-version", r.tool_version, "Its version");
  command->add_option("--person", r.person, "Who found or says it; kept as a salted commitment");
  command->add_option("--input", r.inputs, "A file of the dossier it was made with (may be repeated)");
  command->add_option("--stale-when", r.stale_when, "What change ends it")->delimiter(',')->check(CLI::IsMember({"artefact", "model", "data", "sbom", "intended_purpose", "law"}));
  add_about(*command, *given);
  command->callback([&program, given] {
    program.chosen = [&program, given] {
      given->request.now = this_moment();
      given->request.good_until = parse_day(given->good_until);
      return workspace::evidence_add(given->request, program.out, program.err);
    };
  });
}

void add_import(Program& program, CLI::App& group) {
  const auto given = std::make_shared<Given<workspace::EvidenceImportRequest>>();
  CLI::App* command = group.add_subcommand("import", "Record what another tool found: SARIF, JUnit, in-toto, CycloneDX attestations");
  add_dossier(*command, given->request.dossier);
  command->add_option("FILE", given->request.file, "The report")->required();
  add_about(*command, *given);
  command->callback([&program, given] {
    program.chosen = [&program, given] {
      given->request.now = this_moment();
      given->request.good_until = parse_day(given->good_until);
      return workspace::evidence_import(given->request, program.out, program.err);
    };
  });
}

void add_list(Program& program, CLI::App& group) {
  const auto given = std::make_shared<Given<workspace::EvidenceListRequest>>();
  CLI::App* command = group.add_subcommand("list", "All evidence and whether it still counts");
  add_dossier(*command, given->request.dossier);
  given->as_of.add(*command);
  add_format(*command, given->format);
  command->callback([&program, given] {
    program.chosen = [&program, given] {
      given->request.as_of = given->as_of.day();
      given->request.json = given->format == "json";
      return workspace::evidence_list(given->request, program.out, program.err);
    };
  });
}

void add_key(Program& program, CLI::App& group) {
  const auto request = std::make_shared<workspace::EvidenceKeyRequest>();
  CLI::App* command = group.add_subcommand("key", "Make an Ed25519 key");
  command->add_option("FILE", request->file, "Where the private key goes")->required();
  command->add_option("--name", request->name, "The signer's name, such as ledger.example.org")->required();
  command->callback([&program, request] {
    program.chosen = [&program, request] { return workspace::evidence_key(*request, program.out, program.err); };
  });
}

void add_checkpoint(Program& program, CLI::App& group) {
  const auto request = std::make_shared<workspace::EvidenceCheckpointRequest>();
  CLI::App* command = group.add_subcommand("checkpoint", "Sign the ledger as it is; keep the result elsewhere");
  add_dossier(*command, request->dossier);
  command->add_option("--key", request->key, "The private key, in PEM")->required();
  command->add_option("--origin", request->origin, "The ledger's name, such as ledger.example.org")->required();
  command->add_option("--name", request->name, "The signer's name (default: the origin)");
  command->callback([&program, request] {
    program.chosen = [&program, request] { return workspace::evidence_checkpoint(*request, program.out, program.err); };
  });
}

void add_approve(Program& program, CLI::App& group) {
  const auto request = std::make_shared<workspace::EvidenceApproveRequest>();
  CLI::App* command = group.add_subcommand("approve", "Sign a leaf with a person's key; two people make four eyes");
  add_dossier(*command, request->dossier);
  command->add_option("LEAF", request->leaf, "The leaf's index")->required();
  command->add_option("--key", request->key, "The person's private key, in PEM")->required();
  command->callback([&program, request] {
    program.chosen = [&program, request] { return workspace::evidence_approve(*request, program.out, program.err); };
  });
}

void add_prove(Program& program, CLI::App& group) {
  const auto request = std::make_shared<workspace::EvidenceProveRequest>();
  CLI::App* command = group.add_subcommand("prove", "One leaf with a proof, for somebody who does not get the ledger");
  add_dossier(*command, request->dossier);
  command->add_option("LEAF", request->leaf, "The leaf's index")->required();
  command->add_option("--checkpoint", request->checkpoint, "The signed checkpoint to prove it against")->required();
  command->add_option("--out", request->out, "NAME: NAME.leaf and NAME.tlog-proof are written")->required();
  command->callback([&program, request] {
    program.chosen = [&program, request] { return workspace::evidence_prove(*request, program.out, program.err); };
  });
}

void add_check(Program& program, CLI::App& group) {
  const auto request = std::make_shared<workspace::EvidenceCheckRequest>();
  CLI::App* command = group.add_subcommand("check", "Whether a leaf is in the ledger that was signed, without the ledger");
  command->add_option("LEAF", request->leaf, "NAME.leaf")->required();
  command->add_option("PROOF", request->proof, "NAME.tlog-proof")->required();
  command->add_option("--key", request->keys, "The key it was signed with: name+id+base64 (may be repeated)")->required();
  command->callback([&program, request] {
    program.chosen = [&program, request] { return workspace::evidence_check(*request, program.out, program.err); };
  });
}

void add_verify(Program& program) {
  const auto given = std::make_shared<Given<workspace::VerifyRequest>>();
  CLI::App* command = program.app.add_subcommand("verify", "Hold the ledger against its hashes, and say what cannot be seen");
  command->add_option("DOSSIER", given->request.dossier, "The dossier's folder, or a ledger's")->required();
  command->add_option("--checkpoint", given->request.checkpoint, "A checkpoint that was kept elsewhere");
  command->add_option("--key", given->request.keys, "The key it was signed with: name+id+base64 (may be repeated)");
  command->add_option("--four-eyes", given->request.four_eyes, "A leaf that two people must have approved (may be repeated)");
  given->as_of.add(*command);
  add_format(*command, given->format);
  command->callback([&program, given] {
    program.chosen = [&program, given] {
      given->request.today = given->as_of.day();
      given->request.json = given->format == "json";
      return workspace::verify(given->request, program.out, program.err);
    };
  });
}

}  // namespace

void add_evidence_commands(Program& program) {
  CLI::App* group = program.app.add_subcommand("evidence", "Evidence in a tamper-evident ledger");
  group->require_subcommand(1);
  add_add(program, *group);
  add_import(program, *group);
  add_list(program, *group);
  add_key(program, *group);
  add_checkpoint(program, *group);
  add_approve(program, *group);
  add_prove(program, *group);
  add_check(program, *group);
  add_verify(program);
}

}  // namespace duolex::cli
