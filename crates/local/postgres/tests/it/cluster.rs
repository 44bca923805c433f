//! Starting, stopping and recovering clusters.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::env;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use stylelicense_local_postgres::{Cluster, ClusterError, ClusterOptions, erase, password_file, process};
use tempfile::TempDir;

/// Environment variable with the folder for the helper process of the orphan test.
const HELPER_FOLDER: &str = "STYLELICENSE_TEST_CLUSTER_FOLDER";

/// A folder that the account of PostgreSQL can traverse, unlike the default temporary folder of root.
fn accessible_folder() -> TempDir {
    tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o755))
        .tempdir()
        .unwrap()
}

fn options(folder: &Path) -> ClusterOptions {
    ClusterOptions {
        durable: false,
        ..ClusterOptions::new(folder.join("pg"))
    }
}

/// Runs `psql` with the credentials of the address only.
fn psql(cluster: &Cluster, address: &str, statement: &str) -> Output {
    let psql = cluster.bin_dir().join("psql");
    Command::new(&psql)
        .args(["-X", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1", "-c", statement])
        .arg(address)
        .env_remove("PGPASSWORD")
        .env("PGPASSFILE", "/dev/null")
        .output()
        .unwrap_or_else(|error| panic!("the tests need {}: {error}", psql.display()))
}

/// Runs one statement as superuser and returns the output.
fn sql(cluster: &Cluster, statement: &str) -> String {
    let output = psql(cluster, &cluster.url("postgres"), statement);
    assert!(
        output.status.success(),
        "{statement}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !condition() {
        assert!(Instant::now() < deadline, "timeout: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn data_folder(folder: &TempDir) -> PathBuf {
    folder.path().join("pg/data")
}

#[test]
fn a_new_cluster_treats_korean_characters_as_letters() {
    let folder = accessible_folder();
    let cluster = Cluster::start(&options(folder.path())).unwrap();
    assert_eq!(sql(&cluster, "SHOW server_encoding"), "UTF8");
    assert_eq!(sql(&cluster, "SELECT '수채화' ~ '^[[:alpha:]]+$'"), "t");
    assert_eq!(sql(&cluster, "SHOW unix_socket_directories"), "");
    assert_eq!(sql(&cluster, "SHOW listen_addresses"), "127.0.0.1");
}

#[test]
fn the_server_requires_the_password_and_only_the_owner_can_read_it() {
    let folder = accessible_folder();
    let options = options(folder.path());
    let cluster = Cluster::start(&options).unwrap();
    let file = password_file(&options.data_dir);
    let password = std::fs::read_to_string(&file).unwrap().trim().to_owned();
    assert!(password.len() >= 32 && password.bytes().all(|b| b.is_ascii_alphanumeric()));
    assert_eq!(
        std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(cluster.url("postgres").contains(&format!("postgres:{password}@")));
    assert!(
        !format!("{cluster:?}").contains(&password),
        "the debug output contains the password"
    );

    let target = format!("127.0.0.1:{}/postgres", cluster.port());
    for user in ["postgres", "postgres:", "postgres:guess", "root"] {
        let output = psql(&cluster, &format!("postgres://{user}@{target}"), "SELECT 1");
        assert!(!output.status.success(), "{user}");
    }
    drop(cluster);

    let again = Cluster::start(&options).unwrap();
    assert_eq!(sql(&again, "SELECT 1"), "1", "the password is kept between runs");
    drop(again);
    erase(&options.data_dir).unwrap();
    assert!(!file.exists());
    let fresh = Cluster::start(&options).unwrap();
    assert!(
        !fresh.url("postgres").contains(&password),
        "each cluster has its own password"
    );
}

#[test]
fn a_missing_password_file_is_reported() {
    let folder = accessible_folder();
    let options = options(folder.path());
    Cluster::start(&options).unwrap().stop();
    let file = password_file(&options.data_dir);
    std::fs::remove_file(&file).unwrap();
    let error = Cluster::start(&options).unwrap_err();
    assert!(
        matches!(&error, ClusterError::NoPassword { path } if *path == file),
        "{error}"
    );
    assert!(error.to_string().contains("start afresh"), "{error}");
}

#[test]
fn settings_are_applied_and_fsync_depends_on_durable() {
    let folder = accessible_folder();
    let mut options = options(folder.path());
    options
        .settings
        .push(("max_connections".to_owned(), "33".to_owned()));
    let cluster = Cluster::start(&options).unwrap();
    assert_eq!(sql(&cluster, "SHOW max_connections"), "33");
    assert_eq!(sql(&cluster, "SHOW fsync"), "off");
    cluster.stop();
    options.durable = true;
    let cluster = Cluster::start(&options).unwrap();
    assert_eq!(sql(&cluster, "SHOW fsync"), "on");
}

#[test]
fn a_restart_keeps_the_data_and_erase_removes_it() {
    let folder = accessible_folder();
    let options = options(folder.path());
    let cluster = Cluster::start(&options).unwrap();
    sql(&cluster, "CREATE TABLE kept AS SELECT 42 AS answer");
    let first = cluster.pid();
    cluster.stop();
    assert!(
        !process::is_running(first, "postgres"),
        "stop() waits for the server to end"
    );

    let cluster = Cluster::start(&options).unwrap();
    assert_eq!(sql(&cluster, "SELECT answer FROM kept"), "42");
    let refused = erase(&options.data_dir).unwrap_err();
    assert!(matches!(refused, ClusterError::InUse { .. }), "{refused}");
    drop(cluster);

    erase(&options.data_dir).unwrap();
    let cluster = Cluster::start(&options).unwrap();
    assert_eq!(sql(&cluster, "SELECT to_regclass('kept') IS NULL"), "t");
}

#[test]
fn a_second_instance_on_the_same_folder_is_refused() {
    let folder = accessible_folder();
    let first = Cluster::start(&options(folder.path())).unwrap();
    let refused = Cluster::start(&options(folder.path())).unwrap_err();
    assert!(matches!(refused, ClusterError::InUse { .. }), "{refused}");
    assert!(
        refused.to_string().contains("in use by another running instance"),
        "{refused}"
    );
    assert_eq!(sql(&first, "SELECT 1"), "1");
}

#[test]
fn an_interrupted_initdb_is_repeated() {
    let folder = accessible_folder();
    let incomplete = folder.path().join("pg/data.tmp");
    std::fs::create_dir_all(&incomplete).unwrap();
    std::fs::write(incomplete.join("PG_VERSION"), "15\n").unwrap();
    let cluster = Cluster::start(&options(folder.path())).unwrap();
    assert_eq!(sql(&cluster, "SELECT 1"), "1");
    assert!(!incomplete.exists());
}

#[test]
fn a_fixed_port_in_use_is_reported_with_the_servers_log() {
    let folder = accessible_folder();
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = Some(taken.local_addr().unwrap().port());
    let error = Cluster::start(&ClusterOptions {
        port,
        ..options(folder.path())
    })
    .unwrap_err();
    assert!(matches!(error, ClusterError::StartFailed { .. }), "{error}");
    assert!(error.to_string().contains("Address already in use"), "{error}");
}

#[test]
fn a_killed_server_is_recovered_on_the_same_port() {
    let folder = accessible_folder();
    let mut options = options(folder.path());
    let cluster = Cluster::start(&options).unwrap();
    sql(&cluster, "CREATE TABLE kept AS SELECT 42 AS answer");
    process::stop_process(cluster.pid(), "postgres", &[]);
    options.port = Some(cluster.port());
    drop(cluster);
    let cluster = Cluster::start(&options).unwrap();
    assert_eq!(sql(&cluster, "SELECT answer FROM kept"), "42");
}

#[test]
fn the_server_of_a_killed_instance_is_stopped_at_the_next_start() {
    let folder = accessible_folder();
    let mut helper = Command::new(env::current_exe().unwrap())
        .args(["--exact", "cluster::helper_that_runs_a_cluster", "--ignored"])
        .env(HELPER_FOLDER, folder.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let state = data_folder(&folder).join("postmaster.pid");
    let written = || std::fs::read_to_string(&state).unwrap_or_default();
    eventually("the helper's server is ready", || {
        written().lines().nth(7).is_some_and(|l| l.contains("ready"))
    });
    let orphan: u32 = written().lines().next().unwrap().parse().unwrap();
    helper.kill().unwrap();
    helper.wait().unwrap();
    let marker = data_folder(&folder).display().to_string();
    assert!(
        process::is_running(orphan, &marker),
        "the server outlives a killed parent"
    );

    let cluster = Cluster::start(&options(folder.path())).unwrap();
    assert!(!process::is_running(orphan, &marker));
    assert_ne!(cluster.pid(), orphan);
    assert_eq!(sql(&cluster, "SELECT 1"), "1");
}

#[test]
#[ignore = "started and killed by the test above"]
fn helper_that_runs_a_cluster() {
    let Some(folder) = env::var_os(HELPER_FOLDER) else {
        return;
    };
    let _cluster = Cluster::start(&options(Path::new(&folder))).unwrap();
    // The test kills this process earlier; the limit applies if the test itself is killed.
    thread::sleep(Duration::from_mins(2));
}

#[test]
fn root_gets_an_error_for_a_folder_that_the_server_cannot_access() {
    let inaccessible = tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o700))
        .tempdir()
        .unwrap();
    let started = Cluster::start(&options(inaccessible.path()));
    if stylelicense_local_postgres::is_root() {
        let error = started.unwrap_err();
        assert!(
            matches!(&error, ClusterError::NotTraversable { path, .. } if path == inaccessible.path()),
            "{error}"
        );
    } else {
        assert_eq!(
            sql(&started.unwrap(), "SELECT 1"),
            "1",
            "the user can access their own folder"
        );
    }
}
