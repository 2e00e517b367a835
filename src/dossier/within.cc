#include "dossier/within.h"

#include <algorithm>

namespace duolex::dossier {

namespace fs = std::filesystem;

bool stays_within(const fs::path& folder, const fs::path& path) {
  std::error_code error;
  const fs::path home = fs::weakly_canonical(fs::absolute(folder, error), error);
  if (error) return false;
  // A link that leads nowhere yet is one that a write would follow.
  fs::path real = fs::absolute(path, error);
  for (int links = 0; !error && fs::is_symlink(real, error); ++links) {
    const fs::path to = fs::read_symlink(real, error);
    if (error || links == 40) return false;
    real = to.is_absolute() ? to : real.parent_path() / to;
  }
  real = fs::weakly_canonical(real, error);
  return !error && std::mismatch(home.begin(), home.end(), real.begin(), real.end()).first == home.end();
}

}  // namespace duolex::dossier
