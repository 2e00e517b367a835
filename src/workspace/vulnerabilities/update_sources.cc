#include "workspace/vulnerabilities/update_sources.h"

#include <algorithm>

#include "workspace/system/settings_reader.h"
#include "workspace/vulnerabilities/built_in_sources.h"

namespace duolex::workspace {
namespace {

using text::Node;

constexpr int usual_megabytes = 2048, most_megabytes = 65536, usual_minutes = 120, most_minutes = 1440;

bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= 64 && text.front() != '.' && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

// Stays below the folder, and is of a kind that the index is built from.
std::string what_is_wrong_with_file(const std::string& file) {
  for (std::size_t at = 0; at <= file.size();) {
    const std::size_t end = std::min(file.find('/', at), file.size());
    if (!is_name(file.substr(at, end - at))) return "a file is named by parts of letters, digits, '.', '_' and '-', below the folder";
    at = end + 1;
  }
  for (const char* ending : {".zip", ".json", ".ndjson", ".jsonl", ".csv", ".yaml", ".gz", ".zst", ".xz"})
    if (file.ends_with(ending)) return "";
  return "its ending tells what a file is: .zip .json .ndjson .csv .yaml, or these with .gz .zst .xz";
}

AdvisorySource read_one(SettingsReader& reader, const Node& node) {
  AdvisorySource out;
  if (!reader.map(node, {"name", "url", "file", "sha256", "sha256_url", "limit_mb", "minutes"})) return out;
  out.name = reader.text(node, "name", true);
  out.url = reader.text(node, "url", true);
  out.file = reader.text(node, "file", true);
  out.sha256 = reader.text(node, "sha256");
  out.sha256_url = reader.text(node, "sha256_url");
  out.limit = static_cast<std::uint64_t>(reader.number(node, "limit_mb", usual_megabytes, most_megabytes)) << 20;
  out.minutes = reader.number(node, "minutes", usual_minutes, most_minutes);
  if (!out.name.empty() && !is_name(out.name)) reader.error(*node.find("name"), "a name is of letters, digits, '.', '_' and '-'");
  for (const char* key : {"url", "sha256_url"}) {
    const Node* url = node.find(key);
    if (url != nullptr && !url->text.empty() && !safe_address(url->text) && !url->text.starts_with("file:"))
      reader.error(*url, "an address is https://… or file:…", "http:// only on this machine");
  }
  if (const std::string wrong = out.file.empty() ? "" : what_is_wrong_with_file(out.file); !wrong.empty()) reader.error(*node.find("file"), wrong);
  std::transform(out.sha256.begin(), out.sha256.end(), out.sha256.begin(), [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
  if (!out.sha256.empty() && (out.sha256.size() != 64 || out.sha256.find_first_not_of("0123456789abcdef") != std::string::npos))
    reader.error(*node.find("sha256"), "a SHA-256 is 64 hexadecimal digits");
  return out;
}

}  // namespace

Result<std::vector<AdvisorySource>> read_advisory_sources(const std::string& file, const std::string& bytes) {
  const auto root = text::read_by_name(file, bytes);
  if (!root) return failure(root.error());
  SettingsReader reader(bytes);
  std::vector<AdvisorySource> out;
  if (reader.map(*root, {"format", "sources"})) {
    reader.format(*root);
    const Node* list = root->find("sources");
    if (list == nullptr || list->kind != Node::Kind::sequence || list->items.empty()) {
      reader.error(list == nullptr ? *root : *list, "'sources' is a list of sources");
    } else {
      for (const Node& item : list->items) {
        AdvisorySource source = read_one(reader, item);
        for (const AdvisorySource& other : out) {
          if (!source.name.empty() && other.name == source.name) reader.error(item, "'" + source.name + "' is named twice");
          if (!source.file.empty() && other.file == source.file) reader.error(item, "'" + source.file + "' is the file of two sources");
        }
        out.push_back(std::move(source));
      }
    }
  }
  if (!reader.errors.empty()) return failure(std::move(reader.errors));
  return out;
}

const std::string& shipped_advisory_sources() { return built_in_files().front().text; }

}  // namespace duolex::workspace
