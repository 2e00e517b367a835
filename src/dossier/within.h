// A dossier may come from somebody else: nothing that a link in it leads to elsewhere is read as its own or written to.
#pragma once

#include <filesystem>

namespace duolex::dossier {

// Whether the path, which need not exist, is the folder or in it once every link is followed.
[[nodiscard]] bool stays_within(const std::filesystem::path& folder, const std::filesystem::path& path);

}  // namespace duolex::dossier
