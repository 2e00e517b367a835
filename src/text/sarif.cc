#include "text/sarif.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>

namespace duolex::text {

using nlohmann::ordered_json;

std::string sarif_uri(const std::string& path, const std::string& otherwise) {
  const std::filesystem::path p = std::filesystem::path(path).lexically_normal();
  const std::string relative = p.empty() || p.is_absolute() || p.begin()->string() == ".." ? p.filename().string() : p.generic_string();
  static const char* const hex = "0123456789ABCDEF";
  std::string out;
  for (const char c : relative) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain) out += c;
    else out += {'%', hex[static_cast<unsigned char>(c) >> 4], hex[static_cast<unsigned char>(c) & 15]};
  }
  return out.empty() ? otherwise : out;
}

ordered_json sarif_run(const std::string& program_version, ordered_json rules, ordered_json results) {
  ordered_json run;
  run["tool"]["driver"] = {{"name", "duolex"}, {"version", program_version}, {"rules", std::move(rules)}};
  run["columnKind"] = "unicodeCodePoints";
  run["results"] = std::move(results);
  return run;
}

ordered_json sarif_log(ordered_json run) {
  ordered_json log;
  log["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
  log["version"] = "2.1.0";
  log["runs"] = ordered_json::array({std::move(run)});
  return log;
}

}  // namespace duolex::text
