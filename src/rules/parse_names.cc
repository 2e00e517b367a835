#include <algorithm>

#include "rules/parse_context.h"

namespace duolex::rules {
namespace {

constexpr std::size_t value_limit = 64;

void add_value(Cursor& cursor, std::vector<std::string>& values) {
  const std::size_t token = cursor.position();
  std::string value = cursor.word("a value");
  if (std::find(values.begin(), values.end(), value) != values.end())
    cursor.fail_at(token, "the value '" + value + "' is named twice");
  if (values.size() == value_limit) cursor.fail_at(token, "more than 64 values");
  values.push_back(std::move(value));
}

std::vector<std::string> value_list(Cursor& cursor) {
  ParseContext& context = cursor.context();
  if (cursor.is("values") && cursor.is(1, "of")) {
    cursor.skip(2);
    const std::size_t token = cursor.position();
    const std::string id = cursor.word("a fact or rule");
    if (const auto it = context.base.fact_by_id.find(id); it != context.base.fact_by_id.end())
      return context.base.facts[it->second].type.values;
    if (const auto it = context.base.rule_by_id.find(id); it != context.base.rule_by_id.end())
      return context.base.rules[it->second].type.values;
    cursor.fail_at(token, "there is no fact or rule '" + id + "' above this line");
  }
  std::vector<std::string> values;
  do add_value(cursor, values);
  while (cursor.accept(","));
  return values;
}

class NameReader {
 public:
  NameReader(ParseContext& context, const SourceFile& file) : context_(context), file_(file) {}

  void declare(const Declaration& declaration, std::vector<Located>& out) {
    Cursor cursor(context_, file_, declaration.head.tokens);
    Located located{&file_, &declaration, Located::What::rule, no_index};
    try {
      const std::string keyword = cursor.word("a declaration");
      if (keyword == "text") {
        text(cursor, located);
      } else if (keyword == "list") {
        list(cursor, located);
      } else if (keyword == "fact") {
        fact(cursor, located);
      } else if (keyword == "state") {
        state(cursor, located);
      } else if (keyword == "day") {
        day(cursor, located);
      } else if (keyword == "define" || keyword == "conclude") {
        rule(cursor, located, keyword == "conclude");
      } else if (keyword == "ambiguity") {
        ambiguity(cursor, declaration, located);
      } else if (keyword == "invariant") {
        located.what = Located::What::invariant;
        context_.base.invariants.push_back(
            {cursor.strings("what always holds"), {}, {}, false, cursor.span_of(0, 0)});
        located.index = static_cast<Index>(context_.base.invariants.size() - 1);
      } else if (keyword == "warning") {
        located.what = Located::What::warning;
        context_.base.warnings.push_back({cursor.strings("the warning"), {}, {}, cursor.span_of(0, 0)});
        located.index = static_cast<Index>(context_.base.warnings.size() - 1);
      } else if (keyword == "note") {
        located.what = Located::What::note;
        Note note;
        note.span = cursor.span_of(0, 1);
        note.id = cursor.word("an id");
        note.text = cursor.strings("the note");
        context_.base.notes.push_back(std::move(note));
        located.index = static_cast<Index>(context_.base.notes.size() - 1);
      } else if (keyword == "duty") {
        located.what = Located::What::duty;
        Duty duty;
        duty.span = cursor.span_of(0, 1);
        duty.id = new_id(cursor);
        duty.text = cursor.strings("what must be done");
        located.index = static_cast<Index>(context_.base.duties.size());
        context_.base.duty_by_id.emplace(duty.id, located.index);
        context_.base.duties.push_back(std::move(duty));
      } else if (keyword == "control") {
        located.what = Located::What::control;
        Control control;
        control.span = cursor.span_of(0, 1);
        control.id = new_id(cursor);
        control.text = cursor.strings("what is done");
        context_.base.controls.push_back(std::move(control));
        located.index = static_cast<Index>(context_.base.controls.size() - 1);
      } else if (keyword == "item") {
        located.what = Located::What::item;
        DocumentItem item;
        item.span = cursor.span_of(0, 1);
        item.id = new_id(cursor);
        item.text = cursor.strings("what the document says there");
        item.when.op = Condition::Op::always;
        context_.base.items.push_back(std::move(item));
        located.index = static_cast<Index>(context_.base.items.size() - 1);
      } else {
        cursor.fail_unknown(0, "kind of declaration",
                            {"text", "list", "fact", "state", "day", "define", "conclude", "ambiguity",
                             "invariant", "warning", "note", "duty", "control", "item"});
      }
      cursor.expect_end();
      out.push_back(located);
    } catch (const ItemError&) {
      if (located.index != no_index) out.push_back(located);
    }
  }

 private:
  // The id that follows, refused when anything else already bears it.
  std::string new_id(Cursor& cursor) {
    const std::size_t token = cursor.position();
    std::string id = cursor.word("an id");
    if (id.find_first_of("/#-~") != std::string::npos)
      cursor.fail_at(token, "'" + id + "' is not a name", "a name has letters, digits, '_' and '.'");
    const auto [it, fresh] = context_.declared.emplace(id, cursor.span_of(token, token));
    if (!fresh) {
      cursor.report_at(token, "'" + id + "' is declared twice");
      context_.errors.back().related.push_back({it->second, "it is first declared here", ""});
      throw ItemError{};
    }
    return id;
  }

  void text(Cursor& cursor, Located& located) {
    Text text;
    text.span = cursor.span_of(1, 1);
    text.id = new_id(cursor);
    text.title = cursor.strings("the title of the act");
    if (cursor.accept("from")) text.from = cursor.date();
    if (cursor.accept("until")) text.until = cursor.date();
    located.what = Located::What::text;
    located.index = static_cast<Index>(context_.base.texts.size());
    context_.text_by_id.emplace(text.id, located.index);
    context_.base.texts.push_back(std::move(text));
    if (cursor.accept("earlier")) cursor.skip(3);  // "version of X" is read once all texts are known
  }

  void list(Cursor& cursor, Located& located) {
    located.what = Located::What::list;
    ValueList list;
    list.span = cursor.span_of(1, 1);
    const std::string id = new_id(cursor);
    cursor.expect(":");
    do add_value(cursor, list.values);
    while (cursor.accept(","));
    context_.lists.emplace(id, std::move(list));
  }

  void fact(Cursor& cursor, Located& located) {
    Fact fact;
    fact.span = cursor.span_of(1, 1);
    fact.id = new_id(cursor);
    cursor.expect(":");
    fact.type = parse_type(cursor);
    if (fact.type.allows_null) cursor.fail_at(2, "a fact cannot be null: it is unknown or has a value");
    located.what = Located::What::fact;
    located.index = static_cast<Index>(context_.base.facts.size());
    context_.base.fact_by_id.emplace(fact.id, located.index);
    context_.base.facts.push_back(std::move(fact));
  }

  void state(Cursor& cursor, Located& located) {
    State state;
    state.span = cursor.span_of(1, 1);
    state.id = new_id(cursor);
    cursor.expect(":");
    state.type = parse_type(cursor);
    if (state.type.kind != Kind::yes_no) cursor.fail_at(3, "legal state is yes/no");
    located.what = Located::What::state;
    located.index = static_cast<Index>(context_.base.states.size());
    context_.base.state_by_id.emplace(state.id, located.index);
    context_.base.states.push_back(std::move(state));
    if (cursor.accept("assumed")) cursor.skip(2);  // "by FACT" is read once all facts are known
  }

  void day(Cursor& cursor, Located& located) {
    NamedDay day;
    day.span = cursor.span_of(1, 1);
    day.id = new_id(cursor);
    located.what = Located::What::day;
    located.index = static_cast<Index>(context_.base.days.size());
    context_.day_by_id.emplace(day.id, located.index);
    context_.base.days.push_back(std::move(day));
  }

  void rule(Cursor& cursor, Located& located, bool is_conclusion) {
    Rule rule;
    rule.span = cursor.span_of(1, 1);
    rule.id = new_id(cursor);
    rule.is_conclusion = is_conclusion;
    cursor.expect(":");
    rule.type = parse_type(cursor);
    if (rule.type.allows_never) cursor.fail_at(3, "a rule gives a date or null, not 'never'");
    if (cursor.accept("cite")) rule.cites = cursor.cites();
    located.what = Located::What::rule;
    located.index = static_cast<Index>(context_.base.rules.size());
    context_.base.rule_by_id.emplace(rule.id, located.index);
    context_.base.rules.push_back(std::move(rule));
  }

  void ambiguity(Cursor& cursor, const Declaration& declaration, Located& located) {
    Ambiguity ambiguity;
    ambiguity.span = cursor.span_of(1, 1);
    ambiguity.id = new_id(cursor);
    ambiguity.question = cursor.strings("the question");
    std::size_t defaults = 0;
    for (const Item& item : declaration.items) {
      Cursor line(context_, file_, item.tokens);
      if (!line.accept("reading")) continue;
      Reading reading{line.word("the name of a reading"), ""};
      if (line.accept("default")) {
        ++defaults;
        ambiguity.default_reading = ambiguity.taken = static_cast<Index>(ambiguity.readings.size());
      }
      if (line.accept("because")) reading.because = line.strings("the reason");
      line.expect_end();
      ambiguity.readings.push_back(std::move(reading));
    }
    if (ambiguity.readings.size() < 2 || ambiguity.readings.size() > 8 || defaults != 1)
      cursor.fail_at(1, "an ambiguity has two to eight readings, exactly one of them the default");
    located.what = Located::What::ambiguity;
    located.index = static_cast<Index>(context_.base.ambiguities.size());
    context_.ambiguity_by_id.emplace(ambiguity.id, located.index);
    context_.base.ambiguities.push_back(std::move(ambiguity));
  }

  ParseContext& context_;
  const SourceFile& file_;
};

}  // namespace

Type parse_type(Cursor& cursor) {
  Type type;
  if (cursor.accept("yes/no")) return type;
  if (cursor.accept("one", "of") || cursor.accept("set", "of")) {
    type.kind = cursor.peek_back(2) == "one" ? Kind::one_of : Kind::set_of;
    type.values = value_list(cursor);
    return type;
  }
  if (cursor.accept("date")) {
    type.kind = Kind::date;
    if (cursor.accept("or", "never")) type.allows_never = true;
    if (cursor.accept("or", "null")) type.allows_null = true;
    return type;
  }
  if (cursor.accept("whole", "number")) {
    type.kind = Kind::whole;
    return type;
  }
  cursor.fail("expected a type", "yes/no · one of a, b · set of a, b · date · date or never · whole number");
}

std::vector<Located> declare_names(
    const std::vector<std::pair<const SourceFile*, std::vector<Declaration>>>& files,
    ParseContext& context) {
  std::vector<Located> located;
  for (const auto& [file, declarations] : files) {
    NameReader reader(context, *file);
    for (const Declaration& declaration : declarations) reader.declare(declaration, located);
  }
  return located;
}

}  // namespace duolex::rules
