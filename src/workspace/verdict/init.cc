#include "workspace/verdict/init.h"

#include <algorithm>
#include <istream>
#include <ostream>
#include <set>

#include "base/file.h"
#include "facts/fact_value.h"
#include "facts/typed_answer.h"
#include "plan/route.h"
#include "rules/questions.h"
#include "text/edit.h"
#include "text/yaml_out.h"
#include "workspace/verdict/subject.h"

namespace duolex::workspace {
namespace {

ExitCode bad_input(const Diagnostics& errors, std::ostream& err) {
  err << render(errors);
  return ExitCode::bad_input;
}

bool ask_line(const std::string& question, std::istream& in, std::ostream& out, std::string& answer) {
  out << question << std::flush;
  return static_cast<bool>(std::getline(in, answer));
}

std::string new_dossier(const std::string& name, const std::string& purpose) {
  const auto line = [](const char* key, const std::string& value) {
    return "  " + text::to_yaml_member(key, text::make_text(value), 2) + "\n";
  };
  return "# The dossier of one product. Format: docs/formats/dossier.md; edit by hand or with 'duolex init'.\n"
         "format: 1\n"
         "product:\n" +
         line("name", name) + (purpose.empty() ? "" : line("intended_purpose", purpose)) +
         "# roles:            # who answers for it\n"
         "#   - {role: manufacturer, name: ..., address: ..., email: ...}\n"
         "# releases:         # with their artefacts and the day they are placed on the market\n"
         "#   - version: \"1.0\"\n"
         "#     placed_on_market_on: 2028-01-10\n"
         "# What is known of the product, each fact with its source. null means: asked, still open.\n"
         "facts: {}\n";
}

ExitCode create(const InitRequest& request, std::istream& in, std::ostream& out, std::ostream& err) {
  std::string name, purpose;
  if (!ask_line("Name of the product: ", in, out, name) || name.find_first_not_of(" \t\r") == std::string::npos)
    return bad_input({error_in(request.folder.string(), "no dossier was written: a product needs a name")}, err);
  while (ask_line("What is it meant to do, and for whom? ", in, out, purpose) && purpose == "?") {
    out << "A sentence or two: what it does, who uses it and where. It may stay empty and be written later.\n";
    purpose.clear();
  }
  std::error_code error;
  std::filesystem::create_directories(request.folder, error);
  const auto written = write_file_atomically(request.folder / "duolex.yaml", new_dossier(name, purpose));
  if (written) return ExitCode::clear;
  err << render(written.error());
  return ExitCode::cannot_write;
}

Result<void> write_answer(const Subject& s, rules::Index fact, rules::Value value, const InitRequest& request) {
  const rules::Fact& f = s.law->base.facts[fact];
  std::vector<std::pair<std::string, text::Node>> source{{"kind", text::make_text("person")}};
  if (!request.by.empty()) source.emplace_back("by", text::make_text(request.by));
  source.emplace_back("on", text::make_text(to_string(request.today)));
  const text::Node node = text::make_mapping(
      {{"value", facts::to_node(f.type, value)}, {"source", text::make_mapping(std::move(source))}});
  auto edited = text::set_value(s.dossier.file, s.dossier.bytes, {"facts", f.id}, node);
  if (!edited) return tl::unexpected(edited.error());
  return write_file_atomically(s.dossier.file, *edited);
}

void print_question(const Subject& s, rules::Index fact, std::size_t open, std::ostream& out) {
  const rules::Fact& f = s.law->base.facts[fact];
  out << "\n" << f.ask << "\n";
  if (f.type.kind == rules::Kind::one_of || f.type.kind == rules::Kind::set_of) {
    for (std::size_t i = 0; i < f.type.values.size(); ++i) out << "  " << i + 1 << ". " << f.type.values[i] << "\n";
    out << (f.type.kind == rules::Kind::set_of ? "  (several separated by commas, or none)\n" : "");
  }
  out << "  [";
  for (std::size_t i = 0; i < f.cites.size(); ++i) out << (i == 0 ? "" : ", ") << s.names(f.cites[i].provision);
  out << "; at most " << open << " left; ? help, skip, quit]\n";
}

// One question until it is answered, skipped or left.
enum class Step { answered, skipped, left, failed };
Step one_question(const Subject& s, rules::Index fact, std::size_t open, const InitRequest& request, std::istream& in,
                  std::ostream& out, std::ostream& err) {
  const rules::Fact& f = s.law->base.facts[fact];
  print_question(s, fact, open, out);
  std::string line;
  while (ask_line("> ", in, out, line)) {
    if (line == "quit") return Step::left;
    if (line == "skip") return Step::skipped;
    if (line == "?") {
      out << (f.help.empty() ? "Answer " + facts::expected_form(f.type) + "." : f.help) << "\n";
      continue;
    }
    const auto value = facts::read_typed(f, line);
    if (!value) {
      out << value.error()[0].message << "; " << value.error()[0].hint << "\n";
      continue;
    }
    const auto written = write_answer(s, fact, *value, request);
    if (written) return Step::answered;
    err << render(written.error());
    return Step::failed;
  }
  return Step::left;
}

}  // namespace

ExitCode init(const InitRequest& request, std::istream& in, std::ostream& out, std::ostream& err) {
  std::error_code ignored;
  if (!std::filesystem::exists(request.folder / "duolex.yaml", ignored)) {
    if (const ExitCode created = create(request, in, out, err); created != ExitCode::clear) return created;
  } else {
    out << "Going on with " << (request.folder / "duolex.yaml").string() << "\n";
  }
  std::set<rules::Index> skipped;
  for (;;) {
    const auto s = open_subject(request.folder, request.as_of, request.law);
    if (!s) return bad_input(s.error(), err);
    std::vector<rules::Index> open =
        rules::by_decisiveness(*s->compiled, s->facts.values, route_conclusions(s->law->base));
    const std::size_t left = open.size();
    std::erase_if(open, [&](rules::Index f) { return skipped.contains(f); });
    if (open.empty()) {
      const findings::Findings found = findings::find(*s->compiled, s->facts.values, s->names);
      out << "\n" << plan::route_sentence(found) << "\n";
      if (left == 0) {
        out << "Nothing else that could be asked changes the route.\n";
        return ExitCode::clear;
      }
      out << left << (left == 1 ? " skipped question remains" : " skipped questions remain") << "; 'duolex init' asks again.\n";
      return ExitCode::undecided;
    }
    switch (one_question(*s, open.front(), left, request, in, out, err)) {
      case Step::answered: break;
      case Step::skipped: skipped.insert(open.front()); break;
      case Step::left:
        out << "\nAll answers are in " << s->dossier.file << "; 'duolex init' goes on from here.\n";
        return ExitCode::undecided;
      case Step::failed: return ExitCode::cannot_write;
    }
  }
}

ExitCode sign_off(const SignOffRequest& request, std::ostream& out, std::ostream& err) {
  const auto s = open_subject(request.dossier, request.as_of, request.law);
  if (!s) return bad_input(s.error(), err);
  if (!s->has_dossier) return bad_input({error_in(request.dossier.string(), "is no dossier")}, err);
  const std::vector<rules::Index> open =
      rules::by_decisiveness(*s->compiled, s->facts.values, route_conclusions(s->law->base));
  if (!open.empty()) {
    err << "error: the route is undecided; " << open.size() << " open questions, first "
        << s->law->base.facts[open.front()].id << "\n";
    return ExitCode::undecided;
  }
  const text::Node entry = text::make_mapping(
      {{"of", text::make_text("classification")}, {"by", text::make_text(request.by)}, {"role", text::make_text(request.role)},
       {"on", text::make_text(to_string(request.today))},
       {"facts_sha256", text::make_text(facts::facts_sha256(s->law->base, s->facts.values))},
       {"law_sha256", text::make_text(s->law->base.sha256)}});
  const auto edited = text::append_item(s->dossier.file, s->dossier.bytes, {"sign_offs"}, entry);
  if (!edited) return bad_input(edited.error(), err);
  const auto written = write_file_atomically(s->dossier.file, *edited);
  if (!written) {
    err << render(written.error());
    return ExitCode::cannot_write;
  }
  out << "signed off by " << request.by << ": "
      << plan::route_sentence(findings::find(*s->compiled, s->facts.values, s->names)) << "\n";
  return ExitCode::clear;
}

}  // namespace duolex::workspace
