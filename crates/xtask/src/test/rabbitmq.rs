//! A private RabbitMQ node, beside any that already runs here: own name, ports, folders, cookie and epmd.

use std::env;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use local_postgres::process::{ProcessGroup, Signal, free_ports, stop_foreign};

use crate::{install, say};

const START_DEADLINE: Duration = Duration::from_secs(90);
/// A port found free may be taken before it is used.
const START_ATTEMPTS: u32 = 3;
const STOP_STEPS: [(Signal, Duration); 1] = [(Signal::SIGTERM, Duration::from_secs(20))];
/// Opens an AMQP 0-9-1 connection; a broker that is up answers with a method frame, type 1.
const PROTOCOL_HEADER: &[u8; 8] = b"AMQP\x00\x00\x09\x01";

/// A running node; dropping it stops the node and its epmd.
pub struct RabbitMq {
    // Stopped in this order: the node signs off at its epmd.
    node: ProcessGroup,
    epmd: ProcessGroup,
    port: u16,
}

impl RabbitMq {
    /// Starts an empty node with all its files in `folder`, after stopping one that a killed run left there.
    pub fn start(script: &Path, folder: &Path) -> Result<Self> {
        let started = Instant::now();
        for attempt in 1.. {
            stop_left_over(folder);
            make_empty(folder)?;
            let mut broker = Self::launch(script, folder)?;
            if broker.await_ready(folder, started + START_DEADLINE)? {
                let (port, seconds) = (broker.port, started.elapsed().as_secs_f32());
                say(format_args!(
                    "RabbitMQ: started on port {port} in {seconds:.1} s, logs in {}",
                    folder.display()
                ));
                return Ok(broker);
            }
            if attempt == START_ATTEMPTS {
                break;
            }
        }
        bail!(
            "RabbitMQ does not start; the end of its output:\n{}",
            output_tail(folder)
        )
    }

    /// The address for a client, as `guest` on the default virtual host.
    pub fn url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}", self.port)
    }

    fn launch(script: &Path, folder: &Path) -> Result<Self> {
        let [port, distribution_port, epmd_port] = free_ports().context("looking for free ports")?;
        // Not left to the node: it would start one as a daemon that outlives us.
        let epmd = install::in_path("epmd").context("Erlang's epmd was not found beside RabbitMQ")?;
        let mut command = Command::new(epmd);
        command.args(["-address", "127.0.0.1", "-port", &epmd_port.to_string()]);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let epmd = ProcessGroup::spawn(&mut command).context("starting epmd")?;

        let output = File::create(folder.join("output.log")).context("making RabbitMQ's log")?;
        let mut command = Command::new(script);
        clear_environment(&mut command);
        command
            .env("HOME", folder)
            .env("ERL_EPMD_ADDRESS", "127.0.0.1")
            .env("ERL_EPMD_PORT", epmd_port.to_string())
            .env(
                "RABBITMQ_NODENAME",
                format!("stylelicense-test-{}@localhost", process::id()),
            )
            .env("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1")
            .env("RABBITMQ_NODE_PORT", port.to_string())
            .env("RABBITMQ_DIST_PORT", distribution_port.to_string())
            .env(
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                "-kernel inet_dist_use_interface {127,0,0,1}",
            )
            // Unknown to Erlang and harmless; by it, a later run knows the node for ours.
            .args(["-stylelicense_test".as_ref(), folder.as_os_str()])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stderr(output.try_clone()?)
            .stdout(output);
        for (name, file) in FILES {
            command.env(name, folder.join(file));
        }
        let node = ProcessGroup::spawn(&mut command).context("starting RabbitMQ")?;
        let left_over = format!(
            "{} {}\n{} -port {epmd_port}\n",
            node.id(),
            folder.display(),
            epmd.id()
        );
        fs::write(folder.join("processes"), left_over).context("writing RabbitMQ's process ids")?;
        Ok(Self { node, epmd, port })
    }

    /// `false` when the node ended instead.
    fn await_ready(&mut self, folder: &Path, deadline: Instant) -> Result<bool> {
        while !answers(self.port) {
            if self.node.exited()?.is_some() {
                return Ok(false);
            }
            if Instant::now() > deadline {
                let seconds = START_DEADLINE.as_secs();
                bail!(
                    "RabbitMQ is not ready after {seconds} s; the end of its output:\n{}",
                    output_tail(folder)
                );
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(true)
    }
}

impl Drop for RabbitMq {
    fn drop(&mut self) {
        self.node.stop(&STOP_STEPS);
        self.epmd.stop(&STOP_STEPS);
    }
}

/// Every place where a node keeps files, so that none is shared with the system's own.
const FILES: [(&str, &str); 9] = [
    ("RABBITMQ_CONF_ENV_FILE", "rabbitmq-env.conf"),
    ("RABBITMQ_CONFIG_FILE", "rabbitmq.conf"),
    ("RABBITMQ_ADVANCED_CONFIG_FILE", "advanced.config"),
    ("RABBITMQ_ENABLED_PLUGINS_FILE", "enabled_plugins"),
    ("RABBITMQ_MNESIA_BASE", "mnesia"),
    ("RABBITMQ_LOG_BASE", "log"),
    ("RABBITMQ_GENERATED_CONFIG_DIR", "config"),
    ("RABBITMQ_SCHEMA_DIR", "schema"),
    ("RABBITMQ_PID_FILE", "node.pid"),
];

fn make_empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let files = [
        ("rabbitmq-env.conf", ""),
        ("rabbitmq.conf", "disk_free_limit.absolute = 50MB\n"),
        ("advanced.config", "[].\n"),
        ("enabled_plugins", "[].\n"),
    ];
    for (name, text) in files {
        fs::write(folder.join(name), text).with_context(|| format!("writing {name}"))?;
    }
    Ok(())
}

/// Settings of a RabbitMQ or Erlang of the system's must not reach ours.
fn clear_environment(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("RABBITMQ_") || text.starts_with("ERL_") || text == "NOTIFY_SOCKET" {
            command.env_remove(&name);
        }
    }
}

fn stop_left_over(folder: &Path) {
    for line in fs::read_to_string(folder.join("processes"))
        .unwrap_or_default()
        .lines()
    {
        if let Some((pid, marker)) = line.split_once(' ')
            && let Ok(pid) = pid.parse()
        {
            stop_foreign(pid, marker, &STOP_STEPS);
        }
    }
}

fn answers(port: u16) -> bool {
    let patience = Duration::from_secs(2);
    let exchange = || -> std::io::Result<u8> {
        let mut stream = TcpStream::connect_timeout(&SocketAddr::from(([127, 0, 0, 1], port)), patience)?;
        stream.set_read_timeout(Some(patience))?;
        stream.write_all(PROTOCOL_HEADER)?;
        let mut frame_type = [0];
        stream.read_exact(&mut frame_type)?;
        Ok(frame_type[0])
    };
    exchange().is_ok_and(|frame_type| frame_type == 1)
}

fn output_tail(folder: &Path) -> String {
    let path: PathBuf = folder.join("output.log");
    let text = fs::read(path)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}
