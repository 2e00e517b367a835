// The checker's readers of facts and answers, on any bytes: an input is a facts file, a line "====", and an answer.
// What is accepted is what the engine finds.
#include <cstdint>
#include <nlohmann/json.hpp>

#include "checker/check.h"
#include "demand.h"
#include "facts/facts_file.h"
#include "findings/findings.h"
#include "proof_law.h"

using namespace duolex;

namespace {

const rules::RuleBase& base() {
  static const auto loaded = rules::load_rule_base({{"a.law", proof_law}});
  fuzz::demand(loaded.has_value(), "the small law can be read");
  return *loaded;
}

void check_accepted(const std::string& facts, const std::string& answer) {
  const nlohmann::json claimed = nlohmann::json::parse(answer);
  const auto values = facts::read_facts("facts.yaml", facts, base());
  if (!values) return;  // the two readers of YAML differ in what they let pass, never in what it says
  const auto law = rules::CompiledLaw::compile(base(), *parse_day(claimed["as_of"].get<std::string>()));
  fuzz::demand(law.has_value(), "the small law can be compiled");
  const auto names = [](const std::string& provision) { return provision; };
  const nlohmann::json found = nlohmann::json::parse(findings::to_json(findings::find(**law, *values, names)).dump());
  for (const auto& [id, c] : found["conclusions"].items())
    for (const char* key : {"status", "value", "possible", "readings"})
      fuzz::demand(claimed["conclusions"][id][key] == c[key], "what is accepted is what the engine finds");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const checker::LawFiles law{{{"a.law", proof_law}}, {}};
  static const std::string mark = "\n====\n";
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t at = bytes.find(mark);
  const std::string facts = bytes.substr(0, at), answer = at == std::string::npos ? "" : bytes.substr(at + mark.size());
  const checker::Verdict verdict = checker::Examiner(law, {"facts", facts}).check({"answer", answer});
  fuzz::demand(verdict.exit_code == 0 || verdict.exit_code == 1 || verdict.exit_code == 65, "one of its exit codes");
  fuzz::demand(!verdict.message.empty(), "it says why");
  if (verdict.exit_code == 0) check_accepted(facts, answer);
  return 0;
}
