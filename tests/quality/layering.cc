#include "layering.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace duolex::quality {
namespace {

// Slow to compile, so that only sources may include them.
const std::set<std::string> heavy = {"nlohmann/json.hpp", "simdjson.h", "CLI/CLI.hpp", "libfyaml.h", "z3++.h", "z3.h",
                                     "openssl/evp.h",     "yaml-cpp/yaml.h", "iostream", "regex"};

// The solver's conversation, which its own library includes and no other; and the steps through parsed JSON that the
// readers of feeds share, templates that cannot stand in a source.
const std::set<std::string> may_be_heavy = {"src/consistency/session.h", "src/vulnerabilities/feeds/json_access.h"};

struct Include {
  std::string what;
  bool system = false;
};

bool read_include(const std::string& line, Include& include) {
  std::istringstream in(line);
  std::string word;
  in >> word;
  if (word != "#include") return false;
  in >> word;
  if (word.size() < 3) return false;
  include = {word.substr(1, word.find_first_of("\">", 1) - 1), word[0] == '<'};
  return true;
}

std::string room_of(const std::string& path) {
  const std::size_t slash = path.find('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

// "workspace/watch" for "workspace/watch/place.h"; "" where the file lies in no room within a room.
std::string inner_room_of(const std::string& path) {
  const std::size_t first = path.find('/');
  const std::size_t second = first == std::string::npos ? first : path.find('/', first + 1);
  return second == std::string::npos ? "" : path.substr(0, second);
}

}  // namespace

Layers read_layers(const std::filesystem::path& file, Complaints& complaints) {
  Layers layers;
  std::ifstream in(file);
  if (!in) complaints.push_back(file.string() + ": cannot be read");
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string room;
    if (!(words >> room) || room[0] == '#') continue;
    std::set<std::string> below;
    for (std::string other; words >> other;) {
      if (!layers.contains(other)) complaints.push_back("layers: '" + room + "' stands above '" + other + "', which is not there yet");
      below.insert(other);
    }
    layers[room] = std::move(below);
  }
  return layers;
}

Complaints check_layers(const Tree& tree, const Layers& layers) {
  Complaints complaints;
  for (const TextFile& file : tree.files) {
    const bool header = file.path.ends_with(".h");
    if (!header && !file.path.ends_with(".cc")) continue;
    const bool in_src = file.path.starts_with("src/");
    const bool in_checker = file.path.starts_with("checker/");
    if (!in_src && !in_checker) continue;
    const std::string room = in_src ? room_of(file.path.substr(4)) : "checker";
    const auto allowed = layers.find(room);
    if (in_src && allowed == layers.end()) {
      complaints.push_back(complaint(file, 1, "'" + room + "' is no room of the house"));
      continue;
    }
    const auto inner = in_src ? layers.find(inner_room_of(file.path.substr(4))) : layers.end();
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      Include include;
      if (!read_include(file.lines[i], include)) continue;
      const auto object = [&](const std::string& message) { complaints.push_back(complaint(file, i + 1, message)); };
      if (header && heavy.contains(include.what) && !may_be_heavy.contains(file.path)) object("a header may not include <" + include.what + ">");
      if (include.system) continue;
      const std::string other = room_of(include.what);
      if (in_src && other.empty()) object("name the room: \"" + room + "/" + include.what + "\"");
      const std::string inner_other = inner_room_of(include.what);
      if (inner != layers.end() && other == room && inner_other != inner->first && !inner->second.contains(inner_other))
        object("'" + inner->first + "' may not include '" + inner_other + "/'");
      if (other.empty() || other == room) continue;
      if (in_checker ? layers.contains(other) : !allowed->second.contains(other))
        object("'" + room + "' may not include '" + other + "/'");
    }
  }
  return complaints;
}

}  // namespace duolex::quality
