#include "evidence/ledger.h"

#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "evidence/encoding.h"
#include "text/json_out.h"
#include "text/node.h"

namespace duolex::evidence {

namespace fs = std::filesystem;
using text::Node;

fs::path log_path(const fs::path& folder) { return folder / "log"; }

Result<Blob> put_blob(const fs::path& folder, const std::string& bytes, const std::string& name, const std::string& media_type) {
  Blob blob{to_hex(sha256(bytes)), name, media_type, bytes.size()};
  const fs::path path = folder / "blobs" / blob.sha256.substr(0, 2) / blob.sha256.substr(2);
  std::error_code ec;
  if (fs::exists(path, ec)) return blob;
  fs::create_directories(path.parent_path(), ec);
  if (ec) return failure(error_in(path.parent_path().string(), "cannot be made: " + ec.message()));
  if (const auto written = write_file_atomically(path, bytes); !written) return failure(written.error());
  return blob;
}

Result<std::string> commit_to(const fs::path& folder, const std::string& text, const std::string& salt) {
  const std::string name = commitment(salt, text);
  const fs::path path = folder / "private" / (name + ".json");
  std::error_code ec;
  fs::create_directories(path.parent_path(), ec);
  if (ec) return failure(error_in(path.parent_path().string(), "cannot be made: " + ec.message()));
  fs::permissions(path.parent_path(), fs::perms::owner_all, ec);
  nlohmann::ordered_json j;
  j["format"] = 1;
  j["salt"] = to_hex(salt);
  j["text"] = text;
  if (const auto written = write_file_atomically(path, duolex::text::to_json_text(j, duolex::text::JsonLayout::pretty)); !written) return failure(written.error());
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, ec);
  return name;
}

Result<std::vector<PersonKey>> read_keys(const std::string& file, const std::string& bytes) {
  text::Limits limits;
  limits.bytes = std::size_t{1} << 20;
  const auto root = text::read_by_name(file, bytes, limits);
  if (!root) return failure(root.error());
  Diagnostics errors;
  std::vector<PersonKey> keys;
  const auto wrong = [&](const Node& node, const std::string& message, const std::string& hint = "") { errors.push_back(text::error_about(node, bytes, message, hint)); };
  const Node* list = root->kind == Node::Kind::mapping ? root->find("keys") : nullptr;
  if (list == nullptr || list->kind != Node::Kind::sequence) return failure(text::error_about(*root, bytes, "a file of keys has a list 'keys'"));
  for (const Node& n : list->items) {
    const auto word = [&](const char* key) -> std::string {
      const Node* node = n.kind == Node::Kind::mapping ? n.find(key) : nullptr;
      if (node == nullptr || node->kind != Node::Kind::text || node->text.empty()) {
        wrong(node == nullptr ? n : *node, std::string("a key needs the text '") + key + "'");
        return "";
      }
      return node->text;
    };
    const std::string id = word("id"), person = word("person"), given = word("public");
    const auto raw = from_base64(given);
    const auto key = raw ? PublicKey::from_ed25519(*raw) : std::nullopt;
    if (!key) {
      if (!given.empty()) wrong(n, "'" + given + "' is no Ed25519 key in base64");
      continue;
    }
    for (const PersonKey& other : keys) {
      if (other.id == id) wrong(n, "the key '" + id + "' stands here twice");
      if (other.key.raw() == *raw && other.person != person) wrong(n, "one key cannot be that of two people", "'" + other.id + "' is the same key");
    }
    keys.push_back({id, person, *key});
  }
  if (!errors.empty()) return failure(std::move(errors));
  return keys;
}

Result<std::vector<Leaf>> read_leaves(const fs::path& folder) {
  const fs::path path = log_path(folder);
  const auto bytes = read_file(path, std::size_t{8} << 30);
  if (!bytes) return failure(bytes.error());
  std::vector<Leaf> leaves;
  const auto scan = scan_log(path.string(), *bytes, [&](const LogFrame& f) {
    if (!f.group_end) leaves.push_back({f.index, f.offset, f.hash, std::string(f.data)});
  });
  if (!scan) return failure(scan.error());
  if (!scan->damage.empty()) return failure(scan->damage);
  return leaves;
}

}  // namespace duolex::evidence
