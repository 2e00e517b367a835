#include "changes/phrase.h"

#include <algorithm>

namespace duolex::changes {

std::string Phrase::text() const {
  std::string out;
  if (kind_ == Kind::list) {
    for (const auto& [name, part] : names_) out += (out.empty() ? "" : text_) + part.text();
    return out;
  }
  if (kind_ != Kind::sentence) return text_;
  for (std::size_t i = 0; i < text_.size(); ++i) {
    const std::size_t end = text_[i] == '{' ? text_.find('}', i) : std::string::npos;
    const auto part = end == std::string::npos ? names_.end() : std::find_if(names_.begin(), names_.end(), [&](const auto& n) { return n.first == text_.substr(i + 1, end - i - 1); });
    if (part == names_.end()) {
      out += text_[i];
    } else {
      out += part->second.text();
      i = end;
    }
  }
  return out;
}

void Phrase::add(Phrase more) {
  if (empty()) {
    *this = std::move(more);
  } else if (kind_ == Kind::list && text_ == "; ") {
    names_.emplace_back("", std::move(more));
  } else {
    *this = listed({*this, std::move(more)}, "; ");
  }
}

Phrase phrase(std::string pattern, Phrase::Names names) {
  Phrase p;
  p.kind_ = Phrase::Kind::sentence;
  p.text_ = std::move(pattern);
  p.names_ = std::move(names);
  return p;
}

Phrase law_words(const std::string& sentence) { return sentence.find_first_of("{}") == std::string::npos ? phrase(sentence) : Phrase(sentence); }

Phrase law_value(std::string value) {
  Phrase p(std::move(value));
  p.kind_ = Phrase::Kind::value;
  return p;
}

Phrase told_by(std::string sentence) {
  Phrase p(std::move(sentence));
  p.kind_ = Phrase::Kind::told;
  return p;
}

Phrase listed(std::vector<Phrase> members, std::string separator) {
  Phrase p;
  p.kind_ = Phrase::Kind::list;
  p.text_ = std::move(separator);
  for (Phrase& m : members) p.names_.emplace_back("", std::move(m));
  return p;
}

}  // namespace duolex::changes
