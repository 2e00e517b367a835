#include "threats/result.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace duolex::threats {
namespace {

using nlohmann::ordered_json;

std::string number(double v) {
  char text[40];
  std::snprintf(text, sizeof text, std::floor(v) == v && std::abs(v) < 1e15 ? "%.0f" : "%.4g", v);
  return text;
}

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ", ") + item;
  return text;
}

}  // namespace

const char* name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::met: return "met";
    case Verdict::not_met: return "not_met";
    case Verdict::inconclusive: return "inconclusive";
    case Verdict::not_tested: break;
  }
  return "not_tested";
}

ordered_json to_json(const TestResult& result) {
  ordered_json measured = ordered_json::array(), inputs = ordered_json::array();
  for (const Measure& m : result.measured) {
    ordered_json j = {{"what", m.what}, {"value", m.value}};
    if (!m.unit.empty()) j["unit"] = m.unit;
    if (m.interval) j["interval"] = {{"low", m.interval->low}, {"high", m.interval->high}, {"confidence", m.confidence}};
    measured.push_back(std::move(j));
  }
  for (const TestInput& i : result.inputs) inputs.push_back({{"name", i.name}, {"sha256", i.sha256}});
  return {{"id", result.id},
          {"goal", result.goal},
          {"criterion", result.criterion},
          {"measured", std::move(measured)},
          {"verdict", name_of(result.verdict)},
          {"because", result.because},
          {"not_tested", result.not_tested},
          {"inputs", std::move(inputs)},
          {"provisions", result.provisions},
          {"atlas", result.atlas}};
}

std::string to_text(const TestResult& result) {
  std::string text = result.id + ": " + name_of(result.verdict) + (result.because.empty() ? "" : ", " + result.because) + "\n";
  text += "  goal       " + result.goal + "\n  criterion  " + result.criterion + "\n";
  for (const Measure& m : result.measured) {
    text += "  measured   " + m.what + " " + number(m.value) + (m.unit.empty() ? "" : " " + m.unit);
    if (m.interval)
      text += " (" + number(100 * m.confidence) + " % interval " + number(m.interval->low) + " to " + number(m.interval->high) + ")";
    text += "\n";
  }
  for (const std::string& n : result.not_tested) text += "  not tested " + n + "\n";
  if (!result.provisions.empty()) text += "  serves     " + joined(result.provisions) + "\n";
  if (!result.atlas.empty()) text += "  ATLAS      " + joined(result.atlas) + "\n";
  return text;
}

}  // namespace duolex::threats
