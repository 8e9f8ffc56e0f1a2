//! A child process that never outlives us.
//!
//! Between us and the child stands a small shell that holds the reading end of
//! a pipe. When the pipe closes, because we are done with the child or because
//! we were killed in whatever way, the shell stops the child, and with it
//! everything in its process group, and removes its folder. So nothing stays
//! behind even after `kill -9`, and no unsafe code is needed for that.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use anyhow::Context as _;

/// `$1` is the signal that stops the program, `$2` the folder to remove, the
/// rest the program and its arguments.
///
/// When the pipe closes, the watcher says so to the shell (USR1) and to the
/// program, which is killed if it does not stop within ten seconds. Only then
/// is the folder removed: a program that ends by itself leaves it to us. The
/// last `kill` ends the watcher and whatever the program left in the group.
/// What the shell itself would say of killed children helps nobody.
const GUARD: &str = r#"
signal=$1 folder=$2
shift 2
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
exec 2>/dev/null
asked=
trap 'asked=yes' USR1
(
    cat <&3
    kill -s USR1 "$$"
    kill -s "$signal" "$child"
    sleep 10
    kill -s KILL "$child"
) >/dev/null &
wait "$child"
status=$?
if [ "$asked" ]; then
    wait "$child"
    status=$?
fi
trap '' TERM
kill -s TERM 0
if [ "$asked" ] && [ "$folder" ]; then
    rm -rf -- "$folder"
fi
exit "$status"
"#;

/// The signal that ends a program at once and in order.
#[derive(Clone, Copy)]
pub(crate) enum Stop {
    /// What nearly every program understands.
    Terminate,
    /// PostgreSQL's "immediate shutdown", which waits for no client.
    Quit,
}

/// A command for [`Guarded::spawn`]: arguments, environment and account are
/// added to it as to any other.
///
/// `folder`, if given, is removed when the program has been stopped.
pub(crate) fn guarded(program: impl AsRef<OsStr>, stop: Stop, folder: Option<&Path>) -> Command {
    let signal = match stop {
        Stop::Terminate => "TERM",
        Stop::Quit => "QUIT",
    };
    let mut command = Command::new("sh");
    command
        .args(["-c", GUARD, "guard", signal])
        .arg(folder.unwrap_or(Path::new("")))
        .arg(program);
    command
}

/// A running child; dropping it stops it and waits until it is gone.
pub(crate) struct Guarded(Child);

impl Guarded {
    /// Starts a command made by [`guarded`].
    pub(crate) fn spawn(command: &mut Command) -> anyhow::Result<Self> {
        let child = command
            .stdin(Stdio::piped())
            .process_group(0)
            .spawn()
            .context("cannot start the guarding shell")?;
        Ok(Self(child))
    }

    /// What it prints on standard output, where the command asked for a pipe.
    pub(crate) fn output(&mut self) -> anyhow::Result<ChildStdout> {
        let output = self.0.stdout.take();
        output.context("standard output is not a pipe")
    }

    /// The id of the process group that the child and its guard are in.
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        Ok(self.0.try_wait()?)
    }

    /// Waits for it to end of its own accord.
    pub(crate) fn wait(&mut self) -> anyhow::Result<ExitStatus> {
        // `Child::wait` closes the pipe first, which would stop the program.
        let pipe = self.0.stdin.take();
        let status = self.0.wait();
        drop(pipe);
        Ok(status?)
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // Closing the pipe is the sign to stop; `wait` does it. A failure to
        // wait means the child is gone already.
        drop(self.0.wait());
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use super::*;
    use crate::folder::Folder;

    /// A shell that writes its process id into `pid` and sleeps on.
    const SLEEPER: &str = "echo $$ >\"$0\"; exec sleep 600";

    fn sleeper(folder: &Folder) -> Command {
        let mut command = guarded("sh", Stop::Terminate, Some(folder.path()));
        command.args(["-c", SLEEPER]).arg(folder.path().join("pid"));
        command
    }

    fn pid_in(folder: &Folder) -> String {
        loop {
            let pid = fs::read_to_string(folder.path().join("pid")).unwrap_or_default();
            if pid.ends_with('\n') {
                return pid.trim().to_owned();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn is_alive(pid: &str) -> bool {
        let mut probe = Command::new("kill");
        probe.args(["-0", pid]).stderr(Stdio::null());
        probe.status().unwrap().success()
    }

    #[test]
    fn dropping_stops_the_child_and_removes_its_folder() {
        let folder = Folder::fresh("guard").unwrap();
        let process = Guarded::spawn(&mut sleeper(&folder)).unwrap();
        let pid = pid_in(&folder);
        assert!(is_alive(&pid));
        drop(process);
        assert!(!is_alive(&pid));
        assert!(!folder.path().exists());
    }

    #[test]
    fn a_killed_owner_takes_its_child_along() {
        let folder = Folder::fresh("guard").unwrap();
        let mut process = Guarded::spawn(&mut sleeper(&folder)).unwrap();
        let pid = pid_in(&folder);
        // What the kernel does for us when we are killed: the pipe closes.
        drop(process.0.stdin.take());
        process.wait().unwrap();
        assert!(!is_alive(&pid));
        assert!(!folder.path().exists());
    }

    #[test]
    fn the_status_is_the_programs_own() {
        let mut command = guarded("sh", Stop::Terminate, None);
        command.args(["-c", "exit 7"]);
        let mut process = Guarded::spawn(&mut command).unwrap();
        assert_eq!(process.wait().unwrap().code(), Some(7));
    }
}
