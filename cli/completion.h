// Bash completion, made from the program's own commands and options. Pure.
//
// What an argument is stands in its type name: FILE offers files; PRODUCT,
// PRODUCER and SHOP the codes that a service knows (`comptoir completion codes`);
// a choice such as {en,fr} its words.
#pragma once

#include <string>

#include <CLI/App.hpp>

namespace comptoir::cli {

std::string BashCompletion(const CLI::App& root);

}  // namespace comptoir::cli
