"""What the test programs of this directory share: the test case with its servers, and main().

Each is called `<name>_test.py <gossamer-server> <gossamer-sim> [unittest arguments]` and exits with 77, skipped, where the
machine cannot run it at all.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import servers

# Exit code of a skipped test.
SKIPPED = 77
HERE = os.path.dirname(os.path.abspath(__file__))
# Ways to the programs under test, set by main().
programs = {"server": "", "simulator": ""}


class Case(unittest.TestCase):
    # Where the servers' directories are made; None: where temporary files are.
    place = None

    def setUp(self):
        self._directory = tempfile.TemporaryDirectory(dir=self.place)
        self.directory = self._directory.name
        self.fleet = servers.Fleet(programs["server"], self.directory)

    def tearDown(self):
        failed = any(test is self for test, _ in self._outcome.result.failures + self._outcome.result.errors)
        self.fleet.close()
        if failed:
            print(self.fleet.logs())
        self._directory.cleanup()

    def run_program(self, *words, expected=0, **options):
        """What it prints. Its exit code must be `expected`."""
        done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False, **options)
        self.assertEqual(done.returncode, expected, f"{' '.join(map(str, words))}\n{done.stdout}")
        return done.stdout

    def redis_cli(self, *words, **options):
        return self.run_program("redis-cli", *words, **options)


def need(program, package):
    if shutil.which(program) is None:
        sys.exit(f"no {program}: apt-get install -y {package}")


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def main():
    programs["server"] = os.path.abspath(sys.argv.pop(1))
    programs["simulator"] = os.path.abspath(sys.argv.pop(1))
    need("redis-server", "redis-server")
    need("redis-cli", "redis-tools")
    unittest.main(verbosity=2)
