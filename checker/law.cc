#include "checker/law.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <openssl/evp.h>
#include <sstream>
#include <utility>

namespace duolex::checker {
namespace {

constexpr std::uintmax_t size_limit = 64u << 20;

Value days_in(Value year, Value month) {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}
Value number_of(Value year, Value month, Value day) {
  const Value before = year - 1;
  Value n = first_day + 365 * before + before / 4 - before / 100 + before / 400 + day - 1;
  for (Value m = 1; m < month; ++m) n += days_in(year, m);
  return n;
}

}  // namespace

std::optional<Value> parse_day(const std::string& text) {
  if (text.size() != 10) return std::nullopt;
  std::array<Value, 3> date{};
  for (std::size_t i = 0; i < 10; ++i) {
    if (i == 4 || i == 7 ? text[i] != '-' : text[i] < '0' || text[i] > '9') return std::nullopt;
    Value& part = date[i < 4 ? 0 : i < 7 ? 1 : 2];
    if (text[i] != '-') part = part * 10 + (text[i] - '0');
  }
  const auto [year, month, day] = date;
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in(year, month)) return std::nullopt;
  return number_of(year, month, day);
}

Value add(Value number, Value months, Value days) {
  Value year = (number - first_day) / 366 + 1, month = 1;
  while (number_of(year + 1, 1, 1) <= number) ++year;
  while (month < 12 && number_of(year, month + 1, 1) <= number) ++month;
  const Value day = number - number_of(year, month, 1) + 1;
  const Value then = month - 1 + months, y = year + then / 12, m = then % 12 + 1;
  if (y > 9999) return last_day;
  return std::clamp(number_of(y, m, std::min(day, days_in(y, m))) + days, first_day, last_day);
}

Source read_source(const std::filesystem::path& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error || size > size_limit) throw Unreadable{path.string() + ": no file, or larger than 64 MiB"};
  Source source{path.string(), std::string(size, '\0')};
  std::ifstream in(path, std::ios::binary);
  if (!in.read(source.text.data(), static_cast<std::streamsize>(size))) throw Unreadable{source.name + ": cannot be read"};
  return source;
}

std::string place_of(const Source& source, std::size_t offset) {
  std::size_t line = 1, column = 1;
  for (std::size_t i = 0; i < std::min(offset, source.text.size()); ++i) {
    if (source.text[i] == '\n') ++line;
    column = source.text[i] == '\n' ? 1 : column + ((source.text[i] & 0xc0) != 0x80 ? 1 : 0);
  }
  return source.name + ":" + std::to_string(line) + ":" + std::to_string(column) + ": ";
}

std::set<std::string> Law::shown(const std::vector<std::string>& cites, bool claimed) const {
  std::set<std::string> names;
  for (std::string name : cites) {
    const std::size_t slash = std::min(name.find('/'), name.size());
    const std::string act = name.substr(0, slash), rest = name.substr(slash);
    for (const Text& earlier : texts) {
      if (earlier.earlier_of.empty()) continue;
      const auto list = provisions.find(earlier.id);
      if (list == provisions.end()) {
        if (act == earlier.id) name = earlier.earlier_of + rest;
      } else if (!claimed && earlier.in_force && act == earlier.earlier_of && list->second.contains(earlier.id + rest)) {
        name = earlier.id + rest;
      }
    }
    names.insert(std::move(name));
  }
  return names;
}

std::vector<bool> Law::depending_on(std::vector<bool> marked) const {
  const auto is_marked = [&](int used) { return marked[used]; };
  for (bool more = true; std::exchange(more, false);)
    for (std::size_t r = 0; r < rules.size(); ++r)
      if (!marked[r] && std::any_of(rules[r].reads_rules.begin(), rules[r].reads_rules.end(), is_marked)) more = marked[r] = true;
  return marked;
}

std::string LawFiles::hash() const {
  std::string all, hex;
  for (const Source& file : files) all += file.name + '\0' + std::to_string(file.text.size()) + '\0' + file.text;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(all.data(), all.size(), digest, &size, EVP_sha256(), nullptr) != 1) throw Unreadable{"no SHA-256"};
  for (unsigned i = 0; i < size; ++i) hex += {"0123456789abcdef"[digest[i] >> 4], "0123456789abcdef"[digest[i] & 15]};
  return hex;
}

LawFiles read_files(const std::filesystem::path& folder) {
  LawFiles law;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::filesystem::path& path = it->path();
    if (path.extension() == ".law") law.files.push_back({path.lexically_relative(folder).generic_string(), read_source(path).text});
    if (path.parent_path() != folder / "provisions" || path.extension() != ".txt") continue;
    std::istringstream lines(read_source(path).text);
    for (std::string line; std::getline(lines, line);) law.provisions[path.stem().string()].insert(line.substr(0, line.find(' ')));
  }
  if (error || law.files.empty()) throw Unreadable{folder.string() + ": no folder with .law files that can be read"};
  std::sort(law.files.begin(), law.files.end(), [](const Source& a, const Source& b) { return a.name < b.name; });
  return law;
}

}  // namespace duolex::checker
