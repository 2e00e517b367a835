#include "threats/model_files/pickle_machine.h"

#include <charconv>

#include "threats/model_files/pickle_text.h"

namespace duolex::threats::model_files {
namespace {

using Kind = PickleValue::Kind;
constexpr std::size_t most_stack = 4'000'000;
constexpr std::size_t most_memo = 2'000'000;
constexpr std::size_t most_marks = 1'000'000;
constexpr std::size_t most_constants = 5'000;
constexpr std::size_t smallest_constant = 8;  // bytes; nothing shorter holds a payload

}  // namespace

PickleRun PickleMachine::run(std::size_t at) {
  run_ = {};
  run_.begin = at;
  in_.at = at;
  values_.clear();
  stack_.clear();
  marks_.clear();
  memo_.clear();
  far_memo_.clear();
  imports_.clear();
  while (!run_.stopped) {
    op_at_ = in_.at;
    std::uint8_t op = 0;
    if (!in_.number(op)) {
      error("ends without STOP");
      break;
    }
    if (++run_.steps > options_.steps) {
      error("takes more than " + std::to_string(options_.steps) + " steps");
      break;
    }
    if (!step(op)) break;
    if (values_.full()) {
      error("makes more values than are followed");
      break;
    }
  }
  run_.end = run_.stopped ? in_.at : op_at_;
  return std::move(run_);
}

bool PickleMachine::error(const std::string& what) {
  if (run_.error.empty()) run_.error = what;
  return false;
}

bool PickleMachine::push(ValueId id) {
  if (stack_.size() >= most_stack) return error("the stack grows beyond " + std::to_string(most_stack) + " values");
  stack_.push_back(id);
  return true;
}

bool PickleMachine::need(std::size_t count) {
  return stack_.size() >= fence() + count || error("takes more from the stack than is there");
}

bool PickleMachine::pop(ValueId& id) {
  if (!need(1)) return false;
  id = stack_.back();
  stack_.pop_back();
  return true;
}

bool PickleMachine::pop_mark(std::size_t& from) {
  if (marks_.empty()) return error("there is no mark");
  from = marks_.back();
  marks_.pop_back();
  return true;
}

ValueId PickleMachine::tuple_from(std::size_t from) {
  PickleValue t;
  t.kind = Kind::tuple;
  const std::size_t count = stack_.size() - from;
  t.more = count > PickleValues::most_items;
  t.items.assign(stack_.begin() + static_cast<std::ptrdiff_t>(from),
                 stack_.begin() + static_cast<std::ptrdiff_t>(from + std::min(count, PickleValues::most_items)));
  stack_.resize(from);
  return values_.make(std::move(t));
}

bool PickleMachine::push_text(Kind kind, std::string_view text) {
  if (text.size() >= smallest_constant && run_.constants.size() < most_constants) run_.constants.push_back({text, op_at_, false});
  PickleValue v;
  v.kind = kind;
  v.text = text;
  return push(values_.make(std::move(v)));
}

// A length of `width` bytes, then that many bytes.
bool PickleMachine::counted(Kind kind, unsigned width, bool is_signed) {
  std::uint64_t count = 0;
  bool there = true;
  if (width == 1) {
    std::uint8_t n = 0;
    there = in_.number(n);
    count = n;
  } else if (width == 4) {
    std::uint32_t n = 0;
    there = in_.number(n);
    count = n;
    if (there && is_signed && (n >> 31) != 0) return error("a length is negative");
  } else {
    there = in_.number(count);
  }
  if (!there) return error("ends inside an instruction");
  std::string_view text;
  if (!in_.take(count, text))
    return error("claims " + std::to_string(count) + " bytes where " + std::to_string(in_.left()) + " are left");
  return push_text(kind, text);
}

bool PickleMachine::long_integer(unsigned width) {
  std::uint32_t count = 0;
  if (width == 1) {
    std::uint8_t n = 0;
    if (!in_.number(n)) return error("ends inside an instruction");
    count = n;
  } else if (!in_.number(count)) {
    return error("ends inside an instruction");
  } else if ((count >> 31) != 0) {
    return error("a length is negative");
  }
  std::string_view digits;
  if (!in_.take(count, digits))
    return error("claims " + std::to_string(count) + " bytes where " + std::to_string(in_.left()) + " are left");
  if (count <= 8) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) value |= std::uint64_t{static_cast<unsigned char>(digits[i])} << (8 * i);
    if (count > 0 && count < 8 && (static_cast<unsigned char>(digits.back()) & 0x80U) != 0) value |= ~std::uint64_t{0} << (8 * count);
    return push(values_.integer(static_cast<std::int64_t>(value)));
  }
  PickleValue v;
  v.kind = Kind::integer;
  v.text = values_.keep(little_endian_decimal(digits.substr(0, 64)));
  return push(values_.make(std::move(v)));
}

bool PickleMachine::number_line(std::string_view line, bool is_long) {
  if (!is_long && (line == "00" || line == "01")) return push(line == "01" ? PickleValues::yes : PickleValues::no);
  std::string_view digits = line;
  if (is_long && digits.ends_with('L')) digits.remove_suffix(1);
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (code == std::errc() && end == digits.data() + digits.size()) return push(values_.integer(value));
  if (digits.empty() || digits.find_first_not_of("0123456789+-_ xXabcdefABCDEFoO\t\r") != std::string_view::npos)
    return error("a number is none");
  PickleValue v;
  v.kind = Kind::integer;
  v.text = digits;
  return push(values_.make(std::move(v)));
}

bool PickleMachine::text_line(unsigned char op) {
  std::string_view line;
  if (!in_.line(line)) return error("a line does not end");
  switch (op) {
    case 'I': return number_line(line, false);
    case 'L': return number_line(line, true);
    case 'F': return push(PickleValues::a_real);
    case 'V': {
      std::string text;
      if (line.find('\\') == std::string_view::npos) return push_text(Kind::text, line);
      if (!decode_raw_unicode(line, text)) return error("a text has a broken escape");
      return push_text(Kind::text, values_.keep(std::move(text)));
    }
    case 'S': {
      while (!line.empty() && (line.back() == ' ' || line.back() == '\r' || line.back() == '\t')) line.remove_suffix(1);
      if (line.size() < 2 || line.front() != line.back() || (line.front() != '\'' && line.front() != '"'))
        return error("a text is not in quotes");
      line = line.substr(1, line.size() - 2);
      if (line.find('\\') == std::string_view::npos) return push_text(Kind::text, line);
      std::string text;
      if (!decode_escapes(line, text)) return error("a text has a broken escape");
      return push_text(Kind::text, values_.keep(std::move(text)));
    }
    default: {  // 'P'
      if (!push_text(Kind::text, line)) return false;
      PickleValue v;
      v.kind = Kind::persistent;
      v.items = {stack_.back()};
      stack_.back() = values_.make(std::move(v));
      return true;
    }
  }
}

bool PickleMachine::put(std::uint64_t index) {
  if (!need(1)) return false;
  if (index <= memo_.size() && !far_memo_.empty()) far_memo_.erase(index);
  if (index < memo_.size()) {
    memo_[static_cast<std::size_t>(index)] = stack_.back();
  } else if (index == memo_.size() && memo_.size() < most_memo) {
    memo_.push_back(stack_.back());
  } else {
    if (far_memo_.size() >= most_memo / 4) return error("the memo grows beyond what is followed");
    far_memo_[index] = stack_.back();
  }
  return true;
}

bool PickleMachine::get(std::uint64_t index) {
  if (const auto far = far_memo_.find(index); far != far_memo_.end()) return push(far->second);
  if (index < memo_.size()) return push(memo_[static_cast<std::size_t>(index)]);
  return error("asks the memo for entry " + std::to_string(index) + ", which was never stored");
}

// APPENDS, ADDITEMS, SETITEMS: what stands above the mark goes into what stands below it.
bool PickleMachine::add_items(bool pairs) {
  std::size_t from = 0;
  if (!pop_mark(from)) return false;
  if (from <= fence()) return error("takes more from the stack than is there");
  if (pairs && (stack_.size() - from) % 2 != 0) return error("keys and values do not pair up");
  const ValueId into = stack_[from - 1];
  if (values_[into].kind == Kind::list || values_[into].kind == Kind::dict || values_[into].kind == Kind::set)
    for (std::size_t i = from; i < stack_.size(); ++i) values_.append(into, stack_[i]);
  stack_.resize(from);
  return true;
}

// TUPLE, LIST, DICT, FROZENSET: what stands above the mark becomes one value.
bool PickleMachine::collect(unsigned char op) {
  std::size_t from = 0;
  if (!pop_mark(from)) return false;
  if (op == 'd' && (stack_.size() - from) % 2 != 0) return error("keys and values do not pair up");
  const ValueId id = tuple_from(from);
  if (op != 't' && id != PickleValues::none) values_[id].kind = op == 'l' ? Kind::list : op == 'd' ? Kind::dict : Kind::set;
  return push(id);
}

bool PickleMachine::step(unsigned char op) {
  const auto fresh = [this](Kind kind) {
    PickleValue v;
    v.kind = kind;
    return push(values_.make(std::move(v)));
  };
  const auto wide = [this](unsigned width, std::uint64_t& n) {
    std::uint8_t one = 0;
    std::uint16_t two = 0;
    std::uint32_t four = 0;
    bool there = true;
    if (width == 1) {
      there = in_.number(one);
      n = one;
    } else if (width == 2) {
      there = in_.number(two);
      n = two;
    } else if (width == 4) {
      there = in_.number(four);
      n = four;
    } else {
      there = in_.number(n);
    }
    return there || error("ends inside an instruction");
  };
  std::uint64_t n = 0;
  ValueId a = 0, b = 0;
  std::size_t from = 0;
  switch (op) {
    case 0x80:  // PROTO
      if (!wide(1, n)) return false;
      if (n > 5) return error("is of protocol " + std::to_string(n) + "; 0 to 5 exist");
      run_.protocol = static_cast<int>(n);
      return true;
    case 0x95: return wide(8, n);  // FRAME: only a promise about buffering
    case '.':
      if (!pop(a)) return false;
      if (values_[a].kind == Kind::integer)
        run_.integer = values_[a].text.empty() ? std::to_string(values_[a].number) : std::string(values_[a].text);
      run_.stopped = true;
      return true;
    case '(':
      if (marks_.size() >= most_marks) return error("sets more than " + std::to_string(most_marks) + " marks");
      marks_.push_back(stack_.size());
      return true;
    case '0':  // POP takes a mark where nothing stands above it
      if (!marks_.empty() && marks_.back() == stack_.size()) return marks_.pop_back(), true;
      return pop(a);
    case '1':
      if (!pop_mark(from)) return false;
      stack_.resize(from);
      return true;
    case '2': return need(1) && push(stack_.back());
    case 'N': return push(PickleValues::none);
    case 0x88: return push(PickleValues::yes);
    case 0x89: return push(PickleValues::no);
    case 'K': return wide(1, n) && push(values_.integer(static_cast<std::int64_t>(n)));
    case 'M': return wide(2, n) && push(values_.integer(static_cast<std::int64_t>(n)));
    case 'J': return wide(4, n) && push(values_.integer(static_cast<std::int32_t>(static_cast<std::uint32_t>(n))));
    case 'G': return wide(8, n) && push(PickleValues::a_real);
    case 0x8a: return long_integer(1);
    case 0x8b: return long_integer(4);
    case 'I': case 'L': case 'F': case 'S': case 'V': case 'P': return text_line(op);
    case 'U': return counted(Kind::text, 1, false);
    case 'T': return counted(Kind::text, 4, true);
    case 0x8c: return counted(Kind::text, 1, false);
    case 'X': return counted(Kind::text, 4, false);
    case 0x8d: return counted(Kind::text, 8, false);
    case 'C': return counted(Kind::bytes, 1, false);
    case 'B': return counted(Kind::bytes, 4, false);
    case 0x8e: case 0x96: return counted(Kind::bytes, 8, false);
    case 0x97: return push(PickleValues::a_buffer);
    case 0x98: return need(1);  // READONLY_BUFFER
    case ')': return fresh(Kind::tuple);
    case ']': return fresh(Kind::list);
    case '}': return fresh(Kind::dict);
    case 0x8f: return fresh(Kind::set);
    case 0x85: case 0x86: case 0x87:
      if (!need(op - 0x84U)) return false;
      return push(tuple_from(stack_.size() - (op - 0x84U)));
    case 't': case 'l': case 'd': case 0x91: return collect(op);
    case 'a':
      if (!need(2)) return false;
      (void)pop(a);
      if (values_[stack_.back()].kind == Kind::list) values_.append(stack_.back(), a);
      return true;
    case 's':
      if (!need(3)) return false;
      (void)pop(b);
      (void)pop(a);
      if (values_[stack_.back()].kind == Kind::dict) {
        values_.append(stack_.back(), a);
        values_.append(stack_.back(), b);
      }
      return true;
    case 'e': case 0x90: return add_items(false);
    case 'u': return add_items(true);
    case 'q': return wide(1, n) && put(n);
    case 'r': return wide(4, n) && put(n);
    case 0x94: return put(memo_.size() + far_memo_.size());
    case 'h': return wide(1, n) && get(n);
    case 'j': return wide(4, n) && get(n);
    case 'p': case 'g': {
      std::string_view line;
      if (!in_.line(line)) return error("a line does not end");
      while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
      const auto [end, code] = std::from_chars(line.data(), line.data() + line.size(), n);
      if (line.empty() || code != std::errc() || end != line.data() + line.size()) return error("a number of the memo is none");
      return op == 'p' ? put(n) : get(n);
    }
    case 'Q': {
      if (!pop(a)) return false;
      PickleValue v;
      v.kind = Kind::persistent;
      v.items = {a};
      return push(values_.make(std::move(v)));
    }
    case 'c': {
      std::string_view module, name;
      if (!in_.line(module) || !in_.line(name)) return error("a line does not end");
      return global(module, name, op_at_);
    }
    case 0x93: return stack_global();
    case 0x82: case 0x83: case 0x84: {
      if (!wide(op == 0x82 ? 1 : op == 0x83 ? 2 : 4, n)) return false;
      PickleValue v;
      v.kind = Kind::extension;
      v.number = static_cast<std::int64_t>(n);
      const ValueId id = values_.make(std::move(v));
      report(id, false, "takes from copyreg's registry whatever the loading program keeps under number " + std::to_string(n), values_.shown(id));
      return push(id);
    }
    case 'R': return need(2) && pop(b) && pop(a) && push_call(a, b, "calls");
    case 0x81: return need(2) && pop(b) && pop(a) && push_call(a, b, "constructs");
    case 0x92: {
      ValueId keywords = 0;
      if (!need(3) || !pop(keywords) || !pop(b) || !pop(a)) return false;
      return push_call(a, b, "constructs");
    }
    case 'o': {
      if (!pop_mark(from)) return false;
      if (stack_.size() <= from) return error("takes more from the stack than is there");
      a = stack_[from];
      b = tuple_from(from + 1);
      stack_.resize(from);
      return push_call(a, b, "constructs");
    }
    case 'i': {
      std::string_view module, name;
      if (!in_.line(module) || !in_.line(name)) return error("a line does not end");
      if (!pop_mark(from)) return false;
      b = tuple_from(from);
      if (!global(module, name, op_at_)) return false;
      (void)pop(a);
      return push_call(a, b, "constructs");
    }
    case 'b': return build();
    default: {
      static const char* const hex = "0123456789abcdef";
      return error(std::string("0x") + hex[op >> 4] + hex[op & 15] + " is no instruction of a pickle");
    }
  }
}

}  // namespace duolex::threats::model_files
