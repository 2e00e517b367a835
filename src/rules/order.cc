#include <algorithm>

#include "rules/parse_context.h"
#include "rules/walk.h"

namespace duolex::rules {
namespace {

// Depth-first order over the rules, without recursion on the stack of the machine: a hostile file
// may chain as many rules as it likes.
class Orderer {
 public:
  explicit Orderer(ParseContext& context) : context_(context), base_(context.base) {}

  void run() {
    const std::size_t n = base_.rules.size();
    uses_.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
      for_each_operand(base_, base_.rules[i], [&](const Operand& operand) {
        if (operand.source == Source::rule) uses_[i].push_back(operand.index);
      });
      std::sort(uses_[i].begin(), uses_[i].end());
      uses_[i].erase(std::unique(uses_[i].begin(), uses_[i].end()), uses_[i].end());
    }
    state_.assign(n, State::fresh);
    for (Index i = 0; i < n; ++i)
      if (state_[i] == State::fresh) visit(i);
    renumber();
  }

 private:
  enum class State : std::uint8_t { fresh, open, done };

  void visit(Index root) {
    std::vector<std::pair<Index, std::size_t>> path{{root, 0}};
    state_[root] = State::open;
    while (!path.empty()) {
      auto& [rule, next] = path.back();
      if (next == uses_[rule].size()) {
        state_[rule] = State::done;
        order_.push_back(rule);
        path.pop_back();
        continue;
      }
      const Index used = uses_[rule][next++];
      if (state_[used] == State::open) report_circle(path, used);
      if (state_[used] == State::fresh) {
        state_[used] = State::open;
        path.emplace_back(used, 0);
      }
    }
  }

  void report_circle(const std::vector<std::pair<Index, std::size_t>>& path, Index from) {
    Diagnostic diagnostic;
    diagnostic.span = base_.rules[from].span;
    diagnostic.message = "'" + base_.rules[from].id + "' depends on itself:";
    bool inside = false;
    for (const auto& [rule, next] : path) {
      inside = inside || rule == from;
      if (inside) diagnostic.message += " " + base_.rules[rule].id + " →";
    }
    diagnostic.message += " " + base_.rules[from].id;
    diagnostic.hint = "name the common step with a 'define' that needs neither";
    context_.errors.push_back(std::move(diagnostic));
  }

  void renumber() {
    std::vector<Index> place(order_.size());
    for (Index i = 0; i < order_.size(); ++i) place[order_[i]] = i;
    for (Index i = 0; i < base_.rules.size(); ++i)
      if (base_.rules[i].is_conclusion) base_.conclusions.push_back(place[i]);

    std::vector<Rule> rules(base_.rules.size());
    for (Index i = 0; i < base_.rules.size(); ++i) rules[place[i]] = std::move(base_.rules[i]);
    base_.rules = std::move(rules);

    const auto move_operand = [&](Operand& operand) {
      if (operand.source == Source::rule) operand.index = place[operand.index];
    };
    for (Rule& rule : base_.rules) move_rule(rule, move_operand);
    for (Ambiguity& a : base_.ambiguities) {
      move_condition(a.live_when, move_operand);
      for (Index& rule : a.touches) rule = place[rule];
    }
    for (Invariant& i : base_.invariants) move_condition(i.violated, move_operand);
    for (Warning& w : base_.warnings) move_condition(w.when, move_operand);
    for (Note& note : base_.notes) {
      move_condition(note.when, move_operand);
      for (Index& rule : note.on) rule = place[rule];
    }
    for (Duty& d : base_.duties) {
      move_condition(d.when, move_operand);
      if (d.from_by != no_index) d.from_by = place[d.from_by];
    }
    for (DocumentItem& i : base_.items) move_condition(i.when, move_operand);
    base_.rule_by_id.clear();
    for (Index i = 0; i < base_.rules.size(); ++i) base_.rule_by_id.emplace(base_.rules[i].id, i);
  }

  template <class F>
  static void move_condition(Condition& condition, F& f) {
    if (condition.operand.index != no_index) f(condition.operand);
    for (Condition& child : condition.children) move_condition(child, f);
  }
  template <class F>
  static void move_expression(Expression& expression, F& f) {
    if (expression.op == Expression::Op::operand) f(expression.operand);
    for (Expression& child : expression.children) move_expression(child, f);
  }
  template <class F>
  static void move_clause(Clause& clause, F& f) {
    move_expression(clause.gives, f);
    move_condition(clause.when, f);
    for (Clause& exception : clause.exceptions) move_clause(exception, f);
  }
  template <class F>
  static void move_rule(Rule& rule, F& f) {
    for (Guard& guard : rule.guards) move_condition(guard.when, f);
    for (Clause& clause : rule.clauses) move_clause(clause, f);
    if (rule.otherwise) move_expression(*rule.otherwise, f);
    for (Under& under : rule.unders) {
      move_expression(under.gives, f);
      move_condition(under.when, f);
    }
  }

  ParseContext& context_;
  RuleBase& base_;
  std::vector<std::vector<Index>> uses_;
  std::vector<State> state_;
  std::vector<Index> order_;
};

}  // namespace

void order_rules(ParseContext& context) { Orderer(context).run(); }

}  // namespace duolex::rules
