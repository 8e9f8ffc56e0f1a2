//! A throw-away Apache httpd with `mod_dav`: two accounts behind Basic
//! authentication, each with a folder of its own at `/dav/<name>/`.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;

use super::account::Account;
use super::sandbox::WebDavAccount;
use super::{Service, free_port};
use crate::folder::Folder;
use crate::http;
use crate::process::{Stop, guarded};
use crate::program::Program;

/// The server itself, with the modules that come in its package.
pub(crate) const APACHE2: Program = Program {
    name: "apache2",
    package: "apache2-bin",
    places: &["/usr/sbin"],
};

const MODULES: &str = "/usr/lib/apache2/modules";

/// Who may log in, with the line of the password file. The hashes are
/// precomputed, `{SHA}` and base64 of SHA-1, so that no `htpasswd` is needed;
/// a wrong one shows at the start, where each user logs in.
struct User {
    name: &'static str,
    password: &'static str,
    hash: &'static str,
    /// What tells the tests its URL, name and password.
    variables: [&'static str; 3],
}

const USERS: [User; 2] = [
    User {
        name: "anna",
        password: "anna-opens-her-cloud",
        hash: "{SHA}If+WjOBa5b2Lgur8gB41vvDtBDQ=",
        variables: [
            "WHARF_TEST_APACHE_URL",
            "WHARF_TEST_APACHE_USERNAME",
            "WHARF_TEST_APACHE_PASSWORD",
        ],
    },
    User {
        name: "bert",
        password: "bert-opens-his-cloud",
        hash: "{SHA}/3lNWlAQcQVsPK+6QLEkON998tg=",
        variables: [
            "WHARF_TEST_APACHE_OTHER_URL",
            "WHARF_TEST_APACHE_OTHER_USERNAME",
            "WHARF_TEST_APACHE_OTHER_PASSWORD",
        ],
    },
];

/// A running server.
pub(crate) struct Apache {
    service: Service,
    port: u16,
}

impl Apache {
    /// Starts a server; returns when every user can log in.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let program = APACHE2.find().context("apache2 is missing")?;
        let account = Account::for_servers()?;
        let folder = Folder::fresh("apache")?;
        let port = free_port()?;
        lay_out(&folder, account, port)?;

        let mut server = guarded(program, Stop::Terminate, Some(folder.path()));
        server.arg("-f").arg(folder.path().join("httpd.conf"));
        server.args(["-D", "FOREGROUND"]);
        account.run_in(folder.path(), &mut server);

        let mut service = Service::start("Apache httpd", folder, server)?;
        for user in &USERS {
            service.wait_for(|_| Ok(lets_in(user, port).then_some(())))?;
        }
        Ok(Self { service, port })
    }

    /// The first user's account.
    pub(crate) fn account(&self) -> WebDavAccount {
        let [User { name, password, .. }, _] = USERS;
        WebDavAccount {
            url: format!("http://127.0.0.1:{}/dav/{name}/", self.port),
            username: name.to_owned(),
            password: password.to_owned(),
        }
    }

    /// The folder that holds the first user's files.
    pub(crate) fn files(&self) -> PathBuf {
        let [User { name, .. }, _] = USERS;
        self.service.folder().join("dav").join(name)
    }

    /// What tests need to know of it.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let known = USERS.iter().flat_map(|user| {
            let url = format!("http://127.0.0.1:{}/dav/{}/", self.port, user.name);
            let values = [url, user.name.to_owned(), user.password.to_owned()];
            user.variables.into_iter().zip(values)
        });
        known.collect()
    }
}

/// Writes the configuration and makes the folders the server writes to.
fn lay_out(folder: &Folder, account: Account, port: u16) -> anyhow::Result<()> {
    let users = USERS
        .iter()
        .map(|user| format!("{}:{}\n", user.name, user.hash));
    let path = folder.path();
    fs::write(path.join("users"), users.collect::<String>())?;
    fs::write(
        path.join("httpd.conf"),
        configuration(folder.text()?, port, MODULES),
    )?;
    // All of them the account's own, so that it can also remove them.
    let homes = USERS.map(|user| format!("dav/{}", user.name));
    for name in ["dav", "locks"]
        .into_iter()
        .chain(homes.iter().map(String::as_str))
    {
        fs::create_dir(path.join(name))?;
        account.give(&path.join(name))?;
    }
    account.give(path)
}

fn lets_in(user: &User, port: u16) -> bool {
    let User { name, password, .. } = user;
    let url = format!("http://{name}:{password}@127.0.0.1:{port}/dav/{name}/");
    http::probe().options(url).call().is_ok()
}

/// The whole configuration: DAV as Debian's package would serve it, with
/// nothing that needs root.
fn configuration(folder: &str, port: u16, modules: &str) -> String {
    let loads = [
        "mpm_event",
        "alias",
        "auth_basic",
        "authn_core",
        "authn_file",
        "authz_core",
        "authz_user",
        "dav",
        "dav_fs",
        "dir",
    ]
    .map(|module| format!("LoadModule {module}_module {modules}/mod_{module}.so\n"))
    .concat();
    let homes = USERS
        .map(|User { name, .. }| {
            format!("<Location /dav/{name}>\n  Require user {name}\n</Location>\n")
        })
        .concat();
    format!(
        r#"{loads}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
DefaultRuntimeDir "{folder}"
PidFile "{folder}/httpd.pid"
ErrorLog /dev/stderr
DocumentRoot "{folder}/dav"
Alias /dav "{folder}/dav"
DavLockDB "{folder}/locks/db"
LimitRequestBody 0

<Location />
  Require all denied
</Location>
<Location /dav>
  Dav On
  AuthType Basic
  AuthName "Wharf's tests"
  AuthUserFile "{folder}/users"
</Location>
{homes}"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_the_server_writes_lies_in_its_folder() {
        let text = configuration("/tmp/it", 4711, "/modules");
        assert!(text.contains("Listen 127.0.0.1:4711\n"));
        assert!(text.contains("DavLockDB \"/tmp/it/locks/db\"\n"));
        assert!(text.contains("LoadModule dav_fs_module /modules/mod_dav_fs.so\n"));
    }

    #[test]
    fn each_user_has_a_folder_nobody_else_may_enter() {
        let text = configuration("/tmp/it", 4711, "/modules");
        for user in ["anna", "bert"] {
            let rule = format!("<Location /dav/{user}>\n  Require user {user}\n");
            assert!(text.contains(&rule));
        }
    }
}
