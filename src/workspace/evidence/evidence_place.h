// Where the ledger of a dossier is. Internal to src/workspace.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "dossier/dossier.h"

namespace duolex::workspace {

// "ledger" in the dossier; a folder with a log is a ledger itself.
[[nodiscard]] std::filesystem::path ledger_folder(const std::filesystem::path& dossier);
// Refused when a link in the dossier leads the ledger, or what is in it, elsewhere.
[[nodiscard]] Result<void> ledger_stays(const std::filesystem::path& dossier);
// The dossier with its artefacts left alone, and its ledger where it belongs.
[[nodiscard]] Result<dossier::Dossier> ledger_dossier(const std::filesystem::path& folder);

// RFC 3339, UTC.
[[nodiscard]] std::string utc_text(std::int64_t seconds);
// CRA Art. 13(13): ten years from placing on the market or the support period, whichever is longer. Nothing while one of
// the days is not known.
[[nodiscard]] std::optional<Day> retained(const dossier::Dossier& dossier, const std::string& release);
// One group at the end of the log; the index of the first. What the log had to say is written to `said`.
[[nodiscard]] Result<std::uint64_t> append_leaves(const std::filesystem::path& dossier, const std::vector<std::string>& leaves, std::ostream& said);

}  // namespace duolex::workspace
