//! Asking a person at the terminal who they are: a secret is never an argument, which everybody on the machine could read.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

const TERMINAL: &str = "/dev/tty";

/// A password, and the code of a second step if there is one.
pub struct Secret {
    /// The password.
    pub password: String,
    /// The code of an authenticator app, or a recovery code.
    pub code: Option<String>,
}

/// From a file of this user alone: the password on its first line, the code on its second, if there is one.
///
/// # Errors
/// The file cannot be read, is open to others, or is empty.
pub fn from_file(path: &Path) -> anyhow::Result<Secret> {
    let file = File::open(path).with_context(|| format!("--password-file: read {}", path.display()))?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        bail!(
            "--password-file: {} is open to others; chmod 600 it (tệp đang mở cho người khác)",
            path.display()
        );
    }
    let mut lines = BufReader::new(file).lines();
    let password = lines.next().transpose()?.unwrap_or_default();
    if password.is_empty() {
        bail!("--password-file: {} has no password on its first line", path.display());
    }
    let code = lines.next().transpose()?.map(|line| line.trim().to_owned());
    Ok(Secret { password, code: code.filter(|code| !code.is_empty()) })
}

/// Asked for at the terminal, without echo.
///
/// # Errors
/// There is no terminal.
pub fn asked(login: &str) -> anyhow::Result<Secret> {
    let password = line(&format!("Mật khẩu của {login} · password of {login}: "))?;
    let code = line("Mã xác thực hai bước, để trống nếu không có · second step's code, if any: ")?;
    Ok(Secret { password, code: Some(code.trim().to_owned()).filter(|code| !code.is_empty()) })
}

/// One line from the terminal that does not appear on it.
fn line(question: &str) -> anyhow::Result<String> {
    let mut terminal = File::options().read(true).write(true).open(TERMINAL).context(
        "no terminal to ask for the password at; give --password-file FILE (không có bàn phím để hỏi mật khẩu)",
    )?;
    terminal.write_all(question.as_bytes())?;
    let _shown = Echo::off()?;
    let mut typed = String::new();
    BufReader::new(terminal.try_clone()?).read_line(&mut typed)?;
    terminal.write_all(b"\n")?;
    Ok(typed.trim_end_matches(['\r', '\n']).to_owned())
}

/// The terminal shows what is typed again when this is dropped, however the asking ends.
struct Echo;

impl Echo {
    fn off() -> anyhow::Result<Echo> {
        stty("-echo")?;
        Ok(Echo)
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        // What cannot be put back here is put back by the shell.
        let _ = stty("echo");
    }
}

fn stty(what: &str) -> anyhow::Result<()> {
    let terminal = File::open(TERMINAL)?;
    let done = Command::new("stty").arg(what).stdin(Stdio::from(terminal)).status().context("run stty")?;
    if !done.success() {
        bail!("the terminal's echo cannot be turned off; give --password-file FILE");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_this_user_alone_holds_password_and_code() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mat-khau");
        let write = |text: &str, mode| {
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        write("bốn con trâu \n123456\n", 0o600);
        let secret = from_file(&path).unwrap();
        assert_eq!((secret.password.as_str(), secret.code.as_deref()), ("bốn con trâu ", Some("123456")));
        write("một\n", 0o400);
        assert_eq!(from_file(&path).unwrap().code, None);
        write("một\n", 0o640);
        assert!(from_file(&path).err().unwrap().to_string().contains("chmod 600"));
        write("\n", 0o600);
        assert!(from_file(&path).is_err());
    }
}
