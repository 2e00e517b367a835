// The languages in which the documents of a dossier are written.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "documents/joint_file.h"
#include "workspace/verdict/subject.h"

namespace duolex::workspace {

// The dossier's own catalogue of a language, else the program's. A mistake: there is none, or it cannot be read.
[[nodiscard]] Result<documents::Tongue> tongue_for(const Subject& subject, const std::string& language);

// Whether there is one of either kind.
[[nodiscard]] bool has_catalogue(const Subject& subject, const std::string& language);

struct Languages {
  std::vector<documents::Tongue> tongues;      // to write in
  std::map<std::string, documents::Said> lacking;  // of the dossier's own: language → why the documents are not whole in it
};
// `wanted`: empty: those of the dossier that have a catalogue, else English. Mistakes: a language without a catalogue
// that was asked for; a catalogue that cannot be read.
[[nodiscard]] Result<Languages> languages_for(const Subject& subject, const documents::JointFile& file, std::vector<std::string> wanted);

}  // namespace duolex::workspace
