#include "documents/citation.h"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

namespace duolex::documents {
namespace {

constexpr std::pair<const char*, const char*> acts[] = {
    {"AIA", "AI Act"},
    {"AIA2024", "AI Act (2024)"},
    {"CRA", "CRA"},
    {"CRA1535", "Reg. (EU) 2025/1535"},
    {"CRA2392", "Reg. (EU) 2025/2392"},
    {"CRA881", "Reg. (EU) 2026/881"},
    {"GDPR", "GDPR"},
    {"OMN", "Reg. (EU) 2026/1744"},
};

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
std::string spaced(const std::string& part) {
  std::string text;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (i != 0 && std::isupper(static_cast<unsigned char>(part[i])) && std::islower(static_cast<unsigned char>(part[i - 1]))) text += ' ';
    text += part[i];
  }
  return text;
}

bool starts_with_digit(const std::string& part) { return !part.empty() && part[0] >= '0' && part[0] <= '9'; }

// "#2", passages without a number that follow: in a paragraph its third subparagraph, in an article its second
// paragraph.
std::string passage(const std::string& part, bool in_paragraph) {
  const int n = part.size() == 2 && starts_with_digit(part.substr(1)) ? part[1] - '0' : 0;
  const int nth = n + (in_paragraph ? 1 : 0);
  if (n < 1 || nth > 9) return ", passage " + part.substr(1);
  return std::string(", ") + ordinals[nth - 1] + (in_paragraph ? " subparagraph" : " paragraph");
}

}  // namespace

std::string citation(const std::string& id) {
  std::vector<std::string> parts = parts_of(id);
  const auto act = std::find_if(std::begin(acts), std::end(acts), [&](const auto& a) { return parts[0] == a.first; });
  if (act == std::end(acts) || parts.size() < 3 || parts[2].empty()) return id;
  const std::string& kind = parts[1];
  std::string text = act->second;
  if (kind == "art") {
    text += " Art. " + parts[2];
  } else if (kind == "rec") {
    return text + " recital " + parts[2];
  } else if (kind == "anx") {
    text += " Annex " + parts[2];
  } else {
    return id;
  }
  bool point = false;  // an annex's first number is a point: "Annex III point 1(a)"
  for (std::size_t i = 3; i < parts.size(); ++i) {
    std::string part = parts[i];
    std::string again;
    if (const std::size_t tilde = part.find('~'); tilde != std::string::npos) {
      again = " (list " + part.substr(tilde + 1) + ")";
      part.resize(tilde);
    }
    if (part.empty()) return id;
    if (part[0] == '#') {
      text += i == 4 && kind == "art" ? passage(part, true) : i == 3 && kind == "art" ? passage(part, false) : ", passage " + part.substr(1);
    } else if (kind == "anx" && !point) {
      point = starts_with_digit(part);
      text += point ? " point " + part : " " + spaced(part);
    } else {
      text += "(" + part + ")";
    }
    text += again;
  }
  return text;
}

}  // namespace duolex::documents
