// Key commands: where the keys of a command stand among its words, and what a client reads about
// them in COMMAND.
//
// SOURCE: server spec 2.2. Pure functions and constants.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_KEY_COMMANDS_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_KEY_COMMANDS_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gossamer::server {

struct KeyCommand {
  std::string_view name;
  int arity = 0;  // with the name; negative: at least
  bool write = false;
  // Positions of the first key and of the last, this one from the end if negative, and the step.
  // first 0: the number of keys stands at `count_at` and the keys follow it.
  int first = 1;
  int last = 1;
  int step = 1;
  int count_at = 0;
};

std::span<const KeyCommand> KeyCommands();
// The command called `name` (lower case), or null.
const KeyCommand* FindKeyCommand(std::string_view name);
// The keys in `words`; false when the words cannot hold what the command says.
bool KeysOf(const KeyCommand& command, const std::vector<std::string>& words,
            std::vector<std::string_view>* keys);

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_KEY_COMMANDS_H_
