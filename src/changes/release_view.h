// One release, opened: what a comparison looks at. The files behind it have been read by whoever fills it in.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "changes/phrase.h"
#include "dossier/dossier.h"
#include "findings/findings.h"
#include "sbom/sbom.h"

namespace duolex::changes {

struct ModelView {
  std::string path, sha256;
  bool readable = false;          // as a graph; hashes of graph and weights are empty otherwise
  Phrase unreadable_because;
  std::string graph_sha256;       // operators, attributes and wiring, inputs and outputs with their shapes
  std::string weights_sha256;     // the values of its constants
  std::string interface;          // "input f32[1,3,48,192] -> out f32[1,2]"
};

// Which samples of a test a release answers correctly.
struct Predictions {
  std::string metric, path, sha256;
  std::map<std::string, bool> correct;  // by sample
};

// Whose facts, intended purpose, standards, controls, texts and risks a view has: a dossier says them once.
enum class Stated {
  own,          // the release is the last of its dossier
  as_declared,  // an earlier one, as its declaration records them
  of_dossier,   // an earlier one, of which nothing is recorded: those of the dossier as it stands
};

struct ReleaseView {
  const dossier::Dossier* dossier = nullptr;
  const dossier::Release* release = nullptr;
  const rules::FactValues* facts = nullptr;
  const findings::Findings* findings = nullptr;  // both releases on the same day, so that time alone changes nothing
  std::vector<sbom::Sbom> bills;                 // in the order of the dossier
  std::vector<ModelView> models;
  std::vector<Predictions> predictions;
  std::string facts_sha256 = {};
  Stated stated = Stated::own;
  std::vector<dossier::Artefact> declared = {};  // as_declared: the files that the declaration records
  std::vector<std::pair<std::string, std::string>> not_asked = {};  // facts as declared, with their values, that the law no longer asks for

  // The dossier's name and the release, for messages.
  [[nodiscard]] std::string title() const {
    return (dossier->name.empty() ? "product" : dossier->name) + " " + release->version;
  }
  // The artefacts of a kind.
  [[nodiscard]] std::vector<const dossier::Artefact*> artefacts(const std::string& kind) const {
    std::vector<const dossier::Artefact*> list;
    for (const dossier::Artefact& a : release->artefacts)
      if (a.kind == kind) list.push_back(&a);
    return list;
  }
};

}  // namespace duolex::changes
