#include "threats/campaign/row_loop.h"

#include <algorithm>
#include <mutex>

#include "threats/evasion/parallel.h"

namespace duolex::threats::campaign {

using evasion::SampleResult;

void attack_rows(const Plan& plan, std::size_t rows, unsigned threads, const Hooks& hooks, const std::vector<SampleResult>& before, const RowAttack& how, Findings& out) {
  out.rows = rows;
  out.picked = picked(plan, rows);
  std::vector<std::optional<SampleResult>> results(out.picked.size());
  for (const SampleResult& r : before) {
    const auto at = std::lower_bound(out.picked.begin(), out.picked.end(), r.number);
    if (at == out.picked.end() || *at != r.number) continue;
    if (r.broken_by.empty() ? r.row.empty() : how.still_holds(r)) results[static_cast<std::size_t>(at - out.picked.begin())] = r;
  }
  std::vector<std::size_t> open, numbers;  // places in `picked`, and what stands there
  for (std::size_t k = 0; k < results.size(); ++k)
    if (!results[k]) open.push_back(k), numbers.push_back(out.picked[k]);
  out.settled_before = results.size() - open.size();
  out.estimate = how.estimate(numbers);
  if (hooks.estimated) hooks.estimated(out.estimate);
  std::size_t ended = out.settled_before;
  std::mutex one_at_a_time;
  evasion::in_parallel(
      open.size(), threads,
      [&](unsigned worker, std::size_t k) {
        SampleResult r = how.attack(worker, numbers[k]);
        const std::scoped_lock lock(one_at_a_time);
        if (how.failed && how.failed()) return;
        if (hooks.ended) hooks.ended(r);
        ++ended;
        if (hooks.progress) hooks.progress("attacks", ended, out.picked.size());
        results[open[k]] = std::move(r);
      },
      [&] { return hooks.stop && hooks.stop(); });
  for (auto& r : results)
    if (r) out.results.push_back(std::move(*r));
  out.complete = out.results.size() == out.picked.size();
}

double seconds_of(const Hooks& hooks, const std::function<void()>& call) {
  if (!hooks.seconds) return 0;
  constexpr int times = 16;
  const double start = hooks.seconds();
  for (int i = 0; i < times; ++i) call();
  return (hooks.seconds() - start) / times;
}

std::optional<std::vector<std::size_t>> rows_that_hold(const std::vector<std::size_t>& rows, unsigned threads, const Hooks& hooks, const std::function<bool(unsigned, std::size_t)>& holds) {
  std::vector<char> held(rows.size(), 1);
  const bool all = evasion::in_parallel(
      rows.size(), threads, [&](unsigned worker, std::size_t k) { held[k] = holds(worker, rows[k]); }, [&] { return hooks.stop && hooks.stop(); });
  if (!all) return std::nullopt;
  std::vector<std::size_t> out;
  for (std::size_t k = 0; k < rows.size(); ++k)
    if (held[k] != 0) out.push_back(rows[k]);
  return out;
}

}  // namespace duolex::threats::campaign
