#!/usr/bin/env python3
"""What lies in deploy/ against the programs that it is for.

usage: deploy_test.py DEPLOY_FOLDER PROGRAM_FOLDER
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest

DEPLOY, PROGRAMS = sys.argv[1], sys.argv[2]

# What a unit of ours must say, whatever else it says.
REQUIRED = {
    "Type": "notify",
    "Restart": "on-failure",
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "UMask": "0077",
}
# What it must say something to.
REQUIRED_KEYS = ["User", "StateDirectory", "MemoryMax", "WatchdogSec", "TimeoutStartSec",
                 "TimeoutStopSec"]


def read(name):
    with open(os.path.join(DEPLOY, name), encoding="utf-8") as file:
        return file.read()


def help_of(daemon):
    return subprocess.run([os.path.join(PROGRAMS, "comptoir-" + daemon), "--help"], check=True,
                          capture_output=True, text=True).stdout


def settings_of(daemon):
    """Key → default, as --help shows them."""
    # A default may have blanks in it, and ends before two, or its line.
    text = help_of(daemon)
    found = re.findall(r"--([a-z-]+) TEXT(?:=(\S+(?: \S+)*))?\s{2,}[^[]*"
                       r"\[(COMPTOIR_[A-Z_]+),\s+key\s+([a-z-]+)\]",
                       text)
    for flag, _, variable, key in found:
        assert flag == key and variable == "COMPTOIR_" + key.upper().replace("-", "_"), found
    return {key: default for _, default, _, key in found}


def directives(unit):
    found = {}
    for line in unit.splitlines():
        if "=" in line and not line.startswith(("#", ";")):
            key, value = line.split("=", 1)
            found.setdefault(key, []).append(value)
    return found


def complaints(unit):
    """What systemd says of a unit whose program is the one just built."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "comptoir-test.service")
        with open(path, "w", encoding="utf-8") as file:
            file.write(unit.replace("ExecStart=/usr/bin/", "ExecStart=" + PROGRAMS + "/"))
        result = subprocess.run(["systemd-analyze", "verify", "--man=no", path],
                                capture_output=True, text=True, check=False)
        # It reads what else is installed on the machine, too.
        said = [line for line in result.stderr.splitlines() if "comptoir" in line]
        return said or ([result.stderr] if result.returncode else [])


class Units(unittest.TestCase):
    def test_systemd_takes_them_as_they_are(self):
        for daemon in ("hub", "node"):
            self.assertEqual(complaints(read(f"comptoir-{daemon}.service")), [])

    def test_systemd_would_have_complained(self):
        unit = read("comptoir-node.service")
        for planted in ("ProtectSystm=strict", "WatchdogSec=soon", "ExecStart=/usr/bin/nothing"):
            self.assertNotEqual(complaints(unit.replace("[Service]", "[Service]\n" + planted)), [],
                                planted)

    def test_say_what_they_must(self):
        for daemon in ("hub", "node"):
            said = directives(read(f"comptoir-{daemon}.service"))
            for key, value in REQUIRED.items():
                self.assertEqual(said.get(key), [value], key)
            for key in REQUIRED_KEYS:
                self.assertEqual(len(said.get(key, [])), 1, key)
            self.assertLessEqual({"64", "77", "78"},
                                 set(said["RestartPreventExitStatus"][0].split()))

    def test_let_it_ask_whether_the_clock_is_synchronised(self):
        # Refused, the clock would count as doubtful for ever (R10).
        for daemon in ("hub", "node"):
            said = directives(read(f"comptoir-{daemon}.service"))
            self.assertNotIn("ProtectClock", said)
            self.assertEqual(said["SystemCallFilter"][-1], "adjtimex clock_adjtime",
                             "behind the groups that hold them")

    def test_start_the_program_with_flags_it_knows_and_a_file_that_is_there(self):
        for daemon in ("hub", "node"):
            said = directives(read(f"comptoir-{daemon}.service"))
            program, *arguments = said["ExecStart"][0].split()
            self.assertEqual(os.path.basename(program), f"comptoir-{daemon}")
            for flag in arguments[::2]:
                self.assertIn(flag + " ", help_of(daemon))
            config = os.path.basename(arguments[arguments.index("--config") + 1])
            self.assertIn(f'data = "/var/lib/{said["StateDirectory"][0]}"', read(config))

    def test_the_user_is_made(self):
        for daemon in ("hub", "node"):
            user = directives(read(f"comptoir-{daemon}.service"))["User"][0]
            self.assertRegex(read("comptoir.sysusers"), rf"(?m)^u {user} ")


class Examples(unittest.TestCase):
    def test_name_every_setting_and_its_default(self):
        for daemon in ("hub", "node"):
            settings = settings_of(daemon)
            self.assertIn("listen", settings)
            example = read(f"{daemon}.toml")
            for key, default in settings.items():
                if key == "data":
                    self.assertRegex(example, r'(?m)^data = "')
                    continue
                value = default if default.isdigit() else f'"{default}"'
                self.assertIn(f"\n# {key} = {value}\n", example)

    def test_name_nothing_else(self):
        for daemon in ("hub", "node"):
            named = re.findall(r"(?m)^(?:# )?([a-z-]+) = ", read(f"{daemon}.toml"))
            self.assertLessEqual(set(named), set(settings_of(daemon)))

    def test_the_readme_names_every_setting(self):
        readme = read("README.md")
        for daemon in ("hub", "node"):
            for key in settings_of(daemon):
                self.assertIn(f"`{key}`", readme)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
