#include "workspace/verdict/decide.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "facts/facts_line.h"
#include "findings/answer_writer.h"
#include "findings/findings.h"
#include "law/law.h"
#include "workspace/verdict/subject.h"

namespace duolex::workspace {
namespace {

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

// The lines of a file; of one that is longer than any that is taken no more is kept than tells so.
class Lines {
 public:
  explicit Lines(const std::filesystem::path& path) : in_(path, std::ios::binary), part_(write_at, '\0') {}
  [[nodiscard]] bool good() const { return static_cast<bool>(in_); }
  bool next(std::string& line) {
    line.clear();
    bool any = false;
    for (;;) {
      if (at_ == end_) {
        in_.read(part_.data(), static_cast<std::streamsize>(part_.size()));
        at_ = 0;
        end_ = static_cast<std::size_t>(in_.gcount());
        if (end_ == 0) return any;
      }
      any = true;
      const char* const begin = part_.data() + at_;
      const auto* const feed = static_cast<const char*>(std::memchr(begin, '\n', end_ - at_));
      const std::size_t size = feed == nullptr ? end_ - at_ : static_cast<std::size_t>(feed - begin);
      line.append(begin, std::min(size, facts::most_of_line - std::min(line.size(), facts::most_of_line)));
      at_ += size + (feed == nullptr ? 0 : 1);
      if (feed != nullptr) return true;
    }
  }

 private:
  std::ifstream in_;
  std::string part_;
  std::size_t at_ = 0, end_ = 0;
};

ExitCode decide_batch(const DecideRequest& request, const law::Law& law, std::ostream& out, std::ostream& err) {
  Lines lines(request.facts);
  if (!lines.good() || std::filesystem::is_directory(request.facts))
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
  while (lines.next(line)) {
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

  const auto given = read_given_facts(request.facts, (*law)->base);
  if (!given) return bad_input(given.error(), err);
  for (const dossier::ReadingChoice& c : given->dossier.readings)
    for (const rules::Ambiguity& a : (*law)->base.ambiguities)
      if (a.id == c.ambiguity && a.readings[a.default_reading].id != c.reading)
        err << "note: the dossier chose " << c.reading << " for " << c.ambiguity << "; this answer is in the default readings, 'duolex assess' follows the choice\n";
  const rules::FactValues& facts = given->facts.values;
  const auto compiled = rules::CompiledLaw::compile_for((*law)->base, request.as_of, facts);
  if (!compiled) return bad_input(law::in_folder(compiled.error(), request.law), err);
  const findings::CiteNames names = (*law)->names(request.as_of);
  rules::Decider decider(*compiled);
  const findings::Findings found = findings::find(decider, **compiled, facts, names);
  if (request.json) {
    const nlohmann::ordered_json answer = findings::to_json(found);
    std::string text = answer.dump(2);
    // Proofs are for programs: one line, a third of the size.
    if (request.proofs)
      text.replace(text.size() - 2, 2, ",\n  \"proofs\": " + findings::prove(**compiled, facts, names).dump() + "\n}");
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
