#include "workspace/incidents/incident_file.h"

#include <algorithm>

#include "base/file.h"
#include "dossier/within.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t record_limit = std::size_t{4} << 20;

bool good_id(const std::string& id) {
  return !id.empty() && id.size() <= 100 && id[0] != '.' && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
  });
}

Result<IncidentFile> load(const fs::path& path) {
  auto bytes = read_file(path, record_limit);
  if (!bytes) return failure(bytes.error());
  auto record = incidents::read_record(path.string(), *bytes);
  if (!record) return failure(record.error());
  return IncidentFile{path, std::move(*bytes), std::move(*record)};
}

}  // namespace

Result<fs::path> incident_path(const IncidentPlace& place) {
  std::error_code ec;
  if (place.id.empty() && fs::is_regular_file(place.dossier, ec)) return place.dossier;
  if (!good_id(place.id)) {
    return failure(error_in(place.dossier.string(), place.id.empty() ? "which incident?" : "'" + place.id + "' is no id of an incident",
                            "letters, digits, '-', '_' and '.'"));
  }
  if (!fs::is_regular_file(place.dossier / "duolex.yaml", ec)) {
    return failure(error_in(place.dossier.string(), "is no dossier", "name a folder with a file duolex.yaml"));
  }
  fs::path path = place.dossier / "incidents" / (place.id + ".yaml");
  if (!dossier::stays_within(place.dossier, path)) return failure(error_in(path.string(), "leaves the dossier through a link", "records of incidents lie in their dossier; nothing is written elsewhere"));
  return path;
}

Result<IncidentFile> load_incident(const IncidentPlace& place) {
  const auto path = incident_path(place);
  if (!path) return failure(path.error());
  return load(*path);
}

Result<std::vector<IncidentFile>> load_incidents(const IncidentPlace& place) {
  std::vector<IncidentFile> files;
  std::error_code ec;
  if (!place.id.empty() || fs::is_regular_file(place.dossier, ec)) {
    auto one = load_incident(place);
    if (!one) return failure(one.error());
    files.push_back(std::move(*one));
    return files;
  }
  if (!fs::is_regular_file(place.dossier / "duolex.yaml", ec)) {
    return failure(error_in(place.dossier.string(), "is no dossier", "name a folder with a file duolex.yaml"));
  }
  std::vector<fs::path> paths;
  for (fs::directory_iterator it(place.dossier / "incidents", ec), end; !ec && it != end; it.increment(ec)) {
    const std::string extension = it->path().extension().string();
    if (extension == ".yaml" || extension == ".json") paths.push_back(it->path());
  }
  std::sort(paths.begin(), paths.end());
  Diagnostics errors;
  for (const fs::path& path : paths) {
    auto file = load(path);
    if (file) {
      files.push_back(std::move(*file));
    } else {
      errors.insert(errors.end(), file.error().begin(), file.error().end());
    }
  }
  if (!errors.empty()) return failure(std::move(errors));
  return files;
}

}  // namespace duolex::workspace
