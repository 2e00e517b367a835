#include "workspace/probes/box_answers.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "threats/array.h"

namespace duolex::workspace {
namespace {

using nlohmann::json;

Failure wrong(const std::string& what) { return failure(error_in("", "the target " + what)); }

}  // namespace

Result<std::vector<float>> scores_in(const std::string& answer, std::size_t n) {
  if (answer.starts_with("\x93NUMPY")) {
    const auto array = threats::read_npy("answer", answer);
    if (!array) return tl::unexpected(array.error());
    if (array->shape.empty() || array->shape[0] != n) return wrong("answered with an array whose first dimension is not the number of rows");
    return threats::as_f32(*array);
  }
  const json j = json::parse(answer, nullptr, false);
  if (!j.is_object() || !j.contains("outputs") || !j["outputs"].is_array() || j["outputs"].size() != n) return wrong("answered neither an array nor {\"outputs\": [a list for each row]}: " + answer.substr(0, 80));
  std::vector<float> scores;
  std::size_t each = 0;
  for (const json& row : j["outputs"]) {
    const json list = row.is_array() ? row : json::array({row});
    if (each == 0) each = list.size();
    if (list.size() != each) return wrong("answered with rows of different lengths");
    for (const json& v : list) {
      if (!v.is_number()) return wrong("answered with a score that is no number");
      scores.push_back(v.get<float>());
    }
  }
  return scores;
}

std::size_t bytes_after(const std::string& header) {
  const std::size_t width = header.find("'<f8'") != std::string::npos ? 8 : header.find("'<f4'") != std::string::npos ? 4 : 0, open = header.find("'shape': (");
  if (width == 0 || open == std::string::npos) return 0;
  std::size_t count = 1;
  for (const char* at = header.c_str() + open + 10; *at != ')' && *at != '\0';) {
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(at, header.c_str() + header.size(), size);
    if (error != std::errc{} || (size != 0 && count > most_answer / size)) return 0;
    count *= size;
    for (at = end; *at == ',' || *at == ' '; ++at) {
    }
  }
  return count > most_answer / width ? 0 : count * width;
}

Result<std::string> body_of(const std::string& http) {
  const std::size_t end = http.find("\r\n\r\n"), code = http.find(' ');
  if (!http.starts_with("HTTP/1.") || end == std::string::npos || code == std::string::npos) return wrong("answered no HTTP");
  if (http.compare(code + 1, 3, "200") != 0) return wrong("answered HTTP status " + http.substr(code + 1, 3));
  return http.substr(end + 4);
}

}  // namespace duolex::workspace
