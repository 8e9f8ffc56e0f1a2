//! Every fault at every operation, at each of the requests that it makes and at all of them: it ends in success
//! or in one typed error, in time; never in other bytes, in a second item or in a session that stays open.
//!
//! It knows no provider: each gives it a [`Subject`].

mod act;
mod fault;
mod table;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use tokio::runtime::Runtime;
use wharf_domain::item::ItemId;
use wharf_domain::ports::storage::{StorageBackend, StorageErrorKind};
use wharf_sandbox::{Fault, FaultId, FaultRule, LoggedRequest, Sandbox};

use self::act::{Act, State};
use self::fault::{CASES, Case};
use self::table::Table;

/// The longest that an operation may take. Its servers answer within half a second or not at all, it makes ten
/// requests or so, and tries each of them three times.
const LIMIT: Duration = Duration::from_secs(20);

/// The longest that clearing up may take.
const CLEARED: Duration = Duration::from_secs(15);

/// How often a server may be too slow where nothing is to go wrong.
const PATIENCE: usize = 20;

/// How many cells are looked at at once, each at a sandbox of its own.
const AT_ONCE: usize = 12;

/// A storage that is tried.
pub(crate) struct Subject {
    /// Opens it at a fresh sandbox.
    pub(crate) open: fn() -> BoxFuture<'static, Rig>,
    /// Whether a request opens an upload session: one whose answer is lost cannot be ended by anybody.
    pub(crate) opens_session: fn(&LoggedRequest) -> bool,
    /// How many uploads are open there.
    pub(crate) open_uploads: fn(&Sandbox) -> usize,
    /// What else a fault may come to there.
    pub(crate) explains: fn(&Fault, &StorageErrorKind) -> bool,
    /// Whether its digest is blind to damage that is done twice, in the same place of two parts.
    pub(crate) is_blind_to_pairs: bool,
    /// Whether nothing tells it that a content was changed on its way here.
    pub(crate) reads_blindly: bool,
    /// Whether an upload may end there after it was answered.
    pub(crate) ends_late: bool,
}

impl Subject {
    /// Whether a cell, of an operation of so many requests, must end well. Where it need not, the storage
    /// cannot know better.
    fn is_to_end_well(&self, cell: &Cell, requests: u64) -> bool {
        let is_at = |number| cell.at.is_none_or(|at| at == number);
        let is_pair = cell.at.is_none() && cell.case.is_damage_in_place();
        let is_of_content = cell.act.brings_content() && is_at(requests - 1);
        let is_unseen = is_of_content && cell.case.is_damage_on_the_way();
        !(self.is_blind_to_pairs && is_pair || self.reads_blindly && is_unseen)
    }
}

/// A storage and the sandbox behind it.
pub(crate) struct Rig {
    pub(crate) sandbox: Arc<Sandbox>,
    /// Opens what is tried, with little patience for silent servers. Each cell has one of its own, which has
    /// not learnt yet how calls at this sandbox fare.
    pub(crate) hurried: Opener,
    /// The same with much: what sets the scene and looks at it afterwards.
    pub(crate) patient: Arc<dyn StorageBackend>,
}

/// Opens a storage.
pub(crate) type Opener = Box<dyn Fn() -> BoxFuture<'static, Arc<dyn StorageBackend>> + Send + Sync>;

/// One thing to try: an operation, what goes wrong, and at which of its requests; `None` is all of them.
#[derive(Clone, Copy)]
struct Cell {
    act: Act,
    case: &'static Case,
    at: Option<u64>,
}

/// Tries all cells and prints what came of them.
#[expect(clippy::print_stdout, reason = "the table is for people")]
pub(crate) fn run(subject: &'static Subject) {
    let runtime = Runtime::new().unwrap();
    let began = Instant::now();
    let table = runtime.block_on(async {
        let cells = Arc::new(Mutex::new(cells(subject).await));
        let workers: Vec<_> = (0..AT_ONCE)
            .map(|_| tokio::spawn(work(subject, Arc::clone(&cells))))
            .collect();
        let mut table = Table::default();
        for worker in workers {
            table.add(worker.await.unwrap());
        }
        table
    });
    println!("{table}");
    println!("{} cells in {:.0?}", table.len(), began.elapsed());
}

/// All cells: each operation is made once without a fault, to see how many requests it makes.
async fn cells(subject: &Subject) -> VecDeque<Cell> {
    let rig = (subject.open)().await;
    let mut cells = VecDeque::new();
    let acts = Act::ALL.into_iter();
    for act in acts.filter(|act| act.is_had_by(&*rig.patient)) {
        let requests = requests_of(act, &rig).await;
        let cases = CASES.iter();
        for case in cases.filter(|case| subject.ends_late || !case.is_about_late_ends) {
            let places = (0..requests).map(Some).chain([None]);
            let cells_of_case = places.map(|at| Cell { act, case, at });
            cells.extend(cells_of_case.filter(|cell| subject.is_to_end_well(cell, requests)));
        }
    }
    cells
}

/// How many requests an operation makes where nothing goes wrong.
async fn requests_of(act: Act, rig: &Rig) -> u64 {
    for _ in 0..PATIENCE {
        let scene = Scene::set(rig).await;
        let before = rig.sandbox.requests().len();
        match act.perform(&scene).await {
            Ok(()) => return (rig.sandbox.requests().len() - before) as u64,
            // On a busy machine every server is a slow one.
            Err(StorageErrorKind::TimedOut) => {}
            Err(kind) => panic!("{act:?} without a fault came to {kind:?}"),
        }
    }
    panic!("{act:?} never ended in time")
}

async fn work(
    subject: &'static Subject,
    cells: Arc<Mutex<VecDeque<Cell>>>,
) -> Vec<(Act, &'static str, Result<(), StorageErrorKind>)> {
    let rig = (subject.open)().await;
    let mut outcomes = Vec::new();
    let mut scene = Scene::set(&rig).await;
    loop {
        let Some(cell) = cells.lock().unwrap().pop_front() else {
            // Whatever only read is looked at with the cell behind it, which finds the scene as it was, or now.
            assert!(
                State::of(&scene).await == State::before(),
                "something was changed"
            );
            return outcomes;
        };
        scene.hurried = (rig.hurried)().await;
        let (outcome, state) = cell.judge(subject, &rig, &scene).await;
        // A scene that is as it was will do for the next cell, unless something may still come late: a copy
        // that a server makes in its own time, or what is cleared away behind a call that failed.
        let is_over = cell.act.only_reads() || outcome.is_ok() && state == State::before();
        outcomes.push((cell.act, cell.case.name, outcome));
        if !is_over {
            scene = Scene::set(&rig).await;
        }
    }
}

/// Gives each scene a name of its own.
static SCENES: AtomicUsize = AtomicUsize::new(0);

/// What an operation finds: a folder that nobody else knows, with a file and a folder in it.
struct Scene {
    hurried: Arc<dyn StorageBackend>,
    patient: Arc<dyn StorageBackend>,
    folder: ItemId,
    file: ItemId,
    sub: ItemId,
}

impl Scene {
    async fn set(rig: &Rig) -> Self {
        let storage = Arc::clone(&rig.patient);
        let name = format!("scene {}", SCENES.fetch_add(1, Ordering::Relaxed));
        let make = async |parent: &ItemId, name: &str| {
            let made = storage.create_folder(parent, &name.parse().unwrap()).await;
            made.unwrap().id
        };
        let folder = make(&ItemId::root(), &name).await;
        let sub = make(&folder, act::SUB).await;
        let file = act::store(&*storage, &folder, act::FILE, act::OLD, true).await;
        Self {
            file: file.unwrap().item.id,
            hurried: (rig.hurried)().await,
            patient: storage,
            folder,
            sub,
        }
    }
}

impl Cell {
    async fn judge(
        self,
        subject: &Subject,
        rig: &Rig,
        scene: &Scene,
    ) -> (Result<(), StorageErrorKind>, State) {
        let rule = FaultRule::on("*", self.case.fault.clone());
        let injected = rig.sandbox.inject(match self.at {
            Some(at) => rule.skip(at).times(1),
            None => rule,
        });
        let outcome = tokio::time::timeout(LIMIT, self.act.perform(scene)).await;
        rig.sandbox.behave();
        let outcome = outcome.unwrap_or_else(|_| panic!("{self} did not end"));
        if let Err(kind) = &outcome {
            // On a busy machine every server is a slow one.
            let is_explained = (self.case.explains)(kind)
                || (subject.explains)(&self.case.fault, kind)
                || *kind == StorageErrorKind::TimedOut;
            assert!(is_explained, "{self} came to {kind:?}");
        }
        let state = self.check_state(scene, &outcome).await;
        // D-03: a password that was refused is not used to clear up. The server does that in the end.
        if outcome != Err(StorageErrorKind::CredentialRefused) {
            self.check_sessions(subject, rig, injected).await;
        }
        rig.sandbox.end_uploads();
        assert_eq!(rig.sandbox.contract_warnings(), [], "{self}");
        (outcome, state)
    }

    /// What is there: what was there before, or what was to be; after a success only the latter.
    async fn check_state(self, scene: &Scene, outcome: &Result<(), StorageErrorKind>) -> State {
        if self.act.only_reads() {
            return State::before();
        }
        let until = Instant::now() + CLEARED;
        loop {
            let state = State::of(scene).await;
            let is_after = self.act.is_after(&state);
            let is_before = state == State::before();
            let is_damaged =
                self.act == Act::Replace && *outcome == Err(StorageErrorKind::IntegrityMismatch);
            let is_right = match outcome {
                Ok(()) => is_after,
                Err(_) => is_after || is_before || is_damaged,
            };
            if is_right {
                return state;
            }
            assert!(
                Instant::now() < until,
                "{self} came to {outcome:?} and left {state:?}"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn check_sessions(self, subject: &Subject, rig: &Rig, injected: FaultId) {
        let until = Instant::now() + CLEARED;
        loop {
            let open = (subject.open_uploads)(&rig.sandbox);
            if open == 0 || open <= lost_sessions(subject, rig, injected) {
                break;
            }
            assert!(Instant::now() < until, "{self} left {open} uploads open");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// How many sessions a fault has opened without anybody being told.
fn lost_sessions(subject: &Subject, rig: &Rig, injected: FaultId) -> usize {
    let requests = rig.sandbox.requests().into_iter();
    let lost = requests.filter(|request| {
        request.took_effect
            && request.faults.contains(&injected)
            && (subject.opens_session)(request)
    });
    lost.count()
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { act, case, at } = self;
        match at {
            Some(at) => write!(f, "{act:?} with {} at its request {at}", case.name),
            None => write!(f, "{act:?} with {} at all requests", case.name),
        }
    }
}
