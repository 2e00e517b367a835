#include "workspace/verdict/decide.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/file.h"
#include "facts/facts_file.h"
#include "facts/facts_line.h"
#include "findings/answer_writer.h"
#include "findings/findings.h"
#include "law/law.h"

namespace duolex::workspace {
namespace {

constexpr std::size_t facts_limit = std::size_t{16} << 20;
constexpr std::size_t write_at = std::size_t{1} << 20;

ExitCode bad_input(const Diagnostics& errors, std::ostream& err) {
  err << render(errors);
  return ExitCode::bad_input;
}

void print(const findings::Findings& found, std::ostream& out) {
  out << "as of " << to_string(found.as_of) << "\n";
  for (const findings::Finding& f : found.conclusions) {
    out << "  " << f.conclusion << ": ";
    if (f.status == rules::Status::unknown) {
      out << "unknown; may be";
      for (std::size_t i = 0; i < f.possible.size() && i < 8; ++i) out << (i != 0 ? " | " : " ") << to_text(f.possible[i]);
      if (f.possible.size() > 8) out << " | …";
      out << "; asks " << f.missing.size() << (f.missing.size() == 1 ? " fact" : " facts") << ":";
      for (std::size_t i = 0; i < f.missing.size() && i < 6; ++i) out << " " << f.missing[i];
      if (f.missing.size() > 6) out << " …";
    } else {
      out << to_text(f.value);
      if (f.status == rules::Status::contested) {
        out << " (contested:";
        for (const findings::ReadingFinding& r : f.readings)
          out << " " << r.ambiguity << " " << r.reading << " → " << (r.varies ? "varies" : to_text(r.value)) << ";";
        out << ")";
      }
      for (std::size_t i = 0; i < f.cites.size(); ++i) out << (i == 0 ? "  [" : ", ") << f.cites[i];
      if (!f.cites.empty()) out << "]";
    }
    if (f.projected) out << " (projected)";
    out << "\n";
  }
  for (const findings::ShownNote& w : found.warnings) out << "warning: " << w.text << "\n";
}

ExitCode decide_batch(const DecideRequest& request, const law::Law& law, std::ostream& out, std::ostream& err) {
  std::ifstream in(request.facts, std::ios::binary);
  if (!in || std::filesystem::is_directory(request.facts))
    return bad_input({error_in(request.facts.string(), "cannot be opened")}, err);
  const auto compiled = rules::CompiledLaw::compile(law.base, request.as_of);
  if (!compiled) return bad_input(law::in_folder(compiled.error(), request.law), err);
  rules::Decider decider(*compiled);
  const findings::AnswerWriter writer(**compiled, law.names(request.as_of));
  facts::LineReader reader(law.base);
  rules::FactValues facts;
  std::string line, message, buffer;
  std::size_t number = 0;
  bool bad = false, unknown = false, contested = false;
  while (std::getline(in, line)) {
    ++number;
    if (!reader.read(line, facts, message)) {
      bad = true;
      nlohmann::ordered_json error;
      error["error"] = {{"line", number}, {"message", message}};
      buffer += error.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    } else {
      const std::vector<rules::Outcome>& outcomes = decider.decide(facts);
      for (const rules::Outcome& o : outcomes) {
        unknown = unknown || o.status == rules::Status::unknown;
        contested = contested || o.status == rules::Status::contested;
      }
      writer.append(buffer, facts, outcomes);
    }
    buffer += '\n';
    if (buffer.size() >= write_at) {
      out.write(buffer.data(), static_cast<std::streamsize>(buffer.size()));
      buffer.clear();
    }
  }
  out.write(buffer.data(), static_cast<std::streamsize>(buffer.size()));
  out.flush();
  if (!out) {
    err << "error: the answers cannot be written\n";
    return ExitCode::cannot_write;
  }
  return bad ? ExitCode::bad_input : unknown ? ExitCode::undecided : contested ? ExitCode::finding : ExitCode::clear;
}

}  // namespace

ExitCode decide(const DecideRequest& request, std::ostream& out, std::ostream& err) {
  const auto law = law::load_to_decide(request.law);
  if (!law) return bad_input(law.error(), err);
  if (request.batch) return decide_batch(request, **law, out, err);

  const auto bytes = read_file(request.facts, facts_limit);
  if (!bytes) return bad_input(bytes.error(), err);
  const auto facts = facts::read_facts(request.facts.string(), *bytes, (*law)->base);
  if (!facts) return bad_input(facts.error(), err);
  const auto compiled = rules::CompiledLaw::compile_for((*law)->base, request.as_of, *facts);
  if (!compiled) return bad_input(law::in_folder(compiled.error(), request.law), err);
  const findings::CiteNames names = (*law)->names(request.as_of);
  rules::Decider decider(*compiled);
  const findings::Findings found = findings::find(decider, **compiled, *facts, names);
  if (request.json) {
    const nlohmann::ordered_json answer = findings::to_json(found);
    std::string text = answer.dump(2);
    // Proofs are for programs: one line, a third of the size.
    if (request.proofs)
      text.replace(text.size() - 2, 2, ",\n  \"proofs\": " + findings::prove(**compiled, *facts, names).dump() + "\n}");
    out << text << "\n";
  } else {
    print(found, out);
  }
  out.flush();
  if (!out) {
    err << "error: the answer cannot be written\n";
    return ExitCode::cannot_write;
  }
  return static_cast<ExitCode>(found.exit_code());
}

}  // namespace duolex::workspace
