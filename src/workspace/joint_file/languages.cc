#include "workspace/joint_file/languages.h"

#include <algorithm>

#include "base/file.h"

namespace duolex::workspace {
namespace {

using documents::data;
using documents::said;

const dossier::Catalogue* catalogue_of(const Subject& s, const std::string& language) {
  for (const dossier::Catalogue& c : s.dossier.catalogues)
    if (c.language == language) return &c;
  return nullptr;
}

}  // namespace

bool has_catalogue(const Subject& s, const std::string& language) {
  const std::vector<std::string>& built_in = documents::document_languages();
  return catalogue_of(s, language) != nullptr || std::find(built_in.begin(), built_in.end(), language) != built_in.end();
}

Result<documents::Tongue> tongue_for(const Subject& s, const std::string& language) {
  const dossier::Catalogue* own = catalogue_of(s, language);
  if (own == nullptr) return documents::tongue_of(language, s.law->base);
  const std::filesystem::path path = s.dossier.folder / own->file.path;
  const auto bytes = read_file(path, std::size_t{4} << 20);
  if (!bytes) return tl::unexpected(bytes.error());
  return documents::read_tongue(language, path.string(), *bytes, s.law->base);
}

Result<Languages> languages_for(const Subject& s, const documents::JointFile& file, std::vector<std::string> wanted) {
  Languages out;
  for (const std::string& language : s.dossier.languages) {
    auto tongue = tongue_for(s, language);
    if (!tongue && has_catalogue(s, language)) return tl::unexpected(tongue.error());
    if (!tongue) {
      out.lacking.emplace(language, said("there is no catalogue of the documents' sentences in '{language}'", {{"language", data(language)}}));
      continue;
    }
    if (const std::size_t n = documents::untranslated(file, *tongue).size(); n != 0)
      out.lacking.emplace(language, said("the catalogue of '{language}' lacks {n} sentences of these documents", {{"language", data(language)}, {"n", data(std::to_string(n))}}));
    if (wanted.empty()) out.tongues.push_back(std::move(*tongue));
  }
  if (wanted.empty() && out.tongues.empty()) wanted.push_back("en");
  for (const std::string& language : wanted) {
    auto tongue = tongue_for(s, language);
    if (!tongue) return tl::unexpected(tongue.error());
    out.tongues.push_back(std::move(*tongue));
  }
  return out;
}

}  // namespace duolex::workspace
