#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <utility>

#include "checker/evaluate.h"

namespace duolex::checker {
namespace {

constexpr int nesting_limit = 40;
bool begins_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
// A word or mark (docs/formats/law.md, "Layout"). Strings are dropped: what they say gives no conclusion.
struct Token {
  std::string text, place;
  int indent;  // 0 where a declaration begins, more where one of its items does, else -1
};
void lex(const Source& file, std::vector<Token>& tokens) {
  const std::string& text = file.text;
  std::size_t line = 0, lines = 1;  // where it begins, and how many there are so far
  int base = 0;                     // indentation of the declaration's items, once there is one
  bool first = true;                // on its line; after a string nothing is
  const auto at = [&](std::size_t i) { return i < text.size() ? text[i] : '\n'; };
  const auto is_one_of = [&](std::size_t i, std::string_view set) { return set.find(at(i)) != std::string_view::npos; };
  const auto place = [&](std::size_t i) {
    return file.name + ":" + std::to_string(lines) + ":" + std::to_string(i - line + 1) + ": ";
  };
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = i++;
    if (at(begin) == '\n') line = i, ++lines, first = true;
    if (at(begin) == '#') i = std::min(text.find('\n', i), text.size());
    if (at(begin) == '"') {
      for (first = false; !is_one_of(i, "\"\n"); ++i) i += at(i) == '\\' && at(i + 1) != '\n' ? 1 : 0;
      if (at(i++) == '\n') throw Verdict{65, place(begin) + "this string does not end on its line"};
    }
    if (is_one_of(begin, "\n# \"") || (at(begin) == '\r' && at(i) == '\n')) continue;
    if (begins_word(at(begin))) while (begins_word(at(i)) || is_one_of(i, "./#-~")) ++i;
    else if (!is_one_of(begin, ",:(){}<>")) throw Verdict{65, place(begin) + "this has no meaning here"};
    else if (is_one_of(begin, "<>") && at(i) == '=') ++i;
    tokens.push_back({text.substr(begin, i - begin), place(begin), -1});
    const int indent = static_cast<int>(begin - line);
    const bool goes_on = indent > 0 && tokens.size() > 1 && tokens[tokens.size() - 2].text == ",";
    if (!std::exchange(first, false) || goes_on) continue;
    if (base <= 0 || indent == 0) base = indent;
    if (indent <= base || tokens.back().text == "except") tokens.back().indent = indent;
  }
}
Function constant(const Values& values) { return [values](World& w, bool) { return w.d.constant(values); }; }
Function negated(const Function& f) { return [f](World& w, bool under) { return w.d.negated(f(w, under)); }; }
Function both(const Function& f, const Function& g) {
  if (f == nullptr || g == nullptr) return f == nullptr ? g : f;
  return [f, g](World& w, bool under) { return w.d.both(f(w, under), g(w, under)); };
}
const Values yes{2}, no{1};

struct Name {
  enum Is : std::uint8_t { other, text, list, fact, day, ambiguity, rule } is = other;
  int index = 0;  // of a set its first part
  Type type = {};
  bool in_force = false;  // of a text, as is
  Value from = first_day;
  std::tuple<int, Value, Value, Value> entry = {-1, 0, 0, 0};  // day, state: how well it fits, its value, last checked
  int of(int part = 0) const { return is == fact ? index + part : ~(index + part); }
};

class Reader {
 public:
  Reader(Law& law, const LawFiles& files) : law_(law), files_(files) {
    for (const Source& file : files.files) lex(file, tokens_);
  }
  // First all names; then the items: what rules speak of before the rules.
  void read() {
    std::vector<std::size_t> heads;
    for (std::size_t i = 0; i < tokens_.size(); ++i)
      if (tokens_[i].indent == 0) heads.push_back(i), begin(i), head();
    std::ranges::stable_sort(heads, {}, [&](std::size_t i) { return std::max(kind_of(tokens_[i].text), Name::day); });
    for (const std::size_t i : heads) {
      begin(i);
      keyword_ = word();
      const Name::Is is = kind_of(keyword_);
      if (is == Name::other) continue;
      subject_ = &names_.at(word());
      whole_ = {}, open_.clear(), guards_ = clauses_ = 0;
      while (is == Name::rule && at_ < end_ && !accept("cite")) ++at_;
      if (is == Name::rule && at_ < end_) cites(whole_.cites);
      while (end_ < tokens_.size() && tokens_[end_].indent > 0) begin(end_), reads_.clear(), item(), need(at_ == end_);
      if (is == Name::rule) end_rule();
    }
    for (Ambiguity& a : law_.ambiguities) {
      Rule& live = law_.rules[a.rule];
      need(a.usual >= 0 && a.readings.size() > 1 && !live.items.empty());
      for (Item& item : live.items) item.cites = live.cites;
      a.named.resize(law_.rules.size());
      a.touched = a.and_what_follows ? law_.depending_on(a.named) : a.named;
    }
  }

 private:
  void begin(std::size_t item) {
    at_ = item, end_ = item + 1;
    while (end_ < tokens_.size() && tokens_[end_].indent < 0) ++end_;
  }
  void need(bool holds) const {
    const Token& here = tokens_[std::min(at_, end_ - 1)];
    if (!holds) throw Verdict{65, here.place + "this is not as the law language has it"};
  }
  const std::string& peek(std::size_t ahead = 0) const {
    static const std::string none;
    return at_ + ahead < end_ ? tokens_[at_ + ahead].text : none;
  }
  bool accept(std::string_view words) {  // all of them, or none
    std::size_t ahead = 0;
    for (std::size_t from = 0, to = 0; from < words.size(); from = to + 1)
      if (to = std::min(words.find(' ', from), words.size()); peek(ahead++) != words.substr(from, to - from)) return false;
    at_ += ahead;
    return true;
  }
  void expect(std::string_view words) { need(accept(words)); }
  std::string word() { return need(begins_word(peek()[0])), tokens_[at_++].text; }
  Value date() { return read(day_type, word()); }
  Value number() { return read(number_type, word()); }
  Value read(Type t, const std::string& text) const {  // of a set a member
    const bool digits = text.size() < 10 && text.find_first_not_of("0123456789") == std::string::npos;
    if (t.kind == Kind::set) t.kind = Kind::choice;
    t.yes_no = false;  // in JSON they are no words
    const Json json = t.kind == Kind::whole && digits ? Json(std::stoul(text)) : text == "null" ? Json() : Json(text);
    const std::optional<Value> v = read_value(t, json);
    return need(v.has_value()), *v;
  }
  void cites(Cites& to) {
    do to.push_back(word());
    while (accept(","));
  }
  const Name* find(Name::Is is, std::size_t ahead = 0) const {
    const auto it = names_.find(peek(ahead));
    return it == names_.end() || it->second.is != is ? nullptr : &it->second;
  }
  const Name& reference(Name::Is is) {
    const Name* name = find(is);
    return need(name != nullptr), ++at_, *name;
  }
  const Name& operand() { return reference(find(Name::rule) != nullptr ? Name::rule : Name::fact); }
  static Name::Is kind_of(const std::string& keyword) {  // all others give no conclusion
    static const std::map<std::string, Name::Is> kinds = {
        {"text", Name::text}, {"list", Name::list}, {"fact", Name::fact}, {"state", Name::fact}, {"day", Name::day},
        {"ambiguity", Name::ambiguity}, {"define", Name::rule}, {"conclude", Name::rule}};
    return kinds.contains(keyword) ? kinds.at(keyword) : Name::other;
  }
  void head() {
    const std::string keyword = word(), id = peek();
    Name name{kind_of(keyword)};
    if (name.is == Name::other) return;
    need(word().find_first_of("/#-~") == std::string::npos && !names_.contains(id));
    if (name.is == Name::fact || name.is == Name::rule) name.type = type();
    const Type& t = name.type;
    const bool set = t.kind == Kind::set;
    const Type part = set ? Type{} : t;
    if (name.is == Name::text) {
      if (accept("from")) name.from = date();
      name.in_force = name.from <= law_.as_of && (!accept("until") || law_.as_of <= date());
      const std::string act = accept("earlier version of") ? word() : "";
      const bool shown = !act.empty() && name.in_force && files_.provisions.contains(id);
      for (const std::string& provision : shown ? files_.provisions.at(id) : std::set<std::string>())
        law_.shown[act + provision.substr(std::min(provision.find('/'), provision.size()))] = provision;
    } else if (name.is == Name::list) {
      name.type = (expect(":"), Type{Kind::choice, false, false, false, value_list()});
    } else if (name.is == Name::fact) {
      name.index = static_cast<int>(law_.facts.size());
      law_.fact_by_id[id] = {id, name.index, t};
      for (int m = 0; m < t.parts(); ++m) law_.facts.push_back({id, part, keyword == "state"});
    } else if (name.is == Name::rule) {
      name.index = static_cast<int>(law_.rules.size());
      for (int m = 0; m < t.parts(); ++m) add_rule({set ? id + " has " + t.values[m] : id, part, set});
      if (keyword == "conclude") law_.conclusions.push_back({id, name.index, t});
    } else if (name.is == Name::ambiguity) {
      name.index = static_cast<int>(law_.ambiguities.size());
      law_.ambiguities.push_back({id, add_rule({"live when " + id, {}})});
    }
    names_.emplace(id, name);
  }
  int add_rule(const Rule& rule) {
    law_.rules.push_back(rule);
    return law_.rule_by_id[rule.id] = static_cast<int>(law_.rules.size()) - 1;
  }
  std::vector<std::string> value_list() {
    std::vector<std::string> values;
    do values.push_back(word());
    while (accept(","));
    return need(values.size() <= 64), values;
  }
  Type type() {
    expect(":");
    if (accept("yes/no")) return {};
    Type t{Kind::choice, false, false, false, {}};
    if (accept("whole number")) return t.kind = Kind::whole, t;
    if (accept("date")) return {Kind::date, false, accept("or never"), accept("or null"), {}};
    if (!accept("one of")) expect("set of"), t.kind = Kind::set;
    t.values = accept("values of") ? operand().type.values : value_list();
    return t;
  }
  void item() {
    if (keyword_ == "define" || keyword_ == "conclude") return rule_item();
    if (keyword_ == "ambiguity") return ambiguity_item(law_.ambiguities[subject_->index]);
    const auto fact = keyword_ == "day" ? law_.facts.end() : law_.facts.begin() + subject_->index;
    if (keyword_ == "day") {
      const Value when = date();
      const Name* text = accept("in") ? &reference(Name::text) : nullptr;
      // The text in force, else no text, else the earliest text.
      const int fit = text == nullptr ? 1 : text->in_force ? 2 : 0;
      subject_->entry = std::max(subject_->entry, {fit, text != nullptr ? -text->from : 0, when, 0});
    } else if (keyword_ == "fact" && accept("assumed")) {
      const Value v = subject_->type.kind == Kind::set ? (expect("empty"), 0) : read(fact->type, word());
      for (int m = 0; m < subject_->type.parts(); ++m) fact[m].assumed = v;
    } else if (keyword_ == "fact" && accept("overrides")) {
      fact->partner = reference(Name::fact).index;
      law_.facts[fact->partner].partner = subject_->index;
    } else if (keyword_ == "state" && peek() != "cite") {
      const Value v = read(fact->type, word()), from = (expect("from"), date());
      const Value checked = (expect("source checked"), date());
      const bool begun = from <= law_.as_of;  // the latest that has begun, else the first
      subject_->entry = std::max(subject_->entry, {begun, begun ? from : -from, v, checked});
      fact->assumed = std::get<2>(subject_->entry), fact->checked = std::get<3>(subject_->entry);
    }
    at_ = end_;  // questions, citations, sources; all else that gives no conclusion
  }
  void ambiguity_item(Ambiguity& a) {
    Rule& live = law_.rules[a.rule];
    if (accept("cite")) return cites(live.cites);
    if (accept("live when")) {
      live.items = {{.label = "live when", .when = condition(0), .gives = constant(yes)},
                    {.rank = 1, .label = "live when", .gives = constant(no)}};
      live.reads = reads_;
    } else if (accept("reading")) {
      a.readings.push_back(word());
      if (accept("default")) a.usual = static_cast<int>(a.readings.size()) - 1;
      accept("because");
    } else {
      expect("touches");
      a.named.resize(law_.rules.size());
      do {
        const Name& name = reference(Name::rule);
        std::fill_n(a.named.begin() + name.index, name.type.parts(), true);
      } while (accept(","));
      a.and_what_follows = accept("and what follows");
    }
  }
  void end_rule() {
    whole_.items.remove_if([](const Item& i) { return !i.in_force; });
    whole_.items.sort([](const Item& a, const Item& b) { return a.rank < b.rank; });
    for (int m = 0; m < subject_->type.parts(); ++m) {
      Rule& rule = law_.rules[subject_->index + m];
      rule = {rule.id, rule.type, rule.member, whole_.cites, whole_.items, whole_.reads, whole_.readings};
      if (!rule.member) continue;
      rule.items.remove_if([&](const Item& i) { return (i.speaks >> m & 1) == 0; });
      for (Item& i : rule.items) i.gives = constant((i.has >> m & 1) != 0 ? yes : no);
      rule.items.push_back({.rank = 1, .label = "no clause", .gives = constant(no)});
    }
  }
  void rule_item() {
    if (accept("cite")) return cites(whole_.cites);
    if (end_ - at_ == 1 && accept("label")) return;
    const bool set = subject_->type.kind == Kind::set;
    const int indent = tokens_[at_].indent;
    Item item;
    auto place = whole_.items.end();
    if (accept("where")) {
      item.rank = -1;
      item.label = "guard " + std::to_string(++guards_);
      item.when = negated(condition(0));
      expect(", else");
      gives(item);
    } else if (peek() == "under" && find(Name::ambiguity, 1) != nullptr && accept("under")) {
      item.ambiguity = reference(Name::ambiguity).index;
      const Ambiguity& a = law_.ambiguities[item.ambiguity];
      item.reading = static_cast<int>(std::ranges::find(a.readings, word()) - a.readings.begin());
      need(item.reading < std::ssize(a.readings) && item.reading != a.usual);
      item.rank = -2 - static_cast<int>(std::ssize(whole_.items));  // the last speaks first
      item.label = "under " + a.id + " " + a.readings[item.reading];
      item.within = test_of(~a.rule, yes);
      gives(item);
      whole_.readings.insert({item.ambiguity, item.reading});
      whole_.reads.insert(law_.rules[a.rule].reads.begin(), law_.rules[a.rule].reads.end());
    } else if (accept("except")) {
      while (!open_.empty() && open_.back().first >= indent) open_.pop_back();
      need(!open_.empty());
      place = open_.back().second;
      item.label = place->label + " except " + std::to_string(++place->exceptions);
      item.except_of = place->label, item.within = both(place->within, place->when);
      item.in_force = place->in_force, item.speaks = place->speaks;
      if (!set) gives(item);
    } else {
      need(!set || peek() == "has");
      gives(item);
      item.rank = !set && accept("otherwise") ? 1 : 0;
      item.label = item.rank == 1 ? "otherwise" : "clause " + std::to_string(++clauses_);
      if (item.rank == 0) open_.clear();
    }
    if (accept("when")) item.when = condition(0);
    else need(item.rank != 0 || accept("always"));
    while (at_ < end_) {
      bool in_time = true;
      if (accept("in")) in_time = reference(Name::text).in_force;
      else if (accept("from")) in_time = day() <= law_.as_of;
      else if (accept("until")) in_time = law_.as_of <= day();
      else expect("cite"), cites(item.cites);
      item.in_force = item.in_force && in_time;
    }
    if (item.in_force) whole_.reads.merge(reads_);
    place = whole_.items.insert(place, item);
    if (item.rank == 0) open_.emplace_back(indent, place);
  }
  // Its value; of a set what it says, and of which members.
  void gives(Item& item) {
    const Type& t = subject_->type;
    if (t.kind != Kind::set) return void(item.gives = expression(t, 0));
    if (accept("lacks")) return void(item.speaks = members(t));
    if (accept("has")) return void(item.has = item.speaks = members(t));
    accept("is");
    const bool braces = accept("{");
    if (!accept("empty") && peek() != "}") item.has = members(t);
    need(!braces || accept("}"));
  }
  bool is_value(const Type& t, std::size_t ahead) const { return std::ranges::count(t.values, peek(ahead)) != 0; }
  std::uint64_t bit(const Type& t) { return std::uint64_t{1} << read(t, word()); }
  std::uint64_t members(const Type& t) {
    std::uint64_t mask = bit(t);
    while (is_value(t, 1) && accept(",")) mask |= bit(t);
    return mask;
  }
  std::uint64_t list(const Type& t) {
    std::uint64_t mask = 0;
    for (const std::string& v : reference(Name::list).type.values) mask |= std::uint64_t{1} << read(t, v);
    return mask;
  }
  Value day() {
    if (accept("as_of")) return law_.as_of;
    return find(Name::day) != nullptr ? std::get<2>(reference(Name::day).entry) : date();
  }
  Function expression(const Type& t, int depth) {
    need(depth <= nesting_limit);
    if (t.kind != Kind::date && t.kind != Kind::whole) return constant(t.only(read(t, word())));
    Function e;
    const bool later = accept("later of");
    if (later || accept("earlier of")) {
      e = expression(t, depth + 1);
      while (accept(","))
        e = [e, next = expression(t, depth + 1), later](World& w, bool under) {
          return w.extreme(later ? End::Is::later : End::Is::earlier, e(w, under), next(w, under));
        };
    } else if (find(Name::fact) != nullptr || find(Name::rule) != nullptr) {
      const Name& name = operand();
      need(name.type.kind == t.kind);
      reads_.insert(name.of());
      e = [of = name.of()](World& w, bool under) { return w.operand(of, under); };
    } else {
      e = constant(t.only(t.kind == Kind::whole ? number() : accept("null") ? null_value : day()));
    }
    while (t.kind == Kind::date && accept("plus")) {
      const Value count = number();
      const std::string unit = word();
      const bool days = unit.starts_with("day"), years = unit.starts_with("year");
      need(count <= 12000 && ++depth <= nesting_limit && (days || years || unit.starts_with("month")));
      e = [e, m = days ? 0 : years ? 12 * count : count, d = days ? count : 0](World& w, bool under) {
        return w.plus(e(w, under), m, d);
      };
    }
    return e;
  }
  // Conditions.
  Function condition(int depth) {
    Function all = term(depth);
    for (const std::string joint = peek(); (joint == "and" || joint == "or") && accept(joint);)
      all = joint == "and" ? both(all, term(depth)) : negated(both(negated(all), negated(term(depth))));
    return all;
  }
  Function term(int depth) {
    need(depth <= nesting_limit);
    if (accept("not")) return negated(term(depth + 1));
    if (!accept("(")) return test();
    const Function inner = condition(depth + 1);
    return expect(")"), inner;
  }
  Function test_of(int of, const Values& holds_for) {
    reads_.insert(of);
    return [of, holds_for](World& w, bool under) { return w.test(of, holds_for, under); };
  }
  Function test() {
    if (accept("always") || accept("never")) return constant(tokens_[at_ - 1].text == "always" ? yes : no);
    if (accept("as_of")) return constant(overlap(compared(day_type), {0, law_.as_of, law_.as_of}) ? yes : no);
    if (find(Name::text, 1) != nullptr && accept("text")) {
      const bool in_force = reference(Name::text).in_force;
      return expect("in force"), constant(in_force ? yes : no);
    }
    const Name& name = operand();
    const Type& t = name.type;
    bool inverse = false;
    const auto asks = [&](const char* words, const char* opposite) {
      return (inverse = accept(opposite)) || accept(words);
    };
    if (t.kind == Kind::set) {
      std::uint64_t mask = ~std::uint64_t{0};
      if (accept("has any of")) mask = find(Name::list) != nullptr && !is_value(t, 0) ? list(t) : members(t);
      else if (!asks("is not empty", "is empty")) expect("has"), mask = bit(t);
      Function none = constant(yes);
      for (int m = 0; m < t.parts(); ++m)
        if ((mask >> m & 1) != 0) none = both(none, negated(test_of(name.of(m), yes)));
      return inverse ? none : negated(none);
    }
    Values those{yes.mask, t.every().low, t.every().high};
    if (t.kind != Kind::choice) {
      const bool any = t.kind == Kind::date && asks("is a day", "is not a day");
      those = any ? Values{0, those.low, those.high} : compared(t);
      if (name.is == Name::fact) law_.facts[name.index].cuts.insert({those.low, those.high + 1});
    } else if (asks("is one of", "is none of")) {
      those = {members(t)};
    } else if (asks("is", "is not")) {
      those = {bit(t)};
    } else {
      const bool in = find(Name::list, 1) != nullptr && accept("in");
      need(in || (inverse = accept("not in")) || t.yes_no);
      those = in || inverse ? Values{list(t)} : yes;
    }
    return inverse ? negated(test_of(name.of(), those)) : test_of(name.of(), those);
  }
  // The days or numbers that compare so.
  Values compared(const Type& t) {
    // Whether the day or number, once shifted, is the first, and the last.
    static const std::tuple<const char*, bool, bool, int> forms[] = {
        {"on or before", false, true, 0}, {"on or after", true, false, 0}, {"is on", true, true, 0},
        {"is", true, true, 0}, {"before", false, true, -1}, {"after", true, false, 1}, {"<=", false, true, 0},
        {">=", true, false, 0}, {"<", false, true, -1}, {">", true, false, 1}};
    const auto form = std::ranges::find_if(forms, [&](const auto& f) { return accept(std::get<0>(f)); });
    need(form != std::end(forms));
    const auto [words, first, last, shift] = *form;
    const Value with = (t.kind == Kind::date ? day() : number()) + shift;
    return {0, first ? with : t.every().low, last ? with : t.every().high};
  }
  Law& law_;
  const LawFiles& files_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0, end_ = 0;  // the next token; where the item ends
  int guards_ = 0, clauses_ = 0;
  std::string keyword_;
  Name* subject_ = nullptr;
  std::map<std::string, Name> names_;
  Rule whole_;  // as it stands in the file; a set rule is then taken apart
  std::set<int> reads_;  // of the item
  std::vector<std::pair<int, std::list<Item>::iterator>> open_;  // clauses and exceptions that may take an exception
};

}  // namespace

Law parse_law(const LawFiles& files, Value as_of) {
  Law law;
  law.as_of = as_of;
  Reader(law, files).read();
  return law;
}

}  // namespace duolex::checker
