//! What the kernel counts of a running program (proc(5)).

use std::fs;

use anyhow::Context as _;

/// The kernel's clock ticks a second, on every Linux there is.
const TICKS_PER_SECOND: f64 = 100.0;

/// The seconds of processor time that the programs of this name in the process
/// group have taken so far.
pub(super) fn cpu_seconds(group: u32, name: &str) -> anyhow::Result<f64> {
    let stats = processes(group, name)?;
    let mut ticks = 0;
    for (_, stat) in stats {
        // utime and stime: the 14th and 15th field, of which 2 are gone.
        for field in stat.split_whitespace().skip(11).take(2) {
            ticks += field.parse::<u32>()?;
        }
    }
    Ok(f64::from(ticks) / TICKS_PER_SECOND)
}

/// The resident memory of the one program of this name, in MiB: now, or the
/// most it ever was.
pub(super) fn memory_mib(group: u32, name: &str, field: Memory) -> anyhow::Result<f64> {
    let id = id(group, name)?;
    let status = fs::read_to_string(format!("/proc/{id}/status"))?;
    let label = match field {
        Memory::Now => "VmRSS:",
        Memory::Peak => "VmHWM:",
    };
    let line = status.lines().find_map(|line| line.strip_prefix(label));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kib: f64 = kib.context("no figure of memory")?.trim().parse()?;
    Ok(kib / 1024.0)
}

/// Has the peak of resident memory counted anew from here on.
pub(super) fn forget_peak(group: u32, name: &str) -> anyhow::Result<()> {
    let id = id(group, name)?;
    Ok(fs::write(format!("/proc/{id}/clear_refs"), "5")?)
}

fn id(group: u32, name: &str) -> anyhow::Result<String> {
    let first = processes(group, name)?.into_iter().next();
    Ok(first.context("the program is gone")?.0)
}

/// Which figure of resident memory.
#[derive(Clone, Copy)]
pub(super) enum Memory {
    Now,
    Peak,
}

/// The processes of the group that run the program: their ids, and what
/// follows the name in their `stat`.
fn processes(group: u32, name: &str) -> anyhow::Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let id = entry?.file_name().to_string_lossy().into_owned();
        // Anything but a process has no such file, and one may just have ended.
        let Ok(stat) = fs::read_to_string(format!("/proc/{id}/stat")) else {
            continue;
        };
        let Some((before, after)) = stat.rsplit_once(") ") else {
            continue;
        };
        let is_of_group = after
            .split_whitespace()
            .nth(2)
            .is_some_and(|it| it == group.to_string());
        if is_of_group && before.ends_with(&format!("({name}")) {
            found.push((id, after.to_owned()));
        }
    }
    anyhow::ensure!(!found.is_empty(), "no process of {name} is there");
    Ok(found)
}
