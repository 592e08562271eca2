#!/usr/bin/env python3
"""The layering checks are alive: each finds what is planted for it, and says
what to use instead. Needs COMPTOIR_CXX, the compiler of the build.
"""
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.realpath(os.path.join(HERE, "..", ".."))
CXX = os.environ.get("COMPTOIR_CXX", "c++")


def write(folder, path, text):
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def run(*command):
    return subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, check=False)


class Planted(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="comptoir-layering-")
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name

    def compile(self, name, text):
        source = write(self.folder, name + ".cc", text)
        made = run(CXX, "-std=c++20", "-O1", "-fPIC", "-I", TOP, "-c", source, "-o", source + ".o")
        self.assertEqual(made.returncode, 0, made.stdout)
        return source + ".o"

    def archive(self, name, text):
        library = os.path.join(self.folder, f"lib{name}.a")
        made = run("ar", "rc", library, self.compile(name, text))
        self.assertEqual(made.returncode, 0, made.stdout)
        return library


class Includes(Planted):
    def check(self):
        return run(sys.executable, os.path.join(HERE, "includes.py"), self.folder)

    def refused(self, path, include, instead):
        with self.subTest(path=path, include=include):
            planted = write(self.folder, path, f"// A comment.\n#include {include}\n")
            result = self.check()
            os.remove(planted)
            self.assertEqual(result.returncode, 1, result.stdout)
            self.assertIn(f"{path}:2: ", result.stdout)
            self.assertIn(instead, result.stdout)

    def test_what_the_table_allows_passes(self):
        for path, include in [
            ("common/retail/sales/fold.cc", '"common/store/store.h"'),
            ("common/retail/sales/fold.cc", '"common/base/ids.h"'),
            ("common/retail/sales/build.cc", '"comptoir/retail/v1/retail.pb.h"'),
            ("common/store/rocks_store.cc", "<rocksdb/db.h>"),
            ("common/store/rocks_store_options.h", '"rocksdb/options.h"'),
            ("common/daemon/host.cc", '"common/store/rocks_store.h"'),
            ("common/rpc/sync_server.h", "<grpcpp/grpcpp.h>"),
            ("common/platform/logging.cc", "<spdlog/logger.h>"),
            ("common/ledger/group_commit.h", '"common/base/mutex.h"'),
            ("common/journal/chain.cc", "<openssl/evp.h>"),
            ("node/shop_service.cc", '"common/ledger/ledger.h"'),
            ("cli/run.cc", '"comptoir/shop/v1/shop.grpc.pb.h"'),
        ]:
            write(self.folder, path, f"#include {include}\n")
        result = self.check()
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_upwards_and_sideways_is_refused(self):
        self.refused("common/base/ids.h", '"common/crdt/counter.h"', "nothing of ours")
        self.refused("common/crdt/counter.cc", '"common/journal/chain.h"', "common/base")
        self.refused("common/sync/session.cc", '"common/ledger/ledger.h"', "common/journal")
        self.refused("common/ledger/ledger.cc", '"common/identity/token.h"', "common/retail")
        self.refused("common/replica/peer.cc", '"common/rpc/status.h"', "may include both")
        self.refused("common/store/memory_store.cc", '"common/retail/tables.h"', "common/base")
        self.refused("common/rpc/status.cc", '"common/platform/clock.h"', "may include both")
        self.refused("common/retail/sales/fold.cc", '"common/warehouse/shelf.h"', "no such layer")

    def test_node_and_hub_do_not_know_each_other(self):
        self.refused("node/main.cc", '"hub/coop_service.h"', "common/daemon")
        self.refused("hub/main.cc", '"node/shop_service.h"', "common/daemon")
        self.refused("common/daemon/host.cc", '"node/shop_service.h"', "may include")

    def test_the_product_does_not_include_tests(self):
        self.refused("common/ledger/verify.cc", '"tests/support/coop.h"', "into common/")

    def test_the_command_line_has_only_the_services(self):
        self.refused("cli/run.cc", '"common/ledger/ledger.h"', "public services")
        self.refused("cli/run.cc", '"comptoir/sync/v1/sync.pb.h"', "not for cli")

    def test_stores_are_opened_by_programs(self):
        self.refused("common/ledger/ledger.cc", '"common/store/rocks_store.h"',
                     "common/store/store.h")
        self.refused("common/ledger/ledger.cc", "<rocksdb/db.h>", "common/store/store.h")
        self.refused("common/store/memory_store.cc", '"rocksdb/db.h"', "rocks_store")
        self.refused("node/main.cc", "<rocksdb/db.h>", "rocks_store")

    def test_grpc_stays_in_the_layers_that_speak_it(self):
        self.refused("common/replica/peer.h", "<grpcpp/grpcpp.h>", "common/rpc")
        self.refused("common/sync/session.h", '"comptoir/sync/v1/sync.grpc.pb.h"', ".pb.h")
        self.refused("common/identity/token.cc", "<grpc/grpc.h>", "common/rpc")

    def test_messages_stay_in_the_layers_that_read_them(self):
        self.refused("common/crdt/counter.h", '"comptoir/retail/v1/retail.pb.h"', "not for")
        self.refused("common/sync/session.h", '"comptoir/retail/v1/retail.pb.h"', "not for")
        self.refused("common/ledger/ledger.h", '"comptoir/admin/v1/admin.pb.h"', "not for")

    def test_parts_with_one_place_stay_there(self):
        self.refused("common/daemon/host.cc", "<spdlog/spdlog.h>", "common/platform/logging.h")
        self.refused("common/ledger/ledger.h", '"absl/synchronization/mutex.h"', "base/mutex.h")
        self.refused("tests/process/log_test.cc", "<google/protobuf/struct.pb.h>", "nlohmann")

    def test_pure_layers_ask_nothing_of_the_system(self):
        self.refused("common/retail/sales/fold.cc", "<fstream>", "common/platform")
        self.refused("common/journal/segment.cc", "<unistd.h>", "common/platform")
        self.refused("common/sync/session.cc", "<thread>", "one thread at a time")
        self.refused("common/sync/session.h", '"common/base/mutex.h"', "one thread at a time")
        self.refused("common/crdt/hybrid_clock.cc", '"absl/time/clock.h"', "as an argument")
        self.refused("common/journal/genesis.cc", "<random>", "comptoir::Random&")
        self.refused("common/sync/backoff.cc", "<ctime>", "as an argument")

    def test_an_empty_folder_is_not_a_clean_one(self):
        self.assertEqual(self.check().returncode, 1)


class Symbols(Planted):
    def check(self, text):
        library = self.archive("planted", text)
        return run(sys.executable, os.path.join(HERE, "symbols.py"), library)

    def refused(self, text, called, instead):
        with self.subTest(called=called):
            result = self.check(text)
            self.assertEqual(result.returncode, 1, result.stdout)
            self.assertIn("(planted.cc.o): calls " + called, result.stdout)
            self.assertIn(instead, result.stdout)

    def test_memory_and_text_pass(self):
        result = self.check("""
            #include <algorithm>
            #include <map>
            #include <memory>
            #include <string>
            #include "common/base/status.h"
            struct Shape { virtual ~Shape() = default; virtual int corners() const = 0; };
            std::string Name(const std::map<std::string, int>& names, const Shape& shape) {
              COMPTOIR_CHECK(!names.empty());
              auto copy = std::make_unique<std::string>(names.begin()->first);
              std::sort(copy->begin(), copy->end());
              return *copy + std::to_string(shape.corners());
            }""")
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_files_are_found(self):
        self.refused('#include <cstdio>\nauto* F() { return std::fopen("a", "r"); }',
                     "fopen", "common/platform")
        self.refused('#include <fcntl.h>\nint F() { return open("a", O_RDONLY); }',
                     "open", "common/platform")
        self.refused('#include <fstream>\nvoid F() { std::ofstream("a") << 1; }',
                     "std::basic_ofstream", "common/platform")
        self.refused('#include <filesystem>\nbool F() { return std::filesystem::exists("a"); }',
                     "std::filesystem", "common/platform")

    def test_clocks_are_found(self):
        self.refused("#include <ctime>\nlong F() { return std::time(nullptr); }",
                     "time", "common/base/clock.h")
        self.refused("#include <time.h>\nlong F() { timespec t; clock_gettime(0, &t); return t.tv_sec; }",
                     "clock_gettime", "common/base/clock.h")
        self.refused("#include <sys/time.h>\nlong F() { timeval t; gettimeofday(&t, 0); return t.tv_sec; }",
                     "gettimeofday", "common/base/clock.h")
        self.refused("#include <chrono>\nauto F() { return std::chrono::system_clock::now(); }",
                     "std::chrono", "common/base/clock.h")
        self.refused('#include "absl/time/clock.h"\nauto F() { return absl::Now(); }',
                     "absl::", "common/base/clock.h")

    def test_threads_are_found(self):
        self.refused("#include <thread>\nvoid F() { std::thread([] {}).join(); }",
                     "std::thread", "one thread at a time")
        self.refused("#include <mutex>\nvoid F(std::mutex& m) { m.lock(); }",
                     "pthread_mutex_lock", "one thread at a time")
        self.refused('#include <pthread.h>\nvoid* G(void*);\n'
                     "void F() { pthread_t t; pthread_create(&t, nullptr, G, nullptr); }",
                     "pthread_create", "one thread at a time")

    def test_randomness_is_found(self):
        self.refused("#include <random>\nauto F() { return std::random_device()(); }",
                     "std::random_device", "comptoir::Random&")
        self.refused("#include <cstdlib>\nint F() { return std::rand(); }",
                     "rand", "comptoir::Random&")

    def test_sockets_environment_and_printing_are_found(self):
        self.refused("#include <sys/socket.h>\nint F() { return socket(1, 1, 0); }",
                     "socket", "common/rpc")
        self.refused('#include <cstdlib>\nauto* F() { return std::getenv("A"); }',
                     "getenv", "common/daemon")
        self.refused('#include <cstdio>\nvoid F(int n) { std::printf("%d", n); }',
                     "printf", "logging")
        self.refused("#include <iostream>\nvoid F() { std::cerr << 1; }", "std::cerr", "logging")

    def test_what_nobody_thought_of_is_found(self):
        self.refused('extern "C" int quota_of_the_moon();\nint F() { return quota_of_the_moon(); }',
                     "quota_of_the_moon", "tests/layering/symbols.py")

    def test_no_library_is_not_a_clean_one(self):
        self.assertEqual(run(sys.executable, os.path.join(HERE, "symbols.py")).returncode, 1)


class LinkedWhole(Planted):
    def test_an_undeclared_dependency_does_not_link(self):
        main = self.compile("main", "int main() {}")
        layer = self.archive("layer", "int Undeclared();\nint Declared() { return Undeclared(); }")
        program = os.path.join(self.folder, "program")
        # Linked as usual nobody notices: nothing of the layer is asked for.
        self.assertEqual(run(CXX, main, layer, "-o", program).returncode, 0)
        whole = run(CXX, main, "-Wl,--whole-archive", layer, "-Wl,--no-whole-archive", "-o", program)
        self.assertNotEqual(whole.returncode, 0)
        self.assertIn("Undeclared", whole.stdout)


class ThreadSafety(Planted):
    FIELD = '#include "common/base/mutex.h"\nstruct Till {\n  comptoir::Mutex mutex;\n' \
            "  int sold ABSL_GUARDED_BY(mutex) = 0;\n};\n"

    # As scripts/checks/clang runs it: over the tests, and over the product.
    FLAGS = ["-std=c++20", "-I", TOP, "-Wthread-safety"]

    def syntax(self, text):
        path = write(self.folder, "planted.cc", self.FIELD + text)
        return run("clang++", "-fsyntax-only", *self.FLAGS, "-Werror", path)

    def tidy(self, text):
        path = write(self.folder, "planted.cc", self.FIELD + text)
        return run("clang-tidy", "--quiet", "--config-file=" + os.path.join(TOP, ".clang-tidy"),
                   path, "--", *self.FLAGS)

    def test_a_guarded_field_needs_its_mutex(self):
        for check in (self.syntax, self.tidy):
            held = check("void F(Till* t) { comptoir::MutexLock lock(&t->mutex); ++t->sold; }")
            self.assertEqual(held.returncode, 0, held.stdout)
            bare = check("void F(Till* t) { ++t->sold; }")
            self.assertNotEqual(bare.returncode, 0)
            self.assertIn("requires holding mutex", bare.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
