// `duolex catalogue`: what the documents must have in a further language, as a file to fill in.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

#include "base/day.h"
#include "base/exit_code.h"

namespace duolex::workspace {

struct CatalogueRequest {
  std::filesystem::path dossier;
  std::string language;       // "pl"
  std::filesystem::path out;  // the file
  Day as_of;
  std::optional<std::filesystem::path> law;
};
// Writes every sentence that documents and reports can say, those that the documents of this dossier need first, each with the
// translation that the dossier's catalogue or the program has, else an empty one, which counts as none.
// Exit: 0 the documents lack nothing in this language, 1 they lack something.
[[nodiscard]] ExitCode catalogue(const CatalogueRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
