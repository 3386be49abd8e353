"""Starts the privlint that this package was installed with."""

import os
import subprocess
import sys
import sysconfig


def binary():
    name = "privlint" + (sysconfig.get_config_var("EXE") or "")
    package = os.path.dirname(os.path.abspath(__file__))
    places = [
        sysconfig.get_path("scripts"),
        sysconfig.get_path("scripts", scheme=sysconfig.get_preferred_scheme("user"))
        if hasattr(sysconfig, "get_preferred_scheme")
        else None,
        # `pip install --target FOLDER`
        os.path.join(os.path.dirname(package), "bin"),
    ]
    for place in places:
        if place and os.path.isfile(os.path.join(place, name)):
            return os.path.join(place, name)
    sys.exit("privlint: the binary of this package is not found; install it again with pip")


def main():
    command = [binary(), *sys.argv[1:]]
    if os.name == "nt":
        sys.exit(subprocess.run(command).returncode)
    # signals and the exit code are the binary's own
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
