//! Commands in what a script writes for others to run.

/// Scripts and the commands they run, one a line.
pub(super) const CASES: &[(&str, &[&str])] = &[
    // scripts that are copied from the input
    (
        "install -m755 /dev/stdin /usr/local/bin/x <<'E'\n#!/bin/bash\ndocker run x\nE\n",
        &["docker run x"],
    ),
    (
        "sudo install -D /dev/stdin /opt/x.sh <<E\ndocker run x\nE\ncp /dev/stdin b.sh <<E\ndocker run y\nE\n",
        &["docker run x", "docker run y"],
    ),
    ("install -m644 /dev/stdin /etc/motd <<E\ndocker run x\nE\n", &[]),
    // tables of cron
    (
        "(crontab -l; echo \"@reboot docker run x\") | crontab -",
        &["docker run x"],
    ),
    (
        "(crontab -l 2>/dev/null || true; echo '*/5 * * * * docker run x >/dev/null') | sudo crontab -u root -",
        &["docker run x"],
    ),
    (
        "crontab - <<E\n# docker run a\nPATH=/bin\n0 1 * * *  docker run x\n@daily docker run y\nE\n",
        &["docker run x", "docker run y"],
    ),
    (
        "echo \"@reboot root docker run x\" > /etc/cron.d/x\nsudo tee /etc/cron.d/y <<E\n1 2 3 4 5 root docker run y\nE\n",
        &["docker run x", "docker run y"],
    ),
    ("crontab -l\ncrontab -r\ncrontab file", &[]),
];
