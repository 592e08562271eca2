#!/usr/bin/env python3
"""What the pure layers ask of the system: the undefined symbols of their
libraries, held against what may be asked (see 'pure' in ARCHITECTURE.md).

usage: symbols.py LIBRARY...    static libraries of the pure layers

Functions of C are allowed one by one: that is where the system is. Those of
C++ are allowed by namespace, except the few that ask the system underneath.
"""
import re
import subprocess
import sys

# First match decides; None allows, text says what to use instead.
RULES = [
    # Sanitizers and the compiler's own.
    (r"__(asan|tsan|ubsan|lsan|sanitizer)_", None),
    (r"__(cxa|gxx|stack_chk|dso_handle|tls_get_addr|udivti3|divti3|umodti3|modti3)", None),
    (r"_Unwind_|_GLOBAL_OFFSET_TABLE_$|_DYNAMIC$", None),
    # Memory and text, nothing else.
    (r"(mem(cpy|move|set|cmp|chr|mem)|bcmp|str(len|cmp|ncmp|chr|rchr|nlen))(_chk)?$", None),
    (r"__(memcpy|memmove|memset)_chk$", None),
    (r"(malloc|free|calloc|realloc|aligned_alloc|abort)$", None),
    # Of the check that stops the process on a bug of ours: it writes one line.
    (r"(fprintf|__fprintf_chk|stderr)$", None),
    (r"__assert_fail$", None),
    (r"(SHA256\w*|EVP_(Digest\w*|MD_\w+|sha256|Q_digest))$", None),
    (r"ZSTD_", None),

    (r"(f|fd|freo)?open(at|64)?$|creat$|f(read|write|close|puts|flush|seek|tell)\w*$|"
     r"(p|pre)?(read|write)(v|64)?$|close$|unlink|rename|mkdir|stat|fsync|fdatasync|mmap",
     "take the bytes as an argument; files are of common/platform"),
    (r"(v|s|sn|vsn|d|as|vas)?printf$|__\w*printf_chk$|puts$|putchar$|stdout$|syslog",
     "return a Status or a string (absl::StrCat); logging is of common/platform"),
    (r"socket$|connect$|bind$|listen$|accept|send|recv|poll|select$|epoll|getaddrinfo",
     "return an effect; the network is of common/rpc"),
    (r"time$|clock(_gettime)?$|gettimeofday$|localtime|gmtime|mktime|strftime|tz(set|name)|"
     r"nanosleep|usleep$|sleep$",
     "take the time as an argument, in milliseconds (common/base/clock.h)"),
    (r"s?rand(om)?(_r|48)?$|getrandom$|getentropy$|arc4random|RAND_",
     "take a comptoir::Random& (common/base/clock.h)"),
    (r"pthread_|sem_|futex|fork$|exec|kill$|signal$|sigaction$",
     "be called by one thread at a time; threads are of common/ledger and common/replica"),
    (r"(secure_)?getenv$|setenv$|getpid$|gethostname$|uname$|sysconf$|syscall$|ioctl$",
     "take it as an argument; common/daemon reads the configuration"),

    # C++, by its mangled names.
    (r"_ZNSt6chrono3_V2",
     "take the time as an argument, in milliseconds (common/base/clock.h)"),
    (r"_ZN\w*St13random_device", "take a comptoir::Random& (common/base/clock.h)"),
    (r"_ZNK?\w*St(6thread|18condition_variable|13__future_base)",
     "be called by one thread at a time; threads are of common/ledger and common/replica"),
    (r"_ZNK?\w*St(14basic_[io]fstream|13basic_fstream|13basic_filebuf|10filesystem)",
     "take the bytes as an argument; files are of common/platform"),
    (r"_ZSt(4cout|4cerr|4clog|3cin)$",
     "return a Status; logging is of common/platform"),
    (r"_ZN\w*4absl\w*(3NowEv|15GetCurrentTime|8SleepFor|5Mutex|7CondVar|13LocalTimeZone|12LoadTimeZone)",
     "take the time as an argument, and let one thread call (common/base/clock.h)"),
    (r"_ZN?K?\w*(4grpc|7rocksdb|6spdlog)", "be driven by the layer that may include it"),
    (r"_Z", None),
]


def undefined_symbols(library):
    """The names a library asks of others, with the object that asks first."""
    text = subprocess.run(["nm", "-A", "-u", "-P", library], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    asked = {}
    for line in text.splitlines():
        match = re.match(r"(.*?)\[(.*?)\]: (\S+) U", line)
        if match:
            asked.setdefault(match.group(3), match.group(2))
    return asked


def refuse(symbol):
    name = symbol.split("@")[0]
    for pattern, instead in RULES:
        if re.match(pattern, name):
            return instead
    return ("unknown here: if it asks nothing of the system, allow it in "
            "tests/layering/symbols.py; else take what it gives as an argument")


def demangle(names):
    text = subprocess.run(["c++filt"], input="\n".join(names), check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    return dict(zip(names, text.splitlines()))


def main():
    count, found = 0, []
    for library in sys.argv[1:]:
        asked = undefined_symbols(library)
        count += len(asked)
        found += [(library, each, asked[each]) for each in sorted(asked) if refuse(each)]
    readable = demangle([symbol for _, symbol, _ in found])
    for library, symbol, member in found:
        print(f"{library}({member}): calls {readable.get(symbol, symbol)}: {refuse(symbol)}")
    print(f"{len(sys.argv) - 1} libraries, {count} symbols, {len(found)} that a pure layer may not ask for")
    return 1 if found or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
