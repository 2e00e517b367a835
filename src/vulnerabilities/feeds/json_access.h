// The few questions that the feed readers ask a JSON value. Included by sources only.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

namespace duolex::vulnerabilities::feeds {

using Json = simdjson::dom::element;

// The value behind a key of an object; empty when there is none or the value is null.
inline std::optional<Json> get(const Json& object, std::string_view key) {
  simdjson::dom::object fields;
  Json value;
  if (object.get(fields) != simdjson::SUCCESS || fields.at_key(key).get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
  return value;
}

inline std::optional<std::string_view> text(const Json& value) {
  std::string_view out;
  if (value.get(out) != simdjson::SUCCESS) return std::nullopt;
  return out;
}

// The text behind a key, "" when there is none.
inline std::string_view text_at(const Json& object, std::string_view key) {
  const auto value = get(object, key);
  return value ? text(*value).value_or("") : std::string_view{};
}

inline std::optional<simdjson::dom::array> list(const Json& value) {
  simdjson::dom::array out;
  if (value.get(out) != simdjson::SUCCESS) return std::nullopt;
  return out;
}

}  // namespace duolex::vulnerabilities::feeds
