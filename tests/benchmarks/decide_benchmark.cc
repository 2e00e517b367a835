// Speed of a decision in process: median per product over generated products, one core. Prints one
// line a figure; ratios compare within this run. Usage: decide_benchmark [PRODUCTS]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "findings/findings.h"
#include "generator.h"
#include "law/law.h"
#include "reference.h"

namespace {

using namespace duolex;
using Clock = std::chrono::steady_clock;

double microseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

double median(std::vector<double> times) {
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
  return times[times.size() / 2];
}

// Products that reach the later questions: in scope of both acts unless chance says otherwise.
rules::FactValues plausible(const rules::RuleBase& base, reference::Random& random, double unknown_share) {
  rules::FactValues facts = reference::generate_facts(base, random, unknown_share);
  for (rules::Index f = 0; f < facts.size(); ++f) {
    if (facts[f] == rules::unknown_value || random() % 12 == 0) continue;
    if (base.facts[f].usual) facts[f] = *base.facts[f].usual;
    for (const char* id : {"product.is_product", "product.data_connection", "product.made_available_commercially",
                           "ai.is_ai_system", "ai.in_union_scope"})
      if (base.facts[f].id == id) facts[f] = 1;
  }
  return facts;
}

double measure(const std::shared_ptr<const rules::CompiledLaw>& law, const std::vector<rules::FactValues>& products,
               const rules::DecideOptions& options) {
  rules::Decider decider(law);
  std::vector<double> times;
  times.reserve(products.size());
  for (const rules::FactValues& facts : products) {
    const auto start = Clock::now();
    (void)decider.decide(facts, options);
    times.push_back(microseconds_since(start));
  }
  return median(std::move(times));
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100'000;
  const auto law = law::load();
  if (!law) return 65;
  const rules::RuleBase& base = (*law)->base;
  auto start = Clock::now();
  const auto compiled = rules::CompiledLaw::compile(base, *parse_day("2028-09-01"));
  if (!compiled) return 65;
  std::printf("compile for every product             %10.0f us\n", microseconds_since(start));

  reference::Random random(1);
  std::vector<rules::FactValues> known, third;
  for (std::size_t i = 0; i < count; ++i) {
    known.push_back(plausible(base, random, 0));
    third.push_back(plausible(base, random, 1.0 / 3));
  }
  const rules::DecideOptions status_only{false, false, false};
  const rules::DecideOptions with_missing{true, false, false};
  const double fast = measure(*compiled, known, status_only);
  std::printf("all facts known                       %10.2f us\n", fast);
  std::printf("a third unknown, status               %10.2f us\n", measure(*compiled, third, status_only));
  std::printf("a third unknown, status and missing   %10.2f us\n", measure(*compiled, third, with_missing));

  std::vector<double> proofs;
  const auto names = (*law)->names((*compiled)->as_of());
  for (std::size_t i = 0; i < std::min<std::size_t>(count, 500); ++i) {
    start = Clock::now();
    (void)findings::prove(**compiled, known[i], names);
    proofs.push_back(microseconds_since(start));
  }
  std::printf("with proofs, all facts known          %10.0f us\n", median(proofs));

  std::vector<double> naive;
  for (std::size_t i = 0; i < std::min<std::size_t>(count, 200); ++i) {
    rules::FactValues facts = known[i];
    start = Clock::now();
    for (const rules::Index rule : base.conclusions) (void)reference::value(base, (*compiled)->as_of(), facts, rule);
    naive.push_back(microseconds_since(start));
  }
  std::printf("reference evaluator / engine, known   %10.0f x\n", median(naive) / fast);
  return 0;
}
