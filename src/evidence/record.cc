#include "evidence/record.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "evidence/encoding.h"
#include "text/json_out.h"
#include "text/node.h"

namespace duolex::evidence {
namespace {

using Json = nlohmann::json;
using text::Node;

Json files_json(const std::vector<HashedFile>& files) {
  Json list = Json::array();
  for (const HashedFile& f : files) list.push_back(Json{{"path", f.path}, {"sha256", f.sha256}});
  return list;
}

bool hex64(const std::string& text) { return text.size() == 64 && from_hex(text).has_value(); }

class LeafReader {
 public:
  LeafReader(const std::string& bytes, Diagnostics& errors) : bytes_(bytes), errors_(errors) {}

  EvidenceRecord read(const Node& root) {
    EvidenceRecord r;
    r.shows = word(root, "shows", true);
    r.release = word(root, "release", false);
    r.tool = word(root, "tool", false);
    r.tool_version = word(root, "tool_version", false);
    r.person_commitment = word(root, "person_commitment", false);
    r.at = word(root, "at", true);
    r.outcome = word(root, "outcome", true);
    if (std::find(outcomes().begin(), outcomes().end(), r.outcome) == outcomes().end()) wrong(root, "no outcome '" + r.outcome + "'");
    r.detail = word(root, "detail", false);
    r.artefacts = files(root, "artefacts");
    r.inputs = files(root, "inputs");
    r.good_until = day(root, "good_until");
    r.retain_until = day(root, "retain_until");
    r.stale_when = words(root, "stale_when");
    r.answers = words(root, "answers");
    r.test = word(root, "test", false);
    r.criterion = word(root, "criterion", false);
    r.provisions = words(root, "provisions");
    r.atlas = words(root, "atlas");
    r.law_sha256 = word(root, "law_sha256", false);
    r.purpose_sha256 = word(root, "purpose_sha256", false);
    if (const Node* interrupted = root.find("interrupted"); interrupted != nullptr) {
      if (interrupted->kind != Node::Kind::boolean) wrong(*interrupted, std::string("'interrupted' is ") + describe(*interrupted) + ", not true or false");
      r.interrupted = interrupted->boolean;
    }
    if (const Node* blob = root.find("blob"); blob != nullptr && blob->kind == Node::Kind::mapping) {
      Blob b{word(*blob, "sha256", true), word(*blob, "name", false), word(*blob, "media_type", false), 0};
      const Node* size = blob->find("size");
      if (size != nullptr && size->kind == Node::Kind::integer && size->integer >= 0) b.size = static_cast<std::uint64_t>(size->integer);
      if (!hex64(b.sha256)) wrong(*blob, "a blob without a SHA-256");
      r.blob = std::move(b);
    }
    return r;
  }

 private:
  void wrong(const Node& node, const std::string& message) { errors_.push_back(text::error_about(node, bytes_, message)); }

  std::string word(const Node& map, const char* key, bool required) {
    const Node* node = map.find(key);
    if (node == nullptr || node->kind == Node::Kind::null) {
      if (required) wrong(map, std::string("'") + key + "' is missing");
      return "";
    }
    if (node->kind != Node::Kind::text) {
      wrong(*node, std::string("'") + key + "' is " + describe(*node) + ", not text");
      return "";
    }
    return node->text;
  }

  std::optional<Day> day(const Node& map, const char* key) {
    const std::string text = word(map, key, false);
    if (text.empty()) return std::nullopt;
    const auto day = parse_day(text);
    if (!day) wrong(*map.find(key), std::string("'") + key + "' is no date");
    return day;
  }

  std::vector<std::string> words(const Node& map, const char* key) {
    std::vector<std::string> list;
    const Node* node = map.find(key);
    if (node == nullptr || node->kind != Node::Kind::sequence) return list;
    for (const Node& item : node->items) {
      if (item.kind == Node::Kind::text) list.push_back(item.text);
      else wrong(item, std::string("an entry of '") + key + "' is " + describe(item));
    }
    return list;
  }

  std::vector<HashedFile> files(const Node& map, const char* key) {
    std::vector<HashedFile> list;
    const Node* node = map.find(key);
    if (node == nullptr || node->kind != Node::Kind::sequence) return list;
    for (const Node& item : node->items) {
      if (item.kind != Node::Kind::mapping) {
        wrong(item, std::string("an entry of '") + key + "' is " + describe(item));
        continue;
      }
      list.push_back({word(item, "path", true), word(item, "sha256", true)});
      if (!hex64(list.back().sha256)) wrong(item, "'" + list.back().path + "' has no SHA-256");
    }
    return list;
  }

  const std::string& bytes_;
  Diagnostics& errors_;
};

}  // namespace

const std::vector<std::string>& outcomes() {
  static const std::vector<std::string> words = {"passed", "failed", "inconclusive", "stated"};
  return words;
}

const std::vector<std::string>& stale_reasons() {
  static const std::vector<std::string> words = {"artefact", "model", "data", "sbom", "intended_purpose", "law"};
  return words;
}

std::string to_leaf(const EvidenceRecord& r) {
  Json j;
  j["format"] = 1;
  j["kind"] = "evidence";
  j["shows"] = r.shows;
  j["at"] = r.at;
  j["outcome"] = r.outcome;
  const auto word = [&](const char* key, const std::string& value) {
    if (!value.empty()) j[key] = value;
  };
  word("release", r.release);
  word("tool", r.tool);
  word("tool_version", r.tool_version);
  word("person_commitment", r.person_commitment);
  word("detail", r.detail);
  if (!r.artefacts.empty()) j["artefacts"] = files_json(r.artefacts);
  if (!r.inputs.empty()) j["inputs"] = files_json(r.inputs);
  if (r.good_until) j["good_until"] = to_string(*r.good_until);
  if (r.retain_until) j["retain_until"] = to_string(*r.retain_until);
  if (!r.stale_when.empty()) j["stale_when"] = r.stale_when;
  if (!r.answers.empty()) j["answers"] = r.answers;
  word("test", r.test);
  word("criterion", r.criterion);
  if (!r.provisions.empty()) j["provisions"] = r.provisions;
  if (!r.atlas.empty()) j["atlas"] = r.atlas;
  if (r.interrupted) j["interrupted"] = true;
  word("law_sha256", r.law_sha256);
  word("purpose_sha256", r.purpose_sha256);
  if (r.blob) j["blob"] = Json{{"sha256", r.blob->sha256}, {"name", r.blob->name}, {"media_type", r.blob->media_type}, {"size", r.blob->size}};
  return text::to_json_text(j, text::JsonLayout::compact);
}

Result<EvidenceRecord> read_record_leaf(const std::string& where, const std::string& data) {
  const auto root = text::read_json(where, data);
  if (!root) return failure(root.error());
  const Node* kind = root->find("kind");
  if (root->kind != Node::Kind::mapping || kind == nullptr || kind->text != "evidence") return failure(error_in(where, "is no evidence record"));
  Diagnostics errors;
  EvidenceRecord record = LeafReader(data, errors).read(*root);
  if (!errors.empty()) return failure(std::move(errors));
  return record;
}

std::string approval_payload(const Hash& leaf) { return "{\"approves\":\"" + to_hex(leaf) + "\",\"format\":1}"; }

std::string approval_leaf(const std::string& envelope_json) {
  Json j;
  j["format"] = 1;
  j["kind"] = "approval";
  j["envelope"] = envelope_json;
  return text::to_json_text(j, text::JsonLayout::compact);
}

LeafKind kind_of_leaf(const std::string& data) {
  const auto root = text::read_json("leaf", data);
  if (!root || root->kind != Node::Kind::mapping) return {};
  const Node* kind = root->find("kind");
  const Node* envelope = root->find("envelope");
  if (kind == nullptr) return {};
  if (kind->text == "approval" && envelope != nullptr) return {"approval", envelope->text};
  return {kind->text == "evidence" ? "evidence" : "", ""};
}

std::string commitment(std::string_view salt, std::string_view text) {
  std::string bytes = "duolex commitment 1\n";
  bytes += salt;
  bytes += text;
  return to_hex(sha256(bytes));
}

}  // namespace duolex::evidence
