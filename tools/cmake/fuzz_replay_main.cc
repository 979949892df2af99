// The main() of a fuzz program outside the fuzz preset: feeds the target every corpus file, then
// fixed mutations of them, so that every compiler and sanitizer runs the fuzz targets on each test
// run. Same arguments, same inputs, always.
//
//   fuzz_<name> [--mutations=N] [file or directory]...

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using Bytes = std::vector<uint8_t>;

constexpr size_t kMaxLength = 1 << 16;

// SplitMix64.
class Draws {
 public:
  uint64_t Below(uint64_t bound) { return Next() % bound; }

 private:
  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  uint64_t state_ = 1;
};

void Run(const Bytes& bytes) {
  // A block of exactly this size, so that a sanitizer sees the first byte read past the end.
  std::vector<uint8_t> exact(bytes.begin(), bytes.end());
  exact.shrink_to_fit();
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

void MutateOnce(Draws& draws, const std::vector<Bytes>& corpus, Bytes& bytes) {
  const uint8_t edge[] = {0, 1, 0x7f, 0x80, 0xff};
  const size_t size = bytes.size();
  switch (draws.Below(6)) {
    case 0:
      if (size > 0) bytes[draws.Below(size)] ^= static_cast<uint8_t>(1u << draws.Below(8));
      break;
    case 1:
      if (size > 0) bytes[draws.Below(size)] = edge[draws.Below(std::size(edge))];
      break;
    case 2:
      bytes.resize(draws.Below(size + 1));
      break;
    case 3:
      bytes.insert(bytes.begin() + static_cast<ptrdiff_t>(draws.Below(size + 1)),
                   static_cast<uint8_t>(draws.Below(256)));
      break;
    case 4:
      if (size > 0) bytes.erase(bytes.begin() + static_cast<ptrdiff_t>(draws.Below(size)));
      break;
    default: {
      const Bytes& other = corpus[draws.Below(corpus.size())];
      const size_t keep = draws.Below(size + 1);
      bytes.resize(keep);
      bytes.insert(bytes.end(),
                   other.begin() + static_cast<ptrdiff_t>(std::min(keep, other.size())),
                   other.end());
      break;
    }
  }
  if (bytes.size() > kMaxLength) bytes.resize(kMaxLength);
}

std::vector<std::filesystem::path> FilesIn(const std::filesystem::path& path) {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(path)) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
  } else {
    files.push_back(path);
  }
  return files;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::string_view kMutations = "--mutations=";
  uint64_t mutations = 0;
  std::vector<Bytes> corpus = {Bytes()};
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.substr(0, kMutations.size()) == kMutations) {
      mutations = std::strtoull(argv[i] + kMutations.size(), nullptr, 10);
      continue;
    }
    for (const auto& file : FilesIn(argument)) {
      std::ifstream in(file, std::ios::binary);
      if (!in) {
        std::fprintf(stderr, "cannot read %s\n", file.c_str());
        return 2;
      }
      corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
  }
  for (const Bytes& bytes : corpus) Run(bytes);
  Draws draws;
  for (uint64_t i = 0; i < mutations; ++i) {
    Bytes bytes = corpus[draws.Below(corpus.size())];
    const uint64_t steps = 1 + draws.Below(8);
    for (uint64_t step = 0; step < steps; ++step) MutateOnce(draws, corpus, bytes);
    Run(bytes);
  }
  std::printf("%zu corpus inputs, %llu mutations\n", corpus.size(),
              static_cast<unsigned long long>(mutations));
  return 0;
}
