#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

struct Json;
using List = std::vector<Json>;
using Table = std::map<std::string, Json>;

struct Json : std::variant<std::monostate, bool, long long, std::string, List, Table> {
    using variant::variant;
};

struct JsonError : std::runtime_error {
    JsonError(std::string_view what, std::size_t at)
        : std::runtime_error(std::string(what) + " at " + std::to_string(at)), at(at) {}
    std::size_t at;
};

Json read_json(std::string_view source);
std::string write_json(const Json& json);
