#include "threats/data/manifest.h"

#include <map>
#include <nlohmann/json.hpp>

#include "text/json_out.h"
#include "text/long_file.h"
#include "text/node.h"

namespace duolex::threats::data {
namespace {

using text::Node;
constexpr std::size_t most_named = 1000;

bool is_hash(const std::string& text) { return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos; }

Hash from_hex(const std::string& text) {
  Hash out{};
  const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
  return out;
}

bool numbered(const Manifest& m) { return m.kind != "folder" && m.kind != "COCO"; }

void note(std::vector<std::string>& names, std::size_t& count, const std::string& name) {
  if (++count <= most_named) names.push_back(name);
}

}  // namespace

Manifest manifest_of(const DataSet& data) {
  Manifest out;
  out.kind = data.kind;
  std::vector<Hash> leaves;
  for (const Row& row : data.rows) {
    leaves.push_back(row.hash);
    out.entries.push_back({row.name, hex(row.hash)});
  }
  out.root = hex(tree_hash(leaves));
  return out;
}

std::string to_json_text(const Manifest& manifest) {
  nlohmann::ordered_json entries = nlohmann::ordered_json::array();
  for (const ManifestEntry& e : manifest.entries) entries.push_back({{"name", e.name}, {"sha256", e.hash}});
  return text::to_json_text(nlohmann::ordered_json{{"duolex_data_manifest", 1},
                                                   {"kind", manifest.kind},
                                                   {"rows", manifest.entries.size()},
                                                   {"root", manifest.root},
                                                   {"entries", std::move(entries)}},
                            text::JsonLayout::pretty);
}

Result<Manifest> read_manifest(const std::string& file, const std::string& bytes) {
  const text::Limits limits = text::limits_of_a_long_file(std::size_t{256} << 20, bytes.size());
  const auto root = text::read_json(file, bytes, limits);
  if (!root) return tl::unexpected(root.error());
  const Node *version = root->find("duolex_data_manifest"), *kind = root->find("kind"), *stated = root->find("root"), *entries = root->find("entries");
  if (version == nullptr || version->kind != Node::Kind::integer || version->integer != 1)
    return failure(error_about(*root, bytes, "is no manifest of a data set of version 1", "'duolex probe data PATH --write-manifest FILE' writes one"));
  if (kind == nullptr || kind->kind != Node::Kind::text || stated == nullptr || !is_hash(stated->text) || entries == nullptr || entries->kind != Node::Kind::sequence)
    return failure(error_about(*root, bytes, "the manifest lacks its kind, root or entries"));
  Manifest out;
  out.kind = kind->text;
  out.root = stated->text;
  std::vector<Hash> leaves;
  for (const Node& e : entries->items) {
    const Node *name = e.find("name"), *hash = e.find("sha256");
    if (name == nullptr || name->kind != Node::Kind::text || hash == nullptr || !is_hash(hash->text))
      return failure(error_about(e, bytes, "an entry lacks its name or its hash"));
    leaves.push_back(from_hex(hash->text));
    out.entries.push_back({name->text, hash->text});
  }
  if (hex(tree_hash(leaves)) != out.root) return failure(error_about(*stated, bytes, "the root does not follow from the entries: the manifest was changed"));
  return out;
}

Comparison compare(const Manifest& before, const Manifest& after) {
  Comparison out;
  out.before = before.root;
  out.after = after.root;
  if (numbered(after)) {
    std::map<std::string, std::size_t> left;  // hash -> how often
    for (const ManifestEntry& e : before.entries) ++left[e.hash];
    for (const ManifestEntry& e : after.entries) {
      const auto found = left.find(e.hash);
      if (found != left.end() && found->second > 0) {
        --found->second;
        ++out.same;
      } else {
        note(out.added, out.added_count, e.name);
      }
    }
    for (auto e = before.entries.rbegin(); e != before.entries.rend(); ++e)
      if (std::size_t& count = left[e->hash]; count > 0) {
        --count;
        note(out.removed, out.removed_count, e->name);
      }
    return out;
  }
  std::map<std::string, std::string> known;
  for (const ManifestEntry& e : before.entries) known[e.name] = e.hash;
  for (const ManifestEntry& e : after.entries) {
    const auto found = known.find(e.name);
    if (found == known.end()) {
      note(out.added, out.added_count, e.name);
    } else {
      if (found->second == e.hash) {
        ++out.same;
      } else {
        note(out.changed, out.changed_count, e.name);
      }
      known.erase(found);
    }
  }
  for (const auto& [name, hash] : known) note(out.removed, out.removed_count, name);
  return out;
}

}  // namespace duolex::threats::data
