// Includes point one way.
#pragma once

#include <map>
#include <set>

#include "tree.h"

namespace duolex::quality {

using Layers = std::map<std::string, std::set<std::string>>;  // room -> the rooms it may include

// Reads layers.txt. Every room must stand below those it may include, so that there is no way round.
Layers read_layers(const std::filesystem::path& file, Complaints& complaints);

// "src/text/node.h:3: 'text' may not include 'findings/'"; also the checker, which may include nothing of
// src/, rooms within a room where the table has them, rooms that it has not, includes without a room, and heavy headers
// inside headers.
Complaints check_layers(const Tree& tree, const Layers& layers);

}  // namespace duolex::quality
