//! A private RabbitMQ node with its own name, ports, folders, cookie and epmd, independent of others on this machine.

use std::env;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use local_postgres::process::{ProcessGroup, Signal, free_ports, stop_process};

use crate::{install, log};

const START_TIMEOUT: Duration = Duration::from_secs(90);
/// Retries are needed because a free port may be taken before it is used.
const START_ATTEMPTS: u32 = 3;
const STOP_STEPS: [(Signal, Duration); 1] = [(Signal::SIGTERM, Duration::from_secs(20))];
/// Opens an AMQP 0-9-1 connection. A running broker answers with a method frame (type 1).
const PROTOCOL_HEADER: &[u8; 8] = b"AMQP\x00\x00\x09\x01";

/// A running node. Dropping it stops the node and its epmd.
pub struct RabbitMq {
    // Stopped in this order, because the node unregisters at its epmd.
    node: ProcessGroup,
    epmd: ProcessGroup,
    port: u16,
}

impl RabbitMq {
    /// Starts an empty node with all its files in `folder`. Stops a node that a killed run left there first.
    pub fn start(script: &Path, folder: &Path) -> Result<Self> {
        let started = Instant::now();
        for attempt in 1.. {
            stop_leftover(folder);
            reset_folder(folder)?;
            let mut broker = Self::launch(script, folder)?;
            if broker.wait_until_ready(folder, started + START_TIMEOUT)? {
                let (port, seconds) = (broker.port, started.elapsed().as_secs_f32());
                log(format_args!(
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
            "RabbitMQ does not start; last lines of its output:\n{}",
            output_tail(folder)
        )
    }

    /// URL of the user `guest` on the default virtual host.
    pub fn url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}", self.port)
    }

    fn launch(script: &Path, folder: &Path) -> Result<Self> {
        let [port, distribution_port, epmd_port] = free_ports().context("looking for free ports")?;
        // The node would start epmd as a daemon that outlives this process.
        let epmd = install::in_path("epmd").context("Erlang's epmd was not found")?;
        let mut command = Command::new(epmd);
        command.args(["-address", "127.0.0.1", "-port", &epmd_port.to_string()]);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let epmd = ProcessGroup::spawn(&mut command).context("starting epmd")?;

        let output = File::create(folder.join("output.log")).context("creating RabbitMQ's log")?;
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
            // Ignored by Erlang. A later run recognizes its own node by it.
            .args(["-stylelicense_test".as_ref(), folder.as_os_str()])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stderr(output.try_clone()?)
            .stdout(output);
        for (name, file) in FILES {
            command.env(name, folder.join(file));
        }
        let node = ProcessGroup::spawn(&mut command).context("starting RabbitMQ")?;
        let processes = format!(
            "{} {}\n{} -port {epmd_port}\n",
            node.id(),
            folder.display(),
            epmd.id()
        );
        fs::write(folder.join("processes"), processes).context("writing RabbitMQ's process ids")?;
        Ok(Self { node, epmd, port })
    }

    /// Returns `false` if the node exited.
    fn wait_until_ready(&mut self, folder: &Path, deadline: Instant) -> Result<bool> {
        while !is_ready(self.port) {
            if self.node.exit_status()?.is_some() {
                return Ok(false);
            }
            if Instant::now() > deadline {
                let seconds = START_TIMEOUT.as_secs();
                bail!(
                    "RabbitMQ is not ready after {seconds} s; last lines of its output:\n{}",
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

/// All files of a node, so that none is shared with the node of the system.
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

fn reset_folder(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
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

/// Removes the settings of another RabbitMQ or Erlang.
fn clear_environment(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("RABBITMQ_") || text.starts_with("ERL_") || text == "NOTIFY_SOCKET" {
            command.env_remove(&name);
        }
    }
}

fn stop_leftover(folder: &Path) {
    for line in fs::read_to_string(folder.join("processes"))
        .unwrap_or_default()
        .lines()
    {
        if let Some((pid, marker)) = line.split_once(' ')
            && let Ok(pid) = pid.parse()
        {
            stop_process(pid, marker, &STOP_STEPS);
        }
    }
}

fn is_ready(port: u16) -> bool {
    let timeout = Duration::from_secs(2);
    let exchange = || -> std::io::Result<u8> {
        let mut stream = TcpStream::connect_timeout(&SocketAddr::from(([127, 0, 0, 1], port)), timeout)?;
        stream.set_read_timeout(Some(timeout))?;
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
