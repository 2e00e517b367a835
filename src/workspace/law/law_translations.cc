#include "workspace/law/law_translations.h"

#include <algorithm>
#include <map>

#include "base/file.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t catalogue_limit = std::size_t{4} << 20;  // bytes

Result<std::map<std::string, std::string>> catalogues(const fs::path& words) {
  std::map<std::string, std::string> files;
  std::error_code error;
  if (!fs::is_directory(words, error)) return files;
  for (fs::recursive_directory_iterator it(words, error); !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (it->path().extension() != ".yaml") continue;
    auto bytes = read_file(it->path(), catalogue_limit);
    if (!bytes) return tl::unexpected(bytes.error());
    files.emplace(it->path().lexically_relative(words).generic_string(), std::move(*bytes));
  }
  if (error) return failure(error_in(words.string(), "cannot be read as a folder of catalogues: " + error.message()));
  return files;
}

}  // namespace

Result<Translations> translations_of(const law::Law& law, const std::optional<fs::path>& folder) {
  Translations out;
  std::vector<documents::Tongue> tongues;
  if (folder) {
    const auto files = catalogues(*folder / "words");
    if (!files) return tl::unexpected(files.error());
    for (const std::string& language : documents::languages_of(*files)) {
      auto tongue = documents::tongue_from(language, (*folder / "words").generic_string(), *files, law.base);
      if (!tongue) return tl::unexpected(tongue.error());
      tongues.push_back(std::move(*tongue));
    }
  } else {
    for (const std::string& language : documents::document_languages()) {
      auto tongue = documents::tongue_of(language, law.base);
      if (!tongue) return tl::unexpected(tongue.error());
      if (language != "en") tongues.push_back(std::move(*tongue));
    }
  }
  for (const documents::Tongue& t : tongues) out.languages.push_back(t.language());
  std::sort(out.languages.begin(), out.languages.end());
  for (documents::LawWord& word : documents::law_words(law.base)) {
    ++out.texts;
    std::vector<std::string> lacking;
    for (const documents::Tongue& t : tongues)
      if (!t.has(word.text)) lacking.push_back(t.language());
    std::sort(lacking.begin(), lacking.end());
    if (!lacking.empty()) out.missing.push_back({std::move(word), std::move(lacking)});
  }
  return out;
}

}  // namespace duolex::workspace
