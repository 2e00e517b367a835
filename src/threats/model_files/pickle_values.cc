#include "threats/model_files/pickle_values.h"

namespace duolex::threats::model_files {
namespace {

using Kind = PickleValue::Kind;
constexpr std::size_t most_shown = 300;   // characters of a call
constexpr std::size_t most_text = 120;    // characters of one text in it
constexpr std::size_t most_kept = std::size_t{64} << 20;

void write_text(std::string_view text, bool bytes, std::string& out) {
  static const char* const hex = "0123456789abcdef";
  const char quote = text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos ? '"' : '\'';
  if (bytes) out += 'b';
  out += quote;
  for (const char c : text.substr(0, most_text)) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '\n') {
      out += "\\n";
    } else if (c == quote || c == '\\') {
      out += {'\\', c};
    } else if (u < 0x20 || u == 0x7f || (bytes && u >= 0x80)) {
      out += {'\\', 'x', hex[u >> 4], hex[u & 15]};
    } else {
      out += c;
    }
  }
  if (text.size() > most_text) out += "…";
  out += quote;
}

}  // namespace

void PickleValues::clear() {
  values_.clear();
  kept_.clear();
  kept_bytes_ = 0;
  full_ = false;
  const auto fixed = [this](Kind kind, std::int64_t number = 0) {
    PickleValue v;
    v.kind = kind;
    v.number = number;
    values_.push_back(std::move(v));
  };
  fixed(Kind::none);
  fixed(Kind::boolean, 1);
  fixed(Kind::boolean, 0);
  fixed(Kind::real);
  fixed(Kind::integer);
  values_.back().more = true;
  fixed(Kind::buffer);
}

ValueId PickleValues::make(PickleValue value) {
  if (values_.size() >= most) return full_ = true, none;
  values_.push_back(std::move(value));
  return static_cast<ValueId>(values_.size() - 1);
}

ValueId PickleValues::integer(std::int64_t number) {
  if (values_.size() >= most / 2) return some_integer;
  PickleValue v;
  v.kind = Kind::integer;
  v.number = number;
  return make(std::move(v));
}

std::string_view PickleValues::keep(std::string text) {
  kept_bytes_ += text.size();
  if (kept_bytes_ > most_kept) {
    full_ = true;
    return {};
  }
  kept_.push_back(std::move(text));
  return kept_.back();
}

void PickleValues::append(ValueId to, ValueId item) {
  PickleValue& v = values_[to];
  if (v.items.size() < most_items) {
    v.items.push_back(item);
  } else {
    v.more = true;
  }
}

void PickleValues::write_items(const std::vector<ValueId>& items, bool more, unsigned depth, std::string& out) const {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ", ";
    if (out.size() > most_shown) {
      out += "…";
      return;
    }
    write(items[i], depth + 1, out);
  }
  if (more) out += items.empty() ? "…" : ", …";
}

void PickleValues::write(ValueId id, unsigned depth, std::string& out) const {
  const PickleValue& v = values_[id];
  if (depth > 5 || out.size() > most_shown) {
    out += "…";
    return;
  }
  switch (v.kind) {
    case Kind::none: out += "None"; break;
    case Kind::boolean: out += v.number != 0 ? "True" : "False"; break;
    case Kind::integer: out += v.more ? "<int>" : v.text.empty() ? std::to_string(v.number) : std::string(v.text.substr(0, 40)); break;
    case Kind::real: out += "<float>"; break;
    case Kind::text: write_text(v.text, false, out); break;
    case Kind::bytes: write_text(v.text, true, out); break;
    case Kind::tuple:
      out += '(';
      write_items(v.items, v.more, depth, out);
      out += v.items.size() == 1 && !v.more ? ",)" : ")";
      break;
    case Kind::list:
      out += '[';
      write_items(v.items, v.more, depth, out);
      out += ']';
      break;
    case Kind::dict:
      out += '{';
      for (std::size_t i = 0; i + 1 < v.items.size() && out.size() <= most_shown; i += 2) {
        if (i > 0) out += ", ";
        write(v.items[i], depth + 1, out);
        out += ": ";
        write(v.items[i + 1], depth + 1, out);
      }
      out += v.more ? ", …}" : "}";
      break;
    case Kind::set:
      out += "{";
      write_items(v.items, v.more, depth, out);
      out += "}";
      break;
    case Kind::global:
      for (std::size_t i = 0; i < v.items.size(); ++i) {
        const PickleValue& part = values_[v.items[i]];
        if (i > 0) out += '.';
        for (const char c : part.text.substr(0, most_text)) out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
      }
      break;
    case Kind::extension: out += "<extension " + std::to_string(v.number) + ">"; break;
    case Kind::persistent:
      out += "<persistent ";
      if (!v.items.empty()) write(v.items[0], depth + 1, out);
      out += '>';
      break;
    case Kind::object:
      if (v.items.size() == 2) {
        write(v.items[0], depth + 1, out);
        const PickleValue& arguments = values_[v.items[1]];
        if (arguments.kind == Kind::tuple) {
          out += '(';
          write_items(arguments.items, arguments.more, depth, out);
          out += ')';
        } else {
          out += "(*";
          write(v.items[1], depth + 1, out);
          out += ')';
        }
      } else {
        out += "<object>";
      }
      break;
    case Kind::buffer: out += "<buffer>"; break;
  }
}

std::string PickleValues::shown(ValueId id) const {
  std::string out;
  write(id, 0, out);
  return out;
}

std::string PickleValues::shown_call(ValueId callable, ValueId arguments) const {
  std::string out;
  write(callable, 1, out);
  const PickleValue& a = values_[arguments];
  if (a.kind == Kind::tuple) {
    out += '(';
    write_items(a.items, a.more, 0, out);
    return out + ')';
  }
  out += "(*";
  write(arguments, 1, out);
  return out + ')';
}

std::string PickleValues::name(ValueId id) const {
  std::string out;
  write(id, 4, out);
  return out;
}

}  // namespace duolex::threats::model_files
