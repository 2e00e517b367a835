#include "threats/campaign/journal.h"

#include <cstring>
#include <nlohmann/json.hpp>

#include "text/json_out.h"
#include "threats/campaign/base64.h"

namespace duolex::threats::campaign {

std::string to_line(const evasion::SampleResult& r) {
  nlohmann::ordered_json j = {{"sample", r.number}, {"finite", r.finite}, {"clean_correct", r.clean_correct}, {"clean_margin", r.finite ? r.clean_margin : 0}};
  j["zero_gradient"] = r.zero_gradient;
  j["broken_by"] = r.broken_by;
  j["distance"] = r.distance;
  j["margin"] = r.margin;
  j["refuted"] = r.refuted;
  j["forward_calls"] = r.forward_calls;
  j["gradient_calls"] = r.gradient_calls;
  j["example"] = to_base64({reinterpret_cast<const char*>(r.example.data()), r.example.size() * sizeof(float)});
  if (!r.row.empty()) j["row"] = to_base64({reinterpret_cast<const char*>(r.row.data()), r.row.size() * sizeof(double)});
  return text::to_json_text(j, text::JsonLayout::compact) + "\n";
}

std::optional<evasion::SampleResult> from_line(const std::string& line) {
  const nlohmann::json j = nlohmann::json::parse(line, nullptr, false);
  if (!j.is_object()) return std::nullopt;
  for (const char* key : {"sample", "refuted", "forward_calls", "gradient_calls"})
    if (!j.contains(key) || !j[key].is_number_unsigned()) return std::nullopt;
  for (const char* key : {"finite", "clean_correct", "zero_gradient"})
    if (!j.contains(key) || !j[key].is_boolean()) return std::nullopt;
  for (const char* key : {"clean_margin", "distance", "margin"})
    if (!j.contains(key) || !j[key].is_number()) return std::nullopt;
  for (const char* key : {"broken_by", "example"})
    if (!j.contains(key) || !j[key].is_string()) return std::nullopt;
  evasion::SampleResult r;
  r.number = j["sample"].get<std::size_t>();
  r.finite = j["finite"].get<bool>();
  r.clean_correct = j["clean_correct"].get<bool>();
  r.clean_margin = j["clean_margin"].get<double>();
  r.zero_gradient = j["zero_gradient"].get<bool>();
  r.broken_by = j["broken_by"].get<std::string>();
  r.distance = j["distance"].get<double>();
  r.margin = j["margin"].get<double>();
  r.refuted = j["refuted"].get<std::size_t>();
  r.forward_calls = j["forward_calls"].get<std::uint64_t>();
  r.gradient_calls = j["gradient_calls"].get<std::uint64_t>();
  const auto bytes = from_base64(j["example"].get_ref<const std::string&>());
  const auto row = from_base64(j.contains("row") && j["row"].is_string() ? j["row"].get_ref<const std::string&>() : std::string());
  if (!bytes || !row || bytes->size() % sizeof(float) != 0 || row->size() % sizeof(double) != 0) return std::nullopt;
  if ((bytes->empty() && row->empty()) != r.broken_by.empty()) return std::nullopt;
  r.row.resize(row->size() / sizeof(double));
  if (!r.row.empty()) std::memcpy(r.row.data(), row->data(), row->size());
  r.example.resize(bytes->size() / sizeof(float));
  if (!r.example.empty()) std::memcpy(r.example.data(), bytes->data(), bytes->size());
  return r;
}

}  // namespace duolex::threats::campaign
