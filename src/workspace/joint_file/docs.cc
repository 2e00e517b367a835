#include "workspace/joint_file/docs.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/counted.h"
#include "base/file.h"
#include "changes/basis.h"
#include "documents/citation.h"
#include "documents/docx.h"
#include "documents/exchange.h"
#include "documents/plain.h"
#include "documents/printed.h"
#include "text/json_out.h"
#include "workspace/evidence/evidence_place.h"
#include "workspace/joint_file/bind_items.h"
#include "workspace/joint_file/blockers.h"
#include "workspace/joint_file/compare_releases.h"
#include "workspace/joint_file/languages.h"
#include "workspace/joint_file/matrix_of.h"
#include "workspace/joint_file/print_pdf.h"
#include "workspace/joint_file/report_folder.h"
#include "workspace/joint_file/signatures.h"
#include "workspace/joint_file/tested_of.h"
#include "workspace/probes/model_artefacts.h"
#include "workspace/vulnerabilities/known_vulnerabilities.h"

namespace duolex::workspace {
namespace {

struct Prepared {
  Subject subject;
  documents::MatrixDocument matrix;
  documents::JointFile file;
  std::vector<Blocker> blockers;
  std::vector<documents::Tongue> tongues;
  std::vector<std::string> not_written;  // languages of the dossier without a catalogue
  Release release;
};

// Why no declaration is asked, with the provisions.
Blocker not_asked(const Standing& standing) {
  Blocker b{documents::in_english(standing_said(standing)), "There is nothing to declare", {}};
  for (const documents::StandingRow& r : standing.because) {
    b.what += (&r == &standing.because.front() ? " " : "; ") + r.label + ": " + r.value;
    for (const std::string& c : r.cites)
      if (std::find(b.cites.begin(), b.cites.end(), c) == b.cites.end()) b.cites.push_back(c);
  }
  return b;
}

Result<Prepared> prepare(const std::filesystem::path& dossier, Day as_of, const std::optional<std::filesystem::path>& law,
                         std::vector<std::string> languages, const std::string& index) {
  auto s = open_subject(dossier, as_of, law);
  if (!s) return tl::unexpected(s.error());
  if (!s->has_dossier) return failure(error_in(dossier.string(), "is no dossier", "name a folder with a file duolex.yaml"));
  const findings::Findings findings = findings::find(*s->compiled, s->facts.values, s->names);
  auto matrix = matrix_of(*s, findings, "");
  if (!matrix) return tl::unexpected(matrix.error());
  documents::Assessment found;
  if (!s->dossier.releases.empty())
    for (const dossier::Artefact& a : s->dossier.releases.back().artefacts) add_artefact(s->dossier, a, found);
  if (const auto checked = add_known_vulnerabilities(*s, index, found); !checked) return tl::unexpected(checked.error());
  const auto evidence = known_evidence(s->dossier, as_of, s->law->base.sha256);
  if (!evidence) return tl::unexpected(evidence.error());
  std::error_code ec;
  found.tested = tested_of(s->dossier, *evidence, std::filesystem::exists(ledger_folder(s->dossier.folder) / "log", ec));
  add_failed_tests(found);
  found.change = check_change(*s);
  auto file = joint_file_of(*s, findings, *matrix, found, *evidence);
  if (!file) return tl::unexpected(file.error());
  const bool all_languages = languages.empty();
  auto in = languages_for(*s, *file, std::move(languages));
  if (!in) return tl::unexpected(in.error());
  std::vector<Blocker> blockers = declaration_blockers(*s, findings, *matrix, *file, found, in->lacking);
  Release release{standing_of(*s, findings)};
  release.code = release_code(release.standing, blockers);
  // Documents of a product that is not declared are never more than drafts.
  if (!release.standing.declaration) blockers.insert(blockers.begin(), not_asked(release.standing));
  for (const Blocker& b : blockers) file->blockers.push_back(b.what + (b.what.ends_with('.') ? " " : ". ") + b.close);
  if (const std::string fault = documents::fault_in(*file); !fault.empty()) return failure(error_in("template", fault));
  std::vector<std::string> not_written;
  if (all_languages)
    for (const std::string& language : s->dossier.languages)
      if (!has_catalogue(*s, language)) not_written.push_back(language);
  return Prepared{std::move(*s), std::move(*matrix), std::move(*file), std::move(blockers), std::move(in->tongues), std::move(not_written), std::move(release)};
}

std::string file_name(std::string document, const std::string& language, const char* ending) {
  std::replace(document.begin(), document.end(), '_', '-');
  return document + "." + language + "." + ending;
}

// The pages of these documents in every language, and what is asked for besides.
Result<void> add_documents(const Prepared& p, const std::vector<std::string>& documents, bool draft, const Papers& papers,
                           std::map<std::string, std::string>& files) {
  std::vector<PaperPage> pages;
  for (const std::string& document : documents)
    for (const documents::Tongue& tongue : p.tongues) {
      const documents::Printed printed = documents::printed(p.file, document, tongue, draft);
      files.emplace(file_name(document, tongue.language(), "html"), documents::to_html(printed));
      if (papers.docx) {
        auto docx = documents::to_docx(printed);
        if (!docx) return tl::unexpected(docx.error());
        files.emplace(file_name(document, tongue.language(), "docx"), std::move(*docx));
      }
      if (papers.pdf)
        pages.push_back({file_name(document, tongue.language(), "pdf"), documents::to_html(printed, documents::Medium::paper),
                         documents::document_json(p.file, document, tongue, draft)});
    }
  if (pages.empty()) return {};
  auto pdfs = print_pdf(pages, p.file.as_of);
  if (!pdfs) return tl::unexpected(pdfs.error());
  files.merge(*pdfs);
  return {};
}

std::string file_json(const Prepared& p) {
  return documents::joint_file_json(p.file, changes::basis_json(p.subject.dossier, p.subject.law->base, p.subject.facts.values), p.tongues);
}

void print_blockers(const std::vector<Blocker>& blockers, const TextStyle& style, std::ostream& out) {
  for (const Blocker& b : blockers) {
    std::string text = b.what;
    for (std::size_t i = 0; i < b.cites.size() && i < 4; ++i) text += (i == 0 ? " (" : "; ") + documents::citation(b.cites[i]);
    if (!b.cites.empty()) text += b.cites.size() > 4 ? "; …)" : ")";
    out << documents::wrapped(text, "  - ", "    ", style.width) << documents::wrapped(b.close, "    ", "    ", style.width);
  }
}

nlohmann::ordered_json to_json(const std::vector<Blocker>& blockers) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Blocker& b : blockers) list.push_back({{"what", b.what}, {"close", b.close}, {"cites", b.cites}, {"undecided", b.undecided}});
  return list;
}

// No declaration, and why: what stands against one, or that none is asked and what stands against the release.
void print_refusal(const Prepared& p, const TextStyle& style, std::ostream& out) {
  const Standing& standing = p.release.standing;
  if (standing.declaration) {
    out << "No declaration: " << counted(p.blockers.size(), "thing stands", "things stand") << " against it.\n";
    return print_blockers(p.blockers, style, out);
  }
  out << documents::wrapped("No declaration: none is asked. " + documents::in_english(standing_said(standing)), "", "", style.width);
  for (const std::string& line : standing_lines(standing)) out << documents::wrapped(line, "  ", "    ", style.width);
  const std::vector<Blocker> others(p.blockers.begin() + 1, p.blockers.end());
  if (others.empty()) return;
  out << counted(others.size(), "thing stands", "things stand") << " against its release all the same:\n";
  print_blockers(others, style, out);
}

nlohmann::ordered_json refusal_json(const Prepared& p, bool draft) {
  nlohmann::ordered_json j{{"declared", false}, {"asked", p.release.standing.declaration}, {"draft", draft}};
  if (!p.release.standing.declaration) j["standing"] = standing_json(p.release.standing);
  j["blockers"] = to_json(p.blockers);
  return j;
}

}  // namespace

ExitCode docs(const DocsRequest& request, std::ostream& out, std::ostream& err) {
  const auto p = prepare(request.dossier, request.as_of, request.law, request.languages, request.index);
  if (!p) {
    err << render(p.error());
    return ExitCode::bad_input;
  }
  std::map<std::string, std::string> files;
  const bool draft = !p->blockers.empty();
  if (const auto added = add_documents(*p, documents::document_names(), draft, request.papers, files); !added) {
    err << render(added.error());
    return ExitCode::internal;
  }
  files.emplace("file.json", file_json(*p));
  files.emplace("matrix.html", documents::matrix_html(p->matrix));
  for (const documents::Tongue& tongue : p->tongues)
    if (tongue.language() != "en") files.emplace(file_name("matrix", tongue.language(), "html"), documents::matrix_html(p->matrix, tongue));
  files.emplace("matrix.csv", documents::matrix_csv(p->matrix));
  // A mapping collection maps something.
  if (!p->matrix.matrix.rows.empty()) files.emplace("mapping.oscal.json", documents::matrix_oscal(p->matrix));
  files.emplace("assessment-results.oscal.json", documents::assessment_results_oscal(p->matrix));
  files.emplace("poam.oscal.json", documents::action_plan_oscal(p->matrix, p->file));
  files.emplace("declarations.cdx.json", documents::declarations_cyclonedx(p->matrix));
  std::map<std::string, std::string> folder = files;
  if (request.default_out) folder.emplace(ignore_name, ignore_all);
  if (const auto written = write_report_folder(request.out, folder); !written) {
    err << render(written.error());
    return ExitCode::cannot_write;
  }
  documents::ItemCounts all;
  for (const std::string& document : documents::document_names()) {
    const documents::ItemCounts c = documents::count_items(p->file, document);
    all.missing += c.missing;
    all.undecided += c.undecided;
    if (!request.json)
      out << document << ": " << counted(c.given, "item") << " given, " << c.missing << " missing, " << c.not_applicable << " not applicable, "
          << c.undecided << " undecided\n";
  }
  if (request.json) {
    out << file_json(*p);
  } else {
    out << (!p->release.standing.declaration ? "Drafts: no act asks a declaration of you for this product; 'duolex declare' says why.\n"
            : draft ? "Drafts: " + std::to_string(p->blockers.size()) + " things stand between this product and a declaration; 'duolex declare' lists them.\n" : "");
    for (const std::string& language : p->not_written)
      out << "Not written in '" << language << "': there is no catalogue in that language; 'duolex catalogue " << request.dossier.string() << " --language " << language << "' makes one to fill in.\n";
    out << "written:\n";
    for (const auto& [name, bytes] : files) out << "  " << (request.out / name).string() << "\n";
  }
  out.flush();
  if (!out) return ExitCode::cannot_write;
  return all.undecided != 0 ? ExitCode::undecided : all.missing != 0 ? ExitCode::finding : ExitCode::clear;
}

ExitCode declare(const DeclareRequest& request, std::ostream& out, std::ostream& err, Release* release) {
  const auto p = prepare(request.dossier, request.as_of, request.law, request.languages, request.index);
  if (!p) {
    err << render(p.error());
    return ExitCode::bad_input;
  }
  if (release != nullptr) *release = p->release;
  const bool blocked = !p->blockers.empty();
  if (blocked && request.json) out << text::to_json_text(refusal_json(*p, request.draft), text::JsonLayout::pretty);
  else if (blocked) print_refusal(*p, request.style, out);
  if (blocked && !request.draft) return ExitCode::finding;

  std::map<std::string, std::string> files;
  if (const auto added = add_documents(*p, {"declaration", "simplified_declaration"}, blocked, request.papers, files); !added) {
    err << render(added.error());
    return ExitCode::internal;
  }
  files.emplace("declaration.json", file_json(*p));
  std::string signed_by;
  if (!blocked) {
    auto signatures = signatures_over(request.signing, files);
    if (!signatures) {
      err << render(signatures.error());
      return ExitCode::bad_input;
    }
    signed_by = signatures->by;
    files.merge(signatures->files);
  }
  if (const auto written = write_report_folder(request.out, files); !written) {
    err << render(written.error());
    return ExitCode::cannot_write;
  }
  if (!request.json) {
    out << (blocked ? std::string("Marked drafts, not signed:\n") : signed_by.empty() ? "Written, to be signed elsewhere:\n" : "Written, signed by " + signed_by + ":\n");
    for (const auto& [name, bytes] : files) out << "  " << (request.out / name).string() << "\n";
  } else if (!blocked) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const auto& [name, bytes] : files) list.push_back((request.out / name).string());
    out << text::to_json_text(nlohmann::ordered_json{{"declared", true}, {"signed", !signed_by.empty()}, {"signed_by", signed_by}, {"files", list}}, text::JsonLayout::pretty);
  }
  out.flush();
  if (!out) return ExitCode::cannot_write;
  return blocked ? ExitCode::finding : ExitCode::clear;
}

}  // namespace duolex::workspace
