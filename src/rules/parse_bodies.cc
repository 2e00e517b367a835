#include <algorithm>

#include "rules/parse_context.h"

namespace duolex::rules {
namespace {

class BodyReader {
 public:
  explicit BodyReader(ParseContext& context) : context_(context), base_(context.base) {}

  void read(const Located& located) {
    file_ = located.file;
    const Declaration& declaration = *located.declaration;
    open_clauses_.clear();
    tail_of_head(located);
    for (const Item& item : declaration.items) {
      Cursor cursor(context_, *file_, item.tokens);
      try {
        read_item(located, item, cursor);
        cursor.expect_end();
      } catch (const ItemError&) {
      }
    }
    finish(located);
  }

 private:
  void read_item(const Located& located, const Item& item, Cursor& cursor) {
    switch (located.what) {
      case Located::What::text:
        cursor.fail("a text has no items");
      case Located::What::list:
        cursor.expect("cite");
        (void)cursor.cites();
        return;
      case Located::What::fact:
        return fact_item(base_.facts[located.index], cursor);
      case Located::What::state:
        return state_item(base_.states[located.index], cursor);
      case Located::What::day:
        return day_item(base_.days[located.index], cursor);
      case Located::What::rule:
        return rule_item(base_.rules[located.index], item, cursor);
      case Located::What::ambiguity:
        return ambiguity_item(base_.ambiguities[located.index], cursor);
      case Located::What::invariant:
        return invariant_item(base_.invariants[located.index], cursor);
      case Located::What::warning:
        return when_cite(base_.warnings[located.index].when, base_.warnings[located.index].cites, cursor);
      case Located::What::note:
        return note_item(base_.notes[located.index], cursor);
      case Located::What::duty:
        return duty_item(base_.duties[located.index], cursor);
      case Located::What::control:
        return control_item(base_.controls[located.index], cursor);
      case Located::What::item:
        return item_item(base_.items[located.index], cursor);
    }
  }

  // "earlier version of X" and "assumed by F", whose names may be declared later.
  void tail_of_head(const Located& located) {
    const std::vector<Token>& tokens = located.declaration->head.tokens;
    Cursor cursor(context_, *file_, tokens);
    const std::size_t last = tokens.size() - 1;
    try {
      if (located.what == Located::What::text && tokens.size() > 4 && tokens[last - 3].text == "earlier") {
        const auto it = context_.text_by_id.find(std::string(tokens[last].text));
        if (it == context_.text_by_id.end()) cursor.fail_unknown(last, "text", {});
        base_.texts[located.index].earlier_version_of = it->second;
      }
      if (located.what == Located::What::state && tokens.size() > 3 && tokens[last - 1].text == "by") {
        const auto it = base_.fact_by_id.find(std::string(tokens[last].text));
        if (it == base_.fact_by_id.end()) cursor.fail_unknown(last, "fact", {});
        base_.states[located.index].assumed_by = it->second;
      }
    } catch (const ItemError&) {
    }
  }

  void fact_item(Fact& fact, Cursor& cursor) {
    if (cursor.accept("ask")) {
      fact.ask = cursor.strings("the question");
    } else if (cursor.accept("help")) {
      fact.help = cursor.strings("the help");
    } else if (cursor.accept("cite")) {
      append(fact.cites, cursor.cites());
    } else if (cursor.accept("assumed")) {
      if (fact.type.kind == Kind::set_of && cursor.accept("empty")) {
        fact.assumed = 0;
      } else {
        fact.assumed = parse_value(cursor, fact.type);
      }
    } else if (cursor.accept("usually")) {
      fact.usual = parse_value(cursor, fact.type);
    } else if (cursor.accept("explanatory")) {
      fact.explanatory = true;
    } else if (cursor.accept("overrides")) {
      const std::size_t token = cursor.position();
      const auto it = base_.state_by_id.find(cursor.word("a state"));
      if (it == base_.state_by_id.end()) cursor.fail_unknown(token, "state", {});
      fact.overrides_state = it->second;
    } else {
      cursor.fail("expected 'ask', 'help', 'cite', 'assumed', 'usually', 'explanatory' or 'overrides'");
    }
  }

  void state_item(State& state, Cursor& cursor) {
    if (cursor.accept("cite")) return append(state.cites, cursor.cites());
    StateEntry entry;
    entry.value = parse_value(cursor, state.type);
    cursor.expect("from");
    entry.from = cursor.date();
    cursor.expect("source");
    entry.source = cursor.strings("the source");
    cursor.expect("checked");
    entry.checked = cursor.date();
    if (cursor.accept("cite")) append(state.cites, cursor.cites());
    state.entries.push_back(std::move(entry));
  }

  void day_item(NamedDay& day, Cursor& cursor) {
    DayEntry entry;
    entry.day = cursor.date();
    if (cursor.accept("in")) entry.text = text(cursor);
    if (cursor.accept("cite")) entry.cites = cursor.cites();
    day.entries.push_back(std::move(entry));
  }

  Index text(Cursor& cursor) {
    const std::size_t token = cursor.position();
    const auto it = context_.text_by_id.find(cursor.word("a text"));
    if (it == context_.text_by_id.end()) {
      std::vector<std::string> known;
      for (const Text& t : base_.texts) known.push_back(t.id);
      cursor.fail_unknown(token, "text", known);
    }
    return it->second;
  }

  void rule_item(Rule& rule, const Item& item, Cursor& cursor) {
    if (cursor.accept("cite")) return append(rule.cites, cursor.cites());
    if (cursor.is("label") && cursor.is_word() && item.tokens.size() > 1 &&
        item.tokens[1].kind == Token::Kind::string) {
      cursor.skip();
      rule.label = cursor.strings("the label");
      return;
    }
    if (cursor.is("where")) return guard(rule, cursor);
    if (cursor.is("under") && item.tokens.size() > 2) return under(rule, cursor);
    if (cursor.is("except")) return exception(rule, item, cursor);
    clause(rule, item, cursor);
  }

  void guard(Rule& rule, Cursor& cursor) {
    cursor.skip();
    Guard guard;
    guard.when = parse_condition(cursor);
    cursor.expect(",");
    cursor.expect("else");
    if (rule.type.kind == Kind::set_of) {
      guard.otherwise = static_cast<Value>(whole_set(rule, cursor));
    } else {
      guard.otherwise = parse_value(cursor, rule.type);
    }
    if (cursor.accept("cite")) guard.cites = cursor.cites();
    guard.span = cursor.span_all();
    rule.guards.push_back(std::move(guard));
  }

  std::uint64_t whole_set(const Rule& rule, Cursor& cursor) {
    if (cursor.accept("empty")) return 0;
    if (!cursor.accept("{")) cursor.fail("expected 'empty' or '{a, b}'");
    const std::uint64_t mask = cursor.is("}") ? 0 : parse_members(cursor, rule.type);
    cursor.expect("}");
    return mask;
  }

  void clause(Rule& rule, const Item& item, Cursor& cursor) {
    Clause clause;
    const bool set = rule.type.kind == Kind::set_of;
    if (set) {
      cursor.expect("has");
      clause.gives.constant = static_cast<Value>(parse_members(cursor, rule.type));
    } else {
      clause.gives = parse_expression(cursor, rule.type);
      if (cursor.accept("otherwise")) {
        if (rule.otherwise) cursor.fail_at(0, "a second 'otherwise'");
        rule.otherwise_span = cursor.span_all();
        if (cursor.accept("cite")) rule.otherwise_cites = cursor.cites();
        rule.otherwise = std::move(clause.gives);
        return;
      }
    }
    condition_and_tail(clause, cursor);
    rule.clauses.push_back(std::move(clause));
    open_clauses_ = {{item.indent, {rule.clauses.size() - 1}}};
  }

  void exception(Rule& rule, const Item& item, Cursor& cursor) {
    cursor.skip();
    while (!open_clauses_.empty() && open_clauses_.back().indent >= item.indent) open_clauses_.pop_back();
    if (open_clauses_.empty()) cursor.fail_at(0, "there is no clause above for this exception");
    std::vector<std::size_t> path = open_clauses_.back().path;
    Clause* owner = &rule.clauses[path[0]];
    for (std::size_t i = 1; i < path.size(); ++i) owner = &owner->exceptions[path[i]];
    if (path.size() > 8) cursor.fail_at(0, "exceptions are nested too deeply");
    Clause clause;
    if (rule.type.kind != Kind::set_of) clause.gives = parse_expression(cursor, rule.type);
    condition_and_tail(clause, cursor);
    owner->exceptions.push_back(std::move(clause));
    path.push_back(owner->exceptions.size() - 1);
    open_clauses_.push_back({item.indent, std::move(path)});
  }

  void condition_and_tail(Clause& clause, Cursor& cursor) {
    if (!cursor.accept("always")) {
      cursor.expect("when");
      clause.when = parse_condition(cursor);
    }
    while (!cursor.at_end()) {
      if (cursor.accept("in")) {
        clause.in_force.text = text(cursor);
      } else if (cursor.accept("from")) {
        clause.in_force.from = parse_day_ref(cursor);
      } else if (cursor.accept("until")) {
        clause.in_force.until = parse_day_ref(cursor);
      } else if (cursor.accept("cite")) {
        append(clause.cites, cursor.cites());
      } else {
        cursor.fail("expected 'in', 'from', 'until', 'cite' or the end of the clause");
      }
    }
    clause.span = cursor.span_all();
  }

  void under(Rule& rule, Cursor& cursor) {
    cursor.skip();
    Under under;
    const std::size_t token = cursor.position();
    const auto it = context_.ambiguity_by_id.find(cursor.word("an ambiguity"));
    if (it == context_.ambiguity_by_id.end()) {
      std::vector<std::string> known;
      for (const Ambiguity& a : base_.ambiguities) known.push_back(a.id);
      cursor.fail_unknown(token, "ambiguity", known);
    }
    under.ambiguity = it->second;
    const Ambiguity& ambiguity = base_.ambiguities[it->second];
    const std::string reading = cursor.word("a reading");
    std::vector<std::string> known;
    for (const Reading& r : ambiguity.readings) known.push_back(r.id);
    const auto at = std::find(known.begin(), known.end(), reading);
    if (at == known.end()) cursor.fail_unknown(token + 1, "reading", known);
    under.reading = static_cast<Index>(at - known.begin());
    if (under.reading == ambiguity.default_reading)
      cursor.fail_at(token + 1, "this is the default reading: say it in the clauses");
    if (rule.type.kind == Kind::set_of) {
      if (cursor.accept("is")) {
        under.gives.constant = static_cast<Value>(whole_set(rule, cursor));
      } else {
        const bool lacks = cursor.accept("lacks");
        if (!lacks) cursor.expect("has");
        under.effect = lacks ? Under::Effect::remove : Under::Effect::add;
        under.gives.constant = static_cast<Value>(parse_members(cursor, rule.type));
      }
    } else {
      under.gives = parse_expression(cursor, rule.type);
    }
    if (cursor.accept("when")) under.when = parse_condition(cursor);
    if (cursor.accept("cite")) under.cites = cursor.cites();
    under.span = cursor.span_all();
    rule.unders.push_back(std::move(under));
  }

  void ambiguity_item(Ambiguity& ambiguity, Cursor& cursor) {
    if (cursor.accept("cite")) {
      append(ambiguity.cites, cursor.cites());
    } else if (cursor.accept("live", "when")) {
      ambiguity.live_when = parse_condition(cursor);
    } else if (cursor.accept("reading")) {
      while (!cursor.at_end()) cursor.skip();  // read with the names
    } else if (cursor.accept("touches")) {
      do ambiguity.touches.push_back(rule_index(cursor));
      while (cursor.accept(","));
      if (cursor.is("and") && cursor.is(1, "what") && cursor.is(2, "follows")) {
        cursor.skip(3);
        ambiguity.and_what_follows = true;
      }
    } else {
      cursor.fail("expected 'cite', 'live when', 'reading' or 'touches'");
    }
  }

  Index rule_index(Cursor& cursor) {
    const std::size_t token = cursor.position();
    const auto it = base_.rule_by_id.find(cursor.word("a conclusion"));
    if (it == base_.rule_by_id.end()) {
      std::vector<std::string> known;
      for (const Rule& r : base_.rules) known.push_back(r.id);
      cursor.fail_unknown(token, "conclusion", known);
    }
    return it->second;
  }

  void invariant_item(Invariant& invariant, Cursor& cursor) {
    if (cursor.accept("cite")) {
      append(invariant.cites, cursor.cites());
    } else if (cursor.accept("never")) {
      invariant.violated = parse_condition(cursor);
      invariant.span = cursor.span_all();
    } else if (cursor.accept("always")) {
      invariant.violated = negate(parse_condition(cursor));
      invariant.span = cursor.span_all();
    } else if (cursor.accept("whenever")) {
      Condition both;
      both.op = Condition::Op::all_of;
      both.children.push_back(parse_condition(cursor));
      cursor.expect("then");
      both.children.push_back(negate(parse_condition(cursor)));
      invariant.violated = std::move(both);
      invariant.span = cursor.span_all();
    } else if (cursor.is("in") && cursor.is(1, "every") && cursor.is(2, "reading")) {
      cursor.skip(3);
      invariant.in_every_reading = true;
    } else {
      cursor.fail("expected 'cite', 'never', 'always', 'whenever' or 'in every reading'");
    }
  }

  void when_cite(Condition& when, Cites& cites, Cursor& cursor) {
    if (cursor.accept("when")) {
      when = parse_condition(cursor);
      if (cursor.accept("cite")) append(cites, cursor.cites());
    } else if (cursor.accept("cite")) {
      append(cites, cursor.cites());
    } else {
      cursor.fail("expected 'when' or 'cite'");
    }
  }

  void note_item(Note& note, Cursor& cursor) {
    if (!cursor.accept("on")) return when_cite(note.when, note.cites, cursor);
    do note.on.push_back(rule_index(cursor));
    while (cursor.accept(","));
  }

  void duty_item(Duty& duty, Cursor& cursor) {
    if (cursor.accept("binds")) {
      duty.binds = cursor.word("whom it binds");
      while (cursor.accept(",")) duty.binds += ", " + cursor.word("whom it binds");
    } else if (cursor.accept("stage")) {
      static const std::vector<std::string> stages = {"design", "development", "before_placing", "placing",
                                                      "after_placing"};
      const std::size_t token = cursor.position();
      duty.stage = cursor.word("a stage");
      if (std::find(stages.begin(), stages.end(), duty.stage) == stages.end())
        cursor.fail_unknown(token, "stage", stages);
    } else if (cursor.accept("from")) {
      duty.from = parse_day_ref(cursor);
      if (!cursor.accept("by")) return;
      const std::size_t token = cursor.position();
      duty.from_by = rule_index(cursor);
      const Rule& rule = base_.rules[duty.from_by];
      if (!rule.is_conclusion || rule.type.kind != Kind::date)
        cursor.fail_at(token, "'" + rule.id + "' is no conclusion that gives a date");
    } else if (cursor.accept("may_not_apply")) {
      append(duty.may_not_apply, cursor.cites());
    } else {
      when_cite(duty.when, duty.cites, cursor);
    }
  }

  void control_item(Control& control, Cursor& cursor) {
    if (cursor.accept("owner")) {
      control.owner = cursor.word("who looks after it");
    } else if (cursor.accept("evidence")) {
      control.evidence.push_back(cursor.strings("what shows that it is done"));
    } else if (cursor.accept("tested_by")) {
      do control.tested_by.push_back(cursor.word("the name of a test"));
      while (cursor.accept(","));
    } else if (cursor.accept("because")) {
      control.because = cursor.strings("why these duties are answered together");
    } else if (cursor.accept("cite")) {
      append(control.cites, cursor.cites());
    } else if (cursor.accept("answers")) {
      control.answers.push_back(answer(cursor));
    } else {
      cursor.fail_unknown(cursor.position(), "item", {"owner", "evidence", "tested_by", "because", "answers", "cite"});
    }
  }

  void item_item(DocumentItem& item, Cursor& cursor) {
    if (cursor.accept("in")) {
      item.document = cursor.word("a document");
      item.part = static_cast<int>(cursor.number());
    } else if (cursor.accept("de")) {
      item.german = cursor.strings("the same in German");
    } else if (cursor.accept("from")) {
      item.from = cursor.word("where it is taken from");
    } else {
      when_cite(item.when, item.cites, cursor);
    }
  }

  Answer answer(Cursor& cursor) {
    Answer answer;
    answer.span = cursor.span_here();
    const std::size_t token = cursor.position();
    const auto duty = base_.duty_by_id.find(cursor.word("a duty"));
    if (duty == base_.duty_by_id.end()) {
      std::vector<std::string> known;
      for (const Duty& d : base_.duties) known.push_back(d.id);
      cursor.fail_unknown(token, "duty", known);
    }
    answer.duty = duty->second;
    static const std::vector<std::string> relations = {"equal", "subsumes", "intersects"};
    const std::size_t relation = cursor.position();
    const auto it = std::find(relations.begin(), relations.end(), cursor.word("how the control answers it"));
    if (it == relations.end()) cursor.fail_unknown(relation, "relation", relations);
    answer.relation = static_cast<Answer::Relation>(it - relations.begin());
    if (cursor.accept("leaves")) answer.leaves = cursor.strings("what the duty asks besides");
    if ((answer.relation == Answer::Relation::intersects) == answer.leaves.empty())
      cursor.report_at(relation, answer.leaves.empty() ? "this answer is partial and does not say what it leaves"
                                                       : "this answer is whole and leaves nothing");
    return answer;
  }

  // What a declaration must have once all its items are read.
  void finish(const Located& located) {
    Cursor cursor(context_, *file_, located.declaration->head.tokens);
    if (located.what == Located::What::state && base_.states[located.index].entries.empty())
      cursor.report_at(0, "this state has no entry");
    if (located.what == Located::What::day && base_.days[located.index].entries.empty())
      cursor.report_at(0, "this day has no entry");
    if (located.what == Located::What::rule && base_.rules[located.index].clauses.empty() &&
        !base_.rules[located.index].otherwise && base_.rules[located.index].type.kind != Kind::set_of)
      cursor.report_at(0, "this rule has no clause");
    if (located.what == Located::What::item && base_.items[located.index].document.empty())
      cursor.report_at(0, "this item stands in no document", "add a line: in technical_file 1");
    if (located.what == Located::What::control) finish_control(base_.controls[located.index], cursor);
    if (located.what == Located::What::state)
      std::stable_sort(base_.states[located.index].entries.begin(),
                       base_.states[located.index].entries.end(),
                       [](const StateEntry& a, const StateEntry& b) { return a.from < b.from; });
  }

  static void finish_control(const Control& control, Cursor& cursor) {
    if (control.answers.empty()) cursor.report_at(0, "this control answers no duty");
    if (control.evidence.empty()) cursor.report_at(0, "this control names nothing that would show it");
    if (control.because.empty()) cursor.report_at(0, "this control gives no reason", "add a line: because \"…\"");
    for (std::size_t i = 0; i < control.answers.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (control.answers[i].duty == control.answers[j].duty) cursor.report_at(0, "this control answers a duty twice");
  }

  static void append(Cites& to, Cites from) {
    for (Cite& cite : from) to.push_back(std::move(cite));
  }

  struct OpenClause {
    std::uint32_t indent;
    std::vector<std::size_t> path;
  };

  ParseContext& context_;
  RuleBase& base_;
  const SourceFile* file_ = nullptr;
  std::vector<OpenClause> open_clauses_;
};

}  // namespace

void parse_bodies(const std::vector<Located>& declarations, ParseContext& context) {
  BodyReader reader(context);
  for (const Located& located : declarations) reader.read(located);
}

}  // namespace duolex::rules
