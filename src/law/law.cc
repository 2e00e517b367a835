#include "law/law.h"

#include <algorithm>

#include "base/file.h"
#include "law/built_in.h"

namespace duolex::law {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_limit = std::size_t{4} << 20;
constexpr std::size_t files_limit = 2000;

Result<std::vector<rules::SourceFile>> read_folder(const fs::path& folder) {
  std::vector<rules::SourceFile> files;
  std::error_code error;
  fs::recursive_directory_iterator it(folder, error);
  if (error) return failure(error_in(folder.string(), "cannot be read as a law folder: " + error.message()));
  for (; it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (error) return failure(error_in(folder.string(), error.message()));
    const fs::path& path = it->path();
    const bool list = path.extension() == ".txt" && path.parent_path().filename() == "provisions";
    if ((path.extension() != ".law" && !list) || !it->is_regular_file(error)) continue;
    auto text = read_file(path, file_limit);
    if (!text) return tl::unexpected(text.error());
    files.push_back({fs::relative(path, folder, error).generic_string(), std::move(*text)});
    if (files.size() > files_limit) return failure(error_in(folder.string(), "more than 2000 files"));
  }
  if (files.empty()) return failure(error_in(folder.string(), "holds no .law file"));
  return files;
}

bool is_list(const rules::SourceFile& file) { return file.path.rfind("provisions/", 0) == 0; }

void check(const Law& law, const rules::Cites& cites, Diagnostics& out) {
  for (const rules::Cite& cite : cites) {
    if (law.provisions.exists(cite.provision)) continue;
    const auto file = std::find_if(law.files.begin(), law.files.end(),
                                   [&](const rules::SourceFile& f) { return f.path == cite.span.file; });
    const std::string near = law.provisions.nearest(cite.provision);
    Diagnostic d = error_at(cite.span.file, file == law.files.end() ? "" : file->text, cite.span.begin, cite.span.end,
                            "there is no provision '" + cite.provision + "'",
                            near.empty() ? "" : "did you mean '" + near + "'?");
    out.push_back(std::move(d));
  }
}

void check(const Law& law, const rules::Clause& clause, Diagnostics& out) {
  check(law, clause.cites, out);
  for (const rules::Clause& exception : clause.exceptions) check(law, exception, out);
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

std::function<std::string(const std::string&)> Law::names(Day as_of) const {
  return [this, as_of](const std::string& provision) { return shown_id(provision, as_of); };
}

Result<std::shared_ptr<const Law>> load(const std::optional<fs::path>& folder) {
  auto law = std::make_shared<Law>();
  std::vector<rules::SourceFile> all;
  if (folder) {
    auto read = read_folder(*folder);
    if (!read) return tl::unexpected(read.error());
    all = std::move(*read);
  } else {
    for (const BuiltInFile& file : built_in_files()) all.push_back({file.path, file.text});
  }
  Diagnostics errors;
  for (rules::SourceFile& file : all) {
    if (!is_list(file)) {
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
  auto base = rules::load_rule_base(law->files);
  if (!base) errors.insert(errors.end(), base.error().begin(), base.error().end());
  if (!errors.empty()) return failure(std::move(errors));
  law->base = std::move(*base);
  return std::shared_ptr<const Law>(std::move(law));
}

Diagnostics check_citations(const Law& law) {
  Diagnostics out;
  const rules::RuleBase& b = law.base;
  for (const rules::Fact& f : b.facts) check(law, f.cites, out);
  for (const rules::State& s : b.states) check(law, s.cites, out);
  for (const rules::NamedDay& d : b.days)
    for (const rules::DayEntry& e : d.entries) check(law, e.cites, out);
  for (const rules::Rule& r : b.rules) {
    check(law, r.cites, out);
    check(law, r.otherwise_cites, out);
    for (const rules::Guard& g : r.guards) check(law, g.cites, out);
    for (const rules::Clause& c : r.clauses) check(law, c, out);
    for (const rules::Under& u : r.unders) check(law, u.cites, out);
  }
  for (const rules::Ambiguity& a : b.ambiguities) check(law, a.cites, out);
  for (const rules::Invariant& i : b.invariants) check(law, i.cites, out);
  for (const rules::Warning& w : b.warnings) check(law, w.cites, out);
  for (const rules::Note& n : b.notes) check(law, n.cites, out);
  for (const rules::Duty& d : b.duties) check(law, d.cites, out);
  return out;
}

}  // namespace duolex::law
