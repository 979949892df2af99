// Words of a line, quoted as in a shell: the lexical grammar of nodes.conf and of the configuration
// file.
//
// Blanks separate words. Inside "..." the escapes \n \r \t \b \a \xHH count and any other \c is c;
// inside '...' only \' does. A closing quote ends its word.
#ifndef GOSSAMER_CORE_CLUSTER_QUOTED_WORDS_H_
#define GOSSAMER_CORE_CLUSTER_QUOTED_WORDS_H_

#include <string>
#include <string_view>
#include <vector>

namespace gossamer {

// Appends the words of `line` to *words. False when a quote is left open or something follows a
// closing quote.
bool SplitQuotedWords(std::string_view line, std::vector<std::string>* words);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_QUOTED_WORDS_H_
