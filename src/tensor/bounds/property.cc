#include "tensor/bounds/property.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>

#include "tensor/bounds/prepared.h"

namespace duolex::tensor::bounds {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Token {
  std::size_t begin = 0, end = 0;
};

// factor * variable + …, the variables of one kind
struct Linear_term {
  std::map<std::size_t, double> inputs, outputs;
  double constant = 0;
};

struct Atom {
  bool about_input = false;
  std::size_t input = 0;
  double low = -infinity, high = infinity;
  Halfspace half;
  std::size_t begin = 0, end = 0;
};

struct Formula {
  enum Kind { atom, all, any } kind = atom;
  Atom is;
  std::vector<Formula> parts;
};

// A word of the file, cut where it is long.
std::string quoted(std::string_view word) {
  std::string text(1, '\'');
  text.append(word.substr(0, 60));
  text.push_back('\'');
  return text;
}

class Reader {
 public:
  Reader(const std::string& file, const std::string& text, const PropertyLimits& limits) : file_(file), text_(text), limits_(limits) {}

  Result<Property> read() {
    if (text_.size() > limits_.bytes) return failure(error_in(file_, "larger than " + std::to_string(limits_.bytes) + " bytes"));
    std::vector<Case> cases(1);
    while (next()) {
      if (word() != "(") return bad("a command in parentheses belongs here");
      if (!next()) return bad("the file ends within a command");
      const std::string command(word());
      if (command == "declare-const" || command == "declare-fun") {
        if (!declare(command == "declare-fun")) return failure(errors_);
      } else if (command == "assert") {
        Formula formula;
        if (!next() || !read_formula(formula, 0) || !close()) return errors_.empty() ? bad("the file ends within an assertion") : failure(errors_);
        if (!add(formula, cases)) return failure(errors_);
      } else {
        return bad(quoted(command) + " is no command that is read here", "declare-const or assert");
      }
    }
    if (inputs_ == 0 || outputs_ == 0) return failure(error_in(file_, "no inputs X_0 … or no outputs Y_0 … are declared"));
    if (seen_x_ != inputs_ || seen_y_ != outputs_) return failure(error_in(file_, "the declared inputs or outputs are not numbered from 0 without a gap"));
    Property property{inputs_, outputs_, {}};
    for (Case& c : cases) {
      if (!widen(c) || !count(c.lower.size())) return failure(errors_);
      for (std::size_t i = 0; i < inputs_; ++i)
        if (std::isinf(c.lower[i]) || std::isinf(c.upper[i])) return failure(error_in(file_, "the input X_" + std::to_string(i) + " is not bounded on both sides"));
      bool empty = false;
      for (std::size_t i = 0; i < inputs_; ++i) empty |= c.lower[i] > c.upper[i];
      if (!empty) property.cases.push_back(std::move(c));
    }
    return property;
  }

 private:
  [[nodiscard]] std::string_view word() const { return std::string_view(text_).substr(token_.begin, token_.end - token_.begin); }

  Failure bad(const std::string& message, const std::string& hint = "") {
    errors_ = {error_at(file_, text_, token_.begin, token_.end, message, hint)};
    return failure(errors_);
  }
  bool refuse(const std::string& message, const std::string& hint = "") {
    (void)bad(message, hint);
    return false;
  }

  bool next() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ';') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        ++at_;
      } else {
        break;
      }
    }
    token_.begin = token_.end = at_;
    if (at_ >= text_.size()) return false;
    if (text_[at_] == '(' || text_[at_] == ')') {
      ++at_;
    } else {
      while (at_ < text_.size() && std::string_view(" \t\r\n();").find(text_[at_]) == std::string_view::npos) ++at_;
    }
    token_.end = at_;
    return true;
  }
  bool close() { return (next() && word() == ")") || refuse("a closing parenthesis belongs here"); }

  // X_12 or Y_3
  bool variable(std::string_view name, bool& is_input, std::size_t& index) const {
    if (name.size() < 3 || (name[0] != 'X' && name[0] != 'Y') || name[1] != '_') return false;
    is_input = name[0] == 'X';
    const auto [end, error] = std::from_chars(name.data() + 2, name.data() + name.size(), index);
    return error == std::errc() && end == name.data() + name.size();
  }

  bool declare(bool function) {
    bool is_input = false;
    std::size_t index = 0;
    if (!next() || !variable(word(), is_input, index)) return refuse("a variable X_0 … or Y_0 … belongs here");
    if (index >= limits_.variables) return refuse("more than " + std::to_string(limits_.variables) + " variables");
    std::vector<bool>& seen = is_input ? declared_x_ : declared_y_;
    if (seen.size() <= index) seen.resize(index + 1, false);
    if (seen[index]) return refuse("declared twice");
    seen[index] = true;
    (is_input ? seen_x_ : seen_y_) += 1;
    (is_input ? inputs_ : outputs_) = std::max(is_input ? inputs_ : outputs_, index + 1);
    if (function && (!next() || word() != "(" || !close())) return refuse("() belongs here");
    if (!next() || word() != "Real") return refuse("only variables of type Real are read");
    return close();
  }

  bool number(std::string_view text, double& value) const {
    if (!text.empty() && text[0] == '+') text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
  }

  // The token is the term's first.
  bool read_term(Linear_term& term, double factor, std::size_t depth) {
    if (depth > limits_.depth) return refuse("nested more than " + std::to_string(limits_.depth) + " deep");
    bool is_input = false;
    std::size_t index = 0;
    double value = 0;
    if (word() != "(") {
      if (variable(word(), is_input, index)) {
        const auto& seen = is_input ? declared_x_ : declared_y_;
        if (index >= seen.size() || !seen[index]) return refuse(quoted(word()) + " is not declared");
        (is_input ? term.inputs : term.outputs)[index] += factor;
        return true;
      }
      if (!number(word(), value)) return refuse(quoted(word()) + " is neither a number nor a variable");
      term.constant += factor * value;
      return true;
    }
    if (!next()) return refuse("the file ends within a term");
    const std::string operation(word());
    if (operation != "+" && operation != "-" && operation != "*") return refuse(quoted(operation) + " is no operation that is read here", "+, - or *");
    std::size_t parts = 0;
    double product = factor;
    bool has_variable = false;
    Linear_term inner;
    while (next() && word() != ")") {
      if (operation == "*") {
        Linear_term part;
        if (!read_term(part, 1, depth + 1)) return false;
        if (part.inputs.empty() && part.outputs.empty()) {
          product *= part.constant;
        } else {
          if (has_variable) return refuse("a product of variables, which is not linear");
          has_variable = true;
          inner = std::move(part);
        }
      } else if (!read_term(term, operation == "-" && parts > 0 ? -factor : factor, depth + 1)) {
        return false;
      }
      ++parts;
    }
    if (word() != ")" || parts == 0) return refuse("an operation without a term, or without its end");
    if (operation == "-" && parts == 1) return refuse("a minus sign of one term; write it into the number");
    if (operation == "*") {
      if (!has_variable) term.constant += product;
      for (const auto& [i, f] : inner.inputs) term.inputs[i] += product * f;
      for (const auto& [i, f] : inner.outputs) term.outputs[i] += product * f;
      if (has_variable) term.constant += product * inner.constant;
    }
    return true;
  }

  bool comparison(const std::string& operation, Atom& atom) {
    Linear_term difference;  // left - right
    if (!next() || !read_term(difference, 1, 0) || !next() || !read_term(difference, -1, 0)) return errors_.empty() ? refuse("two terms belong here") : false;
    const double sign = operation[0] == '>' ? -1 : 1;  // sign * difference <= 0
    std::erase_if(difference.inputs, [](const auto& e) { return e.second == 0; });
    std::erase_if(difference.outputs, [](const auto& e) { return e.second == 0; });
    if (!difference.inputs.empty() && !difference.outputs.empty()) return refuse("a comparison of inputs with outputs is not supported");
    if (difference.inputs.size() > 1) return refuse("a comparison of several inputs is not supported");
    if (difference.inputs.size() == 1) {
      atom.about_input = true;
      atom.input = difference.inputs.begin()->first;
      const double factor = sign * difference.inputs.begin()->second, bound = -sign * difference.constant / factor;
      (factor > 0 ? atom.high : atom.low) = bound;
      return std::isfinite(bound) || refuse("a bound that is no number");
    }
    for (const auto& [i, f] : difference.outputs) atom.half.terms.emplace_back(i, sign * f);
    atom.half.most = -sign * difference.constant;
    atom.half.strict = operation.size() == 1;
    return true;
  }

  // The token is "(".
  bool read_formula(Formula& formula, std::size_t depth) {
    if (depth > limits_.depth) return refuse("nested more than " + std::to_string(limits_.depth) + " deep");
    if (word() != "(") return refuse("a formula in parentheses belongs here");
    const std::size_t begin = token_.begin;
    if (!next()) return refuse("the file ends within a formula");
    const std::string operation(word());
    if (operation == "<=" || operation == ">=" || operation == "<" || operation == ">") {
      if (!comparison(operation, formula.is) || !close()) return false;
      formula.is.begin = begin;
      formula.is.end = token_.end;
      return count(1 + formula.is.half.terms.size());
    }
    if (operation != "and" && operation != "or") return refuse(quoted(operation) + " is no formula that is read here", "and, or, <=, >=, < or >");
    formula.kind = operation == "and" ? Formula::all : Formula::any;
    while (next() && word() != ")")
      if (!read_formula(formula.parts.emplace_back(), depth + 1)) return false;
    return word() == ")" || refuse("the file ends within a formula");
  }

  bool count(std::size_t n) {
    numbers_ += n;
    return numbers_ <= limits_.numbers || refuse("more than " + std::to_string(limits_.numbers) + " bounds and half-spaces in all cases");
  }

  bool widen(Case& c) {
    if (c.lower.size() < inputs_) {
      c.lower.resize(inputs_, -infinity);
      c.upper.resize(inputs_, infinity);
    }
    return true;
  }

  // Both `cases` and the formula hold.
  bool add(const Formula& formula, std::vector<Case>& cases) {
    if (formula.kind == Formula::atom) {
      for (Case& c : cases) {
        if (!widen(c)) return false;
        if (formula.is.about_input) {
          c.lower[formula.is.input] = std::max(c.lower[formula.is.input], formula.is.low);
          c.upper[formula.is.input] = std::min(c.upper[formula.is.input], formula.is.high);
        } else {
          c.outputs.push_back(formula.is.half);
        }
      }
      return count(cases.size());
    }
    if (formula.kind == Formula::all) {
      return std::all_of(formula.parts.begin(), formula.parts.end(), [&](const Formula& part) { return add(part, cases); });
    }
    std::vector<Case> result;
    for (const Formula& part : formula.parts) {
      std::size_t size = 1;
      for (const Case& c : cases) size += 2 * c.lower.size() + c.outputs.size();
      if (!count(size)) return false;
      std::vector<Case> copy = cases;
      if (!add(part, copy)) return false;
      std::move(copy.begin(), copy.end(), std::back_inserter(result));
    }
    cases = std::move(result);
    return true;
  }

  const std::string& file_;
  const std::string& text_;
  const PropertyLimits& limits_;
  std::size_t at_ = 0, numbers_ = 0, inputs_ = 0, outputs_ = 0, seen_x_ = 0, seen_y_ = 0;
  std::vector<bool> declared_x_, declared_y_;
  Token token_;
  Diagnostics errors_;
};

}  // namespace

Result<Property> read_vnnlib(const std::string& file, const std::string& text, const PropertyLimits& limits) {
  return Reader(file, text, limits).read();
}

bool holds_throughout(const Case& c, const std::vector<double>& low, const std::vector<double>& high) {
  for (const Halfspace& half : c.outputs) {
    double most = 0, size = std::fabs(half.most);
    for (const auto& [i, f] : half.terms) {
      const double term = f > 0 ? f * high[i] : f * low[i];
      most += term;
      size += std::fabs(term);
    }
    most += gamma(half.terms.size() + 4) * size;
    // A comparison of two outputs has no decimal in it that could have been rounded.
    if (!(half.strict ? most < half.most : most <= half.most)) return false;
  }
  return true;
}

}  // namespace duolex::tensor::bounds
