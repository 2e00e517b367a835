#include "evidence/dsse.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "evidence/encoding.h"
#include "text/json_out.h"
#include "text/node.h"

namespace duolex::evidence {
namespace {

using text::Node;

std::optional<std::string> either_base64(const std::string& text) {
  auto standard = from_base64(text);
  return standard ? standard : from_base64_url(text);
}

}  // namespace

std::string pre_authentication(const std::string& payload_type, const std::string& payload) {
  return "DSSEv1 " + std::to_string(payload_type.size()) + " " + payload_type + " " + std::to_string(payload.size()) + " " + payload;
}

Result<Envelope> read_envelope(const std::string& file, const std::string& bytes) {
  const auto root = text::read_json(file, bytes);
  if (!root) return failure(root.error());
  Diagnostics errors;
  const auto wrong = [&](const Node& node, const std::string& message) { errors.push_back(text::error_about(node, bytes, message)); };
  const auto word = [&](const Node& map, const char* key, bool base64) -> std::string {
    const Node* node = map.find(key);
    if (node == nullptr || node->kind != Node::Kind::text || !node->quoted) {
      wrong(node == nullptr ? map : *node, std::string("an envelope needs the text '") + key + "'");
      return "";
    }
    if (!base64) return node->text;
    const auto decoded = either_base64(node->text);
    if (!decoded) wrong(*node, std::string("'") + key + "' is no base64");
    return decoded.value_or("");
  };
  Envelope envelope;
  if (root->kind != Node::Kind::mapping) return failure(text::error_about(*root, bytes, "an envelope is an object, not " + describe(*root)));
  envelope.payload = word(*root, "payload", true);
  envelope.payload_type = word(*root, "payloadType", false);
  const Node* list = root->find("signatures");
  if (list == nullptr || list->kind != Node::Kind::sequence || list->items.empty() || list->items.size() > 100) {
    wrong(list == nullptr ? *root : *list, "an envelope has one to a hundred 'signatures'");
  } else {
    for (const Node& item : list->items) {
      if (item.kind != Node::Kind::mapping) {
        wrong(item, "a signature is an object, not " + describe(item));
        continue;
      }
      const Node* id = item.find("keyid");
      envelope.signatures.push_back({id != nullptr && id->kind == Node::Kind::text ? id->text : "", word(item, "sig", true)});
    }
  }
  if (!errors.empty()) return failure(std::move(errors));
  return envelope;
}

std::string write_envelope(const Envelope& envelope) {
  nlohmann::ordered_json j;
  j["payloadType"] = envelope.payload_type;
  j["payload"] = to_base64(envelope.payload);
  j["signatures"] = nlohmann::ordered_json::array();
  for (const EnvelopeSignature& s : envelope.signatures) {
    nlohmann::ordered_json e;
    e["keyid"] = s.keyid;
    e["sig"] = to_base64(s.signature);
    j["signatures"].push_back(std::move(e));
  }
  return text::to_json_text(j, text::JsonLayout::compact);
}

std::vector<std::string> signers_of(const Envelope& envelope, const std::vector<TrustedKey>& keys) {
  const std::string message = pre_authentication(envelope.payload_type, envelope.payload);
  std::vector<std::string> signers;
  for (const TrustedKey& key : keys) {
    const bool holds = std::any_of(envelope.signatures.begin(), envelope.signatures.end(), [&](const EnvelopeSignature& s) { return key.key.verify(message, s.signature); });
    if (holds) signers.push_back(key.id);
  }
  return signers;
}

}  // namespace duolex::evidence
