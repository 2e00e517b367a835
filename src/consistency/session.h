// One conversation with the solver: boolean and bit-vector terms, assertions, questions under assumptions.
// Internal to src/consistency; nothing outside the solver's library includes it.
#pragma once

#include <z3++.h>

#include <cstdint>
#include <string>
#include <vector>

namespace duolex::consistency {

using Term = z3::expr;

class Session {
 public:
  Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  static constexpr unsigned day_bits = 24;     // days since 0001-01-01
  static constexpr unsigned number_bits = 30;  // 0 to 999 999 999

  [[nodiscard]] Term yes() { return context_.bool_val(true); }
  [[nodiscard]] Term no() { return context_.bool_val(false); }
  [[nodiscard]] Term bit(bool b) { return context_.bool_val(b); }
  [[nodiscard]] Term number(std::int64_t value, unsigned bits);
  [[nodiscard]] Term free_bit(const char* name);
  [[nodiscard]] Term free_number(const char* name, unsigned bits, std::int64_t low, std::int64_t high);

  // Connectives that fold constants.
  [[nodiscard]] Term both(const Term& a, const Term& b);
  [[nodiscard]] Term either(const Term& a, const Term& b);
  [[nodiscard]] Term negate(const Term& a);
  [[nodiscard]] Term choose(const Term& condition, const Term& yes, const Term& no);

  // A name of its own for a term: a literal that can be assumed, a number that is worked out once.
  [[nodiscard]] Term literal(const Term& formula);
  [[nodiscard]] Term named(const Term& number);

  void demand(const Term& formula);

  // `months`, then `days` after the day `from`. Months are of different length, which no solver likes: the
  // result is bounded, monotone and a function of its argument; what else is true of it is said when an
  // answer depends on it, so that every answer is right for the calendar.
  [[nodiscard]] Term plus(const Term& from, std::int32_t months, std::int32_t days);

  enum class Answer : std::uint8_t { no, yes, undecided };
  // Whether all can be true at once. After `yes`, the questions below are answered by the
  // model found; after anything else, still by the one before.
  [[nodiscard]] Answer possible(const std::vector<Term>& assumptions);
  // Whether they surely cannot all be true; quicker, and leaves the model alone.
  [[nodiscard]] bool impossible(const std::vector<Term>& assumptions);
  [[nodiscard]] bool is_true(const Term& formula) const;
  [[nodiscard]] std::int64_t value(const Term& number) const;
  // After `no` or impossible: indexes of assumptions that cannot all be true.
  [[nodiscard]] std::vector<std::size_t> core(const std::vector<Term>& assumptions);

  [[nodiscard]] std::size_t queries() const { return queries_; }

 private:
  struct Period {
    Term from, to;
    std::int32_t months, days;
  };
  void relate(const Period& a, const Period& b);
  bool calendar_agrees();

  z3::context context_;
  z3::solver solver_;
  z3::model model_;
  std::vector<Period> periods_;
  std::size_t queries_ = 0;
};

}  // namespace duolex::consistency
