// Bounds on what a network can output over boxes of inputs: intervals, and linear bounds carried backward (CROWN).
//
// Promise. Every bound holds for the network taken as a function of real numbers with the model's weights, exactly:
// the computation is in double precision, and what its roundings can amount to is bounded along the way and given
// away. (What another program computes in single precision may differ from that function by its own roundings.)
//
// Sixteen problems are bounded at once, one in each lane: sixteen neurons over one box, or one row over sixteen boxes.
// A Crown of one box keeps the bounds of values once and not sixteen times, which is what a large network has room for.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "tensor/bounds/prepared.h"

namespace duolex::tensor::bounds {

// Bounds of a nonlinear step's outputs by its inputs, [features * lanes] each:
// lower_slope * x + lower_shift <= f(x) <= upper_slope * x + upper_shift.
// Of a product x * y: lower_slope * x + upper_slope * y + lower_shift <= x * y, and the same with upper_shift above.
// Of a product of matrices lower_slope belongs to the features of the first input, upper_slope to those of the second;
// of a softmax lower_slope has the middles of its shares (attention.cc).
struct Lines {
  std::vector<double> lower_slope, lower_shift, upper_slope, upper_shift;
};

enum class Boxes { one, each };  // the same box in all lanes, or one in each

class Crown {
 public:
  explicit Crown(std::shared_ptr<const Prepared> prepared, Boxes boxes = Boxes::each);

  // The box of a lane. Lanes that are not used have to repeat another.
  void set_box(std::size_t lane, const double* lower, const double* upper);
  void set_boxes(const double* lower, const double* upper);  // the same in all lanes

  // Of all lanes: inputs lie within their boxes and also within a ball around `centre`, where the norm of the
  // coordinates' differences, each over its `radius`, is at most 1. Bounds carried backward then end with the dual norm.
  enum class Round { l2, l1 };
  void set_ball(Round round, std::vector<double> centre, std::vector<double> radius);
  void clear_ball() { centre_.clear(); }

  // Intervals of every value, in each lane.
  void intervals();
  // Takes the boxes as the widest that will be asked about: rounding is accounted for by the values over them. After
  // intervals(), before refine() or lower(). Later boxes have to lie inside.
  void take_as_root();
  // Tightens the inputs of all nonlinear steps by backward bounds. With `shared` all lanes have the same box and
  // the same bounds, and sixteen neurons are bounded at a time. Includes intervals(). Of one box, rounding is accounted
  // for by the tightened values.
  //
  // In a large network a bound goes back by a window: to a station that is some work away, and takes the interval of
  // what it finds there. Gates, on which a whole map depends, are bounded themselves and taken as intervals by others.
  void refine(bool shared);
  // Whether refine() stopped, in a large network, because intervals had become so wide that nothing is expected to follow;
  // its bounds are right, but not tightened behind that step.
  [[nodiscard]] bool gave_up() const { return gave_up_; }
  [[nodiscard]] std::size_t gave_up_at() const { return gave_up_at_; }

  // What is known of nonlinear steps' inputs beforehand, in each lane; refine() starts from it. By place in known_low()
  // and known_high(), which hold all of those inputs one after the other: [knowns() * lanes].
  [[nodiscard]] std::size_t knowns() const { return known_count_; }
  std::vector<double>& known_low() { return known_low_; }
  std::vector<double>& known_high() { return known_high_; }
  void forget();                  // nothing is known
  void know();                    // what the last refine() found

  // Lower bounds of rows * outputs, one row in each lane: rows[output * lanes + lane]. Rigorous.
  void lower(const double* rows, double* bounds);

  // The most that a bound of lower() or refine() gave away to rounding since the boxes were set.
  [[nodiscard]] double rounding() const { return rounding_; }

  // What follows serves branch and bound.
  // [features * boxes()] each.
  [[nodiscard]] const double* low(std::size_t value) const { return low_.data() + first(value) * boxes_; }
  [[nodiscard]] const double* high(std::size_t value) const { return high_.data() + first(value) * boxes_; }
  double* low(std::size_t value) { return low_.data() + first(value) * boxes_; }
  double* high(std::size_t value) { return high_.data() + first(value) * boxes_; }
  [[nodiscard]] std::size_t boxes() const { return boxes_; }
  // Coefficients of the last lower() at a value, 0 where they were not needed.
  [[nodiscard]] const double* coefficients(std::size_t value) const { return rows_.data() + place(value); }
  [[nodiscard]] bool has_coefficients(std::size_t value, std::size_t feature) const { return active_flag_[first(value) + feature] != 0; }
  [[nodiscard]] Lines& lines(std::size_t step) { return lines_[step]; }
  // Lines of a nonlinear step from low and high of its input, with the usual choice of slopes.
  void relax(std::size_t step);
  // Multipliers of split constraints at the input of a nonlinear step, added to its coefficients in lower():
  // weights [features * lanes], used at the listed features.
  struct Split {
    std::vector<double> weights;
    std::vector<std::int32_t> list;
  };
  std::vector<Split> splits;  // by step
  // The input of each lane (of boxes of their own) at which the last lower() has its bound, and from it the values of the relaxed network.
  void worst_inputs(double* inputs) const;  // [features * lanes]
  void relaxed_forward();                   // fills relaxed(value)
  [[nodiscard]] const double* relaxed(std::size_t value) const { return relaxed_.data() + place(value); }
  [[nodiscard]] const Prepared& prepared() const { return *prepared_; }

 private:
  [[nodiscard]] std::size_t first(std::size_t value) const { return prepared_->program().values[value].offset; }
  [[nodiscard]] std::size_t place(std::size_t value) const { return first(value) * lanes; }
  [[nodiscard]] std::size_t features(std::size_t value) const { return prepared_->program().values[value].features; }
  void interval(std::size_t step);
  void interval_linear(std::size_t step);
  void interval_of_one(std::size_t step);
  void measure(std::size_t step);
  void use_known(std::size_t value);
  // The coefficients of a feature, zeroed when they are new.
  double* activate(std::size_t value, std::int32_t feature) {
    const std::size_t at = first(value) + static_cast<std::size_t>(feature);
    double* const row = rows_.data() + at * lanes;
    if (active_flag_[at] == 0) {
      active_flag_[at] = 1;
      active_[value].push_back(feature);
      std::fill(row, row + lanes, 0.0);
    }
    return row;
  }
  void activate_all(std::size_t value);
  void clear_rows();
  struct Way {
    bool with_splits = false;
    std::size_t from = 0;    // the first step to go back through
    bool past_gates = true;
    // Bounds from above come from the same coefficients as those from below; lines have to be parallel all the way.
    bool both = false;
  };
  static void shares(const Softmax& softmax, const double* low, const double* high, std::size_t boxes, double* least, double* most);
  void carry(std::size_t value, Way way, double* bounds, double* above = nullptr);
  void settle(std::size_t value);
  void settle_ball(double* total, double* width);
  [[nodiscard]] bool can_take_both(std::size_t value, std::size_t from) const;
  void carry_linear(std::size_t step);
  void carry_other(std::size_t step);
  void carry_activation(std::size_t step);
  void carry_product(std::size_t step);
  void interval_matrix_product(std::size_t step);
  void relax_matrix_product(std::size_t step);
  void carry_matrix_product(std::size_t step);
  void relax_softmax(std::size_t step);
  void carry_softmax(std::size_t step);
  void relaxed_attention(std::size_t step);
  void measure_attention(std::size_t step, const std::function<double(std::size_t value, std::size_t feature)>& size);
  [[nodiscard]] bool is_open(std::size_t value, std::size_t feature) const;
  void tighten(std::size_t value, bool shared);
  void tighten_each(std::size_t value, const std::vector<std::int32_t>& open);
  void tighten_shared(std::size_t value, const std::vector<std::int32_t>& open, Way way);
  [[nodiscard]] Way window(std::size_t value, const std::vector<std::int32_t>& open);

  std::shared_ptr<const Prepared> prepared_;
  std::size_t boxes_ = lanes;
  bool gave_up_ = false;
  std::size_t gave_up_at_ = 0;
  Round round_ = Round::l2;
  std::vector<double> centre_, radii_;       // empty: no ball
  double worked_ = 0;                        // multiply-adds of carry(), for one lane
  std::vector<double> work_at_;              // of the last carry(), down to each of the first steps
  std::vector<std::vector<std::size_t>> readers_;  // nonlinear steps that read a value
  std::vector<bool> shared_;                       // of a value: several steps read it
  std::vector<double> low_, high_, rows_, relaxed_, scratch_, middle_, radius_, weights_;
  std::vector<std::vector<double>> magnitude_;  // per step and output feature: how large its summands can be
  std::vector<std::vector<std::int32_t>> active_;
  std::vector<std::uint8_t> active_flag_;
  std::vector<std::uint32_t> pixel_stamp_, scratch_stamp_;
  std::uint32_t stamp_ = 0;
  std::vector<std::int32_t> pixels_in_, pixels_out_, touched_, listed_;
  std::vector<Lines> lines_;
  std::vector<std::size_t> known_at_;  // of a value, or no_step
  std::vector<double> known_low_, known_high_;
  std::size_t known_count_ = 0;
  // What a neuron's lines are in all lanes: 0, x, or anything; of a softmax or a product of matrices flat lines or not.
  enum class Kind : std::uint8_t { off, same, lines, flat };
  std::vector<std::vector<Kind>> kinds_;                // by step and feature
  double rounding_ = 0;
  double constant_[lanes] = {}, error_[lanes] = {}, sum_[lanes] = {};
  bool both_ = false, parallel_ = false;  // of the carry() under way; of the lines that relax() makes
  double spread_[lanes] = {};             // what a bound from above exceeds constant_ by
};

}  // namespace duolex::tensor::bounds
