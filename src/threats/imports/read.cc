#include <algorithm>

#include "text/long_file.h"
#include "threats/imports/reader.h"

namespace duolex::threats::imports {
namespace {

using text::Node;

constexpr std::size_t most_bytes = std::size_t{256} << 20;

std::string first_line(const std::string& bytes) {
  const std::size_t begin = bytes.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return "";
  return bytes.substr(begin, bytes.find('\n', begin) - begin);
}

bool is_pyrit(const Node& record) {
  return record.kind == Node::Kind::mapping && ((record.find("conversation_id") != nullptr && record.find("role") != nullptr) ||
                                                (record.find("objective") != nullptr && record.find("outcome") != nullptr));
}

}  // namespace

Result<Import> read_import(const std::string& path, const std::string& bytes) {
  const char* const hint = "reports of garak (JSON lines), exports of PyRIT's memory and results of promptfoo (JSON) are read";
  if (bytes.size() > most_bytes) return failure(error_in(path, "is larger than " + std::to_string(most_bytes >> 20) + " MiB"));
  const std::string line = first_line(bytes);
  if (line.empty()) return failure(error_in(path, "is empty", hint));
  // A line by itself that is an object: JSON lines, or a document on one line.
  if (const auto node = text::read_json(path, line); node && node->kind == Node::Kind::mapping) {
    if (node->find("entry_type") != nullptr) {
      Import garak = read_garak(path, bytes);
      if (garak.rows.empty() && garak.rejected_count > 0) return failure(garak.rejected);
      return garak;
    }
    if (is_pyrit(*node)) {
      Import lines;
      lines.path = path;
      std::vector<Node> records;
      const bool whole = each_line(lines, bytes, [&](const Node& record, std::uint32_t number) {
        records.push_back(record);
        records.back().span.line = number;
      });
      std::vector<const Node*> all;
      for (const Node& r : records) all.push_back(&r);
      Import out = read_pyrit(path, all);
      for (const Diagnostic& d : lines.rejected) reject(out, d);
      if (!whole) out.incomplete_because.push_back("the last line is broken off");
      out.complete = out.incomplete_because.empty() && lines.rejected_count == 0;
      return out;
    }
  }
  const text::Limits limits = text::limits_of_a_long_file(most_bytes, bytes.size());
  const auto root = text::read_json(path, bytes, limits);
  if (!root) return tl::unexpected(root.error());
  if (root->kind == Node::Kind::mapping && root->find("results") != nullptr) return read_promptfoo(path, *root);
  const Node* list = root->kind == Node::Kind::sequence ? &*root : nullptr;
  for (const char* key : {"attack_results", "prompt_request_pieces", "message_pieces", "prompt_entries"})
    if (list == nullptr && root->kind == Node::Kind::mapping && root->find(key) != nullptr) list = root->find(key);
  if (list == nullptr || list->kind != Node::Kind::sequence || !std::any_of(list->items.begin(), list->items.end(), is_pyrit))
    return failure(error_in(path, "was written by none of the tools that are known", hint));
  std::vector<const Node*> records;
  for (const Node& r : list->items) records.push_back(&r);
  return read_pyrit(path, records);
}

}  // namespace duolex::threats::imports
