#include "law/law.h"

#include <algorithm>

#include "base/file.h"
#include "law/built_in.h"
#include "law/citations.h"

namespace duolex::law {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_limit = std::size_t{4} << 20;
constexpr std::size_t files_limit = 2000;
constexpr const char* version_file = "version.txt";
constexpr const char* coverage_file = "coverage.txt";

Result<std::vector<rules::SourceFile>> read_folder(const fs::path& folder) {
  std::vector<rules::SourceFile> files;
  std::error_code error;
  fs::recursive_directory_iterator it(folder, error);
  if (error) return failure(error_in(folder.string(), "cannot be read as a law folder: " + error.message()));
  for (; it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (error) return failure(error_in(folder.string(), error.message()));
    const fs::path& path = it->path();
    const bool list = path.extension() == ".txt" && path.parent_path().filename() == "provisions";
    const bool version = path == folder / version_file || path == folder / coverage_file;
    if ((path.extension() != ".law" && !list && !version) || !it->is_regular_file(error)) continue;
    auto text = read_file(path, file_limit);
    if (!text) return tl::unexpected(text.error());
    files.push_back({fs::relative(path, folder, error).generic_string(), std::move(*text)});
    if (files.size() > files_limit) return failure(error_in(folder.string(), "more than 2000 files"));
  }
  if (files.empty()) return failure(error_in(folder.string(), "holds no .law file"));
  return files;
}

bool is_list(std::string_view path) { return path.rfind("provisions/", 0) == 0; }

// What is wrong with a citation, and what would be right; both empty when nothing is.
std::pair<std::string, std::string> wrong_with(const Law& law, const Citation& citation) {
  const std::string& provision = citation.cite->provision;
  if (!law.provisions.exists(provision)) {
    const std::string near = law.provisions.nearest(provision);
    return {"there is no provision '" + provision + "'", near.empty() ? "" : "did you mean '" + near + "'?"};
  }
  if (citation.text == rules::no_index) return {};
  const std::size_t slash = provision.find('/');
  const std::string act = provision.substr(0, slash), rest = provision.substr(slash);
  const rules::Text& text = law.base.texts[citation.text];
  const auto version_of = [&](const rules::Text& t) {
    return t.earlier_version_of == rules::no_index ? t.id : law.base.texts[t.earlier_version_of].id;
  };
  const auto cited = std::find_if(law.base.texts.begin(), law.base.texts.end(), [&](const rules::Text& t) { return t.id == act; });
  // Recitals are those of the act, whichever version holds.
  if (cited == law.base.texts.end() || version_of(*cited) != version_of(text) || rest.rfind("/rec/", 0) == 0) return {};
  if (cited->earlier_version_of != rules::no_index && cited->id != text.id)
    return {"this holds in " + text.id + " only, and '" + provision + "' is a provision of " + act, ""};
  if (law.provisions.exists(text.id + rest)) return {};
  const std::string near = law.provisions.nearest(text.id + rest);
  return {"this holds in " + text.id + " only, which has no '" + rest.substr(1) + "'",
          near.empty() ? "" : "did you mean '" + near + "'?"};
}

}  // namespace

std::string Law::shown_id(const std::string& provision, Day as_of) const {
  const std::size_t slash = provision.find('/');
  if (slash == std::string::npos) return provision;
  const std::string act = provision.substr(0, slash);
  for (const rules::Text& text : base.texts) {
    if (text.earlier_version_of == rules::no_index || base.texts[text.earlier_version_of].id != act) continue;
    if (as_of < text.from || text.until < as_of) continue;
    const std::string earlier = text.id + provision.substr(slash);
    if (provisions.exists(earlier)) return earlier;
  }
  return provision;
}

const std::string* Law::text_of(const std::string& file) const {
  for (const rules::SourceFile& f : files)
    if (f.path == file) return &f.text;
  return nullptr;
}

std::function<std::string(const std::string&)> Law::names(Day as_of) const {
  return [this, as_of](const std::string& provision) { return shown_id(provision, as_of); };
}

namespace {

Result<std::shared_ptr<const Law>> load(const std::optional<fs::path>& folder, rules::Parts parts) {
  auto law = std::make_shared<Law>();
  std::vector<rules::SourceFile> all;
  if (folder) {
    auto read = read_folder(*folder);
    if (!read) return tl::unexpected(read.error());
    all = std::move(*read);
  } else {
    for (const BuiltInFile& file : built_in_files()) {
      if (is_list(file.path)) {
        law->provisions.add_unread(fs::path(file.path).stem().string(), file.text);
      } else {
        all.push_back({std::string(file.path), std::string(file.text)});
      }
    }
  }
  Diagnostics errors;
  std::optional<rules::SourceFile> coverage;  // no rules
  for (rules::SourceFile& file : all) {
    if (file.path == version_file) {
      law->version = file.text.substr(0, file.text.find_first_of("\r\n"));
      if (law->version.empty() || law->version.size() > 40) errors.push_back(error_in(version_file, "its first line is no version", "such as 2026-11-27"));
      continue;
    }
    if (file.path == coverage_file) {
      coverage = std::move(file);
      continue;
    }
    if (!is_list(file.path)) {
      law->files.push_back(std::move(file));
      continue;
    }
    auto list = read_provisions(file.path, file.text);
    if (list) {
      law->provisions.add(std::move(*list));
    } else {
      errors.insert(errors.end(), list.error().begin(), list.error().end());
    }
  }
  std::sort(law->files.begin(), law->files.end(),
            [](const rules::SourceFile& a, const rules::SourceFile& b) { return a.path < b.path; });
  auto base = rules::load_rule_base(law->files, parts);
  if (!base) errors.insert(errors.end(), base.error().begin(), base.error().end());
  if (!errors.empty()) return failure(in_folder(std::move(errors), folder));
  law->base = std::move(*base);
  if (coverage) law->files.push_back(std::move(*coverage));
  return std::shared_ptr<const Law>(std::move(law));
}

}  // namespace

Diagnostics in_folder(Diagnostics diagnostics, const std::optional<fs::path>& folder) {
  const auto placed = [&](Span& span) {
    if (!span.file.empty()) span.file = (folder.value_or("law") / span.file).generic_string();
  };
  for (Diagnostic& d : diagnostics) {
    placed(d.span);
    for (RelatedPlace& r : d.related) placed(r.span);
  }
  return diagnostics;
}

std::vector<rules::SourceFile> built_in_law() {
  std::vector<rules::SourceFile> files;
  for (const BuiltInFile& file : built_in_files()) files.push_back({std::string(file.path), std::string(file.text)});
  std::sort(files.begin(), files.end(), [](const rules::SourceFile& a, const rules::SourceFile& b) { return a.path < b.path; });
  return files;
}

Result<std::shared_ptr<const Law>> load(const std::optional<fs::path>& folder) { return load(folder, rules::Parts::all); }

Result<std::shared_ptr<const Law>> load_to_decide(const std::optional<fs::path>& folder) {
  return load(folder, folder ? rules::Parts::all : rules::Parts::that_decide);
}

Diagnostics check_citations(const Law& law) {
  Diagnostics out;
  for (const Citation& citation : citations(law.base)) {
    const auto [message, hint] = wrong_with(law, citation);
    if (message.empty()) continue;
    const Span& span = citation.cite->span;
    const std::string* const text = law.text_of(span.file);
    out.push_back(error_at(span.file, text != nullptr ? *text : "", span.begin, span.end, message, hint));
  }
  return out;
}

}  // namespace duolex::law
