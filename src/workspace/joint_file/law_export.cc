#include <map>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/file.h"
#include "base/hash.h"
#include "base/version.h"
#include "law/law.h"
#include "text/json_out.h"
#include "workspace/joint_file/report_folder.h"
#include "workspace/law/law_commands.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// What makes a folder a copy of the law as this command writes it: every file of it with its hash.
constexpr const char* manifest_name = "exported.json";
constexpr std::size_t manifest_limit = std::size_t{1} << 20;

std::map<std::string, std::string> copy_of_the_law(const law::Law& law) {
  std::map<std::string, std::string> files;
  Json hashes = Json::object();
  for (rules::SourceFile& f : law::built_in_law()) {
    hashes[f.path] = sha256_hex(f.text);
    files.emplace(std::move(f.path), std::move(f.text));
  }
  const Json manifest = {{"format", "duolex-law/1"}, {"program", std::string("duolex ") + program_version}, {"law", law.version}, {"law_sha256", law.base.sha256}, {"files", hashes}};
  files.emplace(manifest_name, text::to_json_text(manifest, text::JsonLayout::pretty));
  return files;
}

// Whether the folder is such a copy of this very law, file by file; why not, where it is none.
Result<void> is_this_law(const fs::path& folder, const law::Law& law, const std::map<std::string, std::string>& files) {
  const auto bytes = read_file(folder / manifest_name, manifest_limit);
  const Json manifest = bytes ? Json::parse(*bytes, nullptr, false) : Json();
  if (!manifest.is_object() || !manifest.contains("law_sha256") || !manifest["law_sha256"].is_string())
    return failure(error_in(folder.string(), "holds something that is no copy of the law made by this command", "name a new folder"));
  if (manifest["law_sha256"] != law.base.sha256)
    return failure(error_in(folder.string(), "holds a copy of another law (SHA-256 " + manifest["law_sha256"].get<std::string>().substr(0, 64) + "), which 'duolex law impact --before' may need",
                            "name a new folder"));
  std::error_code error;
  std::size_t found = 0;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->is_directory(error)) continue;
    const std::string name = fs::relative(it->path(), folder, error).generic_string();
    const auto expected = files.find(name);
    if (expected == files.end()) return failure(error_in(it->path().string(), "is no part of the copy of the law that was written here", "name a new folder"));
    const auto now = name == manifest_name ? Result<std::string>(expected->second) : read_file(it->path());
    if (!now || *now != expected->second) return failure(error_in(it->path().string(), "was changed since the law was written here", "name a new folder"));
    ++found;
  }
  if (error || found != files.size()) return failure(error_in(folder.string(), "lacks files of the law that was written here", "remove it, or name a new folder"));
  return {};
}

}  // namespace

ExitCode law_export(const LawExportRequest& request, std::ostream& out, std::ostream& err) {
  const auto law = law::load();
  if (!law) {
    err << render(law.error());
    return ExitCode::internal;
  }
  const std::map<std::string, std::string> files = copy_of_the_law(**law);
  std::error_code error;
  const bool there = fs::is_directory(request.folder, error) && !fs::is_empty(request.folder, error);
  if (const auto done = there ? is_this_law(request.folder, **law, files) : write_report_folder(request.folder, files); !done) {
    err << render(done.error());
    return ExitCode::cannot_write;
  }
  // What was written is read again: it is this law, or it is not said to be.
  const auto copy = law::load(request.folder);
  if (!copy || (*copy)->base.sha256 != (*law)->base.sha256 || (*copy)->version != (*law)->version) {
    err << (copy ? render(error_in(request.folder.string(), "does not read as the law that was written")) : render(copy.error()));
    return ExitCode::internal;
  }
  if (request.json) {
    out << text::to_json_text(Json{{"folder", request.folder.string()}, {"written", !there}, {"law", (*law)->version}, {"law_sha256", (*law)->base.sha256}, {"files", files.size() - 1}},
                              text::JsonLayout::pretty);
  } else {
    out << "Rule base " << (*law)->version << ", SHA-256 " << (*law)->base.sha256 << "\n"
        << (there ? "there already, unchanged: " : "written: ") << request.folder.string() << ", " << files.size() - 1 << " files\n";
  }
  out.flush();
  return out ? ExitCode::clear : ExitCode::cannot_write;
}

}  // namespace duolex::workspace
