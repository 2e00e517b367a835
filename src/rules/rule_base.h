// RuleBase: a parsed and checked rule base. Names are resolved to indexes, types agree, no rule
// depends on itself. docs/formats/law.md says what every part means. This is the one form that the
// compiler, the prover, the solver and the printers read; it knows no particular law.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/day.h"
#include "base/diagnostic.h"
#include "base/result.h"
#include "rules/value.h"

namespace duolex::rules {

using Index = std::uint32_t;
inline constexpr Index no_index = 0xffffffff;

struct Cite {
  std::string provision;  // "CRA/art/12/3"
  Span span;
};
using Cites = std::vector<Cite>;

// A day on one side of a comparison or in an expression.
struct DayRef {
  enum class Kind : std::uint8_t { constant, day, as_of } kind = Kind::constant;
  Day constant;
  Index day = no_index;  // into RuleBase::days
};

enum class Source : std::uint8_t { fact, state, rule };
struct Operand {
  Source source = Source::fact;
  Index index = no_index;
  bool operator==(const Operand&) const = default;
};

enum class Compare : std::uint8_t { before, on_or_before, after, on_or_after, on };

struct Condition {
  enum class Op : std::uint8_t {
    always,
    never,
    all_of,      // children
    any_of,      // children
    negation,    // children[0]
    is_in,       // operand (yes_no, one_of) is one of mask; a bare yes/no operand is mask 0b10
    has_any,     // operand (set_of) has any of mask; "is empty" is the negation over all members
    is_a_day,    // operand (date)
    day_test,    // operand (date) compare day
    as_of_test,  // as_of compare day
    number_test, // operand (whole) compare number
    text_in_force,  // text
  };
  Op op = Op::always;
  Operand operand;
  std::uint64_t mask = 0;
  Compare compare = Compare::on;
  DayRef day;
  std::int64_t number = 0;
  Index text = no_index;
  std::vector<Condition> children;
  Span span;
};

// What a clause gives.
struct Expression {
  enum class Op : std::uint8_t { constant, operand, day, plus, later_of, earlier_of };
  Op op = Op::constant;
  Value constant = 0;               // set_of: the members, as a mask
  Operand operand;                  // date or whole fact, date rule
  DayRef day;
  std::int32_t months = 0, days = 0;  // plus: children[0] plus months, then days
  std::vector<Expression> children;
  Span span;
};

// When in time a clause exists. Both ends included.
struct InForce {
  Index text = no_index;  // only while this text is in force
  std::optional<DayRef> from, until;
};

struct Clause {
  Expression gives;  // for sets a constant mask: the members it has
  Condition when;
  InForce in_force;
  Cites cites;
  std::vector<Clause> exceptions;
  Span span;
};

struct Guard {
  Condition when;
  Value otherwise = 0;
  Cites cites;
  Span span;
};

// What a rule says instead under a reading.
struct Under {
  Index ambiguity = no_index, reading = no_index;
  enum class Effect : std::uint8_t { replace, add, remove } effect = Effect::replace;  // sets: has, lacks
  Expression gives;
  Condition when;
  Cites cites;
  Span span;
};

struct Rule {
  std::string id, label;
  bool is_conclusion = false;
  Type type;
  Cites cites;
  std::vector<Guard> guards;
  std::vector<Clause> clauses;
  std::optional<Expression> otherwise;
  Cites otherwise_cites;
  Span otherwise_span;
  std::vector<Under> unders;
  Span span;
};

struct Fact {
  std::string id, ask, help;
  Type type;
  Cites cites;
  std::optional<Value> assumed;      // what omission counts as; otherwise unknown
  std::optional<Value> usual;        // what most products answer; orders questions, changes no answer
  Index overrides_state = no_index;  // an assume.* fact
  bool explanatory = false;
  Span span;
};

struct StateEntry {
  Value value = 0;
  Day from, checked;
  std::string source;
};
struct State {
  std::string id;
  Type type;
  Cites cites;
  Index assumed_by = no_index;      // fact
  std::vector<StateEntry> entries;  // by from
  Span span;
};

struct Text {
  std::string id, title;
  Day from = first_day, until = last_day;
  Index earlier_version_of = no_index;
  Span span;
};

struct DayEntry {
  Day day;
  Index text = no_index;
  Cites cites;
};
struct NamedDay {
  std::string id;
  std::vector<DayEntry> entries;
  Span span;
};

struct Reading {
  std::string id, because;
};
struct Ambiguity {
  std::string id, question;
  Cites cites;
  Condition live_when;
  std::vector<Reading> readings;
  Index default_reading = 0;
  Index taken = 0;                // the one that conclusions rest on: the default, unless another is chosen (taking())
  std::vector<Index> touches;     // rules, as written
  bool and_what_follows = false;  // also every conclusion that depends on them
  Span span;
};

struct Invariant {
  std::string title;
  Cites cites;
  Condition violated;  // the invariant holds when this is false for every product
  bool in_every_reading = false;
  Span span;
};
struct Warning {
  std::string text;
  Condition when;
  Cites cites;
  Span span;
};
struct Note {
  std::string id, text;
  std::vector<Index> on;
  Condition when;
  Cites cites;
  Span span;
};
struct Duty {
  std::string id, text, binds, stage;
  Condition when;
  std::optional<DayRef> from;  // the first day on which it binds anybody
  Index from_by = no_index;    // the conclusion, a date, that says the day for this product; an index into RuleBase::rules
  Cites cites;
  Cites may_not_apply;  // what lets a justified "does not apply" stand although the duty binds; empty: nothing does
  Span span;
};

// One duty that a control answers. `equal`: the control does what the duty asks; `subsumes`: it does more;
// `intersects`: it does part of it, and `leaves` says what the duty asks besides.
struct Answer {
  enum class Relation : std::uint8_t { equal, subsumes, intersects } relation = Relation::equal;
  Index duty = no_index;
  std::string leaves;
  Span span;
};
// What is done once and answers several duties.
struct Control {
  std::string id, text, owner, because;
  std::vector<std::string> evidence;  // what shows that it is done
  std::vector<std::string> tested_by;  // names of tests whose results speak to it: "scan", "model.evasion"
  std::vector<Answer> answers;
  Cites cites;
  Span span;
};

// One item that a document must hold, with the provisions that ask for it.
struct DocumentItem {
  std::string id, text, german;
  std::string document;  // "technical_file", "instructions", …
  int part = 0;          // of the document, from 1
  std::string from;      // where its content is taken from by default, see docs/formats/documents.md; may be empty
  Condition when;        // the item is asked for
  Cites cites;
  Span span;
};

struct RuleBase {
  std::vector<Text> texts;
  std::vector<Fact> facts;          // in the order of declaration
  std::vector<State> states;
  std::vector<NamedDay> days;
  std::vector<Rule> rules;          // each after everything it depends on
  std::vector<Index> conclusions;   // in the order of declaration
  std::vector<Ambiguity> ambiguities;
  std::vector<Invariant> invariants;
  std::vector<Warning> warnings;
  std::vector<Note> notes;
  std::vector<Duty> duties;
  std::vector<Control> controls;
  std::vector<DocumentItem> items;
  std::string sha256;               // of the files, see docs/formats/proof.md
  std::unordered_map<std::string, Index> fact_by_id, rule_by_id, state_by_id, duty_by_id;

  [[nodiscard]] Index fact(const std::string& id) const;  // no_index when there is none
  [[nodiscard]] Index rule(const std::string& id) const;

  // The text of the law behind a day, at as_of.
  [[nodiscard]] Day day_at(const DayRef& ref, Day as_of) const;
  [[nodiscard]] bool in_force(Index text, Day as_of) const;
  [[nodiscard]] bool in_force(const InForce& when, Day as_of) const;
  [[nodiscard]] Value state_at(Index state, Day as_of) const;
  // True when as_of is later than the last check of the entry that holds.
  [[nodiscard]] bool projected(Index state, Day as_of) const;

  // Every day on which some answer of the rule base can change by as_of alone, sorted: the days
  // of texts, clauses, states, named days and constants compared with as_of or with date facts.
  [[nodiscard]] std::vector<Day> turning_days() const;

  // Conclusions that may take another value under an ambiguity, by rule index, sorted.
  [[nodiscard]] std::vector<Index> touched(Index ambiguity) const;
  // Rules (transitively) used by a rule, itself included, sorted.
  [[nodiscard]] std::vector<Index> dependencies(Index rule) const;
};

struct SourceFile {
  std::string path;  // relative to the law folder, '/' as separator
  std::string text;
};

// Which declarations are read: all, or only what a decision needs: no duty, control, item or invariant. The hash is of
// the whole files.
enum class Parts : std::uint8_t { all, that_decide };

// Parses and checks files; all errors of all files at once. Warnings are dropped.
[[nodiscard]] Result<RuleBase> load_rule_base(std::vector<SourceFile> files, Parts parts = Parts::all);

}  // namespace duolex::rules
