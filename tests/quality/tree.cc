#include "tree.h"

#include <algorithm>
#include <cstdio>
#include <sstream>

#include "base/file.h"

namespace duolex::quality {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> tracked(const fs::path& root) {
  std::vector<std::string> paths;
  const std::string command = "git -C '" + root.string() + "' -c safe.directory='*' ls-files -z";
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return paths;
  std::string name;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    if (c != 0) {
      name += static_cast<char>(c);
      continue;
    }
    if (fs::is_regular_file(root / name)) paths.push_back(name);
    name.clear();
  }
  ::pclose(pipe);
  return paths;
}

std::vector<std::string> present(const fs::path& root) {
  std::vector<std::string> paths;
  for (auto at = fs::recursive_directory_iterator(root); at != fs::recursive_directory_iterator(); ++at) {
    const std::string name = at->path().filename().string();
    if (at->is_directory() && (name.starts_with("build") || name == "node_modules")) at.disable_recursion_pending();
    if (at->is_regular_file()) paths.push_back(at->path().lexically_relative(root).generic_string());
  }
  return paths;
}

}  // namespace

Tree read_tree(const fs::path& root) {
  Tree tree{root, fs::exists(root / ".git") ? tracked(root) : present(root), {}};
  std::sort(tree.paths.begin(), tree.paths.end());
  for (const std::string& path : tree.paths) {
    const auto bytes = read_file(root / path);
    if (!bytes || bytes->find('\0') != std::string::npos) continue;
    TextFile file{path, {}};
    std::istringstream in(*bytes);
    for (std::string line; std::getline(in, line);) file.lines.push_back(std::move(line));
    tree.files.push_back(std::move(file));
  }
  return tree;
}

std::string complaint(const TextFile& file, std::size_t line, const std::string& message) {
  return file.path + ":" + std::to_string(line) + ": " + message;
}

}  // namespace duolex::quality
