#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <unordered_set>

#include "sbom/purl.h"
#include "vulnerabilities/csaf/built_in.h"
#include "vulnerabilities/csaf/checker.h"

namespace duolex::vulnerabilities::csaf {
namespace {

std::string_view data(std::string_view name) {
  for (const BuiltInFile& file : built_in_files())
    if (file.path == name) return file.text;
  return {};
}

// The lines without comments.
template <typename Visit>
void each_line(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (const std::string_view line = text.substr(0, end); !line.empty() && line[0] != '#') visit(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

class Languages {
 public:
  Languages() {
    std::string kind;
    each_line(data("languages.txt"), [&](std::string_view line) {
      if (line.ends_with(':')) return void(kind = line.substr(0, line.size() - 1));
      while (!line.empty()) {
        const std::size_t end = std::min(line.find(' '), line.size());
        const std::string tag = lower(line.substr(0, end));
        if (const std::size_t dots = tag.find(".."); dots != std::string::npos) ranges_[kind].emplace_back(tag.substr(0, dots), tag.substr(dots + 2));
        else tags_[kind].insert(tag);
        line.remove_prefix(std::min(end + 1, line.size()));
      }
    });
  }

  [[nodiscard]] bool has(const char* kind, const std::string& tag) const {
    if (const auto tags = tags_.find(kind); tags != tags_.end() && tags->second.contains(tag)) return true;
    const auto ranges = ranges_.find(kind);
    return ranges != ranges_.end() && std::any_of(ranges->second.begin(), ranges->second.end(), [&](const auto& range) {
             return tag.size() == range.first.size() && range.first <= tag && tag <= range.second;
           });
  }

 private:
  std::unordered_map<std::string, std::unordered_set<std::string>> tags_;
  std::unordered_map<std::string, std::vector<std::pair<std::string, std::string>>> ranges_;
};

}  // namespace

// In the order of BCP 47: language, extended language, script, region, variants, extensions, private use.
bool known_language(const std::string& written) {
  static const Languages languages;
  const std::string tag = lower(written);
  if (languages.has("grandfathered", tag)) return true;
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= tag.size();) {
    const std::size_t end = std::min(tag.find('-', at), tag.size());
    parts.push_back(tag.substr(at, end - at));
    if (parts.back().empty() || parts.back().size() > 8) return false;
    at = end + 1;
  }
  const auto letters = [](const std::string& s) { return std::all_of(s.begin(), s.end(), [](char c) { return c >= 'a' && c <= 'z'; }); };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  std::size_t i = 0;
  const auto take = [&](const char* kind) { return i < parts.size() && languages.has(kind, parts[i]) ? (++i, true) : false; };
  if (parts[0] != "x") {
    if (!take("language")) return false;
    if (i < parts.size() && parts[i].size() == 3 && letters(parts[i]) && !take("extlang")) return false;
    if (i < parts.size() && parts[i].size() == 4 && letters(parts[i]) && !take("script")) return false;
    if (i < parts.size() && (parts[i].size() == 2 || (parts[i].size() == 3 && digit(parts[i][0]))) && !take("region")) return false;
    while (i < parts.size() && parts[i].size() > 3)
      if (!take("variant")) return false;
    // Extensions are of other registries; their form is all that is looked at.
    while (i < parts.size() && parts[i].size() == 1 && parts[i] != "x") {
      const std::size_t begin = ++i;
      while (i < parts.size() && parts[i].size() > 1) ++i;
      if (i == begin) return false;
    }
  }
  if (i < parts.size() && parts[i] == "x") return i + 1 < parts.size();
  return i == parts.size();
}

std::optional<std::string> weakness_name(int number) {
  static const std::unordered_map<int, std::string> names = [] {
    std::unordered_map<int, std::string> out;
    each_line(data("weaknesses.txt"), [&](std::string_view line) {
      int id = 0;
      const std::size_t space = line.find(' ');
      std::from_chars(line.data(), line.data() + std::min(space, line.size()), id);
      if (space != std::string_view::npos) out.emplace(id, line.substr(space + 1));
    });
    return out;
  }();
  const auto found = names.find(number);
  return found == names.end() ? std::nullopt : std::optional(found->second);
}

void check_names(const Value root, Report& report) {
  const Value document = root.find("document");
  for (const char* key : {"lang", "source_lang"})
    if (const Value tag = document.find(key); tag && !known_language(text(tag))) report.add("6.1.12", tag, "'" + text(tag) + "' is no language whose parts are registered");
  each_product(root, [&](const Value product) {
    const Value purl = product.find("product_identification_helper").find("purl");
    if (!purl) return;
    if (const auto read = sbom::parse_purl_strictly(text(purl)); !read) report.add("6.1.13", purl, "this is no valid package URL: " + read.error().front().message);
  });
  for (const Value v : items(root.find("vulnerabilities"))) {
    const Value cwe = v.find("cwe"), id = cwe.find("id"), name = cwe.find("name");
    if (!id) continue;
    const std::string written = text(id);
    int number = 0;
    if (written.starts_with("CWE-")) std::from_chars(written.data() + 4, written.data() + written.size(), number);
    const auto known = weakness_name(number);
    if (!known) report.add("6.1.11", id, "'" + written + "' is no weakness of CWE 4.16");
    else if (*known != text(name)) report.add("6.1.11", name ? name : cwe, written + " is named '" + *known + "'");
  }
}

}  // namespace duolex::vulnerabilities::csaf
