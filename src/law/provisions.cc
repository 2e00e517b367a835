#include "law/provisions.h"

namespace duolex::law {

Result<ProvisionList> read_provisions(const std::string& path, const std::string& bytes) {
  ProvisionList list;
  Diagnostics errors;
  for (std::size_t at = 0; at < bytes.size();) {
    std::size_t end = bytes.find('\n', at);
    if (end == std::string::npos) end = bytes.size();
    const std::string line = bytes.substr(at, end - at);
    if (!line.empty() && line[0] != '#') {
      const std::size_t space = line.rfind(' ');
      const std::size_t slash = line.find('/');
      const bool well_formed = space != std::string::npos && slash < space && line.size() == space + 65 &&
                               line.find_first_not_of("0123456789abcdef", space + 1) == std::string::npos;
      const std::string text = line.substr(0, slash == std::string::npos ? 0 : slash);
      if (!well_formed || (!list.text.empty() && list.text != text)) {
        errors.push_back(error_at(path, bytes, at, end, "expected '<provision id> <sha256>' of one text"));
      } else {
        list.text = text;
        if (!list.hashes.emplace(line.substr(0, space), line.substr(space + 1)).second)
          errors.push_back(error_at(path, bytes, at, end, "this provision stands twice"));
      }
    }
    at = end + 1;
  }
  if (!errors.empty()) return failure(std::move(errors));
  return list;
}

void Provisions::add(ProvisionList list) {
  std::string text = list.text;
  lists_.insert_or_assign(std::move(text), std::move(list));
}

namespace {
std::string text_of(const std::string& provision) { return provision.substr(0, provision.find('/')); }
}  // namespace

bool Provisions::exists(const std::string& provision) const { return !hash(provision).empty(); }

std::string Provisions::hash(const std::string& provision) const {
  const auto list = lists_.find(text_of(provision));
  if (list == lists_.end()) return "";
  const auto at = list->second.hashes.find(provision);
  return at == list->second.hashes.end() ? "" : at->second;
}

std::string Provisions::nearest(const std::string& provision) const {
  const auto list = lists_.find(text_of(provision));
  if (list == lists_.end()) return "";
  std::vector<std::string> known;
  for (const auto& [id, hash] : list->second.hashes) known.push_back(id);
  return nearest_name(provision, known);
}

std::vector<std::string> Provisions::ids(const std::string& text) const {
  std::vector<std::string> ids;
  const auto list = lists_.find(text);
  if (list == lists_.end()) return ids;
  for (const auto& [id, hash] : list->second.hashes) ids.push_back(id);
  return ids;
}

std::size_t Provisions::size() const {
  std::size_t n = 0;
  for (const auto& [text, list] : lists_) n += list.hashes.size();
  return n;
}

}  // namespace duolex::law
