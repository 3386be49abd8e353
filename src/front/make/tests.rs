#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use super::is_makefile;
use crate::container::{Container, FileId, Tri};
use crate::fix::{Change, apply};
use crate::front::{self, Kind, Reading, Surroundings};
use crate::source::Source;

fn read(text: &str) -> Reading {
    let surroundings = Surroundings::none();
    front::read(Kind::Make, &Arc::new(Source::new("Makefile", text)), &surroundings)
}

fn images(text: &str) -> Vec<String> {
    let reading = read(text);
    let image = |c: &Container| c.image.as_ref().map(|image| image.value.shown());
    reading.containers.iter().filter_map(image).collect()
}

#[test]
fn names_tell_makefiles() {
    for name in ["Makefile", "GNUmakefile", "makefile", "Makefile.dev", "docker.mk"] {
        assert!(is_makefile(name), "{name}");
    }
    for name in [
        "Makefile.am",
        "Makefile.in",
        "CMakeLists.txt",
        "make",
        ".mk",
        "Makefile.md",
    ] {
        assert!(!is_makefile(name), "{name}");
    }
}

#[test]
fn recipes_are_read_as_the_shell_gets_them() {
    for (text, found) in [
        ("a:\n\t@docker run x\n", vec!["x"]),
        ("a: b ; -docker run x\n", vec!["x"]),
        ("a:\n\t@- docker run \\\n\t\t-v $$(pwd):/app \\\n\t\tx\n", vec!["x"]),
        ("T = 1\nI := x:$(T)\na:\n\tdocker run ${I}\n", vec!["x:1"]),
        ("I ?= x\na:\n\tdocker run $(I)\n", vec!["x"]),
        ("D = docker run\nD += --init\na:\n\t$(D) x\n", vec!["x"]),
        ("DOCKER ?= $(shell which podman)\na:\n\t$(DOCKER) run x\n", vec!["x"]),
        ("V := $(shell docker run x)\n", vec!["x"]),
        (".RECIPEPREFIX = >\na:\n> docker run x\n", vec!["x"]),
        (".ONESHELL:\na:\n\tI=x\n\tdocker run $$I\n", vec!["x"]),
        ("a:\n\tI=x\n\tdocker run $$I\n", vec!["$I"]),
        ("define go\ndocker run $(1)\nendef\na:\n\t$(call go,x)\n", vec!["x"]),
        ("ifdef X\na:\n\tdocker run x\nendif\n", vec!["x"]),
        ("a:\n\techo docker run x\n", vec![]),
        ("# docker run x\na:\n\t# docker run x\n", vec![]),
        ("a: ## docker run x\n\ttrue\n", vec![]),
        ("SHELL = python3\na:\n\tdocker run x\n", vec![]),
        ("\tdocker run x\n", vec![]),
        ("V != docker run x\n", vec!["x"]),
        ("a:\n\t$(foreach v,1 2,docker run x:$(v);)\n", vec!["x:$(v)"]),
        ("a:\n\t@$(if $(CI),docker run x,podman run y)\n", vec!["x", "y"]),
        ("a:\n\techo $(if $(CI),docker run x)\n", vec![]),
        (
            "define T\nrun-$(1):\n\tdocker run x\nendef\n$(foreach t,a b,$(eval $(call T,$(t))))\n",
            vec!["x"],
        ),
        ("define HELP\n\tdocker run x\nendef\na:\n\techo \"$$HELP\"\n", vec![]),
    ] {
        assert_eq!(images(text), found, "{text}");
    }
}

#[test]
fn what_variables_stand_for_is_bounded_and_said() {
    let refer = |n: usize| format!("$(A{n})").repeat(10);
    let set: String = (1..8).map(|n| format!("A{n}={}\n", refer(n - 1))).collect();
    let text = format!("A0=\n{set}r:\n\tdocker run $(A7) x\n");
    let reading = read(&text);
    assert!(
        reading.problems.iter().any(|problem| problem.bound),
        "{:?}",
        reading.problems
    );
    assert!(!reading.containers[0].unseen.is_empty());
    assert!(read("A=$(A)\nr:\n\tdocker run $(A) x\n").problems.is_empty());
}

#[test]
fn brackets_nest_as_deep_as_they_like() {
    let deep = format!("X = docker {}{}\n", "$(".repeat(60_000), ")".repeat(60_000));
    for text in [
        deep.clone(),
        format!("a:\n\t{}", deep.replace("X = ", "")),
        "$(".repeat(60_000),
    ] {
        assert!(
            read(&format!("{text}b:\n\tdocker run --privileged x\n"))
                .containers
                .len()
                <= 1
        );
    }
    assert_eq!(images(&format!("{deep}b:\n\tdocker run x\n")), ["x"]);
}

#[test]
fn what_a_condition_sets_is_not_known() {
    let reading = read("ifdef P\nF = --privileged\nendif\na:\n\tdocker run $(F) x\n");
    assert!(!reading.containers[0].unseen.is_empty());
}

#[test]
fn an_engine_is_known_by_what_its_variable_holds() {
    for (set, podman) in [
        ("export RT ?= $(if $(shell command -v podman ;),podman,docker)\n", true),
        ("RT := $(shell command -v podman 2>/dev/null || echo docker)\n", true),
        ("RT := $(or $(shell which nerdctl),docker)\n", false),
        ("ifdef P\nRT = docker\nelse\nRT = sudo docker\nendif\n", false),
    ] {
        let reading = read(&format!("{set}a:\n\t$(RT) run --privileged x\n"));
        let found: Vec<bool> = reading.containers.iter().map(|c| c.maybe_podman).collect();
        assert_eq!(found, [podman], "{set}");
    }
    for set in [
        "RT := /usr/bin/$(shell ls)\n",
        "RT = $(shell docker ps -q)\n",
        "RT = $(shell cat docker)\n",
        "RT = $(if $(X),podman,true)\n",
    ] {
        let reading = read(&format!("{set}a:\n\t$(RT) run --privileged x\n"));
        assert!(reading.containers.is_empty(), "{set}");
    }
}

#[test]
fn a_function_in_a_launch_is_a_part_of_it_that_is_not_known() {
    for set in [
        "R := docker run --privileged -u $(shell id -u):$(shell id -g) x\n",
        "E = docker\nR = \"$(E)\" run --privileged -v \"$(abspath $(CURDIR)/..):/src\" x\n",
        "R = docker run --privileged $(if $(TTY),-t) x\n",
    ] {
        let reading = read(&format!("{set}a:\n\t$(R) make\n"));
        let found: Vec<(String, Tri)> = reading
            .containers
            .iter()
            .map(|c| {
                (
                    c.image.as_ref().map(|i| i.value.shown()).unwrap_or_default(),
                    c.privileged(),
                )
            })
            .collect();
        assert_eq!(found, [("x".to_owned(), Tri::Yes)], "{set}");
    }
    // the command itself is in the function
    assert!(
        read("R = $(if $(X),docker run x,true)\na:\n\techo $(R)\n")
            .containers
            .is_empty()
    );
}

#[test]
fn what_a_condition_adds_leaves_the_rest_known() {
    let text = "CMD ?= docker run --rm\nifdef TTY\nCMD += -t --privileged\nendif\nRUN ?= $(CMD) -v $(CURDIR):/src x\na:\n\t$(RUN) make\n";
    let reading = read(&format!("{text}b:\n\t$(CMD) --privileged y\n"));
    let found: Vec<(String, Tri)> = reading
        .containers
        .iter()
        .map(|c| {
            (
                c.image.as_ref().map(|i| i.value.shown()).unwrap_or_default(),
                c.privileged(),
            )
        })
        .collect();
    assert_eq!(found, [("x".to_owned(), Tri::No), ("y".to_owned(), Tri::Yes)]);
    assert!(reading.containers.iter().all(|c| !c.unseen.is_empty()));
}

#[test]
fn an_engine_that_is_looked_up_may_be_podman() {
    for (set, podman) in [
        ("E_ENGINE ?= $(shell command -v podman || command -v docker)\n", true),
        ("ifdef P\nE_ENGINE = podman\nelse\nE_ENGINE = docker\nendif\n", true),
        ("E_ENGINE ?= $(shell which docker)\n", false),
        ("", false),
    ] {
        let reading = read(&format!("{set}a:\n\t$(E_ENGINE) run --privileged x\n"));
        let found: Vec<bool> = reading.containers.iter().map(|c| c.maybe_podman).collect();
        assert_eq!(found, [podman], "{set}");
    }
}

#[test]
fn a_canned_recipe_is_one_launch_however_often_it_is_called() {
    let text = "define go\ndocker run $(1) x\nendef\na:\n\t$(call go,--privileged)\n\t$(call go,--init)\n";
    let reading = read(text);
    assert_eq!(reading.containers.len(), 1);
    assert_eq!(reading.containers[0].privileged(), Tri::Maybe);
}

#[test]
fn fixes_keep_tabs_and_double_dollars() {
    for (text, fixed) in [
        ("a:\n\t@docker run --privileged x $$Y\n", "a:\n\t@docker run x $$Y\n"),
        (
            "a:\n\tdocker run \\\n\t\t--privileged \\\n\t\tx # $$Y\n",
            "a:\n\tdocker run \\\n\t\tx # $$Y\n",
        ),
        ("a: ; docker run --privileged x\r\n", "a: ; docker run x\r\n"),
    ] {
        let reading = read(text);
        let container = &reading.containers[0];
        let change = Change::Remove(container.privileged[0].place.clone());
        let edits = front::render(&reading, container, &[change])
            .map_err(|refusal| refusal.0)
            .unwrap();
        assert_eq!(apply(reading.source(), FileId(0), &edits).unwrap(), fixed);
    }
    let shared = read("F = --privileged\na:\n\tdocker run $(F) x\n");
    let container = &shared.containers[0];
    let change = Change::Remove(container.privileged[0].place.clone());
    assert!(front::render(&shared, container, &[change]).is_err());
}

#[test]
fn a_recipe_of_nothing_but_marks_stands_on_its_line() {
    for text in ["all: ; @", "all: a b ;\n", "all:\n\t@-+\n", ".ONESHELL:\nall: ; @ \n"] {
        let reading = read(text);
        let lies_in = |span: &crate::source::Span| text.get(span.range()).is_some();
        assert!(reading.nodes.iter().all(lies_in), "{text:?}: {:?}", reading.nodes);
    }
}
