#include "core/base/hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace gossamer {
namespace {

TEST(HashTest, Mix64IsThePublishedSplitMix64) {
  EXPECT_EQ(Mix64(0), 0xe220a8397b1dcdafu);
  EXPECT_EQ(Mix64(1234567), 6457827717110365317u);
  EXPECT_EQ(Mix64(1234567 + 0x9e3779b97f4a7c15u), 3203168211198807973u);
}

TEST(HashTest, PinsTexts) {
  EXPECT_EQ(HashText(""), 0x9de3a540c34916d1u);
  EXPECT_EQ(HashText("a"), 0xdebbd7936cbb55eeu);
  EXPECT_EQ(HashText("12345678"), 0xf2d5c856d59e012du);
  EXPECT_EQ(HashText("123456789"), 0x6e4e669df720f90fu);
  EXPECT_EQ(HashText("0123456789abcdef0123456789abcdef01234567"), 0x7f85dd0c12312ac7u);
  EXPECT_EQ(HashText("0123456789abcdef0123456789abcdef01234567", 1), 0x6bc51071e0d562c2u);
}

TEST(HashTest, PinsCombinations) {
  EXPECT_EQ(CombineHash(1, 2), 0x558052b1cff0264fu);
  EXPECT_EQ(CombineHash(2, 1), 0x9eb0d096a5e6a529u);
  EXPECT_EQ(FoldMultiply(0x123456789abcdef0u, 0x0fedcba987654321u), 0x2317228f48165bb2u);
}

TEST(HashTest, TellsLengthsOfZerosApart) {
  const std::string zeros(200, '\0');
  std::set<uint64_t> hashes;
  for (size_t size = 0; size <= zeros.size(); ++size)
    hashes.insert(HashBytes(zeros.data(), size, 0));
  EXPECT_EQ(hashes.size(), zeros.size() + 1);
}

TEST(HashTest, EveryByteCounts) {
  for (const size_t size : {1u, 7u, 8u, 31u, 32u, 40u, 71u}) {
    std::string bytes(size, 'x');
    std::set<uint64_t> hashes = {HashText(bytes)};
    for (size_t i = 0; i < size; ++i) {
      bytes[i] = 'y';
      hashes.insert(HashText(bytes));
      bytes[i] = 'x';
    }
    EXPECT_EQ(hashes.size(), size + 1) << size;
  }
}

TEST(HashTest, SeedChangesTheHash) { EXPECT_NE(HashText("abc", 1), HashText("abc", 2)); }

uint64_t SumOf(const std::vector<uint64_t>& words) {
  ProductSum sum;
  for (size_t i = 0; i + 1 < words.size(); i += 2) sum.Add(words[i], words[i + 1]);
  return sum.Finish();
}

TEST(ProductSumTest, PinsASequence) {
  EXPECT_EQ(SumOf({}), 0xa7b77319d39f7883u);
  EXPECT_EQ(SumOf({1, 2, 3, 4}), 0xb57514c56a26525eu);
}

TEST(ProductSumTest, PlaceOfAWordCounts) {
  std::set<uint64_t> hashes;
  for (size_t at = 0; at < 256; ++at) {
    for (const uint64_t value : {uint64_t{1}, UINT64_MAX}) {
      std::vector<uint64_t> words(256, 7);
      words[at] = value;
      hashes.insert(SumOf(words));
    }
  }
  EXPECT_EQ(hashes.size(), 512u);
}

TEST(ProductSumTest, EqualChangesAtDifferentPlacesDoNotCancel) {
  std::vector<uint64_t> words(64, 7);
  const uint64_t base = SumOf(words);
  for (const size_t first : {0u, 1u}) {
    words.assign(64, 7);
    words[first] += 1;
    words[first + 2] -= 2;
    words[first + 4] += 1;
    EXPECT_NE(SumOf(words), base);
    words.assign(64, 7);
    words[first] += 1;
    words[first + 2] -= 1;
    EXPECT_NE(SumOf(words), base);
  }
}

TEST(ProductSumTest, ZerosCount) {
  std::set<uint64_t> hashes;
  for (size_t size = 0; size < 100; size += 2) {
    hashes.insert(SumOf(std::vector<uint64_t>(size, 0)));
  }
  EXPECT_EQ(hashes.size(), 50u);
}

TEST(DigestTest, PinsASequence) {
  Digest digest;
  digest.Add(1);
  digest.Add(2);
  digest.Add(3, 4);
  EXPECT_EQ(digest.high(), 0x7adf09fcec32deb0u);
  EXPECT_EQ(digest.low(), 0x63ee8c3a7541719eu);
}

TEST(DigestTest, OrderMatters) {
  Digest a;
  a.Add(1);
  a.Add(2);
  Digest b;
  b.Add(2);
  b.Add(1);
  EXPECT_FALSE(a == b);
  EXPECT_NE(a.high(), b.high());
  EXPECT_NE(a.low(), b.low());
}

TEST(DigestTest, PairsAreOrderedToo) {
  Digest a;
  a.Add(1, 2);
  Digest b;
  b.Add(2, 1);
  EXPECT_NE(a.high(), b.high());
  EXPECT_NE(a.low(), b.low());
}

TEST(DigestTest, AZeroCounts) {
  Digest a;
  Digest b;
  b.Add(0);
  EXPECT_NE(a.high(), b.high());
  EXPECT_NE(a.low(), b.low());
}

}  // namespace
}  // namespace gossamer
