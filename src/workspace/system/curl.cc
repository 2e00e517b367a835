#include "workspace/system/curl.h"

#include <utility>

namespace duolex::workspace {

std::string curl_quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return out + "\"";
}

std::string curl_problem(int exit_status) {
  static constexpr std::pair<int, const char*> known[] = {
      {1, "it leads to an address of a kind that is not taken"},
      {3, "it is no address"},
      {5, "the name of the proxy is not known"},
      {6, "its name is not known"},
      {7, "it could not be reached"},
      {18, "the connection ended before the file did"},
      {28, "it did not go on for a minute"},
      {35, "no connection in cipher came about"},
      {47, "it leads on and on"},
      {52, "it answered nothing"},
      {56, "the connection broke"},
      {60, "its certificate is not trusted"},
      {92, "the connection broke"},
  };
  for (const auto& [status, words] : known)
    if (status == exit_status) return std::string(words) + " (curl " + std::to_string(exit_status) + ")";
  return "it could not be had (curl " + std::to_string(exit_status) + ")";
}

}  // namespace duolex::workspace
