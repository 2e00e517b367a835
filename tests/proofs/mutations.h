// Changes to an answer or its proof, each of which makes it claim something else.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>


namespace duolex::proofs {

struct Mutation {
  std::string what;
  std::function<void(nlohmann::ordered_json&)> apply;
};

// At most about `each` of every kind, spread over the answer. Where a change could by chance still claim what is true,
// it is left out: the notes beside each kind say how that is known.
[[nodiscard]] std::vector<Mutation> mutations_of(const nlohmann::ordered_json& answer, std::size_t each);

}  // namespace duolex::proofs
