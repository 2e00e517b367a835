#include "documents/citation.h"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "documents/tongue.h"

namespace duolex::documents {
namespace {

// An act's short name, or its number.
std::optional<Said> act_of(const std::string& prefix) {
  if (prefix == "CRA") return said("CRA");
  if (prefix == "AIA") return said("AI Act");
  if (prefix == "AIA2024") return said("AI Act (2024)");
  if (prefix == "GDPR") return said("GDPR");
  constexpr std::pair<const char*, const char*> numbers[] = {
      {"CRA1535", "2025/1535"}, {"CRA2392", "2025/2392"}, {"CRA881", "2026/881"}, {"OMN", "2026/1744"}};
  for (const auto& [id, number] : numbers)
    if (prefix == id) return said("Reg. (EU) {number}", {{"number", data(number)}});
  return std::nullopt;
}

constexpr const char* ordinals[] = {"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"};

std::vector<std::string> parts_of(const std::string& id) {
  std::vector<std::string> parts(1);
  for (const char c : id) {
    if (c == '/') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// "SectionA" → "Section A", "ClassII" → "Class II".
Said division(const std::string& part) {
  const auto rest = [&](const char* kind) { return data(part.substr(std::string_view(kind).size())); };
  if (part.starts_with("Section")) return said("Section {letter}", {{"letter", rest("Section")}});
  if (part.starts_with("Class")) return said("Class {number}", {{"number", rest("Class")}});
  if (part.starts_with("Part")) return said("Part {number}", {{"number", rest("Part")}});
  return data(part);
}

bool starts_with_digit(const std::string& part) { return !part.empty() && part[0] >= '0' && part[0] <= '9'; }

Said passage(const std::string& number) { return said("passage {number}", {{"number", data(number)}}); }

// "#2", passages without a number that follow: in a paragraph its third subparagraph, in an article its second
// paragraph. English counts them in words.
std::string passage(const std::string& part, bool in_paragraph, const Tongue& tongue) {
  const int n = part.size() == 2 && starts_with_digit(part.substr(1)) ? part[1] - '0' : 0;
  const int nth = n + (in_paragraph ? 1 : 0);
  if (n < 1 || nth > 9) return tongue(passage(part.substr(1)));
  if (tongue.language() == "en") return std::string(ordinals[nth - 1]) + (in_paragraph ? " subparagraph" : " paragraph");
  const Said number = data(std::to_string(nth));
  return tongue(in_paragraph ? said("subparagraph {number}", {{"number", number}}) : said("paragraph {number}", {{"number", number}}));
}

}  // namespace

std::string citation(const std::string& id) { return citation(id, Tongue()); }

std::string citation(const std::string& id, const Tongue& tongue) {
  std::vector<std::string> parts = parts_of(id);
  const std::optional<Said> act = act_of(parts[0]);
  if (!act || parts.size() < 3 || parts[2].empty()) return id;
  const std::string& kind = parts[1];
  const Said number = data(parts[2]);
  std::string text = tongue(*act) + " ";
  if (kind == "art") {
    text += tongue(said("Art. {number}", {{"number", number}}));
  } else if (kind == "rec") {
    return text + tongue(said("recital {number}", {{"number", number}}));
  } else if (kind == "anx") {
    text += tongue(said("Annex {number}", {{"number", number}}));
  } else {
    return id;
  }
  bool point = false;  // an annex's first number is a point: "Annex III point 1(a)"
  for (std::size_t i = 3; i < parts.size(); ++i) {
    std::string part = parts[i];
    std::string again;
    if (const std::size_t tilde = part.find('~'); tilde != std::string::npos) {
      again = " (" + tongue(said("list {number}", {{"number", data(part.substr(tilde + 1))}})) + ")";
      part.resize(tilde);
    }
    if (part.empty()) return id;
    if (part[0] == '#') {
      text += ", " + (i <= 4 && kind == "art" ? passage(part, i == 4, tongue) : tongue(passage(part.substr(1))));
    } else if (kind == "anx" && !point) {
      point = starts_with_digit(part);
      text += " " + tongue(point ? said("point {number}", {{"number", data(part)}}) : division(part));
    } else {
      text += "(" + part + ")";
    }
    text += again;
  }
  return text;
}

}  // namespace duolex::documents
