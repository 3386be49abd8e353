"""Inputs that grow: each shape once grew faster in cost than in size, or might. A shape writes a folder whose size
is given by `n`, and names what privlint is asked of it."""

import os

HARDENED = "    image: nginx\n    cap_drop: [ALL]\n"


def put(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.write(text)


def brackets_in_configuration(folder, n):
    put(folder, ".privlint.yaml", "exclude: " + "[" * n + "\n")
    put(folder, "run.sh", "docker run alpine\n")


def unknown_capabilities(folder, n):
    names = "".join(f"      - BOGUS_{i}\n" for i in range(n))
    put(folder, "compose.yaml", f"services:\n  a:\n    image: nginx\n    cap_add:\n{names}")


def documents_of_yaml(folder, n):
    one = "---\nservices:\n  a{0}:\n    image: nginx\n    privileged: true\n"
    put(folder, "compose.yaml", "".join(one.format(i) for i in range(n)))


def services(folder, n):
    one = "  s{0}:\n    image: registry:2\n    privileged: true\n    volumes:\n      - ./d{0}:/var/lib/registry\n"
    put(folder, "compose.yaml", "services:\n" + "".join(one.format(i) for i in range(n)))


def mounts_of_a_service(folder, n):
    mounts = "".join(f"      - ./d{i}:/d{i}\n" for i in range(n))
    put(folder, "compose.yaml", f"services:\n  a:\n{HARDENED}    volumes:\n{mounts}")


def mounts_of_a_command(folder, n):
    mounts = "".join(f" -v ./d{i}:/d{i} \\\n" for i in range(n))
    put(folder, "run.sh", f"#!/bin/sh\npodman run --name a \\\n{mounts} alpine\n")


def capabilities_of_a_command(folder, n):
    flags = "".join(f" --cap-add BOGUS_{i} \\\n" for i in range(n))
    put(folder, "run.sh", f"#!/bin/sh\npodman run --name a \\\n{flags} alpine\n")


def environment_of_a_service(folder, n):
    values = "".join(f"      KEY_{i}: ${{VALUE_{i}:-x}}\n" for i in range(n))
    put(folder, "compose.yaml", f"services:\n  a:\n    image: nginx\n    environment:\n{values}")


def files_that_include_the_next(folder, n):
    for i in range(n):
        include = f"include: [c{i + 1}.yaml]\n" if i + 1 < n else ""
        put(folder, f"c{i}.yaml", f"{include}services:\n  s{i}:\n    image: nginx\n    privileged: true\n")


def files_that_include_all(folder, n):
    names = ", ".join(f"c{i}.yaml" for i in range(n))
    put(folder, "compose.yaml", f"include: [{names}]\nservices: {{}}\n")
    for i in range(n):
        put(folder, f"c{i}.yaml", f"services:\n  s{i}:\n    image: nginx\n    privileged: true\n")


def files_that_extend_the_next(folder, n):
    for i in range(n):
        extends = f"    extends: {{file: c{i + 1}.yaml, service: s}}\n" if i + 1 < n else ""
        put(folder, f"c{i}.yaml", f"services:\n  s:\n    image: nginx\n    privileged: true\n{extends}")


def files_that_extend_one(folder, n):
    put(folder, "base.yaml", "services:\n  s:\n    image: nginx\n    privileged: true\n")
    for i in range(n):
        put(folder, f"c{i}.yaml", f"services:\n  s{i}:\n    extends: {{file: base.yaml, service: s}}\n")


def services_that_extend_the_next(folder, n):
    one = "  s{0}:\n    extends: s{1}\n    cap_add: [SYS_ADMIN]\n"
    last = f"  s{n}:\n    image: nginx\n    privileged: true\n"
    put(folder, "compose.yaml", "services:\n" + "".join(one.format(i, i + 1) for i in range(n)) + last)


def services_with_one_anchor(folder, n):
    one = "  s{0}:\n    <<: *base\n    image: nginx\n"
    base = "x-base: &base\n  privileged: true\n  volumes: [./d:/d]\n"
    put(folder, "compose.yaml", base + "services:\n" + "".join(one.format(i) for i in range(n)))


def scripts_that_source_the_next(folder, n):
    for i in range(n):
        source = f". ./s{i + 1}.sh\n" if i + 1 < n else ""
        put(folder, f"s{i}.sh", f"#!/bin/sh\n{source}docker run --privileged nginx\n")


def volumes_of_a_quadlet(folder, n):
    volumes = "".join(f"Volume=./d{i}:/d{i}\n" for i in range(n))
    put(folder, "a.container", f"[Container]\nImage=docker.io/library/nginx\n{volumes}")


def launches_of_a_script(folder, n):
    put(folder, "run.sh", "#!/bin/sh\n" + "".join(
        f'podman run -d --name r{i} -v "$PWD"/d{i}:/certs --privileged registry:2\n' for i in range(n)))


def options_in_a_variable(folder, n):
    more = "".join(f'OPTS="$OPTS -v /srv/d{i}:/d{i}"\n' for i in range(n))
    put(folder, "run.sh", f"#!/bin/sh\n{more}docker run $OPTS nginx\n")


def branches_of_a_script(folder, n):
    arms = "".join(f'if [ -n "$X{i}" ]; then OPTS="$OPTS --cap-add=SYS_ADMIN"; fi\n' for i in range(n))
    put(folder, "run.sh", f"#!/bin/sh\n{arms}docker run $OPTS nginx\n")


def functions_of_a_script(folder, n):
    calls = "".join(f"f{i}() {{ f{i + 1} --cap-add=X{i} \"$@\"; }}\n" for i in range(n))
    put(folder, "run.sh", f"#!/bin/sh\n{calls}f{n}() {{ docker run \"$@\" nginx; }}\nf0\n")


def steps_of_a_dockerfile(folder, n):
    put(folder, "Dockerfile", "FROM debian\n" + "".join(f"RUN chmod 777 /srv/d{i}\n" for i in range(n)))


def stages_of_a_dockerfile(folder, n):
    stages = "".join(f"FROM s{i} AS s{i + 1}\nENV A{i}=b\nUSER root\n" for i in range(n))
    put(folder, "Dockerfile", f"FROM debian AS s0\n{stages}")


def comments_that_ignore(folder, n):
    one = "# privlint: ignore[privileged] it has to be\ndocker run --privileged nginx\n"
    put(folder, "run.sh", "#!/bin/sh\n" + one * n)


def blocks_of_a_page(folder, n):
    put(folder, "README.md", "".join(f"Run it:\n\n```sh\ndocker run --privileged nginx:{i}\n```\n\n" for i in range(n)))


def jobs_of_a_workflow(folder, n):
    one = "  j{0}:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker run --privileged nginx\n"
    put(folder, ".github/workflows/ci.yml", "on: push\njobs:\n" + "".join(one.format(i) for i in range(n)))


def recipes_of_a_makefile(folder, n):
    put(folder, "Makefile", "".join(f"r{i}:\n\tdocker run --privileged -v $(CURDIR)/d{i}:/d nginx\n" for i in range(n)))


def variables_of_a_makefile(folder, n):
    put(folder, "Makefile", "".join(f"V{i + 1} = $(V{i}) -v /srv/d{i}:/d{i}\n" for i in range(n))
        + f"all:\n\tdocker run $(V{n}) nginx\n")


def brackets_in_a_script(folder, n):
    put(folder, "run.sh", "#!/bin/sh\ndocker run " + "$(" * n + "\n")


def brackets_in_yaml(folder, n):
    put(folder, "compose.yaml", "services: " + "[" * n + "\n")


# what each is measured at: large enough that the start does not count, small enough for valgrind
SHAPES = {
    brackets_in_configuration: 20000,
    unknown_capabilities: 2000,
    documents_of_yaml: 1000,
    services: 250,
    mounts_of_a_service: 2000,
    mounts_of_a_command: 1000,
    capabilities_of_a_command: 1000,
    environment_of_a_service: 2000,
    files_that_include_the_next: 60,
    files_that_include_all: 100,
    files_that_extend_the_next: 60,
    files_that_extend_one: 100,
    services_that_extend_the_next: 200,
    services_with_one_anchor: 400,
    scripts_that_source_the_next: 60,
    volumes_of_a_quadlet: 500,
    launches_of_a_script: 250,
    options_in_a_variable: 400,
    branches_of_a_script: 200,
    functions_of_a_script: 200,
    steps_of_a_dockerfile: 500,
    stages_of_a_dockerfile: 500,
    comments_that_ignore: 400,
    blocks_of_a_page: 400,
    jobs_of_a_workflow: 300,
    recipes_of_a_makefile: 300,
    variables_of_a_makefile: 200,
    brackets_in_a_script: 2000,
    brackets_in_yaml: 20000,
}


# trees as people have them

COMPOSE = """services:
  web:
    image: nginx:1.27
    ports: ["8{0:03}:80"]
    volumes:
      - ./conf/{0}:/etc/nginx/conf.d:ro
    environment:
      LOG_LEVEL: info
  db:
    image: postgres:16
    privileged: {1}
    volumes:
      - ./data/{0}:/var/lib/postgresql/data
"""
SCRIPT = """#!/usr/bin/env bash
set -euo pipefail
log() {{ echo "$(date) $*"; }}
args=(--rm --name job{0})
if [ -n "${{DEBUG:-}}" ]; then args+=(--privileged); fi
sudo docker run "${{args[@]}}" -v "$PWD/data{0}":/data -p 8{0:03}:80 registry.example.org/job:{0}
for host in a b c; do ssh "$host" uptime || log "no $host"; done
"""
DOCKERFILE = """FROM debian:13 AS build
ARG VERSION={0}
RUN apt-get update && \\
    apt-get install -y --no-install-recommends curl git make && \\
    rm -rf /var/lib/apt/lists/*
COPY . /src
RUN make -C /src VERSION=$VERSION
FROM debian:13
COPY --from=build /src/out /usr/bin/
RUN chmod 755 /usr/bin/serve
ENTRYPOINT ["/usr/bin/serve"]
"""
CODE = "def f{0}(x):\n    return x + {0}\n\n"
MANIFEST = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c{0}\ndata:\n  services: many\n"


def compose_files(folder, n):
    for i in range(n):
        put(folder, f"p{i}/compose.yaml", COMPOSE.format(i % 1000, str(i % 3 == 0).lower()))


def dockerfiles(folder, n):
    for i in range(n):
        put(folder, f"p{i}/Dockerfile", DOCKERFILE.format(i))


def scripts(folder, n):
    for i in range(n):
        put(folder, f"p{i}/run.sh", SCRIPT.format(i % 1000))


def one_large_script(folder, n):
    put(folder, "run.sh", "".join(SCRIPT.format(i % 1000) for i in range(n)))


def monorepo(folder, n):
    """2 of 100 files are read, as much YAML is of another kind, and the rest is code."""
    for i in range(n):
        place = f"s{i % 40}/p{i % 700}"
        match i % 100:
            case 0:
                put(folder, f"{place}/compose{i}.yaml", COMPOSE.format(i % 1000, "false"))
            case 1:
                put(folder, f"{place}/run{i}.sh", SCRIPT.format(i % 1000))
            case 2 | 3:
                put(folder, f"{place}/m{i}.yaml", MANIFEST.format(i))
            case _:
                put(folder, f"{place}/f{i}.py", CODE.format(i) * 30)


TREES = {
    monorepo: 20000,
    compose_files: 3000,
    dockerfiles: 1000,
    scripts: 1000,
    one_large_script: 12000,
}
