// The files of a project, and what a rule of the house has to say about one of them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace duolex::quality {

struct TextFile {
  std::string path;  // relative to the root, with '/'
  std::vector<std::string> lines;
};

struct Tree {
  std::filesystem::path root;
  std::vector<std::string> paths;  // every file, sorted
  std::vector<TextFile> files;     // those of them that are text
};

// The files git tracks; every file where there is no git.
Tree read_tree(const std::filesystem::path& root);

// "path:line: message"
std::string complaint(const TextFile& file, std::size_t line, const std::string& message);

using Complaints = std::vector<std::string>;

}  // namespace duolex::quality
