//! litmus, the test suite for WebDAV servers, against the sandbox's: what the
//! storage backends are proven against must itself be what it stands for.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use super::verdicts::{Exception, Verdicts};
use crate::folder::Folder;
use crate::process::{Guarded, Stop, guarded};
use crate::program::{self, Program};
use crate::service::sandbox::{Sandbox, WebDavAccount};
use crate::{stage, workspace};

const LITMUS: Program = Program {
    name: "litmus",
    package: "litmus",
    places: &[],
};

/// What the sandbox's servers do not do, and why.
const EXCEPTIONS: &str = "interop/litmus-exceptions.tsv";

/// Sees to it that the program is there.
pub(super) fn prepare(install: bool) -> anyhow::Result<()> {
    program::demand(&[LITMUS], install)
}

/// Fails with every case that went otherwise than expected.
pub(super) fn check() -> anyhow::Result<()> {
    let sandbox = Sandbox::start(&workspace::build()?.join("wharf-sandbox"))?;
    let mut verdicts = Verdicts::default();
    for (server, account) in [
        ("webdav", &sandbox.webdav),
        ("nextcloud", &sandbox.nextcloud),
    ] {
        run(server, account, &mut verdicts)?;
    }
    println!("litmus: {verdicts}");
    let list = fs::read_to_string(workspace::root().join(EXCEPTIONS))?;
    stage::demand_none(&verdicts.findings(&Exception::list(&list)?))
}

/// Runs all of its suites against one account.
fn run(server: &str, account: &WebDavAccount, verdicts: &mut Verdicts) -> anyhow::Result<()> {
    // It leaves logs where it runs.
    let folder = Folder::fresh("litmus")?;
    let mut litmus = guarded(LITMUS.name, Stop::Terminate, Some(folder.path()));
    litmus.current_dir(folder.path());
    litmus.arg("--keep-going");
    litmus.args([&account.url, &account.username, &account.password]);
    litmus.stdout(Stdio::piped());
    let mut litmus = Guarded::spawn(&mut litmus)?;
    let mut report = Report::new(server);
    for line in BufReader::new(litmus.output()?).split(b'\n') {
        let line = line?;
        report.read(&String::from_utf8_lossy(&line), verdicts);
    }
    // Its status says whether all passed, which is not asked of it.
    let status = litmus.wait()?;
    anyhow::ensure!(
        report.suites == SUITES,
        "litmus ran {} of its {SUITES} suites on {server} and ended with {status}",
        report.suites
    );
    Ok(())
}

/// `basic`, `copymove`, `props`, `locks` and `http`.
const SUITES: usize = 5;

/// Where in litmus's output we are.
struct Report<'s> {
    server: &'s str,
    suite: String,
    /// The case that was named last, whose verdict may stand in a line of its own.
    case: String,
    /// Whether a case of the suite has failed: those that are skipped then
    /// are skipped because of it.
    has_failed: bool,
    /// How many suites have run to their ends.
    suites: usize,
}

impl<'s> Report<'s> {
    fn new(server: &'s str) -> Self {
        Self {
            server,
            suite: String::new(),
            case: String::new(),
            has_failed: false,
            suites: 0,
        }
    }

    /// Reads a line, of which only what follows the last return to its start counts.
    fn read(&mut self, line: &str, verdicts: &mut Verdicts) {
        let line = line.rsplit('\r').next().unwrap_or_default().trim_start();
        if let Some(suite) = line.strip_prefix("-> running `") {
            self.suite = suite.trim_end_matches(['\'', ':']).to_owned();
            self.has_failed = false;
        } else if line.starts_with("<- summary for ") {
            self.suites += 1;
        } else if let Some((case, verdict)) = case(line) {
            self.case = format!("{}::{}::{case}", self.server, self.suite);
            self.judge(verdict, verdicts);
        } else if let Some(rest) = line.strip_prefix("....") {
            self.judge(rest.trim_start_matches(['.', ' ']), verdicts);
        }
    }

    fn judge(&mut self, verdict: &str, verdicts: &mut Verdicts) {
        let has_passed = match verdict.split(' ').next() {
            Some("pass") => true,
            Some("FAIL") => false,
            Some("SKIPPED") if !self.has_failed => false,
            _ => return,
        };
        self.has_failed |= verdict.starts_with("FAIL");
        if !has_passed {
            println!("    {}: {verdict}", self.case);
        }
        verdicts.note(&self.case, has_passed);
    }
}

/// A line like `12. mkcol_again........... pass`: the case by number and name,
/// since a name can come more than once, and the verdict.
fn case(line: &str) -> Option<(String, &str)> {
    let (number, rest) = line.split_once(". ")?;
    let number: u32 = number.parse().ok()?;
    let (name, verdict) = rest.split_once(' ')?;
    let name = name.trim_end_matches('.');
    Some((format!("{number}_{name}"), verdict))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "-> running `basic':\n\
        \r 0. init.................. \r 0. init.................. pass\n\
        \r 9. delete_fragment....... WARNING: DELETE removed something; unsafe\n    \
        ...................... pass (with 1 warning)\n\
        <- summary for `basic': of 2 tests run: 2 passed, 0 failed. 100.0%\n\
        -> running `props':\n\
        \r 1. propget............... \r 1. propget............... SKIPPED\n\
        \r 2. fail_cond_put_unlocked \r 2. fail_cond_put_unlocked FAIL (PROPPATCH: 501)\n\
        \r 3. propget............... \r 3. propget............... SKIPPED\n\
        <- summary for `props': of 1 tests run: 0 passed, 1 failed. 0.0%\n";

    #[test]
    fn what_is_skipped_counts_unless_it_follows_from_a_failure() {
        let (mut report, mut verdicts) = (Report::new("nextcloud"), Verdicts::default());
        for line in OUTPUT.lines() {
            report.read(line, &mut verdicts);
        }
        assert_eq!(report.suites, 2);
        assert_eq!(verdicts.to_string(), "2 passed, 2 failed");
        let list = "nextcloud::props::1_propget\ta\nnextcloud::props::3_propget\tb\n\
            nextcloud::basic::9_delete_fragment\tc\n";
        assert_eq!(
            verdicts.findings(&Exception::list(list).unwrap()),
            [
                "nextcloud::props::2_fail_cond_put_unlocked: failed",
                "nextcloud::props::3_propget: there is no such case",
                "nextcloud::basic::9_delete_fragment: passes now: strike it out",
            ]
        );
    }
}
