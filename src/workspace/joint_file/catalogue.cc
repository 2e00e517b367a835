#include "workspace/joint_file/catalogue.h"

#include <ostream>
#include <set>

#include "base/counted.h"
#include "base/file.h"
#include "workspace/evidence/evidence_place.h"
#include "workspace/joint_file/bind_items.h"
#include "workspace/joint_file/languages.h"
#include "workspace/joint_file/matrix_of.h"
#include "workspace/probes/model_artefacts.h"

namespace duolex::workspace {
namespace {

constexpr std::size_t longest_plain_key = 900;  // characters; YAML ends a key without '?' after 1024

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string line(const std::string& english, const std::string& other) {
  return english.size() > longest_plain_key ? "? " + quoted(english) + "\n: " + quoted(other) + "\n" : quoted(english) + ": " + quoted(other) + "\n";
}

// What the documents of this dossier say, each sentence once.
Result<std::vector<std::string>> needed_by(const Subject& s) {
  const findings::Findings findings = findings::find(*s.compiled, s.facts.values, s.names);
  const auto matrix = matrix_of(s, findings, "");
  if (!matrix) return tl::unexpected(matrix.error());
  documents::Assessment found;
  if (!s.dossier.releases.empty())
    for (const dossier::Artefact& a : s.dossier.releases.back().artefacts) add_artefact(s.dossier, a, found);
  const auto evidence = known_evidence(s.dossier, s.as_of, s.law->base.sha256);
  if (!evidence) return tl::unexpected(evidence.error());
  const auto file = joint_file_of(s, findings, *matrix, found, *evidence);
  if (!file) return tl::unexpected(file.error());
  return documents::untranslated(*file, documents::Tongue("", {}));
}

}  // namespace

ExitCode catalogue(const CatalogueRequest& request, std::ostream& out, std::ostream& err) {
  const auto refused = [&](const Diagnostics& errors, ExitCode code) {
    err << render(errors);
    return code;
  };
  const auto s = open_subject(request.dossier, request.as_of, request.law);
  if (!s) return refused(s.error(), ExitCode::bad_input);
  if (!s->has_dossier) return refused({error_in(request.dossier.string(), "is no dossier", "name a folder with a file duolex.yaml")}, ExitCode::bad_input);
  documents::Tongue there;
  if (has_catalogue(*s, request.language)) {
    auto tongue = tongue_for(*s, request.language);
    if (!tongue) return refused(tongue.error(), ExitCode::bad_input);
    there = std::move(*tongue);
  }
  const auto needed = needed_by(*s);
  if (!needed) return refused(needed.error(), ExitCode::bad_input);
  // German has every sentence; a test holds it to that.
  const auto all = documents::tongue_of("de", s->law->base);
  if (!all) return refused(all.error(), ExitCode::internal);

  std::string text = "# The sentences of documents and reports in '" + request.language + "'. An empty translation counts as none. Names in {braces} stand for\n"
                     "# values and are kept. Name this file under product.catalogues in duolex.yaml.\n\n# Said by the documents of this dossier\n";
  std::size_t lacking = 0;
  const auto add = [&](const std::string& english) {
    const auto at = there.words().find(english);
    text += line(english, at == there.words().end() ? "" : at->second);
    return at != there.words().end();
  };
  for (const std::string& english : *needed)
    if (!add(english)) ++lacking;
  text += "\n# Everything else that documents and reports can say\n";
  const std::set<std::string> first(needed->begin(), needed->end());
  for (const auto& [english, german] : all->words())
    if (!first.contains(english)) add(english);
  if (const auto written = write_file_atomically(request.out, text); !written) return refused(written.error(), ExitCode::cannot_write);
  out << request.out.string() << ": " << counted(needed->size(), "sentence") << " of these documents, " << lacking << " without a translation\n";
  return lacking == 0 ? ExitCode::clear : ExitCode::finding;
}

}  // namespace duolex::workspace
