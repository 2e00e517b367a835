#include "workspace/probes/model_artefacts.h"

#include "workspace/probes/probe_file.h"

namespace duolex::workspace {

using documents::said;
using threats::model_files::FileReport;
using threats::model_files::Reason;
using threats::model_files::Verdict;

void add_artefact(const dossier::Dossier& dossier, const dossier::Artefact& artefact, documents::Assessment& assessment) {
  documents::ArtefactRow row;
  row.path = artefact.path;
  row.kind = artefact.kind;
  row.sha256 = artefact.sha256;
  if (artefact.kind == "model" && !artefact.sha256.empty()) {
    const FileReport report = look_at_model_file(dossier.folder / artefact.path);
    row.verdict = name_of(report.verdict);
    row.note = documents::data(report.kind);
    for (const Reason& r : report.reasons) row.found.push_back(where(r) + ": " + r.what + (r.call.empty() ? "" : ": " + r.call));
    row.not_checked = report.not_checked;
    if (report.verdict >= Verdict::suspicious) {
      const std::vector<std::pair<std::string, documents::Said>> names = {{"file", documents::data(artefact.path)}, {"what", documents::told(row.found.front())}};
      assessment.open_points.push_back(documents::open_point(report.verdict == Verdict::executes_code ? said("A model file runs code when it is loaded: {file} ({what})", names)
                                                                                                      : said("A model file is suspicious: {file} ({what})", names),
                                                             said("Replace it by one in which no code is found; 'duolex probe file' says more"),
                                                             {"AIA/art/15/5", "CRA/anx/I/PartI/2/f", "CRA/anx/I/PartI/2/j"}));
    }
  }
  assessment.artefacts.push_back(std::move(row));
}

}  // namespace duolex::workspace
