#include "expected.h"

#include <algorithm>

namespace duolex::cli_cases {
namespace {

// A plain true, false, null or number is no string; quoted in the case, it is one.
bool is_literal(const YAML::Node& node) {
  if (node.IsNull()) return true;
  if (node.Tag() == "!") return false;
  const std::string& text = node.Scalar();
  return text == "true" || text == "false" ||
         (!text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }));
}

std::string show(const YAML::Node& node) {
  YAML::Emitter out;
  out.SetMapFormat(YAML::Flow);
  out.SetSeqFormat(YAML::Flow);
  out << node;
  std::string text = out.c_str();
  return text.size() > 300 ? text.substr(0, 300) + "…" : text;
}

}  // namespace

std::string difference(const YAML::Node& want, const YAML::Node& have, const std::string& path) {
  const auto differs = [&] { return path + ": expected " + show(want) + ", found " + show(have); };
  if (want.IsMap()) {
    if (!have.IsMap()) return differs();
    for (const auto& pair : want) {
      const std::string key = pair.first.Scalar();
      if (pair.second.Tag() == "!absent") {
        if (have[key]) return path + ": has the key " + key;
        continue;
      }
      if (!have[key]) return path + ": no key " + key;
      if (std::string inner = difference(pair.second, have[key], path + "/" + key); !inner.empty()) return inner;
    }
    return "";
  }
  if (want.IsSequence()) {
    if (!have.IsSequence() || want.size() != have.size()) return differs();
    for (std::size_t i = 0; i < want.size(); ++i)
      if (std::string inner = difference(want[i], have[i], path + "/" + std::to_string(i)); !inner.empty()) return inner;
    return "";
  }
  if (want.IsNull() || have.IsNull()) return want.IsNull() && have.IsNull() ? "" : differs();
  if (!have.IsScalar() || want.Scalar() != have.Scalar()) return differs();
  // In JSON a string is quoted and nothing else is.
  return is_literal(want) == (have.Tag() != "!") ? "" : differs() + " (of another kind)";
}

}  // namespace duolex::cli_cases
