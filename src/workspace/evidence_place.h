// Where the ledger of a dossier is. Internal to src/workspace.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "dossier/dossier.h"

namespace duolex::workspace {

// "ledger" in the dossier; a folder with a log is a ledger itself.
[[nodiscard]] std::filesystem::path ledger_folder(const std::filesystem::path& dossier);
// The dossier with its artefacts left alone.
[[nodiscard]] Result<dossier::Dossier> ledger_dossier(const std::filesystem::path& folder);

}  // namespace duolex::workspace
