#include "checker/law.h"

#include <openssl/sha.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <sstream>
#include <utility>

namespace duolex::checker {
namespace {

constexpr std::uintmax_t size_limit = 64u << 20;
std::tm date_of(Value day) {
  const std::time_t seconds = day * 86400;
  std::tm date{};
  return gmtime_r(&seconds, &date), date;
}
Value number_of(std::tm date) { return timegm(&date) / 86400; }  // months and days may run over
}  // namespace

std::string day_text(Value day) {
  const std::tm date = date_of(day);
  const int digits = 100'000'000 + (date.tm_year + 1900) * 10'000 + (date.tm_mon + 1) * 100 + date.tm_mday;
  return std::to_string(digits).substr(1).insert(6, "-").insert(4, "-");
}
std::optional<Value> parse_day(const std::string& text) {
  std::tm date{};
  std::sscanf(text.c_str(), "%4d-%2d-%2d", &date.tm_year, &date.tm_mon, &date.tm_mday);
  date.tm_year -= 1900, date.tm_mon -= 1;
  const Value day = number_of(date);
  return first_day <= day && day <= last_day && day_text(day) == text ? std::optional(day) : std::nullopt;
}
Value add(Value day, Value months, Value days) {
  std::tm date = date_of(day), next = date;
  date.tm_mon += static_cast<int>(months);
  next.tm_mon = date.tm_mon + 1, next.tm_mday = 0;  // the last day of the month meant
  return std::clamp(std::min(number_of(date), number_of(next)) + days, first_day, last_day);
}
Source read_source(const std::filesystem::path& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error || size > size_limit) throw Verdict{65, path.string() + ": no file, or larger than 64 MiB"};
  Source source{path.string(), std::string(size, '\0')};
  std::ifstream in(path, std::ios::binary);
  if (!in.read(source.text.data(), std::ssize(source.text))) throw Verdict{65, source.name + ": cannot be read"};
  return source;
}
std::vector<bool> Law::depending_on(std::vector<bool> marked) const {
  const auto is_marked = [&](int used) { return used < 0 && marked[~used]; };
  for (bool more = true; std::exchange(more, false);)
    for (std::size_t r = 0; r < rules.size(); ++r)
      if (!marked[r] && std::ranges::any_of(rules[r].reads, is_marked)) more = marked[r] = true;
  return marked;
}
std::string LawFiles::hash() const {
  std::string all, hex;
  for (const Source& file : files) all += file.name + '\0' + std::to_string(file.text.size()) + '\0' + file.text;
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(all.data()), all.size(), digest);
  for (const unsigned char byte : digest) hex += {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
  return hex;
}
LawFiles read_files(const std::filesystem::path& folder) {
  LawFiles law;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::filesystem::path& path = it->path();
    const std::string name = path.lexically_relative(folder).generic_string();
    if (path.extension() == ".law") law.files.push_back({name, read_source(path).text});
    if (path.extension() != ".txt" || path.parent_path() != folder / "provisions") continue;
    std::istringstream lines(read_source(path).text);
    std::set<std::string>& ids = law.provisions[path.stem().string()];
    for (std::string line; std::getline(lines, line);) ids.insert(line.substr(0, line.find(' ')));
  }
  if (error || law.files.empty()) throw Verdict{65, folder.string() + ": no folder with .law files that can be read"};
  std::ranges::sort(law.files, {}, &Source::name);
  return law;
}

}  // namespace duolex::checker
