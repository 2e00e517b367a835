#include "base/folder_hash.h"

#include <algorithm>
#include <vector>

#include "base/file.h"
#include "base/hash.h"

namespace duolex {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t files_limit = 4'000'000;

std::string raw(const std::string& hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
  return out;
}

struct Subtree {
  std::string hash;       // raw
  std::size_t leaves = 1;
};

void join_last(std::vector<Subtree>& stack) {
  const Subtree right = stack.back();
  stack.pop_back();
  stack.back() = {raw(sha256_hex("\x01" + stack.back().hash + right.hash)), stack.back().leaves + right.leaves};
}

}  // namespace

Result<std::string> sha256_of_path(const fs::path& path, std::size_t file_limit) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    const auto bytes = read_file(path, file_limit);
    if (!bytes) return failure(bytes.error());
    return sha256_hex(*bytes);
  }
  std::vector<std::string> names;
  for (fs::recursive_directory_iterator i(path, error), end; !error && i != end; i.increment(error)) {
    if (!i->is_regular_file(error) || i->is_symlink(error)) continue;
    if (names.size() == files_limit) return failure(error_in(path.string(), "holds more than " + std::to_string(files_limit) + " files"));
    names.push_back(i->path().lexically_relative(path).generic_string());
  }
  if (error) return failure(error_in(path.string(), "cannot be read: " + error.message()));
  if (names.empty()) return failure(error_in(path.string(), "holds no files"));
  std::sort(names.begin(), names.end());
  std::vector<Subtree> stack;
  for (const std::string& name : names) {
    const auto bytes = read_file(path / name, file_limit);
    if (!bytes) return failure(bytes.error());
    Sha256 leaf;
    leaf.add(std::string_view("\0", 1));
    leaf.add(name);
    leaf.add(std::string_view("\0", 1));
    leaf.add(*bytes);
    stack.push_back({raw(leaf.hex())});
    while (stack.size() > 1 && stack.back().leaves == stack[stack.size() - 2].leaves) join_last(stack);
  }
  while (stack.size() > 1) join_last(stack);
  static constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (const char c : stack.front().hash) {
    hex += digits[static_cast<unsigned char>(c) >> 4];
    hex += digits[static_cast<unsigned char>(c) & 15];
  }
  return hex;
}

}  // namespace duolex
