#include <algorithm>
#include <cstring>

#include "checker/law.h"

namespace duolex::checker {
namespace {

constexpr int nesting_limit = 40, exception_limit = 8;
using Words = std::initializer_list<const char*>;
using Op = Node::Op;

// Lines of words (docs/formats/law.md, "Layout"). Strings are dropped: what they say gives no conclusion.
struct Token {
  std::string text;
  std::size_t offset;
};
struct Line {
  const Source* file;
  std::size_t indent = 0;
  std::vector<Token> tokens = {};
};
using Declaration = std::vector<Line>;  // its head, then its items

bool is_one_of(const char* set, char c) { return c != 0 && std::strchr(set, c) != nullptr; }
bool begins_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

Line lex_line(const Source& file, std::size_t at, std::size_t end) {
  const std::string& text = file.text;
  Line line{&file};
  while (at + line.indent < end && text[at + line.indent] == ' ') ++line.indent;
  for (std::size_t i = at + line.indent; i < end && text[i] != '#';) {
    const std::size_t begin = i;
    const char c = text[i++];
    if (c == ' ' || (c == '\r' && i == end)) continue;
    if (c == '"') {
      for (; i < end && text[i] != '"'; ++i)
        if (text[i] == '\\' && i + 1 < end && is_one_of("\"\\", text[i + 1])) ++i;
      if (i++ >= end) throw Unreadable{place_of(file, begin) + "this string does not end on its line"};
      continue;
    }
    if (!begins_word(c) && !is_one_of(",:(){}<>", c)) throw Unreadable{place_of(file, begin) + "this has no meaning here"};
    while (begins_word(c) && i < end && (begins_word(text[i]) || is_one_of("./#-", text[i]))) ++i;
    if (is_one_of("<>", c) && i < end && text[i] == '=') ++i;
    line.tokens.push_back({text.substr(begin, i - begin), begin});
  }
  return line;
}

void lex(const Source& file, std::vector<Declaration>& declarations) {
  const std::size_t before = declarations.size();
  std::size_t base = 0;
  for (std::size_t at = 0, end = 0; at < file.text.size(); at = end + 1) {
    end = std::min(file.text.find('\n', at), file.text.size());
    Line line = lex_line(file, at, end);
    if (line.tokens.empty()) continue;
    if (line.indent == 0) {
      declarations.push_back({std::move(line)});
      continue;
    }
    if (declarations.size() == before) throw Unreadable{place_of(file, at) + "an indented line before any declaration"};
    Declaration& owner = declarations.back();
    std::vector<Token>& last = owner.back().tokens;
    const bool goes_on = last.back().text == ",";  // whatever the indentation
    if (!goes_on && owner.size() == 1) base = line.indent;
    if (!goes_on && line.indent < base) throw Unreadable{place_of(file, at) + "indented less than the first item"};
    if (goes_on || (line.indent > base && line.tokens[0].text != "except")) {
      last.insert(last.end(), line.tokens.begin(), line.tokens.end());
    } else {
      owner.push_back(std::move(line));
    }
  }
}

Node constant(Value value) { return {.op = Op::constant, .value = value}; }
Node joined(Op op, std::vector<Node> children) { return {.op = op, .children = std::move(children)}; }
Node negated(Node node) { return joined(Op::negation, {std::move(node)}); }
Node truth(bool b) { return joined(b ? Op::all : Op::any, {}); }
Node is_true(int rule) { return {.op = Op::test, .rule = rule, .mask = 2}; }

struct Name {
  enum Is : std::uint8_t { other, text, list, fact, day, rule, ambiguity } is = other;
  int index = 0;  // of a set rule: its first member's rule
  Type type = {};
  std::tuple<int, Value, Value> day_entry = {-1, 0, 0};  // how well its item fits the day; what it gives
};

class Reader {
 public:
  explicit Reader(Law& law) : law_(law) {}

  // First all names; then the items: what rules speak of before the rules.
  void read(const std::vector<Declaration>& declarations) {
    for (const Declaration& d : declarations) begin(d[0]), head();
    for (const int pass : {0, 1, 2})
      for (const Declaration& d : declarations) {
        begin(d[0]);
        keyword_ = word();
        const bool is_rule = keyword_ == "define" || keyword_ == "conclude";
        if (pass != (is_rule ? 2 : keyword_ == "ambiguity" ? 1 : 0)) continue;
        subject_ = names_.contains(peek()) ? &names_[peek()] : nullptr;
        if (is_rule) begin_rule();
        for (std::size_t i = 1; i < d.size(); ++i) {
          begin(d[i]);
          item();
          need(at_ == line_->tokens.size());
        }
        begin(d[0]);
        if (is_rule) end_rule();
        if (keyword_ == "ambiguity") end_ambiguity(law_.ambiguities[subject_->index]);
        need(keyword_ != "day" || std::get<0>(subject_->day_entry) >= 0);
        need(keyword_ != "state" || law_.facts[subject_->index].entry);
      }
    for (Ambiguity& a : law_.ambiguities) a.touched = a.and_what_follows ? law_.depending_on(a.named) : a.named;
  }

 private:
  void begin(const Line& line) {
    line_ = &line;
    at_ = 0;
  }
  void need(bool holds) const {
    const std::vector<Token>& tokens = line_->tokens;
    if (!holds) throw Unreadable{place_of(*line_->file, tokens[std::min(at_, tokens.size() - 1)].offset) + "this is not as the law language has it"};
  }
  const std::string& peek(std::size_t ahead = 0) const {
    static const std::string none;
    return at_ + ahead < line_->tokens.size() ? line_->tokens[at_ + ahead].text : none;
  }
  bool accept(Words words) {  // all of them, or none
    std::size_t ahead = 0;
    for (const char* word : words)
      if (peek(ahead++) != word) return false;
    at_ += ahead;
    return true;
  }
  void expect(Words words) { need(accept(words)); }
  std::string word() {
    need(begins_word(peek()[0]));
    return line_->tokens[at_++].text;
  }
  Value date() {
    const std::optional<Value> day = parse_day(word());
    need(day.has_value());
    return *day;
  }
  Value number() {
    const std::string digits = word();
    need(digits.size() < 10 && digits.find_first_not_of("0123456789") == std::string::npos);
    return std::stol(digits);
  }
  void cites(std::vector<std::string>& to) {
    do to.push_back(word());
    while (accept({","}));
  }
  const Name* find(Name::Is is, std::size_t ahead = 0) const {
    const auto it = names_.find(peek(ahead));
    return it == names_.end() || it->second.is != is ? nullptr : &it->second;
  }
  const Name& reference(Name::Is is) {
    const Name* name = find(is);
    need(name != nullptr);
    return ++at_, *name;
  }
  const Name& operand() { return reference(find(Name::rule) != nullptr ? Name::rule : Name::fact); }

  void head() {
    static const std::map<std::string, Name::Is> kinds = {
        {"text", Name::text}, {"list", Name::list}, {"fact", Name::fact}, {"state", Name::fact}, {"day", Name::day}, {"define", Name::rule},
        {"conclude", Name::rule}, {"ambiguity", Name::ambiguity}, {"invariant", Name::other}, {"warning", Name::other}, {"note", Name::other},
        {"duty", Name::other}, {"control", Name::other}, {"item", Name::other}};
    const std::string keyword = word(), id = peek();
    need(kinds.contains(keyword));
    Name name{kinds.at(keyword)};
    if (name.is == Name::other) return;
    need(word().find_first_of("/#-") == std::string::npos && !names_.contains(id));
    if (name.is == Name::fact || name.is == Name::rule) name.type = type();
    const Type& t = name.type;
    if (name.is == Name::text) {
      Text text{id};
      if (accept({"from"})) text.from = date();
      text.in_force = text.from <= law_.as_of && (!accept({"until"}) || law_.as_of <= date());
      if (accept({"earlier", "version", "of"})) text.earlier_of = word();
      name.index = add(law_.texts, text);
    } else if (name.is == Name::list) {
      name.type = (expect({":"}), Type{Kind::choice, false, false, false, value_list()});
    } else if (name.is == Name::fact) {
      need(!t.null && (keyword == "fact" || t.yes_no));
      name.index = law_.fact_by_id[id] = add(law_.facts, {id, t, keyword == "state"});
    } else if (name.is == Name::rule) {
      need(!t.never);
      name.index = static_cast<int>(law_.rules.size());
      if (keyword == "conclude") add(law_.conclusions, {id, t, {}, name.index});
      for (std::size_t m = 0; m < t.rules(); ++m) t.kind == Kind::set ? add_rule({id + " has " + t.values[m], {}, true}) : add_rule({id, t});
    } else if (name.is == Name::ambiguity) {
      name.index = add(law_.ambiguities, {id, add_rule({"live when " + id, {}})});
    }
    names_.emplace(id, name);
  }
  template <class T>
  static int add(std::vector<T>& to, T what) {
    to.push_back(std::move(what));
    return static_cast<int>(to.size()) - 1;
  }
  int add_rule(Rule rule) {
    const std::string id = rule.id;
    return law_.rule_by_id[id] = add(law_.rules, std::move(rule));
  }
  std::vector<std::string> value_list() {
    std::vector<std::string> values;
    do {
      need(values.size() < 64 && std::count(values.begin(), values.end(), peek()) == 0);
      values.push_back(word());
    } while (accept({","}));
    return values;
  }
  Type type() {
    expect({":"});
    Type t{Kind::choice, false, false, false, {}};
    if (accept({"yes/no"})) return {};
    if (accept({"whole", "number"})) return t.kind = Kind::whole, t;
    if (accept({"date"})) return t.kind = Kind::date, t.never = accept({"or", "never"}), t.null = accept({"or", "null"}), t;
    if (!accept({"one", "of"})) expect({"set", "of"}), t.kind = Kind::set;
    t.values = accept({"values", "of"}) ? operand().type.values : value_list();
    return t;
  }

  void item() {
    if (keyword_ == "define" || keyword_ == "conclude") return rule_item();
    if (keyword_ == "ambiguity") return ambiguity_item(law_.ambiguities[subject_->index]);
    Fact* fact = keyword_ == "fact" || keyword_ == "state" ? &law_.facts[subject_->index] : nullptr;
    if (keyword_ == "day") {
      const Value when = date();
      const Text* text = accept({"in"}) ? &law_.texts[reference(Name::text).index] : nullptr;
      // The text in force, else no text, else the earliest text.
      const std::tuple<int, Value, Value> entry{text == nullptr ? 1 : text->in_force ? 2 : 0, text != nullptr ? -text->from : 0, when};
      subject_->day_entry = std::max(subject_->day_entry, entry);
    } else if (keyword_ == "fact" && accept({"assumed"})) {
      fact->assumed = fact->type.kind == Kind::set ? (expect({"empty"}), 0) : value(fact->type);
    } else if (keyword_ == "fact" && accept({"overrides"})) {
      fact->partner = reference(Name::fact).index;
      law_.facts[fact->partner].partner = subject_->index;
    } else if (keyword_ == "state" && peek() != "cite") {
      const Value v = value(fact->type), from = (expect({"from"}), date());
      const bool begun = from <= law_.as_of;  // the latest that has begun, else the first
      const std::tuple<bool, Value, Value> entry{begun, begun ? from : -from, v};
      expect({"source"});
      const Value checked = (expect({"checked"}), date());
      if (!fact->entry || *fact->entry < entry) fact->entry = entry, fact->checked = checked;
    }
    at_ = line_->tokens.size();  // questions, citations, sources; warnings, notes and all else that gives no conclusion
  }
  void ambiguity_item(Ambiguity& a) {
    Rule& live = law_.rules[a.rule];
    if (accept({"cite"})) return cites(cites_);
    if (accept({"live", "when"})) {
      live.clauses = {{"live when", condition(0), constant(1)}};
      live.otherwise = {{"live when", {}, constant(0)}};
      reads(live.clauses.front(), live);
    } else if (accept({"reading"})) {
      a.readings.push_back(word());
      if (accept({"default"})) a.usual = static_cast<int>(a.readings.size()) - 1;
      accept({"because"});
    } else {
      expect({"touches"});
      a.named.resize(law_.rules.size());
      do {
        const Name& name = reference(Name::rule);
        for (std::size_t i = 0; i < name.type.rules(); ++i) a.named[name.index + i] = true;
      } while (accept({","}));
      a.and_what_follows = accept({"and", "what", "follows"});
    }
  }
  void end_ambiguity(Ambiguity& a) {
    Rule& live = law_.rules[a.rule];
    need(a.usual >= 0 && a.readings.size() > 1 && !live.clauses.empty());
    a.named.resize(law_.rules.size());
    live.clauses.front().cites = live.otherwise.front().cites = std::move(cites_);
    cites_.clear();
  }

  // A rule is read as a whole; a set rule is then taken apart into its members.
  void begin_rule() {
    whole_ = {"", subject_->type};
    open_.clear();
    clauses_ = guards_ = 0;
    while (at_ < line_->tokens.size() && peek() != "cite") ++at_;
    if (accept({"cite"})) cites(cites_);
  }
  void end_rule() {
    whole_.clauses.remove_if([](const Item& i) { return !i.in_force; });
    for (const auto* items : {&whole_.first, &whole_.clauses, &whole_.otherwise})
      for (const Item& i : *items) {
        reads(i, whole_);
        if (i.ambiguity < 0) continue;
        whole_.readings.insert({i.ambiguity, i.reading});
        reads(law_.rules[law_.ambiguities[i.ambiguity].rule].clauses.front(), whole_);
      }
    for (std::size_t m = 0; m < subject_->type.rules(); ++m) {
      Rule& rule = law_.rules[subject_->index + m];
      whole_.id = rule.id;
      whole_.type = rule.type;
      whole_.member = rule.member;
      rule = whole_;
      if (!rule.member) continue;
      for (auto* items : {&rule.first, &rule.clauses}) {
        items->remove_if([&](const Item& i) { return (i.speaks >> m & 1) == 0; });
        for (Item& i : *items) i.gives.value = static_cast<Value>(static_cast<std::uint64_t>(i.gives.value) >> m & 1);
      }
      rule.otherwise = {{"no clause", {}, constant(0)}};
    }
    for (Conclusion& c : law_.conclusions)
      if (c.first == subject_->index) c.cites = cites_;
    cites_.clear();
  }
  void rule_item() {
    if (accept({"cite"})) return cites(cites_);
    if (line_->tokens.size() == 1 && accept({"label"})) return;
    const Type& t = subject_->type;
    const bool set = t.kind == Kind::set;
    Item item;
    if (accept({"where"})) {
      item.label = "guard " + std::to_string(++guards_);
      item.when = negated(condition(0));
      expect({",", "else"});
      item.gives = constant(set ? whole_set(t) : value(t));
      whole_.first.push_back(tail(item));
    } else if (peek() == "under" && line_->tokens.size() > 2) {
      ++at_;
      whole_.first.push_front(under(item, t));
    } else if (accept({"except"})) {
      while (!open_.empty() && open_.back().first >= line_->indent) open_.pop_back();
      need(!open_.empty() && open_.size() <= exception_limit);
      Item& parent = *open_.back().second;
      item.label = parent.label + " except " + std::to_string(parent.exceptions.size() + 1);
      if (!set) item.gives = expression(t, 0);
      parent.exceptions.push_back(when(item));
      open_.emplace_back(line_->indent, &parent.exceptions.back());
    } else {
      if (set) expect({"has"});
      item.gives = set ? constant(members(t)) : expression(t, 0);
      if (!set && accept({"otherwise"})) {
        item.label = "otherwise";
        whole_.otherwise = {tail(item)};
        return;
      }
      item.label = "clause " + std::to_string(++clauses_);
      item.speaks = static_cast<std::uint64_t>(item.gives.value);
      whole_.clauses.push_back(when(item));
      open_ = {{line_->indent, &whole_.clauses.back()}};
    }
  }
  Item& when(Item& item) {
    if (!accept({"always"})) expect({"when"}), item.when = condition(0);
    return tail(item);
  }
  Item& tail(Item& item) {
    while (at_ < line_->tokens.size()) {
      bool in_time = true;
      if (accept({"in"})) in_time = law_.texts[reference(Name::text).index].in_force;
      else if (accept({"from"})) in_time = day() <= law_.as_of;
      else if (accept({"until"})) in_time = law_.as_of <= day();
      else expect({"cite"}), cites(item.cites);
      item.in_force = item.in_force && in_time;
    }
    return item;
  }
  Item& under(Item& item, const Type& t) {
    item.ambiguity = reference(Name::ambiguity).index;
    const Ambiguity& a = law_.ambiguities[item.ambiguity];
    item.reading = static_cast<int>(std::find(a.readings.begin(), a.readings.end(), word()) - a.readings.begin());
    need(item.reading < static_cast<int>(a.readings.size()) && item.reading != a.usual);
    item.label = "under " + a.id + " " + a.readings[item.reading];
    if (t.kind != Kind::set) item.gives = expression(t, 0);
    else if (accept({"is"})) item.gives = constant(whole_set(t));
    else {
      const bool lacks = accept({"lacks"});
      if (!lacks) expect({"has"});
      item.speaks = static_cast<std::uint64_t>(members(t));
      item.gives = constant(lacks ? 0 : static_cast<Value>(item.speaks));
    }
    item.when = is_true(a.rule);
    if (accept({"when"})) item.when = joined(Op::all, {item.when, condition(0)});
    return tail(item);
  }

  // Values and expressions.
  bool is_value(const Type& t, std::size_t ahead) const { return std::count(t.values.begin(), t.values.end(), peek(ahead)) != 0; }
  Value value(const Type& t) {
    if (t.null && accept({"null"})) return null_value;
    if (t.never && accept({"never"})) return never_value;
    if (t.kind == Kind::date || t.kind == Kind::whole) return t.kind == Kind::date ? date() : number();
    need(is_value(t, 0));
    return std::find(t.values.begin(), t.values.end(), word()) - t.values.begin();
  }
  std::uint64_t bit(const Type& t) { return std::uint64_t{1} << value(t); }
  Value members(const Type& t) {
    std::uint64_t mask = bit(t);
    while (is_value(t, 1) && accept({","})) mask |= bit(t);
    return static_cast<Value>(mask);
  }
  Value whole_set(const Type& t) {
    if (accept({"empty"}) || accept({"{", "}"})) return 0;
    expect({"{"});
    const Value mask = members(t);
    return expect({"}"}), mask;
  }
  Value day() {
    if (accept({"as_of"})) return law_.as_of;
    return find(Name::day) != nullptr ? std::get<2>(reference(Name::day).day_entry) : date();
  }
  Node expression(const Type& t, int depth) {
    need(depth <= nesting_limit);
    if (t.kind != Kind::date && t.kind != Kind::whole) return constant(value(t));
    Node e{.op = Op::operand};
    if (find(Name::fact) != nullptr || find(Name::rule) != nullptr) {
      const Name& name = operand();
      need(name.type.kind == t.kind);
      (name.is == Name::fact ? e.fact : e.rule) = name.index;
    } else if (peek(1) == "of" && (peek() == "later" || peek() == "earlier")) {
      e.op = word() == "later" ? Op::later : Op::earlier;
      do ++at_, e.children.push_back(expression(t, depth + 1));
      while (peek() == ",");
    } else {
      e = constant(t.kind == Kind::whole ? number() : accept({"null"}) ? null_value : day());
    }
    while (t.kind == Kind::date && accept({"plus"})) {
      const Value count = number();
      const std::string unit = word();
      const bool days = unit.starts_with("day"), years = unit.starts_with("year");
      need(count <= 12000 && ++depth <= nesting_limit && (days || years || unit.starts_with("month")));
      e = {.op = Op::plus, .months = days ? 0 : years ? 12 * count : count, .days = days ? count : 0, .children = {std::move(e)}};
    }
    return e;
  }

  // Conditions.
  Node condition(int depth) {
    std::vector<Node> terms{term(depth)};
    const std::string joint = peek() == "and" || peek() == "or" ? peek() : "";
    while (!joint.empty() && accept({joint.c_str()})) terms.push_back(term(depth));
    need(peek() != "and" && peek() != "or");  // mixed
    return joint.empty() ? std::move(terms[0]) : joined(joint == "and" ? Op::all : Op::any, std::move(terms));
  }
  Node term(int depth) {
    need(depth <= nesting_limit);
    if (accept({"not"})) return negated(term(depth + 1));
    if (!accept({"("})) return test();
    Node inner = condition(depth + 1);
    return expect({")"}), inner;
  }
  Node test() {
    if (accept({"always"}) || accept({"never"})) return truth(line_->tokens[at_ - 1].text == "always");
    if (peek(2) == "in" && peek(3) == "force" && accept({"text"})) {
      const bool in_force = law_.texts[reference(Name::text).index].in_force;
      return at_ += 2, truth(in_force);
    }
    Node c{.op = Op::test, .low = first_day, .high = last_day};
    if (accept({"as_of"})) return compare(c, true), truth(c.low <= law_.as_of && law_.as_of <= c.high);
    const Name& name = operand();
    const Type& t = name.type;
    (name.is == Name::fact ? c.fact : c.rule) = name.index;
    if (t.kind == Kind::choice) return choice_test(std::move(c), t);
    if (t.kind == Kind::set) return set_test(std::move(c), t);
    if (t.kind == Kind::date && accept({"is", "a", "day"})) return c;
    if (t.kind == Kind::date && accept({"is", "not", "a", "day"})) return negated(std::move(c));
    if (t.kind == Kind::whole) c.low = 0, c.high = whole_max;
    compare(c, t.kind == Kind::date);
    if (name.is == Name::fact) law_.facts[c.fact].cuts.insert({c.low, c.high + 1});
    return c;
  }
  // Narrows a test to the days or numbers that compare so.
  void compare(Node& c, bool date) {
    const bool or_on = accept({"on", "or"}), on = !or_on && (date ? accept({"is", "on"}) : accept({"is"}));
    const bool before = !on && (accept({"before"}) || accept({"<"})), up_to = !on && !before && accept({"<="});
    const bool after = !on && !before && !up_to && (accept({"after"}) || accept({">"}));
    need(on || before || up_to || after || accept({">="}));
    const Value with = date ? day() : number();
    if (!before && !up_to) c.low = with + (after && !or_on ? 1 : 0);
    if (on || before || up_to) c.high = with - (before && !or_on ? 1 : 0);
  }
  std::uint64_t list(const Type& t) {
    std::uint64_t mask = 0;
    for (const std::string& v : reference(Name::list).type.values) {
      const auto at = std::find(t.values.begin(), t.values.end(), v);
      need(at != t.values.end());
      mask |= std::uint64_t{1} << (at - t.values.begin());
    }
    return mask;
  }
  Node choice_test(Node c, const Type& t) {
    if (accept({"is", "one", "of"})) c.mask = members(t);
    else if (accept({"is", "none", "of"})) c.mask = t.all() & ~static_cast<std::uint64_t>(members(t));
    else if (accept({"is", "not"})) c.mask = t.all() & ~bit(t);
    else if (accept({"is"})) c.mask = bit(t);
    else if (accept({"not", "in"})) c.mask = t.all() & ~list(t);
    else if (find(Name::list, 1) != nullptr && accept({"in"})) c.mask = list(t);
    else need(t.yes_no), c.mask = 2;
    return c;
  }
  Node set_test(Node c, const Type& t) {
    const bool empty = accept({"is", "empty"});
    if (empty || accept({"is", "not", "empty"})) c.mask = t.all();
    else if (accept({"has", "any", "of"})) c.mask = find(Name::list) != nullptr && !is_value(t, 0) ? list(t) : members(t);
    else expect({"has"}), c.mask = bit(t);
    Node any = truth(false);  // of the members' rules
    for (int m = 0; c.rule >= 0 && m < 64; ++m)
      if ((c.mask >> m & 1) != 0) any.children.push_back(is_true(c.rule + m));
    if (c.rule >= 0) c = std::move(any);
    return empty ? negated(std::move(c)) : c;
  }

  static void reads(const Node& node, Rule& rule) {
    if (node.fact >= 0) rule.reads_facts.insert(node.fact);
    if (node.rule >= 0) rule.reads_rules.insert(node.rule);
    for (const Node& child : node.children) reads(child, rule);
  }
  static void reads(const Item& item, Rule& rule) {
    reads(item.when, rule);
    reads(item.gives, rule);
    for (const Item& exception : item.exceptions) reads(exception, rule);
  }

  Law& law_;
  const Line* line_ = nullptr;
  std::size_t at_ = 0, clauses_ = 0, guards_ = 0;
  std::string keyword_;
  Name* subject_ = nullptr;
  std::map<std::string, Name> names_;
  Rule whole_;
  std::vector<std::string> cites_;                   // of the rule's header, of the ambiguity
  std::vector<std::pair<std::size_t, Item*>> open_;  // clauses and exceptions that may take an exception
};

}  // namespace

Law parse_law(const LawFiles& files, Value as_of) {
  Law law;
  law.as_of = as_of;
  law.provisions = files.provisions;
  std::vector<Declaration> declarations;
  for (const Source& file : files.files) lex(file, declarations);
  Reader(law).read(declarations);
  return law;
}

}  // namespace duolex::checker
