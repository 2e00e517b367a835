#include "law/provisions.h"

#include <cstdlib>
#include <mutex>

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

// Read by whichever thread asks first.
struct Provisions::Entry {
  std::once_flag once;
  std::string_view unread;
  ProvisionList list;
};

void Provisions::add(ProvisionList list) {
  auto entry = std::make_shared<Entry>();
  entry->list = std::move(list);
  lists_.insert_or_assign(entry->list.text, std::move(entry));
}

void Provisions::add_unread(const std::string& text, std::string_view bytes) {
  auto entry = std::make_shared<Entry>();
  entry->unread = bytes;
  lists_.insert_or_assign(text, std::move(entry));
}

const ProvisionList* Provisions::list_of(const std::string& text) const {
  const auto at = lists_.find(text);
  if (at == lists_.end()) return nullptr;
  Entry& entry = *at->second;
  std::call_once(entry.once, [&] {
    if (entry.unread.empty()) return;
    auto list = read_provisions(text, std::string(entry.unread));
    if (!list) std::abort();  // promised to be well-formed
    entry.list = std::move(*list);
  });
  return &entry.list;
}

namespace {
std::string text_of(const std::string& provision) { return provision.substr(0, provision.find('/')); }
}  // namespace

bool Provisions::exists(const std::string& provision) const { return !hash(provision).empty(); }

std::string Provisions::hash(const std::string& provision) const {
  const ProvisionList* list = list_of(text_of(provision));
  if (list == nullptr) return "";
  const auto at = list->hashes.find(provision);
  return at == list->hashes.end() ? "" : at->second;
}

std::string Provisions::nearest(const std::string& provision) const {
  const std::vector<std::string> known = ids(text_of(provision));
  return known.empty() ? "" : nearest_name(provision, known);
}

std::vector<std::string> Provisions::ids(const std::string& text) const {
  std::vector<std::string> ids;
  if (const ProvisionList* list = list_of(text))
    for (const auto& [id, hash] : list->hashes) ids.push_back(id);
  return ids;
}

std::size_t Provisions::size() const {
  std::size_t n = 0;
  for (const auto& [text, entry] : lists_) n += list_of(text)->hashes.size();
  return n;
}

}  // namespace duolex::law
